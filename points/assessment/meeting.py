"""The meeting (民主评议): who is there, who is left out of which line, and what is adjusted."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update

from ground import clock
from ground.clock import local
from ground.db import db
from ground.refusal import Refused, check_repeated, stated
from people import audit
from people.models import Person, User
from people.roster import persons
from points import amounts
from points.assessment import finding, members, sheet, terms
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
    """Begin the meeting with who came of those invited: the confirmed records up to the quarter's end are
    taken, for good.

    Refused `wrong_state`, `in_future` for the meeting's day, `nobody_there`, `no_quorum` for fewer than the
    county asks, `named_twice`, `bad_name`.
    """
    assessment = finding.in_state(assessment, COLLECTING)
    members.check(assessment, met_on, present, absent)
    db.session.execute(
        update(Service).where(sheet.is_counted(assessment)).values(assessment_id=assessment.id)
    )
    assessment.state = DELIBERATING
    assessment.met_on = met_on
    assessment.minutes = minutes.strip()
    members.seat(assessment, present, absent)
    return _written(assessment)


def rewrite(
    assessment: Assessment,
    revision: int,
    met_on: date,
    present: Sequence[str],
    absent: Sequence[str],
    minutes: str,
    actor: User,
) -> Assessment:
    """Write down anew who is there and what is said, while the meeting goes on.

    `revision` is the one the writer had before them. Refused `changed_meanwhile` if somebody wrote since,
    `member_recused` for leaving out a member who is left out of a line, and as `deliberate` says.
    """
    assessment = finding.in_state(assessment, DELIBERATING)
    if revision != assessment.revision:
        raise Refused(
            "changed_meanwhile",
            _("Somebody wrote here since you began. Look at what stands there now, then send yours again."),
        )
    members.check(assessment, met_on, present, absent)
    names = {*present, *absent}
    for member in assessment.members:
        if member.recusals and member.name not in names:
            raise Refused(
                "member_recused",
                _("%(name)s is left out of a line and stays on the list.", name=member.name),
                "present",
            )
    assessment.met_on, assessment.minutes = met_on, minutes.strip()
    members.seat(assessment, present, absent)
    audit.note(actor, "assessment.minutes", assessment, assessment.village)
    return _written(assessment)


def reopen(assessment: Assessment, actor: User) -> Assessment:
    """Go back to collecting, when the meeting was begun by mistake and has decided nothing yet.

    Refused `wrong_state`, `has_adjustments`, `was_posted` for one that was sent back.
    """
    assessment = finding.in_state(assessment, DELIBERATING)
    if finding.whole_notice(assessment):
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
    return _written(assessment)


def recuse(assessment: Assessment, member: Member, worker: Person, relation: str, actor: User) -> Recusal:
    """Leave a member out of a worker's line, for the relation between them; the sheet says so.

    Twice is once. Refused `wrong_state`, `relation_missing`, `not_a_member`, `not_on_sheet`.
    """
    assessment = finding.in_state(assessment, DELIBERATING)
    if member.assessment_id != assessment.id:
        raise Refused("not_a_member", _("This is no member of the meeting."), "member")
    _row(assessment, worker)
    if not relation.strip():
        raise Refused("relation_missing", _("Say what they are to each other."), "relation")
    made = db.session.scalar(
        select(Recusal).where(Recusal.member_id == member.id, Recusal.worker_id == worker.id)
    )
    if made is not None:
        return made
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
    assessment = finding.in_state(assessment, DELIBERATING)
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
    seen: int | None = None,
) -> Adjustment:
    """Give or take tenths of a point beside the rubric, as the meeting decides, with its reason.

    `seen` is the id of the last adjustment of this line that the writer had before them, 0 for none; left
    out, nothing is compared. Refused `wrong_state`, `reason_missing`, `bad_amount` (0), `not_on_sheet`,
    `line_changed` if somebody adjusted it since, `key_reused`, and as `check_may_decide` says.
    """
    assessment = finding.in_state(assessment, DELIBERATING)
    made = db.session.scalar(select(Adjustment).where(Adjustment.key == key))
    if made is not None:
        check_repeated((made.assessment_id, made.worker_id, made.amount), (assessment.id, worker.id, amount))
        return made
    check_amount(amount)
    reason = stated(reason)
    check_may_decide(assessment, worker, actor)
    _row(assessment, worker)
    if seen is not None:
        _check_seen(of_line(assessment.adjustments, worker), seen)
    return add(assessment, worker, amount, reason, key, actor)


def take_back(assessment: Assessment, adjustment: Adjustment, key: str, actor: User) -> Adjustment:
    """Undo an adjustment by another that names it; both stay, and twice is once.

    Refused `wrong_state`, `taken_back` for one that takes back itself, and as `check_may_decide` says.
    """
    assessment = finding.in_state(assessment, DELIBERATING)
    made = db.session.scalar(select(Adjustment).where(Adjustment.takes_back_id == adjustment.id))
    if made is not None:
        return made
    if adjustment.takes_back_id is not None or adjustment.answer_id is not None:
        raise Refused("taken_back", _("This is not taken back. Adjust the line anew."))
    check_may_decide(assessment, adjustment.worker, actor)
    return add(
        assessment,
        adjustment.worker,
        -adjustment.amount,
        adjustment.reason,
        key,
        actor,
        takes_back_id=adjustment.id,
    )


def add(
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


def of_line(adjustments: Iterable[Adjustment], worker: Person) -> list[Adjustment]:
    """Those of a worker's line, in the order they were written down."""
    return [adjustment for adjustment in adjustments if adjustment.worker_id == worker.id]


def check_amount(amount: int) -> None:
    """An adjustment is more or less than 0. Refused `bad_amount`."""
    if not 0 < abs(amount) <= amounts.LARGEST:
        raise Refused("bad_amount", _("An adjustment is more or less than 0."), "amount")


def check_may_decide(assessment: Assessment, worker: Person, actor: User) -> None:
    """A line is decided without its worker and without who is left out of it, by enough of the others.

    Refused `own_line`, `recused`, `no_quorum` when too few members are left for this line.
    """
    if persons.is_own(actor, worker):
        raise Refused("own_line", _("Nobody decides on their own points."))
    left_out = {
        recusal.member_id: recusal
        for recusal in members.recusals(assessment)
        if recusal.worker_id == worker.id
    }
    for recusal in left_out.values():
        if recusal.member.user_id == actor.id:
            raise Refused(
                "recused",
                _("You are left out of this line (%(what)s). Somebody else writes.", what=recusal.relation),
            )
    deciding = sum(member.present and member.id not in left_out for member in assessment.members)
    if left_out and deciding < terms.asked_in(assessment.village).least_present:
        raise Refused("no_quorum", _("Too few members are left to decide this line."))


def _check_seen(line: Sequence[Adjustment], seen: int) -> None:
    """The last adjustment of the line is the one the writer saw, or they are told what came after it."""
    came = [adjustment for adjustment in line if adjustment.id > seen]
    if came:
        last = came[-1]
        raise Refused(
            "line_changed",
            _(
                "%(who)s wrote %(points)s here at %(time)s: %(reason)s. Look again, then send yours.",
                who=last.actor.name,
                points=amounts.signed(last.amount),
                time=f"{local(last.at):%H:%M}",
                reason=last.reason,
            ),
        )


def _row(assessment: Assessment, worker: Person) -> sheet.Row:
    """A worker's row of the sheet. Refused `not_on_sheet`."""
    row = next((row for row in sheet.of(assessment) if row.worker.id == worker.id), None)
    if row is None:
        raise Refused("not_on_sheet", _("%(name)s is not on this sheet.", name=worker.name), "worker")
    return row


def _written(assessment: Assessment) -> Assessment:
    """Who is there or what is said was written down: whoever read it before has to look again."""
    assessment.revision += 1
    db.session.flush()
    return assessment
