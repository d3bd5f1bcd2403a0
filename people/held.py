"""Everything held about a person, to show it to them; each package adds its own part.

The parts are in plain text. A test sees to it that every table that speaks of a person is read by one of
them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.contributions import Slot
from ground.db import db
from ground.paper import words
from people import labels, trail
from people.models import (
    Appointment,
    Attendance,
    Card,
    Departure,
    Evaluation,
    EvaluationSide,
    GrowthStep,
    Merge,
    Person,
    Portrait,
    User,
)
from people.roster import persons
from people.sight import Sight

DASH = "–"


class Reader(StrEnum):
    """The reader: the person, their village's committee, or the township for its own instructors."""

    THEMSELF = "themself"
    VILLAGE = "village"
    ABOVE = "above"


# To whom the results of an evaluation go; nobody else sees them, whom it is about neither.
# What single workers said of an instructor is shown to nobody one by one, only as `evaluations.results`.
RESULT_READERS = {EvaluationSide.OF_WORKER: Reader.VILLAGE, EvaluationSide.BY_VILLAGE: Reader.ABOVE}


@dataclass(frozen=True)
class HeldSection:
    """A section of what is held: a title, column headings, and rows of plain text, maybe none."""

    title: Any
    header: Sequence[Any]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class HeldPart:
    """A package's part of the page: its place there, and the sections about a person for a reader."""

    order: int
    sections: Callable[[Person, Reader], list[HeldSection]]


HELD: Slot[HeldPart] = Slot(by=lambda part: part.order)


def all_sections(person: Person, reader: Reader) -> list[HeldSection]:
    """The sections of all packages about a person."""
    return [section for part in HELD.items() for section in part.sections(person, reader)]


def about(person: Person, reader: Reader) -> list[HeldSection]:
    """The sections of this package about a person, under all of their entries."""
    ids = persons.entry_ids(persons.current_entry(person))
    return [
        *_entries(ids),
        _portraits(ids),
        _terms(ids),
        _cards(ids),
        _sign_ins(ids),
        _trainings(ids),
        _evaluations_of(ids, reader),
        _evaluations_by(ids, reader),
        _growth(ids),
        _departures(ids),
        _merges(ids),
        _trail(person),
    ]


def day(on: date | None) -> str:
    """A day in words, or a dash."""
    return words.day(on) if on else DASH


def text_or_dash(value: Any) -> str:
    """A value as plain text, or a dash for nothing."""
    return DASH if value is None or value == "" else str(value)


def _rows(model: type[Any], ids: Iterable[int], *along: Any, order: Any = None) -> Sequence[Any]:
    """A table's rows about these people, with the related rows in `along`.

    They are in the given order, or as they were written.
    """
    query = select(model).where(model.person_id.in_(ids)).options(*map(joinedload, along))
    return db.session.scalars(query.order_by(*([] if order is None else [order]), model.id)).all()


def _entries(ids: list[int]) -> list[HeldSection]:
    """The roster's entry, and those that were merged into it as they were."""
    people = db.session.scalars(
        select(Person).where(Person.id.in_(ids)).options(joinedload(Person.area), joinedload(Person.merge))
    ).all()
    people = sorted(people, key=lambda person: ids.index(person.id))
    return [
        HeldSection(
            _("Another entry of the same person") if person.merge else _("In the roster"),
            (),
            [
                (gettext("Name"), person.name),
                (gettext("Belongs to"), person.area.name),
                (gettext("Phone"), text_or_dash(person.phone)),
                (gettext("Agency"), text_or_dash(person.agency)),
                (gettext("Sex"), text_or_dash(person.sex and labels.SEXES[person.sex])),
                (gettext("Year of birth"), text_or_dash(person.birth_year)),
                (
                    gettext("Political status"),
                    text_or_dash(person.standing and labels.STANDINGS[person.standing]),
                ),
                (
                    gettext("Background"),
                    text_or_dash(person.background and labels.BACKGROUNDS[person.background]),
                ),
                (gettext("Law mark since"), day(person.law_mark_on)),
            ],
        )
        for person in people
    ]


def _portraits(ids: list[int]) -> HeldSection:
    """The days since when photos are kept; the photo itself is on the person's page."""
    moments = db.session.scalars(select(Portrait.at).where(Portrait.person_id.in_(ids)).order_by(Portrait.at))
    return HeldSection(_("Photo"), (_("Kept since"),), [(day(clock.local(at).date()),) for at in moments])


def _terms(ids: list[int]) -> HeldSection:
    terms = _rows(Appointment, ids, Appointment.grid, order=Appointment.starts_on)
    return HeldSection(
        _("Terms"),
        (_("Duty"), _("Grid"), _("From"), _("Term until"), _("Ended on"), _("Recommended by")),
        [
            (
                str(labels.DUTIES[term.duty]),
                f"{term.grid.name} {term.grid.code}",
                day(term.starts_on),
                day(term.ends_on),
                day(term.ended_on),
                text_or_dash(term.chosen_by and labels.CHOSEN_BY[term.chosen_by]),
            )
            for term in terms
        ],
    )


def _cards(ids: list[int]) -> HeldSection:
    """Cards by their number. The secret of the code says nothing about the person, and stays secret."""
    return HeldSection(
        _("Cards"),
        (_("Card number"), _("State"), _("Issued on")),
        [
            (card.grouped, str(labels.CARD_STATES[card.state]), day(clock.local(card.issued_at).date()))
            for card in _rows(Card, ids)
        ],
    )


def _sign_ins(ids: list[int]) -> HeldSection:
    rows = []
    for user in _rows(User, ids):
        roles = [
            f"{labels.ROLES[grant.role]}{gettext(' (%(text)s)', text=grant.area.name)}"
            for grant in user.grants
        ]
        closed = day(clock.local(user.closed_at).date()) if user.closed_at else DASH
        row = (user.username, user.name, gettext(", ").join(roles) or DASH, text_or_dash(user.phone), closed)
        rows.append(row)
    header = (_("Sign-in name"), _("Name"), _("Role"), _("Own mobile telephone"), _("Closed on"))
    return HeldSection(_("Sign-ins and roles"), header, rows)


def _trainings(ids: list[int]) -> HeldSection:
    seats = _rows(Attendance, ids, Attendance.training)
    return HeldSection(
        _("Trainings attended"),
        (_("Day"), _("Topic"), _("Place"), _("How noted")),
        [
            (
                day(seat.training.held_on),
                seat.training.topic,
                text_or_dash(seat.training.place),
                gettext("by card") if seat.by_card else gettext("ticked on the list"),
            )
            for seat in sorted(seats, key=lambda seat: seat.training.held_on)
        ],
    )


def _evaluations_of(ids: list[int], reader: Reader) -> HeldSection:
    """Evaluations of the person.

    The results for those they go to; for others only that there was one.
    """
    hidden = gettext("only for those the results go to")
    return HeldSection(
        _("Evaluations of this person"),
        (_("Year"), _("From which side"), _("Diligence, skill, manner (1 to 4)"), _("Remark")),
        [
            (
                str(evaluation.year),
                str(labels.SIDES[evaluation.side]),
                f"{evaluation.diligence}, {evaluation.skill}, {evaluation.manner}"
                if reader == RESULT_READERS.get(evaluation.side)
                else hidden,
                text_or_dash(evaluation.remark) if reader == RESULT_READERS.get(evaluation.side) else hidden,
            )
            for evaluation in _rows(Evaluation, ids, order=Evaluation.year)
        ],
    )


def _evaluations_by(ids: list[int], reader: Reader) -> HeldSection:
    """Evaluations the person gave.

    Only the person reads of whom and which grades: that is between them and those the results go to.
    """
    voices = [f"person:{ident}" for ident in ids]
    evaluations = db.session.scalars(
        select(Evaluation)
        .where(Evaluation.voice.in_(voices))
        .options(joinedload(Evaluation.person))
        .order_by(Evaluation.year, Evaluation.id)
    )
    own = reader == Reader.THEMSELF
    hidden = gettext("only for those the results go to")
    return HeldSection(
        _("Evaluations this person gave"),
        (_("Year"), _("Of whom"), _("Diligence, skill, manner (1 to 4)"), _("Remark")),
        [
            (
                str(evaluation.year),
                evaluation.person.name if own else hidden,
                f"{evaluation.diligence}, {evaluation.skill}, {evaluation.manner}" if own else hidden,
                text_or_dash(evaluation.remark) if own else hidden,
            )
            for evaluation in evaluations
        ],
    )


def _growth(ids: list[int]) -> HeldSection:
    return HeldSection(
        lazy_gettext("Growth"),
        (_("Stage"), _("Day"), _("Note")),
        [
            (_stage(step), day(step.on), text_or_dash(step.note))
            for step in _rows(GrowthStep, ids, order=GrowthStep.on)
        ],
    )


def _stage(step: GrowthStep) -> str:
    stage = labels.STAGES[step.stage]
    return gettext("%(stage)s, taken back", stage=stage) if step.takes_back_id else str(stage)


def _departures(ids: list[int]) -> HeldSection:
    return HeldSection(
        _("Departures"),
        (_("Day"), _("Kind"), _("Reason"), _("Negative list"), _("Decision"), _("Points")),
        [
            (
                day(departure.on),
                str(labels.DEPARTURE_KINDS[departure.kind]),
                text_or_dash(departure.reason),
                text_or_dash(departure.negative_item and departure.negative_item.text),
                text_or_dash(departure.decision),
                gettext("kept until %(day)s", day=day(departure.kept_until))
                if departure.kept_until
                else str(labels.OUTCOMES[departure.outcome]),
            )
            for departure in _rows(Departure, ids, Departure.negative_item, order=Departure.on)
        ],
    )


def _merges(ids: list[int]) -> HeldSection:
    merges = db.session.scalars(
        select(Merge)
        .where(or_(Merge.kept_id.in_(ids), Merge.duplicate_id.in_(ids)))
        .options(joinedload(Merge.kept), joinedload(Merge.duplicate))
        .order_by(Merge.id)
    )
    return HeldSection(
        _("Entries merged"),
        (_("Day"), _("Entry kept"), _("Entry merged into it"), _("Reason")),
        [
            (
                day(clock.local(merge.at).date()),
                f"{merge.kept.name} ({merge.kept_id})",
                f"{merge.duplicate.name} ({merge.duplicate_id})",
                text_or_dash(merge.reason),
            )
            for merge in merges
        ],
    )


def _trail(person: Person) -> HeldSection:
    lines = trail.trail_lines(
        db.session.scalars(trail.events_about_person(person)), sight=Sight(masked=False)
    )
    return HeldSection(
        _("Audit trail"),
        (_("When"), _("By whom"), _("What"), _("Values")),
        [
            (
                words.moment(line.at),
                line.actor_name or gettext("the system itself"),
                line.action,
                gettext("; ").join(change_row(change) for change in line.changes) or DASH,
            )
            for line in lines
        ],
    )


def change_row(change: trail.FieldChange) -> str:
    """A change in words; the value before only where there was one."""
    if change.before == DASH:
        return f"{change.field} {change.after}"
    return f"{change.field} {change.before} → {change.after}"
