"""The ledger book (台账), and a worker's own page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import abort, g, render_template, url_for
from flask_login import current_user

from ground import clock, web
from ground.contributions import Slot
from ground.db import fetch
from people import access, pages
from people.models import Area, Departure, Merge, Person, Role, User
from people.roster import departures, duplicates, persons
from points import expiry, labels, ledger
from points.assessment import finding
from points.models import Account, AssessmentState, Transfer
from points.services import reading
from points.views import WATCHING
from points.views.ledger import bp

# Where a worker goes on to from their own page, in their village.
ABOUT_MINE: Slot[Callable[[Area], list[pages.Further]]] = Slot()

LATEST = 20
PER_PAGE = 30


@bp.get("/v/<village>/accounts")
@access.allow(*WATCHING)
def accounts(village: str) -> str:
    """Every worker's account with its balance, and what the village issued and took back."""
    return render_template(
        "points/ledger/accounts.html",
        accounts=ledger.accounts_of(g.area),
        totals=ledger.totals(g.area),
    )


@bp.get("/v/<village>/accounts/<int:ident>")
@access.allow(*WATCHING)
def account(village: str, ident: int) -> str:
    """The entries of one worker's account, the latest first, and the head of its chain.

    A quarter's points lead to their line; what was corrected says by whom and why. Below them those of
    entries that were merged into this one, each with who merged it, when and why.
    """
    person = fetch(Person, ident, area_id=g.area.id) or abort(404)
    found = ledger.existing(person)
    page = web.page_of(ledger.entries(found), PER_PAGE) if found else None
    return render_template(
        "points/ledger/account.html",
        person=person,
        account=found,
        page=page,
        address=_address,
        line=_line,
        may_correct=Role.CHAIR in g.roles,
        lapses=expiry.warning(person),
        merges=[_history(made) for made in duplicates.merged_into(person)],
        left=_left(person),
        why=labels.why,
    )


def _address(transfer: Transfer) -> str:
    """Where an entry stands in the book: its page, and its place there."""
    account = transfer.account
    return url_for(
        "ledger.account",
        village=account.village.code,
        ident=account.person_id,
        page=(account.transfers - transfer.position) // PER_PAGE + 1,
        _anchor=f"entry-{transfer.id}",
    )


def _line(transfer: Transfer) -> str | None:
    """The page of the line that brought an entry, for the committee."""
    line = transfer.line
    if line is None:
        return None
    village, quarter = transfer.account.village.code, line.assessment.quarter_name
    return url_for("meeting.line", village=village, quarter=quarter, ident=line.worker_id)


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
    services = web.page_of(reading.of_worker(g.area, person))
    return render_template(
        "points/ledger/mine.html",
        person=person,
        further=pages.further(ABOUT_MINE, g.area),
        balance=ledger.balance_of(person),
        left=_left(person),
        today=clock.today(),
        latest=ledger.latest(person, LATEST),
        quarter=_own_quarter,
        open=[found for found in finding.listed(g.area) if found.state != AssessmentState.BOOKED],
        lapses=expiry.warning(person),
        services=services,
        again=reading.handed_in_again(services),
        states=labels.SERVICE_STATES,
        why=labels.why,
    )


def _own_quarter(transfer: Transfer) -> str | None:
    """The page that tells a worker how their own quarter came to its points."""
    line = transfer.line
    if line is None:
        return None
    return url_for("assessment.mine_quarter", village=g.area.code, quarter=line.assessment.quarter_name)
