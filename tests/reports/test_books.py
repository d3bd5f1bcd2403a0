"""Ledger books: each says what was written, sums to its foot, and is the same on page, as Excel, on paper."""

import csv
import io
import subprocess
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from urllib.parse import unquote
from uuid import uuid4

import pytest
from flask_babel import force_locale
from openpyxl import load_workbook
from sqlalchemy import func, select

from demo.making import DEMO_VILLAGES
from ground import clock
from ground.db import db, sums_of
from people import areas, sight
from people.models import Appointment, Area, Attendance, AuditEvent, Grid, Person, Training, User
from points.models import Account, AccountKind, Objection, Service, ServiceState, Transfer
from reports.books import paper, workbook
from reports.books.book import Scope, SummedBook
from reports.books.shelf import BOOKS
from shop.desk import redemptions, register, voids
from shop.models import Lot, Redemption, Shop, Source, StockMove, Void
from shop.stock import consignments, counts, moves, turnover
from shop.vouchers import vouchers
from tests.cast import TOWNSHIP, VILLAGE
from tests.printed import texts
from tests.story import do

BY_NAME = {book.name: book for book in BOOKS}
YEAR = date(2026, 1, 1), date(2026, 12, 31)
QUARTER = date(2026, 4, 1), date(2026, 6, 30)
DUTIES = {
    *("社情民意收集", "政策法规宣传", "民生事项服务"),
    *("安全隐患排查", "突发事件报告", "矛盾纠纷排查化解"),
}


def scope_of(area: Area, first: date, last: date, **more: object) -> Scope:
    """What an insider asks of an area."""
    return Scope(area, areas.villages_in(area), first, last, sight.Sight(masked=not area.is_village), **more)


def village():
    return areas.by_code(DEMO_VILLAGES[0])


class Sheet:
    """An Excel file of a book, read back: its headings, rows and foot."""

    def __init__(self, content: bytes) -> None:
        self.sheet = load_workbook(io.BytesIO(content)).active
        title, days, headings, *rows = self.sheet.iter_rows(values_only=True)
        self.title, self.days, self.headings = title[0], days[0], list(headings)
        self.signed = rows.pop()[0]
        self.rows = [dict(zip(headings, row, strict=True)) for row in rows if row[0] is not None]
        self.around = [dict(zip(headings, row, strict=True)) for row in rows if row[0] is None]

    def column(self, heading: str) -> list:
        return [row[heading] for row in self.rows]


def sheet_of(name: str, scope: Scope) -> Sheet:
    content, records = workbook.write(BY_NAME[name], scope)
    sheet = Sheet(content)
    assert [row["序号"] for row in sheet.rows] == list(range(1, records + 1))
    return sheet


def tenths(points: float | None) -> int:
    return round((points or 0) * 10)


def on(moment: datetime) -> date:
    return clock.local(moment).date()


def day(value: datetime) -> date:
    assert (value.hour, value.minute) == (0, 0)
    return value.date()


def within(when: date, days: tuple[date, date]) -> bool:
    return days[0] <= when <= days[1]


# --- Each book against what plain Python counts in the tables ---


@pytest.mark.parametrize("days", [YEAR, QUARTER])
def test_the_points_are_those_of_the_ledger(demo, days):
    sheet = sheet_of("points", scope_of(village(), *days))
    entries = [
        transfer
        for transfer in db.session.scalars(select(Transfer).order_by(Transfer.id))
        if transfer.account.village_id == village().id
    ]
    asked = [transfer for transfer in entries if within(on(transfer.at), days)]
    assert [
        (day(row["日期"]), row["网格员"], tenths(row["增加"]) - tenths(row["减少"]), tenths(row["余额"]))
        for row in sheet.rows
    ] == [
        (on(entry.at), entry.account.person.name, entry.change, entry.balance_after)
        for entry in sorted(asked, key=lambda entry: (entry.at, entry.id))
    ]
    before, foot = sheet.around
    assert tenths(before["余额"]) == sum(each.change for each in entries if on(each.at) < days[0])
    assert tenths(foot["增加"]) == sum(map(tenths, sheet.column("增加")))
    assert tenths(foot["减少"]) == sum(map(tenths, sheet.column("减少"))) > 0
    assert tenths(foot["余额"]) == tenths(before["余额"]) + tenths(foot["增加"]) - tenths(foot["减少"])
    assert any(basis.startswith("季度积分 2026年第一季度") for basis in sheet.column("依据"))


def test_a_worker_s_points_run_from_balance_to_balance(demo):
    account = db.session.scalars(
        select(Account)
        .where(Account.village_id == village().id, Account.kind == AccountKind.WORKER)
        .order_by(Account.transfers.desc())
    ).first()
    sheet = sheet_of("points", scope_of(village(), *YEAR, worker=account.person))
    assert len(sheet.rows) == account.transfers > 3
    assert sheet.days.startswith(account.person.name)
    balance = tenths(sheet.around[0]["余额"])
    for row in sheet.rows:
        balance += tenths(row["增加"]) - tenths(row["减少"])
        assert tenths(row["余额"]) == balance
    assert balance == tenths(sheet.around[1]["余额"]) == account.balance


@pytest.mark.parametrize("days", [YEAR, QUARTER])
def test_the_register_has_each_receipt_and_each_void(demo, days):
    sheet = sheet_of("redemptions", scope_of(village(), *days))
    shop = db.session.scalars(select(Shop).where(Shop.village_id == village().id)).one()
    receipts = [
        each
        for each in db.session.scalars(select(Redemption).where(Redemption.shop_id == shop.id))
        if within(each.day, days)
    ]
    voided = [
        each
        for each in db.session.scalars(select(Void))
        if each.redemption.shop_id == shop.id and within(on(each.at), days)
    ]
    taken, back = defaultdict(int), defaultdict(int)
    for row in sheet.rows:
        (taken if row["数量"] > 0 else back)[row["凭证"]] += tenths(row["扣分"])
        assert tenths(row["扣分"]) == row["数量"] * tenths(row["单价"])
        assert (row["数量"] < 0) == str(row["备注"]).startswith("作废：")
    assert taken == {each.number: each.total for each in receipts}
    assert back == {each.redemption.number: -each.redemption.total for each in voided}
    assert voided
    assert receipts
    (foot,) = sheet.around
    assert tenths(foot["扣分"]) == sum(each.total for each in receipts) + sum(back.values())
    assert foot["数量"] == sum(sheet.column("数量"))


OUT = ("兑出", "报损", "退货", "调出")
IN = ("采购", "捐赠", "上级调拨", "期初建账", "店间调入")


def balanced(row: dict) -> bool:
    """Whether opening and in, less out, with what was found and missing, is closing."""
    came, went = sum(row[name] for name in IN), sum(row[name] for name in OUT)
    return row["期初结存"] + came - went + row["盘盈"] - row["盘亏"] == row["期末结存"]


def counted_stock(last: date, key) -> dict:
    """What lay in the shop when a day was over, by article or lot, counted move by move."""
    units = defaultdict(int)
    for move in db.session.scalars(select(StockMove)):
        if move.lot.goods.shop.village_id == village().id and on(move.at) <= last:
            units[key(move.lot)] += move.quantity
    return {name: count for name, count in units.items() if count}


@pytest.mark.parametrize(
    ("name", "row_key", "lot_key"),
    [
        ("stock", lambda row: row["货品"], lambda lot: lot.goods.title),
        ("lots", lambda row: int(row["批次"].rpartition("#")[2]), lambda lot: lot.id),
    ],
)
def test_the_stock_of_one_period_is_where_the_next_begins(demo, name, row_key, lot_key):
    second = scope_of(village(), *QUARTER)
    third = scope_of(village(), date(2026, 7, 1), date(2026, 9, 30))
    earlier, later = sheet_of(name, second), sheet_of(name, third)
    assert all(map(balanced, (*earlier.rows, *later.rows, *earlier.around, *later.around)))
    closing = {row_key(row): row["期末结存"] for row in earlier.rows if row["期末结存"]}
    assert closing == counted_stock(QUARTER[1], lot_key)
    assert {row_key(row): row["期初结存"] for row in later.rows if row["期初结存"]} == closing
    (foot,) = earlier.around
    for heading in ("期初结存", *IN, *OUT, "盘盈", "盘亏", "期末结存", "其中无单价"):
        assert foot[heading] == sum(earlier.column(heading)), heading
    value = sum(
        units * lot.unit_cost
        for ident, units in counted_stock(QUARTER[1], lambda lot: lot.id).items()
        if (lot := db.session.get_one(Lot, ident)).unit_cost is not None
    )
    assert round(foot["期末金额（元）"] * 100) == value > 0


def check_both_ways(spans: list[tuple[date, date]]) -> None:
    """Check what the stock book says each lot had before and after some days, counted from the first move."""
    village_ids = [each.id for each in areas.villages_in(areas.county())]
    moves = list(db.session.scalars(select(StockMove)))
    costs = dict(db.session.execute(select(Lot.id, Lot.unit_cost)).all())
    for first, last in spans:
        opening, within = defaultdict(int), defaultdict(list)
        for move in moves:
            if on(move.at) < first:
                opening[move.lot_id] += move.quantity
            elif on(move.at) <= last:
                within[move.lot_id].append(move.quantity)
        counted = {
            ident: (opening[ident], opening[ident] + sum(within[ident]))
            for ident in {*opening, *within}
            if opening[ident] or within[ident]
        }
        moments = clock.day_span(first, last)
        rows = db.session.execute(turnover.by_lot(village_ids, *moments)).all()
        assert {row.id: (row.opening, row.closing) for row in rows} == counted, (first, last)
        _count, sums = sums_of(turnover.by_article_valued(village_ids, *moments))
        fen = turnover.valued_of(sums).fen
        assert (fen.opening, fen.closing) == tuple(
            sum(units[place] * (costs[ident] or 0) for ident, units in counted.items()) for place in (0, 1)
        )


def test_stock_of_a_day_is_that_of_now_without_what_moved_since(demo):
    begun = clock.local(db.session.scalar(select(func.min(StockMove.at)))).date()
    days = [begun - timedelta(1), begun, *(date(2026, month, 28) for month in range(1, 13, 2)), clock.today()]
    check_both_ways(list(pairwise(days)))


MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1)) for month in (4, 5, 6)]
# What moved by kind and source, as the accountant's summary calls it; plus in, minus out.
SUMMARY = {
    **{
        ("receipt", source): name
        for source, name in zip(Source, ("采购", "捐赠", "上级调拨", "其他入库"), strict=True)
    },
    **dict.fromkeys(("redemption", "void"), "兑出"),
    **dict.fromkeys(("write_off", "return"), "报损退货"),
    **dict.fromkeys(("sent", "sent_back"), "调出"),
}


def summed_up(first: date, last: date) -> dict[str, dict[str, list[int]]]:
    """Units and fen of a village's articles in some days by heading, move by move."""
    figures = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for move in db.session.scalars(select(StockMove)):
        lot, base = move.lot, move.reverses or move
        if lot.goods.shop.village_id != village().id or on(move.at) > last:
            continue
        heading = SUMMARY.get(base.kind) or SUMMARY.get((base.kind, lot.source))
        if base.consignment_id and base.kind == "receipt":
            heading = "其他入库"
        if base.kind == "stock_take":
            heading = "盘盈" if move.quantity > 0 else "盘亏"
        places = ["期初结存"] if on(move.at) < first else [heading]
        for place in (*places, "期末结存"):
            sign = -1 if place in ("兑出", "报损退货", "调出", "盘亏") else 1
            units, fen = figures[lot.goods.title][place]
            units += sign * move.quantity
            fen += sign * move.quantity * (lot.unit_cost or 0)
            figures[lot.goods.title][place] = [units, fen]
    return figures


def test_a_month_s_summary_adds_up_in_units_and_yuan(demo):
    """Opening and in less out is closing, in each row and at the foot; it is the next month's opening."""
    carried = None
    shop = db.session.scalars(select(Shop).where(Shop.village_id == village().id)).one()
    for first, last in MONTHS:
        sheet, counted = sheet_of("valued", scope_of(village(), first, last)), summed_up(first, last)
        (foot,) = sheet.around
        headings = [name for name in sheet.headings if f"{name}（元）" in sheet.headings]
        assert len(headings) == 11
        assert {row["货品"] for row in sheet.rows} == set(counted)
        for row in (*sheet.rows, foot):
            for suffix in ("", "（元）"):
                figure = {name: round(row[name + suffix] * (100 if suffix else 1)) for name in headings}
                came = sum(figure[name] for name in ("采购", "捐赠", "上级调拨", "其他入库", "盘盈"))
                went = sum(figure[name] for name in ("兑出", "报损退货", "调出", "盘亏"))
                assert figure["期初结存"] + came - went == figure["期末结存"]
                if row is not foot:
                    by_hand = counted[row["货品"]]
                    assert figure == {name: by_hand[name][bool(suffix)] for name in headings}
        for name in sheet.headings[3:]:
            assert round(foot[name] * 100) == round(sum(sheet.column(name)) * 100), name
        closing = {row["货品"]: (row["期末结存"], row["期末结存（元）"]) for row in sheet.rows}
        if carried is not None:
            opening = {row["货品"]: (row["期初结存"], row["期初结存（元）"]) for row in sheet.rows}
            assert {name: opening[name] for name in carried} == carried
        carried = {name: left for name, left in closing.items() if left[0]}
        vouched = [each for each in vouchers.of_days(shop, first, last) if each.kind == "redemptions"]
        handed_out = sum(each.units for each in vouched), sum(each.value or 0 for each in vouched)
        assert handed_out == (foot["兑出"], round(foot["兑出（元）"] * 100))


def test_donations_are_used_up_to_what_is_left(demo):
    sheet = sheet_of("donations", scope_of(village(), *YEAR))
    assert sheet.rows
    for row in sheet.rows:
        assert row["捐赠数量"] == row["兑出"] + row["其他减少"] + row["剩余"]
    (foot,) = sheet.around
    assert foot["捐赠数量"] == sum(sheet.column("捐赠数量")) > 0


@pytest.mark.parametrize("days", [YEAR, QUARTER])
def test_services_stand_with_who_confirmed_them(demo, days):
    sheet = sheet_of("services", scope_of(village(), *days))
    services = sorted(
        (
            each
            for each in db.session.scalars(select(Service).where(Service.village_id == village().id))
            if within(each.done_on, days) and each.deduction is None
        ),
        key=lambda each: (each.done_on, each.id),
    )
    assert [
        (day(row["日期"]), row["网格员"], row["做了什么"] or "", row["确认人"]) for row in sheet.rows
    ] == [
        (
            each.done_on,
            each.worker.name,
            each.note,
            each.decided_by.name if each.state == ServiceState.CONFIRMED else None,
        )
        for each in services
    ]
    (foot,) = sheet.around
    assert tenths(foot["积分"]) == sum(map(tenths, sheet.column("积分"))) > 0
    duties = {
        "社情民意收集",
        "政策法规宣传",
        "民生事项服务",
        "安全隐患排查",
        "突发事件报告",
        "矛盾纠纷排查化解",
    }
    assert set(sheet.column("职责")) <= duties


def test_objections_terms_and_trainings_are_all_there(demo):
    scope = scope_of(village(), *YEAR)
    objections = [
        each for each in db.session.scalars(select(Objection)) if each.assessment.village_id == village().id
    ]
    said = sheet_of("objections", scope)
    assert {row["异议内容"]: row["天数"] for row in said.rows} == {
        each.text: (on(each.answer.at) - each.received_on).days if each.answer else None
        for each in objections
    }
    terms = db.session.scalars(
        select(Appointment).join(Appointment.grid).where(Grid.village_id == village().id)
    ).all()
    touching = [
        term
        for term in terms
        if term.starts_on <= YEAR[1] and (term.ended_on or term.ends_on + timedelta(1)) > YEAR[0]
    ]
    assert sorted(sheet_of("terms", scope).column("姓名")) == sorted(term.person.name for term in touching)
    attended = db.session.scalars(
        select(Attendance)
        .join(Attendance.person)
        .join(Attendance.training)
        .where(Person.area_id == village().id, Training.held_on.between(*YEAR))
    ).all()
    trained = sheet_of("trainings", scope)
    assert sorted(trained.column("到场的人")) == sorted(each.person.name for each in attended)
    assert attended


def test_a_county_reads_all_villages_and_no_names(demo):
    """Each book of the county is those of its villages together, with the village's name before each row."""
    own = [scope_of(areas.by_code(code), *QUARTER) for code in DEMO_VILLAGES[:2]]
    is_own = Person.area_id.in_([each.area.id for each in own])
    names = set(db.session.scalars(select(Person.name).where(is_own)))
    above = scope_of(areas.county(), *QUARTER)
    for book in BOOKS:
        found = defaultdict(int)
        for _number, village_name, *cells in book.lines(above):
            found[village_name] += 1
            assert not names & set(map(str, cells)), book.name
        own_lines = {each.area.name: sum(1 for _line in book.lines(each)) for each in own}
        assert {name: found[name] for name in own_lines} == own_lines, book.name


# --- What is out of the ordinary ---


def test_voids_reversals_and_counts_stand_where_they_belong(cast):
    """A void of another quarter's day, a write-off that was undone, goods sent, and missing."""
    cast.earn(cast.worker, 100)
    today = clock.today()
    bought = do(redemptions.redeem, uuid4().hex, cast.shop, cast.card, {cast.salt.id: 2}, cast.volunteer)
    do(voids.void, bought, "拿错了", cast.manager)
    lot = cast.lot_of(cast.salt)
    written_off = do(moves.write_off, "o" * 16, lot, 1, "破损", cast.manager)
    do(moves.reverse, written_off, "记错了", cast.manager)
    given = do(moves.receive, "g" * 16, cast.salt, 7, Source.DONATION, cast.manager, "供销社")
    do(consignments.send, "c" * 16, given, cast.next_shop, 3, "", cast.manager)
    take = do(counts.begin_stock_take, cast.shop, cast.volunteer)
    do(counts.record_count, "s" * 16, take, cast.goods, cast.on_hand(cast.goods) - 1, cast.volunteer)
    do(counts.book, take, cast.manager)
    with force_locale("zh"):
        scope = scope_of(cast.village, today, today)
        rows = {row["货品"]: row for row in sheet_of("stock", scope).rows}
        register = sheet_of("redemptions", scope)
        (donated,) = sheet_of("donations", scope).rows
    assert all(map(balanced, rows.values()))
    salt = rows[cast.salt.title]
    assert (salt["兑出"], salt["报损"], salt["捐赠"], salt["调出"]) == (0, 0, 7, 3)
    assert salt["期末结存"] == cast.on_hand(cast.salt)
    assert rows[cast.goods.title]["盘亏"] == 1
    assert register.column("数量") == [2, -2]
    assert register.rows[1]["备注"] == "作废：拿错了"
    assert tenths(register.rows[1]["余额"]) == 100
    assert (donated["捐赠数量"], donated["其他减少"]) == (7, 3)


@pytest.mark.both_databases
def test_stock_of_a_day_is_the_same_when_much_was_undone_later(cast):
    """Bought, handed out, sent and written off; on other days voided, sent back and undone."""
    today = clock.today()
    days = [today + timedelta(count) for count in range(-1, 5)]
    cast.earn(cast.worker, 100)
    bought = do(redemptions.redeem, uuid4().hex, cast.shop, cast.card, {cast.salt.id: 2}, cast.volunteer)
    written_off = do(moves.write_off, "o" * 16, cast.lot_of(cast.salt), 1, "破损", cast.manager)
    given = do(moves.receive, "g" * 16, cast.salt, 7, Source.DONATION, cast.manager, "供销社")
    sent = do(consignments.send, "c" * 16, given, cast.next_shop, 3, "", cast.manager)
    with clock.at(days[2]):
        do(voids.void, bought, "拿错了", cast.manager)
        do(consignments.send_back, sent, cast.manager)
    with clock.at(days[3]):
        do(moves.reverse, written_off, "记错了", cast.manager)
        do(moves.write_off, "e" * 16, given, 7, "受潮", cast.manager)
    check_both_ways([*pairwise(days), *((day, day) for day in days)])


# --- On page, as Excel and on paper ---


@pytest.fixture
def readers(demo):
    """Browsers of the demo's people, by their sign-in."""
    return lambda name: demo.test_client(
        user=db.session.scalars(select(User).where(User.username == name)).one()
    )


def test_page_excel_and_paper_say_the_same(demo, readers):
    chair, asked = readers("chair"), "?since=2026-04-01&until=2026-04-20"
    listed = chair.get(f"/a/{village().code}/books").text
    for book in BOOKS:
        address = f"/a/{village().code}/books/{book.name}"
        assert f'href="{address}"' in listed
        page, file = chair.get(f"{address}{asked}").text, chair.get(f"{address}{asked}&as=xlsx")
        sheet = Sheet(file.data)
        printed = chair.get(f"{address}.pdf{asked}")
        assert printed.mimetype == "application/pdf"
        sheets = texts(printed.data)
        assert all(f"{village().name}{book.title}" in each for each in sheets)  # repeated on each page
        assert f"第1页共{len(sheets)}页" in sheets[0]
        assert "制表人" in sheets[-1]
        assert "审核人" in sheets[-1]
        assert "制表人" in sheet.signed
        assert "制表时间2026年12月28日09:0" in sheets[0]
        for foot in sheet.around:
            for value in filter(None, foot.values()):
                said = paper.as_text(Decimal(str(value))) if isinstance(value, float) else str(value)
                assert isinstance(value, datetime) or said in page, (book.name, said)
                assert isinstance(value, datetime) or said in "".join(sheets), (book.name, said)
    note = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (note.action, note.detail["list"], note.detail["kind"]) == ("list.export", "培训台账", "pdf")


def test_a_file_is_ready_for_office_and_printer(demo, readers):
    file = readers("clerk").get(f"/a/{village().code}/books/redemptions?since=2026-01-01&as=xlsx")
    name = unquote(file.headers["Content-Disposition"])
    assert name.endswith(f"{village().name}-兑换登记簿-2026-01-01-2026-12-28.xlsx")
    sheet = Sheet(file.data)
    assert sheet.headings == [
        *("序号", "日期", "凭证", "姓名", "卡号", "货品", "批次", "数量", "单位", "单价", "扣分"),
        *("余额", "领取人签字", "经办人", "备注"),
    ]
    raw = sheet.sheet
    assert (raw.freeze_panes, raw.print_title_rows) == ("A4", "$1:$3")
    assert raw.print_area.startswith(f"'{raw.title}'!$A$1:$O$")
    setup = raw.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    assert raw.sheet_properties.pageSetUpPr.fitToPage
    assert "&P" in raw.oddFooter.center.text
    first = dict(zip(sheet.headings, raw[4], strict=True))
    assert first["日期"].is_date
    assert [first[name].data_type for name in ("数量", "扣分", "卡号")] == ["n", "n", "s"]
    assert first["扣分"].number_format == "0.0"
    assert raw.column_dimensions["B"].width > 9


def test_pages_follow_each_other(demo, readers):
    chair, address = readers("chair"), f"/a/{village().code}/books/services"
    asked = "since=2026-01-01&until=2026-12-31"
    whole = sheet_of("services", scope_of(village(), *YEAR))
    last = (len(whole.rows) - 1) // 50 + 1
    assert last > 3
    page = chair.get(f"{address}?{asked}&page={last}").text
    assert f">{len(whole.rows)}<" in page
    assert f'rel="prev" href="{address}?page={last - 1}&amp;since=2026-01-01' in page
    assert chair.get(f"{address}?{asked}&page={last + 1}").status_code == 404
    assert chair.get(f"{address}?{asked}&page=0").status_code == 404


@pytest.mark.parametrize(
    "book", [book for book in BOOKS if isinstance(book, SummedBook)], ids=lambda book: book.name
)
def test_a_page_brings_the_sums_of_all_rows(demo, book):
    scope = scope_of(areas.county(), *YEAR)
    whole, lines = book.shown_frame(scope), list(book.lines(scope))
    assert whole.records == len(lines) > 4
    for number in (1, 2):
        page, frame = book.page(scope, number, 4)
        assert (page, frame) == (lines[4 * number - 4 : 4 * number], whole)
    beyond, empty = book.page(scope, len(lines), 4)
    assert (beyond, empty.records) == ([], 0)


def test_receipts_say_what_left_the_lots(demo):
    village_ids = [each.id for each in areas.villages_in(areas.county())]
    units, points = defaultdict(int), defaultdict(int)
    for row in register.by_ids(
        [ident for ident, _units in db.session.execute(register.units_between(village_ids, *YEAR))]
    ):
        units[row.move.lot.goods_id] += row.units
        points[row.redemption.card.person_id] += row.points
    articles = register.by_article(village_ids, *YEAR)
    assert {goods.id: count for goods, count, _tenths in articles} == units
    assert register.points_by_person(village_ids, *YEAR) == points
    taken = sum(tenths for _goods, _count, tenths in articles)
    assert register.points_between(village_ids, *YEAR) == taken == sum(points.values()) > 0


def test_who_reads_which_book(cast, client_of):
    """Whoever may open the records opens their book; above the village there is no choice of a worker."""
    cast.earn(cast.worker, 30)
    points, register = f"/a/{VILLAGE}/books/points", f"/a/{VILLAGE}/books/redemptions"
    assert client_of(cast.volunteer).get(register).status_code == 200
    assert client_of(cast.volunteer).get(points).status_code == 403
    assert client_of(cast.worker_user).get(f"/a/{VILLAGE}/books").status_code == 403
    chair = client_of(cast.chair)
    own = chair.get(f"{points}?worker={cast.worker.id}").text
    assert f'<option value="{cast.worker.id}" selected>李秀明' in own
    assert chair.get(f"{points}?worker={cast.stranger.id}").status_code == 404
    above = client_of(cast.township_user).get(f"/a/{TOWNSHIP}/books/points?since=2025-01-01").text
    assert "李*明" in above
    assert 'name="worker"' not in above


def test_what_is_too_much_says_so(cast, client_of, monkeypatch):
    cast.earn_each({cast.worker.id: 30, cast.neighbour.id: 20})
    chair, address = client_of(cast.chair), f"/a/{VILLAGE}/books/points"
    monkeypatch.setattr(paper, "MOST_ROWS", 1)
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    for path in (f"{address}.pdf?since=2025-01-01", f"{address}?since=2025-01-01&as=xlsx"):
        answer = chair.get(path)
        assert (answer.status_code, "2 行" in answer.text) == (422, True)


def test_days_that_cannot_be_are_said_beside_them(cast, client_of):
    answer = client_of(cast.chair).get(f"/a/{VILLAGE}/books/points?since=2026-13-01")
    assert answer.status_code == 422
    reversed_days = client_of(cast.chair).get(f"/a/{VILLAGE}/books/points?since=2026-12-01&until=2026-11-01")
    assert (reversed_days.status_code, "开始日期晚于结束日期" in reversed_days.text) == (422, True)


# --- In another hand's office program ---


@pytest.mark.at_length
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_libreoffice_opens_each_book(demo, tmp_path, name):
    """Days are days there and points are numbers: it writes out what it read (`make long`)."""
    content, records = workbook.write(BY_NAME[name], scope_of(village(), *QUARTER))
    file = tmp_path / f"{name}.xlsx"
    file.write_bytes(content)
    command = ("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to")
    utf8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    subprocess.run([*command, utf8, "--outdir", tmp_path, file], check=True, capture_output=True, timeout=120)
    rows = list(csv.reader((tmp_path / f"{name}.csv").read_text().splitlines()))
    ours = Sheet(content)
    assert rows[2] == ours.headings
    read = [dict(zip(rows[2], row, strict=True)) for row in rows[3:] if row[0].isdigit()]
    assert len(read) == records
    for theirs, own in zip(read, ours.rows, strict=True):
        for heading, value in own.items():
            if isinstance(value, datetime):
                assert theirs[heading] == f"{value:%Y-%m-%d}"
            elif isinstance(value, int | float):
                assert Decimal(theirs[heading]) == Decimal(str(value))
            else:
                assert theirs[heading] == (value or "").replace("\n", " ") or "\n" in (value or "")
