"""Deliveries: many lines under one number, all of it or nothing, told line by line, undone as a whole."""

import re
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ground.db import db
from people.models import Proposal
from people.proposals import proposing
from shop.desk import redemptions
from shop.models import Delivery, Goods, Lot, MoveKind, Source, StockMove
from shop.shelf import goods as shelf
from shop.stock import deliveries, donations, moves
from shop.stock.deliveries import DeliveryLine, LinesRefused, Origin
from tests.cast import TODAY, VILLAGE
from tests.printed import texts
from tests.story import count, do, everything_fits, on_hand, refused

BOUGHT = Origin(Source.PURCHASE, "县供销社", "№ 0017")


@pytest.fixture
def take_in(cast):
    """Take in soap and salt, as the manager does; what is not said is as usual."""

    def take_in(key="in", origin=BOUGHT, lines=None, actor=None, agreed_by=None):
        lines = lines or [DeliveryLine(cast.goods, 5, None, 250), DeliveryLine(cast.salt, 3)]
        return deliveries.take_in(key, cast.shop, origin, lines, actor or cast.manager, agreed_by)

    return take_in


def test_what_came_in_together_is_one_delivery(cast, take_in):
    delivery = do(take_in)
    assert (delivery.number, delivery.from_whom, delivery.invoice_number) == (
        "2026-0001",
        "县供销社",
        "№ 0017",
    )
    assert [(lot.goods.name, lot.on_hand, lot.source, lot.unit_cost) for lot in delivery.lots] == [
        ("肥皂", 5, Source.PURCHASE, 250),
        ("食盐", 3, Source.PURCHASE, None),
    ]
    assert [(line.quantity, line.cost) for line in deliveries.lines_of(delivery)] == [(5, 1250), (3, None)]
    assert do(moves.receive, "one", cast.goods, 1, Source.ALLOCATION, None).delivery.number == "2026-0002"
    assert deliveries.suppliers(cast.shop) == ["供销社", "县供销社"]
    assert everything_fits()


def test_each_year_of_a_shop_has_its_own_numbers(cast, take_in, clock):
    """By the day on which it came in, which may have been last year."""
    clock.turn_to(date(2027, 1, 4))
    assert do(take_in).number == "2027-0001"
    late = do(take_in, "late", Origin(Source.DONATION, "云岭饼屋", "", date(2026, 12, 31)))
    assert (late.number, late.donation.number) == ("2026-0001", "2026-0002")
    assert [lot.received_on for lot in late.lots] == [date(2026, 12, 31)] * 2
    assert everything_fits()


def test_a_donation_of_many_lines_has_one_receipt(cast, take_in):
    given = do(take_in, "a", Origin(Source.DONATION, " 云岭饼屋 "))
    more = do(take_in, "b", Origin(Source.DONATION, "云岭饼屋"), [DeliveryLine(cast.salt, 1)])
    assert (given.supplier, given.from_whom, given.donation_id) == (None, "云岭饼屋", more.donation_id)
    items = donations.deliveries_of([given.donation])[given.donation_id]
    assert [move.quantity for move in items] == [5, 3, 1]
    assert everything_fits()


def test_sent_twice_it_comes_in_once(cast, take_in, clock):
    first = do(take_in)
    clock.days_on()  # no day was said: the first one counts
    assert do(take_in).id == first.id
    for other in (
        {"origin": Origin(Source.PURCHASE, "县供销社", "№ 0018")},
        {"origin": Origin(Source.PURCHASE, "镇供销社", "№ 0017")},
        {"origin": Origin(Source.ALLOCATION, "县供销社", "№ 0017")},
        {"origin": Origin(Source.PURCHASE, "县供销社", "№ 0017", TODAY - timedelta(days=1))},
        {"lines": [DeliveryLine(cast.goods, 5, None, 250)]},
        {"lines": [DeliveryLine(cast.goods, 5, None, 250), DeliveryLine(cast.salt, 4)]},
    ):
        refused("key_reused", take_in, **other)
    do(moves.write_off, "out", first.lots[0], 1, "受潮", cast.manager)
    refused("key_reused", take_in, "out")
    assert count(Delivery) == 5


def test_each_line_that_is_not_right_is_told_of_and_nothing_comes_in(cast, take_in):
    old = do(shelf.add_goods, cast.shop, "旧货", "件", 10)
    do(shelf.archive, old, cast.manager)
    foreign = db.session.scalars(select(Goods).where(Goods.shop_id == cast.next_shop.id)).first()
    before = count(Delivery), count(Lot), count(StockMove)
    told = refused(
        "bad_quantity",
        take_in,
        lines=[
            DeliveryLine(cast.goods, 0),
            DeliveryLine(cast.salt, 3),
            DeliveryLine(old, 1),
            DeliveryLine(foreign, 1),
            DeliveryLine(cast.salt, 1, TODAY - timedelta(days=1)),
            DeliveryLine(cast.salt, 1, date(2099, 1, 1)),
            DeliveryLine(cast.salt, 1, None, deliveries.LARGEST_COST_FEN + 1),
        ],
    )
    assert isinstance(told, LinesRefused)
    assert {place: (each.code, each.field) for place, each in told.refusals.items()} == {
        0: ("bad_quantity", "quantity"),
        2: ("archived", "article"),
        3: ("unknown_goods", "article"),
        4: ("expired", "best_before"),
        5: ("bad_day", "best_before"),
        6: ("bad_cost", "unit_cost"),
    }
    assert (count(Delivery), count(Lot), count(StockMove)) == before


def test_what_is_wrong_with_the_whole(cast, take_in):
    refused("no_lines", deliveries.take_in, "k", cast.shop, BOUGHT, [], cast.manager)
    for origin, code, field in (
        (Origin(Source.DONATION, " \u3000"), "donor_missing", "donor"),
        (Origin(Source.PURCHASE, "长" * 101), "bad_name", "donor"),
        (Origin(Source.PURCHASE, "", "9" * 61), "bad_name", "invoice_number"),
        (Origin(Source.PURCHASE, received_on=TODAY + timedelta(days=1)), "in_future", "received_on"),
        (Origin(Source.PURCHASE, received_on=date(1999, 1, 1)), "bad_day", "received_on"),
    ):
        assert refused(code, take_in, origin=origin).field == field


def test_an_invoice_comes_in_once_unless_somebody_says_otherwise(cast, take_in):
    first = do(take_in)
    told = refused("invoice_twice", take_in, "b", Origin(Source.PURCHASE, "县 供销社", "№0017"))
    assert (told.field, first.number in str(told.message)) == ("invoice_number", True)
    do(take_in, "other", Origin(Source.PURCHASE, "镇供销社", "№ 0017"))
    do(take_in, "without", Origin(Source.PURCHASE, "县供销社"))
    do(take_in, "without again", Origin(Source.PURCHASE, "县供销社"))
    second = do(take_in, "rest", Origin(Source.PURCHASE, "县供销社", "№ 0017", shares_invoice=True))
    for delivery in (first, second):
        do(moves.reverse_delivery, delivery, "记错了", cast.manager)
    assert do(take_in, "again").invoice_number == "№ 0017"  # of what was undone nothing came in


def test_who_leaves_the_supplier_out_may_mean_any(cast, take_in):
    """B1 with a supplier and B1 without one are one invoice, whichever came first."""
    do(take_in)
    refused("invoice_twice", take_in, "b", Origin(Source.PURCHASE, "", "№ 0017"))
    do(take_in, "c", Origin(Source.ALLOCATION, "", "B1"))
    refused("invoice_twice", take_in, "d", Origin(Source.PURCHASE, "县供销社", "B1"))
    do(take_in, "e", Origin(Source.PURCHASE, "", ""))


def test_an_invoice_that_waits_for_a_second_person_is_told_of(cast, take_in):
    """To whoever brings it once more, unless it is the same delivery sent again; large or not."""
    large = [DeliveryLine(cast.goods, 1001)]
    first = do(proposing.propose, refused("second_person", take_in, lines=large), cast.manager)
    refused("second_person", take_in, "again", lines=large)
    refused("invoice_twice", take_in, "small")
    refused("invoice_twice", take_in, "other", lines=[DeliveryLine(cast.goods, 1002)])
    do(take_in, "said", Origin(Source.PURCHASE, "县供销社", "№ 0017", shares_invoice=True))
    refused("invoice_twice", proposing.agree, first, cast.chair)
    do(proposing.refuse, first, "已入库", cast.chair)


def same_invoice(key, goods_id):
    goods = db.session.get_one(Goods, goods_id)
    return deliveries.take_in(key, goods.shop, BOUGHT, [DeliveryLine(goods, 1)], None).serial


@pytest.mark.only_on("postgresql")  # the other has one writer
def test_of_those_who_bring_one_invoice_at_once_one_does(cast, at_once):
    goods = (cast.goods.id, cast.salt.id)
    ends = Counter(at_once([(same_invoice, f"key-{number}", goods[number % 2]) for number in range(8)]))
    assert ends == {("done", 1): 1, ("refused", "invoice_twice"): 7}
    assert everything_fits()


def test_one_line_that_is_too_much_lets_the_whole_wait(cast, take_in):
    lines = [
        DeliveryLine(cast.goods, 600),
        DeliveryLine(cast.salt, 3, TODAY, 99),
        DeliveryLine(cast.goods, 401),
    ]
    told = refused("second_person", take_in, lines=lines)
    proposal = do(proposing.propose, told, cast.manager)
    assert (
        do(proposing.propose, refused("second_person", take_in, "other", lines=lines), cast.manager)
    ) == proposal
    assert (count(Delivery), count(Proposal)) == (4, 1)
    do(proposing.agree, proposal, cast.chair)
    delivery = db.session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    assert (delivery.actor, delivery.from_whom, delivery.invoice_number) == (
        cast.manager,
        "县供销社",
        "№ 0017",
    )
    assert [(line.quantity, line.best_before, line.unit_cost) for line in deliveries.lines_of(delivery)] == [
        (600, None, None),
        (3, TODAY, 99),
        (401, None, None),
    ]
    assert everything_fits()


def test_opening_stock_did_not_come_in_today(cast, take_in):
    """A thousand were there on the first day; two more that come in are no large delivery."""
    do(take_in, "there", Origin(Source.OPENING), [DeliveryLine(cast.salt, 1000)])
    do(take_in, "two", lines=[DeliveryLine(cast.salt, 2)])
    told = refused("second_person", take_in, "many", Origin(Source.PURCHASE), [DeliveryLine(cast.salt, 999)])
    assert "1000" in str(told.message)
    refused("second_person", take_in, "much", Origin(Source.OPENING), [DeliveryLine(cast.salt, 1001)])


# --- Undone as a whole ---


def test_a_delivery_is_undone_whole_as_long_as_nothing_of_it_is_gone(cast, take_in):
    delivery = do(take_in)
    cast.earn(cast.worker, 1000)
    do(redemptions.redeem, "k", cast.shop, cast.card, {cast.goods.id: 21}, cast.volunteer)
    refused("reason_missing", moves.reverse_delivery, delivery, " ", cast.manager)
    refused("out_of_stock", moves.reverse_delivery, delivery, "记错了", cast.manager)
    assert [lot.on_hand for lot in delivery.lots] == [4, 3]
    other = do(take_in, "b", Origin(Source.ALLOCATION))
    (salt,) = [line for line in deliveries.lines_of(other) if line.goods == cast.salt]
    do(moves.reverse, db.session.get_one(StockMove, salt.move_id), "没有到", cast.manager)
    for _twice in range(2):
        do(moves.reverse_delivery, other, "记错了", cast.manager)
    assert [lot.on_hand for lot in other.lots] == [0, 0]
    assert deliveries.is_undone(other)
    assert not deliveries.is_undone(delivery)
    reasons = db.session.scalars(select(StockMove.reason).where(StockMove.kind == MoveKind.REVERSAL))
    assert sorted(reasons) == ["没有到", "记错了"]
    assert everything_fits()


def test_a_delivery_of_yesterday_is_undone_with_a_second_person(cast, take_in, clock):
    delivery = do(take_in)
    clock.days_on()
    told = refused("second_person", moves.reverse_delivery, delivery, "记错了", cast.manager)
    proposal = do(proposing.propose, told, cast.manager)
    do(proposing.agree, proposal, cast.chair)
    assert on_hand(cast.goods) == [20, 0]
    assert everything_fits()


# --- Pages ---

HERE = f"/v/{VILLAGE}"
NEW = f"{HERE}/deliveries/new"


def filled(*rows, **head):
    """The form with these rows of article, quantity, best before and cost."""
    form = {
        "key": uuid4().hex,
        "source": "purchase",
        "from_whom": "县供销社",
        "received_on": TODAY.isoformat(),
    }
    for number, row in enumerate(rows):
        names = ("article", "quantity", "best_before", "unit_cost")
        form |= {f"lines-{number}-{name}": value for name, value in zip(names, row, strict=False)}
    return form | head


def test_a_delivery_from_its_rows_to_its_paper(cast, manager, client_of):
    """By name, by code however it was scanned, and by the first letters of its pinyin."""
    rows = (("肥皂", "5", "", "2．5"), ("6901028075831", "１"), ("", ""), ("sy", "3", "2027-12-31", "1"))
    form = filled(*rows, invoice_number="№ 17")
    first, again = (manager.post(NEW, data=form) for _tap in range(2))
    assert (first.status_code, again.location, count(Delivery)) == (302, first.location, 5)
    page = manager.get(first.location).text
    for shown in ("2026-0001", "县供销社", "№ 17", "2.50", "12.50", "15.50 元", "食盐", "整单撤销", "孙店长"):
        assert shown in page, shown
    for line in deliveries.lines_of(
        db.session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    ):
        assert f"{HERE}/goods/moves/{line.move_id}/undo" in page
    looking = client_of(cast.supervisor).get(first.location).text
    assert ("/undo" in looking, "15.50 元" in looking) == (False, True)
    listed = client_of(cast.supervisor).get(f"{HERE}/deliveries").text
    assert all(words in listed for words in ("2026-0001", "县供销社 · № 17", "肥皂 1 块"))
    assert NEW not in listed
    book = client_of(cast.supervisor).get(f"{HERE}/deliveries?since=2026-12-01&as=xlsx")
    _head, *lines = load_workbook(BytesIO(book.data)).active.iter_rows(values_only=True)
    assert [(line[0], line[4], line[6]) for line in lines] == [("2026-0001", "№ 17", 15.5)]
    assert "2026-0001" not in manager.get(f"{HERE}/deliveries?until=2026-12-01").text
    (text,) = texts(manager.get(f"{HERE}/vouchers/2026-0001.pdf").data)
    for shown in (
        "入库单",
        "2026-0001",
        "县供销社",
        "№17",
        "肥皂",
        "2.50",
        "15.50",
        "经办人",
        "验收人",
        "审批人",
    ):
        assert shown in text, shown


def test_each_row_that_is_not_right_says_so_and_all_that_was_typed_stays(cast, manager):
    old = do(shelf.add_goods, cast.shop, "旧货", "件", 10)
    do(shelf.archive, old, cast.manager)
    do(shelf.add_goods, cast.shop, "香皂", "块", 10)
    rows = (
        ("皂", "2"),
        ("没有的", "1"),
        ("肥皂", "0"),
        ("旧货", "1"),
        ("肥皂", "5", "2026-12-27"),
        ("食盐", "4"),
    )
    answer = manager.post(NEW, data=filled(*rows, invoice_number="8"))
    assert (answer.status_code, count(Delivery)) == (422, 4)
    for row in rows:
        assert all(f'value="{typed}"' in answer.text for typed in row)
    wrong = re.findall(r'id="lines-(\d)-(\w+)-error">([^<]+)', answer.text)
    assert [(number, name) for number, name, _text in wrong] == [
        ("0", "article"),
        ("1", "article"),
        ("2", "quantity"),
        ("3", "article"),
        ("4", "best_before"),
    ]
    assert "肥皂、香皂" in wrong[0][2]
    unfinished = manager.post(
        NEW, data=filled(("", "2"), ("肥皂", ""), ("食盐", "很多"), ("食盐", "1", "", "一元"))
    )
    assert re.findall(r'id="lines-(\d-\w+)-error"', unfinished.text) == [
        "0-article",
        "1-quantity",
        "2-quantity",
        "3-unit_cost",
    ]
    for head in ({"source": "opening"}, {"source": "donation", "from_whom": ""}, {"received_on": ""}):
        assert manager.post(NEW, data=filled(("肥皂", "1"), **head)).status_code == 422
    assert manager.post(NEW, data=filled()).status_code == 422
    assert count(Delivery) == 4


def test_more_rows_keep_what_was_typed_and_take_nothing_in(cast, manager):
    answer = manager.post(NEW, data=filled(*[("肥皂", "1")] * 7, more="1"))
    assert (answer.status_code, count(Delivery)) == (200, 4)
    assert answer.text.count('value="肥皂"') == 7 + 1  # and among the suggestions
    assert 'name="lines-11-article"' in answer.text
    many = manager.post(NEW, data=filled(*[("肥皂", "1")] * 151))
    assert (many.status_code, many.text.count('value="肥皂"')) == (422, 152)


def test_the_same_invoice_is_asked_about_on_the_page(cast, manager):
    assert manager.post(NEW, data=filled(("肥皂", "1"), invoice_number="17")).status_code == 302
    form = filled(("食盐", "1"), invoice_number="17")
    asked = manager.post(NEW, data=form)
    assert (asked.status_code, 'id="invoice_number-error"' in asked.text) == (422, True)
    assert 'name="shares_invoice"' in asked.text
    assert manager.post(NEW, data=form | {"shares_invoice": "y"}).status_code == 302


def test_a_large_delivery_is_proposed_and_read_line_by_line(cast, manager, client_of):
    rows = (("肥皂", "1001", "", "2"), ("食盐", "4"))
    led_to = manager.post(NEW, data=filled(*rows, **{"lines-0-quantity-sure": "1001"})).location
    page = client_of(cast.chair).get(led_to).text
    for shown in ("特大数量入库", "须第二人复核", "肥皂 1001 块", "食盐 4 袋", "县供销社", "2.00"):
        assert shown in page, shown
    assert led_to in manager.get(NEW).text
    assert client_of(cast.chair).post(f"{led_to}/agree").status_code == 302
    assert (on_hand(cast.goods), on_hand(cast.salt)) == ([20, 1001], [10, 4])


def test_the_second_person_reads_that_an_invoice_came_meanwhile_and_ticks(cast, manager, client_of):
    rows = (("肥皂", "1001"),)
    sent = filled(*rows, invoice_number="17", **{"lines-0-quantity-sure": "1001"})
    led_to, chair = manager.post(NEW, data=sent).location, client_of(cast.chair)
    asked = manager.post(NEW, data=filled(("食盐", "1"), invoice_number="17"))
    assert (asked.status_code, "正在等第二人复核" in asked.text) == (422, True)
    sharing = filled(("食盐", "1"), invoice_number="17", shares_invoice="y")
    assert manager.post(NEW, data=sharing).status_code == 302
    assert 'name="despite"' not in chair.get(led_to).text
    asked = chair.post(f"{led_to}/agree")
    assert (asked.status_code, "发票号 17 已经在" in asked.text) == (422, True)
    assert 'name="despite" value="invoice_twice"' in asked.text
    assert chair.post(f"{led_to}/agree", data={"despite": "anything"}).status_code == 422
    assert chair.post(f"{led_to}/agree", data={"despite": "invoice_twice"}).status_code == 302
    assert on_hand(cast.goods) == [20, 1001]


def test_a_whole_delivery_is_undone_on_its_page(cast, manager, client_of):
    address = manager.post(NEW, data=filled(("肥皂", "2"), ("食盐", "1"))).location
    assert manager.post(f"{address}/undo", data={"reason": ""}).status_code == 422
    done = manager.post(f"{address}/undo", data={"reason": "送错了"})
    assert (done.location, on_hand(cast.goods)) == (address, [20, 0])
    page = manager.get(address).text
    assert all([words in page for words in ("已整单撤销", "撤销")] + [f"{address}/undo" not in page])
    (text,) = texts(manager.get(f"{HERE}/vouchers/2026-0001.pdf").data)
    assert text.count("已于2026年12月28日冲红") == 2
    assert "没有货入库" in manager.get(f"{HERE}/deliveries").text
    for client in (client_of(cast.volunteer), client_of(cast.supervisor)):
        assert client.post(f"{address}/undo", data={"reason": "送错了"}).status_code == 403
        assert client.get(NEW).status_code == 403
    assert client_of(cast.outsider).get(address).status_code == 404
