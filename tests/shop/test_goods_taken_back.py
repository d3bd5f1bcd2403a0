"""A wrong list of goods is taken back: new articles leave the shelf, the others cost what they did before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ground.db import db
from people import filing
from people.takeback import undoing
from shop.goodsfile.intake import GOODS
from shop.models import Delivery, Goods, Lot, MoveKind, Source, StockMove
from shop.shelf import goods as shelf
from shop.shelf import leases, prices, shops
from shop.stock import moves
from tests.cast import TODAY, VILLAGE
from tests.formpages import data_of, forms_of
from tests.people.test_takeback import all_ids, traces
from tests.shop.offlinedesk import Browser
from tests.shop.test_goodsfile import oil, soap, workbook
from tests.story import do, everything_fits, refusal

REASON = "拿错了去年的价目"


def import_file(cast, rows, area=None):
    """Bring a file, try it out and import it, as the page does."""
    area = area or cast.village
    brought = filing.bring(GOODS, area, "去年的货品.xlsx", workbook(rows))
    file = do(filing.keep_file, brought, area, cast.manager)
    table, plan = filing.read_file(GOODS, file), filing.plan_file(GOODS, file)
    assert plan.bad_cells == []
    list(filing.import_file(GOODS, file, table, plan.fingerprint, cast.manager))
    return file


def take_back(file):
    undoing.take_back(GOODS, file, REASON, file.actor)


def on_the_shelf(cast):
    """What is offered, as a customer sees it: title, price in tenths, codes, quota."""
    db.session.rollback()
    return [
        (offer.goods.title, offer.price, offer.goods.codes, offer.goods.quota)
        for offer in shelf.offers(cast.shop)
    ]


def in_the_way(file):
    """What stands in the way, in words, once it was refused."""
    with refusal("in_the_way"):
        take_back(file)
    return {str(found.words) for found in undoing.findings_of(GOODS, file)[1].obstacles}


@pytest.mark.both_databases
def test_a_wrong_list_of_goods_is_gone_and_comes_in_again(cast):
    before = on_the_shelf(cast)
    rows = [oil(), soap(积分价格=4, 每人每季限兑=2, 条码="036000291452")]
    file = import_file(cast, rows)
    assert len(on_the_shelf(cast)) == len(before) + 1
    take_back(file)
    assert on_the_shelf(cast) == before
    archived = db.session.scalars(select(Goods.name).where(Goods.archived_on.is_not(None))).all()
    assert archived == [f"食用油（撤回{file.id}）"]
    again = import_file(cast, rows)
    assert (again.added, again.changed) == (1, 1)


def test_the_manager_takes_it_back_from_its_page(cast, client_of):
    """Sent twice it is done once; the list names the file, who took it back and why."""
    file, manager = import_file(cast, [oil(), soap(积分价格=4)]), client_of(cast.manager)
    address = f"/v/{VILLAGE}/goods/imports/{file.id}"
    page = manager.get(address)
    assert "食用油" in page.text
    (form,) = [form for form in forms_of(page) if "reason" in dict(form.filled())]
    sent = data_of(form.filled({"reason": "拿错了去年的价目"}))
    ends = [manager.post(address, data=sent) for _twice in range(2)]
    assert [end.location for end in ends] == [f"/v/{VILLAGE}/goods/imports"] * 2
    assert "拿错了去年的价目" in manager.get(f"/v/{VILLAGE}/goods/imports").text
    assert client_of(cast.clerk).get(address).status_code == 403


def test_a_price_that_was_to_come_does_not_come(cast, clock):
    file = import_file(cast, [soap(积分价格=4, 价格起始日=TODAY + timedelta(days=3))])
    take_back(file)
    clock.days_on(4)
    assert prices.price_of(cast.goods) == 30


def test_what_was_done_with_the_goods_stands_in_the_way(cast):
    file = import_file(cast, [oil(), soap(积分价格=4)])
    new = db.session.scalars(select(Goods).where(Goods.name == "食用油")).one()
    do(moves.receive, "oil", new, 5, Source.PURCHASE, cast.manager)
    do(prices.set_price, cast.goods, 50, cast.manager)
    assert in_the_way(file) == {"已有入库", "后来又定了价"}


def test_stock_in_another_unit_stands_in_the_way(cast):
    goods = do(shelf.add_goods, cast.shop, "大米", "袋", 100, actor=cast.manager)
    file = import_file(cast, [{"货品名称": "大米", "单位": "斤"}])
    do(moves.receive, "rice", goods, 5, Source.PURCHASE, cast.manager)
    assert in_the_way(file) == {"已按新的单位或规格入库"}


def file_with_stock(cast):
    """A list of a new article and one that never came in, with what lies there of both."""
    do(shelf.add_goods, cast.shop, "蜡烛", "支", 10)
    rows = [oil(现有数量=40), {"货品名称": "蜡烛", "现有数量": 12, "来源": "捐赠", "捐赠人": "供销社"}]
    return import_file(cast, rows), rows


def candles():
    return db.session.scalars(select(Goods).where(Goods.name == "蜡烛")).one()


@pytest.mark.both_databases
def test_what_lay_there_goes_with_the_file_and_comes_in_with_the_right_one(cast, client_of):
    """Its deliveries are undone, as each is; the article that was there can have opening stock again."""
    file, rows = file_with_stock(cast)
    page = client_of(cast.manager).get(f"/v/{VILLAGE}/goods/imports/{file.id}").text
    assert "/deliveries/" in page
    take_back(file)
    assert cast.on_hand(candles()) == 0
    undone = db.session.scalars(select(StockMove).where(StockMove.kind == MoveKind.REVERSAL)).all()
    assert [(move.quantity, move.reason) for move in undone] == [(-40, REASON), (-12, REASON)]
    assert everything_fits()
    again = import_file(cast, rows)
    assert (again.added, again.changed, cast.on_hand(candles())) == (1, 1, 12)


def test_what_was_moved_of_the_stock_keeps_the_file(cast):
    file, _rows = file_with_stock(cast)
    lot = db.session.scalars(select(Lot).where(Lot.goods_id == candles().id)).one()
    do(moves.write_off, "w" * 16, lot, 1, "受潮", cast.manager)
    assert in_the_way(file) == {"期初库存后来有过进出"}
    assert cast.on_hand(candles()) == 11


def test_stock_of_an_earlier_day_is_undone_by_two_people_first(cast, clock, client_of):
    """Nobody makes goods vanish alone by calling their file wrong."""
    file, _rows = file_with_stock(cast)
    clock.days_on(1)
    assert in_the_way(file) == {"不是当天入库的，先在入库单页面由两人撤销"}
    opening, gift = db.session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(2)).all()
    page = client_of(cast.manager).get(f"/v/{VILLAGE}/goods/imports/{file.id}").text
    assert f"/deliveries/{opening.id}" in page
    for delivery in (opening, gift):
        do(moves.reverse_delivery, delivery, "拿错了", cast.manager, cast.chair)
    take_back(file)
    assert file.taken_back_at is not None


def test_a_desk_without_a_network_keeps_the_stock_where_it_is(cast):
    file, _rows = file_with_stock(cast)
    do(leases.take, cast.shop, cast.volunteer, Browser().public_key)
    with refusal("leased"):
        take_back(file)


def test_a_list_of_goods_adds_no_row_that_is_not_traced(cast):
    before = all_ids()
    towel = {"货品名称": "毛巾", "单位": "条", "积分价格": 5, "状态": "下架"}
    candle = towel | {"货品名称": "蜡烛", "状态": None, "现有数量": 3, "来源": "捐赠", "捐赠人": "供销社"}
    import_file(cast, [oil(), towel, candle], cast.far_village)
    added = {(table, ident) for table, ident in all_ids() - before if table != "stock_move"}  # its lot's
    brought = {"shop", "goods", "barcode", "price", "delivery", "donation", "lot"}
    assert {table for table, _ident in added} == brought
    assert added <= traces()
    assert shops.of_village(cast.far_village) is not None
