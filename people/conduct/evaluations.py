"""The yearly two-way evaluation (双向评价): what instructors, workers and villages say of each other.

An instructor speaks of the workers of their grids; that goes to the village's committee. A worker speaks
of their grid's instructor, and the village's chair of each instructor who serves there; that goes to the
township and is filed with the county. What was said stays as it was said. It is not in the audit trail,
whose readers are not those it goes to: the row itself holds who said it and when.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import db, lock
from ground.refusal import Refused
from people.models import Appointment, Area, Duty, Evaluation, Grid, Person, Role, Side, User
from people.roster import holders, persons

# Whoever served together for so many days of a year says something about it: the house's own rule.
FEWEST_DAYS = 30

# Until this day (month, day) the year before can still be evaluated.
LATEST = (3, 31)

# From so many workers on, what they say of an instructor is shown to those it goes to.
FEWEST_VOICES = 3

SPEAKERS = {Side.OF_WORKER: Role.INSTRUCTOR, Side.BY_WORKER: Role.WORKER, Side.BY_VILLAGE: Role.CHAIR}
DUTIES = {Side.OF_WORKER: Duty.INSTRUCTOR, Side.BY_WORKER: Duty.WORKER}  # of who speaks for themselves


@dataclass(frozen=True)
class Grades:
    """The three grades, each from 1 (poor) to 4 (very good)."""

    diligence: int
    skill: int
    manner: int


@dataclass
class Partner:
    """Somebody a sign-in is asked about, the grids that make them so, and what was said, if it was."""

    side: Side
    person: Person
    grids: list[Grid]
    said: Evaluation | None = None


def open_years() -> list[int]:
    """The years that can be evaluated today, the one most asked for first: until 31 March the last one."""
    today = clock.today()
    return [today.year - 1, today.year] if (today.month, today.day) <= LATEST else [today.year]


def partners(user: User, village: Area, year: int) -> list[Partner]:
    """Whom a sign-in speaks of in a village for a year, by grid code, with what it said already.

    It speaks in the roles it holds there, for the person it is tied to or, as the chair, for the village;
    of whoever served together with them for at least 30 days of that year, but never of itself.
    """
    roles = user.roles_in(village)
    own = persons.kept(user.person).id if user.person else None
    found = []
    for side, role in SPEAKERS.items():
        if role not in roles or (side in DUTIES and own is None):
            continue
        together = _together(side, own, village, year)
        if own is not None:
            together.pop(own, None)
        people = {person.id: person for person in _people(list(together))}
        said = _said(side, user, village, year)
        found += [Partner(side, people[ident], grids, said.get(ident)) for ident, grids in together.items()]
    return found


def owed(user: User, village: Area, year: int) -> list[Partner]:
    """Whom a sign-in can still say something about in a village for a year."""
    return [partner for partner in partners(user, village, year) if partner.said is None]


def evaluate(
    side: Side, person: Person, village: Area, year: int, grades: Grades, remark: str, actor: User
) -> Evaluation:
    """Say something about a person for a year, once.

    Refused `wrong_year` (this year, and until 31 March the last), `not_yours` without the role that speaks
    on this side, `no_person` for a sign-in tied to nobody, `own_evaluation` (also through a merged entry),
    `not_together` under 30 days in a common grid that year, `already_said`, `bad_grade`.
    """
    person = persons.kept(person)
    lock(person)
    if year not in open_years():
        raise Refused("wrong_year", _("This year can be evaluated, and until 31 March the last one."))
    if SPEAKERS[side] not in actor.roles_in(village):
        raise Refused("not_yours", _("Your role has no say on this side of the evaluation."))
    own = persons.kept(actor.person).id if actor.person else None
    if side in DUTIES and own is None:
        raise Refused("no_person", _("Your sign-in is not tied to anybody on the roster."))
    if own == person.id:
        raise Refused("own_evaluation", _("Nobody evaluates themselves."))
    if person.id not in _together(side, own, village, year):
        raise Refused("not_together", _("You did not serve together for 30 days of that year."))
    if person.id in _said(side, actor, village, year):
        raise Refused("already_said", _("You have said this already. What was said stays."))
    if not {grades.diligence, grades.skill, grades.manner} <= {1, 2, 3, 4}:
        raise Refused("bad_grade", _("Choose one of the four grades in each line."))
    said = Evaluation(
        year=year,
        side=side,
        person_id=person.id,
        village_id=village.id,
        voice=f"person:{own}" if side in DUTIES else f"village:{village.id}",
        diligence=grades.diligence,
        skill=grades.skill,
        manner=grades.manner,
        remark=remark.strip(),
        author_id=actor.id,
        at=clock.now(),
    )
    db.session.add(said)
    db.session.flush()
    return said


def _together(side: Side, own: int | None, village: Area, year: int) -> dict[int, list[Grid]]:
    """Who served long enough with the speaker of a side, by id; and where."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), clock.today())
    kept = persons.kept_ids()

    def days_of(term: Appointment) -> set[int]:
        end = term.ends_on.toordinal() + 1
        end = min(end, term.ended_on.toordinal()) if term.ended_on else end
        return set(range(max(term.starts_on, first).toordinal(), min(end, last.toordinal() + 1)))

    own_days: dict[int, set[int]] = defaultdict(set)
    if side in DUTIES:
        for term in holders.serving(village, first, last, DUTIES[side]):
            if kept.get(term.person_id, term.person_id) == own:
                own_days[term.grid_id] |= days_of(term)
    days: dict[int, set[int]] = defaultdict(set)
    grids: dict[int, list[Grid]] = defaultdict(list)
    about = Duty.WORKER if side == Side.OF_WORKER else Duty.INSTRUCTOR
    for term in holders.serving(village, first, last, about):
        common = days_of(term) & own_days[term.grid_id] if side in DUTIES else days_of(term)
        ident = kept.get(term.person_id, term.person_id)
        days[ident] |= common
        if common and term.grid not in grids[ident]:
            grids[ident].append(term.grid)
    return {ident: grids[ident] for ident in grids if len(days[ident]) >= FEWEST_DAYS}


def _people(idents: list[int]) -> list[Person]:
    return list(db.session.scalars(select(Person).where(Person.id.in_(idents))))


def _said(side: Side, user: User, village: Area, year: int) -> dict[int, Evaluation]:
    """What a sign-in's voice said on a side for a year, by the id of whom it is about."""
    if side in DUTIES:
        mine = persons.selves(persons.kept(user.person)) if user.person else []
        voices = [f"person:{ident}" for ident in mine]
    else:
        voices = [f"village:{village.id}"]
    kept = persons.kept_ids()
    query = select(Evaluation).where(
        Evaluation.year == year, Evaluation.side == side, Evaluation.voice.in_(voices)
    )
    return {kept.get(each.person_id, each.person_id): each for each in db.session.scalars(query)}


# --- What came of it ---


@dataclass
class Result:
    """What was said of a person at a place: the village, or for what workers say the township.

    `means` are tenths of a grade, by its name; None while too few have spoken. `remarks` are in the order
    of their words, which does not tell who wrote them or when.
    """

    person: Person
    place: Area
    voices: int = 0
    means: dict[str, int] | None = None
    remarks: list[str] = field(default_factory=list)


def results(area: Area, side: Side, year: int) -> list[Result]:
    """What was said on a side for a year in an area, by place and name.

    What workers say is put together by township, the same for the township and the county, none of it for
    a single village; and it is shown from three voices on: below that neither grades nor remarks, not even
    after the year, as one or two voices could be told apart. A voice that spoke of two entries of one
    person counts once, as it spoke last.
    """
    if side == Side.BY_WORKER and area.is_village:
        return []
    kept = persons.kept_ids()
    heard: dict[tuple[int, int], dict[str, Evaluation]] = defaultdict(dict)
    places: dict[int, Area] = {}
    query = (
        select(Evaluation)
        .join(Evaluation.village)
        .options(joinedload(Evaluation.village).joinedload(Area.parent))
        .where(Evaluation.side == side, Evaluation.year == year, Area.code.startswith(area.stem))
        .order_by(Evaluation.id)
    )
    for each in db.session.scalars(query):
        place = (side == Side.BY_WORKER and each.village.parent) or each.village
        places[place.id] = place
        _kind, _colon, ident = each.voice.partition(":")
        voice = f"person:{kept.get(int(ident), int(ident))}" if side in DUTIES else each.voice
        heard[kept.get(each.person_id, each.person_id), place.id][voice] = each
    people = {person.id: person for person in _people([ident for ident, _place in heard])}
    fewest = FEWEST_VOICES if side == Side.BY_WORKER else 1
    found = [
        _result(people[ident], places[place], list(said.values()), fewest)
        for (ident, place), said in heard.items()
    ]
    return sorted(found, key=lambda result: (result.place.code, result.person.name, result.person.id))


def _result(person: Person, place: Area, said: list[Evaluation], fewest: int) -> Result:
    if len(said) < fewest:
        return Result(person, place, len(said))
    grades = ("diligence", "skill", "manner")
    return Result(
        person,
        place,
        len(said),
        {grade: _mean([getattr(each, grade) for each in said]) for grade in grades},
        sorted(each.remark for each in said if each.remark),
    )


def _mean(grades: list[int]) -> int:
    """The mean in tenths, a half rounded up."""
    return (20 * sum(grades) + len(grades)) // (2 * len(grades))
