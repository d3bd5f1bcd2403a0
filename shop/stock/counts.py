"""Stock-takes (盘点): the shelf is counted while the shop stays open; a manager books the differences.

Whoever counts does not see what the books say. Each count is kept with the figure of the books at the moment
it was made, so that what is handed out before or after does not count as a difference. A second person books.
What never came in and lies there all the same becomes a lot of opening stock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ground import clock, days
from ground.clock import Quarter
from ground.db import db, lock
from ground.refusal import Refused, check_repeated, says_something
from people import audit
from people.models import Proposal, Role, User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from people.signin import humans, keeping
from shop.models import Count, Goods, Lot, MoveKind, Shop, Source, StockMove, StockTake, Void
from shop.shelf import prices
from shop.stock import lots, second_person


def open_stock_take(shop: Shop) -> StockTake | None:
    """The stock-take that goes on in a shop, or None."""
    return db.session.scalar(
        select(StockTake).where(StockTake.shop_id == shop.id, StockTake.closed_at.is_(None))
    )


def begin_stock_take(shop: Shop, actor: User) -> StockTake:
    """Begin a stock-take; of two who begin at once both get the same."""
    lock(shop)
    running = open_stock_take(shop)
    if running is not None:
        return running
    stock_take = StockTake(shop_id=shop.id, begun_by_id=actor.id, begun_at=clock.now())
    db.session.add(stock_take)
    db.session.flush()
    return stock_take


def record_count(
    key: str,
    stock_take: StockTake,
    article: Goods,
    units: int,
    actor: User,
    began: datetime | None = None,
    ended: datetime | None = None,
    best_before: date | None = None,
) -> Count:
    """Write down that so many units of an article were counted, from a moment to a moment or just now.

    The last count of an article counts. `best_before` is what stands on an article that never came in; it may
    be over. Refused `stock_take_over`, `bad_quantity`, `unknown_goods` of another shop, `moved_meanwhile`
    when some of it left or came while it was counted, `came_in_already` for a best-before day of what did,
    `bad_day`, `key_reused`. Locks the stock-take, the article, then its lots.
    """
    lock(stock_take)
    count = db.session.scalar(select(Count).where(Count.key == key))
    if count is not None:
        check_repeated(
            (count.stock_take_id, count.goods_id, count.units, count.best_before),
            (stock_take.id, article.id, units, best_before),
        )
        return count
    _check_open(stock_take)
    if not 0 <= units <= lots.MOST_UNITS_AT_ONCE:
        raise Refused("bad_quantity", _("What was counted is a number from 0 to 100,000."))
    lock(article)
    if article.shop_id != stock_take.shop_id:
        raise Refused("unknown_goods", _("%(name)s is not of this shop.", name=article.title))
    article_lots = lots.lock_lots([article.id], empty=True)
    if best_before is not None and article_lots:
        raise Refused(
            "came_in_already",
            _(
                "Some of %(name)s came in by now; its days are known. Leave the day empty.",
                name=article.title,
            ),
        )
    if best_before is not None:
        days.FOUND_GOOD_UNTIL.check(best_before, "best_before")
    now = clock.now()
    ended = max(stock_take.begun_at, min(ended or now, now))
    began = max(stock_take.begun_at, min(began or ended, ended))
    if began < now and _has_moved(article, began, ended):
        raise Refused(
            "moved_meanwhile",
            _("Some of %(name)s left or came in while it was counted. Count it again.", name=article.title),
        )
    count = Count(
        key=key,
        stock_take_id=stock_take.id,
        goods_id=article.id,
        units=units,
        expected=sum(lot.on_hand for lot in article_lots) - _units_moved_after(article, ended),
        best_before=best_before,
        counter_id=actor.id,
        at=ended,
    )
    db.session.add(count)
    db.session.flush()
    return count


def _has_moved(article: Goods, began: datetime, ended: datetime) -> bool:
    within = StockMove.at >= began, StockMove.at <= ended
    query = select(StockMove.id).join(StockMove.lot).where(Lot.goods_id == article.id, *within)
    return db.session.scalar(query.limit(1)) is not None


def _units_moved_after(article: Goods, moment: datetime) -> int:
    query = select(func.sum(StockMove.quantity)).join(StockMove.lot)
    return db.session.scalar(query.where(Lot.goods_id == article.id, StockMove.at > moment)) or 0


@dataclass(frozen=True)
class CountRow:
    """An article in a stock-take: its last count, None if nobody counted it yet.

    `price` in tenths, of the day of the booking, or of today while it is open. `voided` are the units that
    came back on paper, by voids, since the article was last counted and booked. `came_in` is False for what
    never did: booked, it is opening stock.
    """

    goods: Goods
    price: int
    count: Count | None
    voided: int = 0
    came_in: bool = True

    @property
    def difference(self) -> int:
        """Units: plus for more than the books say, minus for less; 0 for what was not counted."""
        return self.count.difference if self.count else 0

    @property
    def is_opening(self) -> bool:
        """Whether it has a day of its own, so that nothing of it had come in when it was counted."""
        return self.count is not None and self.count.best_before is not None and self.difference > 0

    @property
    def voided_short(self) -> int:
        """The number of units that came back by voids and are missing on the shelf."""
        return min(self.voided, max(0, -self.difference))


def count_sheet(stock_take: StockTake) -> list[CountRow]:
    """The rows of a stock-take: every article that was counted.

    While it goes on also those to be counted: what is on the shelf, and what has units left.
    """
    last = {
        count.goods_id: count
        for count in db.session.scalars(
            select(Count)
            .options(joinedload(Count.counter))
            .where(Count.stock_take_id == stock_take.id)
            .order_by(Count.id)
        )
    }
    is_listed: ColumnElement[bool] = Goods.id.in_(list(last))
    if stock_take.is_open:
        lies_there = select(Lot.id).where(Lot.goods_id == Goods.id, Lot.on_hand > 0).exists()
        is_listed |= and_(Goods.shop_id == stock_take.shop_id, Goods.archived_on.is_(None) | lies_there)
    articles = db.session.scalars(
        select(Goods).options(selectinload(Goods.barcodes)).where(is_listed).order_by(Goods.id)
    ).all()
    day = clock.local(stock_take.closed_at).date() if stock_take.closed_at else clock.today()
    costs = prices.prices_on([article.id for article in articles], day)
    voided = _units_voided(stock_take, last)
    of_these = select(Lot.goods_id).where(Lot.goods_id.in_([article.id for article in articles]))
    came_in = set(db.session.scalars(of_these.distinct()))
    return [
        CountRow(
            article,
            costs[article.id],
            last.get(article.id),
            voided.get(article.id, 0),
            article.id in came_in,
        )
        for article in articles
    ]


def _units_voided(stock_take: StockTake, last: Mapping[int, Count]) -> dict[int, int]:
    """The units of each counted article that came back by voids between its last two counts, by id.

    The earlier one is of a stock-take that was booked before this one.
    """
    earlier = (
        select(func.max(Count.at))
        .join(StockTake, Count.stock_take_id == StockTake.id)
        .where(Count.goods_id == Lot.goods_id, StockTake.booked, StockTake.id < stock_take.id)
        .correlate(Lot)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Lot.goods_id, StockMove.at, StockMove.quantity)
        .join(StockMove.lot)
        .where(
            Lot.goods_id.in_(list(last)),
            StockMove.kind == MoveKind.VOID,
            or_(earlier.is_(None), StockMove.at > earlier),
        )
    )
    units: dict[int, int] = defaultdict(int)
    for goods_id, at, quantity in rows:
        if at <= last[goods_id].at:
            units[goods_id] += quantity
    return units


def book(
    stock_take: StockTake, actor: User, explanation: str = "", agreed_by: User | None = None
) -> StockTake:
    """Book the differences: what is missing leaves the lots that go first, what is over comes to the last.

    What never came in and lies there becomes a lot of its own, as opening stock. Where goods are missing that
    came back by a void, that is explained, and a second person agrees. Booked already, nothing more happens.
    Refused `own_count` for whoever counted any of it, `stock_take_over`, `nothing_counted`, `out_of_stock`
    when less is left by now than is missing, `explanation_missing`, `second_person`. Locks the stock-take,
    then the lots.
    """
    lock(stock_take)
    if stock_take.booked:
        return stock_take
    _check_open(stock_take)
    counted_rows = [row for row in count_sheet(stock_take) if row.count]
    if not counted_rows:
        raise Refused("nothing_counted", _("Nothing was counted yet."))
    if was_counted_by(stock_take, actor):
        raise Refused("own_count", _("Who counts does not book. Ask another manager."))
    differing_rows = [row for row in counted_rows if row.difference]
    if any(row.voided_short for row in differing_rows):
        kinds.check_agreed(_to_propose(stock_take, differing_rows, explanation), actor, agreed_by)
    lots_by_article = defaultdict(list)
    for lot in lots.lock_lots((row.goods.id for row in differing_rows), empty=True):
        lots_by_article[lot.goods_id].append(lot)
    for row in differing_rows:
        if row.is_opening or not lots_by_article[row.goods.id]:
            _open_lot(stock_take, row, actor)
            continue
        for lot, units in _lot_differences(row, lots_by_article[row.goods.id]):
            key = f"stock-take:{stock_take.id}:{lot.id}"
            lots.move_lot(lot, MoveKind.STOCK_TAKE, units, key, actor, stock_take_id=stock_take.id)
    stock_take.booked = True
    _close(stock_take, actor)
    return stock_take


def _to_propose(
    stock_take: StockTake, differing_rows: Sequence[CountRow], explanation: str
) -> SecondPersonNeeded:
    """What is proposed where goods of voids are missing: to book all differences.

    Refused `explanation_missing`.
    """
    explanation = explanation.strip()
    if not says_something(explanation):
        raise Refused(
            "explanation_missing",
            _("Say why the goods of voids are missing. A second person reads it."),
            "explanation",
        )
    return SecondPersonNeeded(
        second_person.VOID_SHORT,
        stock_take.shop.village,
        stock_take,
        _("Goods are missing that came back by a void. A second person has to agree."),
        explanation=explanation,
        short={str(row.goods.id): row.voided_short for row in differing_rows if row.voided_short},
        differences={str(row.goods.id): row.difference for row in differing_rows},
        last_count=_last_count_id(stock_take),
    )


def book_as_proposed(proposal: Proposal, agreed_by: User) -> StockTake:
    """Book the differences that one person proposed and another agreed to, if nothing was counted since.

    Refused `counted_since`, and as `book` is.
    """
    stock_take = proposed_stock_take(proposal)
    lock(stock_take)
    if _last_count_id(stock_take) != proposal.terms["last_count"]:
        raise Refused("counted_since", _("Something was counted since. Propose it again."))
    return book(stock_take, proposal.proposed_by, proposal.terms["explanation"], agreed_by)


def _last_count_id(stock_take: StockTake) -> int | None:
    """The id of the last count of a stock-take."""
    return db.session.scalar(select(func.max(Count.id)).where(Count.stock_take_id == stock_take.id))


def proposed_stock_take(proposal: Proposal) -> StockTake:
    """The stock-take that a proposal is about."""
    return db.session.get_one(StockTake, audit.id_of(proposal.subject))


def check_outside(proposal: Proposal, actor: User) -> None:
    """Check that the second person neither counted nor voided what is missing.

    Refused `own_count`, `own_void`.
    """
    stock_take = proposed_stock_take(proposal)
    if was_counted_by(stock_take, actor):
        raise Refused("own_count", _("Who counted does not decide on it. Ask another person."))
    short = [int(ident) for ident in proposal.terms["short"]]
    voids = db.session.scalars(
        select(Void)
        .join(StockMove, StockMove.redemption_id == Void.redemption_id)
        .join(StockMove.lot)
        .where(Lot.goods_id.in_(short), StockMove.kind == MoveKind.VOID)
        .distinct()
    )
    hands = [humans.behind(by) for void in voids if (by := void.actor or void.device)]
    if any(hand and humans.is_same(hand, actor) for hand in hands):
        raise Refused("own_void", _("Who voided some of it does not decide on it. Ask another person."))


def was_counted_by(stock_take: StockTake, actor: User) -> bool:
    """Whether somebody counted any of a stock-take: they do not book it."""
    return humans.is_among(actor, select(Count.counter_id).where(Count.stock_take_id == stock_take.id))


def has_another_to_book(stock_take: StockTake, actor: User) -> bool:
    """Whether a manager other than this one is there who counted none of a stock-take, and can book it."""
    return any(
        not humans.is_same(manager, actor) and not was_counted_by(stock_take, manager)
        for manager in db.session.scalars(keeping.users_in(stock_take.shop.village, Role.MANAGER))
        if manager.closed_at is None and Role.MANAGER in manager.roles_in(stock_take.shop.village)
    )


def _lot_differences(row: CountRow, article_lots: Iterable[Lot]) -> list[tuple[Lot, int]]:
    """The lots of an article to which the difference goes, with the units.

    Refused `out_of_stock`.
    """
    order = lots.in_leaving_order(article_lots)
    if row.difference > 0:
        return [(order[-1], row.difference)]
    parts, missing = lots.allocate(order, -row.difference)
    if missing:
        raise Refused(
            "out_of_stock",
            _("Less of %(name)s is left by now than is missing. Count it again.", name=row.goods.title),
        )
    return [(lot, -units) for lot, units in parts]


def _open_lot(stock_take: StockTake, row: CountRow, actor: User) -> None:
    """Bring in what was found of an article that never came in, as opening stock."""
    lot = Lot(
        goods_id=row.goods.id,
        source=Source.OPENING,
        best_before=row.count.best_before if row.count else None,
        received_on=clock.today(),
        on_hand=row.difference,
    )
    key = f"stock-take:{stock_take.id}:opening:{row.goods.id}"
    lots.bring_in_lots([lot], key, actor, MoveKind.STOCK_TAKE, stock_take_id=stock_take.id)


def call_off(stock_take: StockTake, actor: User) -> StockTake:
    """End a stock-take without booking anything; its counts stay. Refused `stock_take_over`."""
    lock(stock_take)
    _check_open(stock_take)
    _close(stock_take, actor)
    return stock_take


def _close(stock_take: StockTake, actor: User) -> None:
    stock_take.closed_by_id = actor.id
    stock_take.closed_at = clock.now()
    db.session.flush()


def _check_open(stock_take: StockTake) -> None:
    if not stock_take.is_open:
        raise Refused("stock_take_over", _("This stock-take is over. Begin a new one."))


def has_counted(shop: Shop, actor: User | None, quarter: Quarter) -> bool:
    """Whether somebody counted a shop's stock in a quarter: who did does not void there."""
    first, last = clock.day_span(quarter.first_day, quarter.last_day)
    counters = (
        select(Count.counter_id)
        .join(StockTake, Count.stock_take_id == StockTake.id)
        .where(StockTake.shop_id == shop.id, Count.at >= first, Count.at < last)
    )
    return humans.is_among(actor, counters)


def stock_takes_of(shop: Shop) -> Select[StockTake]:
    """The shop's stock-takes, the latest first; for paging."""
    return select(StockTake).where(StockTake.shop_id == shop.id).order_by(StockTake.id.desc())
