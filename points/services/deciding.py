"""Deciding on a service record (初审): confirmed by a second person, or rejected with a reason."""

from flask_babel import lazy_gettext as _

from ground import clock, names
from ground.db import db, lock
from ground.refusal import Refused, required_reason
from people.models import User
from people.roster import persons
from points.models import Service, ServiceState, Voucher


def confirm(
    service: Service, actor: User, voucher: Voucher = Voucher.SECOND_PERSON, name: str = ""
) -> Service:
    """Confirm as the second person, or on the word of the served household or of a witness, by `name`.

    On somebody's word also who keyed the record in may confirm it, from paper that they signed; the worker
    never. Again by the same person changes nothing. Refused `same_person` for who recorded it, or when the
    name is the worker's or the recorder's own, `own_service` for the worker, `voucher_missing` without a
    name, `already_decided`.
    """
    lock(service)
    if persons.is_own(actor, service.worker):
        raise Refused("own_service", _("Nobody confirms their own service."))
    name = names.kept(name)
    if voucher == Voucher.SECOND_PERSON:
        if actor.id == service.recorded_by_id:
            raise Refused("same_person", _("You recorded this yourself. Somebody else confirms it."))
        name = ""
    elif not 1 <= len(name) <= 200:
        raise Refused("voucher_missing", _("Write down who confirms it."), "name")
    elif any(names.same(name, person.name) for person in (service.worker, service.recorded_by)):
        raise Refused("same_person", _("Somebody else than the worker and the recorder confirms it."), "name")
    return _decide(service, ServiceState.CONFIRMED, None, actor, voucher, name or None)


def reject(service: Service, reason: str, actor: User) -> Service:
    """Reject a record with a reason (who recorded it may take it back this way).

    Refused `reason_missing`, `already_decided`.
    """
    reason = required_reason(reason)
    lock(service)
    return _decide(service, ServiceState.REJECTED, reason, actor)


def _decide(
    service: Service,
    state: ServiceState,
    reason: str | None,
    actor: User,
    voucher: Voucher | None = None,
    name: str | None = None,
) -> Service:
    if service.state == state and service.decided_by_id == actor.id:
        return service
    if service.state != ServiceState.RECORDED:
        raise Refused("already_decided", _("Somebody has decided this record already."))
    service.state = state
    service.decided_by_id = actor.id
    service.decided_at = clock.now()
    service.decision = reason
    service.voucher, service.voucher_name = voucher, name
    db.session.flush()
    return service
