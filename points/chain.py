"""The hash chain over a worker's transfers.

Each worker's account has one chain. `ChainEnd.append` makes the next transfer from a `TransferRequest`: its
position, the balance after it, and its hash. `link` computes the hash from the one before and what the
transfer says. The last hash is the head of the chain; it stands in the account's row.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, update

from ground import clock
from ground.db import Prepared, know
from ground.refusal import Refused
from people.models import User
from points import amounts
from points.models import Account, Transfer, TransferKind

_MOVE = Prepared(
    update(Account)
    .where(
        Account.id == bindparam("ident"),
        Account.transfers == bindparam("before"),
        Account.balance + bindparam("change") >= 0,
    )
    .values(
        balance=Account.balance + bindparam("change"),
        transfers=bindparam("transfers"),
        head=bindparam("head"),
    )
)


@dataclass(frozen=True)
class TransferRequest:
    """A transfer that is asked for and not posted yet.

    `account_id` is the worker's of the two accounts; amounts are tenths.
    """

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

    def match_repeated(self, transfer: Transfer) -> Transfer:
        """Return the transfer that was made with this key before.

        Refused `key_reused` if it was for something else.
        """
        request = (self.kind, self.debit_id, self.credit_id, self.amount)
        if (transfer.kind, transfer.debit_id, transfer.credit_id, transfer.amount) != request:
            raise Refused("key_reused", _("This key was used for something else."))
        return transfer


@dataclass
class ChainEnd:
    """The end of a locked account's chain: its balance, number of transfers and head.

    It moves on with each transfer that is appended.
    """

    balance: int
    transfers: int
    head: str

    @classmethod
    def of(cls, account: Account) -> "ChainEnd":
        """The end of an account's chain, as its row says."""
        return cls(account.balance, account.transfers, account.head)

    def append(self, request: TransferRequest, actor: User | None) -> Transfer:
        """Append the next transfer to the chain. Refused `insufficient_points`."""
        check_balance(self.balance, -request.change)
        self.balance += request.change
        self.transfers += 1
        transfer = Transfer(
            key=request.key,
            kind=request.kind,
            debit_id=request.debit_id,
            credit_id=request.credit_id,
            amount=request.amount,
            reason=request.reason,
            actor_id=actor.id if actor else None,
            at=clock.now(),
            reverses_id=request.reverses.id if request.reverses else None,
            account_id=request.account_id,
            position=self.transfers,
            balance_after=self.balance,
        )
        transfer.hash = self.head = link(
            self.head, transfer, request.reverses.key if request.reverses else None
        )
        return transfer

    def move(self, account: Account) -> None:
        """Write this end into the account's row.

        Only if the row is still the one that was locked and its balance stays at 0 or above.
        """
        if self.transfers == account.transfers:
            return
        _MOVE.change(
            1,
            ident=account.id,
            before=account.transfers,
            change=self.balance - account.balance,
            transfers=self.transfers,
            head=self.head,
        )
        know(account, balance=self.balance, transfers=self.transfers, head=self.head)


def check_balance(balance: int, amount: int) -> None:
    """Check that a balance covers so many tenths. Refused `insufficient_points`, with what is missing."""
    if amount > balance:
        short = amounts.show(amount - balance)
        raise Refused("insufficient_points", _("%(short)s points short.", short=short))


def link(previous: str, transfer: Transfer | Any, reverses_key: str | None) -> str:
    """The head of a chain after a transfer: SHA-256 over the head before it and the transfer.

    The text hashed is a JSON list in UTF-8 without spaces, so that anyone can compute it without this
    program: previous head, position, key, kind, debit, credit, amount, reason, actor, moment, reversed key.
    `transfer` is one, or a row of its columns.
    """
    fields = [
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
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
