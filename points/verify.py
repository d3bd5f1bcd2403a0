"""Everything the ledger says, computed again from its transfers; each row that does not fit is named."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload

from ground import clock
from ground.db import db
from people.models import Departure, Merge, Person
from people.roster import persons
from points import expiry
from points.assessment import finding, sheet
from points.chain import link
from points.ledger import COUNTERPART
from points.models import (
    GENESIS,
    Account,
    AccountKind,
    Assessment,
    AssessmentState,
    Award,
    Correction,
    Expiry,
    Lapse,
    MergeMove,
    Transfer,
    TransferKind,
)
from points.wall import booking


def problems() -> Iterator[str]:
    """What does not fit, one line each: chains, balances, shapes and causes of transfers; booked sheets and
    their corrections, what lapsed, and merges."""
    yield from _chains()
    yield from _shapes()
    yield from _causes()
    yield from _bookings()
    yield from _corrections()
    yield from _lapses()
    yield from _merges()


def _chains() -> Iterator[str]:
    """Each worker's chain from the first transfer to the head, and what the account's row says of it."""
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
    """Each transfer joins a worker with the right account of the same village; a reversal mirrors its own."""
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
    for transfer, own, debited, credited, reversed_one in rows:
        name = f"transfer {transfer.id}"
        if own is None or debited is None or credited is None:
            yield f"{name}: one of its accounts is missing"
            continue
        if own.kind != AccountKind.WORKER:
            yield f"{name}: account {own.id} is no worker's"
        if debited.village_id != credited.village_id:
            yield f"{name}: joins two villages"
        if transfer.kind == TransferKind.REVERSAL:
            mirrored = reversed_one and (reversed_one.credit_id, reversed_one.debit_id, reversed_one.amount)
            if mirrored != (transfer.debit_id, transfer.credit_id, transfer.amount):
                yield f"{name}: does not mirror transfer {transfer.reverses_id}"
            continue
        kind, to_worker = COUNTERPART[transfer.kind]
        other = debited if to_worker else credited
        if other.kind != kind or (credited if to_worker else debited).id != own.id:
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
WITHOUT = {
    TransferKind.AWARD: "an award without a booked assessment",
    TransferKind.EXPIRY: "points lapsed without a departure or an expiry",
    TransferKind.MERGE_OUT: "merge_out without a merge",
    TransferKind.MERGE_IN: "merge_in without a merge",
    TransferKind.REVERSAL: "taken back without a correction",
}


def _causes() -> Iterator[str]:
    """Each transfer is named by one cause, and by one of its kind."""
    named: Counter[int] = Counter()
    for column, kind in NAMES:
        table = column.class_.__tablename__
        names = select(column, Transfer.kind).outerjoin(Transfer, Transfer.id == column).order_by(column)
        for ident, found in db.session.execute(names):
            if ident is None:
                continue
            named[ident] += 1
            if found is None:
                yield f"transfer {ident}: missing, {table} names it"
            elif found != kind:
                yield f"transfer {ident}: {found}, {table} names it as {kind}"
    origin = aliased(Transfer)
    for ident, kind in db.session.execute(
        select(Transfer.id, Transfer.kind)
        .outerjoin(origin, Transfer.reverses_id == origin.id)
        .where(
            Transfer.kind.in_(WITHOUT),
            or_(origin.kind.is_(None), origin.kind != TransferKind.REDEMPTION),
        )
        .order_by(Transfer.id)
    ):
        if named[ident] == 0:
            yield f"transfer {ident}: {WITHOUT[kind]}"
        elif named[ident] > 1:
            yield f"transfer {ident}: {named[ident]} causes name it"


def _bookings() -> Iterator[str]:
    """Each booked line awarded exactly what hung on the wall, which is what the records say; and no line of
    another assessment was booked."""
    whole = joinedload(Award.transfer).joinedload(Transfer.account).joinedload(Account.person)
    awards = {
        (award.assessment_id, award.worker_id): award
        for award in db.session.scalars(select(Award).options(whole).order_by(Award.transfer_id))
    }
    for assessment in db.session.scalars(
        select(Assessment).where(Assessment.state == AssessmentState.BOOKED).order_by(Assessment.id)
    ):
        waiting = {line.posted.worker_id for line in booking.to_book(assessment) if line.why}
        said = _said(assessment)
        for worker_id, line in finding.lines(assessment).items():
            name = f"assessment {assessment.id}: worker {worker_id}"
            posted, computed = (line.deductions, line.adjustments, line.total), said.pop(worker_id, NOTHING)
            if worker_id not in waiting and posted != computed:
                yield f"{name}: {line.total} hung on the wall, the records say {computed[-1]}"
            award = awards.pop((assessment.id, worker_id), None)
            transfer = award.transfer if award else None
            booked = transfer.amount if transfer else 0
            if booked != line.total and not (award is None and worker_id in waiting):
                yield f"{name} was booked {booked}, the sheet says {line.total}"
            owner = _owner(transfer)
            if transfer and (owner is None or worker_id not in persons.selves(owner)):
                yield f"transfer {transfer.id}: booked to another worker than the sheet's"
        for worker_id, computed in said.items():
            if computed != NOTHING:  # whose term was entered only later has nothing on the sheet
                yield f"assessment {assessment.id}: worker {worker_id} never hung on the wall"
    for award in awards.values():
        yield f"transfer {award.transfer_id}: {WITHOUT[TransferKind.AWARD]}"


NOTHING = (0, 0, 0)


def _said(assessment: Assessment) -> dict[int, tuple[int, int, int]]:
    """What the records come to, by worker: deductions, adjustments, total."""
    return {row.worker.id: (row.deductions, row.adjustments, row.total) for row in sheet.of(assessment)}


def _owner(transfer: Transfer | None) -> Person | None:
    """Whose points a transfer moved; None if that is missing."""
    return transfer.account.person if transfer and transfer.account else None


def _corrections() -> Iterator[str]:
    """Each correction reversed what its line had been booked with last, and booked what is right."""
    whole = (joinedload(Correction.award), joinedload(Correction.reversal), joinedload(Correction.booked))
    last: dict[int, int | None] = {}
    for made in db.session.scalars(select(Correction).options(*whole).order_by(Correction.id)):
        name, booked = f"correction {made.id}", made.booked
        if (booked.amount if booked else 0) != made.right:
            yield f"{name}: booked {booked.amount if booked else 0}, right is {made.right}"
        if booked and (made.award is None or booked.account_id != made.award.account_id):
            yield f"{name}: booked to another worker"
        if made.reversal is None or made.reversal.reverses_id != made.award_id:
            yield f"{name}: transfer {made.award_id} was not reversed"
        if last.get(made.line_id, made.line_id) != made.award_id:
            yield f"{name}: transfer {made.award_id} is not what the line was booked with last"
        last[made.line_id] = made.booked_id


def _lapses() -> Iterator[str]:
    """Points lapsed only because their owner left, or by an expiry that the village had resolved."""
    whole = (
        joinedload(Lapse.transfer).joinedload(Transfer.account).joinedload(Account.person),
        joinedload(Lapse.departure),
        joinedload(Lapse.expiry),
    )
    lapses = db.session.scalars(select(Lapse).options(*whole).order_by(Lapse.transfer_id)).all()
    accounts: dict[Expiry, list[int]] = defaultdict(list)
    for lapse in lapses:
        if lapse.transfer and lapse.expiry:
            accounts[lapse.expiry].append(lapse.transfer.account_id)
    young = {made.id: expiry.booked_after(ids, made.booked_until) for made, ids in accounts.items()}
    for lapse in lapses:
        name, transfer = f"transfer {lapse.transfer_id}", lapse.transfer
        if transfer is None:
            continue
        if (lapse.departure is None) == (lapse.expiry is None):
            yield f"{name}: {WITHOUT[TransferKind.EXPIRY]}"
        elif lapse.departure is not None:
            yield from (f"{name}: {what}" for what in _left(transfer, lapse.departure))
        elif lapse.expiry is not None:
            yield from (
                f"{name}: {what}" for what in _expired(transfer, lapse.expiry, young[lapse.expiry.id])
            )


def _left(transfer: Transfer, departure: Departure) -> Iterator[str]:
    """What lapsed by a departure was its owner's, and says the day they left."""
    owner = _owner(transfer)
    own = owner is not None and (
        departure.person_id == owner.id or departure.person_id in persons.selves(owner)
    )
    if not own:
        yield f"lapsed by departure {departure.id} of somebody else"
    if transfer.reason != departure.on.isoformat():
        yield f"departure {departure.id} was on {departure.on}"


def _expired(transfer: Transfer, made: Expiry, young: dict[int, list[expiry.Booked]]) -> Iterator[str]:
    """What lapsed by an expiry was of its village, after its day, and no more than there was of the old."""
    if made.cancelled_at is not None:
        yield f"expiry {made.id} was cancelled"
    if transfer.account and transfer.account.village_id != made.village_id:
        yield f"expiry {made.id} is not about account {transfer.account_id}"
    if transfer.reason != made.expires_on.isoformat():
        yield f"expiry {made.id} is of {made.expires_on}"
    if clock.local(transfer.at).date() <= made.expires_on:
        yield f"the last day of expiry {made.id} was not over"
    later = expiry.standing(young.get(transfer.account_id, ()), transfer.id)
    old = expiry.oldest_left(transfer.balance_after + transfer.amount, later)
    if transfer.amount > old:
        yield f"{transfer.amount} lapsed, only {old} were old enough"


def _merges() -> Iterator[str]:
    """What went out of a merged entry came in at the one that was kept, and nothing is left behind."""
    whole = (
        joinedload(MergeMove.out).joinedload(Transfer.account),
        joinedload(MergeMove.into).joinedload(Transfer.account),
        joinedload(MergeMove.merge),
    )
    for move in db.session.scalars(select(MergeMove).options(*whole).order_by(MergeMove.out_id)):
        out, into, merge = move.out, move.into, move.merge
        if merge is None:
            yield f"transfer {move.out_id}: {WITHOUT[TransferKind.MERGE_OUT]}"
            yield f"transfer {move.into_id}: {WITHOUT[TransferKind.MERGE_IN]}"
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
    left = select(Account).join(Merge, Merge.duplicate_id == Account.person_id).where(Account.balance > 0)
    for account in db.session.scalars(left.order_by(Account.id)):
        yield f"account {account.id}: points are left on an entry that was merged"
