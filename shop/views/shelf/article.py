"""One article: what it is, what it costs and will cost, its codes and picture, and whether it is offered."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from ground import clock
from ground.db import db, fetch
from ground.forms import ButtonForm, Form, attempt
from people import access
from people.models import Role
from people.views.listing import excel, render
from people.views.proposing import attempt_or_propose, to_proposal
from shop.forms.goods import CodeForm, GoodsForm, PictureForm, PriceForm
from shop.models import Goods, Picture
from shop.shelf import codes, pictures, prices, shops
from shop.shelf import goods as shelf
from shop.views import LABELLING, READERS
from shop.views.shelf import bp, lists

PICTURE_KEPT_SECONDS = 365 * 86400  # seconds: the address of a picture names its content


@bp.route("/v/<village>/goods/<int:ident>", methods=["GET", "POST"])
@access.allow(*READERS, posting_roles=[Role.MANAGER])
@excel(lists.PRICES, subject_key="goods")
def article(village: str, ident: int) -> Response | tuple[str, int]:
    """One article with its prices, codes and picture; sent, it is described anew."""
    form = GoodsForm()
    if form.validate_on_submit():
        with attempt(form):
            shelf.change_goods(
                _article_or_404(ident),
                form.name.data,
                form.unit.data,
                current_user,
                spec=form.spec.data,
                category=form.category.data,
                quota=form.quota.data,
                low_at=form.low_at.data,
            )
    if not form.is_submitted():
        form = GoodsForm(obj=_article_or_404(ident))
    return _after_form(ident, form, gettext("Described anew."), about=form)


@bp.post("/v/<village>/goods/<int:ident>/price")
@access.allow(Role.MANAGER)
def set_price(village: str, ident: int) -> Response | tuple[str, int]:
    """Another price, from today or a later day."""
    form = PriceForm()
    form.price.before = prices.prices_on([ident], clock.today()).get(ident)
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            prices.set_price(_article_or_404(ident), form.price.tenths, current_user, form.holds_from.data)
        if proposed:
            return to_proposal(proposed)
    return _after_form(ident, form, gettext("The price is written down."), price=form)


@bp.post("/v/<village>/goods/<int:ident>/codes")
@access.allow(Role.MANAGER)
def add_code(village: str, ident: int) -> Response | tuple[str, int]:
    """One more code by which an article is scanned."""
    form = CodeForm()
    if form.validate_on_submit():
        with attempt(form):
            codes.add_code(_article_or_404(ident), form.barcode.data, current_user)
    return _after_form(ident, form, gettext("The code is added."), code=form)


@bp.post("/v/<village>/goods/<int:ident>/codes/remove")
@access.allow(Role.MANAGER)
def remove_code(village: str, ident: int) -> Response | tuple[str, int]:
    """Take the code named in the form from an article."""
    form = ButtonForm()
    if form.validate_on_submit():
        with attempt(form):
            goods = _article_or_404(ident)
            barcode = codes.find_barcode(goods.shop_id, request.form.get("code", ""))
            if barcode is None or barcode.goods_id != goods.id:
                abort(404)
            codes.remove_code(barcode, current_user)
    return _after_form(ident, form, gettext("The code is taken off."))


@bp.post("/v/<village>/goods/<int:ident>/codes/own")
@access.allow(Role.MANAGER)
def give_code(village: str, ident: int) -> Response | tuple[str, int]:
    """A short code of the shop's own, for loose goods."""
    form = ButtonForm()
    if form.validate_on_submit():
        with attempt(form):
            codes.give_own_code(_article_or_404(ident), current_user)
    return _after_form(ident, form, gettext("The short code is given. Print its label for the shelf."))


@bp.get("/v/<village>/goods/<int:ident>/picture")
@access.allow(*READERS)
def goods_picture(village: str, ident: int) -> Response:
    """An article's picture; the browser keeps it as long as `?v=` is its digest."""
    picture: Picture = db.session.get(
        Picture, _article_or_404(ident).id, options=[undefer(Picture.content)]
    ) or abort(404)
    response = Response(picture.content, mimetype="image/jpeg")
    response.set_etag(picture.digest)
    response.cache_control.private = True
    if request.args.get("v") == picture.digest:
        response.cache_control.max_age = PICTURE_KEPT_SECONDS
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response.make_conditional(request)


@bp.post("/v/<village>/goods/<int:ident>/set-picture")
@access.allow(Role.MANAGER)
def set_picture(village: str, ident: int) -> Response | tuple[str, int]:
    """A picture for an article, in place of the one it has."""
    form = PictureForm()
    if form.validate_on_submit():
        with attempt(form):
            pictures.set_picture(_article_or_404(ident), form.photo.picture, current_user)
    return _after_form(ident, form, gettext("The picture is there."), photo=form)


@bp.post("/v/<village>/goods/<int:ident>/remove-picture")
@access.allow(Role.MANAGER)
def remove_picture(village: str, ident: int) -> Response | tuple[str, int]:
    """Take an article's picture away."""
    form = ButtonForm()
    if form.validate_on_submit():
        with attempt(form):
            pictures.remove_picture(_article_or_404(ident, to_write=True), current_user)
    return _after_form(ident, form, gettext("The picture is gone."))


@bp.post("/v/<village>/goods/<int:ident>/archive")
@access.allow(Role.MANAGER)
def archive_goods(village: str, ident: int) -> Response | tuple[str, int]:
    """Offer an article no more; nothing of it is deleted."""
    form = ButtonForm()
    if form.validate_on_submit():
        with attempt(form):
            shelf.archive(_article_or_404(ident, to_write=True), current_user)
    return _after_form(ident, form, gettext("In the archive now. It can be brought back."))


@bp.post("/v/<village>/goods/<int:ident>/bring-back")
@access.allow(Role.MANAGER)
def bring_back_goods(village: str, ident: int) -> Response | tuple[str, int]:
    """Offer an archived article again."""
    form = ButtonForm()
    if form.validate_on_submit():
        with attempt(form):
            shelf.bring_back(_article_or_404(ident, to_write=True), current_user)
    return _after_form(ident, form, gettext("On the shelf again."))


def _article_or_404(ident: int, to_write: bool = False) -> Goods:
    """An article of this village's shop, to look at or locked; otherwise 404."""
    shop = shops.of_village(g.area) or abort(404)
    return fetch(Goods, ident, lock=to_write, shop_id=shop.id) or abort(404)


def _after_form(ident: int, form: Form, message: str, **forms: Form) -> Response | tuple[str, int]:
    """The answer to a form: the page anew when it is done, otherwise with the refused form."""
    if request.method == "POST" and form.status == 200:
        flash(message)
        return redirect(url_for("shelf.article", village=g.area.code, ident=ident))
    return _page(_article_or_404(ident), form, **forms), form.status


def _page(goods: Goods, sent_form: Form, **forms: Any) -> str:
    today = clock.today()
    history = prices.price_history(goods)
    (offer,) = shelf.offers_of([goods])
    forms = {
        "about": GoodsForm(formdata=None, obj=goods),
        "price": PriceForm(formdata=None),
        "code": CodeForm(formdata=None),
        "photo": PictureForm(formdata=None),
        **forms,
    }
    return render(
        "shop/shelf/article.html",
        offer=offer,
        goods=goods,
        sent_form=sent_form,
        coming_prices=[price for price in reversed(history) if price.holds_from > today],
        history=[price for price in history if price.holds_from <= today],
        today=today,
        own_code=codes.own_code(goods),
        categories=shelf.categories(goods.shop),
        may_change=Role.MANAGER in g.roles,
        may_print=bool(g.roles & LABELLING),
        **forms,
    )
