"""Micro-grids (微网格) and the groups they lie in."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from people import audit, clock
from people.db import db
from people.models import Area, Change, Grid, GridChange, GridKind, Group, User
from people.refused import Refused


def add_grid(
    village: Area,
    code: str,
    name: str,
    kind: GridKind,
    households: int | None,
    actor: User | None,
    *,
    group: Group | None = None,
    place: str | None = None,
    agency: str | None = None,
) -> Grid:
    """Add a micro-grid under the county's own code. Refused `not_a_village`, `grid_exists`."""
    if not village.is_village:
        raise Refused("not_a_village", _("Grids belong to a village or community."))
    if by_code(village, code):
        raise Refused("grid_exists", _("The grid code %(code)s is taken in this village.", code=code), "code")
    grid = Grid(
        village_id=village.id,
        group_id=group.id if group else None,
        code=code,
        name=name,
        kind=kind,
        households=households,
        place=place,
        agency=agency,
    )
    db.session.add(grid)
    db.session.flush()
    _write(grid, Change.OPENED, actor)
    audit.note(actor, "grid.add", grid, village, code=code, name=name, kind=kind, households=households)
    return grid


def by_code(village: Area, code: str) -> Grid | None:
    """A village's grid with this code, also a closed one, or None."""
    return db.session.scalar(select(Grid).where(Grid.village_id == village.id, Grid.code == code))


def group_named(village: Area, name: str, actor: User | None) -> Group:
    """The village's group of this name, added on first use; inside a transaction."""
    group = db.session.scalar(select(Group).where(Group.village_id == village.id, Group.name == name))
    if group is None:
        group = Group(village_id=village.id, name=name)
        db.session.add(group)
        db.session.flush()
        audit.note(actor, "group.add", group, village, name=name)
    return group


def of_village(village: Area) -> Sequence[Grid]:
    """The grids of a village that are not closed, by code."""
    return db.session.scalars(
        select(Grid)
        .options(joinedload(Grid.group))
        .where(Grid.village_id == village.id, Grid.closed_on.is_(None))
        .order_by(Grid.code)
    ).all()


def _write(
    grid: Grid,
    kind: Change,
    actor: User | None,
    reason: str = "",
    was: str | None = None,
    other: Grid | None = None,
) -> None:
    """A line of the grid's history, as of today."""
    db.session.add(
        GridChange(
            grid_id=grid.id,
            kind=kind,
            on=clock.today(),
            was=was,
            other_id=other.id if other else None,
            reason=reason,
            actor_id=actor.id if actor else None,
            at=clock.now(),
        )
    )
    db.session.flush()
