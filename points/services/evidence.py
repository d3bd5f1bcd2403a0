"""A record as evidence of a service: whose service it is, and whether it still counts."""

from collections.abc import Collection
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ground import clock
from ground.db import among, db, inline
from ground.refusal import Refused
from people.models import Duty, Grid, Person, User
from people.roster import holders, persons
from people.roster.holders import TermState
from points.models import Service, ServiceState


def worker_for(grid: Grid, day: date, actor: User, field: str) -> Person:
    """The worker whose record somebody writes down, for a day in a grid.

    A worker who serves there today writes their own. Whoever else keys one in does it for the worker of
    that day. Refused `no_worker`, beside a field, when nobody served there then.
    """
    terms = [term for term in holders.terms_of_grid(grid) if term.duty == Duty.WORKER]
    if actor.person:
        own = persons.entry_ids(persons.current_entry(actor.person))
        today = clock.today()
        if any(
            term.person_id in own and holders.state_of(term, today) == TermState.RUNNING for term in terms
        ):
            return persons.current_entry(actor.person)
    term_then = next((term for term in terms if holders.state_of(term, day) == TermState.RUNNING), None)
    if term_then is None:
        raise Refused("no_worker", _("Nobody served in this grid on that day."), field)
    return persons.current_entry(term_then.person)


def is_not_rejected(ident: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The query condition for records that count, by their id: their latest service was not rejected.

    A record of which no service came, as the rubric has no item for it, counts too.
    """
    latest_state = (
        select(Service.state)
        .where(Service.evidence_id == ident)
        .order_by(Service.id.desc())
        .limit(1)
        .correlate_except(Service)
    )
    return latest_state.scalar_subquery().is_distinct_from(ServiceState.REJECTED)


def is_not_rejected_in(ident: InstrumentedAttribute[int], villages: Collection[int]) -> ColumnElement[bool]:
    """The same for many records of some villages (by id): few are rejected, and these are looked for."""
    later = aliased(Service)
    rejected = select(Service.evidence_id).where(
        among(Service.village_id, villages),
        Service.state == inline(Service.state, ServiceState.REJECTED),
        Service.evidence_id.is_not(None),
        ~exists().where(later.evidence_id == Service.evidence_id, later.id > Service.id),
    )
    return ident.not_in(rejected)


def services(ids: Collection[int]) -> dict[int, Service]:
    """The latest service that came of each of these records, by the id of the record, if one did."""
    query = select(Service.evidence_id, Service).where(Service.evidence_id.in_(ids)).order_by(Service.id)
    return {ident: service for ident, service in db.session.execute(query) if ident is not None}
