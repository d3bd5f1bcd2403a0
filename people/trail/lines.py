"""Lines of the trail in words: who did what, about whom, and each value before and after."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _

from ground.paper import words
from people.models import AuditEvent, User
from people.sight import Sight
from people.trail.subjects import Subject, find_subjects
from people.trail.words import HIDDEN_FIELDS, Words, all_words

DASH = "–"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

# Fields that hold a villager's name, whatever the line is about.
NAME_FIELDS = {"head", "member", "successor"}


@dataclass(frozen=True)
class FieldChange:
    """The change of one field in words: its name, the value before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class TrailLine:
    """One event in words; `key` names its subject in the trail, `origin` None is the command line."""

    key: str
    at: datetime
    actor_name: str | None
    origin: str | None
    action: str
    place: str | None
    subject: Subject
    about: str
    changes: Sequence[FieldChange]


def trail_lines(events: Iterable[AuditEvent], sight: Sight) -> list[TrailLine]:
    """Events in words, as a reader may see them."""
    events, vocabulary = list(events), all_words()
    subjects = find_subjects(
        [
            *(event.subject for event in events),
            *(key for event in events for key in _subject_names(event, vocabulary.id_fields)),
        ]
    )

    @cache  # a file has a few words a hundred thousand times
    def word(kind: str, key: str) -> str:
        return str(getattr(vocabulary, kind).get(key, key))

    return [_LineWriter(event, subjects, sight, vocabulary, word).line() for event in events]


def _subject_names(event: AuditEvent, rows: Mapping[str, str]) -> list[str]:
    """The names of the rows that an event's values refer to by id."""
    sides = (event.before or {}, event.detail)
    return [
        f"{kind}:{ident}"
        for field, kind in rows.items()
        for side in sides
        for ident in (side[field] if isinstance(side.get(field), list) else [side.get(field)])
        if ident is not None
    ]


@dataclass(frozen=True)
class _LineWriter:
    """Puts one event into words; `word` says an action or a field by its name in the trail."""

    event: AuditEvent
    subjects: Mapping[str, Subject]
    sight: Sight
    vocabulary: Words
    word: Callable[[str, str], str]

    def line(self) -> TrailLine:
        event, subject, actor = self.event, self.subjects[self.event.subject], self.event.actor
        return TrailLine(
            key=event.subject,
            at=event.at,
            actor_name=actor and self.sight.name(actor),
            origin=event.origin,
            action=self.word("actions", event.action),
            place=event.area.name if event.area else None,
            subject=subject,
            about=subject.shown_name(self.sight, event.area),
            changes=self.changes(),
        )

    def changes(self) -> list[FieldChange]:
        """The changes of an event's fields; one without a value before and after is left out."""
        before, after = self.event.before or {}, self.event.detail
        field_changes = [
            FieldChange(
                self._field_word(field),
                self.value_text(field, before.get(field)),
                self.value_text(field, after.get(field)),
            )
            for field in before | after
            if field not in HIDDEN_FIELDS
        ]
        return [change for change in field_changes if change.before != DASH or change.after != DASH]

    def _field_word(self, field: str) -> str:
        """The word of a field, or the one that it has in this kind of row alone."""
        own = f"{self.event.subject.partition(':')[0]}.{field}"
        return self.word("fields", own if own in self.vocabulary.fields else field)

    def value_text(self, field: str, value: Any) -> str:
        """A value of a field, in words."""
        rows, describers = self.vocabulary.id_fields, self.vocabulary.describers
        if value is None or value == "" or value == []:
            return DASH
        if field == "fields":
            return _(", ").join(map(self._field_word, value))
        if isinstance(value, list):
            return (
                _(", ").join(self.value_text(field, v) for v in value) if field in rows else str(len(value))
            )
        if field in rows:
            return self.subjects[f"{rows[field]}:{value}"].shown_name(self.sight, self.event.area)
        if field in NAME_FIELDS or (field == "name" and self.is_personal()):
            return self.sight.name(str(value))
        if field == "phone":
            is_own = self.is_personal() or isinstance(self.subjects[self.event.subject].row, User)
            return self.sight.phone(str(value)) if is_own else str(value)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if field in describers:
            return describers[field](value)
        if field == "place" and self.event.area and value == self.event.area.code:
            return self.event.area.name
        return self._in_words(field, str(value))

    def is_personal(self) -> bool:
        """Whether a name or telephone is, or may be, that of somebody whom the reader sees masked."""
        subject = self.subjects[self.event.subject]
        return subject.row is None or (subject.person is not None and self.sight.hides(subject.person))

    def _in_words(self, field: str, text: str) -> str:
        if _DAY.fullmatch(text):
            return words.day(date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            return words.moment(datetime.fromisoformat(text))
        word = self.vocabulary.values.get(field, {}).get(text)
        return self.sight.text(text, self.event.area) if word is None else str(word)
