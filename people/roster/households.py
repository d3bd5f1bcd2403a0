"""Households in grids: their numbers there, and what happens to them when a grid ends."""

from collections import defaultdict
from collections.abc import Collection

from flask_babel import lazy_ngettext
from sqlalchemy import func, select

from ground.db import db
from ground.refusal import Refused
from people import audit
from people.models import Grid, Household, User


def living_households(grids: Collection[int]) -> dict[int, list[Household]]:
    """The households that live in these grids, by the grid's id; each grid's by number."""
    living: dict[int, list[Household]] = defaultdict(list)
    for household in db.session.scalars(
        select(Household)
        .where(Household.grid_id.in_(grids), Household.left_on.is_(None))
        .order_by(Household.grid_id, Household.number)
    ):
        living[household.grid_id].append(household)
    return living


def move_all_households(grid: Grid, into: Grid, actor: User | None) -> None:
    """Move all files of a grid into another one, also of households that moved away.

    What came with an import that was taken back stays. Both grids are locked by the caller.
    """
    for household in db.session.scalars(
        select(Household)
        .where(Household.grid_id == grid.id, ~Household.is_retired)
        .order_by(Household.number)
        .with_for_update(key_share=True)
    ).all():
        move_household(household, into, actor)


def check_none_live(grid: Grid) -> None:
    """Check that no household lives in a grid that is to close. Refused `households_live`."""
    living = db.session.scalar(
        select(func.count()).where(Household.grid_id == grid.id, Household.left_on.is_(None))
    )
    if living:
        raise Refused(
            "households_live",
            lazy_ngettext(
                "“%(name)s” still has the file of %(num)s household. First move it to another grid.",
                "“%(name)s” still has the files of %(num)s households. First move them to another grid.",
                living,
                name=grid.name,
            ),
        )


def move_household(household: Household, into: Grid, actor: User | None) -> None:
    """Move a household into another grid, under its next number."""
    before = {"grid": household.grid.code, "number": household.number}
    household.grid, household.number = into, next_number(into)
    db.session.flush()
    audit.note(
        actor, "household.move", household, into.village, before, grid=into.code, number=household.number
    )


def next_number(grid: Grid) -> int:
    """The number after a grid's last; the grid is locked."""
    in_grid = select(func.max(Household.number)).where(Household.grid_id == grid.id, ~Household.is_retired)
    last = db.session.scalar(in_grid)
    return (last or 0) + 1
