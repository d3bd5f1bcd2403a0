"""Goods: what is on the shelf and in the archive, and a new article."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.forms import attempt
from people import access
from people.models import Role
from people.views.listing import excel, render
from shop.forms.goods import NewGoodsForm
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.stock import consignments, watch
from shop.views import LABELLING, READERS
from shop.views.shelf import bp, lists

PER_PAGE = 60


@bp.get("/v/<village>/goods")
@access.allow(*READERS)
@excel(lists.GOODS)
def goods(village: str) -> str:
    """What the shop offers, at which price, and how much of it is there; `?show=archive`: what it did."""
    shop = shops.of_village(g.area)
    archived = request.args.get("show") == "archive"
    category, searched = request.args.get("category", ""), request.args.get("words", "")[:200]
    page = None
    if shop:
        query = shelf.search_goods(shop, archived=archived, category=category, words=searched)
        page = web.page_of(query, PER_PAGE)
    return render(
        "shop/shelf/goods.html",
        shop=shop,
        page=page,
        offers=shelf.offers_of(page.items) if page else [],
        archived=archived,
        category=category,
        search_words=searched,
        counts=shelf.count_goods(shop) if shop else shelf.GoodsCounts(),
        categories=shelf.categories(shop) if shop else [],
        watched_count=watch.watch_list(shop).articles if shop else 0,
        arriving_count=len(consignments.arriving_consignments(shop)) if shop else 0,
        may_change=Role.MANAGER in g.roles,
        may_print=bool(g.roles & LABELLING),
    )


@bp.route("/v/<village>/goods/new", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def new_goods(village: str) -> Response | tuple[str, int]:
    """Put an article on the shelf; the first one opens the shop."""
    form = NewGoodsForm()
    if form.validate_on_submit():
        with attempt(form):
            article = shelf.add_goods(
                shops.open_shop(g.area),
                form.name.data,
                form.unit.data,
                form.price.tenths,
                form.barcode.data or None,
                spec=form.spec.data,
                category=form.category.data,
                quota=form.quota.data,
                low_at=form.low_at.data,
                actor=current_user,
            )
        if form.status == 200:
            flash(gettext("%(name)s is on the shelf. Now write down what came in.", name=article.name))
            return redirect(url_for("stock.receive_goods", village=village, ident=article.id))
    shop = shops.of_village(g.area)
    categories = shelf.categories(shop) if shop else []
    return render_template("shop/shelf/new_goods.html", form=form, categories=categories), form.status
