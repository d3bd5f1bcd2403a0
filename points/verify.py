"""Verification: everything the ledger says is computed again from its transfers.

Each row that does not fit is named.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from ground import clock
from ground.db import db
from people.models import Departure, Merge, Person
from people.roster import persons
from points import expiry
from points.assessment import assessments, sheet
from points.chain import link
from points.ledger import COUNTERPART
from points.models import (
    GENESIS,
    Account,
    AccountKind,
    Assessment,
    AssessmentState,
    Award,
    ConfirmationUndone,
    Correction,
    Deduction,
    Expiry,
    Lapse,
    MergeMove,
    RubricItem,
    Service,
    ServiceState,
    Transfer,
    TransferKind,
)
from points.services import deductions
from points.wall import booking


def problems() -> Iterator[str]:
    """All problems of the ledger, one line each; none if everything fits.

    It checks chains, balances, shapes and causes of transfers; booked sheets and their corrections, what
    lapsed, and merges; and how deductions were decided and confirmations taken back.
    """
    yield from _chains()
    yield from _shapes()
    yield from _causes()
    yield from _bookings()
    yield from _corrections()
    yield from _lapses()
    yield from _merges()
    yield from _deductions()
    yield from _undone_problems()


def _chains() -> Iterator[str]:
    """Problems of the chains and balances.

    Each worker's chain is followed from the first transfer to the head, and compared with the account's
    row.
    """
    reversed_one = aliased(Transfer)
    rows = db.session.execute(
        select(Transfer, reversed_one.key)
        .outerjoin(reversed_one, Transfer.reverses_id == reversed_one.id)
        .order_by(Transfer.account_id, Transfer.position)
        .execution_options(yield_per=1000)
    )
    ends: dict[int, tuple[int, int, str]] = {}
    for account_id, chain in groupby(rows, key=lambda row: row[0].account_id):
        count, balance, head = 0, 0, GENESIS
        for transfer, reverses_key in chain:
            name = f"transfer {transfer.id}"
            count += 1
            balance += transfer.change
            if transfer.position != count:
                yield f"{name}: position {transfer.position}, expected {count}: a transfer is missing"
                count = transfer.position
            if transfer.balance_after != balance:
                yield f"{name}: balance after {transfer.balance_after}, computed {balance}"
            if transfer.hash != link(head, transfer, reverses_key):
                yield f"{name}: the hash does not fit what it says"
            head = transfer.hash
        ends[account_id] = (balance, count, head)
    for account in db.session.scalars(select(Account).order_by(Account.id)):
        balance, count, head = ends.pop(account.id, (0, 0, GENESIS))
        if account.balance != balance:
            yield f"account {account.id}: balance {account.balance}, the transfers say {balance}"
        if account.transfers != count:
            yield f"account {account.id}: {account.transfers} transfers, there are {count}"
        if account.head != head:
            yield f"account {account.id}: the head is not that of its last transfer"
    for account_id in ends:
        yield f"account {account_id}: missing, its transfers are there"


def _shapes() -> Iterator[str]:
    """Problems of the accounts that transfers join.

    Each transfer joins a worker with the right account of the same village; a reversal mirrors its own.
    """
    worker, debit, credit, origin = aliased(Account), aliased(Account), aliased(Account), aliased(Transfer)
    rows = db.session.execute(
        select(Transfer, worker, debit, credit, origin)
        .outerjoin(worker, Transfer.account_id == worker.id)
        .outerjoin(debit, Transfer.debit_id == debit.id)
        .outerjoin(credit, Transfer.credit_id == credit.id)
        .outerjoin(origin, Transfer.reverses_id == origin.id)
        .order_by(Transfer.id)
        .execution_options(yield_per=1000)
    )
    for transfer, worker_account, debited, credited, reversed_one in rows:
        name = f"transfer {transfer.id}"
        if worker_account is None or debited is None or credited is None:
            yield f"{name}: one of its accounts is missing"
            continue
        if worker_account.kind != AccountKind.WORKER:
            yield f"{name}: account {worker_account.id} is no worker's"
        if debited.village_id != credited.village_id:
            yield f"{name}: joins two villages"
        if transfer.kind == TransferKind.REVERSAL:
            mirrored = reversed_one and (reversed_one.credit_id, reversed_one.debit_id, reversed_one.amount)
            if mirrored != (transfer.debit_id, transfer.credit_id, transfer.amount):
                yield f"{name}: does not mirror transfer {transfer.reverses_id}"
            continue
        kind, to_worker = COUNTERPART[transfer.kind]
        village_account = debited if to_worker else credited
        if village_account.kind != kind or (credited if to_worker else debited).id != worker_account.id:
            yield f"{name}: {transfer.kind} between the wrong accounts"


# Where a cause names a transfer, and of which kind that is.
NAMES = (
    (Award.transfer_id, TransferKind.AWARD),
    (Correction.booked_id, TransferKind.AWARD),
    (Correction.reversal_id, TransferKind.REVERSAL),
    (Lapse.transfer_id, TransferKind.EXPIRY),
    (MergeMove.out_id, TransferKind.MERGE_OUT),
    (MergeMove.into_id, TransferKind.MERGE_IN),
)

# What a transfer of a kind is without its cause. Redemptions and their voids: `shop.desk.verify`.
WITHOUT_CAUSE = {
    TransferKind.AWARD: "an award without a booked assessment",
    TransferKind.EXPIRY: "points lapsed without a departure or an expiry",
    TransferKind.MERGE_OUT: "merge_out without a merge",
    TransferKind.MERGE_IN: "merge_in without a merge",
    TransferKind.REVERSAL: "taken back without a correction",
}


def _causes() -> Iterator[str]:
    """Problems of causes: each transfer is named by one cause, and by one of its kind."""
    named: Counter[int] = Counter()
    for column, kind in NAMES:
        table = column.class_.__tablename__
        names = select(column, Transfer.kind).outerjoin(Transfer, Transfer.id == column).order_by(column)
        for ident, causes in db.session.execute(names):
            if ident is None:
                continue
            named[ident] += 1
            if causes is None:
                yield f"transfer {ident}: missing, {table} names it"
            elif causes != kind:
                yield f"transfer {ident}: {causes}, {table} names it as {kind}"
    origin = aliased(Transfer)
    for ident, kind in db.session.execute(
        select(Transfer.id, Transfer.kind)
        .outerjoin(origin, Transfer.reverses_id == origin.id)
        .where(
            Transfer.kind.in_(WITHOUT_CAUSE),
            or_(origin.kind.is_(None), origin.kind != TransferKind.REDEMPTION),
        )
        .order_by(Transfer.id)
    ):
        if named[ident] == 0:
            yield f"transfer {ident}: {WITHOUT_CAUSE[kind]}"
        elif named[ident] > 1:
            yield f"transfer {ident}: {named[ident]} causes name it"


def _bookings() -> Iterator[str]:
    """Problems of booked lines.

    Each booked line awarded exactly what hung on the wall, which is what the records say; and no line of
    another assessment was booked.
    """
    options = joinedload(Award.transfer).joinedload(Transfer.account).joinedload(Account.person)
    awards = {
        (award.assessment_id, award.worker_id): award
        for award in db.session.scalars(select(Award).options(options).order_by(Award.transfer_id))
    }
    for assessment in db.session.scalars(
        select(Assessment).where(Assessment.state == AssessmentState.BOOKED).order_by(Assessment.id)
    ):
        waiting = {
            line.posted_line.worker_id for line in booking.bookable_lines(assessment) if line.wait_reason
        }
        computed_totals = _computed_totals(assessment)
        for worker_id, line in assessments.latest_lines(assessment).items():
            name = f"assessment {assessment.id}: worker {worker_id}"
            posted, computed = (
                (line.deductions, line.adjustments, line.waived, line.total),
                computed_totals.pop(worker_id, NO_POINTS),
            )
            if worker_id not in waiting and posted != computed:
                yield f"{name}: {line.total} hung on the wall, the records say {computed[-1]}"
            award = awards.pop((assessment.id, worker_id), None)
            transfer = award.transfer if award else None
            booked = transfer.amount if transfer else 0
            if booked != line.total and not (award is None and worker_id in waiting):
                yield f"{name} was booked {booked}, the sheet says {line.total}"
            owner = _owner(transfer)
            if transfer and (owner is None or worker_id not in persons.entry_ids(owner)):
                yield f"transfer {transfer.id}: booked to another worker than the sheet's"
        for worker_id, computed in computed_totals.items():
            if computed != NO_POINTS:  # whose term was entered only later has nothing on the sheet
                yield f"assessment {assessment.id}: worker {worker_id} never hung on the wall"
    for award in awards.values():
        yield f"transfer {award.transfer_id}: {WITHOUT_CAUSE[TransferKind.AWARD]}"


NO_POINTS = (0, 0, 0, 0)


def _computed_totals(assessment: Assessment) -> dict[int, tuple[int, int, int, int]]:
    """Deductions, adjustments, what was waived, and total of each worker, by id; from the records."""
    return {
        row.worker.id: (row.deductions, row.adjustments, row.waived, row.total)
        for row in sheet.sheet_rows(assessment)
    }


def _owner(transfer: Transfer | None) -> Person | None:
    """The person whose points a transfer moved; None if that is missing."""
    return transfer.account.person if transfer and transfer.account else None


def _corrections() -> Iterator[str]:
    """Problems of corrections.

    Each reversed what its line had been booked with last, and booked what is right.
    """
    options = (joinedload(Correction.award), joinedload(Correction.reversal), joinedload(Correction.booked))
    last_award_ids: dict[int, int | None] = {}
    for correction in db.session.scalars(select(Correction).options(*options).order_by(Correction.id)):
        name, booked = f"correction {correction.id}", correction.booked
        if (booked.amount if booked else 0) != correction.right_tenths:
            yield f"{name}: booked {booked.amount if booked else 0}, right is {correction.right_tenths}"
        if booked and (correction.award is None or booked.account_id != correction.award.account_id):
            yield f"{name}: booked to another worker"
        if correction.reversal is None or correction.reversal.reverses_id != correction.award_id:
            yield f"{name}: transfer {correction.award_id} was not reversed"
        if last_award_ids.get(correction.line_id, correction.line_id) != correction.award_id:
            yield f"{name}: transfer {correction.award_id} is not what the line was booked with last"
        last_award_ids[correction.line_id] = correction.booked_id


def _lapses() -> Iterator[str]:
    """Problems of points that lapsed.

    They lapse only because their owner left, or by an expiry that the village had resolved.
    """
    options = (
        joinedload(Lapse.transfer).joinedload(Transfer.account).joinedload(Account.person),
        joinedload(Lapse.departure),
        joinedload(Lapse.expiry),
    )
    lapses = db.session.scalars(select(Lapse).options(*options).order_by(Lapse.transfer_id)).all()
    accounts: dict[Expiry, list[int]] = defaultdict(list)
    for lapse in lapses:
        if lapse.transfer and lapse.expiry:
            accounts[lapse.expiry].append(lapse.transfer.account_id)
    young_awards = {
        resolved_expiry.id: expiry.booked_after(ids, resolved_expiry.booked_until)
        for resolved_expiry, ids in accounts.items()
    }
    for lapse in lapses:
        name, transfer = f"transfer {lapse.transfer_id}", lapse.transfer
        if transfer is None:
            continue
        if (lapse.departure is None) == (lapse.expiry is None):
            yield f"{name}: {WITHOUT_CAUSE[TransferKind.EXPIRY]}"
        elif lapse.departure is not None:
            yield from (f"{name}: {problem}" for problem in _departure_problems(transfer, lapse.departure))
        elif lapse.expiry is not None:
            yield from (
                f"{name}: {problem}"
                for problem in _expiry_problems(transfer, lapse.expiry, young_awards[lapse.expiry.id])
            )


def _departure_problems(transfer: Transfer, departure: Departure) -> Iterator[str]:
    """Problems of a lapse by a departure: it is the owner's, and names the day they left."""
    owner = _owner(transfer)
    own = owner is not None and (
        departure.person_id == owner.id or departure.person_id in persons.entry_ids(owner)
    )
    if not own:
        yield f"lapsed by departure {departure.id} of somebody else"
    if transfer.reason != departure.on.isoformat():
        yield f"departure {departure.id} was on {departure.on}"


def _expiry_problems(
    transfer: Transfer, resolved_expiry: Expiry, young: dict[int, list[expiry.BookedAward]]
) -> Iterator[str]:
    """Problems of a lapse by an expiry.

    It is of the expiry's village, came after its day, and took no more than there was of the old points.
    """
    if resolved_expiry.cancelled_at is not None:
        yield f"expiry {resolved_expiry.id} was cancelled"
    if transfer.account and transfer.account.village_id != resolved_expiry.village_id:
        yield f"expiry {resolved_expiry.id} is not about account {transfer.account_id}"
    if transfer.reason != resolved_expiry.expires_on.isoformat():
        yield f"expiry {resolved_expiry.id} is of {resolved_expiry.expires_on}"
    if clock.local(transfer.at).date() <= resolved_expiry.expires_on:
        yield f"the last day of expiry {resolved_expiry.id} was not over"
    young_tenths = expiry.standing_tenths(young.get(transfer.account_id, ()), transfer.id)
    old_tenths = expiry.oldest_left(transfer.balance_after + transfer.amount, young_tenths)
    if transfer.amount > old_tenths:
        yield f"{transfer.amount} lapsed, only {old_tenths} were old enough"


def _merges() -> Iterator[str]:
    """Problems of merges.

    What went out of a merged entry came in at the one that was kept, and nothing is left behind.
    """
    options = (
        joinedload(MergeMove.out).joinedload(Transfer.account),
        joinedload(MergeMove.into).joinedload(Transfer.account),
        joinedload(MergeMove.merge),
    )
    for move in db.session.scalars(select(MergeMove).options(*options).order_by(MergeMove.out_id)):
        out, into, merge = move.out, move.into, move.merge
        if merge is None:
            yield f"transfer {move.out_id}: {WITHOUT_CAUSE[TransferKind.MERGE_OUT]}"
            yield f"transfer {move.into_id}: {WITHOUT_CAUSE[TransferKind.MERGE_IN]}"
            continue
        if out is None or into is None:
            yield f"transfer {move.into_id if out is None else move.out_id}: its other half is missing"
        elif out.amount != into.amount:
            yield f"transfer {out.id}: moved {out.amount}, transfer {into.id} {into.amount}"
        elif (out.account and out.account.village_id) != (into.account and into.account.village_id):
            yield f"transfer {out.id}: its other half is in another village"
        for transfer, owner in ((out, merge.duplicate_id), (into, merge.kept_id)):
            if transfer and (transfer.account is None or transfer.account.person_id != owner):
                yield f"transfer {transfer.id}: is not on the account of entry {owner}"
    left_behind = (
        select(Account).join(Merge, Merge.duplicate_id == Account.person_id).where(Account.balance > 0)
    )
    for account in db.session.scalars(left_behind.order_by(Account.id)):
        yield f"account {account.id}: points are left on an entry that was merged"


def _deductions() -> Iterator[str]:
    """Problems of deductions.

    What takes points is a deduction, and nothing else is; another person than proposed it decided it, after
    the worker was heard or the days for it had passed. Of records of before there were deductions the rest
    is not known.
    """
    query = (
        select(Service, RubricItem.points, Deduction)
        .join(Service.item)
        .outerjoin(Service.deduction)
        .options(selectinload(Deduction.statements))
        .where(or_(RubricItem.points < 0, Deduction.service_id.is_not(None)))
        .order_by(Service.id)
    )
    for service, points, deduction in db.session.execute(query):
        name = f"service {service.id}"
        if deduction is None or points > 0:
            yield f"{name}: takes points and is no deduction" if points < 0 else f"{name}: gives points"
        elif service.state == ServiceState.CONFIRMED and deduction.shown_by and service.decided_at:
            if service.decided_by_id == service.recorded_by_id:
                yield f"{name}: confirmed by who proposed it"
            heard = any(statement.at <= service.decided_at for statement in deduction.statements)
            if not heard and clock.local(service.decided_at).date() <= deductions.last_hearing_day(deduction):
                yield f"{name}: confirmed before the worker was heard"


def _undone_problems() -> Iterator[str]:
    """Problems of confirmations that were taken back: what was confirmed before is confirmed no more."""
    for undone, service in db.session.execute(
        select(ConfirmationUndone, Service)
        .join(Service, ConfirmationUndone.service_id == Service.id)
        .order_by(ConfirmationUndone.id)
    ):
        if service.decided_at is not None and service.decided_at < undone.at:
            yield f"service {service.id}: its confirmation was taken back, and still stands"
