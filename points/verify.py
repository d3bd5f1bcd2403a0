"""Verification: everything the ledger says is computed again from its transfers.

Each row that does not fit is named. Transfers are streamed, or the database is asked for those that do not
fit: what is held in memory grows with people, not with transfers.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, partial
from itertools import groupby
from operator import attrgetter
from typing import cast

from sqlalchemy import Select, Table, func, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from ground import clock
from ground.db import db, stream
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
    OpeningBooking,
    OpeningLine,
    OpeningReversal,
    OpeningSheet,
    RubricItem,
    Service,
    ServiceState,
    Transfer,
    TransferKind,
)
from points.openings import sheets
from points.services import deductions
from points.wall import booking


def problems() -> Iterator[str]:
    """All problems of the ledger, one line each; none if everything fits.

    It checks chains, balances, shapes and causes of transfers; booked sheets and their corrections, opening
    balances, what lapsed, and merges; and how deductions were decided and confirmations taken back.
    """
    yield from _chains()
    yield from _shapes()
    yield from _causes()
    yield from _bookings()
    yield from _corrections()
    yield from _openings()
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
    rows = stream(
        select(*cast(Table, Transfer.__table__).c, reversed_one.key.label("reverses_key"))
        .outerjoin(reversed_one, Transfer.reverses_id == reversed_one.id)
        .order_by(Transfer.account_id, Transfer.position)
    )
    ends: dict[int, tuple[int, int, str]] = {}
    for account_id, chain in groupby(rows, key=attrgetter("account_id")):
        count, balance, head = 0, 0, GENESIS
        for transfer in chain:
            count += 1
            balance += transfer.amount if transfer.credit_id == account_id else -transfer.amount
            if transfer.position != count:
                yield (
                    f"transfer {transfer.id}: position {transfer.position}, expected {count}: "
                    "a transfer is missing"
                )
                count = transfer.position
            if transfer.balance_after != balance:
                yield f"transfer {transfer.id}: balance after {transfer.balance_after}, computed {balance}"
            if transfer.hash != link(head, transfer, transfer.reverses_key):
                yield f"transfer {transfer.id}: the hash does not fit what it says"
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
    accounts = {account.id: account for account in db.session.scalars(select(Account))}
    origin = aliased(Transfer)
    rows = stream(
        select(
            *(Transfer.id, Transfer.kind, Transfer.account_id, Transfer.debit_id, Transfer.credit_id),
            *(Transfer.amount, Transfer.reverses_id, origin.credit_id, origin.debit_id, origin.amount),
        )
        .outerjoin(origin, Transfer.reverses_id == origin.id)
        .order_by(Transfer.id)
    )
    for ident, kind, account_id, debit_id, credit_id, amount, reverses_id, *reversed_one in rows:
        worker, debited, credited = map(accounts.get, (account_id, debit_id, credit_id))
        if worker is None or debited is None or credited is None:
            yield f"transfer {ident}: one of its accounts is missing"
            continue
        if worker.kind != AccountKind.WORKER:
            yield f"transfer {ident}: account {worker.id} is no worker's"
        if debited.village_id != credited.village_id:
            yield f"transfer {ident}: joins two villages"
        if kind == TransferKind.REVERSAL:
            if reversed_one != [debit_id, credit_id, amount]:
                yield f"transfer {ident}: does not mirror transfer {reverses_id}"
            continue
        kind_of_village, to_worker = COUNTERPART[kind]
        own, other = (credited, debited) if to_worker else (debited, credited)
        if other.kind != kind_of_village or own is not worker:
            yield f"transfer {ident}: {kind} between the wrong accounts"


# Where a cause names a transfer, and of which kind that is.
NAMES = (
    (Award.transfer_id, TransferKind.AWARD),
    (Correction.booked_id, TransferKind.AWARD),
    (Correction.reversal_id, TransferKind.REVERSAL),
    (OpeningBooking.transfer_id, TransferKind.OPENING),
    (OpeningReversal.transfer_id, TransferKind.REVERSAL),
    (Lapse.transfer_id, TransferKind.EXPIRY),
    (MergeMove.out_id, TransferKind.MERGE_OUT),
    (MergeMove.into_id, TransferKind.MERGE_IN),
)

# What a transfer of a kind is without its cause. Redemptions and their voids: `shop.verify`.
WITHOUT_CAUSE = {
    TransferKind.AWARD: "an award without a booked assessment",
    TransferKind.OPENING: "an opening balance without its line",
    TransferKind.EXPIRY: "points lapsed without a departure or an expiry",
    TransferKind.MERGE_OUT: "merge_out without a merge",
    TransferKind.MERGE_IN: "merge_in without a merge",
    TransferKind.REVERSAL: "taken back without a cause",
}


def _causes() -> Iterator[str]:
    """Problems of causes: each transfer is named by one cause, and by one of its kind."""
    for column, kind in NAMES:
        table = column.class_.__tablename__
        for ident, causes in db.session.execute(
            select(column, Transfer.kind)
            .outerjoin(Transfer, Transfer.id == column)
            .where(column.is_not(None), Transfer.kind.is_distinct_from(kind))
            .order_by(column)
        ):
            if causes is None:
                yield f"transfer {ident}: missing, {table} names it"
            else:
                yield f"transfer {ident}: {causes}, {table} names it as {kind}"
    named = union_all(*(select(column.label("ident")) for column, _kind in NAMES)).subquery()
    causes_named = (
        select(named.c.ident, func.count().label("causes")).group_by(named.c.ident).subquery("causes_named")
    )
    origin, count = aliased(Transfer), func.coalesce(causes_named.c.causes, 0)
    for ident, kind, causes in db.session.execute(
        select(Transfer.id, Transfer.kind, count)
        .outerjoin(origin, Transfer.reverses_id == origin.id)
        .outerjoin(causes_named, causes_named.c.ident == Transfer.id)
        .where(
            Transfer.kind.in_(WITHOUT_CAUSE),
            or_(origin.kind.is_(None), origin.kind != TransferKind.REDEMPTION),
            count != 1,
        )
        .order_by(Transfer.id)
    ):
        if causes == 0:
            yield f"transfer {ident}: {WITHOUT_CAUSE[kind]}"
        else:
            yield f"transfer {ident}: {causes} causes name it"


def _bookings() -> Iterator[str]:
    """Problems of booked lines.

    Each booked line awarded exactly what hung on the wall, which is what the records say; and no line of
    another assessment was booked.
    """
    kept_by_duplicate = persons.kept_by_duplicate()
    is_booked = Assessment.state == AssessmentState.BOOKED
    without_line = set(
        db.session.scalars(
            select(Award.transfer_id)
            .outerjoin(Award.assessment)
            .where(or_(Assessment.id.is_(None), ~is_booked))
        )
    )
    for assessment in db.session.scalars(select(Assessment).where(is_booked).order_by(Assessment.id)):
        lines = assessments.latest_lines(assessment, with_workers=False)
        computed_totals = _computed_totals(assessment)
        awards = {row.worker_id: row for row in db.session.execute(_awards_of(assessment))}
        waiting = cache(partial(_waiting, assessment))  # asked where a line does not fit, and once
        for worker_id, line in lines.items():
            name = f"assessment {assessment.id}: worker {worker_id}"
            posted, computed = (
                (line.deductions, line.adjustments, line.waived, line.total),
                computed_totals.pop(worker_id, NO_POINTS),
            )
            if posted != computed and worker_id not in waiting():
                yield f"{name}: {line.total} hung on the wall, the records say {computed[-1]}"
            award = awards.pop(worker_id, None)
            booked = award.amount or 0 if award else 0
            if booked != line.total and not (award is None and worker_id in waiting()):
                yield f"{name} was booked {booked}, the sheet says {line.total}"
            is_booked_to_worker = award and persons.stands_under(worker_id, award.owner_id, kept_by_duplicate)
            if award and award.amount is not None and not is_booked_to_worker:
                yield f"transfer {award.transfer_id}: booked to another worker than the sheet's"
        without_line.update(award.transfer_id for award in awards.values())
        for worker_id, computed in computed_totals.items():
            if computed != NO_POINTS:  # whose term was entered only later has nothing on the sheet
                yield f"assessment {assessment.id}: worker {worker_id} never hung on the wall"
    for ident in sorted(without_line):
        yield f"transfer {ident}: {WITHOUT_CAUSE[TransferKind.AWARD]}"


def _awards_of(assessment: Assessment) -> Select[int, int, int, int]:
    """What was booked for an assessment: whose line, the transfer, its amount, and whose account it is on.

    Amount and owner are None where the row is missing.
    """
    return (
        select(Award.worker_id, Award.transfer_id, Transfer.amount, Person.id.label("owner_id"))
        .outerjoin(Award.transfer)
        .outerjoin(Account, Transfer.account_id == Account.id)
        .outerjoin(Account.person)
        .where(Award.assessment_id == assessment.id)
    )


def _waiting(assessment: Assessment) -> set[int]:
    """The ids of the workers whose lines of a booked assessment are not in the ledger yet, for a reason."""
    return {line.posted_line.worker_id for line in booking.bookable_lines(assessment) if line.wait_reason}


NO_POINTS = (0, 0, 0, 0)


def _computed_totals(assessment: Assessment) -> dict[int, tuple[int, int, int, int]]:
    """Deductions, adjustments, what was waived, and total of each worker, by id; from the records."""
    return {
        row.worker.id: (row.deductions, row.adjustments, row.waived, row.total)
        for row in sheet.sheet_rows(assessment)
    }


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


def _openings() -> Iterator[str]:
    """Problems of opening balances.

    Each booked line is what hung and what the records say, a worker has one that stands, each transfer has
    its line, and what was reversed is the line's own entry.
    """
    standing: dict[int, int] = {}
    every_sheet = db.session.scalars(select(OpeningSheet).order_by(OpeningSheet.id)).all()
    owner_ids = dict(
        db.session.execute(
            select(OpeningBooking.transfer_id, Account.person_id)
            .join(OpeningBooking.transfer)
            .join(Transfer.account)
        ).all()
    )
    kept_by_duplicate = persons.kept_by_duplicate()
    for state in sheets.states_of(every_sheet):
        for each in state.lines:
            booking, name = each.booking, f"opening line {each.line.id}"
            if booking is None or booking.transfer is None:
                continue
            yield from (f"{name}: {problem}" for problem in _opening_problems(state, each, booking.transfer))
            if not persons.stands_under(
                each.line.worker_id, owner_ids.get(booking.transfer_id), kept_by_duplicate
            ):
                yield f"transfer {booking.transfer_id}: booked to another worker than the line's"
            first = standing.setdefault(each.line.worker_id, each.line.id) if not booking.reversal else None
            if first not in (None, each.line.id):
                yield f"{name}: the worker has opening line {first} already"
    lines_missing = (
        select(OpeningBooking.transfer_id)
        .outerjoin(OpeningBooking.line)
        .where(OpeningLine.id.is_(None))
        .order_by(OpeningBooking.transfer_id)
    )
    for ident in db.session.scalars(lines_missing):
        yield f"transfer {ident}: {WITHOUT_CAUSE[TransferKind.OPENING]}"
    taken_back = (
        select(OpeningReversal, Transfer.reverses_id)
        .outerjoin(OpeningReversal.transfer)
        .order_by(OpeningReversal.transfer_id)
    )
    for reversal, reverses_id in db.session.execute(taken_back):
        if reverses_id != reversal.booking_id:
            yield f"transfer {reversal.transfer_id}: does not take back transfer {reversal.booking_id}"


def _opening_problems(state: sheets.SheetState, line: sheets.LineState, transfer: Transfer) -> Iterator[str]:
    """Problems of a booked opening balance.

    It came to what the file and the answers to objections say, hung so, until a day before it was booked,
    and was not taken back with its sheet.
    """
    if transfer.amount != line.tenths:
        yield f"booked {transfer.amount}, file and answers say {line.tenths}"
    if line.posted is None or line.posted.tenths != transfer.amount:
        yield f"booked {transfer.amount}, that never hung on the wall"
    elif clock.local(transfer.at).date() <= line.posted.notice.ends_on:
        yield "booked before its notice had ended"
    if state.sheet.withdrawn_at is not None:
        yield "booked, its sheet was taken back"


def _lapses() -> Iterator[str]:
    """Problems of points that lapsed.

    They lapse only because their owner left, or by an expiry that the village had resolved.
    """
    options = (
        joinedload(Lapse.transfer).joinedload(Transfer.account).joinedload(Account.person),
        joinedload(Lapse.departure),
        joinedload(Lapse.expiry),
    )
    kept_by_duplicate = persons.kept_by_duplicate()
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
            problems = _departure_problems(transfer, lapse.departure, kept_by_duplicate)
            yield from (f"{name}: {problem}" for problem in problems)
        elif lapse.expiry is not None:
            yield from (
                f"{name}: {problem}"
                for problem in _expiry_problems(transfer, lapse.expiry, young_awards[lapse.expiry.id])
            )


def _departure_problems(
    transfer: Transfer, departure: Departure, kept_by_duplicate: dict[int, int]
) -> Iterator[str]:
    """Problems of a lapse by a departure: it is the owner's, and names the day they left."""
    owner = transfer.account.person if transfer.account else None
    if owner is None or not persons.stands_under(departure.person_id, owner.id, kept_by_duplicate):
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
