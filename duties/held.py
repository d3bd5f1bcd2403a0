"""Everything held about a person's records: what they wrote down, or was printed for them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from duties.models import Dispute, Gathering, Incident, Visit
from ground import clock
from ground.db import db
from people.held import HeldSection, Reader, day
from people.models import Person
from people.roster import persons
from points.models import Slip


def about(person: Person, reader: Reader) -> list[HeldSection]:
    """Visits, gatherings, hazards, disputes and paper slips; the same for every reader."""
    return [_records(persons.entry_ids(persons.current_entry(person)))]


def _records(ids: list[int]) -> HeldSection:
    """The records that a person wrote down, and the slips that were printed for them.

    Whom a record concerned is told only to those who may see that.
    """
    kinds: tuple[tuple[type[Any], Any, Callable[[Any], tuple[date, str]]], ...] = (
        (Visit, _("Visit"), lambda record: (record.visited_on, record.grid.name)),
        (Gathering, _("Gathering"), lambda record: (record.held_on, record.topic)),
        (Incident, _("Hazard or emergency"), lambda record: (record.found_on, record.place)),
        (Dispute, _("Dispute"), lambda record: (record.opened_on, record.grid.name)),
        (Slip, _("Paper slip"), lambda record: (clock.local(record.printed_at).date(), record.number)),
    )
    rows = []
    for model, label, day_and_text in kinds:
        for record in db.session.scalars(select(model).where(model.worker_id.in_(ids)).order_by(model.id)):
            on, what = day_and_text(record)
            rows.append((day(on), str(label), what))
    return HeldSection(_("Records"), (_("Day"), _("Kind"), _("What")), rows)
