"""The grids a sign-in works in: nobody else sees what is known of their households."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from ground import clock
from ground.db import db
from people.models import Appointment, Area, Duty, Grid, Role, User
from people.roster import grids, holders, persons

DUTY_OF_ROLE = {Role.WORKER: Duty.WORKER, Role.INSTRUCTOR: Duty.INSTRUCTOR}


def grids_of(user: User, village: Area) -> Sequence[Grid]:
    """The open grids of a village that a sign-in works in today, by code.

    A worker's and an instructor's own, the committee's all; none for anybody else, whatever else they may
    see.
    """
    roles = user.roles_in(village)
    if roles & {Role.CLERK, Role.CHAIR}:
        return grids.of_village(village)
    served = _served_grids_query(user, village)
    if served is None:
        return []
    return db.session.scalars(
        select(Grid).where(Grid.closed_on.is_(None), Grid.id.in_(served)).order_by(Grid.code)
    ).all()


def served_grid_ids(user: User, village: Area) -> Sequence[int]:
    """The ids of the grids in which a sign-in is worker or instructor today.

    That the committee reaches into all grids does not count.
    """
    served = _served_grids_query(user, village)
    return [] if served is None else db.session.scalars(served).all()


def _served_grids_query(user: User, village: Area) -> Select[int] | None:
    """The query for `served_grid_ids`; None for a sign-in that holds no duty."""
    duties = [duty for role, duty in DUTY_OF_ROLE.items() if role in user.roles_in(village)]
    if user.person is None or not duties:
        return None
    today = clock.today()
    return (
        select(Appointment.grid_id)
        .join(Appointment.grid)
        .where(
            Grid.village_id == village.id,
            Appointment.person_id.in_(persons.entry_ids(persons.current_entry(user.person))),
            Appointment.duty.in_(duties),
            *holders.terms_touching(today, today),
        )
    )


def works_in(user: User, grid: Grid) -> bool:
    """Whether a sign-in works in this grid today."""
    return grid.id in {own_grid.id for own_grid in grids_of(user, grid.village)}
