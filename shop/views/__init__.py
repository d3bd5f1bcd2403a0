"""Pages of the shop: the desk, redemptions, goods, cards, and what anyone may see."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import Entry, public_url

bp = Blueprint("shop", __name__)

READERS = frozenset(access.SHOP | access.ONLOOKERS)

NAVIGATION = [
    Entry("shop.desk", _("Desk"), "upc-scan", frozenset(access.SHOP)),
    Entry("shop.redemptions", _("Redemptions"), "receipt", READERS),
    Entry("shop.goods", _("Goods"), "basket", READERS),
    Entry("shop.cards", _("Cards"), "person-vcard", frozenset({Role.CLERK, Role.CHAIR})),
]


def printed(path: str) -> str:
    """The address of a public page as it is printed in a QR code: in capitals, which need fewer squares."""
    return public_url(path).upper()


from shop.views import cards, desk, goods, public, redemptions  # noqa: E402, F401 -- they register their routes
