"""Wishes: what somebody asked for and the shelf did not have, written or tapped at the desk."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import fetch, transaction
from ground.forms import attempt
from ground.refusal import Refused
from people import access
from people.models import Area, Role
from people.pages import FurtherLink
from shop.forms.purchases import TapForm, WishForm
from shop.models import Goods, WishKind
from shop.purchases import wishes as verbs
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.views.purchases import WISHING, bp


@bp.route("/v/<village>/wish", methods=["GET", "POST"])
@access.allow(*WISHING)
def wish(village: str) -> Response | tuple[str, int]:
    """Say what is missing in the shop, so that it is bought next time."""
    form, shop = WishForm(), shops.of_village(g.area)
    if shop and form.validate_on_submit():
        with attempt(form):
            verbs.note_words(form.key.data, shop, form.text.data, current_user)
        if form.status == 200:
            flash(gettext("Noted. Whoever buys for the shop reads it."))
            return redirect(url_for("purchases.wish", village=village))
    page = render_template(
        "shop/purchases/wish.html",
        form=form,
        shop=shop,
        articles=[offer.goods for offer in shelf.offers(shop)] if shop else [],
    )
    return page, form.status


@bp.post("/v/<village>/goods/<int:ident>/wish")
@access.allow(*access.SHOP)
def tap_wish(village: str, ident: int) -> dict[str, Any] | web.Problem:
    """Note that an article of which none is left was asked for, for the desk's script."""
    form, shop = TapForm(), shops.of_village(g.area) or abort(404)
    article = fetch(Goods, ident, shop_id=shop.id) or abort(404)
    if not form.validate():
        return web.problem(form.problem())
    try:
        with transaction():
            verbs.note_article(form.key.data, article, WishKind.TAPPED, current_user)
    except Refused as refusal:
        return web.problem(refusal)
    return {"told": gettext("Noted: %(name)s is missing.", name=article.title)}


def own_page_links(village: Area) -> list[FurtherLink]:
    """The way from a worker's own page to saying what is missing in the shop."""
    if Role.WORKER not in g.roles or shops.of_village(village) is None:
        return []
    return [
        FurtherLink(
            gettext("Something is missing in the shop"), url_for("purchases.wish", village=village.code)
        )
    ]
