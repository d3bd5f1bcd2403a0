"""Taking in services from other books: trainings attended, and the best evaluations."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import db, lock
from people.models import Area, Attendance, Duty, Evaluation, EvaluationSide, Grid, Person, Training, User
from people.roster import holders, persons
from points.models import Evidence, EvidenceKind, FedBy, Service
from points.rubrics import versions
from points.services import recording

BEST_GRADE = 4  # very good (很好)


@dataclass(frozen=True)
class ImportableRecord:
    """A record of another book that can become a service, and the row in which it stands."""

    source: FedBy
    row: Attendance | Evaluation
    worker: Person
    grid: Grid
    day: date


def importable_records(village: Area) -> list[ImportableRecord]:
    """The trainings attended and the best evaluations that are no services yet.

    Of this quarter and the last. The best evaluations are those that are "very good" in all three grades.
    Only of who served the village that day, and if the rubric has an item for them.
    """
    quarter = Quarter.of(clock.today())
    since = quarter.previous.first_day
    rows = [*_trainings_attended(village, since), *_best_evaluations(village, since)]
    if not rows:
        return []
    sources_by_quarter = {
        quarter_fed: {item.source for item in rubric.items}
        for quarter_fed in (quarter.previous, quarter)
        if (rubric := versions.in_force(village, quarter_fed))
    }
    terms = defaultdict(list)
    for term_served in holders.serving_terms(village, since, clock.today()):
        terms[term_served.person_id].append(term_served)
    records = []
    for source, row, person, day in rows:
        running = (
            term_served
            for term_served in terms[person.id]
            if holders.state_of(term_served, day) == holders.TermState.RUNNING
        )
        term = next(running, None) or recording.term_on(persons.current_entry(person), day)
        if (
            term
            and term.grid.village_id == village.id
            and source in sources_by_quarter.get(Quarter.of(day), ())
        ):
            records.append(ImportableRecord(source, row, person, term.grid, day))
    return records


def import_waiting(village: Area, actor: User) -> list[Service]:
    """Make services of all records that wait; a second person decides on them.

    Again, nothing more happens.
    """
    lock(village)  # one at a time, so a double click finds nothing left
    services = [
        recording.record_from_evidence(
            record.source, _evidence(record.row), record.worker, record.grid, record.day, "", actor
        )
        for record in importable_records(village)
    ]
    return [service for service in services if service is not None]


def _evidence(row: Attendance | Evaluation) -> Evidence:
    """The row of `evidence` that names an attendance or an evaluation.

    There is one already if it was tried before and no service came of it.
    """
    if isinstance(row, Attendance):
        kind, column = EvidenceKind.ATTENDANCE, Evidence.attendance_id
    else:
        kind, column = EvidenceKind.EVALUATION, Evidence.evaluation_id
    existing = db.session.scalar(select(Evidence).where(column == row.id))
    if existing is None:
        existing = Evidence(kind=kind, **{column.key: row.id})
        db.session.add(existing)
        db.session.flush()
    return existing


EvidenceRows = Iterator[tuple[FedBy, Attendance | Evaluation, Person, date]]


def _trainings_attended(village: Area, since: date) -> EvidenceRows:
    for attendance in db.session.scalars(
        select(Attendance)
        .join(Attendance.training)
        .join(Attendance.person)
        .options(joinedload(Attendance.training), joinedload(Attendance.person))
        .where(
            Person.area_id == village.id,
            Training.duty == Duty.WORKER,
            Training.held_on.between(since, clock.today()),
            ~_is_service(Evidence.attendance_id == Attendance.id),
        )
        .order_by(Training.held_on, Attendance.id)
    ):
        yield FedBy.TRAINING, attendance, attendance.person, attendance.training.held_on


def _best_evaluations(village: Area, since: date) -> EvidenceRows:
    begins, ends = clock.day_span(since, clock.today())
    for evaluation in db.session.scalars(
        select(Evaluation)
        .options(joinedload(Evaluation.person))
        .where(
            Evaluation.village_id == village.id,
            Evaluation.side == EvaluationSide.OF_WORKER,
            Evaluation.diligence == BEST_GRADE,
            Evaluation.skill == BEST_GRADE,
            Evaluation.manner == BEST_GRADE,
            Evaluation.at >= begins,
            Evaluation.at < ends,
            ~_is_service(Evidence.evaluation_id == Evaluation.id),
        )
        .order_by(Evaluation.id)
    ):
        day = clock.local(evaluation.at).date()
        yield FedBy.EVALUATION, evaluation, evaluation.person, day


def _is_service(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The query condition that a record is a service already.

    One that was rejected is handed in again, not taken in anew.
    """
    return select(Service.id).join(Service.evidence).where(condition).exists()
