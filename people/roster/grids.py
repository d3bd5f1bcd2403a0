"""Micro-grids (微网格) and the groups they lie in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import add_together, db, lock
from ground.refusal import Refused
from people import audit
from people.models import Area, Change, Grid, GridChange, GridKind, Group, User

# The county's rule: a micro-grid is 5 to 10 households. Outside it people are warned, not refused.
USUAL = range(5, 11)
MOST_HOUSEHOLDS = 9999


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
    on: date | None = None,
    reason: str = "",
    split_from: Grid | None = None,
) -> Grid:
    """Add a micro-grid under the county's own code, opened today or on a day before.

    Refused `not_a_village`, `bad_code`, `bad_name`, `bad_households`, `grid_exists`, `other_village` for
    another village's group.
    """
    grid = Grid(
        village=village,
        group=group,
        code=code.strip(),
        name=named(name),
        kind=kind,
        households=households,
        place=place,
        agency=agency,
    )
    add_grids([grid], actor, on=on, reason=reason, split_from=split_from)
    return grid


def add_grids(
    arriving: Sequence[Grid],
    actor: User | None,
    *,
    on: date | None = None,
    reason: str = "",
    split_from: Grid | None = None,
) -> None:
    """Add many grids at once, of any villages, at most some hundreds. Refused as `add_grid` is."""
    for grid in arriving:
        if not grid.village.is_village:
            raise Refused("not_a_village", _("Grids belong to a village or community."))
        if not 1 <= len(grid.code) <= 40:
            raise Refused("bad_code", _("The grid code must have 1 to 40 characters."), "code")
        _check(grid.village, grid.households, grid.group)
    taken = db.session.scalars(
        select(Grid.code).where(
            tuple_(Grid.village_id, Grid.code).in_([(grid.village.id, grid.code) for grid in arriving])
        )
    ).first()
    if taken is not None:
        raise Refused(
            "grid_exists", _("The grid code %(code)s is taken in this village.", code=taken), "code"
        )
    add_together(arriving)
    day = on or clock.today()
    _write_all([_line(grid, Change.OPENED, day, reason, actor, other=split_from) for grid in arriving])
    audit.note_all(actor, "grid.add", [(grid, grid.village, _given(grid, reason)) for grid in arriving])


def _given(grid: Grid, reason: str) -> dict[str, Any]:
    """What a new grid is, for the audit trail, without what nobody said."""
    more = {
        "group": grid.group and grid.group.name,
        "place": grid.place,
        "agency": grid.agency,
        "reason": reason or None,
    }
    given: dict[str, Any] = {name: value for name, value in more.items() if value is not None}
    return {"code": grid.code, "name": grid.name, "kind": grid.kind, "households": grid.households, **given}


def correct(
    grid: Grid,
    kind: GridKind,
    households: int | None,
    actor: User | None,
    *,
    group: Group | None = None,
    place: str | None = None,
    agency: str | None = None,
) -> list[str]:
    """Write down what a grid really is; return which of its columns differed.

    Refused `bad_households`, `other_village` for another village's group, `grid_closed`.
    """
    grid = open_locked(grid)
    _check(grid.village, households, group)
    return audit.change(
        actor,
        "grid.correct",
        grid,
        grid.village,
        kind=kind,
        households=households,
        group_id=group.id if group else None,
        place=place,
        agency=agency,
    )


def is_usual(grid: Grid) -> bool:
    """Whether a grid has 5 to 10 households; a dedicated one (专属网格) need not have any."""
    if grid.households is None:
        return grid.kind == GridKind.DEDICATED
    return grid.households in USUAL


def by_code(village: Area, code: str) -> Grid | None:
    """A village's grid with this code, also a closed one, or None."""
    return db.session.scalar(select(Grid).where(Grid.village_id == village.id, Grid.code == code))


def group_named(village: Area, name: str, actor: User | None) -> Group:
    """The village's group of this name, added on first use; inside a transaction. Refused `bad_name`."""
    return groups_named([(village, name)], actor)[0]


def groups_named(wanted: Sequence[tuple[Area, str]], actor: User | None) -> list[Group]:
    """The groups of these names, each as `group_named` has it, at most some hundreds."""
    wanted = [(village, named(name, "group")) for village, name in wanted]
    keys = {(village.id, name): village for village, name in wanted}
    known = {
        (group.village_id, group.name): group
        for group in db.session.scalars(
            select(Group).where(tuple_(Group.village_id, Group.name).in_(list(keys)))
        )
    }
    added = {key: Group(village_id=key[0], name=key[1]) for key in keys if key not in known}
    add_together(list(added.values()))
    audit.note_all(
        actor, "group.add", [(group, keys[key], {"name": group.name}) for key, group in added.items()]
    )
    known |= added
    return [known[village.id, name] for village, name in wanted]


def groups(village: Area) -> Sequence[Group]:
    """The groups of a village, in the order they were written down."""
    return db.session.scalars(select(Group).where(Group.village_id == village.id).order_by(Group.id)).all()


def of_village(village: Area, closed: bool = False) -> Sequence[Grid]:
    """The grids of a village that are not closed (or those that are), by code."""
    return db.session.scalars(
        select(Grid)
        .options(joinedload(Grid.group))
        .where(
            Grid.village_id == village.id, Grid.closed_on.is_not(None) if closed else Grid.closed_on.is_(None)
        )
        .order_by(Grid.code)
    ).all()


def open_locked(grid: Grid) -> Grid:
    """A grid as it is now, locked until the transaction ends. Refused `grid_closed`."""
    lock(grid)
    if grid.closed_on:
        raise Refused("grid_closed", _("This grid is closed."))
    return grid


def named(name: str, field: str = "name") -> str:
    """The name of a grid or group without the space around it. Refused `bad_name`."""
    name = name.strip()
    if not 1 <= len(name) <= 100:
        raise Refused("bad_name", _("The name must have 1 to 100 characters."), field)
    return name


def write(
    grid: Grid,
    kind: Change,
    on: date,
    reason: str,
    actor: User | None,
    *,
    was: str | None = None,
    other: Grid | None = None,
) -> None:
    """Send what was changed of a grid, and add a line to its history."""
    db.session.flush()
    _write_all([_line(grid, kind, on, reason, actor, was, other)])


def _line(
    grid: Grid,
    kind: Change,
    on: date,
    reason: str,
    actor: User | None,
    was: str | None = None,
    other: Grid | None = None,
) -> dict[str, Any]:
    return {
        "grid_id": grid.id,
        "kind": kind,
        "on": on,
        "was": was,
        "other_id": other.id if other else None,
        "reason": reason,
        "actor_id": actor.id if actor else None,
        "at": clock.now(),
    }


def _write_all(lines: Sequence[dict[str, Any]]) -> None:
    if lines:
        db.session.execute(insert(GridChange), lines)


def _check(village: Area, households: int | None, group: Group | None) -> None:
    if households is not None and not 0 <= households <= MOST_HOUSEHOLDS:
        raise Refused(
            "bad_households",
            _("The number of households must be from 0 to %(n)s.", n=MOST_HOUSEHOLDS),
            "households",
        )
    if group is not None and group.village_id != village.id:
        raise Refused("other_village", _("The group belongs to another village."), "group")
