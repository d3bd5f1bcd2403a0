"""Deciding on a service record (初审): confirmed by a second person, or rejected with a reason.

A confirmation can be taken back until the notice hangs. Deductions are decided in `deductions`.
"""

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, names
from ground.db import db, get_locked, lock
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Area, Household, User
from people.signin import humans
from points.assessment import meeting
from points.models import (
    MANY_TIMES,
    Assessment,
    AssessmentState,
    ConfirmationUndone,
    Service,
    ServiceState,
    Voucher,
    Witness,
)
from points.services import witnesses

# While a sheet is in these states, what stands on it can still change.
NOT_POSTED = (AssessmentState.COLLECTING, AssessmentState.DELIBERATING)


def confirm(
    service: Service,
    actor: User,
    voucher: Voucher = Voucher.SECOND_PERSON,
    name: str = "",
    from_village: str = "",
    phone: str = "",
) -> Service:
    """Confirm as the second person, or on the word of the served household or of a witness, by `name`.

    They are found in the village's files; of anybody else their village and telephone are needed. Who is not
    the head of the household that the record names is a witness.

    On somebody's word also who keyed the record in may confirm it, from paper that they signed; the worker
    never. Again by the same person changes nothing. Refused `same_person` for who recorded it, or when the
    name is the worker's or the recorder's own, `own_service` for the worker, `many_units` for who recorded
    more than 50 units, as `witnesses.find_or_name` says, `already_decided`, `is_deduction`.
    """
    lock_for_decision(service)
    return confirm_locked(service, actor, voucher, name, from_village, phone)


def confirm_locked(
    service: Service,
    actor: User,
    voucher: Voucher = Voucher.SECOND_PERSON,
    name: str = "",
    from_village: str = "",
    phone: str = "",
) -> Service:
    """Confirm a record that was locked for its decision. Refused as `confirm` says."""
    _check_ordinary(service)
    if humans.is_own(actor, service.worker):
        raise Refused("own_service", _("Nobody confirms their own service."))
    witness = None
    if voucher == Voucher.SECOND_PERSON:
        if humans.is_same(actor, service.recorded_by):
            raise Refused("same_person", _("You recorded this yourself. Somebody else confirms it."))
    elif service.is_of_many and humans.is_same(actor, service.recorded_by):
        raise Refused(
            "many_units",
            _("More than %(n)s in one record: somebody else confirms it.", n=MANY_TIMES),
            "name",
        )
    elif names.same(name, service.worker.name) or humans.has_name(service.recorded_by, name):
        raise Refused("same_person", _("Somebody else than the worker and the recorder confirms it."), "name")
    else:
        village = db.session.get_one(Area, service.village_id)
        if voucher == Voucher.HOUSEHOLD and not _is_of_household(service, name):
            voucher = Voucher.WITNESS
        witness = witnesses.find_or_name(voucher, name, from_village, phone, village, actor)
        if witnesses.is_of(witness, service.worker) or witnesses.is_behind(witness, service.recorded_by):
            raise Refused(
                "same_person", _("Somebody else than the worker and the recorder confirms it."), "phone"
            )
    return decide(service, ServiceState.CONFIRMED, None, actor, voucher, witness)


def _is_of_household(service: Service, name: str) -> bool:
    """Whether a name is that of the served household's head; without a household in the record any may be."""
    household = db.session.get(Household, service.household_id) if service.household_id else None
    return household is None or names.same(name, household.head)


def confirm_looked_at(service: Service, actor: User) -> Service:
    """Confirm a locked record as its second person, once `together` found that nothing speaks against it.

    Refused `already_decided`, `is_deduction`.
    """
    _check_ordinary(service)
    return decide(service, ServiceState.CONFIRMED, None, actor, Voucher.SECOND_PERSON)


def reject(service: Service, reason: str, actor: User) -> Service:
    """Reject a record with a reason (who recorded it may take it back this way).

    Refused `reason_missing`, `already_decided`, `is_deduction`.
    """
    reason = required_reason(reason)
    lock(service)
    _check_ordinary(service)
    return decide(service, ServiceState.REJECTED, reason, actor)


def decide(
    service: Service,
    state: ServiceState,
    reason: str | None,
    actor: User,
    voucher: Voucher | None = None,
    witness: Witness | None = None,
) -> Service:
    """Write a decision down, after its rules were checked. Refused `already_decided`.

    A record that the running meeting had taken goes back on its sheet when it is confirmed again.
    """
    if service.state == state and service.decided_by and humans.is_same(actor, service.decided_by):
        return service
    if service.state != ServiceState.RECORDED:
        raise Refused("already_decided", _("Somebody has decided this record already."))
    service.state = state
    service.decided_by_id = actor.id
    service.decided_at = clock.now()
    service.decision = reason
    service.voucher, service.witness = voucher, witness
    service.voucher_name = witness.name if witness else None
    if state == ServiceState.CONFIRMED and service.undone:
        taken_by = service.undone[-1].assessment
        if taken_by is not None and taken_by.state == AssessmentState.DELIBERATING:
            service.assessment_id = taken_by.id
    db.session.flush()
    return service


def take_back(service: Service, reason: str, actor: User) -> ConfirmationUndone:
    """Take a confirmation back, with a reason, until the notice hangs; the record waits for a decision again.

    It leaves the sheet. Refused `reason_missing`, `not_confirmed`, `own_service` for the worker,
    `wrong_state` once the assessment that counts it is posted, and as `meeting.check_may_decide` says while
    its meeting goes on.
    """
    reason = required_reason(reason)
    lock_open_sheets(service.village_id)
    lock(service)
    if humans.is_own(actor, service.worker):
        raise Refused("own_service", _("Nobody decides on their own service."))
    if service.state != ServiceState.CONFIRMED or service.decided_by_id is None or service.decided_at is None:
        raise Refused("not_confirmed", _("This record is not confirmed."))
    counted_in = service.assessment
    if counted_in is not None:
        if counted_in.state not in NOT_POSTED:
            raise Refused("wrong_state", _("The notice hangs already. Object to the line there."))
        meeting.check_may_decide(counted_in, service.worker, actor)
    undone = ConfirmationUndone(
        service_id=service.id,
        confirmed_by_id=service.decided_by_id,
        confirmed_at=service.decided_at,
        voucher=service.voucher,
        voucher_name=service.voucher_name,
        witness_id=service.witness_id,
        assessment_id=service.assessment_id,
        reason=reason,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(undone)
    service.state = ServiceState.RECORDED
    service.decided_by_id = service.decided_at = None
    service.voucher = service.voucher_name = service.witness_id = service.assessment_id = None
    db.session.flush()
    db.session.expire(service, ["undone", "assessment", "decided_by"])
    village = db.session.get_one(Area, service.village_id)
    audit.note(
        actor, "service.take_back", service, village, confirmed_by=undone.confirmed_by_id, reason=reason
    )
    return undone


def can_be_taken_back(service: Service) -> bool:
    """Whether a confirmation can still be taken back: it is one, and no notice of it hangs."""
    counted_in = service.assessment
    return service.state == ServiceState.CONFIRMED and (counted_in is None or counted_in.state in NOT_POSTED)


def lock_for_decision(service: Service) -> None:
    """Lock a record; before it the sheets that it may go back to, in the order in which a meeting locks."""
    if db.session.scalar(select(ConfirmationUndone.id).where(ConfirmationUndone.service_id == service.id)):
        lock_open_sheets(service.village_id)
    lock(service)


def lock_open_sheets(village_id: int) -> None:
    """Lock the village's assessments that are not posted, so that none takes a record or is posted now."""
    ids = select(Assessment.id).where(Assessment.village_id == village_id, Assessment.state.in_(NOT_POSTED))
    for ident in db.session.scalars(ids.order_by(Assessment.id)).all():
        get_locked(Assessment, ident)


def _check_ordinary(service: Service) -> None:
    """Check that a record is no deduction. Refused `is_deduction`."""
    if service.deduction is not None:
        raise Refused("is_deduction", _("This takes points. Decide it under Deductions."))
