"""What stands behind a village's points: the goods on the shelf and the money set aside for more.

A point is meant to buy goods for a yuan, so that a village can compare the two; prices are its own.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, cast, extract, func, select
from sqlalchemy.orm import aliased, joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import among, db, lock
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Area, User
from points import ledger
from shop.models import Budget, Goods, Lot, MoveKind, Redemption, Shop, Source, StockMove, Void, of_voided
from shop.shelf import prices, shops
from shop.shelf.goods import is_usable

FEN_A_TENTH = 10  # 1 point is 1 yuan, so a tenth of a point is ten fen
MOST_FEN = 1_000_000_000  # fen: ten million yuan for one shop and year
USUAL_QUARTERS = 4  # the usual is the mean of so many


@dataclass(frozen=True)
class BudgetSpending:
    """A year's budget and what was spent of it, in fen.

    `amount` is what was set aside (None: nothing decided), `spent` what was paid for goods since January.
    `purchases_without_cost` counts deliveries that were bought and whose cost nobody wrote down.
    """

    year: int
    amount: int | None
    spent: int
    purchases_without_cost: int

    @property
    def unspent(self) -> int:
        """Fen that can still be spent; below 0 when more was bought."""
        return (self.amount or 0) - self.spent if self.amount is not None else 0


@dataclass(frozen=True)
class Backing:
    """A village's points against the goods and money behind them, all in tenths of a point.

    `outstanding` is what the workers hold, `to_be_booked` what is about to be booked, `goods` what the goods
    on hand cost today, `usual_quarter` what is redeemed in a usual quarter (None: no full quarter yet).
    """

    outstanding: int
    to_be_booked: int
    goods: int
    money: BudgetSpending
    usual_quarter: int | None

    @property
    def outstanding_after(self) -> int:
        """The points that the workers hold once the new ones are booked."""
        return self.outstanding + self.to_be_booked

    @property
    def budget_tenths(self) -> int:
        """The points that the rest of the budget buys goods for."""
        return max(0, self.money.unspent) // FEN_A_TENTH

    @property
    def is_short(self) -> bool:
        """Whether goods and budget together are less than the points that may come for them."""
        return self.goods + self.budget_tenths < self.outstanding_after

    @property
    def goods_quarters(self) -> float | None:
        """The number of quarters of usual redemption that the goods on hand cover."""
        return quarters_of(self.goods, self.usual_quarter)

    @property
    def points_quarters(self) -> float | None:
        """The number of quarters it takes, as usual, until all points are redeemed."""
        return quarters_of(self.outstanding_after, self.usual_quarter)


@dataclass(frozen=True)
class Cover:
    """The points that workers hold and the goods on hand today, and a usual quarter's redemptions, in tenths.

    `usual_quarter` is None where there was no full quarter yet.
    """

    outstanding: int
    goods: int
    usual_quarter: int | None

    @property
    def goods_quarters(self) -> float | None:
        """The number of quarters of usual redemption that the goods on hand cover."""
        return quarters_of(self.goods, self.usual_quarter)


def quarters_of(tenths: int, usual_quarter: int | None) -> float | None:
    """How many usual quarters so many tenths last; None where no quarter is usual yet."""
    return round(tenths / usual_quarter, 1) if usual_quarter else None


def weigh(village: Area, new_tenths: int = 0) -> Backing:
    """Weigh a village's points against goods and budget today, when so many tenths are added."""
    shop = shops.of_village(village)
    year = clock.today().year
    return Backing(
        outstanding=ledger.outstanding_by_village([village.id]).get(village.id, 0),
        to_be_booked=new_tenths,
        goods=goods_by_village([village.id]).get(village.id, 0),
        money=budget_spending(shop, year) if shop else BudgetSpending(year, None, 0, 0),
        usual_quarter=usual_quarters([village.id]).get(village.id),
    )


def covers(villages: Collection[int]) -> dict[int, Cover]:
    """The points and the goods of these villages (by id) today, those that have any."""
    outstanding, goods = ledger.outstanding_by_village(villages), goods_by_village(villages)
    usual = usual_quarters(villages)
    return {
        ident: Cover(outstanding.get(ident, 0), goods.get(ident, 0), usual.get(ident))
        for ident in outstanding.keys() | goods.keys()
    }


def goods_by_village(villages: Collection[int]) -> dict[int, int]:
    """What the goods that can be given out in these villages (by id) cost today, in tenths of a point."""
    today = clock.today()
    units = (
        select(Lot.goods_id, func.sum(Lot.on_hand).label("units"))
        .where(Lot.on_hand > 0, is_usable(today))
        .group_by(Lot.goods_id)
        .subquery()
    )
    return {
        village_id: int(tenths)
        for village_id, tenths in db.session.execute(
            select(Shop.village_id, func.sum(units.c.units * prices.price_column(today)))
            .select_from(Goods)
            .join(Goods.shop)
            .join(units, units.c.goods_id == Goods.id)
            .where(among(Shop.village_id, villages), Goods.archived_on.is_(None))
            .group_by(Shop.village_id)
        )
    }


def worth_on(village: Area, day: date) -> int:
    """What all that lay in a village's shop at the end of a day cost on it, in tenths, expired or not."""
    _begins, ends = clock.day_span(day, day)
    units = (
        select(Lot.goods_id, func.sum(StockMove.quantity).label("units"))
        .join(StockMove.lot)
        .join(Lot.goods)
        .join(Goods.shop)
        .where(Shop.village_id == village.id, StockMove.at < ends)
        .group_by(Lot.goods_id)
        .subquery()
    )
    worth = select(func.sum(units.c.units * prices.price_column(day)))
    return int(db.session.scalar(worth.select_from(Goods).join(units, units.c.goods_id == Goods.id)) or 0)


def usual_quarters(villages: Collection[int]) -> dict[int, int]:
    """Tenths redeemed in a usual quarter in these villages (by id), net of voids.

    The mean of the last four full quarters in which something was redeemed there; a village without one is
    not in it. Most redeem something in each quarter, so that only for the others all years are read.
    """
    since = Quarter.of(clock.today())
    for _quarter in range(USUAL_QUARTERS):
        since = since.previous
    own = dict(
        db.session.execute(select(Shop.id, Shop.village_id).where(among(Shop.village_id, villages))).all()
    )
    sums = _redeemed_by_quarter(own, since)
    rest = [shop_id for shop_id in own if len(sums[shop_id]) < USUAL_QUARTERS]
    began_on = db.session.scalar(select(func.min(Redemption.day)).where(among(Redemption.shop_id, rest)))
    if began_on is not None and began_on < since.first_day:
        sums |= _redeemed_by_quarter(rest, Quarter.of(began_on))
    return {own[shop_id]: _mean_of_last(quarters) for shop_id, quarters in sums.items() if quarters}


def _redeemed_by_quarter(shop_ids: Collection[int], since: Quarter) -> dict[int, Counter[Quarter]]:
    """Tenths redeemed in these shops (by id) in each full quarter from one on, net of voids.

    A quarter without any is left out.
    """
    quarters, current_quarter = [since], Quarter.of(clock.today())
    while quarters[-1].next < current_quarter:
        quarters.append(quarters[-1].next)
    # One stretch of an index for each shop and quarter: grouped, the rows of a county cost twice as much.
    handed_out = (
        select(func.sum(Redemption.total))
        .where(
            Redemption.shop_id == Shop.id,
            Redemption.day.between(quarter.first_day, quarter.last_day),
        )
        .scalar_subquery()
        for quarter in quarters
    )
    sums = {
        shop_id: Counter(dict(zip(quarters, (int(tenths or 0) for tenths in row), strict=True)))
        for shop_id, *row in db.session.execute(select(Shop.id, *handed_out).where(among(Shop.id, shop_ids)))
    }
    begins, _ends = clock.day_span(since.first_day, since.last_day)
    given_back = select(
        of_voided(Redemption.shop_id), of_voided(Redemption.day), of_voided(Redemption.total)
    ).where(Void.at >= begins, of_voided(Redemption.shop_id).in_(shop_ids))
    for shop_id, day, tenths in db.session.execute(given_back):
        if since.first_day <= day < current_quarter.first_day:
            sums[shop_id][Quarter.of(day)] -= tenths
    return {shop_id: +quarters for shop_id, quarters in sums.items()}


def _mean_of_last(sums: Counter[Quarter]) -> int:
    last = [sums[quarter] for quarter in sorted(sums)][-USUAL_QUARTERS:]
    return round(sum(last) / len(last))


def budget_spending(shop: Shop, year: int) -> BudgetSpending:
    """A year's budget of a shop and what was spent of it.

    Spent is what was bought that year, units by their cost: without deliveries undone as a mistake, and
    without what came from another shop, which that one had paid for.
    """
    undoing = aliased(StockMove)
    is_undone = select(undoing.id).where(undoing.reverses_id == StockMove.id).exists()
    spent, uncosted = db.session.execute(
        select(
            func.coalesce(func.sum(cast(StockMove.quantity, BigInteger) * Lot.unit_cost), 0),
            func.count().filter(Lot.unit_cost.is_(None)),
        )
        .join(StockMove.lot)
        .join(Lot.goods)
        .where(
            Goods.shop_id == shop.id,
            Lot.source == Source.PURCHASE,
            extract("year", Lot.received_on) == year,
            StockMove.kind == MoveKind.RECEIPT,
            StockMove.consignment_id.is_(None),
            ~is_undone,
        )
    ).one()
    decided = latest_budget(shop, year)
    return BudgetSpending(year, decided.amount if decided else None, int(spent), uncosted)


def latest_budget(shop: Shop, year: int) -> Budget | None:
    """The budget that was decided last for a year, or None."""
    return db.session.scalar(
        select(Budget)
        .where(Budget.shop_id == shop.id, Budget.year == year)
        .order_by(Budget.id.desc())
        .limit(1)
    )


def budget_history(shop: Shop) -> Sequence[Budget]:
    """Every budget of a shop, the latest year first, and in it what was decided last."""
    return db.session.scalars(
        select(Budget)
        .where(Budget.shop_id == shop.id)
        .options(joinedload(Budget.actor))
        .order_by(Budget.year.desc(), Budget.id.desc())
    ).all()


def budget_years() -> tuple[int, int]:
    """The years for which a budget can be set today: this and the next."""
    current_year = clock.today().year
    return current_year, current_year + 1


def set_budget(shop: Shop, year: int, amount: int, decided_by: str, actor: User) -> Budget:
    """Write down how much money (fen) is set aside for a shop's goods in a year; the latest counts.

    The same sent twice is one. Refused `bad_year` for another than this and the next, `bad_amount` (0 to ten
    million yuan), `reason_missing` when nobody is named who decided it.
    """
    lock(shop)
    if year not in budget_years():
        raise Refused("bad_year", _("A budget is set for this year or the next."), "year")
    if not 0 <= amount <= MOST_FEN:
        raise Refused("bad_amount", _("A budget is from 0 to 10,000,000 yuan."), "amount")
    decided_by = required_reason(decided_by, "decided_by")
    last_budget = latest_budget(shop, year)
    if last_budget is not None and (last_budget.amount, last_budget.decided_by) == (amount, decided_by):
        return last_budget
    budget = Budget(
        shop_id=shop.id,
        year=year,
        amount=amount,
        decided_by=decided_by,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(budget)
    db.session.flush()
    yuan = f"{amount // 100}.{amount % 100:02d}"
    audit.note(actor, "budget.set", shop, shop.village, year=year, yuan=yuan, decided_by=decided_by)
    return budget
