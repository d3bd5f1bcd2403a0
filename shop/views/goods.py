"""Goods: what is on the shelf, and a new article."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access
from people.forms import attempt
from people.models import Role
from shop.forms.goods import GoodsForm
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.stock import consignments, watch
from shop.views import READERS, bp


@bp.get("/v/<village>/goods")
@access.allow(*READERS)
def goods(village: str) -> str:
    """What the shop offers, at which price, and how much of it is there."""
    shop = shops.of_village(g.area)
    return render_template(
        "shop/goods.html",
        shop=shop,
        shelves=shelf.offers(shop) if shop else [],
        looks=watch.over(shop).articles if shop else 0,
        arriving=len(consignments.arriving(shop)) if shop else 0,
        may_change=Role.MANAGER in g.roles,
    )


@bp.route("/v/<village>/goods/new", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def new_goods(village: str) -> Response | tuple[str, int]:
    """Put an article on the shelf; the first one opens the shop."""
    form = GoodsForm()
    if form.validate_on_submit():
        with attempt(form):
            shop = shops.open_shop(g.area, gettext("%(village)s love supermarket", village=g.area.name))
            article = shelf.add_goods(
                shop,
                form.name.data,
                form.unit.data,
                form.price.tenths,
                form.barcode.data or None,
                actor=current_user,
            )
        if form.status == 200:
            flash(gettext("%(name)s is on the shelf. Now write down what came in.", name=article.name))
            return redirect(url_for("shop.receive_goods", village=village, ident=article.id))
    return render_template("shop/new_goods.html", form=form), form.status
