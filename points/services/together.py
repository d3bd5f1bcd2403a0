"""Confirming records together: the plain ones with one press; each of the others is looked at alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ground import clock
from ground.db import db
from ground.refusal import Refused, check_repeated
from people.models import Area, Person, User
from people.signin import humans
from points.models import JointConfirmation, Service, ServiceState
from points.services import deciding, flags
from points.services.flags import Flag


@dataclass(frozen=True)
class UnconfirmedRecord:
    """A record that was ticked and not confirmed, and why not."""

    service: Service
    refusal: Refused


@dataclass(frozen=True)
class JointOutcome:
    """The outcome for the records that were ticked."""

    confirmed: list[Service]
    unconfirmed: list[UnconfirmedRecord]


def reasons_to_look(
    services: Sequence[Service], signs: Mapping[int, Sequence[Flag]], actor: User
) -> dict[int, Refused]:
    """Why these waiting records are not confirmed together with others, by id; plain ones are left out.

    The actor recorded it, or did it themselves; it shows a sign of padding.
    """
    own = humans.own_people(actor, {service.worker for service in services})
    recorded = humans.own_among(actor, {service.recorded_by_id for service in services})
    found = {}
    for service in services:
        if service.worker_id in own:
            found[service.id] = Refused("own_service", _("Nobody confirms their own service."))
        elif service.recorded_by_id in recorded:
            text = _("You recorded this yourself. Somebody else confirms it.")
            found[service.id] = Refused("same_person", text)
        elif service.id in signs:
            text = _("Something about it has to be looked at. Confirm it by itself.")
            found[service.id] = Refused("shows_sign", text)
    return found


def confirm_together(key: str, village: Area, services: Sequence[Service], actor: User) -> JointOutcome:
    """Confirm the records of a village that were ticked, as their second person; the caller has locked them,
    and before them the sheets that are open.

    What can't be confirmed any more is left, with the reason, and holds up none of the others. Sent twice
    with one key it is done once, also when something was taken back in between. Refused `none_ticked`,
    `too_many_ticked`, `key_reused`.
    """
    if not services:
        raise Refused("none_ticked", _("Tick at least one record."))
    if len(services) > flags.MOST_RECORDS:
        text = _("That is too much at once: %(n)s at most.", n=flags.MOST_RECORDS)
        raise Refused("too_many_ticked", text)
    _load_related(services)
    ticked = sha256(" ".join(str(service.id) for service in services).encode()).hexdigest()
    earlier = db.session.scalar(select(JointConfirmation).where(JointConfirmation.key == key))
    if earlier is not None:
        check_repeated((earlier.actor_id, earlier.ticked), (actor.id, ticked))
        return _outcome_so_far(services, actor)
    db.session.add(
        JointConfirmation(key=key, village_id=village.id, ticked=ticked, actor_id=actor.id, at=clock.now())
    )
    db.session.flush()
    look = reasons_to_look(services, flags.flags_of(village, services), actor)
    confirmed, left = [], []
    for service in services:
        try:
            if service.state == ServiceState.RECORDED and service.id in look:
                raise look[service.id]
            confirmed.append(deciding.confirm_looked_at(service, actor))
        except Refused as refusal:
            left.append(UnconfirmedRecord(service, refusal))
    return JointOutcome(confirmed, left)


def _outcome_so_far(services: Sequence[Service], actor: User) -> JointOutcome:
    """The outcome for these records by now, for a press that was sent before."""
    confirmed, left = [], []
    for service in services:
        decided_by = service.decided_by if service.state == ServiceState.CONFIRMED else None
        if decided_by is not None and humans.is_same(actor, decided_by):
            confirmed.append(service)
        else:
            left.append(UnconfirmedRecord(service, Refused("not_confirmed", _("Not confirmed. Look again."))))
    return JointOutcome(confirmed, left)


def _load_related(services: Sequence[Service]) -> None:
    """Read at once what the rules ask of each of these records."""
    db.session.scalars(
        select(Service)
        .options(
            joinedload(Service.worker).joinedload(Person.merge),
            joinedload(Service.item),
            joinedload(Service.deduction),
            selectinload(Service.undone),
        )
        .where(Service.id.in_([service.id for service in services]))
    ).all()
