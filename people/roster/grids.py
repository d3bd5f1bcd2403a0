"""Micro-grids (微网格) and the groups they lie in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import joinedload

from ground import clock, days, names
from ground.db import add_rows, db, draw_ids, lock
from ground.refusal import Refused
from people import audit
from people.models import Area, Grid, GridChange, GridChangeKind, GridKind, Group, User

# The county's rule: a micro-grid is 5 to 10 households. Outside it people are warned, not refused.
USUAL_HOUSEHOLDS = range(5, 11)
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
        name=checked_name(name),
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
    taken_code = db.session.scalars(
        select(Grid.code).where(
            tuple_(Grid.village_id, Grid.code).in_([(grid.village.id, grid.code) for grid in arriving])
        )
    ).first()
    if taken_code is not None:
        raise Refused(
            "grid_exists", _("The grid code %(code)s is taken in this village.", code=taken_code), "code"
        )
    add_rows(arriving)
    day = on or clock.today()
    days.HAPPENED.check(day, "on")
    write_changes(arriving, GridChangeKind.OPENED, day, reason, actor, other=split_from)
    audit.note_all(
        actor, "grid.add", [(grid, grid.village, _audit_values(grid, reason)) for grid in arriving]
    )


def _audit_values(grid: Grid, reason: str) -> dict[str, Any]:
    """The values of a new grid for the audit trail, without empty ones."""
    optional_values = {
        "group": grid.group and grid.group.name,
        "place": grid.place,
        "agency": grid.agency,
        "reason": reason or None,
    }
    filled_values: dict[str, Any] = {
        name: value for name, value in optional_values.items() if value is not None
    }
    return {
        "code": grid.code,
        "name": grid.name,
        "kind": grid.kind,
        "households": grid.households,
        **filled_values,
    }


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
    """Correct the details of a grid; return which of its columns differed.

    Refused `bad_households`, `other_village` for another village's group, `grid_closed`.
    """
    grid = lock_open_grid(grid)
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
    return grid.households in USUAL_HOUSEHOLDS


def by_code(village: Area, code: str) -> Grid | None:
    """A village's grid with this code, also a closed one, or None."""
    return db.session.scalar(select(Grid).where(Grid.village_id == village.id, Grid.code == code))


def find_or_add_group(village: Area, name: str, actor: User | None) -> Group:
    """The village's group of this name; it is added if there is none. Refused `bad_name`."""
    return find_or_add_groups([(village, name)], actor)[0]


def find_or_add_groups(pairs: Sequence[tuple[Area, str]], actor: User | None) -> list[Group]:
    """The groups of these villages and names, each as by `find_or_add_group`, at most some hundreds."""
    pairs = [(village, checked_name(name, "group")) for village, name in pairs]
    villages = {village.id: village for village, _name in pairs}
    groups_by_key = {
        (group.village_id, names.folded(group.name)): group
        for group in db.session.scalars(
            select(Group).where(Group.village_id.in_(villages)).order_by(Group.id.desc())
        )
    }
    added = {}
    for village, name in pairs:
        key = village.id, names.folded(name)
        if key not in groups_by_key:
            added[key] = groups_by_key[key] = Group(village_id=village.id, name=name)
    add_rows(list(added.values()))
    audit.note_all(
        actor,
        "group.add",
        [(group, villages[village_id], {"name": group.name}) for (village_id, _name), group in added.items()],
    )
    return [groups_by_key[village.id, names.folded(name)] for village, name in pairs]


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


def lock_open_grid(grid: Grid) -> Grid:
    """A grid as it is now, locked until the transaction ends. Refused `grid_closed`."""
    lock(grid)
    if grid.closed_on:
        raise Refused("grid_closed", _("This grid is closed."))
    return grid


def checked_name(name: str, field: str = "name") -> str:
    """The name of a grid or group without the spaces that nobody sees. Refused `bad_name`."""
    name = names.tidy(name)
    if not 1 <= len(name) <= 100:
        raise Refused("bad_name", _("The name must have 1 to 100 characters."), field)
    return name


def write_change(
    grid: Grid,
    kind: GridChangeKind,
    on: date,
    reason: str,
    actor: User | None,
    *,
    was: str | None = None,
    other: Grid | None = None,
) -> None:
    """Send the changes of a grid to the database, and add a line to its history."""
    db.session.flush()
    write_changes([grid], kind, on, reason, actor, was=was, other=other)


def write_changes(
    changed: Sequence[Grid],
    kind: GridChangeKind,
    on: date,
    reason: str,
    actor: User | None,
    *,
    was: str | None = None,
    other: Grid | None = None,
) -> None:
    """Add the same line to the history of many grids, which are sent already."""
    lines = [
        {"id": ident, **_change_values(grid, kind, on, reason, actor, was, other)}
        for ident, grid in zip(draw_ids(GridChange, len(changed)), changed, strict=True)
    ]
    if lines:
        db.session.execute(insert(GridChange), lines)


def _change_values(
    grid: Grid,
    kind: GridChangeKind,
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


def _check(village: Area, households: int | None, group: Group | None) -> None:
    if households is not None and not 0 <= households <= MOST_HOUSEHOLDS:
        raise Refused(
            "bad_households",
            _("The number of households must be from 0 to %(n)s.", n=MOST_HOUSEHOLDS),
            "households",
        )
    if group is not None and group.village_id != village.id:
        raise Refused("other_village", _("The group belongs to another village."), "group")
