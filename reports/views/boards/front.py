"""The few figures of its board with which a front page begins: what asks for something."""

from flask import g, url_for

from ground import clock
from ground.clock import Quarter
from people import access
from people.pages import asked_once
from people.roster import staffing
from points.assessment import opening
from reports.boards import standing
from reports.views.boards import asking
from reports.views.boards.asking import Asking

MOST_FIGURES = 4


def front_figures() -> list[Asking]:
    """What asks for somebody where a reader of boards is: at most four figures, the most urgent first."""
    if not g.roles & access.ONLOOKERS:
        return []
    # Of both it is asked for the list of what waits too.
    staffed = asked_once(staffing.figures, g.area)
    progress = asked_once(opening.progress_of_villages, g.area, Quarter.of(clock.today()).previous)
    concerns = standing.concerns_of(standing.standings_with(staffed, progress))
    if g.area.is_village:
        return asking.asking_in(g.area, concerns)[:MOST_FIGURES]
    url = url_for("boards.board", area=g.area.code, _anchor="villages")
    return asking.asking_below(url, concerns)[:MOST_FIGURES]
