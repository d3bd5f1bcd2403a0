"""What a village lays open of a quarter or month. Names are masked: it hangs on the wall and is on the net.

Each part counts on the day it was written: what is late, taken back or corrected changes no sheet that hangs.
Points are tenths, money is fen.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, takewhile

from sqlalchemy import select

from ground import clock
from ground.clock import Quarter
from ground.db import db
from people.models import Area, Grid, Person
from people.roster import holders
from people.sight import outside
from points import labels, ledger
from points.models import Rubric, RubricItem
from points.rubrics import versions
from reports.disclosure.periods import Period
from shop.desk import register
from shop.shelf import prices, shops
from shop.stock import turnover


@dataclass(frozen=True)
class GoodsReceived:
    """Units of an article that came in: bought, donated, allocated or otherwise; `spent` on those bought.

    `spent` is None where nothing was bought, or its cost is not known; `unpriced` of those bought have no
    cost, and are not in it.
    """

    name: str
    unit: str
    bought: int
    given: int
    otherwise: int
    spent: int | None
    unpriced: int

    @property
    def units(self) -> int:
        """All that came in."""
        return self.bought + self.given + self.otherwise


@dataclass(frozen=True)
class PricedGoods:
    """What an article costs."""

    name: str
    unit: str
    price: int


@dataclass(frozen=True)
class RubricPart:
    """The items of one duty, and what each is worth; a deduction is minus."""

    duty: str
    items: Sequence[RubricItem]


@dataclass(frozen=True)
class WorkerPoints:
    """What was booked to somebody, and what went for goods; the name is masked."""

    name: str
    grid: str
    booked: int
    redeemed: int


@dataclass(frozen=True)
class RedeemedGoods:
    """What of an article was handed out, net of voids."""

    name: str
    unit: str
    units: int
    points: int


@dataclass(frozen=True)
class Disclosure:
    """The five openings of a village in a period; `rubric` None where none is in force."""

    village: Area
    period: Period
    received: Sequence[GoodsReceived]
    prices: Sequence[PricedGoods]
    rubric: Rubric | None
    workers: Sequence[WorkerPoints]
    redeemed: Sequence[RedeemedGoods]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened and nothing was in force."""
        return not (self.received or self.prices or self.rubric or self.workers or self.redeemed)

    @property
    def rubric_parts(self) -> list[RubricPart]:
        """The rubric's items, duty by duty in the order of the rubric."""
        items = (
            sorted(self.rubric.items, key=lambda item: _DUTIES.index(item.category)) if self.rubric else []
        )
        return [
            RubricPart(str(labels.DUTIES[category]), list(of_duty))
            for category, of_duty in groupby(items, lambda item: item.category)
        ]

    @property
    def spent(self) -> int:
        """What all goods cost that were bought, in fen."""
        return sum(goods.spent or 0 for goods in self.received)

    @property
    def booked(self) -> int:
        """All points that were booked."""
        return sum(worker.booked for worker in self.workers)

    @property
    def points_redeemed(self) -> int:
        """All points that went for goods; the same by worker and by article."""
        return sum(goods.points for goods in self.redeemed)


_DUTIES = tuple(labels.DUTIES)


def disclose(village: Area, period: Period) -> Disclosure:
    """The five openings of a village in a period, as of its last day; of one that goes on as of today."""
    shop = shops.of_village(village)
    offered = prices.offered_on(shop, _as_of(period)) if shop else ()
    return Disclosure(
        village,
        period,
        list(_received(village, period)),
        [PricedGoods(goods.title, goods.unit, tenths) for goods, tenths in offered],
        _rubric(village, period),
        _workers(village, period),
        [
            RedeemedGoods(goods.title, goods.unit, units, tenths)
            for goods, units, tenths in register.by_article([village.id], period.first_day, period.last_day)
            if units or tenths
        ],
    )


def _as_of(period: Period) -> date:
    """The day whose prices and rubric are shown: nothing that is still to come."""
    return min(period.last_day, clock.today())


def _received(village: Area, period: Period) -> Iterator[GoodsReceived]:
    moments = clock.day_span(period.first_day, period.last_day)
    rows = db.session.execute(turnover.by_article_valued([village.id], *moments)).all()
    articles, unpriced = turnover.articles([row[0] for row in rows]), _unpriced(village, *moments)
    for row in rows:
        goods, valued = articles[row[0]], turnover.valued_of(row[1:])
        came = valued.units
        otherwise = came.came_in - came.bought - came.given
        if came.bought or came.given or otherwise:
            spent, left_out = valued.fen.bought or None, unpriced[goods.id]
            yield GoodsReceived(goods.title, goods.unit, came.bought, came.given, otherwise, spent, left_out)


def _unpriced(village: Area, begins: datetime, ends: datetime) -> Counter[int]:
    """How many units were bought of which nobody wrote down the cost, by the id of the article."""
    rows = db.session.execute(turnover.by_lot([village.id], begins, ends)).all()
    bought = {row[0]: turnover.turnover_of(row[1:]).bought for row in rows}
    units: Counter[int] = Counter()
    for lot in turnover.lots([ident for ident, count in bought.items() if count]).values():
        if lot.unit_cost is None:
            units[lot.goods_id] += bought[lot.id]
    return units


def _rubric(village: Area, period: Period) -> Rubric | None:
    """The rubric by which the period's services are scored; where none was yet, that of its end."""
    scored_by = versions.in_force(village, Quarter.of(period.first_day))
    return scored_by or versions.in_force_on(village, _as_of(period))


def _workers(village: Area, period: Period) -> list[WorkerPoints]:
    """Who was booked points or redeemed some, grid by grid."""
    moments = clock.day_span(period.first_day, period.last_day)
    booked = ledger.booked_by_person(village, *moments)
    redeemed = register.points_by_person([village.id], period.first_day, period.last_day)
    ids = {ident for figures in (booked, redeemed) for ident, tenths in figures.items() if tenths}
    people = list(db.session.scalars(select(Person).where(Person.id.in_(ids))))
    grids = _grids(village, period)
    people.sort(key=lambda person: (grids[person.id].code if person.id in grids else "~", person.id))
    sight = outside()
    return [
        WorkerPoints(
            sight.name(person),
            _within(village, grids[person.id]) if person.id in grids else "",
            booked.get(person.id, 0),
            redeemed.get(person.id, 0),
        )
        for person in people
    ]


def _within(village: Area, grid: Grid) -> str:
    """A grid as it is called in its village: without the village's own name."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(grid.name, village.name, strict=False))
    return grid.name[len(list(shared)) :] or grid.name


def _grids(village: Area, period: Period) -> dict[int, Grid]:
    """Where each worker served last: in the period, or in the quarter before, of which the points are."""
    before = Quarter.of(period.first_day).previous
    serving = holders.serving_terms(village, before.first_day, period.last_day)
    return {term.person_id: term.grid for term in sorted(serving, key=lambda term: term.starts_on)}
