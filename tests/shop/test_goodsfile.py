"""A list of goods from an office: tried out first, every bad cell named, then all of it or nothing."""

import io
import json
import sqlite3
from datetime import date
from itertools import islice

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sqlalchemy import select

from ground.db import db, transaction
from ground.refusal import Refused
from people import filing
from people.models import AuditEvent, FileKind, ImportFile
from people.rosterfile.intake import ROSTER
from shop.goodsfile import columns, export
from shop.goodsfile.intake import GOODS
from shop.models import Delivery, Goods, Lot, Price, Source
from shop.shelf import codes, prices, shops
from shop.shelf import goods as shelf
from shop.stock import deliveries, moves
from shop.stock.deliveries import DeliveryLine, Origin
from tests.cast import FAR_VILLAGE, TODAY, TOWNSHIP, VILLAGE
from tests.story import count, do, everything_fits, refusal, refused, told

pytestmark = pytest.mark.one_database

HEADERS = columns.NAMES
IMPORT = f"/v/{VILLAGE}/goods/import"
SOAP, EAN_8 = "6901028075831", "96385074"
OIL = {
    "货品名称": "食用油",
    "规格": "1.8升",
    "单位": "桶",
    "类别": "粮油",
    "条码": EAN_8,
    "积分价格": 28,
    "每人每季限兑": 2,
    "低库存提醒": 10,
    "状态": "在售",
}


def oil(**other):
    return OIL | other


def soap(**other):
    return {"货品名称": "肥皂", **other}


def workbook(rows, headers=HEADERS):
    book = Workbook()
    book.active.append(list(headers))
    for row in rows:
        book.active.append([row.get(header) for header in headers])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def planned(area, rows):
    return GOODS.plan(workbook(rows), "货品.xlsx", area)


def brought(area, rows):
    return filing.bring(GOODS, area, "货品.xlsx", workbook(rows))


def take_in(area, rows, actor=None):
    """Do it, as the command line does; returns what was counted."""
    table = GOODS.read(workbook(rows), "货品.xlsx", area)
    with transaction():
        made = GOODS.plan_table(table, area)
        assert told(made) == []
        assert list(GOODS.carry_out(made, area, actor))[-1] == len(made.steps)
        GOODS.finish(made, area, actor)
    return dict(made.counts)


def named(name, shop):
    return db.session.scalars(select(Goods).where(Goods.shop_id == shop.id, Goods.name == name)).one()


def lines(made):
    """What the only row of a plan would change."""
    (step,) = made.steps
    return {line.column: (line.before, line.after) for line in step.changes}


# What a row does


def test_a_new_article_with_everything(cast):
    assert take_in(cast.village, [oil(条码=f"{EAN_8}、036000291452")], cast.manager) == {"added": 1}
    goods = named("食用油", cast.shop)
    assert (goods.spec, goods.unit, goods.category, goods.quota, goods.low_at) == (
        "1.8升",
        "桶",
        "粮油",
        2,
        10,
    )
    assert goods.codes == [EAN_8, "0036000291452"]
    (price,) = prices.price_history(goods)
    assert (price.points, price.holds_from, price.actor_id) == (280, date(2026, 12, 28), cast.manager.id)
    actions = {event.action for event in db.session.scalars(select(AuditEvent))}
    assert {"goods.add", "goods.code", "goods.import"} <= actions


def test_the_first_list_opens_the_shop(cast):
    far = cast.far_village
    assert take_in(far, [oil(), oil(货品名称="米", 条码=None)]) == {"added": 2}
    assert shops.of_village(far).name == "石板村爱心超市"


def test_the_same_file_twice_changes_nothing(cast):
    rows = [oil(), soap(积分价格="4", 价格起始日=date(2027, 1, 5))]
    assert take_in(cast.village, rows) == {"added": 1, "changed": 1}
    before = count(Price)
    assert take_in(cast.village, rows) == {"left": 2}
    assert count(Price) == before


def test_the_barcode_says_which_article_and_then_the_name(cast):
    made = planned(cast.village, [{"货品名称": "香皂", "条码": SOAP}])
    assert lines(made) == {"货品名称": ("肥皂", "香皂")}
    made = planned(cast.village, [soap(条码=EAN_8, 类别="日用")])
    assert lines(made) == {"条码": (SOAP, f"{SOAP} {EAN_8}"), "类别": (None, "日用")}
    take_in(cast.village, [soap(条码=EAN_8, 类别="日用")])
    assert (cast.goods.codes, cast.goods.category) == ([SOAP, EAN_8], "日用")


def paste(spec, **other):
    return {"货品名称": "牙膏", "规格": spec, "单位": "支", "积分价格": 5} | other


def test_an_article_is_known_by_its_name_and_specification(cast):
    rows = [paste("90克"), paste("180克", 积分价格=8)]
    assert take_in(cast.village, rows) == {"added": 2}
    assert take_in(cast.village, rows) == {"left": 2}
    made = planned(cast.village, [paste("１８０ 克", 积分价格=9)])
    assert [change.column for change in made.steps[0].changes] == ["规格", "积分价格"]
    more = [paste("90克", 类别="日用"), paste("120克"), paste("180克", 积分价格=8)]
    assert take_in(cast.village, more) == {"changed": 1, "added": 1, "left": 1}
    made = planned(cast.village, [paste(None)])
    assert told(made) == [("B2", "规格")]
    assert "90克、180克、120克" in str(made.bad_cells[0].reason)
    assert told(planned(cast.village, [paste("90克"), paste("９０克")])) == [("A3", "货品名称")]
    back = columns.LAYOUT.write(do(export.export_goods, cast.shop, "xlsx", cast.manager), "xlsx")
    assert dict(GOODS.plan(back, "货品.xlsx", cast.village).counts) == {"left": 5}


def test_a_first_specification_is_added_and_another_is_another_article(cast):
    new = {"单位": "块", "积分价格": 3}
    assert lines(planned(cast.village, [soap(规格="两块装")])) == {"规格": (None, "两块装")}
    made = planned(cast.village, [soap(规格="一块装", **new), soap(规格="两块装", **new)])
    assert [step.is_new for step in made.steps] == [True, True]
    take_in(cast.village, [soap(规格="两块装")])
    (step,) = planned(cast.village, [soap(规格="三块装", **new)]).steps
    assert step.is_new


def test_a_specification_is_not_rewritten_while_some_of_it_lies_there(cast):
    """The barcode says which article it is; what lies there is of the old specification."""
    take_in(cast.village, [soap(规格="两块装")])
    assert told(planned(cast.village, [soap(规格="三块装", 条码=SOAP)])) == [("B2", "规格")]
    lot = cast.lot_of(cast.goods)
    do(moves.write_off, "gone", lot, lot.on_hand, "破损", cast.manager, cast.chair)
    assert lines(planned(cast.village, [soap(规格="三块装", 条码=SOAP)])) == {"规格": ("两块装", "三块装")}


def test_an_empty_cell_leaves_what_is_there(cast):
    take_in(cast.village, [oil()])
    assert take_in(cast.village, [{"货品名称": "食用油"}, soap()]) == {"left": 2}
    assert named("食用油", cast.shop).quota == 2


def test_prices_by_day(cast, clock):
    for given, becomes in (
        ({"积分价格": 3}, None),
        ({"积分价格": 3, "价格起始日": date(2025, 1, 1)}, None),
        ({"积分价格": 3, "价格起始日": date(2027, 3, 1)}, None),
        ({"积分价格": "３.５分"}, (35, date(2026, 12, 28))),
        ({"积分价格": 3.5, "价格起始日": "2027年3月1日"}, (35, date(2027, 3, 1))),
    ):
        change = lines(planned(cast.village, [soap(**given)])).get("积分价格")
        assert (change and (change[1].points, change[1].since)) == becomes, given
    take_in(cast.village, [soap(积分价格=3.5, 价格起始日=date(2027, 3, 1))])
    assert lines(planned(cast.village, [soap(积分价格=3, 价格起始日=date(2027, 3, 1))])) != {}
    assert lines(planned(cast.village, [soap(积分价格=3)])) == {}
    clock.turn_to(date(2027, 3, 1))
    assert prices.price_of(cast.goods) == 35


def test_off_the_shelf_and_back(cast):
    old = do(shelf.add_goods, cast.shop, "蜡烛", "支", 10)
    assert take_in(cast.village, [{"货品名称": "蜡烛", "状态": "停售"}]) == {"changed": 1}
    assert old.archived_on == date(2026, 12, 28)
    assert told(planned(cast.village, [{"货品名称": "蜡烛", "积分价格": 2}])) == [("J2", "状态")]
    assert take_in(cast.village, [{"货品名称": "蜡烛", "状态": "下架"}]) == {"left": 1}
    assert take_in(cast.village, [{"货品名称": "蜡烛", "状态": "在售"}]) == {"changed": 1}
    assert old.archived_on is None
    take_in(cast.village, [oil(状态="下架")])
    assert named("食用油", cast.shop).archived_on == date(2026, 12, 28)


# Bad cells


BAD = (
    (oil(货品名称=None), ("A2", "货品名称")),
    (oil(货品名称="#N/A"), ("A2", "货品名称")),
    (oil(单位=None), ("C2", "单位")),
    (oil(条码="96385075"), ("E2", "条码")),
    (oil(条码=f"{EAN_8} 5"), ("E2", "条码")),
    (oil(条码="6.90103E+12"), ("E2", "条码")),
    (oil(条码=SOAP, 货品名称="食盐"), ("E2", "条码")),
    (oil(积分价格=None), ("F2", "积分价格")),
    (oil(积分价格=0), ("F2", "积分价格")),
    (oil(积分价格=2.55), ("F2", "积分价格")),
    (oil(积分价格="-3"), ("F2", "积分价格")),
    (oil(积分价格="面议"), ("F2", "积分价格")),
    (oil(积分价格=date(2026, 3, 5)), ("F2", "积分价格")),
    (oil(价格起始日=date(2027, 1, 5)), ("G2", "价格起始日")),
    (oil(价格起始日="1月5日"), ("G2", "价格起始日")),
    (soap(积分价格=4, 价格起始日="0026-12-28"), ("G2", "价格起始日")),
    (soap(积分价格=4, 价格起始日=date(2062, 1, 5)), ("G2", "价格起始日")),
    (soap(积分价格=4, 价格起始日="9999-12-31"), ("G2", "价格起始日")),
    (soap(积分价格=4, 价格起始日=date(2026, 12, 27)), ("G2", "价格起始日")),
    (soap(价格起始日=date(2027, 1, 5)), ("F2", "积分价格")),
    (oil(每人每季限兑=0), ("H2", "每人每季限兑")),
    (oil(每人每季限兑="两桶"), ("H2", "每人每季限兑")),
    (oil(低库存提醒=-1), ("I2", "低库存提醒")),
    (oil(状态="卖完"), ("J2", "状态")),
    (soap(状态="下架"), ("J2", "状态")),
    (soap(单位="箱"), ("C2", "单位")),
)


def test_a_bad_cell_is_named_by_row_and_column(cast):
    for given, where in BAD:
        made = planned(cast.village, [given])
        assert told(made) == [where], given
        assert str(made.bad_cells[0].reason)


def test_rows_that_are_about_the_same(cast):
    take_in(cast.village, [oil(货品名称="豆油", 条码="036000291452")])
    made = planned(
        cast.village,
        [
            oil(),
            oil(条码=None),
            oil(货品名称="菜油"),
            soap(),
            {"货品名称": "香皂", "条码": SOAP},
            {"货品名称": "食盐", "条码": "036000291452"},
            {"货品名称": "洗衣皂", "条码": f"{SOAP} 036000291452"},
        ],
    )
    assert told(made) == [
        ("A3", "货品名称"),
        ("E4", "条码"),
        ("A6", "货品名称"),
        ("E7", "条码"),
        ("E8", "条码"),
    ]


def test_all_of_it_or_nothing(cast):
    rows = [oil(), soap(每人每季限兑="很多"), {"货品名称": "食盐", "条码": "1"}]
    made = planned(cast.village, rows)
    assert told(made) == [("H3", "每人每季限兑"), ("E4", "条码")]
    file = do(filing.keep_file, brought(cast.village, rows), cast.village, cast.manager)
    table = filing.read_file(GOODS, file)
    with pytest.raises(Refused, match="bad_cells"):
        list(filing.import_file(GOODS, file, table, made.fingerprint, cast.manager))
    assert count(Goods) == 4


def begun(cast, rows):
    """An import that goes on as it is asked for its steps, and a till that waits for nothing."""
    table = GOODS.read(workbook(rows), "货品.xlsx", cast.village)
    steps = (done for _plan, done in filing.import_table(GOODS, table, cast.village))
    till = sqlite3.connect(db.engine.url.database, isolation_level=None, timeout=0)
    return steps, lambda statement: till.execute(statement).rowcount


@pytest.mark.only_on("sqlite")
def test_the_desk_hands_out_while_a_list_comes_in(cast, monkeypatch):
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    lots = count(Lot)
    steps, till = begun(cast, [oil(), soap(积分价格=4), {"货品名称": "食盐", "规格": "五百克"}])
    for _step in islice(steps, 2):
        assert till("UPDATE lot SET on_hand = on_hand - 1") == lots
        assert till("UPDATE shop SET last_serial = coalesce(last_serial, 0) + 1") > 0
    assert list(steps) == [3, 3]
    assert prices.price_of(named("肥皂", cast.shop)) == 40


@pytest.mark.only_on("sqlite")
def test_what_is_put_into_the_archive_while_it_comes_in_must_lie_nowhere(cast):
    """Planned when the shelf was empty; a delivery of it arrives before it is written."""
    lot = db.session.scalars(select(Lot).where(Lot.goods_id == cast.goods.id)).one()
    do(moves.write_off, "gone", lot, lot.on_hand, "送完了", cast.manager, cast.chair)
    steps, till = begun(cast, [soap(状态="下架"), oil()])
    next(steps)
    assert till(f"UPDATE lot SET on_hand = 5 WHERE goods_id = {cast.goods.id}") == 1
    with refusal("bad_cells"):
        list(steps)
    assert named("肥皂", cast.shop).archived_on is None


def test_a_list_of_goods_is_no_roster(cast, client_of):
    """Whatever its columns say: a file is taken in as what it was brought as."""
    file = do(filing.keep_file, brought(cast.village, [oil()]), cast.village, cast.clerk)
    assert file.kind == FileKind.GOODS
    assert client_of(cast.clerk).get(f"/a/{VILLAGE}/import/{file.id}").status_code == 404
    with pytest.raises(Refused, match="other_file"):
        filing.plan_file(ROSTER, file)


# As an office sends it

MESSY_HEADERS = ["序号", "商品 名称", "规格\n型号", "计量单位", "分类", "条形码", "积分", "执行日期"]
MESSY_HEADERS += ["限兑", "库存预警", "备注"]


def messy():
    """Titles, odd headers, full-width digits, barcodes that Excel made numbers of, a total below."""
    book = Workbook()
    sheet = book.active
    sheet.append(["柳树村爱心超市货品价目表（2027年第一季度）"])
    sheet.merge_cells("A1:K1")
    sheet.append(["制表：孙店长", None, None, "日期：2026年12月28日"])
    sheet.append(MESSY_HEADERS)
    for line in (
        (1, "食用油", "１.８升", "桶", "粮油", 6920459905012.0, "28分", "2027年1月1日", "２桶", "10", "缺货"),
        (2, "肥 皂", None, "块", "日用", SOAP, 3.5, date(2027, 1, 1), None, 20),
        (3, "食盐", "400克", "袋", "粮油", 13, "２．５", 46388, 5, None, "散装"),
        (4, "毛巾 ", None, "条", "日用", "6920459905029、９６３８５０７４", "8", None, None, None),
    ):
        sheet.append(line)
    sheet.append([None])
    sheet.append(["合计", None, None, None, None, None, "4种"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(client, data, name="货品.xlsx"):
    answer = client.post(IMPORT, data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 302, answer.text
    return answer.location


def test_a_messy_workbook_through_the_pages(cast, client_of, clock):
    """Oil is new and has no price before the new year: on its first day all of it is taken in."""
    with transaction():
        codes.give_own_code(cast.salt, cast.manager)
        shelf.change_goods(cast.goods, "肥 皂", "块", cast.manager)
    manager = client_of(cast.manager)
    address = upload(manager, messy())
    page = manager.get(address).text
    assert "H4" in page
    assert 'name="fingerprint"' not in page
    failed = load_workbook(io.BytesIO(manager.get(f"{address}/failed.xlsx").data)).active
    assert [cell.value for cell in failed["A"]] == ["货品名称", "食用油"]
    clock.turn_to(date(2027, 1, 1))
    address = upload(manager, messy())
    page = manager.get(address).text
    assert "序号、备注" in page
    assert "1 行合计" in page
    made = GOODS.plan(messy(), "货品.xlsx", cast.village)
    assert dict(made.counts) == {"added": 2, "changed": 2}
    for words in ("4 行", "3.5 分（2027年1月1日起）", "3 分（2025年1月1日起）", "１.８升"):
        assert words in page
    manager.post(address, data={"fingerprint": made.fingerprint})
    assert "新增 2 行" in manager.get(address).text
    found = {
        offer.goods.name: (offer.goods.codes, offer.price, offer.goods.quota)
        for offer in shelf.offers(cast.shop)
    }
    assert found == {
        "肥 皂": ([SOAP], 35, None),
        "食盐": (["00013"], 25, 5),
        "食用油": (["6920459905012"], 280, 2),
        "毛巾": (["6920459905029", EAN_8], 80, None),
    }
    assert dict(GOODS.plan(messy(), "货品.xlsx", cast.village).counts) == {"left": 4}


def test_progress_comes_line_by_line_and_another_click_does_nothing(cast, client_of):
    manager = client_of(cast.manager)
    address = upload(manager, workbook([oil()]))
    given = {"fingerprint": planned(cast.village, [oil()]).fingerprint}
    answer = manager.post(address, data=given, headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"done": 1},
        {"done": 1},
        {"go": address},
    ]
    db.session.rollback()
    file = db.session.scalars(select(ImportFile)).one()
    assert (file.content, file.added, file.kind) == (None, 1, FileKind.GOODS)
    assert manager.post(address, data=given).status_code == 422
    assert count(Goods) == 5


def test_the_shelf_changed_between_the_look_and_the_click(cast, client_of):
    manager = client_of(cast.manager)
    address = upload(manager, workbook([soap(积分价格=4)]))
    seen = planned(cast.village, [soap(积分价格=4)]).fingerprint
    do(prices.set_price, cast.goods, 35, cast.manager)
    assert manager.post(address, data={"fingerprint": seen}).status_code == 422
    assert prices.price_of(cast.goods) == 35


def test_who_brings_and_who_takes_out(cast, client_of):
    address = upload(client_of(cast.manager), workbook([oil()]))
    for other in (cast.volunteer, cast.clerk, cast.township_user):
        assert client_of(other).get(IMPORT).status_code == 403
        assert client_of(other).get(address).status_code == 403
    assert client_of(cast.outsider).get(IMPORT).status_code == 404
    assert client_of(cast.manager).get(f"{IMPORT}/template.xlsx").status_code == 200
    for reader in (cast.volunteer, cast.supervisor, cast.township_user):
        assert client_of(reader).post(f"/v/{VILLAGE}/goods.csv").status_code == 200
    assert client_of(cast.worker_user).post(f"/v/{VILLAGE}/goods.csv").status_code == 403
    there = client_of(cast.volunteer).get(f"/v/{VILLAGE}/goods.csv")
    assert (there.status_code, there.location) == (302, f"/v/{VILLAGE}/goods")  # to the page, and no file
    assert client_of(cast.county_user).post(f"/v/{FAR_VILLAGE}/goods.csv").status_code == 404


# Out, and in again


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_taken_out_comes_in_again_and_changes_nothing(cast, client_of, kind):
    rows = [oil(货品名称="+油", 规格="=1+1", 类别="@a"), oil(货品名称="蜡烛", 条码=None, 状态="下架")]
    take_in(cast.village, rows[1:])
    with transaction():
        codes.give_own_code(cast.salt, cast.manager)
        shelf.add_goods(cast.shop, "+油", "桶", 275, spec="=1+1", category="-a", quota=2)
        prices.set_price(cast.goods, 40, cast.manager, date(2027, 5, 1))
    data = client_of(cast.supervisor).post(f"/v/{VILLAGE}/goods.{kind}").data
    made = GOODS.plan(data, f"货品.{kind}", cast.village)
    assert (told(made), dict(made.counts)) == ([], {"left": 4})
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "goods.export")).one()
    assert (event.detail, event.actor_id) == ({"kind": kind, "rows": 4}, cast.supervisor.id)
    if kind == "xlsx":
        sheet = load_workbook(io.BytesIO(data)).active
        assert {cell.data_type for line in sheet for cell in line} <= {"s", "n", "d"}
        assert [cell.value for cell in sheet[1]] == list(HEADERS)
        assert sheet["E3"].value == "00013"
        assert sheet["F5"].value == 27.5
    else:
        assert ",'=1+1," in data.decode("utf-8-sig")


def test_another_village_can_begin_with_it(cast, client_of):
    """What was taken out of one shop comes into another, at today's prices; its stock does not, left out."""
    take_in(cast.village, [oil()])
    with transaction():
        moves.receive("o" * 16, named("食用油", cast.shop), 5, "purchase", cast.manager)
        rows = export.export_goods(cast.shop, "csv", cast.manager)
    rows = [{column: row[column] for column in HEADERS[: HEADERS.index("现有数量")]} for row in rows]
    data = columns.LAYOUT.write(rows, "csv")
    made = GOODS.plan(data, "货品.csv", cast.far_village)
    assert (told(made), dict(made.counts)) == ([], {"added": 3})
    do(lambda: list(GOODS.carry_out(made, cast.far_village, None)))
    shop = shops.of_village(cast.far_village)
    assert {offer.goods.name: (offer.price, offer.usable_units) for offer in shelf.offers(shop)} == {
        "肥皂": (30, 0),
        "食盐": (25, 0),
        "食用油": (280, 0),
    }


# What lies there on the first day


def stocked(number=40, **other):
    return oil(现有数量=number, **other)


def candles(cast):
    """An article that never came in."""
    return do(shelf.add_goods, cast.shop, "蜡烛", "支", 10)


def lots_of(goods):
    query = select(Lot).where(Lot.goods_id == goods.id).order_by(Lot.id)
    return [(lot.on_hand, lot.source, lot.unit_cost, lot.best_before) for lot in db.session.scalars(query)]


def test_what_lies_there_comes_in_with_the_list(cast):
    """Of a new article and of one that never came in; a delivery for each source and donor."""
    old = candles(cast)
    rows = [
        stocked("４０桶", 保质期=date(2027, 9, 30), **{"单价(成本)": "65.5元"}),
        {"货品名称": "蜡烛", "现有数量": 12},
        {
            **soap(货品名称="毛巾", 单位="条", 积分价格=8),
            "现有数量": "7",
            "来源": "捐赠",
            "捐赠人": " 供 销 社",
        },
        {**soap(货品名称="脸盆", 单位="个", 积分价格=9), "现有数量": 3, "来源": "上级调拨"},
        {**soap(货品名称="水桶", 单位="个", 积分价格=9), "现有数量": 0},
        {**soap(货品名称="雨伞", 单位="把", 积分价格=9), "现有数量": 1, "来源": "捐赠", "捐赠人": "供销社"},
    ]
    made = planned(cast.village, rows)
    assert [lines(planned(cast.village, [row])).get("现有数量") for row in rows] == [
        (None, 40),
        (None, 12),
        (None, 7),
        (None, 3),
        None,
        (None, 1),
    ]
    assert (told(made), dict(made.counts)) == ([], {"added": 5, "changed": 1})
    take_in(cast.village, rows, cast.manager)
    assert lots_of(named("食用油", cast.shop)) == [(40, Source.OPENING, 6550, date(2027, 9, 30))]
    assert lots_of(old) == [(12, Source.OPENING, None, None)]
    (towel,) = db.session.scalars(select(Lot).join(Lot.goods).where(Goods.name == "毛巾"))
    assert (towel.donor, towel.donation.number) == ("供销社", "2026-0002")
    sheets = db.session.scalars(select(Delivery).where(Delivery.actor_id == cast.manager.id)).all()
    assert [(each.source, each.number, len(each.lots)) for each in sheets[-3:]] == [
        (Source.OPENING, "2026-0001", 2),
        (Source.DONATION, "2026-0002", 2),
        (Source.ALLOCATION, "2026-0003", 1),
    ]
    assert everything_fits()
    assert take_in(cast.village, rows) == {"left": 6}


def test_what_came_in_already_is_counted_and_not_changed_by_a_file(cast):
    """The shelf has 20 soap that was bought, and 10 salt that was donated, good until June."""
    salt = {"货品名称": "食盐", "现有数量": 10, "来源": "捐赠", "捐赠人": "供销社", "保质期": "2027-06-30"}
    assert take_in(cast.village, [soap(现有数量=20, 来源="采购"), salt]) == {"left": 2}
    for given, where in (
        (soap(现有数量=19), ("K2", "现有数量")),
        (soap(现有数量=0), ("K2", "现有数量")),
        (soap(现有数量=20, 保质期="2027-06-30"), ("L2", "保质期")),
        (soap(**{"单价(成本)": 2}), ("M2", "单价(成本)")),
        (soap(来源="期初"), ("N2", "来源")),
        (salt | {"捐赠人": "合作社"}, ("O2", "捐赠人")),
    ):
        assert told(planned(cast.village, [given])) == [where], given
    lot = cast.lot_of(cast.goods)
    do(moves.write_off, "gone", lot, 20, "受潮", cast.manager, cast.chair)
    assert take_in(cast.village, [soap(现有数量=0)]) == {"left": 1}
    assert told(planned(cast.village, [soap(现有数量=5)])) == [("K2", "现有数量")]


BAD_STOCK = (
    (stocked(-3), ("K2", "现有数量")),
    (stocked(12.5), ("K2", "现有数量")),
    (stocked(1_000_000), ("K2", "现有数量")),
    (stocked("1,001"), ("K2", "现有数量")),  # a second person agrees to so many
    (stocked("十二"), ("K2", "现有数量")),
    (stocked(date(2026, 3, 5)), ("K2", "现有数量")),
    (stocked("#REF!"), ("K2", "现有数量")),
    (stocked(状态="下架"), ("K2", "现有数量")),
    (stocked(保质期="2026-12-27"), ("L2", "保质期")),
    (stocked(保质期="12个月"), ("L2", "保质期")),
    (stocked(保质期="2048-01-01"), ("L2", "保质期")),
    (stocked(**{"单价(成本)": 12.505}), ("M2", "单价(成本)")),
    (stocked(**{"单价(成本)": -1}), ("M2", "单价(成本)")),
    (stocked(**{"单价(成本)": "100000.01"}), ("M2", "单价(成本)")),
    (stocked(来源="偷来的"), ("N2", "来源")),
    (stocked(来源="捐赠"), ("O2", "捐赠人")),
    (stocked(来源="采购", 捐赠人="供销社"), ("O2", "捐赠人")),
    (stocked(捐赠人="供销社"), ("O2", "捐赠人")),
    (oil(保质期="2027-09-30"), ("K2", "现有数量")),  # of what?
    (stocked(0, 来源="采购"), ("K2", "现有数量")),
)


def test_stock_that_cannot_be_is_named_by_row_and_column(cast):
    for given, where in BAD_STOCK:
        made = planned(cast.village, [given])
        assert told(made) == [where], given
        assert str(made.bad_cells[0].reason)


def test_whoever_has_more_than_one_person_takes_in_is_told_what_to_do_next(cast):
    """And who does it, is refused nothing more."""
    much = stocked(1_500, 保质期="2027-09-30", 来源="采购", **{"单价(成本)": 65})
    made = planned(cast.village, [much])
    assert told(made) == [("K2", "现有数量")]
    said = str(made.bad_cells[0].reason)
    assert [words for words in ("1000", "都空着", "整单入库", "第二个人") if words not in said] == []
    of_stock = {columns.ON_HAND, columns.BEST_BEFORE, columns.COST, columns.SOURCE, columns.DONOR}
    emptied = {column: value for column, value in much.items() if column not in of_stock}
    assert take_in(cast.village, [emptied]) == {"added": 1}
    line = DeliveryLine(named("食用油", cast.shop), 1_500, date(2027, 9, 30), 6500)
    arrived = "much" * 4, cast.shop, Origin(Source.PURCHASE, "", "", TODAY), [line], cast.manager
    refused("second_person", deliveries.take_in, *arrived)
    do(deliveries.take_in, *arrived, cast.chair)
    assert lots_of(named("食用油", cast.shop)) == [(1_500, Source.PURCHASE, 6500, date(2027, 9, 30))]


def test_a_stock_list_as_an_office_sends_it(cast, client_of):
    """A merged title, headings over two lines, days that count from 1904, wide figures, a total below."""
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["柳树村爱心超市库存盘存表（期初）"])
    sheet.merge_cells("A1:H1")
    sheet.append(["品名", "规格\n型号", "计量单位", "所需\n积分", "期初\n数量", "有效期至", "进 价", "备注"])
    sheet.append(["食用油", "1.8升", "桶", 28, "１，０００", 45196, "￥65.5", None])
    sheet.append(["脸盆", None, "个", "9分", "3个", None, None, "散装"])
    sheet.append(["合计", None, None, None, 1003])
    file = io.BytesIO()
    book.save(file)
    manager = client_of(cast.manager)
    address = upload(manager, file.getvalue())
    page = manager.get(address).text
    for shown in ("1000", "2027年9月28日", "65.50", "期初", "备注"):
        assert shown in page, shown
    made = GOODS.plan(file.getvalue(), "货品.xlsx", cast.village)
    assert manager.post(address, data={"fingerprint": made.fingerprint}).status_code == 302
    assert lots_of(named("食用油", cast.shop)) == [(1000, Source.OPENING, 6550, date(2027, 9, 28))]
    assert lots_of(named("脸盆", cast.shop)) == [(3, Source.OPENING, None, None)]
    assert "新增 2 行" in manager.get(address).text
    assert manager.post(address, data={"fingerprint": made.fingerprint}).status_code == 422
    assert everything_fits()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_stock_that_is_taken_out_comes_in_again_and_changes_nothing(cast, clock, kind):
    """Also of lots that differ, of what has expired, and of what is used up."""
    old = candles(cast)
    with transaction():
        moves.receive("a", cast.goods, 5, Source.DONATION, cast.manager, "合作社", TODAY, 1250)
        lot = moves.receive("b", old, 5, Source.PURCHASE, cast.manager, None, TODAY, 1205)
        moves.receive("c", named("食盐", cast.shop), 1, Source.DONATION, cast.manager, "供销社")
    take_in(cast.village, [stocked(40, 保质期="2027-09-30"), oil(货品名称="豆油", 条码=None)])
    clock.days_on()
    for _again in range(2):
        rows = do(export.export_goods, cast.shop, kind, cast.manager)
        data = columns.LAYOUT.write(rows, kind)
        made = GOODS.plan(data, f"货品.{kind}", cast.village)
        assert (told(made), dict(made.counts)) == ([], {"left": 5})
        do(moves.write_off, "gone", lot, 5, "过期", cast.manager)
    assert [[row[name] for name in HEADERS[10:]] for row in rows] == [
        [25, None, None, None, None],
        [11, None, None, "捐赠", "供销社"],
        [0, None, None, None, None],
        [40, date(2027, 9, 30), None, "期初", None],
        [0, None, None, None, None],
    ]


def test_an_article_that_comes_in_meanwhile_has_no_opening_stock(cast):
    """Planned when none of it had come in; what the file says of it would be a second time the same."""
    old = candles(cast)
    made = planned(cast.village, [{"货品名称": "蜡烛", "现有数量": 12}])
    do(moves.receive, "meanwhile", old, 5, Source.PURCHASE, cast.manager)
    with refusal("plan_changed"):
        do(GOODS.finish, made, cast.village, cast.manager)
    assert lots_of(old) == [(5, Source.PURCHASE, None, None)]


# On the command line


def test_the_command_takes_a_list_in(app, cast, tmp_path):
    file = tmp_path / "货品.xlsx"
    file.write_bytes(workbook([oil()]))

    def run(*more):
        return app.test_cli_runner().invoke(args=["goods", "import", str(file), *more])

    dry = run("--shop", VILLAGE, "--dry-run")
    assert (dry.exit_code, dry.stdout) == (0, "dry run: 1 added, 0 changed, 0 left\n")
    assert count(Goods) == 4
    file.write_bytes(workbook([stocked()]))
    assert run("--shop", VILLAGE).stdout == "1 added, 0 changed, 0 left\n"
    assert (count(Goods), cast.on_hand(named("食用油", cast.shop))) == (5, 40)
    assert run("--shop", TOWNSHIP).exit_code == 1
    file.write_bytes(workbook([oil(条码="1")]))
    result = run("--shop", VILLAGE)
    assert (result.exit_code, "E2 条码" in result.stderr) == (1, True)
