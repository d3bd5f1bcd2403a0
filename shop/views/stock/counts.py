"""Stock-takes: counted blind while the shop stays open, looked at and booked by a manager."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch, transaction
from ground.forms import ButtonForm, Form, attempt
from ground.refusal import Refused
from people import access
from people.models import Role
from people.views.listing import excel, render
from people.views.proposing import attempt_or_propose, to_proposal, waiting_about
from shop.forms.counts import BookForm, CountedUnits, CountForm
from shop.models import Goods, StockTake
from shop.shelf import shops
from shop.stock import counts as verbs
from shop.views import READERS
from shop.views.stock import bp, lists
from shop.views.stock.stock import own_shop

Answer = Response | tuple[str, int]


def _stock_take_or_404(ident: int, to_write: bool = False) -> StockTake:
    """A stock-take of the village's shop, to look at or locked; otherwise 404."""
    return fetch(StockTake, ident, lock=to_write, shop_id=own_shop().id) or abort(404)


# --- All of them ---


@bp.get("/v/<village>/stock-takes")
@access.allow(*READERS)
@excel(lists.STOCK_TAKES)
def stock_takes(village: str) -> str:
    """The stock-take that goes on, and those before it."""
    shop = shops.of_village(g.area)
    return render(
        "shop/stock/stock_takes.html",
        shop=shop,
        page=web.page_of(verbs.stock_takes_of(shop)) if shop else None,
        open_stock_take=verbs.open_stock_take(shop) if shop else None,
        may_begin=bool(g.roles & access.SHOP),
    )


@bp.post("/v/<village>/stock-takes/begin")
@access.allow(*access.SHOP)
def begin_stock_take(village: str) -> Response:
    """Begin a stock-take, or go on with the one that goes on; who alone can book it is not led to count."""
    with transaction():
        stock_take = verbs.begin_stock_take(own_shop(), current_user)
    page = "stock.stock_take" if _is_only_one_to_book(stock_take) else "stock.count"
    return redirect(url_for(page, village=village, ident=stock_take.id))


def _is_only_one_to_book(stock_take: StockTake) -> bool:
    """Whether the reader is the only one left to book a stock-take, and so should not count."""
    return (
        Role.MANAGER in g.roles
        and not verbs.was_counted_by(stock_take, current_user)
        and not verbs.has_another_to_book(stock_take, current_user)
    )


# --- One of them ---


@bp.get("/v/<village>/stock-takes/<int:ident>")
@access.allow(*READERS)
@excel(lists.STOCK_TAKE)
def stock_take(village: str, ident: int) -> Answer:
    """What a stock-take found; while it goes on only a manager sees that, and a volunteer counts."""
    stock_take = _stock_take_or_404(ident)
    if stock_take.is_open and Role.MANAGER not in g.roles and Role.VOLUNTEER in g.roles:
        return redirect(url_for("stock.count", village=village, ident=ident))
    return _result_page(stock_take, BookForm(formdata=None))


def _result_page(stock_take: StockTake, form: Form) -> tuple[str, int]:
    rows = verbs.count_sheet(stock_take)
    counted = [row for row in rows if row.count]
    is_minding = stock_take.is_open and Role.MANAGER in g.roles
    has_counted = is_minding and verbs.was_counted_by(stock_take, current_user)
    page = render(
        "shop/stock/stock_take.html",
        stock_take=stock_take,
        form=form,
        book_form=form if isinstance(form, BookForm) else BookForm(formdata=None),
        proposals=waiting_about(stock_take),
        counted_rows=counted,
        uncounted_goods=[row.goods for row in rows if not row.count],
        differing_rows=[row for row in counted if row.difference],
        surplus_tenths=sum(max(0, row.difference) * row.price for row in counted),
        missing_tenths=sum(max(0, -row.difference) * row.price for row in counted),
        may_see_results=not stock_take.is_open or Role.MANAGER in g.roles,
        is_minding=is_minding,
        has_counted=has_counted,
        has_another_to_book=is_minding and verbs.has_another_to_book(stock_take, current_user),
    )
    return page, form.status


@bp.post("/v/<village>/stock-takes/<int:ident>/book")
@access.allow(Role.MANAGER)
def book_stock_take(village: str, ident: int) -> Answer:
    """Book the differences."""
    form = BookForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            verbs.book(_stock_take_or_404(ident, to_write=True), current_user, form.explanation.data)
        if proposed:
            return to_proposal(proposed)
    if form.status != 200:
        return _result_page(_stock_take_or_404(ident), form)
    flash(gettext("Booked. The books now say what was counted."))
    return redirect(url_for("stock.stock_take", village=village, ident=ident))


@bp.post("/v/<village>/stock-takes/<int:ident>/call-off")
@access.allow(Role.MANAGER)
def call_off_stock_take(village: str, ident: int) -> Answer:
    """End a stock-take without booking anything."""
    form = ButtonForm()
    with attempt(form):
        verbs.call_off(_stock_take_or_404(ident, to_write=True), current_user)
    if form.status != 200:
        return _result_page(_stock_take_or_404(ident), form)
    flash(gettext("Called off. Nothing was changed."))
    return redirect(url_for("stock.stock_takes", village=village))


# --- Counting ---


@bp.route("/v/<village>/stock-takes/<int:ident>/count", methods=["GET", "POST"])
@access.allow(*access.SHOP)
def count(village: str, ident: int) -> Answer:
    """Count the shelf without seeing what the books say; what can't be saved comes back with its reason."""
    form = CountForm()
    if not form.is_submitted():
        stock_take = _stock_take_or_404(ident)
        if not stock_take.is_open:
            return redirect(url_for("stock.stock_take", village=village, ident=ident))
        return _count_page(stock_take, form, {})
    refused: dict[int, Any] = {}
    saved = 0
    if form.validate():
        refused, saved = _save_all(ident, form)
        if not saved and not refused:
            form.refusal = _("No number was filled in yet.")
    if form.status != 200 or refused:
        form.key.data = form.key.default()
        return _count_page(_stock_take_or_404(ident), form, refused, saved)
    flash(_saved_text(saved))
    return redirect(url_for("stock.count", village=village, ident=ident))


def _save_all(ident: int, form: CountForm) -> tuple[dict[int, Any], int]:
    """Save article by article: by id, why some were not; and how many were."""
    refused, saved = dict(form.counts.faults), 0
    for goods_id, counted in form.counts.data.items():
        try:
            _save(ident, f"{form.key.data}:{goods_id}", goods_id, counted)
            saved += 1
        except Refused as refusal:
            if refusal.code == "stock_take_over":
                raise
            refused[goods_id] = refusal.message
    return refused, saved


def _save(ident: int, key: str, goods_id: int, counted: CountedUnits) -> None:
    """Save one article in a transaction of its own: the desk waits for one at a time, not for all."""
    with transaction():
        stock_take = _stock_take_or_404(ident, to_write=True)
        article = fetch(Goods, goods_id, shop_id=stock_take.shop_id)
        if article is None:
            raise Refused("unknown_goods", _("This is not of this shop."))
        verbs.record_count(
            key,
            stock_take,
            article,
            counted.units,
            current_user,
            *counted.moments(clock.now()),
            counted.best_before,
        )


def _saved_text(number: int) -> str:
    return str(ngettext("Saved: %(num)s kind of goods.", "Saved: %(num)s kinds of goods.", number))


def _count_page(
    stock_take: StockTake, form: CountForm, refused: dict[int, Any], saved: int = 0
) -> tuple[str, int]:
    rows = verbs.count_sheet(stock_take)
    page = render_template(
        "shop/stock/count.html",
        stock_take=stock_take,
        form=form,
        rows=rows,
        is_only_one_to_book=_is_only_one_to_book(stock_take),
        refused=refused,
        saved_text=_saved_text(saved) if saved else "",
        counted_number=sum(1 for row in rows if row.count),
        now=clock.now(),
        local_time=clock.local,
    )
    return page, 422 if refused else form.status
