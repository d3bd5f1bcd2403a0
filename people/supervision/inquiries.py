"""The entries of a period from all packages, and what was looked into of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import db, get_locked
from ground.refusal import Refused, required_reason
from people.models import Area, Inquiry, User
from people.supervision.entries import ENTRY_KINDS, DaySpan, Entry, EntryKind


@dataclass(frozen=True)
class WatchedEntry:
    """An entry with its kind, and the inquiries into it in their order."""

    kind: EntryKind
    entry: Entry
    inquiries: Sequence[Inquiry]

    @property
    def is_open(self) -> bool:
        """Whether somebody should look into it, and nobody did yet."""
        return not (self.inquiries or self.entry.is_routine)


@dataclass(frozen=True)
class KindFigures:
    """The number of entries of a kind, and of those into which nobody has looked."""

    kind: EntryKind
    entry_count: int
    open_count: int
    is_cut: bool  # whether there are more of them than are shown


def entries_of(village: Area, period: DaySpan, chosen: str = "") -> list[WatchedEntry]:
    """Everything that supervision may look into in a village in a period, the latest first.

    Of the kind that is chosen all of it, of the others as many as stand beside each other.
    """
    inquiries = _inquiries(village)
    watched = [
        WatchedEntry(kind, entry, inquiries[kind.code, entry.row_id])
        for kind in ENTRY_KINDS.items()
        for entry in kind.find(village, _span(period, kind, chosen))
    ]
    return sorted(watched, key=lambda each: each.entry.at, reverse=True)


def _span(period: DaySpan, kind: EntryKind, chosen: str) -> DaySpan:
    return period.with_all() if kind.code == chosen else period


def figures(watched: Sequence[WatchedEntry], period: DaySpan, chosen: str = "") -> list[KindFigures]:
    """The figures of every kind, also of those with nothing; `watched` is what was found of them."""
    entries = Counter(each.kind.code for each in watched)
    unseen = Counter(each.kind.code for each in watched if each.is_open)
    return [
        KindFigures(
            kind,
            entries[kind.code],
            unseen[kind.code],
            is_cut=entries[kind.code] >= _span(period, kind, chosen).most,
        )
        for kind in ENTRY_KINDS.items()
    ]


def find_entry(village: Area, period: DaySpan, kind_code: str, row: int) -> Entry | None:
    """The entry of a village in a period with this kind and row, or None."""
    kind = next((kind for kind in ENTRY_KINDS.items() if kind.code == kind_code), None)
    found = kind.find(village, period.with_all()) if kind else ()
    return next((entry for entry in found if entry.row_id == row), None)


def look_into(village: Area, kind_code: str, entry: Entry, note: str, actor: User) -> Inquiry:
    """Write down that somebody looked into an entry, and what they found.

    An entry can be looked into again, by supervision as by those above it. The same again by the same person
    is written once. Refused `own_entry` for who did it or whom it is about, `reason_missing` without a note.
    """
    get_locked(User, actor.id)
    if entry.concerns(actor):
        raise Refused("own_entry", _("This is about something of your own. Somebody else looks into it."))
    values = {
        "village_id": village.id,
        "entry_kind": kind_code,
        "entry_row": entry.row_id,
        "note": required_reason(note, "note"),
        "actor_id": actor.id,
    }
    written = db.session.scalars(select(Inquiry).filter_by(**values)).first()
    if written is None:
        written = Inquiry(**values, at=clock.now())
        db.session.add(written)
        db.session.flush()
    return written


def _inquiries(village: Area) -> defaultdict[tuple[str, int], list[Inquiry]]:
    """The inquiries of a village, by the kind and row of their entries."""
    found: defaultdict[tuple[str, int], list[Inquiry]] = defaultdict(list)
    query = select(Inquiry).options(joinedload(Inquiry.actor)).where(Inquiry.village_id == village.id)
    for inquiry in db.session.scalars(query.order_by(Inquiry.id)):
        found[inquiry.entry_kind, inquiry.entry_row].append(inquiry)
    return found
