"""Changes of a grid: renamed, split, merged, closed. Its history is never rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale, gettext, lazy_ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from ground import clock, days, names
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Appointment, Grid, GridChange, GridChangeKind, User
from people.roster import grids, holders
from people.roster import households as files


@dataclass(frozen=True)
class GridHistoryLine:
    """A line of a grid's history, with the names of both grids after the change."""

    change: GridChange
    name: str
    other: Grid | None
    other_name: str | None


def rename(grid: Grid, name: str, on: date, reason: str, actor: User | None) -> Grid:
    """Give a grid another name from a day on.

    Refused `bad_name`, `same_name`, and like every change of a grid `grid_closed`, `reason_missing`,
    `bad_day`, `in_future`, `before_last_change`.
    """
    grid, reason = _open_for_change(grid, on, reason)
    name, was = grids.checked_name(name), grid.name
    if names.same(name, was):
        raise Refused("same_name", _("That is its name already."), "name")
    grid.name = name
    grids.write_change(grid, GridChangeKind.RENAMED, on, reason, actor, was=was)
    audit.note(actor, "grid.rename", grid, grid.village, {"name": was}, name=name, on=on, reason=reason)
    return grid


def split(
    grid: Grid,
    code: str,
    name: str,
    households: int | None,
    on: date,
    reason: str,
    actor: User | None,
    *,
    place: str | None = None,
) -> Grid:
    """Split a new grid off and return it.

    The old one keeps its people and the households that remain. Refused as `rename` and `grids.add_grid`
    are, and `too_many_households` if none would remain.
    """
    grid, reason = _open_for_change(grid, on, reason)
    before = grid.households
    if before is not None and households is not None:
        if not 0 < households < before:
            raise Refused(
                "too_many_households",
                lazy_ngettext(
                    "It has %(num)s household: at least one goes and at least one remains.",
                    "It has %(num)s households: at least one goes and at least one remains.",
                    before,
                ),
                "households",
            )
        grid.households = before - households
    new = grids.add_grid(
        grid.village,
        code,
        name,
        grid.kind,
        households,
        actor,
        group=grid.group,
        place=place,
        agency=grid.agency,
        on=on,
        reason=reason,
        split_from=grid,
    )
    grids.write_change(grid, GridChangeKind.SPLIT, on, reason, actor, other=new)
    was, becomes = {"households": before}, {"households": grid.households, "new": new.code}
    audit.note(actor, "grid.split", grid, grid.village, was, **becomes, on=on, reason=reason)
    return new


def merge(grid: Grid, into: Grid, on: date, reason: str, actor: User | None) -> Grid:
    """Merge a grid into another of its village, and close it.

    The other takes over its households and their files. Refused `still_serves` and as `rename` is,
    `same_grid`, `other_village`; `grid_closed` and `before_last_change` also for the grid it goes into.
    """
    if grid.id == into.id:
        raise Refused("same_grid", _("A grid cannot be merged into itself."), "into")
    for one_grid in sorted(
        (grid, into), key=lambda one_grid: one_grid.id
    ):  # in one order: no two wait for each other
        lock(one_grid)
    grid, reason = _open_for_change(grid, on, reason)
    into, _reason = _open_for_change(into, on, reason)
    if grid.village_id != into.village_id:
        raise Refused("other_village", _("The two grids belong to different villages."), "into")
    _check_nobody_serves(grid, on)
    before = into.households
    if before is not None and grid.households is not None:
        into.households = before + grid.households
    files.move_all_households(grid, into, actor)
    grid.closed_on = on
    grids.write_change(grid, GridChangeKind.MERGED, on, reason, actor, other=into)
    audit.note(actor, "grid.merge", grid, grid.village, into=into.code, closed_on=on, reason=reason)
    if into.households != before:
        was, becomes = {"households": before}, {"households": into.households, "merged": grid.code}
        audit.note(actor, "grid.merge", into, into.village, was, **becomes)
    return into


def close(grid: Grid, on: date, reason: str, actor: User | None) -> Grid:
    """Close a grid from a day on; all that happened in it stays.

    Refused `still_serves` while somebody serves in it on that day or later, `households_live` while there
    are files of households that live in it, and as `rename` is.
    """
    grid, reason = _open_for_change(grid, on, reason)
    _check_nobody_serves(grid, on)
    files.check_none_live(grid)
    grid.closed_on = on
    grids.write_change(grid, GridChangeKind.CLOSED, on, reason, actor)
    audit.note(actor, "grid.close", grid, grid.village, closed_on=on, reason=reason)
    return grid


def retire_all(grids_to_retire: Sequence[Grid], number: int, reason: str, actor: User | None) -> None:
    """Put grids out of use that never were: closed today, in no group, and their codes free for others.

    Their history stays. `number` tells the codes of several times apart. Nobody serves there, and no
    household has a file there: that was looked at before.
    """
    today, mark = clock.today(), retired_mark(number)
    for grid in grids_to_retire:
        grid.code = f"{grid.code[:28]}{mark}"
        grid.closed_on, grid.group_id = today, None
    db.session.flush()
    grids.write_changes(list(grids_to_retire), GridChangeKind.CLOSED, today, reason, actor)
    audit.note_all(
        actor,
        "grid.close",
        [
            (grid, grid.village, {"code": grid.code, "closed_on": today, "reason": reason})
            for grid in grids_to_retire
        ],
    )


def retired_mark(number: int) -> str:
    """What stands behind the code or name of something that came with a file which was taken back."""
    with force_locale("zh"):
        return gettext("(taken back %(number)s)", number=number)


def blocking_terms(grid: Grid, on: date) -> Sequence[Appointment]:
    """The terms that run in a grid on a day or later: with any of them it cannot close that day."""
    return db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(Appointment.grid_id == grid.id, *holders.terms_not_over(on))
        .order_by(Appointment.duty.desc(), Appointment.starts_on)
    ).all()


def history(grid: Grid) -> list[GridHistoryLine]:
    """The history of a grid, newest first: its own changes, and who was merged into it."""
    changes = db.session.scalars(
        select(GridChange)
        .options(joinedload(GridChange.grid), joinedload(GridChange.other))
        .where(
            or_(
                GridChange.grid_id == grid.id,
                and_(GridChange.other_id == grid.id, GridChange.kind == GridChangeKind.MERGED),
            )
        )
        .order_by(GridChange.on.desc(), GridChange.id.desc())
    ).all()
    grid_ids = {change.grid_id for change in changes} | {change.other_id for change in changes}
    renamings = db.session.scalars(
        select(GridChange)
        .where(GridChange.grid_id.in_(grid_ids - {None}), GridChange.kind == GridChangeKind.RENAMED)
        .order_by(GridChange.on, GridChange.id)
    ).all()
    lines = []
    for change in changes:
        other = change.other if change.grid_id == grid.id else change.grid
        other_name = _name_after(change, other, renamings) if other else None
        lines.append(GridHistoryLine(change, _name_after(change, grid, renamings), other, other_name))
    return lines


def _name_after(change: GridChange, grid: Grid, renamings: Sequence[GridChange]) -> str:
    """The name of a grid after a change: the old name of the next renaming, or today's."""
    for renaming in renamings:
        if renaming.grid_id == grid.id and (renaming.on, renaming.id) > (change.on, change.id):
            return renaming.was or grid.name
    return grid.name


def _open_for_change(grid: Grid, on: date, reason: str) -> tuple[Grid, str]:
    """The grid, locked, and the reason, once it is checked that the day is possible."""
    grid, reason = grids.lock_open_grid(grid), required_reason(reason)
    days.HAPPENED.check(on, "on")
    last = db.session.scalar(
        select(func.max(GridChange.on)).where(
            or_(GridChange.grid_id == grid.id, GridChange.other_id == grid.id)
        )
    )
    if last and on < last:
        raise Refused(
            "before_last_change",
            _("The last change of “%(name)s” was on %(day)s.", name=grid.name, day=words.day(last)),
            "on",
        )
    return grid, reason


def _check_nobody_serves(grid: Grid, on: date) -> None:
    if blocking_terms(grid, on):
        raise Refused(
            "still_serves",
            _("Somebody still serves in “%(name)s”. First end the term or hand it over.", name=grid.name),
        )
