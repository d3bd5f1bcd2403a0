"""The board of a village, a township or the county."""

from flask import abort, g, request

from ground import clock
from ground.clock import Quarter
from ground.paper import words
from people import access
from people.views.listing import excel, render
from reports.boards import parts, quarter, standing
from reports.views.boards import asking, bp, lists

# How many quarters back one can choose; any other is there by its address.
QUARTERS_OFFERED = 8


@bp.get("/a/<area>/board")
@access.allow(*access.ONLOOKERS)
@excel(lists.FIGURES, lists.VILLAGES)
def board(area: str) -> str:
    """An area's quarter, `?quarter=`, beside the one before, and what of it asks for something today."""
    chosen = _chosen_quarter()
    found = standing.standings(g.area)
    this, before = quarter.quarter_figures([each.village for each in found], chosen)
    concerns = standing.concerns_of(found)
    return render(
        "reports/boards/board.html",
        quarter=chosen,
        quarters=_offered_quarters(),
        parts=parts.board_parts(this, before),
        standings=found,
        cover=standing.cover_of(found),
        waiting=sum(each.due.waiting for each in found),
        askings=asking.asking_in(g.area, concerns)
        if g.area.is_village
        else asking.asking_below("#villages", concerns),
        asking_villages=[
            (each.village, asking.asking_in(each.village, each.concerns, with_links=False))
            for each in found
            if each.concerns
        ],
    )


def _chosen_quarter() -> Quarter:
    """The quarter of `?quarter=`, or the current one; none that is to come."""
    current_quarter = Quarter.of(clock.today())
    try:
        chosen = Quarter.parse(request.args.get("quarter", str(current_quarter)))
    except ValueError:
        abort(404)
    if chosen > current_quarter:
        abort(404)
    return chosen


def _offered_quarters() -> list[tuple[str, str]]:
    offered = [Quarter.of(clock.today())]
    while len(offered) < QUARTERS_OFFERED:
        offered.append(offered[-1].previous)
    return [(str(each), words.quarter(each)) for each in offered]
