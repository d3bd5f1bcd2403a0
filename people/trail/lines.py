"""Lines of the trail in words: who, what, about whom, and each value before and after."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from ground.paper import words
from people.models import AuditEvent, mask_name, mask_phone
from people.trail.subjects import Subject, named
from people.trail.words import SILENT, Words, known

NOTHING = "–"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

MASKS = {"name": mask_name, "phone": mask_phone, "successor": mask_name}


@dataclass(frozen=True)
class Change:
    """One field: its name, what it was and what it became, all in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One event in words; `key` is the trail's name for whom it is about, `origin` None the command line."""

    key: str
    at: datetime
    who: str | None
    origin: str | None
    action: str
    place: str | None
    subject: Subject
    about: str
    changes: Sequence[Change]


def told(events: Iterable[AuditEvent], masked: bool) -> list[Line]:
    """Events in words. With `masked`, names and phones of villagers as people outside may see them."""
    events, vocabulary = list(events), known()
    subjects = named(
        [
            *(event.subject for event in events),
            *(key for event in events for key in _keys(event, vocabulary.rows)),
        ]
    )
    return [_Teller(event, subjects, masked, vocabulary).line() for event in events]


def _keys(event: AuditEvent, rows: Mapping[str, str]) -> list[str]:
    """The rows that an event's values name by their ids."""
    sides = (event.before or {}, event.detail)
    return [
        f"{kind}:{ident}"
        for field, kind in rows.items()
        for side in sides
        for ident in (side[field] if isinstance(side.get(field), list) else [side.get(field)])
        if ident is not None
    ]


@dataclass(frozen=True)
class _Teller:
    """Puts one event into words."""

    event: AuditEvent
    subjects: Mapping[str, Subject]
    masked: bool
    known: Words

    def line(self) -> Line:
        event, subject, actor = self.event, self.subjects[self.event.subject], self.event.actor
        return Line(
            key=event.subject,
            at=event.at,
            # An official signs with their name everywhere; a worker who did something is a villager first.
            who=actor and (mask_name(actor.name) if self.masked and actor.person_id else actor.name),
            origin=event.origin,
            action=str(self.known.actions.get(event.action, event.action)),
            place=event.area.name if event.area else None,
            subject=subject,
            about=subject.shown(self.masked),
            changes=self.changes(),
        )

    def changes(self) -> list[Change]:
        """What each field was and became; what neither was nor became anything is left out."""
        before, after = self.event.before or {}, self.event.detail
        told = [
            Change(
                str(self.known.fields.get(field, field)),
                self.said(field, before.get(field)),
                self.said(field, after.get(field)),
            )
            for field in before | after
            if field not in SILENT
        ]
        return [change for change in told if change.before != NOTHING or change.after != NOTHING]

    def said(self, field: str, value: Any) -> str:
        """A value as people say it."""
        rows, told = self.known.rows, self.known.told
        if value is None or value == "" or value == []:
            return NOTHING
        if field == "fields":
            return _(", ").join(str(self.known.fields.get(name, name)) for name in value)
        if isinstance(value, list):
            return _(", ").join(self.said(field, v) for v in value) if field in rows else str(len(value))
        if field in rows:
            return self.subjects[f"{rows[field]}:{value}"].shown(self.masked)
        if field in MASKS and self.hides():
            return MASKS[field](str(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if field in told:
            return told[field](value)
        if field == "place" and self.event.area and value == self.event.area.code:
            return self.event.area.name
        return self._in_words(field, str(value))

    def hides(self) -> bool:
        """Whether a name or phone in it is a villager's (or may be), and the reader one from outside."""
        subject = self.subjects[self.event.subject]
        return self.masked and (subject.person is not None or subject.row is None)

    def _in_words(self, field: str, text: str) -> str:
        if _DAY.fullmatch(text):
            return words.day(date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            return words.moment(datetime.fromisoformat(text))
        return str(self.known.values.get(field, {}).get(text, text))
