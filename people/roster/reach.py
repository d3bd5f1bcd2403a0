"""Whose grids a sign-in works in: what is known of households there is for nobody else."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from ground import clock
from ground.db import db
from people.models import Appointment, Area, Duty, Grid, Role, User
from people.roster import grids, holders, persons

DUTIES = {Role.WORKER: Duty.WORKER, Role.INSTRUCTOR: Duty.INSTRUCTOR}


def grids_of(user: User, village: Area) -> Sequence[Grid]:
    """The open grids of a village that a sign-in works in today, by code: a worker's and an instructor's own,
    the committee's all; none for anybody else, whatever else they may see."""
    roles = user.roles_in(village)
    if roles & {Role.CLERK, Role.CHAIR}:
        return grids.of_village(village)
    served = _served(user, village)
    if served is None:
        return []
    return db.session.scalars(
        select(Grid).where(Grid.closed_on.is_(None), Grid.id.in_(served)).order_by(Grid.code)
    ).all()


def grids_served(user: User, village: Area) -> Sequence[int]:
    """The grids (by id) in which a sign-in is worker or instructor today; the committee's reach into all
    grids does not count."""
    served = _served(user, village)
    return [] if served is None else db.session.scalars(served).all()


def _served(user: User, village: Area) -> Select[int] | None:
    """The same as a query; None for a sign-in that holds no duty."""
    duties = [duty for role, duty in DUTIES.items() if role in user.roles_in(village)]
    if user.person is None or not duties:
        return None
    today = clock.today()
    return (
        select(Appointment.grid_id)
        .join(Appointment.grid)
        .where(
            Grid.village_id == village.id,
            Appointment.person_id.in_(persons.selves(persons.kept(user.person))),
            Appointment.duty.in_(duties),
            *holders.covers(today, today),
        )
    )


def reaches(user: User, grid: Grid) -> bool:
    """Whether a sign-in works in this grid today."""
    return grid.id in {each.id for each in grids_of(user, grid.village)}
