"""A village's quarter in figures, the same on the page and on the command line.

Nobody is named.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from duties import gatherings, incidents, labels, visits
from duties.disputes import settling
from duties.households import listing
from duties.models import Rung, Visit
from ground import clock
from ground.clock import Quarter
from ground.db import db
from people import labels as people_labels
from people.models import Area
from people.roster import grids
from points import amounts
from points import labels as points_labels
from points.models import Category, Finding, Sample, ServiceState, Slip
from points.services import counting

LabelledFigures = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class ReportPart:
    """Some figures under a heading, each with what it counts."""

    title: Any
    figures: Sequence[tuple[str, str]]


def quarter_report(village: Area, quarter: Quarter) -> list[ReportPart]:
    """The figures of a village's quarter: counts as text, points with at most one decimal.

    Households as they are today. Visits, gatherings and incidents whose service was rejected do not count.
    """
    first, last = quarter.first_day, quarter.last_day
    return [
        ReportPart(_("Households"), list(_households(village))),
        ReportPart(_("Visits"), list(_visits(village, first, last))),
        ReportPart(_("Gatherings"), list(_gatherings(village, first, last))),
        ReportPart(_("Services"), list(_services(village, first, last))),
        ReportPart(_("Hazards and emergencies"), list(_incidents(village, first, last))),
        ReportPart(_("Disputes"), list(_disputes(village, first, last))),
        ReportPart(_("Paper and checks"), list(_checks(village, quarter))),
    ]


def _count(query: Any) -> str:
    return str(db.session.scalar(query) or 0)


def _households(village: Area) -> LabelledFigures:
    figures = listing.figures([grid.id for grid in grids.of_village(village)])
    yield gettext("Households"), str(figures.households)
    for attention, label in people_labels.ATTENTIONS.items():
        yield str(label), str(figures.classes[attention])


def _visits(village: Area, first: date, last: date) -> LabelledFigures:
    conditions = visits.that_count([village.id], first, last)
    follow_ups = (*conditions, Visit.follow_up.is_not(None))
    yield gettext("Visits"), str(visits.count_done([village.id], first, last))
    yield gettext("Households visited"), str(visits.count_households([village.id], first, last))
    yield gettext("Follow-ups"), _count(select(func.count(Visit.id)).where(*follow_ups))
    yield (
        gettext("of them still open"),
        _count(select(func.count(Visit.id)).where(*follow_ups, Visit.done_on.is_(None))),
    )


def _gatherings(village: Area, first: date, last: date) -> LabelledFigures:
    held = gatherings.held_between(village, first, last)
    yield gettext("Gatherings"), str(len(held))
    yield gettext("People present, all together"), str(sum(each.present for each in held))
    a_month = Counter((each.grid_id, each.held_on.month) for each in held)
    for month in range(first.month, last.month + 1):
        enough = sum(
            count >= gatherings.GATHERINGS_A_MONTH
            for (_grid, counted_month), count in a_month.items()
            if counted_month == month
        )
        label = gettext(
            "Grids with %(n)s or more in month %(month)s", n=gatherings.GATHERINGS_A_MONTH, month=month
        )
        yield label, str(enough)


def _services(village: Area, first: date, last: date) -> LabelledFigures:
    """Services of each category, and the points of the confirmed ones before the caps."""
    counts = counting.services_by_duty([village.id], first, last)
    for category in Category:
        of_duty = [each for each in counts if each.category == category]
        confirmed = [each for each in of_duty if each.state == ServiceState.CONFIRMED]
        yield (
            str(points_labels.DUTIES[category]),
            gettext(
                "%(all)s recorded, %(confirmed)s confirmed: %(points)s points before caps",
                all=sum(each.services for each in of_duty),
                confirmed=sum(each.services for each in confirmed),
                points=amounts.show(sum(each.tenths for each in confirmed)),
            ),
        )
    states: Counter[ServiceState] = Counter()
    for each in counts:
        states[each.state] += each.services
    for state, label in points_labels.SERVICE_STATES.items():
        yield str(label), str(states[state])


def _incidents(village: Area, first: date, last: date) -> LabelledFigures:
    for kind, label in labels.INCIDENT_KINDS.items():
        count = incidents.count_found(village, kind, first, last, clock.today())
        yield str(label), str(count.found)
        yield gettext("of them still open"), str(count.still_open)


def _disputes(village: Area, first: date, last: date) -> LabelledFigures:
    figures = settling.figures([village], first, last)
    yield gettext("Opened"), str(figures.opened)
    for rung in Rung:
        yield (
            gettext("Settled: %(rung)s", rung=labels.RUNGS[rung]),
            str(figures.settled[rung]),
        )
    yield gettext("Withdrawn"), str(figures.withdrawn)
    yield gettext("Going on"), str(figures.going_on)
    yield gettext("Settled, of those at hand"), "–" if figures.rate is None else f"{figures.rate}%"
    days = figures.days_to_settle
    yield gettext("Days to settle, in the middle"), "–" if days is None else f"{days:g}"


def _checks(village: Area, quarter: Quarter) -> LabelledFigures:
    begins, ends = clock.day_span(quarter.first_day, quarter.last_day)
    slip_conditions = (Slip.village_id == village.id, Slip.printed_at >= begins, Slip.printed_at < ends)
    yield gettext("Slips printed"), _count(select(func.count(Slip.id)).where(*slip_conditions))
    yield (
        gettext("of them keyed in"),
        _count(select(func.count(Slip.id)).where(*slip_conditions, Slip.used_at.is_not(None))),
    )
    sample_conditions = (Sample.village_id == village.id, Sample.quarter_name == str(quarter))
    yield gettext("Samples drawn"), _count(select(func.count(Sample.id)).where(*sample_conditions))
    findings = select(func.count(Finding.service_id.distinct())).join(Sample, Finding.sample_id == Sample.id)
    yield gettext("Records looked into"), _count(findings.where(*sample_conditions))
