"""The roster written out in its own columns."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import db
from people import audit
from people.models import Appointment, Area, Duty, Grid, Person, User, mask_name, mask_phone
from people.rosterfile import columns


def take_out(area: Area, kind: str, masked: bool, actor: User) -> list[dict[str, Any]]:
    """The rows of an area's roster, by grid code; that they leave, as `xlsx` or `csv`, is written down.

    `masked` for readers above the village. Whole, they come in again without changing anything.
    """
    rows = [_row(grid, seats, masked) for grid, seats in _today(area)]
    audit.note(actor, "roster.export", area, area, kind=kind, rows=len(rows), masked=masked)
    return rows


def _today(area: Area) -> Iterator[tuple[Grid, dict[Duty, Appointment]]]:
    """Every grid that is not closed, with the terms that hold it."""
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


def _row(grid: Grid, seats: dict[Duty, Appointment], masked: bool) -> dict[str, Any]:
    worker, instructor = seats.get(Duty.WORKER), seats.get(Duty.INSTRUCTOR)
    row = {
        columns.VILLAGE: grid.village.code,
        columns.GROUP: grid.group and grid.group.name,
        columns.CODE: grid.code,
        columns.GRID: grid.name,
        columns.KIND: columns.words_of(columns.KIND)[grid.kind],
        columns.HOUSEHOLDS: grid.households,
    }
    if worker:
        row |= _worker(worker.person, masked) | {columns.SINCE: worker.starts_on}
    if instructor:
        name = instructor.person.name
        row[columns.INSTRUCTOR] = mask_name(name) if masked else name
        row[columns.AGENCY] = instructor.person.agency
    return row


def _worker(person: Person, masked: bool) -> dict[str, Any]:
    return {
        columns.NAME: person.masked if masked else person.name,
        columns.SEX: columns.words_of(columns.SEX).get(person.sex),
        columns.BORN: person.birth_year,
        columns.PHONE: mask_phone(person.phone) if masked and person.phone else person.phone,
        columns.STANDING: columns.words_of(columns.STANDING).get(person.standing),
    }
