"""Training sessions: who may hold which, who was there, and who bears the law mark 法律明白人.

The county trains instructors, townships and villages train their workers (the county's rules on grid
workers). A person whose entries were merged is one person here, under the entry that was kept.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock, days
from ground.db import db, lock
from ground.refusal import Refused, check_repeated
from people import audit, cards
from people.models import (
    CODE_DIGITS,
    Appointment,
    Area,
    Attendance,
    Duty,
    Grid,
    Level,
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


def hold(
    key: str, area: Area, duty: Duty, topic: str, place: str, held_on: date, actor: User | None
) -> Training:
    """Write down a session that was held or is planned; sent twice with one key it is one session.

    Refused `key_reused`, `wrong_audience`, `topic_missing`, and `bad_day` before last year's first day or
    more than 60 days ahead.
    """
    lock(area)
    topic, place = topic.strip(), place.strip()
    existing = db.session.scalar(select(Training).where(Training.key == key))
    if existing is not None:
        check_repeated(
            (existing.area_id, existing.duty, existing.topic, existing.place, existing.held_on),
            (area.id, duty, topic, place, held_on),
        )
        return existing
    if AUDIENCE[area.level] != duty:
        raise Refused(
            "wrong_audience", _("The county trains instructors; townships and villages train grid workers.")
        )
    if not topic:
        raise Refused("topic_missing", _("Say what the session is about."), "topic")
    days.HELD_OR_PLANNED.check(held_on, "held_on")
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
    if _attendances(training):
        raise Refused("has_attendance", _("Somebody is on the list already. Take them off it first."))
    audit.note(
        actor, "training.call_off", training, training.area, topic=training.topic, held_on=training.held_on
    )
    db.session.delete(training)
    db.session.flush()


# --- Who was there ---


def attend(training: Training, person: Person, by_card: bool, actor: User | None) -> bool:
    """Write down that somebody attends; return whether they are new on the list.

    Refused `too_early` before the session's day, `not_serving` for who has no term of the session's duty
    in its area on that day.
    """
    lock(training)
    return bool(_add_to_list(training, {persons.current_entry(person).id}, by_card, actor))


def check_in(training: Training, scanned: str, actor: User) -> tuple[Person, bool]:
    """Write down the attendance of the holder of a card; return who it is, and whether they are new.

    Refused as `cards.find_good` and `attend` are.
    """
    try:
        card = cards.find_good(scanned, training.area)
    except Refused as refusal:
        if refusal.code != "other_village":
            raise
        raise _not_serving() from refusal
    return persons.current_entry(card.person), attend(training, card.person, True, actor)


def remove_attendance(training: Training, person: Person, actor: User | None) -> bool:
    """Take back that somebody attended; return whether they were on the list."""
    lock(training)
    return bool(_take_off_list(training, {persons.current_entry(person).id}, actor))


def tick(
    training: Training, ticked: Collection[int], ticked_before: Collection[int], actor: User | None
) -> tuple[int, int]:
    """Take over a ticked list; return how many came on it and how many were taken off.

    `ticked_before` are who was ticked when the list was shown, by id as in `roll`: only what was changed
    on it since is done, so that somebody whose card was scanned meanwhile stays. Refused as `attend` is.
    """
    lock(training)
    added = _add_to_list(training, set(ticked) - set(ticked_before), False, actor)
    return len(added), len(_take_off_list(training, set(ticked_before) - set(ticked), actor))


def _add_to_list(training: Training, person_ids: set[int], by_card: bool, actor: User | None) -> set[int]:
    """Put people on the list; return the ids of those who are new on it."""
    if training.held_on > clock.today():
        raise Refused("too_early", _("The list is open from the day of the session on."), "scan")
    new = person_ids - _attendances(training).keys()
    current_ids = persons.current_entry_ids()
    entries = new | {merged for merged, ident in current_ids.items() if ident in new}
    serving = db.session.scalars(
        select(Appointment.person_id)
        .join(Appointment.grid)
        .join(Grid.village)
        .where(*_expected(training), Appointment.person_id.in_(entries))
    )
    if new - {current_ids.get(ident, ident) for ident in serving}:
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


def _take_off_list(training: Training, person_ids: set[int], actor: User | None) -> set[int]:
    """Take people off the list; return the ids of those who were on it."""
    attendances = {
        ident: attendance for ident, attendance in _attendances(training).items() if ident in person_ids
    }
    for ident, attendance in sorted(attendances.items()):
        was = {"at": attendance.at.isoformat(), "by_card": attendance.by_card}
        audit.note(
            actor, "training.absent", f"person:{ident}", training.area, before=was, training=training.id
        )
    db.session.execute(
        delete(Attendance).where(Attendance.id.in_([attendance.id for attendance in attendances.values()]))
    )
    return set(attendances)


def _not_serving() -> Refused:
    return Refused("not_serving", _("This person did not serve here on the day of the session."), "scan")


def _attendances(training: Training) -> dict[int, Attendance]:
    """The attendances of a session, by the id of the entry that is the person's today."""
    current_ids = persons.current_entry_ids()
    attendances = db.session.scalars(select(Attendance).where(Attendance.training_id == training.id))
    return {
        current_ids.get(attendance.person_id, attendance.person_id): attendance for attendance in attendances
    }


# --- Who should be there ---


@dataclass(frozen=True)
class Seat:
    """Where somebody serves: the names of the village and of the grid."""

    village: str
    grid: str


@dataclass(frozen=True)
class AttendanceLine:
    """A line of a session's list: a person, where they serve on its day, and their attendance, if any."""

    person: Person
    seats: list[Seat]
    attendance: Attendance | None


def roll(training: Training, area: Area) -> list[AttendanceLine]:
    """The list of a session: who serves in an area on its day, by village and grid code.

    In a village, of a session held above it, only the village's own people are on the list.
    """
    present, current_ids = _attendances(training), persons.current_entry_ids()
    seats: dict[int, list[Seat]] = defaultdict(list)
    for person_id, village, grid in db.session.execute(
        select(Appointment.person_id, Area.name, Grid.name)
        .join(Appointment.grid)
        .join(Grid.village)
        .where(*_expected(training), Area.code.startswith(area.stem))
        .order_by(Area.code, Grid.code, Appointment.id)
    ):
        seats[current_ids.get(person_id, person_id)].append(Seat(village, grid))
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(seats)))}
    return [AttendanceLine(people[ident], where, present.get(ident)) for ident, where in seats.items()]


def _expected(training: Training) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the terms of those who should attend; grid and village are joined."""
    within = Area.code.startswith(training.area.stem)
    return (
        Appointment.duty == training.duty,
        within,
        *holders.terms_touching(training.held_on, training.held_on),
    )


# --- Which sessions an area's people see ---


def visible_trainings(area: Area) -> Select[Training]:
    """The sessions that an area's people see, the latest first, for paging.

    They are those of the area itself, those below it and those above it.
    """
    return (
        select(Training)
        .join(Training.area)
        .options(contains_eager(Training.area))
        .where(is_visible_in(area))
        .order_by(Training.held_on.desc(), Training.id.desc())
    )


def find(area: Area, ident: int) -> Training | None:
    """The session with this id, if an area's people see it; otherwise None."""
    return db.session.scalar(visible_trainings(area).where(Training.id == ident))


def is_visible_in(area: Area) -> ColumnElement[bool]:
    """The condition that a session's area is this one, or lies below or above it."""
    above = {area.code[:digits].ljust(12, "0") for digits in CODE_DIGITS.values()}
    return or_(Area.code.startswith(area.stem), Area.code.in_(above))


def attendance_counts(trainings: Sequence[Training]) -> dict[int, int]:
    """The number of people who attended each session, by the session's id."""
    query = (
        select(Attendance.training_id, func.count())
        .where(Attendance.training_id.in_([training.id for training in trainings]))
        .group_by(Attendance.training_id)
    )
    return dict(iter(db.session.execute(query)))


def attendance_ids_between(area: Area, first: date, last: date) -> Select[int]:
    """The ids of the attendances of an area's own people at the sessions of some days, by day."""
    return (
        select(Attendance.id)
        .join(Attendance.training)
        .join(Attendance.person)
        .join(Person.area)
        .where(Area.code.startswith(area.stem), Training.held_on.between(first, last))
        .order_by(Training.held_on, Training.id, Attendance.id)
    )


def attendances_by_ids(ids: Collection[int]) -> Sequence[Attendance]:
    """Attendances by their ids, by day, with the session, who held it, and whose they are."""
    return db.session.scalars(
        select(Attendance)
        .join(Attendance.training)
        .options(
            contains_eager(Attendance.training).joinedload(Training.area),
            joinedload(Attendance.person).joinedload(Person.area),
        )
        .where(Attendance.id.in_(ids))
        .order_by(Training.held_on, Training.id, Attendance.id)
    ).all()


# --- The mark ---


def set_law_mark(person: Person, day: date | None, actor: User | None) -> bool:
    """Give somebody the county's law mark 法律明白人 from a day on, or take it back with None.

    Returns whether that is new. Refused `bad_day`, `in_future`.
    """
    lock(person)
    if day is not None:
        days.HELD_SINCE.check(day, "marked_on")
    return bool(audit.change(actor, "person.law_mark", person, person.area, law_mark_on=day))
