"""A wrong list of goods is taken back: new articles leave the shelf, the others cost what they did before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ground.db import db
from people import filing
from people.takeback import undoing
from shop.goodsfile.intake import GOODS
from shop.models import Goods, Source
from shop.shelf import goods as shelf
from shop.shelf import prices, shops
from shop.stock import moves
from tests.cast import TODAY, VILLAGE
from tests.formpages import data_of, forms_of
from tests.people.test_takeback import all_ids, traces
from tests.shop.test_goodsfile import oil, soap, workbook
from tests.story import do, refusal


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
    undoing.take_back(GOODS, file, "拿错了去年的价目", file.actor)


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


def test_a_list_of_goods_adds_no_row_that_is_not_traced(cast):
    before = all_ids()
    import_file(
        cast, [oil(), {"货品名称": "毛巾", "单位": "条", "积分价格": 5, "状态": "下架"}], cast.far_village
    )
    added = all_ids() - before
    assert {table for table, _ident in added} == {"shop", "goods", "barcode", "price"}
    assert added <= traces()
    assert shops.of_village(cast.far_village) is not None
