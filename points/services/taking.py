"""Taking in as services what other books show of workers: trainings they attended, the best evaluations."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import db, get_locked
from people.models import Area, Attendance, Duty, Evaluation, Grid, Person, Side, Training, User
from people.roster import holders, persons
from points.models import Evidence, EvidenceKind, FedBy, Service
from points.rubrics import versions
from points.services import recording

BEST = 4  # very good (很好)


@dataclass(frozen=True)
class Shown:
    """What another book shows of a worker on a day, and the row in which it does."""

    source: FedBy
    row: Attendance | Evaluation
    worker: Person
    grid: Grid
    day: date


def waiting(village: Area) -> list[Shown]:
    """The attendances, and the evaluations that are "very good" in all three grades, of this quarter and the
    last that are no services yet: of who served the village that day, if the rubric has an item for them."""
    quarter = Quarter.of(clock.today())
    since = quarter.previous.first_day
    found = [*_attended(village, since), *_evaluated(village, since)]
    if not found:
        return []
    fed = {
        each: {item.source for item in rubric.items}
        for each in (quarter.previous, quarter)
        if (rubric := versions.in_force(village, each))
    }
    terms = defaultdict(list)
    for served in holders.serving(village, since, clock.today()):
        terms[served.person_id].append(served)
    shown = []
    for source, row, person, day in found:
        running = (
            served for served in terms[person.id] if holders.state_of(served, day) == holders.State.RUNNING
        )
        term = next(running, None) or recording.term_on(persons.kept(person), day)
        if term and term.grid.village_id == village.id and source in fed.get(Quarter.of(day), ()):
            shown.append(Shown(source, row, person, term.grid, day))
    return shown


def take_in(village: Area, actor: User) -> list[Service]:
    """Make services of all that waits; again, nothing more happens. A second person decides on them."""
    get_locked(Area, village.id)  # one at a time, so a double click finds nothing left
    made = [
        recording.of_record(
            shown.source, _evidence(shown.row), shown.worker, shown.grid, shown.day, "", actor
        )
        for shown in waiting(village)
    ]
    return [service for service in made if service is not None]


def _evidence(row: Attendance | Evaluation) -> Evidence:
    """The row of `evidence` that names it; there is one already if it was tried before and no service came
    of it."""
    if isinstance(row, Attendance):
        kind, column = EvidenceKind.ATTENDANCE, Evidence.attendance_id
    else:
        kind, column = EvidenceKind.EVALUATION, Evidence.evaluation_id
    made = db.session.scalar(select(Evidence).where(column == row.id))
    if made is None:
        made = Evidence(kind=kind, **{column.key: row.id})
        db.session.add(made)
        db.session.flush()
    return made


Entries = Iterator[tuple[FedBy, Attendance | Evaluation, Person, date]]


def _attended(village: Area, since: date) -> Entries:
    for attendance in db.session.scalars(
        select(Attendance)
        .join(Attendance.training)
        .join(Attendance.person)
        .options(joinedload(Attendance.training), joinedload(Attendance.person))
        .where(
            Person.area_id == village.id,
            Training.duty == Duty.WORKER,
            Training.held_on.between(since, clock.today()),
            ~_known(Evidence.attendance_id == Attendance.id),
        )
        .order_by(Training.held_on, Attendance.id)
    ):
        yield FedBy.TRAINING, attendance, attendance.person, attendance.training.held_on


def _evaluated(village: Area, since: date) -> Entries:
    begins, ends = clock.day_span(since, clock.today())
    for evaluation in db.session.scalars(
        select(Evaluation)
        .options(joinedload(Evaluation.person))
        .where(
            Evaluation.village_id == village.id,
            Evaluation.side == Side.OF_WORKER,
            Evaluation.diligence == BEST,
            Evaluation.skill == BEST,
            Evaluation.manner == BEST,
            Evaluation.at >= begins,
            Evaluation.at < ends,
            ~_known(Evidence.evaluation_id == Evaluation.id),
        )
        .order_by(Evaluation.id)
    ):
        day = clock.local(evaluation.at).date()
        yield FedBy.EVALUATION, evaluation, evaluation.person, day


def _known(names_it: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether it is a service already; one that was rejected is handed in again, not taken in anew."""
    return select(Service.id).join(Service.evidence).where(names_it).exists()
