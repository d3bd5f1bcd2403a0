"""Vouchers: whatever moved stands on one, under one number for ever; what was undone is in red on its day."""

from datetime import date
from io import BytesIO

import pytest
from flask_babel import force_locale
from openpyxl import load_workbook

from ground import clock as calendar
from ground.db import db, sums_of
from ground.paper import words
from shop.desk import redemptions, voids
from shop.models import Source
from shop.shelf import goods
from shop.stock import consignments, counts, deliveries, moves, turnover
from shop.stock.deliveries import DeliveryLine, Origin
from shop.vouchers import vouchers
from shop.vouchers.voucher import VoucherKind, sums
from tests.cast import TODAY, VILLAGE
from tests.printed import texts
from tests.story import do, everything_fits

HERE = f"/v/{VILLAGE}/vouchers"
NEXT_DAY = date(2026, 12, 29)


@pytest.fixture
def moved(cast, clock):
    """Two days on which everything happens that moves goods; on the second some of it is undone."""
    cast.earn(cast.worker, 1000)
    lines = [DeliveryLine(cast.goods, 10, None, 250), DeliveryLine(cast.salt, 4, date(2027, 6, 30), 125)]
    origin = Origin(Source.PURCHASE, "县供销社", "№ 17", date(2026, 12, 26))
    delivery = do(deliveries.take_in, "d" * 16, cast.shop, origin, lines, cast.manager)
    bought, salt = delivery.lots
    bought_of = {cast.goods.id: 21, cast.salt.id: 1}
    redeemed = do(redemptions.redeem, "r" * 16, cast.shop, cast.card, bought_of, cast.volunteer)
    spoilt = do(moves.write_off, "w" * 16, salt, 1, "受潮", cast.manager)
    do(moves.give_back, "b" * 16, salt, 1, "送错了", cast.manager)
    sent = do(consignments.send, "s" * 16, bought, cast.next_shop, 3, "老王的车", cast.manager)
    kept = do(consignments.send, "k" * 16, bought, cast.next_shop, 2, "", cast.manager)
    do(consignments.accept, kept, cast.outside_volunteer)
    take = do(counts.begin_stock_take, cast.shop, cast.volunteer)
    do(counts.record_count, "c1" * 8, take, cast.goods, cast.on_hand(cast.goods) - 1, cast.volunteer)
    do(counts.record_count, "c2" * 8, take, cast.salt, cast.on_hand(cast.salt) + 2, cast.volunteer)
    do(counts.book, take, cast.manager)
    clock.days_on()
    do(voids.void, redeemed, "拿错了", cast.manager)
    do(moves.reverse, spoilt, "没有受潮", cast.manager)
    do(consignments.send_back, sent, cast.outside_volunteer)
    return spoilt.id, sent.id, kept.id, take.id


def test_everything_that_moved_stands_on_a_voucher(cast, moved):
    spoilt, sent, kept, take = moved
    first = {voucher.number: voucher for voucher in vouchers.of_days(cast.shop, TODAY, TODAY)}
    returned = spoilt + 1
    assert list(first) == [
        "2026-0001",
        "CK20261228",
        f"BS20261228-{spoilt}",
        f"TH20261228-{returned}",
        f"DC20261228-{sent}",
        f"DC20261228-{kept}",
        f"PD20261228-{take}",
    ]
    came = first["2026-0001"]
    assert (came.from_whom, came.invoice_number, came.received_on) == ("县供销社", "№ 17", date(2026, 12, 26))
    assert (came.units, came.value, came.uncosted) == (14, 10 * 250 + 4 * 125, 0)
    day = first["CK20261228"]  # soap of two lots, of which one has no cost
    assert [(line.quantity, line.price, line.unit_cost) for line in day.lines] == [
        (20, 30, None),
        (1, 30, 250),
        (1, 25, None),
    ]
    assert (day.points, day.value, day.uncosted, day.receipts) == (655, 250, 21, ["20261228-0001"])
    assert (first[f"BS20261228-{spoilt}"].reason, first[f"TH20261228-{returned}"].from_whom) == (
        "受潮",
        "县供销社",
    )
    counted = first[f"PD20261228-{take}"]
    assert sorted(line.quantity for line in counted.lines) == [-1, 2]


def test_what_is_undone_is_in_red_on_its_day_and_said_on_the_first(cast, moved):
    spoilt, sent, kept, _take = moved
    second = {voucher.number: voucher for voucher in vouchers.of_days(cast.shop, NEXT_DAY, NEXT_DAY)}
    assert list(second) == ["CK20261229", f"BS20261228-{spoilt}-H20261229", f"DC20261228-{sent}-H20261229"]
    assert (second["CK20261229"].units, second["CK20261229"].points) == (-22, -655)
    red = second[f"BS20261228-{spoilt}-H20261229"]
    assert (red.is_red, red.reverses, red.units, red.value) == (True, f"BS20261228-{spoilt}", -1, -125)
    for number, undone in ((f"BS20261228-{spoilt}", NEXT_DAY), (f"DC20261228-{sent}", NEXT_DAY)):
        (line,) = vouchers.by_number(cast.shop, number).lines
        assert line.undone_on == undone
    (line,) = vouchers.by_number(cast.shop, f"DC20261228-{kept}").lines
    assert line.undone_on is None
    (arrived,) = vouchers.of_days(cast.next_shop, TODAY, TODAY)
    assert (arrived.number, arrived.kind) == (f"DR20261228-{kept}", VoucherKind.ARRIVED)
    assert (arrived.from_whom, arrived.value) == (cast.shop.name, 500)


def test_the_vouchers_of_some_days_come_to_the_stock_book(cast, moved):
    found = {each.kind: each for each in sums(vouchers.of_days(cast.shop, TODAY, NEXT_DAY))}
    begins, ends = calendar.day_span(TODAY, NEXT_DAY)
    _count, figures = sums_of(turnover.by_article_valued([cast.village.id], begins, ends))
    book = turnover.valued_of(figures)
    for of, flows in (("units", book.units), ("value", book.fen)):
        assert {kind: getattr(each, of) for kind, each in found.items()} == {
            VoucherKind.DELIVERY: flows.bought,
            VoucherKind.REDEMPTIONS: flows.redeemed,
            VoucherKind.WRITE_OFF: flows.written_off,
            VoucherKind.RETURN: flows.returned,
            VoucherKind.SENT: flows.sent,
            VoucherKind.STOCK_TAKE: flows.found - flows.missing,
        }, of
    assert found[VoucherKind.REDEMPTIONS].uncosted == 0  # what came back is not without a cost a second time


def test_what_is_returned_goes_to_its_donor_also_from_another_shop(cast):
    """A lot that came from another shop has no delivery here, but its donation."""
    given = do(moves.receive, "g" * 16, cast.goods, 5, Source.DONATION, cast.manager, donor="州商会")
    sent = do(consignments.send, "s" * 16, given, cast.next_shop, 3, "", cast.manager)
    arrived = do(consignments.accept, sent, cast.outside_volunteer)
    do(moves.give_back, "b" * 16, arrived, 1, "受潮", cast.outside_volunteer)
    returned = vouchers.of_days(cast.next_shop, TODAY, TODAY)[-1]
    assert (returned.kind, returned.from_whom) == (VoucherKind.RETURN, "州商会")


def called(shop):
    """What the vouchers of two days call what moved, by their numbers."""
    return {
        voucher.number: [(line.name, line.spec, line.unit) for line in voucher.lines]
        for voucher in vouchers.of_days(shop, TODAY, NEXT_DAY)
    }


def test_a_voucher_calls_an_article_as_it_was_called_then(cast, moved, manager):
    """Of whatever kind it is, and printed again after the article was called otherwise."""
    before = called(cast.shop), called(cast.next_shop)
    assert {line for lines in before[0].values() for line in lines} == {
        ("肥皂", "", "块"),
        ("食盐", "", "袋"),
    }
    _spoilt, sent, _kept, _take = moved
    do(goods.change_goods, cast.goods, "香皂", "块", cast.manager, spec="125克")
    do(goods.change_goods, cast.salt, "加碘盐", "袋", cast.manager)
    assert (called(cast.shop), called(cast.next_shop)) == before
    text = "".join(texts(manager.get(f"/v/{VILLAGE}/consignments/{sent}/note.pdf").data))
    assert ("肥皂" in text, "香皂" in text) == (True, False)


def test_what_undoes_a_voucher_calls_an_article_as_that_did(cast, clock, manager):
    given = do(moves.receive, "g" * 16, cast.goods, 5, Source.DONATION, cast.manager, donor="州商会")
    spoilt = do(moves.write_off, "w" * 16, given, 1, "受潮", cast.manager)
    sent = do(consignments.send, "s" * 16, given, cast.next_shop, 3, "", cast.manager)
    clock.days_on()
    do(goods.change_goods, cast.goods, "香皂", "块", cast.manager, spec="125克")
    do(moves.reverse, spoilt, "没有受潮", cast.manager)
    do(consignments.send_back, sent, cast.outside_volunteer)
    do(moves.write_off, "x" * 16, given, 1, "受潮", cast.manager)
    *undone, spoilt_again = vouchers.of_days(cast.shop, NEXT_DAY, NEXT_DAY)
    assert {(line.name, line.spec) for voucher in undone for line in voucher.lines} == {("肥皂", "")}
    assert [(line.name, line.spec) for line in spoilt_again.lines] == [("香皂", "125克")]
    receipt = "".join(texts(manager.get(f"/v/{VILLAGE}/donations/{given.donation_id}/receipt.pdf").data))
    assert ("肥皂" in receipt, "香皂" in receipt) == (True, False)
    assert everything_fits()


NO_NUMBERS = (
    *("2026-0009", "2026-0001-H20261229", "CK20261301", "CK20260101", "CK99991231", "CK00010101"),
    *("BS20261228-1", "出库单"),
)


def test_a_number_that_no_voucher_has_is_not_found(cast, moved, manager):
    assert [number for number in NO_NUMBERS if vouchers.by_number(cast.shop, number)] == []
    assert {manager.get(f"{HERE}/{number}").status_code for number in NO_NUMBERS} == {404}


def test_list_page_file_and_paper_say_the_same(cast, moved, manager, client_of):
    spoilt, *_rest = moved
    listed = manager.get(HERE)
    assert listed.status_code == 200
    red = f"BS20261228-{spoilt}-H20261229"
    for number in ("2026-0001", "CK20261228", red):
        assert f'href="{HERE}/{number}"' in listed.text
    kind, *rows = (
        load_workbook(BytesIO(manager.get(f"{HERE}?as=xlsx").data)).worksheets[0].iter_rows(values_only=True)
    )
    by_number = {row[0]: dict(zip(kind, row, strict=True)) for row in rows}
    assert len(by_number) == 10
    assert (by_number[red]["冲销单号"], by_number[red]["件数"], by_number[red]["金额（元）"]) == (
        f"BS20261228-{spoilt}",
        -1,
        -1.25,
    )
    assert by_number["CK20261228"]["积分"] == 65.5
    only = manager.get(f"{HERE}?since=2026-12-01&until=2026-12-31&kind=write_off").text
    assert (red in only, "CK20261228" in only) == (True, False)
    assert "最多选一年" in manager.get(f"{HERE}?since=2020-01-01&until=2026-12-31").text
    page = client_of(cast.supervisor).get(f"{HERE}/{red}").text
    assert all(shown in page for shown in ("红字单", "没有受潮", "减 1", "减 1.25"))
    assert "1 张：20261228-0001" in manager.get(f"{HERE}/CK20261228").text
    voided = manager.get(f"{HERE}/CK20261229").text
    assert [words in voided for words in ("作废凭证", "20261228-0001")] == [True, True]
    (paper,) = texts(manager.get(f"{HERE}/{red}.pdf").data)
    for shown in ("红字冲销", red, "−1", "−1.25", "人民币负壹元贰角伍分", "经办人", "验收人", "审批人"):
        assert shown in paper, shown
    db.session.rollback()
    all_of_them = manager.get(f"{HERE}.pdf").data
    assert len(texts(all_of_them)) == 5
    assert manager.get(f"{HERE}.pdf").data == all_of_them  # printed twice, it is the same
    assert client_of(cast.worker_user).get(HERE).status_code == 403


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (1205, "壹拾贰元零伍分"),
        (1250, "壹拾贰元伍角整"),
        (1001030, "壹万零壹拾元叁角整"),
        (123456789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (-1250, "负壹拾贰元伍角整"),
    ],
)
def test_money_is_written_in_capitals(fen, said):
    with force_locale("zh"):
        assert words.money_in_capitals(fen) == f"人民币{said}"
