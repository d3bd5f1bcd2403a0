"""Deductions (扣分): proposed with what shows it, the worker is heard, another person decides.

A deduction is a record like any other on the sheet: what it takes counts once it is confirmed. What it needs
besides, and what the worker says to it, stands in rows of its own.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ground import clock
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused, check_repeated, required_reason, says_something
from people.models import Area, Person, Role, User
from people.roster import persons
from people.signin import humans
from points.assessment import members
from points.models import Deduction, RubricItem, Service, ServiceState, Statement
from points.services import deciding, recording

PROPOSERS = frozenset({Role.CLERK, Role.CHAIR})

# Days, after the one on which they are told, in which the worker can say something before it is decided.
HEARING_DAYS = 3

# Fewer letters than this are no reason, and show nothing.
LEAST_LETTERS = 4

MOST_CHARACTERS = 1000  # of what a worker says


def propose(
    key: str,
    worker: Person,
    item: RubricItem,
    done_on: date,
    count: int,
    reason: str,
    shown_by: str,
    actor: User,
) -> Deduction:
    """Propose to take points, for a reason, with what shows it: who saw it, which paper.

    The worker's own pages tell it from now on. Refused `committee_only`, `no_deduction` for an item that
    gives points, `reason_missing` and `evidence_missing` for fewer than four letters, and as
    `recording.record` says.
    """
    if not actor.roles_in(worker.area) & PROPOSERS:
        raise Refused("committee_only", _("The committee proposes what is deducted."), "item")
    if item.points > 0:
        raise Refused("no_deduction", _("This item gives points."), "item")
    if not says_something(reason, LEAST_LETTERS):
        raise Refused("reason_missing", _("Say in a few words what happened."), "reason")
    if not says_something(shown_by, LEAST_LETTERS):
        raise Refused("evidence_missing", _("Say who saw it, or which paper shows it."), "shown_by")
    deduction = Deduction(shown_by=shown_by.strip(), told_on=clock.today())
    service = recording.record(key, worker, item, done_on, count, reason, actor, deduction=deduction)
    return service.deduction or deduction


def state(deduction: Deduction, text: str, key: str, actor: User) -> Statement:
    """Write down what the worker says to it: they themselves, or the committee from their word of mouth.

    Sent twice with one key it is written once. Refused `already_decided`, `text_missing`, `key_reused`,
    and as `check_may_state` says.
    """
    service, text = deduction.service, text.strip()
    lock(service)
    existing = db.session.scalar(select(Statement).where(Statement.key == key))
    if existing is not None:
        check_repeated((existing.deduction_id, existing.text), (service.id, text))
        return existing
    check_may_state(deduction, actor)
    own = persons.is_sign_in_of(actor, service.worker)
    if service.state != ServiceState.RECORDED:
        raise Refused("already_decided", _("It is decided already. Objections are brought to the notice."))
    if not (says_something(text) and len(text) <= MOST_CHARACTERS):
        raise Refused("text_missing", _("Write down what is said, in a few words."), "text")
    statement = Statement(
        key=key, deduction_id=service.id, text=text, oral=not own, actor_id=actor.id, at=clock.now()
    )
    db.session.add(statement)
    db.session.flush()
    db.session.expire(deduction, ["statements"])
    return statement


def check_may_state(deduction: Deduction, actor: User) -> None:
    """Check that the actor may write down what the worker says: who proposed it does not speak for them too.

    Refused `committee_only`, `same_person`.
    """
    service = deduction.service
    if persons.is_sign_in_of(actor, service.worker):
        return
    if not actor.roles_in(service.worker.area) & PROPOSERS:
        raise Refused("committee_only", _("The worker or the committee writes this down."))
    if humans.is_same(actor, service.recorded_by):
        raise Refused(
            "same_person",
            _("You proposed this yourself. The worker or somebody else of the committee writes this down."),
        )


def heard_until(deduction: Deduction) -> date | None:
    """The last day on which a worker who said nothing yet is waited for; None if it can be decided."""
    last = last_hearing_day(deduction)
    return None if deduction.statements or clock.today() > last else last


def last_hearing_day(deduction: Deduction) -> date:
    """The last of the days that a worker has to say something before it is decided."""
    return deduction.told_on + timedelta(days=HEARING_DAYS)


def confirm(deduction: Deduction, actor: User) -> Service:
    """Confirm that the points are taken, after the worker was heard or the days for it have passed.

    Again by the same person changes nothing. Refused `own_service`, `same_person` for who proposed it,
    `recused` for who is left out of the worker's line, `not_heard` with the day until which they are waited
    for, `already_decided`.
    """
    service = deduction.service
    deciding.lock_for_decision(service)
    check_may_decide(deduction, actor)
    last = heard_until(deduction) if service.state == ServiceState.RECORDED else None
    if last is not None:
        raise Refused(
            "not_heard",
            _(
                "%(name)s has said nothing yet and has time until %(day)s. It can be decided after that day,"
                " or once what they say is written down.",
                name=service.worker.name,
                day=words.day(last),
            ),
        )
    return deciding.decide(service, ServiceState.CONFIRMED, None, actor)


def drop(deduction: Deduction, reason: str, actor: User) -> Service:
    """Decide that nothing is taken, with the reason; also who proposed it withdraws it this way.

    Refused `reason_missing`, `own_service`, `recused`, `already_decided`.
    """
    reason, service = required_reason(reason), deduction.service
    lock(service)
    check_may_decide(deduction, actor, is_withdrawal=True)
    return deciding.decide(service, ServiceState.REJECTED, reason, actor)


def check_may_decide(deduction: Deduction, actor: User, is_withdrawal: bool = False) -> None:
    """Check that the actor may decide on a deduction, as far as the person goes.

    Whoever is or was left out of one of the worker's lines stays out: what they are to each other lasts.
    Refused `own_service`, `same_person` unless they withdraw it, `recused`.
    """
    service = deduction.service
    if humans.is_own(actor, service.worker):
        raise Refused("own_service", _("Nobody decides on their own deduction."))
    if humans.is_same(actor, service.recorded_by):
        if is_withdrawal:
            return
        raise Refused("same_person", _("You proposed this yourself. Somebody else decides."))
    relation = members.recusal_relation(service.worker, actor)
    if relation is not None:
        raise Refused(
            "recused", _("You are left out of this line (%(what)s). Somebody else decides.", what=relation)
        )


def find(ident: int, village: Area) -> Deduction | None:
    """A village's deduction by the id of its record, or None."""
    return db.session.scalar(_of_village(village).where(Service.id == ident))


def search(village: Area) -> Select[Deduction]:
    """The village's deductions for paging: those that wait first, then the latest day first."""
    waits = Service.state == ServiceState.RECORDED
    return _of_village(village).order_by(waits.desc(), Service.done_on.desc(), Service.id.desc())


def of_worker(village: Area, person: Person) -> Sequence[Deduction]:
    """A worker's own deductions, through whichever entry, the latest day first."""
    own = Service.worker_id.in_(persons.entry_ids(person))
    return db.session.scalars(
        _of_village(village).where(own).order_by(Service.done_on.desc(), Service.id.desc())
    ).all()


def count_waiting(village: Area, until: date | None = None) -> int:
    """The number of deductions that wait for their decision; with `until`: of what was done by that day."""
    query = (
        select(func.count())
        .select_from(Deduction)
        .join(Deduction.service)
        .where(Service.village_id == village.id, Service.state == ServiceState.RECORDED)
    )
    if until is not None:
        query = query.where(Service.done_on <= until)
    return db.session.scalar(query) or 0


def _of_village(village: Area) -> Select[Deduction]:
    to_service = contains_eager(Deduction.service)
    related = (Service.worker, Service.grid, Service.item, Service.recorded_by, Service.decided_by)
    return (
        select(Deduction)
        .join(Deduction.service)
        .options(
            *(to_service.joinedload(each) for each in related),
            to_service.selectinload(Service.undone),
            selectinload(Deduction.statements).options(joinedload(Statement.actor)),
        )
        .where(Service.village_id == village.id)
    )
