"""The chain over a worker's transfers: what is asked for, what is appended, and the hash that joins it."""

import hashlib
import json
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from ground import clock
from ground.db import change_one, db
from ground.refusal import Refused
from people.models import User
from points import amounts
from points.models import Account, Transfer, TransferKind


@dataclass(frozen=True)
class Entry:
    """A transfer as it is asked for: `account_id` is the worker's of the two accounts, amounts are tenths."""

    key: str
    kind: TransferKind
    debit_id: int
    credit_id: int
    account_id: int
    amount: int
    reason: str
    reverses: Transfer | None = None

    @property
    def change(self) -> int:
        """By how much the worker's balance moves."""
        return self.amount if self.credit_id == self.account_id else -self.amount

    def made_as(self, made: Transfer) -> Transfer:
        """The transfer that this key made before. Refused `key_reused` if it was for something else."""
        asked = (self.kind, self.debit_id, self.credit_id, self.amount)
        if (made.kind, made.debit_id, made.credit_id, made.amount) != asked:
            raise Refused("key_reused", _("This key was used for something else."))
        return made


@dataclass
class End:
    """Where a locked account's chain ends, while entries are appended to it."""

    balance: int
    transfers: int
    head: str

    @classmethod
    def of(cls, account: Account) -> "End":
        """Where it ends now."""
        return cls(account.balance, account.transfers, account.head)

    def append(self, entry: Entry, actor: User | None) -> Transfer:
        """The next transfer of the chain. Refused `insufficient_points`."""
        check_balance(self.balance, -entry.change)
        self.balance += entry.change
        self.transfers += 1
        transfer = Transfer(
            key=entry.key,
            kind=entry.kind,
            debit_id=entry.debit_id,
            credit_id=entry.credit_id,
            amount=entry.amount,
            reason=entry.reason,
            actor_id=actor.id if actor else None,
            at=clock.now(),
            reverses_id=entry.reverses.id if entry.reverses else None,
            account_id=entry.account_id,
            position=self.transfers,
            balance_after=self.balance,
        )
        transfer.hash = self.head = link(self.head, transfer, entry.reverses.key if entry.reverses else None)
        return transfer

    def move(self, account: Account) -> None:
        """Move the balance here, only if the row is still the one that was locked and stays at 0 or above."""
        if self.transfers == account.transfers:
            return
        change = self.balance - account.balance
        change_one(
            update(Account)
            .where(
                Account.id == account.id,
                Account.transfers == account.transfers,
                Account.balance + change >= 0,
            )
            .values(balance=Account.balance + change, transfers=self.transfers, head=self.head)
        )
        db.session.expire(account)


def check_balance(balance: int, amount: int) -> None:
    """A balance covers so many tenths. Refused `insufficient_points`, with what is missing."""
    if amount > balance:
        short = amounts.show(amount - balance)
        raise Refused("insufficient_points", _("%(short)s points short.", short=short))


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
