"""Donations: what somebody gave a shop, under one receipt a day, and what became of it."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ground import clock
from ground.db import db, get_locked
from ground.refusal import Refused
from people.cards import drawn
from shop.models import Consignment, Donation, Goods, Lot, MoveKind, Redemption, Shop, StockMove

CODE_LENGTH = 16


def named(donor: str | None) -> str:
    """A donor's name as it is kept, without the spaces that nobody sees; empty if there is none."""
    return " ".join((donor or "").split())


def given(shop_id: int, name: str) -> Donation:
    """Today's donation of this donor to a shop: the one that is there, or a new one with the next number.

    Refused `donor_missing`. Locks the shop for its next number.
    """
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
        code=drawn(CODE_LENGTH, secrets.SystemRandom()),
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


def donors(shop: Shop) -> Sequence[str]:
    """Who gave to a shop so far, by name."""
    given = select(Donation.donor).where(Donation.shop_id == shop.id)
    return db.session.scalars(given.distinct().order_by(Donation.donor)).all()


def items(donations: Iterable[Donation]) -> dict[int, list[StockMove]]:
    """By donation id: the deliveries it is made of, each with its lot, article and who took it in.

    What was taken in by mistake and undone was not given.
    """
    undone = aliased(StockMove)
    found: dict[int, list[StockMove]] = {donation.id: [] for donation in donations}
    given = (
        select(StockMove)
        .join(StockMove.lot)
        .outerjoin(undone, undone.reverses_id == StockMove.id)
        .options(contains_eager(StockMove.lot).joinedload(Lot.goods), joinedload(StockMove.actor))
        .where(Lot.donation_id.in_(found), *CAME_IN, undone.id.is_(None))
        .order_by(StockMove.id)
    )
    for move in db.session.scalars(given):
        found[move.lot.donation_id or 0].append(move)
    return found


CAME_IN = (StockMove.kind == MoveKind.RECEIPT, StockMove.consignment_id.is_(None))


@dataclass
class Given:
    """One lot of a donation, in units: given, handed out (net of voids), gone otherwise, and still there.

    Gone otherwise is what was written off, returned, found missing (less what was found over), or is on its
    way to another shop. `days` says on which days how many were handed out; nowhere to whom.
    """

    goods: Goods
    best_before: date | None
    given: int = 0
    handed_out: int = 0
    otherwise: int = 0
    left: int = 0
    days: dict[date, int] = field(default_factory=lambda: defaultdict(int))


def account_for(donation: Donation) -> list[Given]:
    """What became of everything in a donation, lot by lot, also where it went on to another shop.

    What was received by mistake and undone was not given; what was voided was not handed out that day.
    """
    origins = _origins(donation)
    found: dict[int, Given] = {}
    for move, redeemed_on in db.session.execute(
        select(StockMove, Redemption.day)
        .join(StockMove.lot)
        .outerjoin(Redemption, StockMove.redemption_id == Redemption.id)
        .options(contains_eager(StockMove.lot).joinedload(Lot.goods), joinedload(StockMove.reverses))
        .where(Lot.donation_id == donation.id)
        .order_by(StockMove.id)
    ):
        came_from = move.lot_id
        while came_from in origins:
            came_from = origins[came_from]
        there = found.setdefault(came_from, Given(move.lot.goods, move.lot.best_before))
        _add(there, move, redeemed_on)
    return [there for there in found.values() if there.given]


def by_day(gifts: Iterable[Given]) -> list[tuple[date, list[tuple[Goods, int]]]]:
    """The days on which something of a donation went out, the latest first: what, and how many units."""
    days: dict[date, Counter[Goods]] = defaultdict(Counter)
    for gift in gifts:
        for day, units in gift.days.items():
            days[day][gift.goods] += units
    return [(day, list((+days[day]).items())) for day in sorted(days, reverse=True) if +days[day]]


def _origins(donation: Donation) -> dict[int, int]:
    """For each lot of a donation that another shop sent on: the lot it was taken from."""
    sent = (
        select(Consignment.arrived_id, Consignment.lot_id)
        .join(Lot, Consignment.arrived_id == Lot.id)
        .where(Lot.donation_id == donation.id)
    )
    return {arrived: lot for arrived, lot in db.session.execute(sent) if arrived is not None}


def _add(there: Given, move: StockMove, redeemed_on: date | None) -> None:
    """Put one move to the figure it belongs to."""
    there.left += move.quantity
    kinds = {move.kind, move.reverses.kind if move.reverses else None}
    if redeemed_on is not None:
        there.handed_out -= move.quantity
        there.days[redeemed_on] -= move.quantity
    elif MoveKind.RECEIPT in kinds and move.consignment_id is None:
        there.given += move.quantity
    else:
        there.otherwise -= move.quantity
