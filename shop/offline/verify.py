"""The check of the desks' journals: each is signed and unbroken, and was booked as it says."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ground.db import db
from ground.refusal import Refused
from shop.models import Lease, LeaseEntry, Redemption
from shop.offline import journal
from shop.offline.entries import Entry


def problems() -> Iterator[str]:
    """Everything that does not fit, one line each, in the order of the leases."""
    for lease in db.session.scalars(select(Lease).order_by(Lease.id)).all():
        yield from _of_lease(lease)


def numbers_in_hand(shop_id: int) -> set[tuple[object, int]]:
    """Day and number of each receipt of a shop that need not be booked.

    A desk handed it out and it was not booked, or has it in hand and did not come back.
    """
    numbers: set[tuple[object, int]] = set()
    for lease in db.session.scalars(select(Lease).where(Lease.shop_id == shop_id)):
        numbers |= {(lease.day, serial) for serial in range(lease.first_serial, lease.granted_to + 1)}
    return numbers


def _of_lease(lease: Lease) -> Iterator[str]:
    """One lease: the chain of its entries, and what was booked of each."""
    rows = db.session.scalars(
        select(LeaseEntry).where(LeaseEntry.lease_id == lease.id).order_by(LeaseEntry.position)
    ).all()
    booked = _redemptions_of(lease)
    position, head = 0, lease.seed
    for row in rows:
        name = f"lease {lease.id}, entry {row.position}"
        entry = _signed(row)
        if entry is None:
            yield f"{name}: is not what was signed"
            return
        if (row.position, entry.position, entry.previous) != (position + 1, position + 1, head):
            yield f"{name}: does not follow on the one before"
        position, head = row.position, entry.hash
        if row.id in booked and not _is_booked_so(booked[row.id], entry):
            yield f"redemption {booked[row.id].id}: is not what {name} says"
    if (position, head) != (lease.position, lease.head):
        yield f"lease {lease.id}: the journal ends at {position}, the lease says {lease.position}"


def _redemptions_of(lease: Lease) -> dict[int | None, Redemption]:
    query = (
        select(Redemption)
        .join(Redemption.entry)
        .where(LeaseEntry.lease_id == lease.id)
        .options(joinedload(Redemption.card), selectinload(Redemption.lines))
    )
    return {redemption.entry_id: redemption for redemption in db.session.scalars(query)}


def _signed(row: LeaseEntry) -> Entry | None:
    """What an entry says; None where its text is not what was signed."""
    try:
        return journal.entry_of(row)
    except Refused:
        return None


def _is_booked_so(redemption: Redemption, entry: Entry) -> bool:
    """Whether a redemption has the card, goods, prices and receipt of its entry."""
    says = entry.goods
    lines = {line.goods_id: (line.quantity, line.price) for line in redemption.lines}
    booked = (redemption.card.number, redemption.serial, redemption.code, lines, redemption.total)
    return says is not None and booked == (says.card, says.serial, says.code, says.lines, says.total)
