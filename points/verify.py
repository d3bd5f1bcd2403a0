"""Everything the ledger says, computed again from its transfers; each row that does not fit is named."""

import re
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from ground import clock
from ground.db import db
from people.models import Departure, Merge
from people.roster import persons
from points import expiry
from points.assessment import finding, sheet
from points.chain import link
from points.ledger import COUNTERPART
from points.merging import merge_keys
from points.models import (
    GENESIS,
    Account,
    AccountKind,
    Assessment,
    AssessmentState,
    Correction,
    Expiry,
    Transfer,
    TransferKind,
)
from points.wall import booking, correcting


def problems() -> Iterator[str]:
    """What does not fit, one line each: chains, balances, shapes, booked sheets, what lapsed, and merges."""
    yield from _chains()
    yield from _shapes()
    yield from _bookings()
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


def _bookings() -> Iterator[str]:
    """Each booked line awarded exactly what hung on the wall, which is what the records say; and nothing else
    was awarded."""
    awards = {
        transfer.key: transfer
        for transfer in db.session.scalars(select(Transfer).where(Transfer.kind == TransferKind.AWARD))
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
            award = awards.pop(finding.award_key(assessment, line.worker), None)
            booked = award.amount if award else 0
            if booked != line.total and not (award is None and worker_id in waiting):
                yield f"{name} was booked {booked}, the sheet says {line.total}"
            owner = award.account.person if award and award.account else None
            if award and (owner is None or worker_id not in persons.selves(owner)):
                yield f"transfer {award.id}: booked to another worker than the sheet's"
        for worker_id, computed in said.items():
            if computed != NOTHING:  # whose term was entered only later has nothing on the sheet
                yield f"assessment {assessment.id}: worker {worker_id} never hung on the wall"
    yield from _corrections(awards)
    for award in awards.values():
        yield f"transfer {award.id}: an award without a booked assessment"


NOTHING = (0, 0, 0)


def _said(assessment: Assessment) -> dict[int, tuple[int, int, int]]:
    """What the records come to, by worker: deductions, adjustments, total."""
    return {row.worker.id: (row.deductions, row.adjustments, row.total) for row in sheet.of(assessment)}


def _corrections(awards: dict[str, Transfer]) -> Iterator[str]:
    """Each correction reversed its award and booked what is right; takes its own out of the awards."""
    for correction in db.session.scalars(select(Correction).order_by(Correction.id)):
        name = f"correction {correction.id}"
        award = awards.pop(correcting.right_key(correction.key), None)
        if (award.amount if award else 0) != correction.right:
            yield f"{name}: booked {award.amount if award else 0}, right is {correction.right}"
        if award and award.account_id != correction.award.account_id:
            yield f"{name}: booked to another worker"
        if not correcting.is_reversed(correction.award):
            yield f"{name}: transfer {correction.award_id} was not reversed"


_LEFT_BY = re.compile(r"departure:(\d{1,9})(?::\d{1,9})?")
_EXPIRED_BY = re.compile(r"expiry:(\d{1,9}):(\d{1,9})(?::\d{1,9})?")
_MERGED_BY = re.compile(r"merge:(\d{1,9}):(?:out|in)(?::(\d{1,9}))?")


def _moved(*kinds: TransferKind) -> list[Transfer]:
    """The transfers of these kinds, whose owners are looked at."""
    return list(
        db.session.scalars(
            select(Transfer)
            .options(joinedload(Transfer.account).joinedload(Account.person))
            .where(Transfer.kind.in_(kinds))
            .order_by(Transfer.id)
        )
    )


def _lapses() -> Iterator[str]:
    """Points lapsed only because their owner left, or by an expiry that the village had resolved."""
    departures = {departure.id: departure for departure in db.session.scalars(select(Departure))}
    resolved = {made.id: made for made in db.session.scalars(select(Expiry))}
    lapsed = _moved(TransferKind.EXPIRY)
    young = {
        ident: expiry.booked_after(
            [each.account_id for each in lapsed if each.key.startswith(f"expiry:{ident}:")], made.booked_until
        )
        for ident, made in resolved.items()
    }
    for transfer in lapsed:
        name = f"transfer {transfer.id}"
        left, expired = _LEFT_BY.fullmatch(transfer.key), _EXPIRED_BY.fullmatch(transfer.key)
        departure = departures.get(int(left[1])) if left else None
        made = resolved.get(int(expired[1])) if expired else None
        if departure is not None:
            yield from (f"{name}: {what}" for what in _left(transfer, departure))
        elif expired is not None and made is not None:
            yield from (
                f"{name}: {what}" for what in _expired(transfer, made, int(expired[2]), young[made.id])
            )
        else:
            yield f"{name}: points lapsed without a departure or an expiry"


def _left(transfer: Transfer, departure: Departure) -> Iterator[str]:
    """What lapsed by a departure was its owner's, and says the day they left."""
    owner = transfer.account.person if transfer.account else None
    own = owner is not None and (
        departure.person_id == owner.id or departure.person_id in persons.selves(owner)
    )
    if not own:
        yield f"lapsed by departure {departure.id} of somebody else"
    if transfer.reason != departure.on.isoformat():
        yield f"departure {departure.id} was on {departure.on}"


def _expired(
    transfer: Transfer, made: Expiry, account_id: int, young: dict[int, list[expiry.Booked]]
) -> Iterator[str]:
    """What lapsed by an expiry was of its village, after its day, and no more than there was of the old."""
    if made.cancelled_at is not None:
        yield f"expiry {made.id} was cancelled"
    if transfer.account_id != account_id or (
        transfer.account and transfer.account.village_id != made.village_id
    ):
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
    moved = {transfer.key: transfer for transfer in _moved(TransferKind.MERGE_OUT, TransferKind.MERGE_IN)}
    merges = {merge.id: merge for merge in db.session.scalars(select(Merge).order_by(Merge.id))}
    for key, transfer in moved.items():
        name, found = f"transfer {transfer.id}", _MERGED_BY.fullmatch(key)
        merge = merges.get(int(found[1])) if found else None
        if found is None or merge is None:
            yield f"{name}: {transfer.kind} without a merge"
            continue
        keys = merge_keys(merge.id, int(found[2] or 1))
        if key != keys[transfer.kind == TransferKind.MERGE_IN]:
            yield f"{name}: {transfer.kind} under the key {key}"
        other = moved.get(keys[transfer.kind == TransferKind.MERGE_OUT])
        if other is None:
            yield f"{name}: its other half is missing"
        elif other.amount != transfer.amount:
            yield f"{name}: moved {transfer.amount}, transfer {other.id} {other.amount}"
        elif (transfer.account and transfer.account.village_id) != (
            other.account and other.account.village_id
        ):
            yield f"{name}: its other half is in another village"
        owner = merge.duplicate_id if transfer.kind == TransferKind.MERGE_OUT else merge.kept_id
        if transfer.account is None or transfer.account.person_id != owner:
            yield f"{name}: is not on the account of entry {owner}"
    left = select(Account).join(Merge, Merge.duplicate_id == Account.person_id).where(Account.balance > 0)
    for account in db.session.scalars(left.order_by(Account.id)):
        yield f"account {account.id}: points are left on an entry that was merged"
