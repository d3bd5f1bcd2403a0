"""The quarterly assessment (评定): collecting, deliberating, on notice, booked.

Only ever forward, but for a meeting that was begun by mistake (`reopen`).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update

from people import audit, clock
from people.clock import Quarter
from people.db import db, get_locked
from people.models import Area, Person, User
from people.refused import Refused, check_repeated, stated
from points import amounts, ledger, sheet
from points.models import Adjustment, Assessment, AssessmentState, Notice, Service, Transfer, TransferKind
from points.rubrics import versions

# 公示 of at least three days; the first day is not counted (民法典第二百零一条).
NOTICE_DAYS = 3


def open_quarter(village: Area, quarter: Quarter, actor: User) -> Assessment:
    """Open the village's assessment of a quarter, once; again returns the same.

    Refused `quarter_not_begun`, `no_rubric` when none was in force on the quarter's first day.
    """
    there = find(village, quarter)
    if there is not None:
        return there
    if quarter.first_day > clock.today():
        raise Refused("quarter_not_begun", _("This quarter has not begun."), "quarter")
    rubric = versions.in_force(village, quarter)
    if rubric is None:
        raise Refused("no_rubric", _("No rubric was in force on the first day of this quarter."), "quarter")
    assessment = Assessment(
        village_id=village.id,
        quarter_name=str(quarter),
        rubric_id=rubric.id,
        state=AssessmentState.COLLECTING,
        opened_by_id=actor.id,
    )
    db.session.add(assessment)
    db.session.flush()
    return assessment


def deliberate(
    assessment: Assessment, met_on: date, attendance: str, minutes: str, actor: User
) -> Assessment:
    """Begin the meeting (民主评议): the confirmed records up to the quarter's end are taken, for good.

    Refused `wrong_state`, `in_future` for the meeting's day, `attendance_missing`.
    """
    assessment = _in_state(assessment, AssessmentState.COLLECTING)
    if met_on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "met_on")
    if not attendance.strip():
        raise Refused("attendance_missing", _("Write down who is at the meeting."), "attendance")
    db.session.execute(
        update(Service).where(sheet.is_counted(assessment)).values(assessment_id=assessment.id)
    )
    assessment.state = AssessmentState.DELIBERATING
    assessment.met_on = met_on
    assessment.attendance = attendance.strip()
    assessment.minutes = minutes.strip()
    db.session.flush()
    return assessment


def reopen(assessment: Assessment, actor: User) -> Assessment:
    """Go back to collecting, when the meeting was begun by mistake and has adjusted nothing yet.

    Refused `wrong_state`, `has_adjustments`.
    """
    assessment = _in_state(assessment, AssessmentState.DELIBERATING)
    if assessment.adjustments:
        raise Refused("has_adjustments", _("The meeting has adjusted lines already; it goes on from here."))
    db.session.execute(
        update(Service).where(Service.assessment_id == assessment.id).values(assessment_id=None)
    )
    assessment.state = AssessmentState.COLLECTING
    assessment.met_on = assessment.attendance = assessment.minutes = None
    db.session.flush()
    audit.note(actor, "assessment.reopen", assessment, assessment.village)
    return assessment


def adjust(
    assessment: Assessment, worker: Person, amount: int, reason: str, key: str, actor: User
) -> Adjustment:
    """Give or take tenths of a point beside the rubric, as the meeting decides, with its reason.

    Refused `wrong_state`, `reason_missing`, `bad_amount` (0), `own_line` for one's own points,
    `not_on_sheet`, `key_reused`.
    """
    assessment = _in_state(assessment, AssessmentState.DELIBERATING)
    made = db.session.scalar(select(Adjustment).where(Adjustment.key == key))
    if made is not None:
        check_repeated((made.assessment_id, made.worker_id, made.amount), (assessment.id, worker.id, amount))
        return made
    if not 0 < abs(amount) <= amounts.LARGEST:
        raise Refused("bad_amount", _("An adjustment is more or less than 0."), "amount")
    reason = stated(reason)
    if actor.person_id == worker.id:
        raise Refused("own_line", _("Nobody decides on their own points."))
    if worker.id not in {row.worker.id for row in sheet.of(assessment)}:
        raise Refused("not_on_sheet", _("%(name)s is not on this sheet.", name=worker.name), "worker")
    adjustment = Adjustment(
        key=key,
        assessment_id=assessment.id,
        worker_id=worker.id,
        amount=amount,
        reason=reason,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(adjustment)
    db.session.flush()
    db.session.expire(assessment, ["adjustments"])
    return adjustment


def post_notice(assessment: Assessment, actor: User) -> Notice:
    """Post the notice (公示): the sheet stands still for three days and carries the village's digest.

    Refused `wrong_state`, `amount_too_large` for a line that could not be booked.
    """
    assessment = _in_state(assessment, AssessmentState.DELIBERATING)
    if any(row.total > amounts.LARGEST for row in sheet.of(assessment)):
        raise Refused("amount_too_large", _("That is more points than the ledger takes at once."))
    assessment.state = AssessmentState.ON_NOTICE
    digest, upto = ledger.freeze_digest(assessment.village)
    assessment.notice = Notice(
        posted_on=clock.today(),
        ends_on=clock.today() + timedelta(days=NOTICE_DAYS),
        posted_by_id=actor.id,
        digest=digest,
        upto=upto,
    )
    db.session.flush()
    return assessment.notice


def book(assessment: Assessment, actor: User) -> Assessment:
    """Book every line of the sheet to the ledger (入账), all or none; booked already, nothing happens.

    By another person than prepared it. Refused `wrong_state`, `notice_running` until the notice has ended,
    `same_person`, `own_line` when the booker's own points are on the sheet.
    """
    assessment = get_locked(Assessment, assessment.id)
    if assessment.state == AssessmentState.BOOKED:
        return assessment
    assessment = _in_state(assessment, AssessmentState.ON_NOTICE)
    notice = assessment.notice
    if notice is None or clock.today() <= notice.ends_on:
        raise Refused("notice_running", _("The notice has not ended yet."))
    if actor.id in (assessment.opened_by_id, notice.posted_by_id):
        raise Refused("same_person", _("You prepared this assessment. Somebody else books it."))
    rows = [row for row in sheet.of(assessment) if row.total > 0]
    if actor.person_id in {row.worker.id for row in rows}:
        raise Refused("own_line", _("Your own points are on this sheet. Another chair books it."))
    accounts = {row.worker.id: ledger.account_of(row.worker) for row in rows}
    for row in sorted(rows, key=lambda row: accounts[row.worker.id].id):  # one lock order for everyone
        ledger.post(
            award_key(assessment, row.worker),
            TransferKind.AWARD,
            accounts[row.worker.id],
            row.total,
            assessment.quarter_name,
            actor,
        )
    assessment.state = AssessmentState.BOOKED
    assessment.booked_by_id = actor.id
    assessment.booked_at = clock.now()
    db.session.flush()
    return assessment


def award_key(assessment: Assessment, worker: Person) -> str:
    """The ledger key of a worker's line: a line is booked once."""
    return f"award:{assessment.id}:{worker.id}"


def award_of(assessment: Assessment, worker: Person) -> Transfer | None:
    """The transfer that booked a worker's line, or None."""
    return db.session.scalar(select(Transfer).where(Transfer.key == award_key(assessment, worker)))


def find(village: Area, quarter: Quarter) -> Assessment | None:
    """The village's assessment of a quarter, or None."""
    return db.session.scalar(
        select(Assessment).where(Assessment.village_id == village.id, Assessment.quarter_name == str(quarter))
    )


def listed(village: Area) -> Sequence[Assessment]:
    """The village's assessments, the latest quarter first."""
    return db.session.scalars(
        select(Assessment).where(Assessment.village_id == village.id).order_by(Assessment.quarter_name.desc())
    ).all()


def _in_state(assessment: Assessment, state: AssessmentState) -> Assessment:
    """The assessment, locked, if it stands where the verb needs it. Refused `wrong_state`."""
    locked: Assessment = get_locked(Assessment, assessment.id)
    if locked.state != state:
        raise Refused("wrong_state", _("The assessment has moved on. Look at where it stands now."))
    return locked
