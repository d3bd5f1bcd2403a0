"""Shelf labels, and the short codes that loose goods need for them."""

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import transaction
from ground.forms import ButtonForm
from people import access
from people.models import Role
from shop.paper.labels import Label, labels_pdf
from shop.shelf import codes, shops
from shop.shelf.goods import Offer, offers
from shop.views import LABELLING
from shop.views.shelf import bp


@bp.post("/v/<village>/goods/codes")
@access.allow(Role.MANAGER)
def give_codes(village: str) -> Response:
    """Short codes of the shop's own for all goods that have no code."""
    form = ButtonForm()
    form.validate_on_submit()
    with transaction():
        new_codes = codes.give_missing_codes(shops.of_village(g.area) or abort(404), current_user)
    if new_codes:
        count = len(new_codes)
        flash(ngettext("%(num)s article has a code now.", "%(num)s articles have a code now.", count))
    else:
        web.flash_warning(gettext("No code was given: every article has one."))
    return redirect(url_for("shelf.goods", village=village))


@bp.get("/v/<village>/goods/labels.pdf")
@access.allow(*LABELLING)
def labels(village: str) -> Response:
    """Labels for the shelf: of all goods with a code, those by `?goods=`, or with `?own=1` the loose ones."""
    shop = shops.of_village(g.area) or abort(404)
    goods_ids = set(web.numbers_asked("goods"))
    shown_offers = [offer for offer in offers(shop) if not goods_ids or offer.goods.id in goods_ids]
    shelf_labels = [label for offer in shown_offers if (label := _label(offer, "own" in request.args))]
    if not shelf_labels:
        abort(404)
    return web.pdf(labels_pdf(shelf_labels), f"labels-{village}.pdf")


def _label(offer: Offer, only_own: bool) -> Label | None:
    """What the label of an article says: its own code where it has one, else its first barcode."""
    goods, own = offer.goods, codes.own_code(offer.goods)
    label_codes = [own.code] if own else [] if only_own else goods.codes
    if not label_codes:
        return None
    return Label(goods.name, goods.spec or "", goods.unit, offer.price, label_codes[0])
