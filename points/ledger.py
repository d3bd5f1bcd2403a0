"""The ledger: accounts of points and the transfers between them; the only way to a balance.

- A village has an account for each worker and three of its own: *issuing*, from which awards
  and opening balances come, *redeemed*, to which points go for goods, and *expired*, to which they go
  when they lapse.
- One row is one transfer from one account to another, so the books always balance: what was issued is
  what workers hold, what they spent, and what lapsed. A merge moves points over the issuing account.
- Each transfer touches one worker's account. That row carries the balance, the number of transfers and
  the head of a SHA-256 chain over them, and is the only row to lock.
- Nothing is edited: `reverse` undoes a transfer by a linked one the other way.

Amounts are tenths of a point. A key says "only once"; what caused a transfer is another row, which names it
(`points.models.aftermath`, `points.models.openings`, `shop.models.redemptions`).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from ground import clock
from ground.clock import Quarter
from ground.contributions import Slot
from ground.db import Prepared, add_rows, among, db, get_locked, inline, insert_row
from ground.refusal import Refused
from people.models import Area, Person, User
from points import amounts
from points.chain import ChainEnd, TransferRequest, check_balance
from points.models import (
    GENESIS,
    Account,
    AccountKind,
    Award,
    Correction,
    Lapse,
    OpeningBooking,
    OpeningLine,
    Transfer,
    TransferKind,
)

# What is asked, by the village's id, before points are taken from a worker of it: whoever holds them refuses.
DEBITS: Slot[Callable[[int], None]] = Slot()

# Which of the village's accounts stands on the other side, and whether the worker is credited.
COUNTERPART = {
    TransferKind.AWARD: (AccountKind.ISSUING, True),
    TransferKind.OPENING: (AccountKind.ISSUING, True),
    TransferKind.REDEMPTION: (AccountKind.REDEEMED, False),
    TransferKind.EXPIRY: (AccountKind.EXPIRED, False),
    TransferKind.MERGE_OUT: (AccountKind.ISSUING, False),
    TransferKind.MERGE_IN: (AccountKind.ISSUING, True),
}

# What people decide, line by line and basket by basket; the others move what is there, however much it is.
BOUNDED = {TransferKind.AWARD, TransferKind.OPENING, TransferKind.REDEMPTION}

# What workers earned: it is as old as the day on which it was booked.
EARNED = (TransferKind.AWARD, TransferKind.OPENING)


def account_of(person: Person) -> Account:
    """A worker's account, opened on first use; inside a transaction."""
    return _opened(AccountKind.WORKER, person.area_id, person.id)


def locked_account(person_id: int) -> Account:
    """A worker's account by the person's id as it is now, locked; opened on first use."""
    if found := _LOCKED_OF_PERSON.first(person_id=person_id):
        account: Account = found.Account
        return account
    return get_locked(Account, account_of(db.session.get_one(Person, person_id)).id)


_LOCKED_OF_PERSON = Prepared(
    select(Account).where(Account.person_id == bindparam("person_id")).with_for_update(key_share=True)
)


def accounts_for(people: Sequence[Person]) -> dict[int, Account]:
    """The accounts of many workers by the person's id, opened on first use; inside a transaction."""
    ids = {person.id for person in people}
    existing_accounts = db.session.scalars(select(Account).where(Account.person_id.in_(ids)))
    account_by_person = {
        account.person_id: account for account in existing_accounts if account.person_id is not None
    }
    return {person.id: account_by_person.get(person.id) or account_of(person) for person in people}


def find_account(person: Person) -> Account | None:
    """A worker's account, or None for one who never had an entry. Opens nothing."""
    return db.session.scalar(select(Account).where(Account.person_id == person.id))


def balance_of(person: Person) -> int:
    """A worker's balance in tenths; 0 for one who never had an entry. Opens nothing."""
    return db.session.scalar(select(Account.balance).where(Account.person_id == person.id)) or 0


def newest() -> datetime | None:
    """When the newest transfer was written."""
    return db.session.scalar(select(Transfer.at).order_by(Transfer.id.desc()).limit(1))


def open_accounts(village: Area) -> None:
    """Open the village's own three accounts.

    So nobody has to open one later, while they hold the lock on a worker's.
    """
    for kind in dict.fromkeys(kind for kind, _credited in COUNTERPART.values()):
        _opened(kind, village.id)


def _opened(kind: AccountKind, village_id: int, person_id: int | None = None) -> Account:
    """The account of a worker, or one of a village's own three, opened if it is not there.

    Two who open it at the same moment make one.
    """
    query = select(Account).where(
        Account.kind == kind, Account.village_id == village_id, Account.person_id == person_id
    )
    account = db.session.scalar(query)
    if account is None:
        opened = Account(
            kind=kind, village_id=village_id, person_id=person_id, balance=0, transfers=0, head=GENESIS
        )
        try:
            with db.session.begin_nested():
                db.session.add(opened)
        except IntegrityError:
            return db.session.scalars(query).one()
        account = opened
    return account


def post(
    key: str, kind: TransferKind, worker: Account, amount: int, reason: str, actor: User | None
) -> Transfer:
    """Move `amount` tenths between a worker and the village; return the transfer.

    The key is the caller's, made before asking: the same key with the same request returns the first
    transfer. Refused `key_reused` for the same key with another request, `bad_amount` for 0, less, or of what
    is `BOUNDED` more than is taken at once, `insufficient_points` when the balance would fall
    below 0.
    """
    return _append(_entry(key, kind, worker, _counterpart(kind, worker.village_id), amount, reason), actor)


def post_new(
    key: str,
    kind: TransferKind,
    worker: Account,
    counterpart_id: int | None,
    amount: int,
    reason: str,
    actor: User | None,
) -> Transfer:
    """`post`, for whoever holds the lock on the worker's account and has seen that the key is new.

    `counterpart_id` is the village's account on the other side, None where it may not be open yet. Refused
    `bad_amount`, `insufficient_points`.
    """
    counterpart_id = counterpart_id or _counterpart(kind, worker.village_id)
    request = _entry(key, kind, worker, counterpart_id, amount, reason)
    _check_amounts([request])
    (transfer,) = _chain([request], [worker], {}, actor)
    return transfer


def post_all(
    kind: TransferKind, asked: Sequence[tuple[str, Account, int]], reason: str, actor: User | None
) -> list[Transfer]:
    """Post many transfers of one kind and village: for each its key, the worker's account and tenths.

    The same as many calls of `post`, in fewer statements. Refused as `post` says, and then none is posted.
    """
    if not asked:
        return []
    counterpart_id = _counterpart(kind, asked[0][1].village_id)
    requests = [_entry(key, kind, account, counterpart_id, amount, reason) for key, account, amount in asked]
    return _append_all(requests, actor)


def _counterpart(kind: TransferKind, village_id: int) -> int:
    """The village's account on the other side of such transfers, by its id."""
    return _opened(COUNTERPART[kind][0], village_id).id


def _entry(
    key: str, kind: TransferKind, worker: Account, counterpart_id: int, amount: int, reason: str
) -> TransferRequest:
    _counterpart_kind, credited = COUNTERPART[kind]
    debit_id, credit_id = (counterpart_id, worker.id) if credited else (worker.id, counterpart_id)
    return TransferRequest(key, kind, debit_id, credit_id, worker.id, amount, reason)


def lock(accounts: Iterable[Account | None]) -> None:
    """Lock these workers' accounts as they are now, by id, as everyone does."""
    _locked({account.id for account in accounts if account is not None})


def reverse(transfer: Transfer, key: str, reason: str, actor: User | None) -> Transfer:
    """Undo a transfer by a linked one the other way; both stay visible.

    Refused `already_reversed` the second time, `not_reversible` for a reversal itself,
    `insufficient_points` when an award's points were spent in the meantime.
    """
    if transfer.kind == TransferKind.REVERSAL:
        raise Refused("not_reversible", _("A reversal is not reversed again."))
    get_locked(Account, transfer.account_id)
    earlier = db.session.scalar(select(Transfer).where(Transfer.reverses_id == transfer.id))
    if earlier is not None and earlier.key != key:
        raise Refused("already_reversed", _("This entry was reversed already."))
    mirrored = TransferRequest(
        key,
        TransferKind.REVERSAL,
        transfer.credit_id,
        transfer.debit_id,
        transfer.account_id,
        transfer.amount,
        reason,
        transfer,
    )
    return _append(mirrored, actor)


def _append(request: TransferRequest, actor: User | None) -> Transfer:
    (transfer,) = _append_all([request], actor)
    return transfer


def _append_all(requests: Sequence[TransferRequest], actor: User | None) -> list[Transfer]:
    """Lock the workers' accounts, see which keys were used, chain the rows, move the balances.

    It takes as many statements as a single transfer does, but for the balances: each row is changed under
    its own guard.
    """
    _check_amounts(requests)
    accounts = _locked({request.account_id for request in requests})
    existing_transfers = db.session.scalars(
        select(Transfer).where(Transfer.key.in_([request.key for request in requests]))
    )
    transfer_by_key = {transfer.key: transfer for transfer in existing_transfers}
    debited = {
        entry.account_id for entry in requests if entry.change < 0 and entry.key not in transfer_by_key
    }
    for village_id in {account.village_id for account in accounts if account.id in debited}:
        for check in DEBITS.items():
            check(village_id)
    return _chain(requests, accounts, transfer_by_key, actor)


def _chain(
    requests: Sequence[TransferRequest],
    accounts: Sequence[Account],
    transfer_by_key: dict[str, Transfer],
    actor: User | None,
) -> list[Transfer]:
    """The transfers of these requests, those that are there already and those that are written now."""
    ends = {account.id: ChainEnd.of(account) for account in accounts}
    new_transfers: list[Transfer] = []
    for request in requests:
        if request.key in transfer_by_key:
            request.match_repeated(transfer_by_key[request.key])
            continue
        transfer_by_key[request.key] = ends[request.account_id].append(request, actor)
        new_transfers.append(transfer_by_key[request.key])
    if len(new_transfers) == 1:
        insert_row(new_transfers[0])
    else:
        add_rows(new_transfers)
    for account in accounts:
        ends[account.id].move(account)
    return [transfer_by_key[request.key] for request in requests]


def _check_amounts(requests: Sequence[TransferRequest]) -> None:
    """Check that each of these transfers can move so many tenths at once. Refused `bad_amount`."""
    if not all(map(_is_valid_amount, requests)):
        raise Refused("bad_amount", _("The amount must be more than 0 and at most 100,000 points."))


def _is_valid_amount(entry: TransferRequest) -> bool:
    """Whether a transfer can move so many tenths at once."""
    return entry.amount > 0 and (entry.kind not in BOUNDED or entry.amount <= amounts.LARGEST_TENTHS)


def _locked(ids: Collection[int]) -> Sequence[Account]:
    """These accounts as they are now, locked by id, as everyone does."""
    return db.session.scalars(
        select(Account)
        .where(Account.id.in_(ids))
        .order_by(Account.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def check_covers(account: Account, amount: int) -> None:
    """Check that a locked account covers so many tenths.

    Refused `insufficient_points`, with what is missing.
    """
    check_balance(account.balance, amount)


def entries(account: Account) -> Select[Transfer]:
    """The account's transfers, the latest first; for paging."""
    return (
        select(Transfer)
        .where(Transfer.account_id == account.id)
        .options(*with_causes())
        .order_by(Transfer.position.desc())
    )


def with_causes() -> list[ORMOption]:
    """Query options that load with each transfer what caused it, and of a reversal what that undid.

    It takes as many statements for a page of transfers as for one.
    """
    of_line = [
        joinedload(Transfer.award).joinedload(Award.assessment),
        joinedload(Transfer.corrects).joinedload(Correction.line).joinedload(Award.assessment),
        joinedload(Transfer.corrected),
        joinedload(Transfer.opening).joinedload(OpeningBooking.line).joinedload(OpeningLine.sheet),
    ]
    lapsed = joinedload(Transfer.lapse)
    return [
        *of_line,
        lapsed.joinedload(Lapse.departure),
        lapsed.joinedload(Lapse.expiry),
        selectinload(Transfer.reverses).options(*of_line),
    ]


def ids_between(
    village_ids: Collection[int], begins: datetime, ends: datetime, person: Person | None = None
) -> Select[int]:
    """The ids of what was written into the workers' accounts of some villages, from a moment until another.

    In the order in which it was written; with `person` of that worker's account alone.
    """
    return (
        select(Transfer.id)
        .join(Transfer.account)
        .where(
            *_in_accounts(village_ids, person),
            Transfer.at >= inline(Transfer.at, begins),
            Transfer.at < inline(Transfer.at, ends),
        )
        .order_by(Transfer.at, Transfer.id)
    )


def by_ids(ids: Collection[int]) -> Sequence[tuple[Transfer, User | None]]:
    """Entries by their ids, each with what caused it and who wrote it, in the order of their ids."""
    query = (
        select(Transfer, User)
        .outerjoin(User, User.id == Transfer.actor_id)
        .options(
            joinedload(Transfer.account).joinedload(Account.person),
            joinedload(Transfer.account).joinedload(Account.village),
            joinedload(User.person),
            *with_causes(),
        )
        .where(Transfer.id.in_(ids))
        .order_by(Transfer.at, Transfer.id)
    )
    return [(transfer, actor) for transfer, actor in db.session.execute(query)]


@dataclass(frozen=True)
class AccountTurnover:
    """What some accounts held when a period began, what came to them and went from them in it, in tenths."""

    entries: int
    before: int
    plus: int
    minus: int

    @property
    def after(self) -> int:
        """What they held when it was over."""
        return self.before + self.plus - self.minus


def turnover(
    village_ids: Collection[int], begins: datetime, ends: datetime, person: Person | None = None
) -> AccountTurnover:
    """The turnover of the accounts whose entries `ids_between` finds.

    What they held before is what they hold today without what came since: the years before are not read.
    """
    accounts = _in_accounts(village_ids, person)
    held = select(func.sum(Account.balance)).where(*accounts).scalar_subquery()
    is_plus, is_within = Transfer.credit_id == Transfer.account_id, Transfer.at < ends
    query = (
        select(
            held,
            func.count(case((is_within, 1))),
            func.sum(case((is_plus, Transfer.amount), else_=-Transfer.amount)),
            func.sum(case((is_within & is_plus, Transfer.amount))),
            func.sum(case((is_within & ~is_plus, Transfer.amount))),
        )
        .select_from(Transfer)
        .join(Transfer.account)
        .where(*accounts, Transfer.at >= inline(Transfer.at, begins))
    )
    now, entries, since, plus, minus = (int(figure or 0) for figure in db.session.execute(query).one())
    return AccountTurnover(entries, now - since, plus, minus)


def _in_accounts(village_ids: Collection[int], person: Person | None) -> list[ColumnElement[bool]]:
    """The condition that a transfer's account is a worker's of these villages, or this worker's."""
    return [
        Account.kind == AccountKind.WORKER,
        among(Account.village_id, village_ids),
        *([Account.person_id == person.id] if person else []),
    ]


def latest(person: Person, limit: int) -> Sequence[Transfer]:
    """A worker's latest entries, the newest first."""
    return db.session.scalars(
        select(Transfer)
        .join(Transfer.account)
        .where(Account.person_id == person.id)
        .options(*with_causes())
        .order_by(Transfer.position.desc())
        .limit(limit)
    ).all()


def accounts_of(village: Area) -> Sequence[Account]:
    """The workers' accounts of a village, in the order they were opened."""
    return db.session.scalars(
        select(Account)
        .where(Account.village_id == village.id, Account.kind == AccountKind.WORKER)
        .options(joinedload(Account.person).joinedload(Person.merge))
        .order_by(Account.id)
    ).all()


@dataclass(frozen=True)
class PointsFlow:
    """The points of a quarter, in tenths and net of reversals, and what workers held at its end.

    `booked` are assessments, opening balances and corrections, `redeemed` what went for goods, `expired` what
    lapsed, each by the day on which it was written into the ledger.
    """

    booked: int
    redeemed: int
    expired: int
    outstanding: int


def flows(villages: Collection[int], quarters: Sequence[Quarter]) -> list[PointsFlow]:
    """The flow of these villages (by id) in some quarters that follow each other.

    What workers hold at the end of a quarter that goes on is what they hold today.
    """
    first_days = [quarter.first_day for quarter in (*quarters, quarters[-1].next)]
    begins, *later = (clock.day_span(day, day)[0] for day in first_days)
    periods = [(Transfer.at >= moment, number) for number, moment in enumerate(later, 1)]
    period = case(*reversed(periods), else_=0)
    is_credited = Transfer.credit_id == Transfer.account_id
    # The village's own account on the other side of a worker's: of a hundred thousand entries it is a few
    # hundred, so that they are summed before it is asked of which kind it is.
    sums = (
        select(
            case((is_credited, Transfer.debit_id), else_=Transfer.credit_id).label("other_id"),
            period.label("number"),
            func.sum(case((is_credited, Transfer.amount), else_=-Transfer.amount)).label("tenths"),
        )
        .join(Transfer.account)
        .where(among(Account.village_id, villages), Transfer.at >= inline(Transfer.at, begins))
        .group_by("other_id", "number")
        .subquery()
    )
    moved: Counter[tuple[AccountKind, int]] = Counter()
    for kind, number, tenths in db.session.execute(
        select(Account.kind, sums.c.number, sums.c.tenths).join(sums, sums.c.other_id == Account.id)
    ):
        moved[kind, number] += int(tenths)
    held = sum(outstanding_by_village(villages).values())
    return [
        PointsFlow(
            booked=moved[AccountKind.ISSUING, number],
            redeemed=-moved[AccountKind.REDEEMED, number],
            expired=-moved[AccountKind.EXPIRED, number],
            outstanding=held - sum(tenths for (_kind, when), tenths in moved.items() if when > number),
        )
        for number in range(len(quarters))
    ]


def booked_by_person(village: Area, begins: datetime, ends: datetime) -> dict[int, int]:
    """Tenths that were booked to each person of a village, by their id, from a moment until another.

    What `flows` sums as booked: assessments, opening balances and corrections, net of reversals.
    """
    is_credited = Transfer.credit_id == Transfer.account_id
    other = aliased(Account)
    tenths = func.sum(case((is_credited, Transfer.amount), else_=-Transfer.amount))
    return dict(
        db.session.execute(
            select(Account.person_id, tenths)
            .select_from(Transfer)
            .join(Transfer.account)
            .join(other, other.id == case((is_credited, Transfer.debit_id), else_=Transfer.credit_id))
            .where(*_in_accounts([village.id], None), other.kind == AccountKind.ISSUING)
            .where(
                Transfer.at >= inline(Transfer.at, begins),
                Transfer.at < inline(Transfer.at, ends),
            )
            .group_by(Account.person_id)
        ).all()
    )


def first_entry_at(village: Area) -> datetime | None:
    """The moment of the first entry in a village's ledger, or None."""
    return db.session.scalar(
        select(func.min(Transfer.at)).join(Transfer.account).where(*_in_accounts([village.id], None))
    )


def outstanding_by_village(villages: Collection[int]) -> dict[int, int]:
    """Tenths that the workers of each of these villages (by id) hold together.

    A village in which nobody has an account is not in it.
    """
    return {
        village_id: int(tenths)
        for village_id, tenths in db.session.execute(
            select(Account.village_id, func.sum(Account.balance))
            .where(Account.kind == AccountKind.WORKER, among(Account.village_id, villages))
            .group_by(Account.village_id)
        )
    }


def totals(village: Area) -> dict[AccountKind, int]:
    """A village's totals by kind of account, in tenths, net of reversals.

    What was issued, redeemed and expired, and what the workers still hold.
    """
    debit, credit = aliased(Account), aliased(Account)
    sums: dict[AccountKind, int] = dict.fromkeys(AccountKind, 0)
    for debited, credited, amount in db.session.execute(
        select(debit.kind, credit.kind, func.sum(Transfer.amount))
        .join(Transfer.account)
        .join(debit, Transfer.debit_id == debit.id)
        .join(credit, Transfer.credit_id == credit.id)
        .where(Account.village_id == village.id)
        .group_by(debit.kind, credit.kind)
    ):
        sums[debited] -= amount
        sums[credited] += amount
    return {kind: abs(amount) for kind, amount in sums.items()}


def freeze_digest(village: Area) -> tuple[str, int]:
    """The village's digest now, and the id of the last transfer it covers.

    Locks the village, against accounts that are just being opened, and every worker's account, so no
    transfer with a smaller id can still arrive.
    """
    db.session.get(Area, village.id, with_for_update=True, populate_existing=True)
    db.session.execute(
        select(Account.id)
        .where(Account.village_id == village.id, Account.kind == AccountKind.WORKER)
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    last_transfer_id = db.session.scalar(select(func.max(Transfer.id))) or 0
    return digest(village, last_transfer_id), last_transfer_id


def digest(village: Area, last_transfer_id: int) -> str:
    """A hash over the chain heads of all the village's workers as of a transfer's id, as 64 hex digits.

    It covers, in the order of the accounts' ids, a line `account:position:head` for each account with a
    transfer. It is printed on every notice: who keeps the sheet can prove that history was not rewritten.
    """
    earlier = aliased(Transfer)
    last_id = (  # of each account the end of its chain by one look into an index, however long it is
        select(earlier.id)
        .where(earlier.account_id == Account.id, earlier.id <= last_transfer_id)
        .order_by(earlier.position.desc())
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    heads = db.session.execute(
        select(Account.id, Transfer.position, Transfer.hash)
        .join(Transfer, Transfer.id == last_id)
        .where(Account.village_id == village.id)
        .order_by(Account.id)
    )
    return hashlib.sha256("\n".join(f"{a}:{p}:{h}" for a, p, h in heads).encode()).hexdigest()
