"""Everything held about a person, to show them: each package tells its own part, in plain text.

A test sees to it that every table that speaks of a person is read by one of them.
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
    GrowthStep,
    Merge,
    Person,
    Portrait,
    Side,
    User,
)
from people.roster import persons

NOTHING = "–"


class Reader(StrEnum):
    """Who is shown it: the person, their village's committee, or the township for its own instructors."""

    THEMSELF = "themself"
    VILLAGE = "village"
    ABOVE = "above"


# To whom the results of an evaluation go; nobody else sees them, whom it is about neither.
# What single workers said of an instructor is shown to nobody one by one, only as `evaluations.results`.
RESULTS_GO_TO = {Side.OF_WORKER: Reader.VILLAGE, Side.BY_VILLAGE: Reader.ABOVE}


@dataclass(frozen=True)
class Section:
    """A part of what is held: a title, the headings of its columns, and rows of plain text, maybe none."""

    title: Any
    header: Sequence[Any]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Part:
    """A part of the page, in its place on it: what `about` says of a person to a reader."""

    order: int
    about: Callable[[Person, Reader], list[Section]]


HELD: Slot[Part] = Slot(by=lambda part: part.order)


def everything(person: Person, reader: Reader) -> list[Section]:
    """What every package holds about a person."""
    return [section for part in HELD.items() for section in part.about(person, reader)]


def about(person: Person, reader: Reader) -> list[Section]:
    """What this package holds about a person, whichever of their entries it stands under."""
    ids = persons.selves(persons.kept(person))
    return [
        *_entries(ids),
        _portraits(ids),
        _terms(ids),
        _cards(ids),
        _sign_ins(ids),
        _trainings(ids),
        _evaluated(ids, reader),
        _spoken(ids, reader),
        _growth(ids),
        _departures(ids),
        _merges(ids),
        _trail(person),
    ]


def day(on: date | None) -> str:
    """A day in words, or a dash."""
    return words.day(on) if on else NOTHING


def said(value: Any) -> str:
    """A value as plain text, or a dash for nothing."""
    return NOTHING if value is None or value == "" else str(value)


def _rows(model: type[Any], ids: Iterable[int], *along: Any, order: Any = None) -> Sequence[Any]:
    """A table's rows about these people, with what is read along, in an order or as they were written."""
    query = select(model).where(model.person_id.in_(ids)).options(*map(joinedload, along))
    return db.session.scalars(query.order_by(*([] if order is None else [order]), model.id)).all()


def _entries(ids: list[int]) -> list[Section]:
    """The roster's entry, and those that were merged into it as they were."""
    people = db.session.scalars(
        select(Person).where(Person.id.in_(ids)).options(joinedload(Person.area), joinedload(Person.merge))
    ).all()
    people = sorted(people, key=lambda person: ids.index(person.id))
    return [
        Section(
            _("Another entry of the same person") if person.merge else _("In the roster"),
            (),
            [
                (gettext("Name"), person.name),
                (gettext("Belongs to"), person.area.name),
                (gettext("Phone"), said(person.phone)),
                (gettext("Agency"), said(person.agency)),
                (gettext("Sex"), said(person.sex and labels.SEXES[person.sex])),
                (gettext("Year of birth"), said(person.birth_year)),
                (gettext("Political status"), said(person.standing and labels.STANDINGS[person.standing])),
                (gettext("Background"), said(person.background and labels.BACKGROUNDS[person.background])),
                (gettext("Law mark since"), day(person.law_mark_on)),
            ],
        )
        for person in people
    ]


def _portraits(ids: list[int]) -> Section:
    """That there is a photo; the person's page in their village shows it."""
    kept = db.session.scalars(select(Portrait.at).where(Portrait.person_id.in_(ids)).order_by(Portrait.at))
    return Section(_("Photo"), (_("Kept since"),), [(day(clock.local(at).date()),) for at in kept])


def _terms(ids: list[int]) -> Section:
    found = _rows(Appointment, ids, Appointment.grid, order=Appointment.starts_on)
    return Section(
        _("Terms"),
        (_("Duty"), _("Grid"), _("From"), _("Term until"), _("Ended on"), _("Recommended by")),
        [
            (
                str(labels.DUTIES[term.duty]),
                f"{term.grid.name} {term.grid.code}",
                day(term.starts_on),
                day(term.ends_on),
                day(term.ended_on),
                said(term.chosen_by and labels.CHOSEN_BY[term.chosen_by]),
            )
            for term in found
        ],
    )


def _cards(ids: list[int]) -> Section:
    """Cards by their number. The secret of the code is no statement about anyone, and stays one."""
    return Section(
        _("Cards"),
        (_("Card number"), _("State"), _("Issued on")),
        [
            (card.grouped, str(labels.CARD_STATES[card.state]), day(clock.local(card.issued_at).date()))
            for card in _rows(Card, ids)
        ],
    )


def _sign_ins(ids: list[int]) -> Section:
    rows = []
    for user in _rows(User, ids):
        roles = [f"{labels.ROLES[grant.role]} ({grant.area.name})" for grant in user.grants]
        closed = day(clock.local(user.closed_at).date()) if user.closed_at else NOTHING
        rows.append((user.username, user.name, gettext(", ").join(roles) or NOTHING, closed))
    return Section(_("Sign-ins and roles"), (_("Sign-in name"), _("Name"), _("Role"), _("Closed on")), rows)


def _trainings(ids: list[int]) -> Section:
    return Section(
        _("Trainings attended"),
        (_("Day"), _("Topic"), _("Place"), _("How noted")),
        [
            (
                day(seat.training.held_on),
                seat.training.topic,
                said(seat.training.place),
                gettext("by card") if seat.by_card else gettext("ticked on the list"),
            )
            for seat in _rows(Attendance, ids, Attendance.training)
        ],
    )


def _evaluated(ids: list[int], reader: Reader) -> Section:
    """Evaluations of the person: the results for those they go to, for others only that there was one."""
    hidden = gettext("only for those the results go to")
    return Section(
        _("Evaluations of this person"),
        (_("Year"), _("From which side"), _("Diligence, skill, manner (1 to 4)"), _("Remark")),
        [
            (
                str(found.year),
                str(labels.SIDES[found.side]),
                f"{found.diligence}, {found.skill}, {found.manner}"
                if reader == RESULTS_GO_TO.get(found.side)
                else hidden,
                said(found.remark) if reader == RESULTS_GO_TO.get(found.side) else hidden,
            )
            for found in _rows(Evaluation, ids, order=Evaluation.year)
        ],
    )


def _spoken(ids: list[int], reader: Reader) -> Section:
    """Evaluations the person gave: whom and how is between them and those the results go to."""
    voices = [f"person:{ident}" for ident in ids]
    found = db.session.scalars(
        select(Evaluation)
        .where(Evaluation.voice.in_(voices))
        .options(joinedload(Evaluation.person))
        .order_by(Evaluation.year, Evaluation.id)
    )
    own = reader == Reader.THEMSELF
    hidden = gettext("only for those the results go to")
    return Section(
        _("Evaluations this person gave"),
        (_("Year"), _("Of whom"), _("Diligence, skill, manner (1 to 4)"), _("Remark")),
        [
            (
                str(given.year),
                given.person.name if own else hidden,
                f"{given.diligence}, {given.skill}, {given.manner}" if own else hidden,
                said(given.remark) if own else hidden,
            )
            for given in found
        ],
    )


def _growth(ids: list[int]) -> Section:
    return Section(
        lazy_gettext("Growth"),
        (_("Stage"), _("Day"), _("Note")),
        [
            (_stage(step), day(step.on), said(step.note))
            for step in _rows(GrowthStep, ids, order=GrowthStep.on)
        ],
    )


def _stage(step: GrowthStep) -> str:
    stage = labels.STAGES[step.stage]
    return gettext("%(stage)s, taken back", stage=stage) if step.takes_back_id else str(stage)


def _departures(ids: list[int]) -> Section:
    return Section(
        _("Departures"),
        (_("Day"), _("Kind"), _("Reason"), _("Negative list"), _("Decision"), _("Points")),
        [
            (
                day(left.on),
                str(labels.DEPARTURE_KINDS[left.kind]),
                said(left.reason),
                said(left.negative_item and left.negative_item.text),
                said(left.decision),
                gettext("kept until %(day)s", day=day(left.kept_until))
                if left.kept_until
                else str(labels.OUTCOMES[left.outcome]),
            )
            for left in _rows(Departure, ids, Departure.negative_item, order=Departure.on)
        ],
    )


def _merges(ids: list[int]) -> Section:
    found = db.session.scalars(
        select(Merge)
        .where(or_(Merge.kept_id.in_(ids), Merge.duplicate_id.in_(ids)))
        .options(joinedload(Merge.kept), joinedload(Merge.duplicate))
        .order_by(Merge.id)
    )
    return Section(
        _("Entries merged"),
        (_("Day"), _("Entry kept"), _("Entry merged into it"), _("Reason")),
        [
            (
                day(clock.local(merge.at).date()),
                f"{merge.kept.name} ({merge.kept_id})",
                f"{merge.duplicate.name} ({merge.duplicate_id})",
                said(merge.reason),
            )
            for merge in found
        ],
    )


def _trail(person: Person) -> Section:
    lines = trail.told(db.session.scalars(trail.concerning(person)), masked=False)
    return Section(
        _("Audit trail"),
        (_("When"), _("By whom"), _("What"), _("Values")),
        [
            (
                words.moment(line.at),
                line.who or gettext("command line"),
                line.action,
                gettext("; ").join(_told(change) for change in line.changes) or NOTHING,
            )
            for line in lines
        ],
    )


def _told(change: trail.Change) -> str:
    """One change in a row: what it was only where it was something."""
    if change.before == NOTHING:
        return f"{change.field} {change.after}"
    return f"{change.field} {change.before} → {change.after}"
