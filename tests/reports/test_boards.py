"""The boards: every figure counted again in plain Python over the rows of a demo, at three levels."""

from collections import Counter, defaultdict
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import select

from demo.calendar import STARTS_ON
from demo.making import DEMO_VILLAGES
from duties import visits
from duties.models import Attempt, AttemptResult, AttemptUndone, Dispute, Visit
from ground import clock
from ground.clock import Quarter
from ground.db import db
from people import areas, contacts
from people.models import (
    Appointment,
    Area,
    Attention,
    Contact,
    ContactKind,
    Duty,
    Grid,
    Household,
    HouseholdClass,
    Level,
)
from people.roster import grids
from points import ledger
from points.models import (
    Account,
    AccountKind,
    Assessment,
    AssessmentState,
    RubricItem,
    Service,
    ServiceState,
    Transfer,
)
from reports.boards import quarter as quarters
from reports.boards import standing
from reports.boards.standing import Concern
from shop import backing
from shop.models import Goods, Lot, Price, Redemption, Shop, Void
from shop.shelf import shops
from shop.stock import watch

THIS = Quarter.of(STARTS_ON)


@pytest.fixture(autouse=True)
def at_the_demo_s_day(clock):
    clock.turn_to(STARTS_ON)


@pytest.fixture(params=["village", "township", "county"])
def area(request, demo):
    """A village of the demo, its township, and the county."""
    village = areas.by_code(DEMO_VILLAGES[0])
    return {"village": village, "township": village.parent, "county": areas.county()}[request.param]


def rows(model):
    return db.session.scalars(select(model)).all()


def ids_in(area):
    """The ids of an area's villages, as somebody would pick them from the list."""
    return {
        each.id
        for each in rows(Area)
        if each.level in (Level.VILLAGE, Level.COMMUNITY) and area in (each, each.parent, each.parent.parent)
    }


# --- Of a quarter ---


def counted_points(ids, quarter):
    """Booked, redeemed, expired and outstanding, entry by entry."""
    account = {each.id: each for each in rows(Account)}
    flow, held = Counter(), 0
    for entry in rows(Transfer):
        day = clock.local(entry.at).date()
        other = account[entry.debit_id if entry.credit_id == entry.account_id else entry.credit_id]
        if other.village_id not in ids or day > quarter.last_day:
            continue
        held += entry.change
        if quarter.first_day <= day:
            flow[other.kind] += entry.change
    return flow[AccountKind.ISSUING], -flow[AccountKind.REDEEMED], -flow[AccountKind.EXPIRED], held


def counted_services(ids, quarter):
    item = {each.id: each for each in rows(RubricItem)}
    return Counter(
        item[each.item_id].category
        for each in rows(Service)
        if each.village_id in ids
        and Quarter.of(each.done_on) == quarter
        and each.state == ServiceState.CONFIRMED
        and item[each.item_id].points > 0
    )


def visits_that_count():
    """The visits whose latest service, if one came of them, was not rejected."""
    latest = {each.evidence_id: each.state for each in sorted(rows(Service), key=lambda each: each.id)}
    return [each for each in rows(Visit) if latest.get(each.id) != ServiceState.REJECTED]


def counted_disputes(ids, quarter):
    """Opened, at hand, withdrawn, settled by rung, and the days that settling took."""
    undone = {each.attempt_id for each in rows(AttemptUndone)}
    ended = {
        each.dispute_id: each
        for each in rows(Attempt)
        if each.id not in undone and each.result != AttemptResult.FAILED and each.on <= quarter.last_day
    }
    opened, at_hand, withdrawn, settled, days = 0, 0, 0, Counter(), []
    for dispute in rows(Dispute):
        end = ended.get(dispute.id)
        if dispute.village_id not in ids or dispute.opened_on > quarter.last_day:
            continue
        if end is not None and end.on < quarter.first_day:
            continue
        at_hand += 1
        opened += dispute.opened_on >= quarter.first_day
        if end is not None and end.result == AttemptResult.SETTLED:
            settled[end.rung] += 1
            days.append((end.on - dispute.opened_on).days)
        withdrawn += end is not None and end.result == AttemptResult.WITHDRAWN
    return opened, at_hand, withdrawn, settled, sorted(days)


def of_disputes(figures):
    return figures.opened, figures.at_hand, figures.withdrawn, figures.settled, sorted(figures.days)


@pytest.mark.parametrize("quarter", [THIS, THIS.previous], ids=str)
def test_a_quarter_s_figures_are_what_one_counts(area, quarter):
    ids = ids_in(area)
    for figures, when in zip(
        quarters.quarter_figures(areas.villages_in(area), quarter), (quarter, quarter.previous), strict=True
    ):
        flow = figures.points
        assert (flow.booked, flow.redeemed, flow.expired, flow.outstanding) == counted_points(ids, when)
        assert figures.services == counted_services(ids, when)
        assert figures.visits == sum(
            each.village_id in ids and Quarter.of(each.visited_on) == when for each in visits_that_count()
        )
        assert of_disputes(figures.disputes) == counted_disputes(ids, when)
        assert flow.booked > 0 < figures.services.total()


def test_what_is_held_follows_from_what_came_and_went(area):
    figures, before = quarters.quarter_figures(areas.villages_in(area), THIS)
    flow = figures.points
    assert flow.outstanding == before.points.outstanding + flow.booked - flow.redeemed - flow.expired


# --- As of today ---


def counted_staffing(ids):
    """Grids, those without a worker, those without an instructor, and terms that end within ninety days."""
    counts = defaultdict(Counter)
    terms = rows(Appointment)
    for grid in rows(Grid):
        if grid.village_id not in ids or grid.closed_on is not None:
            continue
        own = [term for term in terms if term.grid_id == grid.id]
        serving = {
            term.duty
            for term in own
            if term.starts_on <= STARTS_ON <= term.ends_on
            and (term.ended_on is None or term.ended_on > STARTS_ON)
        }
        counts[grid.village_id]["grids"] += 1
        for duty in Duty:
            counts[grid.village_id][duty] += duty not in serving
        counts[grid.village_id]["ending"] += sum(
            term.ended_on is None and STARTS_ON <= term.ends_on <= STARTS_ON + timedelta(days=90)
            for term in own
        )
    return counts


def counted_due(ids):
    """Households that wait by Sunday, and those that are overdue, by village."""
    village = {grid.id: grid.village_id for grid in rows(Grid)}
    latest = {each.household_id: each for each in sorted(rows(HouseholdClass), key=lambda each: each.id)}
    last = {}
    for visit in visits_that_count():
        last[visit.household_id] = max(visit.visited_on, last.get(visit.household_id, visit.visited_on))
    waiting, overdue = Counter(), Counter()
    for household in rows(Household):
        days = {Attention.PRIORITY: 7, Attention.WATCHED: 30}.get(latest[household.id].attention)
        if days is None or household.left_on is not None or village[household.grid_id] not in ids:
            continue
        due = latest[household.id].on
        if household.id in last:
            due = max(due, last[household.id] + timedelta(days))
        waiting[village[household.grid_id]] += due <= STARTS_ON + timedelta(6 - STARTS_ON.weekday())
        overdue[village[household.grid_id]] += due < STARTS_ON
    return waiting, overdue


def counted_shelves(ids):
    """By village: articles that run low, lots near their day, expired ones, and what the goods cost."""
    village = {shop.id: shop.village_id for shop in rows(Shop)}
    price = {}
    for each in sorted(rows(Price), key=lambda each: (each.holds_from, each.id)):
        if each.holds_from <= STARTS_ON:
            price[each.goods_id] = each.points
    counts, all_lots = defaultdict(Counter), rows(Lot)
    for goods in rows(Goods):
        ident = village[goods.shop_id]
        if ident not in ids or goods.archived_on is not None:
            continue
        lots = [lot for lot in all_lots if lot.goods_id == goods.id and lot.on_hand]
        good = [lot for lot in lots if lot.best_before is None or lot.best_before >= STARTS_ON]
        units = sum(lot.on_hand for lot in good)
        counts[ident]["low"] += units <= (goods.low_at or 0)
        counts[ident]["expired"] += len(lots) - len(good)
        counts[ident]["near"] += sum(
            lot.best_before is not None and lot.best_before <= STARTS_ON + timedelta(days=30) for lot in good
        )
        counts[ident]["goods"] += units * price[goods.id]
    return counts


def counted_usual(ids):
    """By village the mean of the last four full quarters with redemptions that were not given back."""
    void = {each.redemption_id for each in rows(Void)}
    village = {shop.id: shop.village_id for shop in rows(Shop)}
    sums = defaultdict(Counter)
    for each in rows(Redemption):
        if each.id not in void and Quarter.of(each.day) < THIS and village[each.shop_id] in ids:
            sums[village[each.shop_id]][Quarter.of(each.day)] += each.total
    last = {ident: [total[one] for one in sorted(total)[-4:]] for ident, total in sums.items()}
    return {ident: round(sum(totals) / len(totals)) for ident, totals in last.items()}


def counted_missing_contacts(ident):
    there = {each.kind for each in rows(Contact) if each.village_id == ident and each.until is None}
    return [kind for kind in ContactKind if kind not in there]


def booked_in_time():
    """The villages that booked the last quarter; its days to book are over."""
    return {
        each.village_id
        for each in rows(Assessment)
        if each.quarter == THIS.previous and each.state == AssessmentState.BOOKED
    }


def test_where_the_villages_stand_is_what_one_counts(area):
    ids = ids_in(area)
    staffed, shelves, usual = counted_staffing(ids), counted_shelves(ids), counted_usual(ids)
    (waiting, overdue), booked = counted_due(ids), booked_in_time()
    found = standing.standings(area)
    assert {each.village.id for each in found} == ids
    held = Counter()
    for account in rows(Account):
        held[account.village_id] += account.balance
    for each in found:
        ident = each.village.id
        grids_there, shelf = staffed[ident], shelves[ident]
        assert each.staffing.grids == grids_there["grids"]
        assert each.staffing.vacancies == {duty: grids_there[duty] for duty in Duty}
        assert each.staffing.ending_terms == grids_there["ending"]
        assert (each.due.waiting, each.due.overdue) == (waiting[ident], overdue[ident])
        assert (each.shelf.low, each.shelf.near_expiry, each.shelf.expired) == (
            shelf["low"],
            shelf["near"],
            shelf["expired"],
        )
        assert (each.cover.outstanding, each.cover.goods, each.cover.usual_quarter) == (
            held[ident],
            shelf["goods"],
            usual.get(ident),
        )
        assert each.missing_contacts == counted_missing_contacts(ident)
        assert each.progress.is_late == (ident not in booked and each.progress.had_begun)
    assert waiting.total() > 0 < sum(usual.values())


def test_the_villages_stand_in_the_order_of_what_asks(area):
    found = standing.standings(area)
    asked = [(len(each.concerns), each.concerns.total()) for each in found]
    assert asked == sorted(asked, reverse=True)
    assert all(min(each.concerns.values(), default=1) > 0 for each in found)
    assert all(
        each.staffing.grids for each in found if each.concerns
    )  # nothing is asked before the first day
    assert found[0].concerns


def test_the_townships_sum_to_the_county(demo):
    county = areas.county()
    townships = [each for each in rows(Area) if each.parent_id == county.id]
    whole = standing.standings(county)
    parts = [standing.standings(each) for each in townships]
    assert standing.concerns_of(whole) == sum((standing.concerns_of(part) for part in parts), Counter())
    assert standing.cover_of(whole).goods == sum(standing.cover_of(part).goods for part in parts)
    for place in (0, 1):
        figures = quarters.quarter_figures(areas.villages_in(county), THIS)[place]
        of_parts = [quarters.quarter_figures(areas.villages_in(each), THIS)[place] for each in townships]
        assert figures.services == sum((each.services for each in of_parts), Counter())
        assert figures.visits == sum(each.visits for each in of_parts)
        for name in ("booked", "redeemed", "expired", "outstanding"):
            assert getattr(figures.points, name) == sum(getattr(each.points, name) for each in of_parts)
        days = [day for each in of_parts for day in each.disputes.days]
        assert figures.disputes.opened == sum(each.disputes.opened for each in of_parts)
        assert figures.disputes.days_to_settle == (median(days) if days else None)


def test_one_village_asked_alone_says_what_the_board_does(demo):
    """The pages of a village and its board share their figures."""
    village = areas.by_code(DEMO_VILLAGES[0])
    (each,) = standing.standings(village)
    pressing = visits.pressing_days([grid.id for grid in grids.of_village(village)], STARTS_ON)
    looks, weighed = watch.watch_list(shops.of_village(village)), backing.weigh(village)
    assert each.due.waiting == len(pressing)
    assert each.due.overdue == sum(day < STARTS_ON for day in pressing)
    assert (each.shelf.low, each.shelf.near_expiry, each.shelf.expired) == (
        len(looks.low),
        len(looks.near_expiry),
        len(looks.expired),
    )
    assert (each.cover.goods, each.cover.goods_quarters) == (weighed.goods, weighed.goods_quarters)
    totals = ledger.totals(village)
    assert each.cover.outstanding == totals[AccountKind.WORKER]
    assert contacts.missing_kinds([village.id]) == {village.id: each.missing_contacts}
    assert each.concerns[Concern.LOW_GOODS] == len(looks.low)
