"""What is held about a person's records: what they wrote down, or was printed for them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from duties.models import Dispute, Gathering, Incident, Visit
from ground import clock
from ground.db import db
from people.held import Reader, Section, day
from people.models import Person
from people.roster import persons
from points.models import Slip


def about(person: Person, reader: Reader) -> list[Section]:
    """Visits, gatherings, hazards, disputes and paper slips; the same for every reader."""
    return [_records(persons.selves(persons.kept(person)))]


def _records(ids: list[int]) -> Section:
    """What they wrote down, or was printed for them. Whom it concerned is told to those who may see that."""
    kinds: tuple[tuple[type[Any], Any, Callable[[Any], tuple[date, str]]], ...] = (
        (Visit, _("Visit"), lambda row: (row.visited_on, row.grid.name)),
        (Gathering, _("Gathering"), lambda row: (row.held_on, row.topic)),
        (Incident, _("Hazard or emergency"), lambda row: (row.found_on, row.place)),
        (Dispute, _("Dispute"), lambda row: (row.opened_on, row.grid.name)),
        (Slip, _("Paper slip"), lambda row: (clock.local(row.printed_at).date(), row.number)),
    )
    found = []
    for model, label, told in kinds:
        for row in db.session.scalars(select(model).where(model.worker_id.in_(ids)).order_by(model.id)):
            on, what = told(row)
            found.append((day(on), str(label), what))
    return Section(_("Records"), (_("Day"), _("Kind"), _("What")), found)
