"""What `reports` adds to the application."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from people import access
from people.pages import EVERYWHERE, FRONT_PARTS, HELP, NAVIGATION, NavigationEntry
from reports.views import boards, helptexts
from reports.views.boards import front

REPORTS = Package(
    name="reports",
    title="Books, boards and papers",
    pages=[boards.bp],
    globals={"front_figures": front.front_figures},
    fillings=[
        FRONT_PARTS.filling("reports/boards/front.html"),
        HELP.filling(helptexts.HELP_TEXTS),
        NAVIGATION.filling(
            NavigationEntry(145, "boards.board", _("Overview"), "bar-chart", access.ONLOOKERS, EVERYWHERE),
        ),
    ],
)
