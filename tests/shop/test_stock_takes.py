"""Stock-takes: the shop stays open, who counts does not book, and what is sold meanwhile is no difference."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from ground.clock import SHANGHAI, Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Role
from people.signin import accounts
from shop.desk import redemptions, voids
from shop.models import Lot, MoveKind, Source, StockMove
from shop.shelf import goods as shelf
from shop.shelf import prices
from shop.stock import consignments, counts, moves, watch
from tests.cast import HASHED, TODAY
from tests.story import do, everything_fits, on_hand


def at(hour, minute=0, second=0):
    """A moment of the test's day."""
    return datetime.combine(TODAY, time(hour, minute, second), SHANGHAI)


@pytest.fixture
def take(cast):
    """A stock-take, begun at nine in the morning; the shelf holds 20 soap and 10 salt."""
    cast.earn(cast.worker, 1000)
    with transaction():
        return counts.begin_stock_take(cast.shop, cast.manager)


@pytest.fixture
def count(cast, take):
    def count(goods, units, key=None, actor=None, **moments):
        with transaction():
            key = key or f"count-{goods.id}-{units}"
            return counts.record_count(key, take, goods, units, actor or cast.volunteer, **moments)

    return count


@pytest.fixture
def sell(cast, clock):
    """Hand out soap at a moment."""

    def sell(moment, units=1, goods=None):
        clock.turn_to(moment)
        with transaction():
            basket = {(goods or cast.goods).id: units}
            return redemptions.redeem(f"{moment:%H%M%S}", cast.shop, cast.card, basket, cast.volunteer)

    return sell


@pytest.fixture
def book(cast, take):
    def book(actor=None):
        with transaction():
            return counts.book(take, actor or cast.manager)

    return book


def differences(take):
    return {row.goods.name: row.difference for row in counts.count_sheet(take) if row.count}


def test_sales_before_and_after_a_count_are_no_difference(cast, take, count, sell, book, clock):
    """Counted from 10:00 to 10:10, saved at 10:30; a piece is missing whatever the desk sells."""
    sell(at(9, 30), 2)
    sell(at(10, 20), 3)
    clock.turn_to(at(10, 30))
    made = count(cast.goods, 17, began=at(10, 0), ended=at(10, 10))
    assert (made.expected, made.difference, made.at) == (18, -1, at(10, 10))
    sell(at(11, 0), 4)
    assert differences(take) == {"肥皂": -1}
    assert book().booked
    assert on_hand(cast.goods) == [20 - 2 - 3 - 4 - 1]
    move = db.session.scalars(select(StockMove).where(StockMove.stock_take_id == take.id)).one()
    assert (move.kind, move.quantity, move.actor_id) == (MoveKind.STOCK_TAKE, -1, cast.manager.id)
    assert everything_fits()


@pytest.mark.parametrize("moment", [at(10, 0), at(10, 5), at(10, 10)])
def test_what_is_sold_while_it_is_counted_sends_it_back_to_be_counted_again(
    cast, take, count, sell, clock, moment
):
    sell(moment)
    clock.turn_to(at(10, 30))
    with pytest.raises(Refused, match="moved_meanwhile"):
        count(cast.goods, 19, began=at(10, 0), ended=at(10, 10))
    assert count(cast.salt, 10, began=at(10, 0), ended=at(10, 10)).difference == 0
    assert count(cast.goods, 19, began=at(10, 20), ended=at(10, 25)).difference == 0


def test_what_comes_in_or_back_while_it_is_counted_counts_as_moved_too(cast, take, count, sell, clock):
    done = sell(at(9, 30))
    for minute, act in (
        (5, lambda: voids.void(done, "拿错了", cast.manager)),
        (15, lambda: moves.receive("late", cast.goods, 3, Source.PURCHASE, cast.manager)),
    ):
        clock.turn_to(at(10, minute))
        with transaction():
            act()
        with pytest.raises(Refused, match="moved_meanwhile"):
            count(cast.goods, 20, began=at(10, minute - 2), ended=at(10, minute))
    clock.turn_to(at(11))
    assert count(cast.goods, 23).difference == 0


def test_a_sale_in_the_second_of_a_count_that_was_just_made_is_no_difference(cast, count, sell):
    sell(at(10))
    assert count(cast.goods, 19).difference == 0


def test_a_count_of_before_the_beginning_or_of_tomorrow_is_of_now(cast, take, count, sell, clock):
    sell(at(9, 30))
    made = count(cast.goods, 19, "a", began=at(9, 45), ended=at(12))
    assert (made.at, made.difference) == (at(9, 30), 0)
    clock.turn_to(at(9, 40))
    made = count(cast.goods, 20, "b", began=at(7), ended=at(8))
    assert (made.at, made.expected) == (take.begun_at, 20)


def test_the_last_count_counts_and_the_others_stay(cast, take, count, book):
    count(cast.goods, 12)
    second = accounts_of_volunteer(cast)
    count(cast.goods, 21, actor=second)
    count(cast.salt, 10)
    rows = {row.goods.name: row for row in counts.count_sheet(take)}
    assert (rows["肥皂"].difference, rows["肥皂"].count.counter.name) == (1, "李帮手")
    book()
    assert (on_hand(cast.goods), on_hand(cast.salt)) == ([21], [10])
    assert everything_fits()


def accounts_of_volunteer(cast):
    with transaction():
        user = accounts.add_user("helper", "李帮手", HASHED, None, None, temporary=False)
        accounts.grant(user, Role.VOLUNTEER, cast.village, None)
    return user


def test_a_count_is_saved_once(cast, take, count):
    first = count(cast.goods, 19, "one-key")
    assert count(cast.goods, 19, "one-key").id == first.id
    for goods, units in ((cast.goods, 18), (cast.salt, 19)):
        with pytest.raises(Refused, match="key_reused"):
            count(goods, units, "one-key")


def test_who_counted_anything_does_not_book(cast, take, count, book):
    """Not even a count that somebody else's superseded; and nor do they void in that quarter."""
    count(cast.goods, 19, actor=cast.manager)
    count(cast.goods, 18)
    with pytest.raises(Refused, match="own_count"):
        book()
    other = second_manager(cast)
    assert book(other).closed_by_id == other.id
    assert counts.has_counted(cast.shop, cast.manager, Quarter.of(TODAY))
    with transaction():
        done = redemptions.redeem("k", cast.shop, cast.card, {cast.salt.id: 1}, cast.volunteer)
    for counter in (cast.manager, cast.volunteer):
        with pytest.raises(Refused, match="counted_here"), transaction():
            voids.void(done, "拿错了", counter)
    with transaction():
        assert voids.void(done, "拿错了", other)


def second_manager(cast):
    with transaction():
        user = accounts.add_user("manager2", "钱店长", HASHED, None, None, temporary=False)
        accounts.grant(user, Role.MANAGER, cast.village, None)
    return user


def test_booked_once_then_over(cast, take, count, book):
    count(cast.goods, 19)
    assert book().id == book().id == take.id
    assert on_hand(cast.goods) == [19]
    with pytest.raises(Refused, match="stock_take_over"):
        count(cast.salt, 10)
    with pytest.raises(Refused, match="stock_take_over"), transaction():
        counts.call_off(take, cast.manager)


def test_called_off_nothing_is_booked_and_another_can_begin(cast, take, count):
    count(cast.goods, 3)
    with transaction():
        assert counts.begin_stock_take(cast.shop, cast.volunteer).id == take.id  # it goes on
        counts.call_off(take, cast.manager)
    with pytest.raises(Refused, match="stock_take_over"), transaction():
        counts.book(take, cast.manager)
    assert on_hand(cast.goods) == [20]
    with transaction():
        assert counts.begin_stock_take(cast.shop, cast.manager).id != take.id
    assert [each.is_open for each in db.session.scalars(counts.stock_takes_of(cast.shop))] == [True, False]
    assert everything_fits()


def test_what_was_not_counted_is_left(cast, take, count, book):
    with pytest.raises(Refused, match="nothing_counted"):
        book()
    count(cast.salt, 8)
    rows = counts.count_sheet(take)
    assert [(row.goods.name, row.count is None, row.difference) for row in rows] == [
        ("肥皂", True, 0),
        ("食盐", False, -2),
    ]
    book()
    assert (on_hand(cast.goods), on_hand(cast.salt)) == ([20], [8])
    assert [row.goods.name for row in counts.count_sheet(take)] == ["食盐"]


def test_what_never_came_in_becomes_opening_stock(cast, take, count, book):
    """Of the first count, with the day that stands on it; what comes in before it is booked is beside it."""
    rice, oil, old = (do(shelf.add_goods, cast.shop, name, "袋", 100) for name in ("大米", "菜油", "蜡烛"))
    until = TODAY + timedelta(days=200)
    assert count(rice, 3).difference == 3
    again = count(rice, 4, "again", best_before=until)
    assert (again.expected, again.difference, again.best_before) == (0, 4, until)
    with pytest.raises(Refused, match="key_reused"):
        count(rice, 4, "again")
    count(oil, 2, best_before=until)
    assert count(old, 0).difference == 0
    with transaction():
        moves.receive("oil", oil, 5, Source.PURCHASE, cast.manager)
    came_in = {row.goods.name: row.came_in for row in counts.count_sheet(take)}
    assert came_in == {"肥皂": True, "食盐": True, "大米": False, "菜油": True, "蜡烛": False}
    book()
    (lot,) = db.session.scalars(select(Lot).where(Lot.goods_id == rice.id))
    assert (lot.source, lot.on_hand, lot.best_before, lot.delivery_id) == (Source.OPENING, 4, until, None)
    assert (on_hand(oil), on_hand(old)) == ([5, 2], [])
    with transaction():
        sent = consignments.send("s", lot, cast.next_shop, 1, "", cast.manager)
        assert consignments.accept(sent, cast.outside_volunteer).source == Source.OPENING
    assert everything_fits()


def test_what_has_expired_is_counted_too_and_stands_on_its_list(cast, take, count, book):
    """On the first day what lies there has a day that is over; nobody is given any of it."""
    rice = do(shelf.add_goods, cast.shop, "大米", "袋", 100)
    count(rice, 4, best_before=TODAY - timedelta(days=1))
    book()
    assert [(lot.goods.name, lot.on_hand) for lot in watch.watch_list(cast.shop).expired] == [("大米", 4)]
    with pytest.raises(Refused, match="out_of_stock"), transaction():
        redemptions.redeem("k", cast.shop, cast.card, {rice.id: 1}, cast.volunteer)
    assert everything_fits()


def test_days_that_a_count_does_not_take(cast, count):
    rice = do(shelf.add_goods, cast.shop, "大米", "袋", 100)
    for goods, day, code in (
        (cast.goods, TODAY, "came_in_already"),
        (rice, date(1999, 12, 31), "bad_day"),
        (rice, date(2099, 1, 1), "bad_day"),
    ):
        with pytest.raises(Refused, match=code):
            count(goods, 20, best_before=day)


@pytest.mark.parametrize("units", [-1, 100_001, 10**12])
def test_numbers_that_nobody_counts(cast, count, units):
    with pytest.raises(Refused, match="bad_quantity"):
        count(cast.goods, units)


def test_goods_of_another_shop_are_not_counted_here(cast, count):
    foreign = next(offer.goods for offer in shelf.offers(cast.next_shop))
    with pytest.raises(Refused, match="unknown_goods"):
        count(foreign, 20)


def test_a_shortage_leaves_what_goes_first_and_a_surplus_comes_to_what_goes_last(
    cast, take, count, book, clock
):
    """The lot that has expired is counted too, and is the first to be missed."""
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 10)
        oil = shelf.add_goods(cast.shop, "菜油", "桶", 10)
        for goods in (rice, oil):
            for key, best_before in (("late", 90), ("never", None), ("early", 2)):
                until = TODAY + timedelta(days=best_before) if best_before else None
                moves.receive(f"{key}-{goods.id}", goods, 5, Source.PURCHASE, cast.manager, best_before=until)
    clock.days_on(5)
    count(rice, 8)
    count(oil, 17)
    book()
    assert on_hand(rice) == [3, 5, 0]
    assert on_hand(oil) == [5, 7, 5]
    assert everything_fits()


def test_less_is_left_by_now_than_is_missing(cast, take, count, sell, book, clock):
    """Twelve of twenty were counted, and then the desk handed out fifteen."""
    count(cast.goods, 12)
    count(cast.salt, 9)
    sell(at(10), 15)
    with pytest.raises(Refused, match="out_of_stock"):
        book()
    assert (on_hand(cast.goods), on_hand(cast.salt), take.is_open) == ([5], [10], True)
    count(cast.goods, 5)
    book()
    assert (on_hand(cast.goods), on_hand(cast.salt)) == ([5], [9])


def test_what_is_in_the_archive_is_counted_as_long_as_some_of_it_lies_there(cast, take, sell, book, count):
    done = sell(at(10), 10, cast.salt)
    with transaction():
        shelf.archive(cast.salt, cast.manager)
    assert [row.goods.name for row in counts.count_sheet(take)] == ["肥皂"]
    with transaction():
        voids.void(done, "拿错了", cast.manager)
    assert [row.goods.name for row in counts.count_sheet(take)] == ["肥皂", "食盐"]


def test_what_a_stock_take_found_stays_as_it_was(cast, take, count, book, clock):
    """Neither a later article nor a later price changes what was booked."""
    count(cast.goods, 18)
    book()
    clock.turn_to(date(2027, 2, 1))
    with transaction():
        prices.set_price(cast.goods, 99, cast.manager)
        shelf.add_goods(cast.shop, "大米", "袋", 100)
    rows = counts.count_sheet(take)
    assert [(row.goods.name, row.difference, row.price) for row in rows] == [("肥皂", -2, 30)]
    assert cast.on_hand(cast.goods) == 18
