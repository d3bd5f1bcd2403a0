"""The figures of a village's quarter, each from the room that keeps its records.

All are as of the quarter's end, so that nothing that happens later changes them: what differs after a return
was sent was put right, reversed, or written down late. Of a quarter that goes on they are as of today.
"""

from collections.abc import Iterator

from duties import gatherings, incidents, visits
from duties.disputes import settling
from duties.models import IncidentKind, Rung
from duties.visits import DueCount
from ground import clock
from ground.clock import Quarter
from ground.db import sums_of
from people.models import Area
from people.roster import staffing
from points import ledger
from points.assessment import assessments
from points.models import Category, ServiceState
from points.services import counting
from points.wall import booking, objections
from points.wall.booking import BookedPoints
from points.wall.objections import ObjectionCount
from shop import backing
from shop.desk import register
from shop.stock import donations, turnover

Named = Iterator[tuple[str, int]]


def gather(village: Area, quarter: Quarter) -> dict[str, int]:
    """The figures of a village by their names (`reports.returns.figures`): counts, tenths of a point, fen."""
    sources = (_grids, _services, _visits, _disputes, _incidents, _points, _goods)
    return {name: figure for source in sources for name, figure in source(village, quarter)}


def _grids(village: Area, quarter: Quarter) -> Named:
    staffed = staffing.on_day(village, min(quarter.last_day, clock.today()))
    yield "grids", staffed.grids
    yield "grids_served", staffed.served
    yield "grids_vacant", staffed.grids - staffed.served
    yield "workers", staffed.workers


def _services(village: Area, quarter: Quarter) -> Named:
    counts = counting.services_by_duty([village.id], quarter.first_day, quarter.last_day)
    confirmed = {each.category: each.services for each in counts if each.state == ServiceState.CONFIRMED}
    for category in Category:
        yield f"services_{category}", confirmed.get(category, 0)


def _visits(village: Area, quarter: Quarter) -> Named:
    ids, days = [village.id], (quarter.first_day, quarter.last_day)
    due = visits.due_by_village(ids, min(quarter.last_day, clock.today()))
    held = gatherings.held_between(village, *days)
    yield "visits", visits.count_done(ids, *days)
    yield "households_visited", visits.count_households(ids, *days)
    yield "households_overdue", due.get(village.id, DueCount(0, 0)).overdue
    yield "gatherings", len(held)
    yield "people_gathered", sum(each.present for each in held)


def _incidents(village: Area, quarter: Quarter) -> Named:
    kinds = {"hazards": IncidentKind.HAZARD, "emergencies": IncidentKind.EMERGENCY}
    days = quarter.first_day, quarter.last_day
    for name, kind in kinds.items():
        count = incidents.count_found(village, kind, *days, closed_by=quarter.last_day)
        yield name, count.found
        yield f"{name}_open", count.still_open


def _disputes(village: Area, quarter: Quarter) -> Named:
    figures = settling.figures([village], quarter.first_day, quarter.last_day)
    yield "disputes_opened", figures.opened
    yield "disputes_at_hand", figures.at_hand
    for rung in Rung:
        yield f"disputes_settled_{rung}", figures.settled[rung]
    yield "disputes_settled", figures.settled.total()
    yield "disputes_withdrawn", figures.withdrawn
    yield "disputes_going_on", figures.going_on
    yield "disputes_days", sum(figures.days)


def _points(village: Area, quarter: Quarter) -> Named:
    assessment = assessments.find_assessment(village, quarter)
    booked = booking.booked_points(assessment) if assessment else BookedPoints(0, 0)
    objected = objections.count_of(assessment) if assessment else ObjectionCount(0, 0)
    (flow,) = ledger.flows([village.id], [quarter])
    yield "workers_awarded", booked.workers
    yield "points_awarded", booked.tenths
    yield "objections", objected.brought
    yield "objections_accepted", objected.accepted
    yield "points_booked", flow.booked
    yield "points_redeemed", flow.redeemed
    yield "points_lapsed", flow.expired
    yield "points_held", flow.outstanding


def _goods(village: Area, quarter: Quarter) -> Named:
    days = quarter.first_day, quarter.last_day
    _rows, sums = sums_of(turnover.by_article([village.id], *clock.day_span(*days)))
    stock = turnover.turnover_of(sums)
    handed_out = register.handed_out(village, *days)
    given = donations.count_between(village, *days)
    yield "goods_before", stock.opening
    yield "goods_in", stock.came_in
    yield "goods_redeemed", stock.redeemed
    yield "goods_gone", stock.written_off + stock.returned + stock.sent + stock.missing - stock.found
    yield "goods_on_hand", stock.closing
    yield "goods_points", backing.worth_on(village, min(quarter.last_day, clock.today()))
    yield "goods_fen", stock.value or 0
    yield "goods_without_cost", stock.uncosted
    yield "redemptions", handed_out.redemptions
    yield "workers_served", handed_out.workers
    yield "donations", given.donations
    yield "donors", given.donors
