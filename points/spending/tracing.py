"""The trace of one entry: what took the points that it brought, or what had brought those that it took."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground.db import db
from points import ledger
from points.models import MergeMove, Transfer
from points.spending.allocation import AccountEntry, first_in_first_out


@dataclass(frozen=True)
class TracedPart:
    """A part of an entry's points, in tenths, with the entry at its other end; given back, if undone."""

    other: Transfer
    tenths: int
    is_given_back: bool


@dataclass(frozen=True)
class Trace:
    """What an entry brought or took, part by part, and of what it brought how many tenths are left."""

    transfer: Transfer
    parts: Sequence[TracedPart]
    left: int

    @property
    def brought(self) -> bool:
        """Whether the entry brought points, and did not take them."""
        return self.transfer.change > 0


def trace(transfer: Transfer) -> Trace:
    """The trace of an entry of a worker's account; of what gave points back, that of the entry it undid."""
    if transfer.change > 0 and transfer.reverses:
        transfer = transfer.reverses
    allocation = first_in_first_out(_entries(transfer.account_id))
    found = [part for part in allocation.parts if transfer.id in (part.source, part.use)]
    ends = [part.use if part.source == transfer.id else part.source for part in found]
    query = select(Transfer).where(Transfer.id.in_(ends)).options(*ledger.with_causes())
    others = {other.id: other for other in db.session.scalars(query)}
    parts = [
        TracedPart(others[end], part.tenths, part.is_given_back)
        for end, part in zip(ends, found, strict=True)
    ]
    return Trace(transfer, parts, allocation.left.get(transfer.id, 0))


def _entries(account_id: int) -> Iterator[AccountEntry]:
    """All entries of an account in their order."""
    rows = db.session.execute(
        select(Transfer.id, Transfer.credit_id, Transfer.amount, Transfer.reverses_id)
        .where(Transfer.account_id == account_id)
        .order_by(Transfer.position)
    )
    for ident, credit_id, amount, reverses_id in rows:
        yield AccountEntry(ident, amount if credit_id == account_id else -amount, reverses_id)


def merged_from(transfer: Transfer) -> Transfer | None:
    """The entry at the other end of a move of a balance between two entries of one person, or None."""
    move = db.session.scalar(
        select(MergeMove)
        .options(joinedload(MergeMove.out), joinedload(MergeMove.into))
        .where((MergeMove.out_id == transfer.id) | (MergeMove.into_id == transfer.id))
    )
    if move is None:
        return None
    return move.into if move.out_id == transfer.id else move.out
