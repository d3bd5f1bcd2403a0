"""What `reports` adds to the application."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from people import access
from people.pages import EVERYWHERE, FRONT_PARTS, HELP, NAVIGATION, NavigationEntry
from reports.returns import verify as returns_verify
from reports.views import boards, books, helptexts, returns
from reports.views.boards import front
from reports.views.books.books import READERS
from shop.verify import FURTHER_CHECKS

# Whoever opens none of the first finds them beside the second, and so on; above villages beside the quarters.
BESIDE_BOOKS = ("ledger.accounts", "desk.redemptions", "services.services", "assessment.area_quarters")

REPORTS = Package(
    name="reports",
    title="Books, boards and papers",
    pages=[boards.bp, books.bp, returns.bp],
    globals={"front_figures": front.front_figures},
    fillings=[
        FRONT_PARTS.filling("reports/boards/front.html"),
        FURTHER_CHECKS.filling(returns_verify.problems),
        HELP.filling(helptexts.HELP_TEXTS),
        NAVIGATION.filling(
            NavigationEntry(145, "boards.board", _("Overview"), "bar-chart", access.ONLOOKERS, EVERYWHERE),
            NavigationEntry(
                345, "books.books", _("Ledger books"), "journals", READERS, EVERYWHERE, BESIDE_BOOKS
            ),
            NavigationEntry(
                146,
                "returns.returns",
                _("Quarterly returns"),
                "send",
                access.ONLOOKERS,
                EVERYWHERE,
                ("boards.board",),
            ),
        ),
    ],
)
