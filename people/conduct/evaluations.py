"""The yearly two-way evaluation (双向评价): what instructors, workers and villages say of each other.

    OF_WORKER    an instructor on the workers of their grids; for the village's committee
    BY_WORKER    a worker on the instructor of their grid; for the township, filed with the county
    BY_VILLAGE   the chair on each instructor who serves in the village; as BY_WORKER

What was said stays as it was said. It is not in the audit trail, whose readers are not those it goes to:
the row itself holds who said it and when.
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
from people.models import Appointment, Area, Duty, Evaluation, EvaluationSide, Grid, Person, Role, User
from people.roster import holders, persons
from people.signin import humans

# Whoever served together for so many days of a year says something about it: the house's own rule.
FEWEST_COMMON_DAYS = 30

# Until this day (month, day) the year before can still be evaluated.
LAST_MONTH_AND_DAY = (3, 31)

# From so many workers on, what they say of an instructor is shown to those it goes to.
FEWEST_VOICES = 3

SPEAKER_ROLES = {
    EvaluationSide.OF_WORKER: Role.INSTRUCTOR,
    EvaluationSide.BY_WORKER: Role.WORKER,
    EvaluationSide.BY_VILLAGE: Role.CHAIR,
}
SPEAKER_DUTIES = {
    EvaluationSide.OF_WORKER: Duty.INSTRUCTOR,
    EvaluationSide.BY_WORKER: Duty.WORKER,
}  # of who speaks for themselves


@dataclass(frozen=True)
class Grades:
    """The three grades, each from 1 (poor) to 4 (very good)."""

    diligence: int
    skill: int
    manner: int


@dataclass
class Partner:
    """Somebody a sign-in evaluates, the grids they have in common, and the evaluation if it is given."""

    side: EvaluationSide
    person: Person
    grids: list[Grid]
    evaluation: Evaluation | None = None


def open_years() -> list[int]:
    """The years that can be evaluated today; until 31 March last year too, and first."""
    today = clock.today()
    return [today.year - 1, today.year] if (today.month, today.day) <= LAST_MONTH_AND_DAY else [today.year]


def partners(user: User, village: Area, year: int) -> list[Partner]:
    """The partners of a sign-in in a village for a year, by grid code, with evaluations already given.

    It speaks in the roles it holds there, for the person it is tied to or, as the chair, for the village;
    of whoever served together with them for at least 30 days of that year, but never of itself.
    """
    roles = user.roles_in(village)
    own = persons.current_entry(user.person).id if user.person else None
    all_partners = []
    for side, role in SPEAKER_ROLES.items():
        if role not in roles or (side in SPEAKER_DUTIES and own is None):
            continue
        together = _served_together(side, own, village, year)
        people = {person.id: person for person in _people(list(together))}
        for ident in humans.own_people(user, people.values()):
            del people[ident]
        answers = evaluations_given(side, user, village, year)
        all_partners += [
            Partner(side, people[ident], grids, answers.get(ident))
            for ident, grids in together.items()
            if ident in people
        ]
    return all_partners


def partners_to_evaluate(user: User, village: Area, year: int) -> list[Partner]:
    """The partners that a sign-in has still to evaluate in a village for a year."""
    return [partner for partner in partners(user, village, year) if partner.evaluation is None]


def evaluate(
    side: EvaluationSide, person: Person, village: Area, year: int, grades: Grades, remark: str, actor: User
) -> Evaluation:
    """Evaluate a person for a year, once.

    Refused `wrong_year` (this year, and until 31 March the last), `not_yours` without the role that
    speaks on this side, `no_person` for a sign-in tied to nobody, `own_evaluation` (also through a merged
    entry), `not_together` under 30 days in a common grid that year, `already_said`, `bad_grade`.
    """
    person = persons.current_entry(person)
    lock(person)
    if year not in open_years():
        raise Refused("wrong_year", _("This year can be evaluated, and until 31 March the last one."))
    if SPEAKER_ROLES[side] not in actor.roles_in(village):
        raise Refused("not_yours", _("Your role has no say on this side of the evaluation."))
    own = persons.current_entry(actor.person).id if actor.person else None
    if side in SPEAKER_DUTIES and own is None:
        raise Refused("no_person", _("Your sign-in is not tied to anybody on the roster."))
    if humans.is_own(actor, person):
        raise Refused("own_evaluation", _("Nobody evaluates themselves."))
    if person.id not in _served_together(side, own, village, year):
        raise Refused("not_together", _("You did not serve together for 30 days of that year."))
    if person.id in evaluations_given(side, actor, village, year):
        raise Refused("already_said", _("You have said this already. What was said stays."))
    if not {grades.diligence, grades.skill, grades.manner} <= {1, 2, 3, 4}:
        raise Refused("bad_grade", _("Choose one of the four grades in each line."))
    evaluation = Evaluation(
        year=year,
        side=side,
        person_id=person.id,
        village_id=village.id,
        voice=f"person:{own}" if side in SPEAKER_DUTIES else f"village:{village.id}",
        diligence=grades.diligence,
        skill=grades.skill,
        manner=grades.manner,
        remark=remark.strip(),
        author_id=actor.id,
        at=clock.now(),
    )
    db.session.add(evaluation)
    db.session.flush()
    return evaluation


def _served_together(
    side: EvaluationSide, own: int | None, village: Area, year: int
) -> dict[int, list[Grid]]:
    """The people who served long enough with the speaker of a side, by id, and the grids they shared."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), clock.today())
    current_ids = persons.current_entry_ids()

    def days_of(term: Appointment) -> set[int]:
        end = term.ends_on.toordinal() + 1
        end = min(end, term.ended_on.toordinal()) if term.ended_on else end
        return set(range(max(term.starts_on, first).toordinal(), min(end, last.toordinal() + 1)))

    own_days: dict[int, set[int]] = defaultdict(set)
    if side in SPEAKER_DUTIES:
        for term in holders.serving_terms(village, first, last, SPEAKER_DUTIES[side]):
            if current_ids.get(term.person_id, term.person_id) == own:
                own_days[term.grid_id] |= days_of(term)
    days: dict[int, set[int]] = defaultdict(set)
    grids: dict[int, list[Grid]] = defaultdict(list)
    about = Duty.WORKER if side == EvaluationSide.OF_WORKER else Duty.INSTRUCTOR
    for term in holders.serving_terms(village, first, last, about):
        common = days_of(term) & own_days[term.grid_id] if side in SPEAKER_DUTIES else days_of(term)
        ident = current_ids.get(term.person_id, term.person_id)
        days[ident] |= common
        if common and term.grid not in grids[ident]:
            grids[ident].append(term.grid)
    return {ident: grids[ident] for ident in grids if len(days[ident]) >= FEWEST_COMMON_DAYS}


def _people(idents: list[int]) -> list[Person]:
    return list(db.session.scalars(select(Person).where(Person.id.in_(idents))))


def evaluations_given(side: EvaluationSide, user: User, village: Area, year: int) -> dict[int, Evaluation]:
    """The evaluations a sign-in gave on a side for a year, by the id of the person evaluated."""
    if side in SPEAKER_DUTIES:
        own_ids = persons.entry_ids(persons.current_entry(user.person)) if user.person else []
        voices = [f"person:{ident}" for ident in own_ids]
    else:
        voices = [f"village:{village.id}"]
    current_ids = persons.current_entry_ids()
    query = select(Evaluation).where(
        Evaluation.year == year, Evaluation.side == side, Evaluation.voice.in_(voices)
    )
    return {
        current_ids.get(evaluation.person_id, evaluation.person_id): evaluation
        for evaluation in db.session.scalars(query)
    }


# --- What came of it ---


@dataclass
class EvaluationResult:
    """The result of a person's evaluations at a place: the village, or the township for workers' ones.

    `mean_grades` are tenths of a grade, by its name; None while too few have spoken. `remarks` are in the
    order of their words, which does not tell who wrote them or when.
    """

    person: Person
    place: Area
    voice_count: int = 0
    mean_grades: dict[str, int] | None = None
    remarks: list[str] = field(default_factory=list)


def results(area: Area, side: EvaluationSide, year: int) -> list[EvaluationResult]:
    """The results of a side for a year in an area, by place and name.

    What workers say is put together by township, the same for the township and the county, none of it for
    a single village; and it is shown from three voices on: below that neither grades nor remarks, not
    even after the year, as one or two voices could be told apart. A voice that spoke of two entries of
    one person counts once, as it spoke last.
    """
    if side == EvaluationSide.BY_WORKER and area.is_village:
        return []
    current_ids = persons.current_entry_ids()
    answers: dict[tuple[int, int], dict[str, Evaluation]] = defaultdict(dict)
    places: dict[int, Area] = {}
    query = (
        select(Evaluation)
        .join(Evaluation.village)
        .options(joinedload(Evaluation.village).joinedload(Area.parent))
        .where(Evaluation.side == side, Evaluation.year == year, Area.code.startswith(area.stem))
        .order_by(Evaluation.id)
    )
    for evaluation in db.session.scalars(query):
        place = (side == EvaluationSide.BY_WORKER and evaluation.village.parent) or evaluation.village
        places[place.id] = place
        _kind, _colon, ident = evaluation.voice.partition(":")
        voice = (
            f"person:{current_ids.get(int(ident), int(ident))}"
            if side in SPEAKER_DUTIES
            else evaluation.voice
        )
        answers[current_ids.get(evaluation.person_id, evaluation.person_id), place.id][voice] = evaluation
    people = {person.id: person for person in _people([ident for ident, _place in answers])}
    fewest = FEWEST_VOICES if side == EvaluationSide.BY_WORKER else 1
    summaries = [
        _result(people[ident], places[place], list(by_voice.values()), fewest)
        for (ident, place), by_voice in answers.items()
    ]
    return sorted(summaries, key=lambda result: (result.place.code, result.person.name, result.person.id))


def _result(person: Person, place: Area, evaluations: list[Evaluation], fewest: int) -> EvaluationResult:
    if len(evaluations) < fewest:
        return EvaluationResult(person, place, len(evaluations))
    grades = ("diligence", "skill", "manner")
    return EvaluationResult(
        person,
        place,
        len(evaluations),
        {grade: _mean([getattr(evaluation, grade) for evaluation in evaluations]) for grade in grades},
        sorted(evaluation.remark for evaluation in evaluations if evaluation.remark),
    )


def _mean(grades: list[int]) -> int:
    """The mean in tenths, a half rounded up."""
    return (20 * sum(grades) + len(grades)) // (2 * len(grades))
