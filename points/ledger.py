"""The ledger: the only door to a balance.

One row, one transfer, from one account to another, so the books balance by construction. Each transfer
touches exactly one worker's account; that row carries the balance, the number of transfers and the head
of a SHA-256 chain over them, and is the only row to lock. Nothing is edited: `reverse` is the eraser.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload

from people import clock
from people.db import change_one, db, get_locked
from people.models import Area, Person, User
from people.refused import Refused
from points import amounts
from points.models import GENESIS, Account, AccountKind, Transfer, TransferKind

# Which of the village's accounts stands on the other side, and whether the worker is credited.
COUNTERPART = {
    TransferKind.AWARD: (AccountKind.ISSUING, True),
    TransferKind.REDEMPTION: (AccountKind.REDEEMED, False),
    TransferKind.EXPIRY: (AccountKind.EXPIRED, False),
    TransferKind.MERGE_OUT: (AccountKind.ISSUING, False),
    TransferKind.MERGE_IN: (AccountKind.ISSUING, True),
}


def account_of(person: Person) -> Account:
    """A worker's account, opened on first use; inside a transaction."""
    return _opened(AccountKind.WORKER, person.area_id, person.id)


def existing(person: Person) -> Account | None:
    """A worker's account, or None for one who never had an entry. Opens nothing."""
    return db.session.scalar(select(Account).where(Account.person_id == person.id))


def balance_of(person: Person) -> int:
    """A worker's balance in tenths; 0 for one who never had an entry. Opens nothing."""
    return db.session.scalar(select(Account.balance).where(Account.person_id == person.id)) or 0


def open_accounts(village: Area) -> None:
    """Open the village's own three accounts, so that later nobody has to while holding a worker's."""
    for kind in dict.fromkeys(kind for kind, _credited in COUNTERPART.values()):
        _opened(kind, village.id)


def _opened(kind: AccountKind, village_id: int, person_id: int | None = None) -> Account:
    """The account of a worker, or one of a village's own three; two openers at once make one."""
    wanted = select(Account).where(
        Account.kind == kind, Account.village_id == village_id, Account.person_id == person_id
    )
    account = db.session.scalar(wanted)
    if account is None:
        new = Account(
            kind=kind, village_id=village_id, person_id=person_id, balance=0, transfers=0, head=GENESIS
        )
        try:
            with db.session.begin_nested():
                db.session.add(new)
        except IntegrityError:
            return db.session.scalars(wanted).one()
        account = new
    return account


def post(
    key: str, kind: TransferKind, worker: Account, amount: int, reason: str, actor: User | None
) -> Transfer:
    """Move `amount` tenths between a worker and the village; return the transfer.

    The key is the caller's, made before asking: the same key with the same request returns the first
    transfer. Refused `key_reused` for the same key with another request, `bad_amount` for 0, less, or
    more than a ledger takes at once, `insufficient_points` when the balance would fall below 0.
    """
    counterpart, credited = COUNTERPART[kind]
    village = _opened(counterpart, worker.village_id)
    debit, credit = (village, worker) if credited else (worker, village)
    return _append(key, kind, debit.id, credit.id, worker.id, amount, reason, actor, None)


def lock(accounts: Iterable[Account | None]) -> None:
    """Lock these workers' accounts as they are now, in the one order that everyone keeps to."""
    for ident in sorted({account.id for account in accounts if account is not None}):
        get_locked(Account, ident)


def parts(account: Account) -> Iterator[int]:
    """What is on a locked account, in amounts that the ledger takes at once, until nothing is left."""
    while account.balance:
        yield min(account.balance, amounts.LARGEST)


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
    return _append(
        key,
        TransferKind.REVERSAL,
        transfer.credit_id,
        transfer.debit_id,
        transfer.account_id,
        transfer.amount,
        reason,
        actor,
        transfer,
    )


def _append(
    key: str,
    kind: TransferKind,
    debit_id: int,
    credit_id: int,
    account_id: int,
    amount: int,
    reason: str,
    actor: User | None,
    reverses: Transfer | None,
) -> Transfer:
    """Lock the worker's account, see whether the key was used, move the balance, chain the row."""
    if not 0 < amount <= amounts.LARGEST:
        raise Refused("bad_amount", _("The amount must be more than 0 and at most 100,000 points."))
    account: Account = get_locked(Account, account_id)
    made = db.session.scalar(select(Transfer).where(Transfer.key == key))
    if made is not None:
        if (made.kind, made.debit_id, made.credit_id, made.amount) != (kind, debit_id, credit_id, amount):
            raise Refused("key_reused", _("This key was used for something else."))
        return made
    change = amount if credit_id == account_id else -amount
    check_covers(account, -change)
    transfer = Transfer(
        key=key,
        kind=kind,
        debit_id=debit_id,
        credit_id=credit_id,
        amount=amount,
        reason=reason,
        actor_id=actor.id if actor else None,
        at=clock.now(),
        reverses_id=reverses.id if reverses else None,
        account_id=account_id,
        position=account.transfers + 1,
        balance_after=account.balance + change,
    )
    transfer.hash = link(account.head, transfer, reverses.key if reverses else None)
    db.session.add(transfer)
    db.session.flush()
    _move(account, change, transfer.hash)
    return transfer


def check_covers(account: Account, amount: int) -> None:
    """A locked account covers so many tenths. Refused `insufficient_points`, with what is missing."""
    missing = amount - account.balance
    if missing > 0:
        raise Refused("insufficient_points", _("%(short)s points short.", short=amounts.show(missing)))


def _move(account: Account, change: int, head: str) -> None:
    """Move the balance, only if the row is still the one that was locked and stays at 0 or above."""
    change_one(
        update(Account)
        .where(
            Account.id == account.id,
            Account.transfers == account.transfers,
            Account.balance + change >= 0,
        )
        .values(balance=Account.balance + change, transfers=Account.transfers + 1, head=head)
    )
    db.session.expire(account)


def link(previous: str, transfer: Transfer, reverses_key: str | None) -> str:
    """The head of a chain after a transfer: SHA-256 over the head before it and what the transfer says.

    The text hashed is a JSON list in UTF-8 without spaces, so that anyone can compute it without this
    program: previous head, position, key, kind, debit, credit, amount, reason, actor, moment, reversed key.
    """
    said = [
        previous,
        transfer.position,
        transfer.key,
        str(transfer.kind),
        transfer.debit_id,
        transfer.credit_id,
        transfer.amount,
        transfer.reason,
        transfer.actor_id,
        transfer.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        reverses_key,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def entries(account: Account) -> Select[Transfer]:
    """The account's transfers, the latest first; for paging."""
    return select(Transfer).where(Transfer.account_id == account.id).order_by(Transfer.position.desc())


def latest(person: Person, limit: int) -> Sequence[Transfer]:
    """A worker's latest entries, the newest first."""
    return db.session.scalars(
        select(Transfer)
        .join(Transfer.account)
        .where(Account.person_id == person.id)
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


def outstanding(village: Area) -> int:
    """Tenths that a village's workers hold together."""
    held = select(func.sum(Account.balance))
    return (
        db.session.scalar(held.where(Account.village_id == village.id, Account.kind == AccountKind.WORKER))
        or 0
    )


def totals(village: Area) -> dict[AccountKind, int]:
    """In tenths, net of reversals: what was issued, redeemed and expired, and what the workers still hold."""
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
    upto = db.session.scalar(select(func.max(Transfer.id))) or 0
    return digest(village, upto), upto


def digest(village: Area, upto: int) -> str:
    """A hash over the chain heads of all the village's workers as of a transfer's id, as 64 hex digits.

    It covers, in the order of the accounts' ids, a line `account:position:head` for each account with a
    transfer. It is printed on every notice: who keeps the sheet can prove that history was not rewritten.
    """
    last = (
        select(Transfer.account_id, func.max(Transfer.position).label("position"))
        .join(Transfer.account)
        .where(Account.village_id == village.id, Transfer.id <= upto)
        .group_by(Transfer.account_id)
        .subquery()
    )
    heads = db.session.execute(
        select(Transfer.account_id, Transfer.position, Transfer.hash)
        .join(last, (last.c.account_id == Transfer.account_id) & (last.c.position == Transfer.position))
        .order_by(Transfer.account_id)
    )
    return hashlib.sha256("\n".join(f"{a}:{p}:{h}" for a, p, h in heads).encode()).hexdigest()
