"""Donations: what somebody gave a shop, under one receipt a day, and what became of it."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from people import clock
from people.cards import ALPHABET
from people.db import db, get_locked
from people.refused import Refused
from shop.models import Consignment, Donation, Goods, Lot, MoveKind, Shop, StockMove

CODE_LENGTH = 16


def given(shop_id: int, donor: str | None) -> Donation:
    """Today's donation of this donor to a shop: the one that is there, or a new one with the next number.

    Refused `donor_missing`.
    """
    name = " ".join((donor or "").split())
    if not name:
        raise Refused("donor_missing", _("Write down who gave it."), "donor")
    get_locked(Shop, shop_id)
    today = clock.today()
    there = db.session.scalar(
        select(Donation).where(
            Donation.shop_id == shop_id, Donation.donor == name, Donation.given_on == today
        )
    )
    if there is not None:
        return there
    last = db.session.scalar(select(func.max(Donation.serial)).where(Donation.shop_id == shop_id))
    donation = Donation(
        shop_id=shop_id,
        donor=name,
        given_on=today,
        serial=(last or 0) + 1,
        code="".join(secrets.choice(ALPHABET) for _digit in range(CODE_LENGTH)),
    )
    db.session.add(donation)
    db.session.flush()
    return donation


def by_code(code: str) -> Donation | None:
    """The donation whose receipt carries this public code, or None."""
    return db.session.scalar(
        select(Donation).options(joinedload(Donation.shop)).where(Donation.code == code.upper())
    )


def listed(shop: Shop) -> Select[Donation]:
    """The shop's donations, the latest first; for paging."""
    return select(Donation).where(Donation.shop_id == shop.id).order_by(Donation.id.desc())


@dataclass
class Given:
    """One lot of a donation, in units: given, handed out (net of voids), gone otherwise, and still there.

    `days` says on which days how many were handed out; nowhere to whom.
    """

    goods: Goods
    best_before: date | None
    given: int
    handed_out: int
    otherwise: int
    left: int
    days: dict[date, int]


HANDED_OUT = (MoveKind.REDEMPTION, MoveKind.VOID)


def account_for(donation: Donation) -> list[Given]:
    """What became of everything in a donation, lot by lot, also where it went on to another shop.

    What was received by mistake and undone was not given.
    """
    moves = db.session.scalars(
        select(StockMove)
        .join(StockMove.lot)
        .options(joinedload(StockMove.lot).joinedload(Lot.goods), joinedload(StockMove.reverses))
        .where(Lot.donation_id == donation.id)
        .order_by(StockMove.id)
    ).all()
    origins = _origins(donation)
    found: dict[int, Given] = {}
    for move in moves:
        lot, came_from = move.lot, move.lot_id
        while came_from in origins:
            came_from = origins[came_from]
        there = found.setdefault(came_from, Given(lot.goods, lot.best_before, 0, 0, 0, 0, defaultdict(int)))
        _add(there, move)
    return [there for there in found.values() if there.given]


def _origins(donation: Donation) -> dict[int, int]:
    """For each lot of a donation that another shop sent on: the lot it was taken from."""
    sent = (
        select(Consignment.arrived_id, Consignment.lot_id)
        .join(Lot, Consignment.arrived_id == Lot.id)
        .where(Lot.donation_id == donation.id)
    )
    return {arrived: lot for arrived, lot in db.session.execute(sent) if arrived is not None}


def _add(there: Given, move: StockMove) -> None:
    """Put one move to the figure it belongs to."""
    there.left += move.quantity
    reversed_kind = move.reverses.kind if move.reverses else None
    if move.kind in HANDED_OUT:
        there.handed_out -= move.quantity
        there.days[clock.local(move.at).date()] -= move.quantity
    elif MoveKind.RECEIPT in (move.kind, reversed_kind) and move.consignment_id is None:
        there.given += move.quantity
    else:
        there.otherwise -= move.quantity


def lots_of(donation: Donation) -> Sequence[Lot]:
    """The lots that came in with a donation at its own shop."""
    return db.session.scalars(
        select(Lot)
        .join(Lot.goods)
        .options(joinedload(Lot.goods))
        .where(Lot.donation_id == donation.id, Goods.shop_id == donation.shop_id)
        .order_by(Lot.id)
    ).all()
