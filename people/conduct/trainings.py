"""Training sessions: who may hold which, who was there, and who bears the mark 法律明白人.

The county trains instructors, townships and villages train their workers (the county's rules on grid
workers). A person whose entries were merged is one person here, under the entry that was kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db, lock
from ground.refusal import Refused, check_repeated
from people import audit, cards
from people.models import (
    CODE_DIGITS,
    Appointment,
    Area,
    Attendance,
    CardState,
    Duty,
    Grid,
    Level,
    Merge,
    Person,
    Training,
    User,
)
from people.roster import holders, persons

AUDIENCE = {
    Level.COUNTY: Duty.INSTRUCTOR,
    Level.TOWNSHIP: Duty.WORKER,
    Level.VILLAGE: Duty.WORKER,
    Level.COMMUNITY: Duty.WORKER,
}
FARTHEST_AHEAD = timedelta(days=60)


def hold(
    key: str, area: Area, duty: Duty, topic: str, place: str, held_on: date, actor: User | None
) -> Training:
    """Write down a session that was held or is planned; sent twice with one key it is one session.

    Refused `key_reused`, `wrong_audience`, `topic_missing`, and `day_out_of_range` before last year's first
    day or more than 60 days ahead.
    """
    lock(area)
    topic, place = topic.strip(), place.strip()
    made = db.session.scalar(select(Training).where(Training.key == key))
    if made is not None:
        check_repeated(
            (made.area_id, made.duty, made.topic, made.place, made.held_on),
            (area.id, duty, topic, place, held_on),
        )
        return made
    if AUDIENCE[area.level] != duty:
        raise Refused(
            "wrong_audience", _("The county trains instructors; townships and villages train grid workers.")
        )
    if not topic:
        raise Refused("topic_missing", _("Say what the session is about."), "topic")
    today = clock.today()
    first, last = date(today.year - 1, 1, 1), today + FARTHEST_AHEAD
    if not first <= held_on <= last:
        raise Refused(
            "day_out_of_range",
            _("The day must be from %(low)s to %(high)s.", low=first, high=last),
            "held_on",
        )
    training = Training(
        key=key,
        area_id=area.id,
        duty=duty,
        topic=topic,
        place=place,
        held_on=held_on,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(training)
    db.session.flush()
    audit.note(actor, "training.hold", training, area, topic=topic, place=place, held_on=held_on)
    return training


def call_off(training: Training, actor: User) -> None:
    """Take back a session written down by mistake. Refused `has_attendance` once somebody was there."""
    lock(training)
    if _present(training):
        raise Refused("has_attendance", _("Somebody is on the list already. Take them off it first."))
    audit.note(
        actor, "training.call_off", training, training.area, topic=training.topic, held_on=training.held_on
    )
    db.session.delete(training)
    db.session.flush()


# --- Who was there ---


def attend(training: Training, person: Person, by_card: bool, actor: User | None) -> bool:
    """Write down that somebody is there; whether they were not on the list yet (twice is once).

    Refused `too_early` before the session's day, `not_serving` for who has no term of the session's duty
    in its area on that day.
    """
    lock(training)
    return bool(_arrive(training, {persons.kept(person).id}, by_card, actor))


def check_in(training: Training, given: str, actor: User) -> tuple[Person, bool]:
    """Let in who holds the card that was scanned or typed: who it is, and whether they were not there yet.

    Refused as `cards.find` and `attend` are, and `card_inactive` for a lost or replaced card.
    """
    try:
        card = cards.find(given, training.area)
    except Refused as refusal:
        if refusal.code != "other_village":
            raise
        raise _not_serving() from refusal
    if card.state == CardState.LOST:
        raise Refused(
            "card_inactive", _("This card was reported lost. Keep it and tell the committee."), "scan"
        )
    if card.state != CardState.ACTIVE:
        raise Refused("card_inactive", _("This card is not good any more."), "scan")
    return persons.kept(card.person), attend(training, card.person, True, actor)


def absent(training: Training, person: Person, actor: User | None) -> bool:
    """Take back that somebody was there; whether they were on the list."""
    lock(training)
    return bool(_leave(training, {persons.kept(person).id}, actor))


def tick(
    training: Training, here: Collection[int], shown: Collection[int], actor: User | None
) -> tuple[int, int]:
    """Take over a ticked list: how many came to it and how many were taken off.

    `shown` are who was ticked when the list was shown, by id as in `roll`: only what was changed on it
    since is done, so that somebody whose card was scanned meanwhile stays. Refused as `attend` is.
    """
    lock(training)
    came = _arrive(training, set(here) - set(shown), False, actor)
    return len(came), len(_leave(training, set(shown) - set(here), actor))


def _arrive(training: Training, wanted: set[int], by_card: bool, actor: User | None) -> set[int]:
    """The ids of those who are new on the list."""
    if training.held_on > clock.today():
        raise Refused("too_early", _("The list is open from the day of the session on."), "scan")
    new = wanted - _present(training).keys()
    kept = persons.kept_ids()
    entries = new | {merged for merged, ident in kept.items() if ident in new}
    serving = db.session.scalars(
        select(Appointment.person_id)
        .join(Appointment.grid)
        .join(Grid.village)
        .where(*_expected(training), Appointment.person_id.in_(entries))
    )
    if new - {kept.get(ident, ident) for ident in serving}:
        raise _not_serving()
    for ident in sorted(new):
        db.session.add(
            Attendance(
                training_id=training.id,
                person_id=ident,
                by_card=by_card,
                actor_id=actor.id if actor else None,
                at=clock.now(),
            )
        )
        audit.note(
            actor, "training.attend", f"person:{ident}", training.area, training=training.id, by_card=by_card
        )
    db.session.flush()
    return new


def _leave(training: Training, wanted: set[int], actor: User | None) -> set[int]:
    """The ids of those who were taken off the list."""
    there = {ident: made for ident, made in _present(training).items() if ident in wanted}
    for ident, made in sorted(there.items()):
        was = {"at": made.at.isoformat(), "by_card": made.by_card}
        audit.note(
            actor, "training.absent", f"person:{ident}", training.area, before=was, training=training.id
        )
    db.session.execute(delete(Attendance).where(Attendance.id.in_([made.id for made in there.values()])))
    return set(there)


def _not_serving() -> Refused:
    return Refused("not_serving", _("This person did not serve here on the day of the session."), "scan")


def _present(training: Training) -> dict[int, Attendance]:
    """Who is on the list, by the id that stands for them today."""
    kept = persons.kept_ids()
    made = db.session.scalars(select(Attendance).where(Attendance.training_id == training.id))
    return {kept.get(each.person_id, each.person_id): each for each in made}


# --- Who should be there ---


@dataclass
class Line:
    """Somebody on a session's list: their terms on its day, and that they were there, if they were."""

    person: Person
    terms: list[Appointment] = field(default_factory=list)
    attendance: Attendance | None = None


def roll(training: Training, area: Area) -> list[Line]:
    """Who serves in an area on the session's day and should be there, by village and grid code.

    In a village, of a session held above it, only the village's own people are on the list.
    """
    present, kept = _present(training), persons.kept_ids()
    lines: dict[int, Line] = {}
    for term in db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .join(Grid.village)
        .options(
            contains_eager(Appointment.grid).contains_eager(Grid.village),
            joinedload(Appointment.person).joinedload(Person.merge).joinedload(Merge.kept),
        )
        .where(*_expected(training), Area.code.startswith(area.stem))
        .order_by(Area.code, Grid.code, Appointment.id)
    ):
        ident = kept.get(term.person_id, term.person_id)
        if ident not in lines:
            lines[ident] = Line(persons.kept(term.person), attendance=present.get(ident))
        lines[ident].terms.append(term)
    return list(lines.values())


def _expected(training: Training) -> tuple[ColumnElement[bool], ...]:
    """The terms, joined with grid and village, of those who should be there."""
    there = Area.code.startswith(training.area.stem)
    return Appointment.duty == training.duty, there, *holders.covers(training.held_on, training.held_on)


# --- Which sessions an area's people see ---


def listed(area: Area) -> Select[Training]:
    """The sessions of an area, those below it and those above it, the latest first; for paging."""
    return (
        select(Training)
        .join(Training.area)
        .options(contains_eager(Training.area))
        .where(of_interest(area))
        .order_by(Training.held_on.desc(), Training.id.desc())
    )


def find(area: Area, ident: int) -> Training | None:
    """The session with this id, if an area's people see it; otherwise None."""
    return db.session.scalar(listed(area).where(Training.id == ident))


def of_interest(area: Area) -> ColumnElement[bool]:
    """Whether a session's area is this one, or lies below or above it."""
    above = {area.code[:digits].ljust(12, "0") for digits in CODE_DIGITS.values()}
    return or_(Area.code.startswith(area.stem), Area.code.in_(above))


def counts(trainings: Sequence[Training]) -> dict[int, int]:
    """How many were there, by the session's id."""
    query = (
        select(Attendance.training_id, func.count())
        .where(Attendance.training_id.in_([training.id for training in trainings]))
        .group_by(Attendance.training_id)
    )
    return dict(iter(db.session.execute(query)))


# --- The mark ---


def mark_law(person: Person, day: date | None, actor: User | None) -> bool:
    """Give somebody the county's mark 法律明白人 as of a day, or with None take it back; whether that is new.

    Refused `in_future`.
    """
    lock(person)
    if day is not None and day > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "marked_on")
    return bool(audit.change(actor, "person.law_mark", person, person.area, law_mark_on=day))
