"""A quarter in figures, for whoever watches the village."""

from flask import abort, g, request

from duties import report as figures
from duties.views import bp, lists
from ground import clock
from ground.clock import Quarter
from ground.paper import words
from people import access
from people.models import Role
from people.views.listing import excel, render

# How many quarters back one can choose; any other is there by its address.
QUARTERS_OFFERED = 8


@bp.get("/v/<village>/report")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
@excel(lists.REPORT)
def report(village: str) -> str:
    """What the village's records come to in a quarter, `?quarter=`; nobody is named."""
    current_quarter = Quarter.of(clock.today())
    try:
        quarter = Quarter.parse(request.args.get("quarter", str(current_quarter)))
    except ValueError:
        abort(404)
    if quarter > current_quarter:
        abort(404)
    offered = [current_quarter]
    while len(offered) < QUARTERS_OFFERED:
        offered.append(offered[-1].previous)
    return render(
        "duties/records/report.html",
        quarter=quarter,
        parts=figures.quarter_report(g.area, quarter),
        quarters=[(str(offered_quarter), words.quarter(offered_quarter)) for offered_quarter in offered],
    )
