"""Donations: what somebody gave a shop, under one receipt a day, and what became of it."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ground import names
from ground.db import among, db, get_locked
from ground.refusal import Refused
from people.cards import random_characters
from people.models import Area
from shop.models import Consignment, Donation, Goods, Lot, MoveKind, Redemption, Shop, Source, StockMove

CODE_CHARACTERS = 16


def donor_of(source: Source, donor: str | None) -> str | None:
    """The donor's name as it is kept; empty for a donation without one, None for what was not donated.

    Refused `not_donated` for a donor of what was not donated: a name that was typed is never dropped.
    """
    name = names.kept(donor or "")
    if source == Source.DONATION:
        return name
    if name:
        raise Refused(
            "not_donated",
            _("Only what was donated has a donor. Choose “donated” above, or leave this empty."),
            "donor",
        )
    return None


def donation_on(day: date, shop_id: int, name: str) -> Donation:
    """A day's donation of this donor to a shop: the one that is there, or a new one with the next number.

    Locks the shop for its next number.
    """
    get_locked(Shop, shop_id)
    existing = db.session.scalar(
        select(Donation).where(
            Donation.shop_id == shop_id, names.is_name(Donation.donor, name), Donation.given_on == day
        )
    )
    if existing is not None:
        return existing
    last = db.session.scalar(select(func.max(Donation.serial)).where(Donation.shop_id == shop_id))
    donation = Donation(
        shop_id=shop_id,
        donor=name,
        given_on=day,
        serial=(last or 0) + 1,
        code=random_characters(CODE_CHARACTERS, secrets.SystemRandom()),
    )
    db.session.add(donation)
    db.session.flush()
    return donation


def by_code(code: str) -> Donation | None:
    """The donation whose receipt carries this public code, or None."""
    return db.session.scalar(
        select(Donation).options(joinedload(Donation.shop)).where(Donation.code == code.upper())
    )


def donations_of(shop: Shop) -> Select[Donation]:
    """The shop's donations, the latest first; for paging."""
    return select(Donation).where(Donation.shop_id == shop.id).order_by(Donation.id.desc())


def donors(shop: Shop) -> Sequence[str]:
    """The donors of a shop so far, by name, each once as it was written first."""
    query = select(Donation.donor).where(Donation.shop_id == shop.id)
    written = db.session.scalars(query.order_by(Donation.id.desc()))
    return sorted({names.folded(donor): donor for donor in written}.values())


def deliveries_of(donations: Iterable[Donation]) -> dict[int, list[StockMove]]:
    """The deliveries of donations by donation id, each with its lot, article and who took it in.

    What was taken in by mistake and undone was not given.
    """
    undone = aliased(StockMove)
    deliveries: dict[int, list[StockMove]] = {donation.id: [] for donation in donations}
    query = (
        select(StockMove)
        .join(StockMove.lot)
        .outerjoin(undone, undone.reverses_id == StockMove.id)
        .options(contains_eager(StockMove.lot).joinedload(Lot.goods), joinedload(StockMove.actor))
        .where(Lot.donation_id.in_(deliveries), *IS_DELIVERY, undone.id.is_(None))
        .order_by(StockMove.id)
    )
    for move in db.session.scalars(query):
        deliveries[move.lot.donation_id or 0].append(move)
    return deliveries


IS_DELIVERY = (StockMove.kind == MoveKind.RECEIPT, StockMove.consignment_id.is_(None))


@dataclass
class DonatedLot:
    """One lot of a donation, in units: given, handed out (net of voids), gone otherwise, and still there.

    Gone otherwise is what was written off, returned, found missing (less what was found over), or is on its
    way to another shop. `days` says on which days how many were handed out; nowhere to whom.
    """

    goods: Goods
    best_before: date | None
    units_given: int = 0
    handed_out: int = 0
    gone_otherwise: int = 0
    units_left: int = 0
    days: dict[date, int] = field(default_factory=lambda: defaultdict(int))


def donated_lots(donation: Donation) -> list[DonatedLot]:
    """The lots of a donation and what became of them, also at another shop.

    What was received by mistake and undone was not given; what was voided was not handed out that day.
    """
    return [donated for donated in use_of([donation.id]).values() if donated.units_given]


def lot_ids_between(village_ids: Collection[int], first: date, last: date) -> Select[int]:
    """The ids of the lots that were given to the shops of some villages from a day to another, by day."""
    undone = aliased(StockMove)
    # Looked up for each lot: joined with its moves, PostgreSQL looks for deliveries among those of all years.
    delivery = select(StockMove.id).where(StockMove.lot_id == Lot.id, *IS_DELIVERY).limit(1).scalar_subquery()
    return (
        select(Lot.id)
        .join(Lot.donation)
        .join(Donation.shop)
        .where(
            among(Shop.village_id, village_ids),
            Donation.given_on.between(first, last),
            delivery.is_not(None),
            ~exists().where(undone.reverses_id == delivery),
        )
        .order_by(Donation.given_on, Lot.id)
    )


@dataclass(frozen=True)
class DonationCount:
    """How many donations came in, and from how many different donors."""

    donations: int
    donors: int


def count_between(village: Area, first: date, last: date) -> DonationCount:
    """The donations to a village's shop on these days of which something was not undone, and their donors."""
    lots = lot_ids_between([village.id], first, last).order_by(None).subquery()
    row = db.session.execute(
        select(func.count(Donation.id.distinct()), func.count(Donation.donor.distinct()))
        .select_from(Donation)
        .join(Donation.lots)
        .where(Lot.id.in_(select(lots.c.id)))
    ).one()
    return DonationCount(*row)


def use_of(donation_ids: Collection[int]) -> dict[int, DonatedLot]:
    """What became of the lots of donations, also at another shop, by the id of the lot that came in."""
    origins = _origins(donation_ids)
    lots_by_origin: dict[int, DonatedLot] = {}
    for move, redeemed_on in db.session.execute(
        select(StockMove, Redemption.day)
        .join(StockMove.lot)
        .outerjoin(Redemption, StockMove.redemption_id == Redemption.id)
        .options(contains_eager(StockMove.lot).joinedload(Lot.goods), joinedload(StockMove.reverses))
        .where(Lot.donation_id.in_(donation_ids))
        .order_by(StockMove.id)
    ):
        origin = move.lot_id
        while origin in origins:
            origin = origins[origin]
        donated = lots_by_origin.setdefault(origin, DonatedLot(move.lot.goods, move.lot.best_before))
        _add_move(donated, move, redeemed_on)
    return lots_by_origin


def handed_out_by_day(gifts: Iterable[DonatedLot]) -> list[tuple[date, list[tuple[Goods, int]]]]:
    """What of a donation was handed out, by day, the latest first: articles and units."""
    days: dict[date, Counter[Goods]] = defaultdict(Counter)
    for gift in gifts:
        for day, units in gift.days.items():
            days[day][gift.goods] += units
    return [(day, list((+days[day]).items())) for day in sorted(days, reverse=True) if +days[day]]


def _origins(donation_ids: Collection[int]) -> dict[int, int]:
    """The lots of donations that were sent on, by id, each with the lot it was taken from."""
    query = (
        select(Consignment.arrived_id, Consignment.lot_id)
        .join(Lot, Consignment.arrived_id == Lot.id)
        .where(Lot.donation_id.in_(donation_ids))
    )
    return {arrived: lot for arrived, lot in db.session.execute(query) if arrived is not None}


def _add_move(donated: DonatedLot, move: StockMove, redeemed_on: date | None) -> None:
    """Add one move to the figure of a donated lot that it belongs to."""
    donated.units_left += move.quantity
    kinds = {move.kind, move.reverses.kind if move.reverses else None}
    if redeemed_on is not None:
        donated.handed_out -= move.quantity
        donated.days[redeemed_on] -= move.quantity
    elif MoveKind.RECEIPT in kinds and move.consignment_id is None:
        donated.units_given += move.quantity
    else:
        donated.gone_otherwise -= move.quantity
