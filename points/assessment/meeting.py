"""The meeting (民主评议): who is there, who is left out of which line, and what is adjusted."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update

from ground import clock, names
from ground.clock import local
from ground.db import db
from ground.refusal import Refused, check_repeated, required_reason
from people import audit
from people.models import Person, User
from people.signin import humans
from points import amounts
from points.assessment import assessments, meeting_rules, members, sheet
from points.models import Adjustment, Assessment, AssessmentState, Member, Recusal, Service

COLLECTING, DELIBERATING = AssessmentState.COLLECTING, AssessmentState.DELIBERATING


def deliberate(
    assessment: Assessment,
    met_on: date,
    present: Sequence[str],
    absent: Sequence[str],
    minutes: str,
    actor: User,
) -> Assessment:
    """Begin the meeting: it takes the confirmed records up to the quarter's end.

    `present` are those invited who came, `absent` those who did not. Refused `wrong_state`, `bad_day` and
    `in_future` for a meeting's day before the quarter or to come, `nobody_there`, `no_quorum` for fewer than
    the county asks, `named_twice`, `bad_name`.
    """
    assessments.lock_in_state(assessment, COLLECTING)
    members.check_meeting(assessment, met_on, present, absent)
    db.session.execute(
        update(Service).where(sheet.is_counted(assessment)).values(assessment_id=assessment.id)
    )
    assessment.state = DELIBERATING
    assessment.met_on = met_on
    assessment.minutes = minutes.strip()
    members.set_members(assessment, present, absent)
    return _advance_version(assessment)


def rewrite(
    assessment: Assessment,
    revision: int,
    met_on: date,
    present: Sequence[str],
    absent: Sequence[str],
    minutes: str,
    actor: User,
) -> Assessment:
    """Write the attendance and the minutes anew, while the meeting goes on.

    `revision` is the one the writer had before them. Refused `changed_meanwhile` if somebody wrote since,
    `member_recused` for leaving out a member who is left out of a line, and as `deliberate` says.
    """
    assessments.lock_in_state(assessment, DELIBERATING)
    if revision != assessment.revision:
        raise Refused(
            "changed_meanwhile",
            _("Somebody wrote here since you began. Look at what stands there now, then send yours again."),
        )
    members.check_meeting(assessment, met_on, present, absent)
    invited = {names.folded(name) for name in (*present, *absent)}
    for member in assessment.members:
        if member.recusals and names.folded(member.name) not in invited:
            raise Refused(
                "member_recused",
                _("%(name)s is left out of a line and stays on the list.", name=member.name),
                "present",
            )
    assessment.met_on, assessment.minutes = met_on, minutes.strip()
    members.set_members(assessment, present, absent)
    audit.note(actor, "assessment.minutes", assessment, assessment.village)
    return _advance_version(assessment)


def reopen(assessment: Assessment, actor: User) -> Assessment:
    """Go back to collecting, when the meeting was begun by mistake and has decided nothing yet.

    Refused `wrong_state`, `has_adjustments`, `was_posted` for one that was sent back.
    """
    assessments.lock_in_state(assessment, DELIBERATING)
    if assessments.whole_notice(assessment):
        raise Refused("was_posted", _("This sheet hung on the wall already; the meeting goes on from here."))
    if assessment.adjustments:
        raise Refused("has_adjustments", _("The meeting has adjusted lines already; it goes on from here."))
    db.session.execute(
        update(Service).where(Service.assessment_id == assessment.id).values(assessment_id=None)
    )
    seated = select(Member.id).where(Member.assessment_id == assessment.id)
    db.session.execute(delete(Recusal).where(Recusal.member_id.in_(seated)))
    db.session.execute(delete(Member).where(Member.assessment_id == assessment.id))
    db.session.expire(assessment, ["members"])
    assessment.state = COLLECTING
    assessment.met_on = assessment.minutes = None
    audit.note(actor, "assessment.reopen", assessment, assessment.village)
    return _advance_version(assessment)


def recuse(assessment: Assessment, member: Member, worker: Person, relation: str, actor: User) -> Recusal:
    """Leave a member out of a worker's line, for the relation between them; the sheet says so.

    Twice is once. Refused `wrong_state`, `relation_missing`, `not_a_member`, `not_on_sheet`.
    """
    assessments.lock_in_state(assessment, DELIBERATING)
    if member.assessment_id != assessment.id:
        raise Refused("not_a_member", _("This is no member of the meeting."), "member")
    row_or_refuse(assessment, worker)
    if not relation.strip():
        raise Refused("relation_missing", _("Say what they are to each other."), "relation")
    existing = db.session.scalar(
        select(Recusal).where(Recusal.member_id == member.id, Recusal.worker_id == worker.id)
    )
    if existing is not None:
        return existing
    recusal = Recusal(
        member_id=member.id,
        worker_id=worker.id,
        relation=relation.strip(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(recusal)
    db.session.flush()
    db.session.expire(member, ["recusals"])
    return recusal


def lift(assessment: Assessment, recusal: Recusal, actor: User) -> None:
    """Take back a recusal that was a mistake, while the meeting goes on. Refused `wrong_state`."""
    assessments.lock_in_state(assessment, DELIBERATING)
    audit.note(
        actor,
        "assessment.lift",
        assessment,
        assessment.village,
        member=recusal.member.name,
        relation=recusal.relation,
    )
    member = recusal.member
    db.session.delete(recusal)
    db.session.flush()
    db.session.expire(member, ["recusals"])


def adjust(
    assessment: Assessment,
    worker: Person,
    amount: int,
    reason: str,
    key: str,
    actor: User,
    last_seen_id: int | None = None,
) -> Adjustment:
    """Give or take tenths of a point beside the rubric, as the meeting decides, with its reason.

    `last_seen_id` is the id of the last adjustment of this line that the writer had before them, 0 for
    none; left out, nothing is compared. Refused `wrong_state`, `reason_missing`, `bad_amount` (0),
    `not_on_sheet`, `line_changed` if somebody adjusted it since, `no_effect` if the line stays at 0,
    `key_reused`, and as `check_may_decide` says.
    """
    assessments.lock_in_state(assessment, DELIBERATING)
    existing = db.session.scalar(select(Adjustment).where(Adjustment.key == key))
    if existing is not None:
        check_repeated(
            (existing.assessment_id, existing.worker_id, existing.amount), (assessment.id, worker.id, amount)
        )
        return existing
    check_amount(amount)
    reason = required_reason(reason)
    check_may_decide(assessment, worker, actor)
    row = row_or_refuse(assessment, worker)
    if last_seen_id is not None:
        _check_seen(adjustments_of_worker(assessment.adjustments, worker), last_seen_id)
    _check_effect(row, amount)
    return add_adjustment(assessment, worker, amount, reason, key, actor)


def take_back(assessment: Assessment, adjustment: Adjustment, key: str, actor: User) -> Adjustment:
    """Undo an adjustment by another that names it; both stay, and twice is once.

    Refused `wrong_state`, `taken_back` for one that takes back itself, and as `check_may_decide` says.
    """
    assessments.lock_in_state(assessment, DELIBERATING)
    existing = db.session.scalar(select(Adjustment).where(Adjustment.takes_back_id == adjustment.id))
    if existing is not None:
        return existing
    if adjustment.takes_back_id is not None or adjustment.answer_id is not None:
        raise Refused("taken_back", _("This is not taken back. Adjust the line anew."))
    check_may_decide(assessment, adjustment.worker, actor)
    return add_adjustment(
        assessment,
        adjustment.worker,
        -adjustment.amount,
        adjustment.reason,
        key,
        actor,
        takes_back_id=adjustment.id,
    )


def add_adjustment(
    assessment: Assessment,
    worker: Person,
    amount: int,
    reason: str,
    key: str,
    actor: User,
    takes_back_id: int | None = None,
    answer_id: int | None = None,
) -> Adjustment:
    """Write an adjustment down, after its rules were checked."""
    adjustment = Adjustment(
        key=key,
        assessment_id=assessment.id,
        worker_id=worker.id,
        amount=amount,
        reason=reason,
        takes_back_id=takes_back_id,
        answer_id=answer_id,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(adjustment)
    db.session.flush()
    db.session.expire(assessment, ["adjustments"])
    return adjustment


def adjustments_of_worker(adjustments: Iterable[Adjustment], worker: Person) -> list[Adjustment]:
    """The adjustments of a worker's line, in the order they were written down."""
    return [adjustment for adjustment in adjustments if adjustment.worker_id == worker.id]


def check_amount(amount: int) -> None:
    """Check that an adjustment is not 0, and not too large. Refused `bad_amount`."""
    if not 0 < abs(amount) <= amounts.LARGEST_TENTHS:
        raise Refused("bad_amount", _("An adjustment is more or less than 0."), "amount")


def check_may_decide(assessment: Assessment, worker: Person, actor: User) -> None:
    """Check that the actor may decide on a worker's line.

    Neither the worker nor a member who is left out decides on it, and enough of the others have to be
    present. Refused `own_line`, `recused`, `no_quorum` when too few members are left for this line.
    """
    if humans.is_own(actor, worker):
        raise Refused("own_line", _("Nobody decides on their own points."))
    left_out = {
        recusal.member_id: recusal
        for recusal in members.recusals(assessment)
        if recusal.worker_id == worker.id
    }
    for recusal in left_out.values():
        if members.is_member(recusal.member, actor):
            raise Refused(
                "recused",
                _("You are left out of this line (%(what)s). Somebody else writes.", what=recusal.relation),
            )
    deciding = sum(member.present and member.id not in left_out for member in assessment.members)
    if left_out and deciding < meeting_rules.rules_of(assessment.village).least_present:
        raise Refused("no_quorum", _("Too few members are left to decide this line."))


def _check_seen(line: Sequence[Adjustment], last_seen_id: int) -> None:
    """Check that the writer saw the latest adjustment of the line.

    Refused `line_changed`, with what came after the one they saw.
    """
    newer = [adjustment for adjustment in line if adjustment.id > last_seen_id]
    if newer:
        latest = newer[-1]
        raise Refused(
            "line_changed",
            _(
                "%(who)s wrote %(points)s here at %(time)s: %(reason)s. Look again, then send yours.",
                who=latest.actor.name,
                points=amounts.signed(latest.amount),
                time=f"{local(latest.at):%H:%M}",
                reason=latest.reason,
            ),
        )


def _check_effect(row: sheet.SheetRow, amount: int) -> None:
    """Check that an adjustment changes its line's total. Refused `no_effect`, with what it would take."""
    if row.subtotal > 0 or row.subtotal + amount > 0:
        return
    if amount < 0:
        raise Refused("no_effect", _("The line is at 0 already, and falls no further."), "amount")
    raise Refused(
        "no_effect",
        _(
            "The line is %(below)s points below 0, so it would stay at 0. Only more than %(below)s points"
            " would change it.",
            below=amounts.show(-row.subtotal),
        ),
        "amount",
    )


def row_or_refuse(assessment: Assessment, worker: Person) -> sheet.SheetRow:
    """A worker's row of the sheet. Refused `not_on_sheet`."""
    row = sheet.find_row(assessment, worker)
    if row is None:
        raise Refused("not_on_sheet", _("%(name)s is not on this sheet.", name=worker.name), "worker")
    return row


def _advance_version(assessment: Assessment) -> Assessment:
    """Count the revision up: whoever read the minutes before has to look again."""
    assessment.revision += 1
    db.session.flush()
    return assessment
