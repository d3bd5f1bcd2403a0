"""The export of the roster, in its own columns."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import db
from people import audit
from people.models import Appointment, Area, Duty, Grid, Person, User
from people.rosterfile import columns
from people.sight import Sight


def export_roster(area: Area, kind: str, sight: Sight, actor: User) -> list[dict[str, Any]]:
    """The rows of an area's roster, by grid code; the export is written into the audit trail.

    `kind` is `xlsx` or `csv`. `sight` is that of its reader. An unmasked roster can be imported
    again without changing anything.
    """
    rows = [_row(grid, seats, sight) for grid, seats in _current_grids(area)]
    audit.note(actor, "roster.export", area, area, kind=kind, rows=len(rows), masked=sight.masked)
    return rows


def _current_grids(area: Area) -> Iterator[tuple[Grid, dict[Duty, Appointment]]]:
    """Every grid that is not closed, with its current terms by duty."""
    within = Area.code.startswith(area.stem)
    seats: dict[int, dict[Duty, Appointment]] = {}
    for term in db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .join(Grid.village)
        .options(joinedload(Appointment.person))
        .where(within, Appointment.ended_on.is_(None))
    ):
        seats.setdefault(term.grid_id, {})[term.duty] = term
    for grid in db.session.scalars(
        select(Grid)
        .join(Grid.village)
        .options(contains_eager(Grid.village), joinedload(Grid.group))
        .where(within, Grid.closed_on.is_(None))
        .order_by(Area.code, Grid.code)
    ):
        yield grid, seats.get(grid.id, {})


def _row(grid: Grid, seats: dict[Duty, Appointment], sight: Sight) -> dict[str, Any]:
    worker, instructor = seats.get(Duty.WORKER), seats.get(Duty.INSTRUCTOR)
    row = {
        columns.VILLAGE: grid.village.code,
        columns.GROUP: grid.group and grid.group.name,
        columns.CODE: grid.code,
        columns.GRID: grid.name,
        columns.KIND: columns.choice_words(columns.KIND)[grid.kind],
        columns.HOUSEHOLDS: grid.households,
    }
    if worker:
        row |= _worker(worker.person, sight) | {columns.SINCE: worker.starts_on}
    if instructor:
        row[columns.INSTRUCTOR] = sight.name(instructor.person)
        row[columns.AGENCY] = instructor.person.agency
    return row


def _worker(person: Person, sight: Sight) -> dict[str, Any]:
    return {
        columns.NAME: sight.name(person),
        columns.SEX: columns.choice_words(columns.SEX).get(person.sex),
        columns.BIRTH_YEAR: person.birth_year,
        columns.PHONE: sight.phone(person.phone) or None,
        columns.STANDING: columns.choice_words(columns.STANDING).get(person.standing),
    }
