"""Whose grids a sign-in works in: what is known of households there is for nobody else."""

from collections.abc import Sequence

from sqlalchemy import select

from people import clock
from people.db import db
from people.models import Appointment, Area, Duty, Grid, Role, User
from people.roster import grids, holders, persons

DUTIES = {Role.WORKER: Duty.WORKER, Role.INSTRUCTOR: Duty.INSTRUCTOR}


def grids_of(user: User, village: Area) -> Sequence[Grid]:
    """The open grids of a village that a sign-in works in today, by code: a worker's and an instructor's own,
    the committee's all; none for anybody else, whatever else they may see."""
    roles = user.roles_in(village)
    if roles & {Role.CLERK, Role.CHAIR}:
        return grids.of_village(village)
    duties = [duty for role, duty in DUTIES.items() if role in roles]
    if user.person is None or not duties:
        return []
    today = clock.today()
    return db.session.scalars(
        select(Grid)
        .where(
            Grid.village_id == village.id,
            Grid.closed_on.is_(None),
            Grid.id.in_(
                select(Appointment.grid_id).where(
                    Appointment.person_id.in_(persons.selves(persons.kept(user.person))),
                    Appointment.duty.in_(duties),
                    *holders.covers(today, today),
                )
            ),
        )
        .order_by(Grid.code)
    ).all()


def reaches(user: User, grid: Grid) -> bool:
    """Whether a sign-in works in this grid today."""
    return grid.id in {each.id for each in grids_of(user, grid.village)}
