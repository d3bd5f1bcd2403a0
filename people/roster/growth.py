"""The growth of workers (双培工程): to applicant, to Party member, to reserve village cadre."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from ground import clock, days
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import areas, audit, labels
from people.models import Appointment, Area, Duty, Grid, GrowthStep, Person, PoliticalStatus, Stage, User
from people.roster import holders, persons

PARTY_STATUSES = {PoliticalStatus.PARTY, PoliticalStatus.PROBATIONARY}

# A new member is on probation for a year (党章第七条: 预备党员的预备期为一年), from the day of admission on.
PROBATION = timedelta(days=365)


def reach_stage(person: Person, stage: Stage, on: date, note: str, actor: User | None) -> GrowthStep:
    """Write down that a worker reached a stage on a day (Asia/Shanghai).

    Each stage once, unless it was taken back. The day of a Party member is the day of admission; the roster
    then says so too: a probationary member in the first year, a Party member after it. Days may lie before
    the first term, as people apply before they are chosen, and stages may be entered later than those above
    them. Refused `not_a_worker` for somebody who never served as one, `bad_day`, `in_future`,
    `stage_reached`, `out_of_order` when the day is before an earlier stage's or after a later one's, when a
    Party member has not applied (unless the roster has them in the Party already), and when a reserve cadre
    is not in the Party.
    """
    person = persons.current_entry(person)
    lock(person)
    ids = persons.entry_ids(person)
    as_worker = (Appointment.person_id.in_(ids), Appointment.duty == Duty.WORKER)
    if db.session.scalar(select(Appointment.id).where(*as_worker).limit(1)) is None:
        raise Refused("not_a_worker", _("%(name)s never served as a grid worker.", name=person.name))
    days.HELD_SINCE.check(on, "on")
    reached = {step.stage: step.on for step in valid_steps(ids)}
    if stage in reached:
        day = words.day(reached[stage])
        raise Refused("stage_reached", _("This is written down already: on %(day)s.", day=day), "stage")
    _check_order(reached, stage, on, person.standing)
    step = GrowthStep(
        person_id=person.id,
        stage=stage,
        on=on,
        note=note.strip(),
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(step)
    db.session.flush()
    audit.note(actor, "growth.reach", person, person.area, stage=stage, on=on, note=step.note)
    if stage == Stage.PARTY_MEMBER and person.standing != PoliticalStatus.PARTY:
        is_new = on + PROBATION > clock.today()
        standing = PoliticalStatus.PROBATIONARY if is_new else PoliticalStatus.PARTY
        audit.change(actor, "person.correct", person, person.area, standing=standing)
    return step


def take_back(step: GrowthStep, reason: str, actor: User | None) -> GrowthStep:
    """Take back a stage that was entered by mistake: both lines stay, and the stage is open again.

    A second time changes nothing. What the roster says of the political status stays, and is corrected
    there. Refused `reason_missing`, `out_of_order` while a later stage stands on this one, `not_a_step`
    for a line that took one back itself.
    """
    reason = required_reason(reason)
    person = persons.current_entry(step.person)
    lock(person)
    if step.takes_back_id:
        raise Refused("not_a_step", _("What was taken back is entered anew."))
    counter_step = db.session.scalar(select(GrowthStep).where(GrowthStep.takes_back_id == step.id))
    if counter_step is not None:
        return counter_step
    order = list(Stage)
    later = [
        other
        for other in valid_steps(persons.entry_ids(person))
        if order.index(other.stage) > order.index(step.stage)
    ]
    if later:
        raise Refused("out_of_order", _("Take back first: %(stage)s.", stage=labels.STAGES[later[-1].stage]))
    counter_step = GrowthStep(
        person_id=step.person_id,
        stage=step.stage,
        on=step.on,
        note=reason,
        actor_id=actor.id if actor else None,
        at=clock.now(),
        takes_back_id=step.id,
    )
    db.session.add(counter_step)
    db.session.flush()
    before = {"stage": step.stage, "on": step.on}
    audit.note(actor, "growth.take_back", person, person.area, before, reason=reason)
    return counter_step


def _check_order(
    reached: dict[Stage, date], stage: Stage, on: date, standing: PoliticalStatus | None
) -> None:
    """Check that the stages come one after the other. Refused `out_of_order`."""
    order = list(Stage)
    for other, day in reached.items():
        stage_text = labels.STAGES[other]
        if order.index(other) < order.index(stage) and on < day:
            text = _(
                "This is before %(day)s, the day of: %(stage)s.",
                day=words.day(day),
                stage=stage_text,
            )
            raise Refused("out_of_order", text, "on")
        if order.index(other) > order.index(stage) and on > day:
            text = _(
                "This is after %(day)s, the day of: %(stage)s.",
                day=words.day(day),
                stage=stage_text,
            )
            raise Refused("out_of_order", text, "on")
    in_party = standing in PARTY_STATUSES
    if stage == Stage.PARTY_MEMBER and Stage.APPLICANT not in reached and not in_party:
        raise Refused("out_of_order", _("Who joins the Party has applied: write that down first."), "stage")
    if stage == Stage.RESERVE_CADRE and Stage.PARTY_MEMBER not in reached and not in_party:
        raise Refused("out_of_order", _("A reserve cadre is a Party member: write that down first."), "stage")


def valid_steps(ids: Sequence[int]) -> Sequence[GrowthStep]:
    """The stages of these entries that were not taken back, in the order of their days."""
    return db.session.scalars(
        select(GrowthStep)
        .where(GrowthStep.person_id.in_(ids), *_IS_VALID)
        .order_by(GrowthStep.on, GrowthStep.id)
    ).all()


_taking_back = aliased(GrowthStep)
_IS_VALID = (
    GrowthStep.takes_back_id.is_(None),
    ~select(_taking_back.id).where(_taking_back.takes_back_id == GrowthStep.id).exists(),
)


@dataclass(frozen=True)
class Growth:
    """A person's growth: the steps that are written down, and whether they serve."""

    person: Person
    steps: dict[Stage, GrowthStep]
    is_serving: bool

    @property
    def days(self) -> dict[Stage, date]:
        """The day of each stage."""
        return {stage: step.on for stage, step in self.steps.items()}

    @property
    def last(self) -> GrowthStep | None:
        """The step that can be taken back: the highest one."""
        return self.steps[max(self.steps, key=list(Stage).index)] if self.steps else None

    @property
    def stage(self) -> Stage | None:
        """The highest stage reached; None for a worker without one.

        A Party member by the roster counts as one.
        """
        return _highest(self.steps, self.person.standing)


def _highest(reached: Iterable[Stage], standing: PoliticalStatus | None) -> Stage | None:
    """The highest of the stages that somebody of a political status has reached; None without one."""
    in_party = {Stage.PARTY_MEMBER} if standing in PARTY_STATUSES else set()
    return max({*reached} | in_party, key=list(Stage).index, default=None)


@dataclass(frozen=True)
class GrowthFigures:
    """The growth figures of a village: who serves today, and how many are at which stage.

    Each person is counted once.
    """

    village: Area
    serving: int
    stages: Counter[Stage]


def of_village(village: Area) -> list[Growth]:
    """The growth of everyone who serves in a village or has reached a stage, the highest first."""
    order = [None, *Stage]
    return sorted(_growth_below(village), key=lambda growth: (-order.index(growth.stage), growth.person.id))


def figures(area: Area) -> list[GrowthFigures]:
    """The figures of each village in an area, by code."""
    current_ids = persons.current_entry_ids()
    serves = _serving_today(area, current_ids)
    reached: dict[int, set[Stage]] = defaultdict(set)
    steps = _steps_below(area, current_ids).with_only_columns(GrowthStep.person_id, GrowthStep.stage)
    for person_id, stage in db.session.execute(steps):
        reached[current_ids.get(person_id, person_id)].add(stage)
    serving: Counter[int] = Counter()
    stages: dict[int, Counter[Stage]] = defaultdict(Counter)
    people = select(Person.id, Person.area_id, Person.standing).join(Person.area)
    for ident, village_id, standing in db.session.execute(people.where(Area.code.startswith(area.stem))):
        serving[village_id] += ident in serves
        is_counted = ident in serves or ident in reached
        if is_counted and (highest := _highest(reached.get(ident, ()), standing)):
            stages[village_id][highest] += 1
    return [
        GrowthFigures(village, serving[village.id], stages[village.id]) for village in areas.villages_in(area)
    ]


def _growth_below(area: Area) -> list[Growth]:
    """The growth of everyone in an area who serves today or has reached a stage.

    What stands under an entry that was merged counts for the one kept.
    """
    current_ids = persons.current_entry_ids()
    serves = _serving_today(area, current_ids)
    steps: dict[int, dict[Stage, GrowthStep]] = {}
    for step in db.session.scalars(_steps_below(area, current_ids)):
        person_id = current_ids.get(step.person_id, step.person_id)
        steps.setdefault(person_id, {})[step.stage] = step  # of two entries' the first
    within = Area.code.startswith(area.stem)
    people = db.session.scalars(select(Person).join(Person.area).where(within).order_by(Person.id))
    return [
        Growth(person, steps.get(person.id, {}), person.id in serves)
        for person in people
        if person.id in serves or person.id in steps
    ]


def _serving_today(area: Area, current_ids: dict[int, int]) -> set[int]:
    """The ids of the current entries of those who serve in an area as workers today."""
    today = clock.today()
    serving = db.session.scalars(
        select(Appointment.person_id)
        .join(Appointment.grid)
        .join(Grid.village)
        .where(
            Area.code.startswith(area.stem),
            Appointment.duty == Duty.WORKER,
            *holders.terms_touching(today, today),
        )
    )
    return {current_ids.get(ident, ident) for ident in serving}


def _steps_below(area: Area, current_ids: dict[int, int]) -> Select[GrowthStep]:
    """The stages that people of an area have reached under any entry, the latest first."""
    return (
        select(GrowthStep)
        .join(GrowthStep.person)
        .join(Person.area)
        .where(or_(Area.code.startswith(area.stem), GrowthStep.person_id.in_(current_ids)), *_IS_VALID)
        .order_by(GrowthStep.on.desc())
    )
