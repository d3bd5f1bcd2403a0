"""The ledger book (台账), and a worker's own page."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, g, render_template
from flask_login import current_user

from people import access, clock, pages
from people.db import fetch
from people.models import Departure, Merge, Person, Role, User
from people.roster import departures, duplicates, persons
from points import labels, ledger
from points.models import Account, Transfer
from points.services import reading
from points.views import WATCHING, bp

LATEST = 20


@bp.get("/v/<village>/accounts")
@access.allow(*WATCHING)
def accounts(village: str) -> str:
    """Every worker's account with its balance, and what the village issued and took back."""
    return render_template(
        "points/accounts.html",
        accounts=ledger.accounts_of(g.area),
        totals=ledger.totals(g.area),
    )


@bp.get("/v/<village>/accounts/<int:ident>")
@access.allow(*WATCHING)
def account(village: str, ident: int) -> str:
    """The entries of one worker's account, the latest first, and the head of its chain.

    Below them those of entries that were merged into this one, each with who merged it, when and why.
    """
    person = fetch(Person, ident, area_id=g.area.id) or abort(404)
    found = ledger.existing(person)
    return render_template(
        "points/account.html",
        person=person,
        account=found,
        page=pages.page_of(ledger.entries(found)) if found else None,
        merges=[_history(made) for made in duplicates.merged_into(person)],
        left=_left(person),
        why=labels.why,
    )


@dataclass(frozen=True)
class History:
    """What happened under an entry before it was merged, and who merged it."""

    merge: Merge
    by: User | None
    account: Account | None
    latest: Sequence[Transfer]


def _history(made: Merge) -> History:
    return History(
        merge=made,
        by=fetch(User, made.actor_id) if made.actor_id else None,
        account=ledger.existing(made.duplicate),
        latest=ledger.latest(made.duplicate, LATEST),
    )


def _left(person: Person) -> Departure | None:
    """The departure by which somebody is away, for the words on their points."""
    return departures.standing(persons.selves(person))


@bp.get("/v/<village>/mine")
@access.allow(Role.WORKER)
def mine(village: str) -> str:
    """A worker's own balance, latest entries and records."""
    person = fetch(Person, current_user.person_id, area_id=g.area.id) or abort(404)
    services = pages.page_of(reading.of_worker(g.area, person))
    return render_template(
        "points/mine.html",
        person=person,
        balance=ledger.balance_of(person),
        left=_left(person),
        today=clock.today(),
        latest=ledger.latest(person, LATEST),
        services=services,
        again=reading.handed_in_again(services),
        states=labels.SERVICE_STATES,
        why=labels.why,
    )
