"""The trail's words for the shop: its goods, its budget, its devices, its hours and its printer."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from ground.paper import words
from people.models import Card
from people.trail import Naming, SubjectPage
from people.trail.words import Words
from points import amounts
from shop import labels
from shop.models import Delivery, Goods, PurchaseRequest, Redemption, Shop


def _hours(hours: dict[str, dict[str, list[str] | None]]) -> str:
    """Opening hours as the shop keeps them, in one line."""
    days = [(words.weekday(int(day)), span) for day, span in hours["weekly"].items()]
    days += [
        (gettext("every month on day %(day)d", day=int(day)), span) for day, span in hours["monthly"].items()
    ]
    days += [(words.day(date.fromisoformat(day)), span) for day, span in hours["dates"].items()]
    lines = [(day, "–".join(span) if span else gettext("not open")) for day, span in days]
    return gettext(", ").join(f"{day} {times}" for day, times in lines)


WORDS = Words(
    actions={
        "budget.set": _("set the budget for the shop's goods"),
        "device.add": _("gave a device a key"),
        "device.give_voids": _("let a device void whatever the shop handed out"),
        "device.revoke": _("took a device's key back"),
        "device.take_voids": _("let a device void only what it just handed out"),
        "entry.book": _("booked what came in from a desk without a network"),
        "entry.set_aside": _("set aside what came in from a desk without a network"),
        "goods.add": _("put an article on the shelf"),
        "goods.archive": _("put an article into the archive"),
        "goods.bring_back": _("brought an article back from the archive"),
        "goods.change": _("described an article anew"),
        "goods.code": _("gave an article a code"),
        "goods.code_off": _("took a code from an article"),
        "goods.export": _("took the goods out as a file"),
        "goods.import": _("took goods in from a file"),
        "goods.picture": _("gave an article a picture"),
        "goods.picture_off": _("took an article's picture away"),
        "lease.break": _("took the shop from a desk without a network"),
        "lease.return": _("gave the shop back"),
        "lease.take": _("took the shop for serving without a network"),
        "receipt.reprint": _("printed a receipt again"),
        "shop.limit": _("changed the limit for write-offs"),
        "shop.printing": _("changed how receipts are printed"),
        "shelf.hours": _("changed the shop's opening hours"),
    },
    kinds={
        "barcode": _("Code of an article"),
        "delivery": _("Delivery"),
        "device": _("Device"),
        "goods": _("Goods"),
        "lease": _("Without a network"),
        "purchase_request": _("Purchase request"),
        "redemption": _("Redemption"),
        "shop": _("Shop"),
    },
    fields={
        "archived_on": _("Archived on"),
        "category": _("Category"),
        "hours": _("Opening hours"),
        "entries": _("Entries"),
        "low_at": _("Low at"),
        "paper": _("Paper of the receipts"),
        "position": _("Place in the desk's journal"),
        "printer": _("What prints"),
        "printer_address": _("Address of the network printer"),
        "prints_itself": _("Prints by itself"),
        "quota": _("Limit for each person and quarter"),
        "spec": _("Specification"),
        "unit": _("Unit"),
        "write_off_limit": _("Limit for write-offs"),
        "year": _("Year"),
        "yuan": _("Yuan"),
    },
    values={"paper": labels.PAPERS, "printer": labels.PRINTERS},
    describers={"hours": _hours, "write_off_limit": amounts.show},
)

REDEMPTION = Naming(
    "redemption",
    Redemption,
    lambda row: row.number,
    (joinedload(Redemption.card).joinedload(Card.person),),
    page=lambda row: SubjectPage("desk.redemption", row.card.person.area, row.id),
)

GOODS = Naming(
    "goods",
    Goods,
    lambda row: row.title,
    (joinedload(Goods.shop).joinedload(Shop.village),),
    page=lambda row: SubjectPage("shelf.article", row.shop.village, row.id),
)

PURCHASE = Naming(
    "purchase_request",
    PurchaseRequest,
    lambda row: row.number,
    (joinedload(PurchaseRequest.shop).joinedload(Shop.village),),
    page=lambda row: SubjectPage("purchases.request", row.shop.village, row.id),
)

DELIVERY = Naming(
    "delivery",
    Delivery,
    lambda row: row.number,
    (joinedload(Delivery.shop).joinedload(Shop.village),),
    page=lambda row: SubjectPage("stock.delivery", row.shop.village, row.id),
)
