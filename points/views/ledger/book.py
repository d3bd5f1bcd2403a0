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
from people.views.listing import excel, render
from points import expiry, labels, ledger
from points.assessment import assessments
from points.models import Account, AssessmentState, Transfer
from points.services import deductions, reading
from points.views.ledger import bp, lists

# Where a worker goes on to from their own page, in their village.
ABOUT_MINE: Slot[Callable[[Area], list[pages.FurtherLink]]] = Slot()

# Where an entry of the book leads to, for its reader.
ABOUT_ENTRY: Slot[Callable[[Transfer], list[pages.FurtherLink]]] = Slot()

LATEST_ENTRIES = 20
PER_PAGE = 30


@bp.get("/v/<village>/accounts")
@access.allow(*access.ONLOOKERS)
@excel(lists.ACCOUNTS)
def accounts(village: str) -> str:
    """Every worker's account with its balance, and what the village issued and took back."""
    return render(
        "points/ledger/accounts.html",
        accounts=ledger.accounts_of(g.area),
        totals=ledger.totals(g.area),
    )


@bp.get("/v/<village>/accounts/<int:ident>")
@access.allow(*access.ONLOOKERS)
@excel(lists.ENTRIES, lists.MERGED_ENTRIES, subject_key="person")
def account(village: str, ident: int) -> str:
    """The entries of one worker's account, the latest first, and the head of its chain.

    A quarter's points lead to their line; what was corrected says by whom and why. Below them those of
    entries that were merged into this one, each with who merged it, when and why.
    """
    person = fetch(Person, ident, area_id=g.area.id) or abort(404)
    existing_account = ledger.find_account(person)
    page = web.page_of(ledger.entries(existing_account), PER_PAGE) if existing_account else None
    return render(
        "points/ledger/account.html",
        person=person,
        account=existing_account,
        page=page,
        address=_entry_url,
        line=_line_url,
        further=lambda transfer: pages.further_links(ABOUT_ENTRY, transfer),
        may_correct=Role.CHAIR in g.roles,
        lapses=expiry.warning(person),
        merges=[_merged_history(merge) for merge in duplicates.merges_into(person)],
        departure=_departure_of(person),
        explain_transfer=labels.explain_transfer,
    )


def _entry_url(transfer: Transfer) -> str:
    """The address of an entry in the ledger book: its page, and its place there."""
    account = transfer.account
    return url_for(
        "ledger.account",
        village=account.village.code,
        ident=account.person_id,
        page=(account.transfers - transfer.position) // PER_PAGE + 1,
        _anchor=f"entry-{transfer.id}",
    )


def _line_url(transfer: Transfer) -> str | None:
    """The address of the line or the sheet that brought an entry; None if there is none."""
    line, opening = transfer.line, (transfer.reverses or transfer).opening
    if opening is not None:
        village = transfer.account.village.code
        return url_for("openings.sheet", village=village, sheet=opening.line.sheet.number)
    if line is None:
        return None
    village, quarter = transfer.account.village.code, line.assessment.quarter_name
    return url_for("meeting.line", village=village, quarter=quarter, ident=line.worker_id)


@dataclass(frozen=True)
class MergedHistory:
    """The history of an entry before it was merged, and who merged it."""

    merge: Merge
    merged_by: User | None
    account: Account | None
    latest: Sequence[Transfer]


def _merged_history(merge: Merge) -> MergedHistory:
    return MergedHistory(
        merge=merge,
        merged_by=fetch(User, merge.actor_id) if merge.actor_id else None,
        account=ledger.find_account(merge.duplicate),
        latest=ledger.latest(merge.duplicate, LATEST_ENTRIES),
    )


def _departure_of(person: Person) -> Departure | None:
    """The departure by which somebody is away, or None."""
    return departures.current_departure(persons.entry_ids(person))


@bp.get("/v/<village>/mine")
@access.allow(Role.WORKER)
def mine(village: str) -> str:
    """A worker's own balance, latest entries and records."""
    person = fetch(Person, current_user.person_id, area_id=g.area.id) or abort(404)
    services = web.page_of(reading.services_of_worker(g.area, person))
    balance = ledger.balance_of(person)
    return render_template(
        "points/ledger/mine.html",
        person=person,
        further_links=pages.further_links(ABOUT_MINE, g.area),
        balance=balance,
        spoken=labels.spoken_balance(person.name, balance),
        departure=_departure_of(person),
        today=clock.today(),
        latest=ledger.latest(person, LATEST_ENTRIES),
        quarter=_own_quarter_url,
        open_assessments=[
            assessment
            for assessment in assessments.assessments_of(g.area)
            if assessment.state != AssessmentState.BOOKED
        ],
        lapses=expiry.warning(person),
        services=services,
        resubmitted_ids=reading.resubmitted_ids(services),
        states=labels.SERVICE_STATES,
        deductions=deductions.of_worker(g.area, person),
        deduction_states=labels.DEDUCTION_STATES,
        explain_transfer=labels.explain_transfer,
    )


def _own_quarter_url(transfer: Transfer) -> str | None:
    """The address of the page on which a worker reads how an entry came to its points, or None."""
    line, opening = transfer.line, (transfer.reverses or transfer).opening
    if opening is not None:
        return url_for("openings.notice", village=g.area.code, sheet=opening.line.sheet.number)
    if line is None:
        return None
    return url_for("assessment.mine_quarter", village=g.area.code, quarter=line.assessment.quarter_name)
