"""The quarterly return: counted from the records, kept as it was sent, and the same at three levels."""

import csv
import io
import random
import subprocess
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import uuid4

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from demo.calendar import STARTS_ON
from demo.making import DEMO_VILLAGES
from duties.models import Gathering, Incident, IncidentKind, IncidentStep, IncidentStepKind
from ground import clock as calendar
from ground.clock import Quarter
from ground.db import db, transaction
from people import areas
from people.models import Appointment, Attention, Card, Duty, Grid, Household, HouseholdClass, Level
from people.sight import Sight
from points.assessment import opening
from points.models import (
    Answer,
    Assessment,
    Award,
    Category,
    Correction,
    Objection,
    Service,
    ServiceState,
    Transfer,
)
from points.wall import correcting
from reports.boards import quarter as boards
from reports.models import QuarterlyReturn, ReturnPart
from reports.returns import figures, gathering, levels, sending, verify, workbook
from reports.returns.figures import FIGURES, KEPT_NAMES, SECTIONS, ReturnFigure, ReturnRatio
from shop.models import Donation, Goods, Lot, MoveKind, Price, Redemption, Shop, StockMove, Void
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.printed import RARE, texts
from tests.reports.test_boards import (
    counted_disputes,
    counted_points,
    counted_services,
    rows,
    visits_that_count,
)
from tests.story import do, everything_fits, refused
from tests.tampering import tamper

HALF = Fraction(1, 20)  # of the last decimal that a ratio has
FIRST = Quarter(2025, 1)  # what the cast earns first
HERE = f"/a/{VILLAGE}/returns/{FIRST}"


def key():
    return uuid4().hex


# --- Each figure, counted over the demo's rows ---


def grids_on(ident, day):
    there = [g for g in rows(Grid) if g.village_id == ident and (g.closed_on is None or g.closed_on > day)]
    serving = [
        (term.grid_id, term.person_id)
        for term in rows(Appointment)
        if term.duty == Duty.WORKER
        and term.starts_on <= day <= term.ends_on
        and (term.ended_on is None or term.ended_on > day)
        and term.grid_id in {grid.id for grid in there}
    ]
    served = len({grid for grid, _person in serving})
    return {
        "grids": len(there),
        "grids_served": served,
        "grids_vacant": len(there) - served,
        "workers": len({person for _grid, person in serving}),
    }


def duties_in(ident, quarter):
    in_quarter = [
        each
        for each in visits_that_count()
        if each.village_id == ident and Quarter.of(each.visited_on) == quarter
    ]
    latest = {each.evidence_id: each.state for each in sorted(rows(Service), key=lambda each: each.id)}
    held = [
        each
        for each in rows(Gathering)
        if each.village_id == ident
        and Quarter.of(each.held_on) == quarter
        and latest.get(each.id) != ServiceState.REJECTED
    ]
    closed = {
        step.incident_id
        for step in rows(IncidentStep)
        if step.kind == IncidentStepKind.CLOSED and step.on <= quarter.last_day
    }
    counted = {
        "visits": len(in_quarter),
        "households_visited": len({each.household_id for each in in_quarter}),
        "gatherings": len(held),
        "people_gathered": sum(each.present for each in held),
    }
    for name, kind in (("hazards", IncidentKind.HAZARD), ("emergencies", IncidentKind.EMERGENCY)):
        found = [
            each
            for each in rows(Incident)
            if each.village_id == ident and each.kind == kind and Quarter.of(each.found_on) == quarter
        ]
        counted |= {name: len(found), f"{name}_open": sum(each.id not in closed for each in found)}
    for category, count in counted_services({ident}, quarter).items():
        counted[f"services_{category}"] = count
    opened, at_hand, withdrawn, settled, days = counted_disputes({ident}, quarter)
    return counted | {
        "disputes_opened": opened,
        "disputes_at_hand": at_hand,
        "disputes_withdrawn": withdrawn,
        "disputes_settled": settled.total(),
        "disputes_going_on": at_hand - withdrawn - settled.total(),
        "disputes_days": sum(days),
        **{f"disputes_settled_{rung}": count for rung, count in settled.items()},
    }


def points_of(ident, quarter):
    mine = {each.id for each in rows(Assessment) if each.village_id == ident and each.quarter == quarter}
    amount = {each.id: each.amount for each in rows(Transfer)}
    lines = {each.transfer_id for each in rows(Award) if each.assessment_id in mine}
    awarded = sum(amount[ident] for ident in lines)
    for each in rows(Correction):
        if each.line_id in lines:
            awarded += each.right_tenths - amount[each.award_id]
    brought = {each.id for each in rows(Objection) if each.assessment_id in mine}
    booked, redeemed, expired, held = counted_points({ident}, quarter)
    return {
        "workers_awarded": len(lines),
        "points_awarded": awarded,
        "objections": len(brought),
        "objections_accepted": sum(a.accepted for a in rows(Answer) if a.objection_id in brought),
        "points_booked": booked,
        "points_redeemed": redeemed,
        "points_lapsed": expired,
        "points_held": held,
    }


def goods_in(ident, quarter):
    shops = {each.id for each in rows(Shop) if each.village_id == ident}
    goods = {each.id for each in rows(Goods) if each.shop_id in shops}
    lots = {each.id: each for each in rows(Lot) if each.goods_id in goods}
    moves = {each.id: each for each in rows(StockMove) if each.lot_id in lots}
    price = {}
    for each in sorted(rows(Price), key=lambda each: (each.holds_from, each.id)):
        if each.holds_from <= quarter.last_day or each.goods_id not in price:
            price[each.goods_id] = each.points
    count, on_hand = Counter(), Counter()
    for move in moves.values():
        day = calendar.local(move.at).date()
        if day > quarter.last_day:
            continue
        on_hand[move.lot_id] += move.quantity
        if day < quarter.first_day:
            count["before"] += move.quantity
            continue
        kind = moves[move.reverses_id].kind if move.reverses_id else move.kind
        if kind == MoveKind.RECEIPT:
            count["in"] += move.quantity
        elif kind in (MoveKind.REDEMPTION, MoveKind.VOID):
            count["redeemed"] -= move.quantity
        else:
            count["gone"] -= move.quantity
    void = {each.redemption_id for each in rows(Void)}
    person = {card.id: card.person_id for card in rows(Card)}
    done = [
        each
        for each in rows(Redemption)
        if each.shop_id in shops and Quarter.of(each.day) == quarter and each.id not in void
    ]
    undone = {each.reverses_id for each in moves.values() if each.reverses_id}
    received = {m.lot_id for m in moves.values() if m.kind == MoveKind.RECEIPT and m.id not in undone}
    given = [
        each
        for each in rows(Donation)
        if each.shop_id in shops
        and Quarter.of(each.given_on) == quarter
        and any(lot.donation_id == each.id and lot.id in received for lot in lots.values())
    ]
    return {
        "goods_before": count["before"],
        "goods_in": count["in"],
        "goods_redeemed": count["redeemed"],
        "goods_gone": count["gone"],
        "goods_on_hand": on_hand.total(),
        "goods_points": sum(units * price[lots[lot].goods_id] for lot, units in on_hand.items()),
        "goods_fen": sum(units * (lots[lot].unit_cost or 0) for lot, units in on_hand.items()),
        "goods_without_cost": sum(units for lot, units in on_hand.items() if lots[lot].unit_cost is None),
        "redemptions": len(done),
        "workers_served": len({person[each.card_id] for each in done}),
        "donations": len(given),
        "donors": len({each.donor for each in given}),
    }


def overdue_on(ident, day):
    """Households that a visit was due for before a day, by their classes and visits until then."""
    village = {grid.id: grid.village_id for grid in rows(Grid)}
    classes = sorted((each for each in rows(HouseholdClass) if each.on <= day), key=lambda each: each.id)
    latest = {each.household_id: each for each in classes}
    last = {}
    for visit in visits_that_count():
        if visit.visited_on <= day:
            last[visit.household_id] = max(visit.visited_on, last.get(visit.household_id, visit.visited_on))
    count = 0
    for household in rows(Household):
        line = latest.get(household.id)
        days = {Attention.PRIORITY: 7, Attention.WATCHED: 30}.get(line.attention) if line else None
        lived_there = household.left_on is None or household.left_on > day
        if days is None or not lived_there or village[household.grid_id] != ident:
            continue
        due = max(line.on, last[household.id] + timedelta(days)) if household.id in last else line.on
        count += due < day
    return {"households_overdue": count}


@pytest.mark.parametrize("back", range(3))
def test_every_figure_is_what_one_counts(demo, clock, back):
    clock.turn_to(STARTS_ON)
    village, quarter = areas.by_code(DEMO_VILLAGES[0]), Quarter.of(STARTS_ON)
    for _quarter in range(back):
        quarter = quarter.previous
    day = min(quarter.last_day, STARTS_ON)
    counted = Counter(
        {
            **grids_on(village.id, day),
            **duties_in(village.id, quarter),
            **overdue_on(village.id, day),
            **points_of(village.id, quarter),
            **goods_in(village.id, quarter),
        }
    )
    gathered = gathering.gather(village, quarter)
    assert tuple(gathered) == KEPT_NAMES
    assert gathered == {name: counted[name] for name in KEPT_NAMES}
    assert gathered["points_booked"] > 0 < gathered["services_service"]
    assert back or gathered["visits"] > 0


def test_the_overview_says_the_same(demo, clock):
    """Of villages together, where both have a figure."""
    clock.turn_to(STARTS_ON)
    county, quarter = areas.county(), Quarter.of(STARTS_ON).previous
    villages = [areas.by_code(code) for code in DEMO_VILLAGES[:2]]
    whole = figures.total(gathering.gather(each, quarter) for each in villages)
    board, _before = boards.quarter_figures(areas.villages_in(county), quarter)
    assert whole["visits"] == board.visits
    assert [whole[f"services_{category}"] for category in Category] == [
        board.services[category] for category in Category
    ]
    assert (whole["points_booked"], whole["points_redeemed"]) == (board.points.booked, board.points.redeemed)
    assert (whole["points_held"], whole["points_lapsed"]) == (board.points.outstanding, board.points.expired)
    assert (whole["disputes_settled"], whole["disputes_going_on"]) == (
        board.disputes.settled.total(),
        board.disputes.going_on,
    )


# --- Sent, changed, corrected ---


@pytest.fixture
def awarded(cast):
    """The booked assessment of the first quarter: 20 points for one worker, 3 for another."""
    return cast.earn_each({cast.worker.id: 200, cast.neighbour.id: 30})


def put_right(cast, assessment, tenths):
    """The chair puts the first line right while the next quarter is open; returns nothing."""
    award = db.session.scalars(
        select(Transfer)
        .join(Transfer.award)
        .where(Award.assessment_id == assessment.id)
        .order_by(Transfer.id)
    ).first()
    with transaction():
        opening.open_quarter(cast.village, FIRST.next, cast.clerk)
    do(correcting.correct, award, tenths, "记了两次", key(), cast.chair)


def send(area, user, reason=""):
    return do(sending.send, key(), area, FIRST, reason, user)


def test_what_was_sent_stays_and_what_changed_is_marked(cast, awarded):
    sent = send(cast.village, cast.clerk)
    assert (sent.version, sent.reason, sent.figures["points_awarded"]) == (1, None, 230)
    assert (sent.area_code, sent.area_name, sent.level) == (VILLAGE, "柳树村", Level.VILLAGE)
    assert not sending.draft(cast.village, FIRST).has_changed
    put_right(cast, awarded, 180)
    made = sending.draft(cast.village, FIRST)
    assert made.changed == {"points_awarded"}
    assert (made.latest.figures["points_awarded"], made.figures["points_awarded"]) == (230, 210)
    corrected = send(cast.village, cast.chair, "记了两次，改回来")
    assert (corrected.version, corrected.figures["points_awarded"]) == (2, 210)
    assert [each.version for each in sending.versions_of(cast.village, FIRST)] == [2, 1]
    assert sending.latest_of([cast.village.id], FIRST) == {cast.village.id: corrected}
    assert sending.latest_versions(cast.village, [FIRST, FIRST.next]) == {str(FIRST): corrected}
    assert everything_fits()


def test_a_township_sums_its_villages_and_says_who_is_missing(cast, awarded):
    first = send(cast.village, cast.clerk)
    whole = send(cast.township, cast.township_user)
    assert whole.missing == {NEXT_VILLAGE: "桥头社区"}
    assert "桥头社区" in levels.notes(send(cast.county, cast.county_user), Sight(masked=False))[0]
    assert whole.figures == figures.total([first.figures])
    send(cast.next_village, cast.outsider)
    assert sending.draft(cast.township, FIRST).has_changed
    (below,) = sending.draft(cast.county, FIRST).below
    assert (below.area, below.is_stale) == (cast.township, True)
    again = send(cast.township, cast.township_user, "桥头社区报来了")
    assert (again.version, again.missing, len(again.parts)) == (2, {}, 2)
    county = send(cast.county, cast.county_user, "桥头社区报来了")
    assert levels.notes(county, Sight(masked=False)) == ["更正原因：桥头社区报来了"]
    assert county.figures["grids"] == sum(part.figures["grids"] for part in again.parts) == 9
    put_right(cast, awarded, 180)
    send(cast.village, cast.clerk, "记了两次")
    (below,) = sending.draft(cast.county, FIRST).below
    assert below.is_stale  # a village has sent anew, and the township not yet
    assert not sending.draft(cast.county, FIRST).has_changed
    send(cast.township, cast.township_user, "柳树村更正")
    assert sending.draft(cast.county, FIRST).changed == {"points_awarded"}
    assert whole.figures["points_awarded"] == 230  # what was sent stays as it was
    assert everything_fits()


def test_who_sends_what_when(cast, awarded):
    for user, area in (
        (cast.volunteer, cast.village),
        (cast.supervisor, cast.village),
        (cast.outsider, cast.village),
        (cast.township_user, cast.village),
        (cast.county_user, cast.township),
        (cast.clerk, cast.township),
    ):
        refused("not_yours", sending.send, key(), area, FIRST, "", user)
    refused("quarter_not_over", sending.send, key(), cast.village, Quarter(2026, 4), "", cast.clerk)
    refused("nothing_sent", sending.send, key(), cast.township, FIRST, "", cast.township_user)
    before = FIRST.previous  # when no rubric was in force anywhere
    for user, area in (
        (cast.clerk, cast.village),
        (cast.township_user, cast.township),
        (cast.county_user, cast.county),
    ):
        refused("not_due", sending.send, key(), area, before, "", user)
    once = key()
    sent = do(sending.send, once, cast.village, FIRST, "", cast.clerk)
    assert do(sending.send, once, cast.village, FIRST, "", cast.clerk) == sent
    refused("key_reused", sending.send, once, cast.village, FIRST.next, "", cast.clerk)
    refused("unchanged", sending.send, key(), cast.village, FIRST, "再报一次", cast.clerk)
    put_right(cast, awarded, 180)
    refused("reason_missing", sending.send, key(), cast.village, FIRST, " ", cast.clerk)


@pytest.mark.both_databases
def test_nothing_that_was_sent_is_changed(cast, awarded):
    send(cast.village, cast.clerk)
    send(cast.township, cast.township_user)
    for change in (
        update(QuarterlyReturn).values(version=7),
        delete(QuarterlyReturn),
        delete(ReturnPart),
    ):
        with pytest.raises(DBAPIError, match=r"append-only|refuse"), transaction() as session:
            session.execute(change)


def test_verifying_finds_a_return_that_is_not_the_sum_of_its_parts(cast, awarded):
    send(cast.village, cast.clerk)
    send(cast.township, cast.township_user)
    assert list(verify.problems()) == []
    tamper("UPDATE quarterly_return SET figures = '{\"grids\": 1}' WHERE level = 'township'")
    (*problems,) = verify.problems()
    assert len(problems) == len(KEPT_NAMES)
    assert any("grids 1, its parts come to 8" in each for each in problems)
    assert not everything_fits()


# --- The same at three levels ---

SEEDS = st.integers(0, 2**32)  # of a village's figures, which are drawn by them


class UndoneError(Exception):
    """Nothing of an example is kept."""


@given(seeds=st.lists(st.none() | SEEDS, min_size=3, max_size=3).filter(any))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_three_levels_agree(cast, monkeypatch, seeds):
    """Whatever the villages counted and whoever of them sent: each level sums the one below."""
    villages = [cast.village, cast.next_village, cast.far_village]
    drawn = {village: random.Random(seed) for village, seed in zip(villages, seeds, strict=True) if seed}
    counted = {
        village: {name: chance.randrange(10**7) for name in KEPT_NAMES} for village, chance in drawn.items()
    }
    monkeypatch.setattr(sending, "gather", lambda village, _quarter: counted[village])
    monkeypatch.setattr(sending, "may_send", lambda *_of: True)
    monkeypatch.setattr(sending, "quarters_to_send", lambda _area, quarters: quarters)
    with suppress(UndoneError), transaction():
        check_levels(cast, counted)
        raise UndoneError


def check_levels(cast, counted):
    for place in counted:
        sending.send(key(), place, FIRST, "", cast.clerk)
    townships = [
        sending.send(key(), place, FIRST, "", cast.clerk)
        for place in dict.fromkeys(village.parent for village in counted)
    ]
    county = sending.send(key(), cast.county, FIRST, "", cast.clerk)
    for name in KEPT_NAMES:
        of_all = sum(of_village[name] for of_village in counted.values())
        assert county.figures[name] == sum(each.figures[name] for each in townships) == of_all
    upper, lower = levels.levels_below(county.parts)
    assert [each.sent.area_code for each in lower.returns] == [each.code for each in counted]
    assert [each.sent for each in upper.returns] == townships
    for ratio in (each for each in FIGURES if isinstance(each, ReturnRatio)):
        share, whole = county.figures[ratio.share], county.figures[ratio.whole]
        assert (
            not whole
            or abs(Fraction(ratio.number(county.figures)) - Fraction(share * ratio.scale, whole)) <= HALF
        )


# --- On page, as Excel and on paper ---


def test_the_workbook_says_what_was_sent_cell_by_cell(cast, awarded):
    send(cast.village, cast.clerk)
    send(cast.next_village, cast.outsider)
    send(cast.township, cast.township_user)
    sent = send(cast.county, cast.county_user)
    content = workbook.write(sent, Sight(masked=False))
    book = load_workbook(io.BytesIO(content))
    own, townships, villages = book.worksheets
    assert book.sheetnames == ["云上县", "乡镇", "村（社区）"]
    assert (own["A1"].value, own["A2"].value) == ("云上县 季度报表", "2025年第一季度")
    for row, figure in zip(own.iter_rows(min_row=4, max_row=3 + len(FIGURES)), FIGURES, strict=True):
        number, _part, title, _unit, value = (cell.value for cell in row)
        assert (number, title) == (row[0].row - 3, str(in_chinese(figure.title)))
        assert same(value, figure.number(sent.figures))
    of_village, of_township = ["版本", "上报日期"], ["乡镇", "版本", "上报日期"]
    for sheet, returns, headings in (
        (townships, sent.parts, of_village),
        (villages, sent.parts[0].parts, of_township),
    ):
        names = 3 + len(headings)
        above, *read = sheet.iter_rows(min_row=3, values_only=True)
        assert list(above[3:names]) == headings
        for line, each in zip(read, returns, strict=False):
            assert line[1:3] == (each.area_name, each.area_code)
            assert line[3 : names - 2] == (("溪水镇",) if sheet == villages else ())
            assert line[names - 1] == datetime.combine(
                calendar.local(each.sent_at).date(), datetime.min.time()
            )
            assert all(map(same, line[names:], (figure.number(each.figures) for figure in FIGURES)))
        foot = read[len(returns)]
        assert foot[1] == "合计"
        for place, figure in enumerate(FIGURES, names):
            assert same(foot[place], figure.number(sent.figures))
            if isinstance(figure, ReturnFigure):
                assert same(foot[place], sum(Decimal(str(line[place])) for line in read[: len(returns)]))
        assert sheet.freeze_panes == "C4"
        assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$3", "$A:$B")
        assert pages_begin_with_parts([each.id for each in sheet.col_breaks.brk], names)
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.column_dimensions["B"].width > 15
    assert own.print_title_rows == "$1:$3"
    assert own.print_area.startswith("'云上县'!$A$1:$E$")
    again = load_workbook(io.BytesIO(workbook.write(sent, Sight(masked=False))))
    assert [list(each.values) for each in again] == [list(each.values) for each in book]


@pytest.mark.at_length
def test_libreoffice_reads_the_same(cast, awarded, tmp_path):
    """The first sheet, as it writes out what it read (`make long`)."""
    sent = send(cast.village, cast.clerk)
    file = tmp_path / "return.xlsx"
    file.write_bytes(workbook.write(sent, Sight(masked=False)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    utf8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    command = ("soffice", profile, "--headless", "--convert-to", utf8, "--outdir", tmp_path, file)
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows_read = list(csv.reader((tmp_path / "return.csv").read_text().splitlines()))
    for line, figure in zip(rows_read[3:], FIGURES, strict=False):
        value = figure.number(sent.figures)
        assert line[4] == "" if value is None else Decimal(line[4]) == value, figure.name


def pages_begin_with_parts(breaks, names):
    """Whether each page across begins with a part, and has room for all its columns."""
    places, place = {}, names
    for part in SECTIONS:
        places[place] = part
        place += len(part.figures)
    widths = [after - before for before, after in pairwise((2, *breaks, place))]
    return {*breaks} <= {*places} and max(widths) <= 13


def in_chinese(title):
    with force_locale("zh"):
        return str(title)


def same(read, said):
    """Whether a cell is a number that is the figure; empty where there is none."""
    if said is None or read is None:
        return said is None and read is None
    return isinstance(read, int | float) and Decimal(str(read)) == said


def test_the_front_page_asks_for_the_last_quarter_until_it_is_sent(cast, awarded, client_of, clock):
    clock.turn_to(FIRST.next.first_day)
    asks = "上报2025年第一季度的季度报表"
    for user in (cast.clerk, cast.chair, cast.township_user, cast.county_user):
        assert asks in client_of(user).get("/", follow_redirects=True).text
    for user in (cast.supervisor, cast.volunteer, cast.worker_user):
        assert asks not in client_of(user).get("/", follow_redirects=True).text
    send(cast.village, cast.clerk)
    assert asks not in client_of(cast.chair).get("/", follow_redirects=True).text
    assert f"{asks}（下级已报1个）" in client_of(cast.township_user).get("/", follow_redirects=True).text
    clock.turn_to(FIRST.first_day)  # no rubric scored the quarter before
    assert "的季度报表" not in client_of(cast.township_user).get("/", follow_redirects=True).text


def test_who_sends_before_the_booking_is_told_that_no_points_stand_in_it(cast, client_of, clock):
    clock.turn_to(FIRST.next.first_day)
    clerk = client_of(cast.clerk)
    assert "这个季度的积分还没有入账" in clerk.get(HERE).text
    assert "还没有入账" not in client_of(cast.township_user).get(f"/a/{TOWNSHIP}/returns/{FIRST}").text
    cast.earn_each({cast.worker.id: 200})
    assert "还没有入账" not in clerk.get(HERE).text


def test_the_pages_lead_from_looking_to_sending_to_correcting(cast, awarded, client_of):
    clerk, official, county = map(client_of, (cast.clerk, cast.township_user, cast.county_user))
    page = clerk.get(HERE)
    assert "还没有上报，本应在2025年" in page.text
    answer = clerk.post(f"{HERE}/send", data={"key": key()}, follow_redirects=True)
    assert "已上报，之后没有变化" in answer.text
    put_right(cast, awarded, 180)
    page = clerk.get(HERE)
    assert "上报时23，现在21" in page.text
    assert "有1个数变了" in page.text
    page = clerk.post(f"{HERE}/send", data={"key": key(), "reason": f"记了两次{RARE}"}, follow_redirects=True)
    assert "第2版（更正）" in page.text
    first = clerk.get(f"{HERE}?version=1").text
    assert "<b>23</b>" in first
    assert "这是上报时的样子：第一次上报" in first
    above = f"/a/{TOWNSHIP}/returns/{FIRST}"
    page = official.get(above)
    assert "没报，已逾期" in page.text  # the next village
    page = official.post(f"{above}/send", data={"key": key()}, follow_redirects=True)
    assert "未上报、没有汇总进来的：桥头社区" in official.get(f"{above}?version=1&part=points").text
    listed = county.get(f"/a/{COUNTY}/returns").text
    assert "缺桥头社区" in county.get(f"/a/{COUNTY}/returns/{FIRST}").text
    assert "季度报表" in listed
    assert "没报，已逾期" in listed
    before = clerk.get(f"/a/{VILLAGE}/returns/{FIRST.previous}").text
    assert "这个季度没有要报的" in before
    assert "/send" not in before
    late = client_of(cast.chair).post(f"{HERE}/send", data={"key": key(), "reason": "我也来报"})
    assert "已上报，之后没有变化" in late.text
    assert "上报之后没有变化" in late.text.split('class="note note-refused"')[1]
    begun_nowhere = county.get(f"/a/{FAR_VILLAGE}/returns").text
    assert "还没有要报的季度" in begun_nowhere
    assert "已逾期" not in begun_nowhere
    for client, place in ((clerk, HERE), (official, above)):
        printed = client.get(f"{place}.pdf")
        assert printed.mimetype == "application/pdf"
        text = "".join(texts(printed.data))
        assert "本季度评定积分" in text
        assert "制表人" in text
        assert ("U+212FE" in text) == (client == clerk)  # in the reason of the correction
        assert client.get(f"{place}.xlsx").status_code == 200
    assert official.get(HERE).status_code == 200
    assert 'action="/a/539900101201/returns/2025Q1/send"' not in official.get(HERE).text
    assert client_of(cast.worker_user).get(HERE).status_code == 403
    assert clerk.get(above).status_code == 404
    assert clerk.get(f"{HERE}?version=9").status_code == 404
    assert clerk.get(f"/a/{VILLAGE}/returns/2031Q1").status_code == 404
