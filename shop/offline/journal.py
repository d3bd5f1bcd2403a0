"""A desk's journal as it comes in: each entry is booked exactly once, or kept for a person's decision.

What was handed out is gone from the shelf, whatever the books say by now. So nothing is dropped: an entry
that a rule refuses, as the lease was broken and the points were spent since, is kept as it was signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, exists, select, update
from sqlalchemy.orm import aliased, joinedload

from ground import clock
from ground.db import Prepared, db, lock
from ground.refusal import Refused, required_reason
from people import audit, cards
from people.models import User
from people.signin import humans
from shop.desk import redemptions, voids
from shop.desk.redemptions import HandedOut
from shop.models import Ending, Lease, LeaseEntry, Redemption, SetAside, Shop, Void
from shop.offline.entries import GoodsOut, JournalEntry, bad_entry, read_entry
from shop.shelf import leases

# Refusals that say nothing about the entry: it is sent again.
NOT_NOW = {"conflict", "clock_back", "unknown_outcome", "bad_entry"}

_MOVE_ON = Prepared(
    update(Lease)
    .where(Lease.id == bindparam("ident"), Lease.position == bindparam("before"))
    .values(position=bindparam("after"), head=bindparam("new_head"), last_serial=bindparam("last"))
)


@dataclass(frozen=True)
class EntryOutcome:
    """What became of an entry: the redemption it stands for, which a step back voided; or why it waits."""

    position: int
    redemption: Redemption | None
    refusal: Refused | None = None


def book(lease: Lease, entry: JournalEntry, by: User) -> EntryOutcome:
    """Book an entry by the rules of the desk; one that is there already is answered as it stands.

    `by` brought it. Refused `bad_entry` for one that does not follow on the last, or has another receipt than
    the next; and as `redemptions.redeem` and `voids.void`: then it is to be kept. Locks: as they do, then the
    lease.
    """
    if (stored := _stored(lease, entry)) is not None:
        return stored
    if lease.ending == Ending.RETURNED:
        raise Refused("lease_over", _("It was handed out after the desk had given the shop back."))
    row = _add(lease, entry, by, None)
    redemption = _take(row, entry, by, is_deciding=False)
    _move_on(lease, entry)
    return EntryOutcome(entry.position, redemption)


def keep(lease: Lease, entry: JournalEntry, by: User, refusal: Refused) -> EntryOutcome:
    """Keep an entry that was refused, until somebody decides; its receipt's number is not used again.

    One that is there already is answered as it stands. Refused `bad_entry` as `book`. Locks: the shop, then
    the lease.
    """
    if (stored := _stored(lease, entry)) is not None:
        return stored
    if entry.goods:
        redemptions.note_serial(lease.shop, lease.day, entry.goods.serial)
    _add(lease, entry, by, refusal)
    _move_on(lease, entry)
    return EntryOutcome(entry.position, None, refusal)


def try_again(row: LeaseEntry, by: User) -> Redemption | None:
    """Decide that an entry that was kept is booked as it was handed out; returns what `EntryOutcome` has.

    Points and goods have to be there by now; card, term, limits, prices and time are not looked at again.
    Refused `decided` for one that was booked or set aside meanwhile, and as `redemptions.redeem` and
    `voids.void`. Locks: the entry, then as they do.
    """
    lock(row)
    _check_waits(row)
    redemption = _take(row, entry_of(row), by, is_deciding=True)
    audit.note(by, "entry.book", row.lease, row.lease.shop.village, position=row.position)
    return redemption


def set_aside(row: LeaseEntry, reason: str, by: User) -> SetAside:
    """Decide that an entry is not booked: the goods are gone, the points stay with the worker.

    The next stock-take finds the goods missing. Refused `reason_missing`, `own_entry` for who handed it out,
    `decided` for one that was booked or set aside meanwhile. Locks: the entry.
    """
    reason = required_reason(reason)
    lock(row)
    _check_waits(row)
    if humans.is_same(row.lease.holder, by):
        raise Refused("own_entry", _("Who handed it out does not decide. Ask somebody else."))
    decision = SetAside(entry_id=row.id, reason=reason, actor_id=by.id, at=clock.now())
    db.session.add(decision)
    db.session.flush()
    audit.note(by, "entry.set_aside", row.lease, row.lease.shop.village, position=row.position, reason=reason)
    return decision


def entry_at(lease: Lease, position: int) -> LeaseEntry | None:
    """The entry of a lease at a position, or None."""
    return db.session.scalar(
        select(LeaseEntry).where(LeaseEntry.lease_id == lease.id, LeaseEntry.position == position)
    )


def entry_of(row: LeaseEntry) -> JournalEntry:
    """What an entry that was taken in says."""
    return read_entry(row.lease, row.text, row.signature)


def waiting(shop: Shop) -> Sequence[LeaseEntry]:
    """The entries of a shop that wait for somebody's decision, in the order in which they came."""
    return db.session.scalars(
        waiting_entries()
        .join(LeaseEntry.lease)
        .where(Lease.shop_id == shop.id)
        .options(joinedload(LeaseEntry.lease).joinedload(Lease.holder))
        .order_by(LeaseEntry.id)
    ).all()


def waiting_entries() -> Select[LeaseEntry]:
    """The entries of all shops that wait for somebody's decision."""
    return select(LeaseEntry).where(LeaseEntry.refusal.is_not(None), ~_is_settled())


def _is_settled() -> ColumnElement[bool]:
    """Whether an entry was booked after all, taken back, or set aside."""
    undone, undoing = aliased(Redemption), aliased(LeaseEntry)
    return (
        exists().where(Redemption.entry_id == LeaseEntry.id)
        | exists().where(SetAside.entry_id == LeaseEntry.id)
        | exists().where(undone.entry_id == LeaseEntry.undoes_id, Void.redemption_id == undone.id)
        | exists().where(undoing.undoes_id == LeaseEntry.id, undoing.refusal.is_(None))
    )


def _check_waits(row: LeaseEntry) -> None:
    if db.session.scalar(waiting_entries().where(LeaseEntry.id == row.id)) is None:
        raise Refused("decided", _("This was decided already."))


def _stored(lease: Lease, entry: JournalEntry) -> EntryOutcome | None:
    """What became of an entry that came before; None for the next one. Refused `bad_entry`."""
    db.session.refresh(lease)  # before its entries: brought twice at once, one sees the other
    stored = entry_at(lease, entry.position)
    if stored is not None:
        return _stored_outcome(stored, entry)
    _check_follows(lease, entry)
    return None


def _check_follows(lease: Lease, entry: JournalEntry) -> None:
    """Check that an entry follows on the last one, with the next receipt. Refused `bad_entry`."""
    follows = (entry.position, entry.previous) == (lease.position + 1, lease.head)
    has_receipt = entry.goods is None or entry.goods.serial == lease.last_serial + 1 <= lease.granted_to
    if not (follows and has_receipt):
        raise bad_entry()


def _add(lease: Lease, entry: JournalEntry, by: User, refusal: Refused | None) -> LeaseEntry:
    undone = entry_at(lease, entry.undoes) if entry.undoes else None
    if entry.undoes and (undone is None or undone.undoes_id is not None):
        raise bad_entry()
    with force_locale("zh"):  # whoever decides later reads Chinese
        why = str(refusal.message) if refusal else None
    row = LeaseEntry(
        lease_id=lease.id,
        position=entry.position,
        text=entry.text,
        signature=entry.signature,
        undoes_id=undone.id if undone else None,
        refusal=refusal.code if refusal else None,
        why=why,
        received_at=clock.now(),
        received_by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _move_on(lease: Lease, entry: JournalEntry) -> None:
    """Move the journal's end on, under guard."""
    _MOVE_ON.change(
        1,
        ident=lease.id,
        before=entry.position - 1,
        after=entry.position,
        new_head=entry.hash,
        last=entry.goods.serial if entry.goods else lease.last_serial,
    )
    db.session.expire(lease)


def _take(row: LeaseEntry, entry: JournalEntry, by: User, *, is_deciding: bool) -> Redemption | None:
    """Book what an entry says, brought or decided by somebody; returns what `EntryOutcome` has."""
    if not is_deciding:
        _check_moment(row, entry)
        _check_last(row, entry)
    if entry.goods:
        return _redeem(row, entry, entry.goods, by, is_deciding)
    if entry.undoes:
        return _undo(row, by if is_deciding else row.lease.holder)
    leases.give_back(row.lease, by)
    return None


def _check_moment(row: LeaseEntry, entry: JournalEntry) -> None:
    """Check that an entry was not written before the one that it follows. Refused `bad_moment`."""
    previous = entry_at(row.lease, entry.position - 1)
    if previous is not None and entry.at < entry_of(previous).at:
        raise Refused("bad_moment", _("The clock of the desk was wrong when this was written down."))


def _check_last(row: LeaseEntry, entry: JournalEntry) -> None:
    """Check that a step back is from the entry right before it, within two minutes. Refused `too_late`."""
    if row.undoes is None:
        return
    since = entry.at - entry_of(row.undoes).at
    if entry.undoes != entry.position - 1 or since > voids.UNDO_FOR:
        raise Refused("too_late", _("Only the last one is taken back, within two minutes. Ask a manager."))


def _redeem(row: LeaseEntry, entry: JournalEntry, goods: GoodsOut, by: User, is_deciding: bool) -> Redemption:
    """Hand out what an entry says, once. Who brings it in may have handed it out, too: not to themselves."""
    lease = row.lease
    card = cards.by_number(goods.card, lease.shop.village)
    if card is None:
        raise Refused("unknown_card", _("This village has no such card."))
    if humans.is_own(by, card.person):
        raise Refused("own_card", _("Nobody serves themselves. Ask another volunteer."))
    return redemptions.redeem(
        f"offline:{lease.id}:{entry.position}",
        lease.shop,
        card,
        goods.basket,
        lease.holder,
        goods.collector,
        expected_total=goods.total,
        handed_out=HandedOut(
            lease, row.id, goods.serial, goods.code, entry.at, goods.prices, is_deciding=is_deciding
        ),
    )


def _undo(row: LeaseEntry, by: User) -> Redemption | None:
    """Take back what an earlier entry booked; None where that was kept, and needs no decision any more."""
    redemption = db.session.scalar(select(Redemption).where(Redemption.entry_id == row.undoes_id))
    if redemption is None:
        return None
    with force_locale("zh"):
        reason = gettext("Taken back at the desk right away")
    voids.void(redemption, reason, by, row.lease)
    return redemption


def _stored_outcome(row: LeaseEntry, entry: JournalEntry) -> EntryOutcome:
    """What became of an entry that came before. Refused `bad_entry` where it said something else."""
    if row.text != entry.text:
        raise bad_entry()
    of_entry = row.undoes_id or row.id
    redemption = db.session.scalar(select(Redemption).where(Redemption.entry_id == of_entry))
    waits = db.session.scalar(waiting_entries().where(LeaseEntry.id == row.id)) is not None
    refusal = Refused(row.refusal, row.why) if waits and row.refusal else None
    return EntryOutcome(row.position, redemption, refusal)
