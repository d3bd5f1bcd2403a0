"""The five openings of a village: each figure as counted in the tables, on one page, the same for all."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from demo.making import DEMO_VILLAGES
from ground import clock
from ground.clock import Month, Quarter
from ground.db import db, transaction
from people import areas
from people.models import AuditEvent, mask_name
from points.labels import DUTIES
from points.models import Account, AccountKind, Rubric, Transfer
from reports.disclosure import figures, periods, sheet
from reports.models import DisclosureInterval
from shop.models import Goods, MoveKind, Price, Redemption, StockMove, Void
from tests.cast import VILLAGE
from tests.printed import RARE, codes, read, texts, type_sizes

URL = "https://aixin.example/n/532323101201/disclosure/2026Q4"


def village(number=0):
    return areas.by_code(DEMO_VILLAGES[number])


def on(moment) -> date:
    return clock.local(moment).date()


def periods_of_demo():
    return [Quarter(2026, 4), Quarter(2026, 3), Month(2026, 10), Quarter(2025, 4)]


@pytest.mark.parametrize("period", periods_of_demo(), ids=str)
def test_what_is_laid_open_is_what_was_written(demo, period):
    """Points and goods, each counted row by row."""
    ours = village()
    shown = figures.disclose(ours, period)

    def within(day: date) -> bool:
        return period.first_day <= day <= period.last_day

    booked, redeemed, taken, units = Counter(), Counter(), Counter(), Counter()
    kinds = {account.id: account.kind for account in db.session.scalars(select(Account))}
    for entry in db.session.scalars(select(Transfer)):
        is_booked = AccountKind.ISSUING in (kinds[entry.debit_id], kinds[entry.credit_id])
        if is_booked and entry.account.village_id == ours.id and within(on(entry.at)):
            booked[mask_name(entry.account.person.name)] += entry.change
    done = [(each, 1, each.day) for each in db.session.scalars(select(Redemption))]
    done += [(void.redemption, -1, on(void.at)) for void in db.session.scalars(select(Void))]
    for redemption, sign, day in done:
        if redemption.shop.village_id == ours.id and within(day):
            redeemed[mask_name(redemption.card.person.name)] += sign * redemption.total
            for line in redemption.lines:
                goods = db.session.get(Goods, line.goods_id)
                taken[goods.title] += sign * line.quantity * line.price
                units[goods.title] += sign * line.quantity
    assert _sums((worker.name, worker.booked) for worker in shown.workers) == +booked
    assert _sums((worker.name, worker.redeemed) for worker in shown.workers) == +redeemed
    assert {goods.name: (goods.units, goods.points) for goods in shown.redeemed} == {
        name: (units[name], taken[name]) for name in units if units[name] or taken[name]
    }
    assert shown.points_redeemed == sum(worker.redeemed for worker in shown.workers)

    came_in, spent = Counter(), Counter()
    for move in db.session.scalars(select(StockMove)):
        lot = move.lot
        kind = move.reverses.kind if move.reverses else move.kind
        is_ours = lot.goods.shop.village_id == ours.id and within(on(move.at))
        if is_ours and kind == MoveKind.RECEIPT:
            came_in[lot.goods.title] += move.quantity
            if lot.source == "purchase" and lot.unit_cost is not None:
                spent[lot.goods.title] += move.quantity * lot.unit_cost
    assert {goods.name: goods.units for goods in shown.received} == {k: v for k, v in came_in.items() if v}
    assert {goods.name: goods.spent for goods in shown.received if goods.spent} == +spent
    assert shown.spent == sum(spent.values())

    offered = {}
    for goods in db.session.scalars(select(Goods)):
        prices = [each for each in db.session.scalars(select(Price)) if each.goods_id == goods.id]
        held = [each for each in prices if each.holds_from <= period.last_day]
        if goods.shop.village_id == ours.id and held:
            offered[goods.title] = max(held, key=lambda each: (each.holds_from, each.id)).points
    assert {goods.name: goods.price for goods in shown.prices} == offered


def test_what_goes_on_shows_no_price_that_is_to_come(demo):
    ours, quarter = village(), Quarter(2026, 4)
    with clock.at(date(2026, 11, 30)):  # two prices were set that hold from the day after
        before = figures.disclose(ours, quarter).prices
    with clock.at(date(2026, 12, 1)):
        after = figures.disclose(ours, quarter).prices
    known = {goods.name: goods.price for goods in before}
    assert [(g.price, known[g.name]) for g in after if known[g.name] != g.price] == [(85, 90), (270, 280)]


def _sums(pairs) -> Counter:
    sums = Counter()
    for name, tenths in pairs:
        sums[name] += tenths
    return +sums


@pytest.mark.parametrize("period", periods_of_demo(), ids=str)
def test_the_rubric_is_the_one_by_which_the_quarter_is_scored(demo, period):
    """Item by item, duty by duty; before the first version there is none."""
    shown = figures.disclose(village(), period)
    begins = Quarter.of(period.first_day).first_day
    versions = [each for each in db.session.scalars(select(Rubric)) if each.area_id == village().id]
    held = [each for each in versions if each.in_force_from <= begins]
    if not held:
        assert (shown.rubric, shown.rubric_parts) == (None, [])
        return
    scored_by = max(held, key=lambda each: each.version)
    assert shown.rubric.version == scored_by.version
    listed = {(part.duty, item.name, item.points) for part in shown.rubric_parts for item in part.items}
    assert listed == {(str(DUTIES[each.category]), each.name, each.points) for each in scored_by.items}
    assert len({part.duty for part in shown.rubric_parts}) == len(shown.rubric_parts) == 6


def test_a_village_of_seventy_hangs_all_five_on_one_page(demo):
    """Everything stands on it, in type that is read close by on A4 and from a step away on A3."""
    shown = figures.disclose(village(), Quarter(2026, 4))
    with demo.test_request_context():
        (text,) = texts(content := sheet.disclosure_pdf(shown, URL))
        (on_a3,) = texts(large := sheet.disclosure_pdf(shown, URL, "A3"))
    assert text == on_a3
    assert len(shown.workers) == 70
    for named in (*shown.workers, *shown.prices, *shown.redeemed, *shown.received):
        assert "".join(named.name.split()) in text
    assert text.count("矛盾纠纷排查化解") == 2
    for part in ["进货", "兑换标准", "积分细则", "积分评定", "积分兑换"]:
        assert f"、{part}公开" in text
    assert min(size for _char, size in type_sizes(content)[0]) >= 6
    assert min(size for _char, size in type_sizes(large)[0]) >= 8.4
    pictures, _text = read(content)
    assert codes(pictures[0]) == {URL}


def test_a_minus_says_what_it_is_in_each_part(demo):
    """A delivery undone later, a line corrected, and a redemption voided: each in the time it was done."""
    shown = figures.disclose(village(), Quarter(2026, 4))
    wordings = [
        (sheet.spent_text, "received", {"given": -120}),
        (sheet.workers_text, "workers", {"booked": -44}),
        (sheet.redeemed_text, "redeemed", {"units": -1}),
    ]
    with demo.test_request_context():
        for wording, part, minus in wordings:
            first, *others = getattr(shown, part)
            taken_back = replace(shown, **{part: [replace(first, **minus), *others]})
            assert [wording(each).count("负数") for each in (shown, taken_back)] == [0, 1], part


def test_what_was_bought_at_no_known_cost_is_named_beside_the_sum(cast, app):
    received_on = on(db.session.scalars(select(StockMove.at).order_by(StockMove.id)).first())
    shown = figures.disclose(cast.village, Quarter.of(received_on))
    (soap,) = (goods for goods in shown.received if goods.name == cast.goods.title)
    assert (soap.bought, soap.spent, soap.unpriced) == (20, None, 20)
    with app.test_request_context(), force_locale("zh"):
        text = sheet.spent_text(shown)
    assert "采购0.00元。其中 20 件没有登记单价，不在金额里。" in text


def test_the_sheet_says_which_characters_are_missing_on_it(demo):
    shown = figures.disclose(village(), Quarter(2026, 4))
    with demo.test_request_context():
        assert "〓" not in "".join(texts(sheet.disclosure_pdf(shown, URL)))
        rare = replace(shown, workers=[replace(shown.workers[0], name=f"李*{RARE}"), *shown.workers[1:]])
        (text,) = texts(sheet.disclosure_pdf(rare, URL))
    assert ("李*〓" in text, "〓=U+212FE" in text) == (True, True)


def test_months_begin_with_the_quarter_in_which_they_were_decided(cast):
    """What hung by quarters stays so; the decision is in the trail, once."""
    quarters = [str(each) for each in periods.periods_of(cast.village)]
    assert quarters[0] == "2026Q4"
    with clock.at(date(2027, 2, 10)):
        with transaction():
            periods.set_monthly(cast.village, True, cast.chair)
            periods.set_monthly(cast.village, True, cast.clerk)
        monthly = [str(each) for each in periods.periods_of(cast.village)]
    assert monthly == ["2027-02", "2027-01", *quarters]
    assert len(db.session.scalars(select(DisclosureInterval)).all()) == 1
    written = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "disclosure.interval")).all()
    assert [event.actor_id for event in written] == [cast.chair.id]


def test_who_may_change_how_often_they_hang(client_of, cast):
    """Chair and clerk do, supervisors look."""
    address = f"/v/{VILLAGE}/disclosure"
    client = client_of(cast.supervisor)
    assert "多久公开一次" not in client.get(address).text
    assert client.post(address, data={"interval": "month"}).status_code == 403
    answer = client_of(cast.clerk).post(address, data={"interval": "month"})
    assert answer.status_code == 302
    assert "每月公开一次" in client_of(cast.chair).get(address).text


def test_everyone_reads_a_time_that_is_over_and_nobody_prints_one_that_is_not(client_of, cast):
    """The public page says what the paper says, without a whole name."""
    cast.earn(cast.worker, 125)
    everyone, clerk = client_of(None), client_of(cast.clerk)
    public, inside = f"/n/{VILLAGE}/disclosure/", f"/v/{VILLAGE}/disclosure/"
    for wrong in ("2026Q4", "2026-13", "2030Q1"):
        assert everyone.get(public + wrong).status_code == 404
    assert "这一期到" in clerk.get(f"{inside}2026Q4").text
    refused = clerk.get(f"{inside}2026Q4/sheet.pdf")
    assert refused.status_code == 422
    assert "还没有过完" in refused.text
    page = everyone.get(f"{public}2025Q2")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert mask_name(cast.worker.name) in page.text
    assert cast.worker.name not in page.text
    assert "入账12.5分" in page.text
    assert f"{public}2025Q2" in everyone.get(public).text
    assert public in everyone.get(f"/n/{VILLAGE}/").text
    printed = clerk.get(f"{inside}2025-04/sheet.pdf?paper=A3")
    assert printed.mimetype == "application/pdf"
    assert cast.worker.name not in "".join(texts(printed.data))
    assert clerk.get(f"{inside}2025-04/sheet.pdf?paper=A5").status_code == 404


def test_a_village_in_which_nothing_was_says_what_will_be_there(client_of, cast):
    """Before its first entry there is no sheet, and its page says so."""
    address = cast.far_village.code
    assert "还没有公开表" in client_of(None).get(f"/n/{address}/disclosure/").text
    assert "这一期没有内容" in client_of(None).get(f"/n/{address}/disclosure/2024Q1").text


def test_what_never_was_can_t_be_named():
    """Neither a month of another form nor a quarter of no year."""
    assert periods.parse("2026-02") == Month(2026, 2)
    assert periods.parse("2026-02").last_day == date(2026, 2, 28)
    assert Month(2026, 1).previous == Month(2025, 12)
    for wrong in ("2026-2", "2026", "Q4", "2026-00", "1999-12"):
        with pytest.raises(ValueError, match=wrong):
            periods.parse(wrong)
