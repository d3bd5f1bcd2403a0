"""What is found of the shops: goods, receipts, deliveries, donations."""

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from ground.paper import words
from people.pages import Finder, Hit, Hits, Search
from people.views.finders import with_place
from shop import finding
from shop.models import Delivery, Donation, Goods, Redemption
from shop.views import READERS


def find_goods(search: Search) -> Hits:
    """Goods by their code; in a village by name and pinyin too, as above it each shop has the same."""
    if by_code := finding.goods_with_code(search.area, search.words):
        return Hits.of(by_code, lambda goods: _goods_hit(search, goods, is_exact=True))
    by_name = finding.goods(search.area, search.words) if search.area.is_village else []
    return Hits.of(by_name, lambda goods: _goods_hit(search, goods))


def _goods_hit(search: Search, goods: Goods, is_exact: bool = False) -> Hit:
    village = goods.shop.village
    note = gettext("in the archive") if goods.archived_on else goods.category or ""
    url = url_for("shelf.article", village=village.code, ident=goods.id)
    return Hit(goods.title, url, with_place(search.area, village, note), is_exact)


def find_receipts(search: Search) -> Hits:
    """Receipts by their number, or the code that is printed on them."""

    def hit(redemption: Redemption) -> Hit:
        village, note = redemption.shop.village, search.sight.name(redemption.card.person)
        url = url_for("desk.redemption", village=village.code, ident=redemption.id)
        return Hit(redemption.number, url, with_place(search.area, village, note), is_exact=True)

    return Hits.of(finding.redemptions(search.area, search.words), hit)


def find_deliveries(search: Search) -> Hits:
    """Deliveries by their number."""

    def hit(delivery: Delivery) -> Hit:
        village = delivery.shop.village
        note = " · ".join(filter(None, (words.day(delivery.received_on), delivery.from_whom)))
        url = url_for("stock.delivery", village=village.code, ident=delivery.id)
        return Hit(delivery.number, url, with_place(search.area, village, note), is_exact=True)

    return Hits.of(finding.deliveries(search.area, search.words), hit)


def find_donations(search: Search) -> Hits:
    """Donations by their number, and in a village by who gave."""

    def hit(donation: Donation) -> Hit:
        note = f"{donation.number} · {words.day(donation.given_on)}"
        url = url_for("stock.donor", code=donation.code)
        return Hit(donation.donor, url, with_place(search.area, donation.shop.village, note))

    return Hits.of(finding.donations(search.area, search.words), hit)


FINDERS = (
    Finder(50, _("Goods"), READERS, find_goods),
    Finder(55, _("Receipts"), READERS, find_receipts),
    Finder(60, _("Deliveries"), READERS, find_deliveries),
    Finder(65, _("Donations"), READERS, find_donations),
)
