"""What `reports` adds to the application."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from people import access
from people.pages import EVERYWHERE, FRONT_PARTS, HELP, NAVIGATION, NavigationEntry
from reports.views import boards, books, helptexts
from reports.views.boards import front
from reports.views.books.books import READERS, summary_links
from shop.views.stock.vouchers import ABOUT_DAYS

# Whoever opens none of the first finds them beside the second, and so on; above villages beside the quarters.
BESIDE_BOOKS = ("ledger.accounts", "desk.redemptions", "services.services", "assessment.area_quarters")

REPORTS = Package(
    name="reports",
    title="Books, boards and papers",
    pages=[boards.bp, books.bp],
    globals={"front_figures": front.front_figures},
    fillings=[
        ABOUT_DAYS.filling(summary_links),
        FRONT_PARTS.filling("reports/boards/front.html"),
        HELP.filling(helptexts.HELP_TEXTS),
        NAVIGATION.filling(
            NavigationEntry(145, "boards.board", _("Overview"), "bar-chart", access.ONLOOKERS, EVERYWHERE),
            NavigationEntry(
                345, "books.books", _("Ledger books"), "journals", READERS, EVERYWHERE, BESIDE_BOOKS
            ),
        ),
    ],
)
