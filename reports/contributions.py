"""What `reports` adds to the application."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from people import access
from people.guides.steps import ANSWERS, STEPS
from people.models import Role
from people.pages import (
    ABOUT_VILLAGE,
    ABOVE,
    EVERYWHERE,
    FRONT_PARTS,
    HELP,
    NAVIGATION,
    WAITING,
    NavigationEntry,
)
from people.trail.words import WORDS
from points.views.assessment.quarters import ABOUT_QUARTER
from points.wall.packet import PACKET_PARTS
from reports import cli, trailwords
from reports import models as models  # its tables
from reports.packet import packets as packet_verbs
from reports.prefecture import received
from reports.returns import verify as returns_verify
from reports.views import boards, books, disclosure, guidetexts, helptexts, packets, prefecture, returns
from reports.views.boards import front
from reports.views.books.books import READERS, summary_links
from reports.views.disclosure.public import public_links
from reports.views.packets import parts
from reports.views.packets.packets import quarter_links
from reports.views.returns import waiting
from shop.verify import CHECKS
from shop.views.stock.vouchers import ABOUT_DAYS

# Whoever opens none of the first finds them beside the second, and so on; above villages beside the quarters.
BESIDE_BOOKS = ("ledger.accounts", "desk.redemptions", "services.services", "assessment.area_quarters")

REPORTS = Package(
    name="reports",
    title="Books, boards and papers",
    pages=[boards.bp, books.bp, disclosure.bp, packets.bp, prefecture.bp, returns.bp],
    commands=[cli.prefecture_cli],
    globals={"front_figures": front.front_figures},
    fillings=[
        ABOUT_DAYS.filling(summary_links),
        FRONT_PARTS.filling("reports/boards/front.html"),
        HELP.filling(helptexts.HELP_TEXTS),
        STEPS.filling(*guidetexts.GUIDE_STEPS),
        ANSWERS.filling(*guidetexts.GUIDE_ANSWERS),
        ABOUT_VILLAGE.filling(public_links),
        ABOUT_QUARTER.filling(quarter_links),
        PACKET_PARTS.filling(*parts.PARTS),
        CHECKS.filling(packet_verbs.problems, returns_verify.problems, received.problems),
        WAITING.filling(waiting.waiting),
        WORDS.filling(trailwords.WORDS),
        NAVIGATION.filling(
            NavigationEntry(145, "boards.board", _("Overview"), "bar-chart", access.ONLOOKERS, EVERYWHERE),
            NavigationEntry(
                345, "books.books", _("Ledger books"), "journals", READERS, EVERYWHERE, BESIDE_BOOKS
            ),
            NavigationEntry(
                142,
                "disclosure.disclosures",
                _("Five openings"),
                "card-list",
                access.ONLOOKERS,
                under=("assessment.quarters",),
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
            NavigationEntry(
                147,
                "prefecture.counties",
                _("The counties' returns"),
                "bar-chart",
                frozenset({Role.PREFECTURE}),
                ABOVE,
            ),
        ),
    ],
)
