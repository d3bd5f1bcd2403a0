"""What `shop` adds to the application: the love supermarket's pages, its interface, and where cards lead."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from ground.pinyin import initials
from ground.server.metrics import FIGURES, Figure, rows_of
from people import access
from people.access import DEVICES
from people.guides.steps import ANSWERS, STEPS
from people.held import HELD, HeldPart
from people.models import Role
from people.pages import CARD_PAGE, FINDERS, HELP, NAVIGATION, WAITING, NavigationEntry
from people.proposals.kinds import KINDS
from people.sight import NAMES_KEPT
from people.supervision.entries import ENTRY_KINDS
from people.takeback.dependents import DEPENDENTS
from people.trail.subjects import NAMINGS
from people.trail.words import WORDS
from points.ledger import DEBITS
from points.views.ledger.book import ABOUT_ENTRY, ABOUT_MINE
from points.views.wall.weighing import WEIGHING
from points.wall.packet import PACKET_PARTS
from shop import api, cli, held, labels, supervision, trailwords
from shop.desk import devices, proxies
from shop.models import Redemption
from shop.models.dependents import DEPENDENTS_OF_SHOP
from shop.shelf import leases
from shop.views import (
    MINDING,
    READERS,
    desk,
    finders,
    guidetexts,
    helptexts,
    offline,
    proposals,
    purchases,
    shelf,
    stock,
    waiting,
)
from shop.views.purchases.wishes import own_page_links
from shop.views.shelf import budget
from shop.views.shown import shown_server
from shop.views.stock import packet
from shop.views.stock.trace import entry_links

SHOP = Package(
    name="shop",
    title="The love supermarket",
    pages=[room.bp for room in (desk, offline, purchases, shelf, stock)],
    programs=[api.bp],
    commands=[cli.devices_cli, cli.goods_cli],
    filters={
        "yuan": labels.yuan,
        "initials": initials,
        "lease_state": labels.lease_state,
        "shown_server": shown_server,
    },
    fillings=[
        DEPENDENTS.filling(*DEPENDENTS_OF_SHOP),
        CARD_PAGE.filling("desk.holder"),
        ABOUT_ENTRY.filling(entry_links),
        ABOUT_MINE.filling(own_page_links),
        DEVICES.filling(devices.device_of_key),
        DEBITS.filling(leases.check_free_in),
        NAMINGS.filling(trailwords.REDEMPTION, trailwords.GOODS, trailwords.DELIVERY, trailwords.PURCHASE),
        NAMES_KEPT.filling(devices.names_kept, proxies.names_kept),
        ENTRY_KINDS.filling(*supervision.SUPERVISED),
        FIGURES.filling(
            Figure("aixin_redemptions", "Redemptions, those that were undone too.", rows_of(Redemption))
        ),
        WORDS.filling(trailwords.WORDS),
        HELD.filling(HeldPart(50, held.about)),
        PACKET_PARTS.filling(*packet.PARTS),
        WEIGHING.filling(budget.backing_html),
        WAITING.filling(waiting.waiting),
        KINDS.filling(*proposals.PROPOSAL_KINDS),
        FINDERS.filling(*finders.FINDERS),
        HELP.filling(helptexts.HELP_TEXTS),
        STEPS.filling(*guidetexts.GUIDE_STEPS),
        ANSWERS.filling(*guidetexts.GUIDE_ANSWERS),
        NAVIGATION.filling(
            NavigationEntry(210, "desk.desk", _("Desk"), "upc-scan", access.SHOP),
            NavigationEntry(220, "desk.redemptions", _("Redemptions"), "receipt", READERS),
            NavigationEntry(
                230, "desk.closings", _("Closing"), "journal-check", READERS, under=("desk.redemptions",)
            ),
            NavigationEntry(
                235,
                "offline.leases",
                _("Without a network"),
                "wifi-off",
                READERS,
                under=("desk.redemptions",),
            ),
            NavigationEntry(240, "shelf.goods", _("Goods"), "basket", READERS),
            NavigationEntry(
                245, "stock.deliveries", _("Deliveries"), "box-seam", READERS, under=("shelf.goods",)
            ),
            NavigationEntry(
                247, "stock.vouchers", _("Vouchers"), "file-text", READERS, under=("shelf.goods",)
            ),
            NavigationEntry(
                250, "stock.stock", _("To look after"), "exclamation-circle", READERS, under=("shelf.goods",)
            ),
            NavigationEntry(
                260, "stock.stock_takes", _("Stock-take"), "clipboard-check", READERS, under=("shelf.goods",)
            ),
            NavigationEntry(
                270, "stock.consignments", _("Between shops"), "truck", READERS, under=("shelf.goods",)
            ),
            NavigationEntry(280, "stock.donations", _("Donations"), "gift", READERS, under=("shelf.goods",)),
            NavigationEntry(
                285, "purchases.suggestions", _("What to buy"), "cart", MINDING, under=("shelf.goods",)
            ),
            NavigationEntry(
                287,
                "purchases.wish",
                _("Missing goods"),
                "chat-left-text",
                frozenset({Role.VOLUNTEER}),
                under=("shelf.goods",),
            ),
            NavigationEntry(290, "shelf.budget", _("Budget"), "cash-coin", MINDING, under=("shelf.goods",)),
            NavigationEntry(300, "shelf.hours", _("Opening hours"), "clock", READERS, under=("shelf.goods",)),
            NavigationEntry(
                310,
                "shelf.import_goods",
                _("From a file"),
                "file-earmark-excel",
                frozenset({Role.MANAGER}),
                under=("shelf.goods",),
            ),
            NavigationEntry(
                320, "shelf.devices", _("Devices"), "key", frozenset({Role.MANAGER}), under=("shelf.goods",)
            ),
            NavigationEntry(
                330,
                "shelf.printing",
                _("Printing receipts"),
                "printer",
                frozenset({Role.MANAGER}),
                under=("shelf.goods",),
            ),
        ),
    ],
)
