"""Stock-takes: counted blind while the shop stays open, looked at and booked by a manager."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch, transaction
from ground.forms import ButtonForm, attempt
from ground.refusal import Refused
from ground.tables import Column, write_xlsx
from people import access
from people.models import Role
from shop.forms.counts import CountedUnits, CountForm
from shop.models import Goods, StockTake
from shop.shelf import shops
from shop.stock import counts as verbs
from shop.views import READERS
from shop.views.stock import bp
from shop.views.stock.stock import own_shop

Answer = Response | tuple[str, int]

# Who takes the result out as a file.
TAKING_OUT = (Role.MANAGER, Role.SUPERVISOR)


def _stock_take_or_404(ident: int, to_write: bool = False) -> StockTake:
    """A stock-take of the village's shop, to look at or locked; otherwise 404."""
    return fetch(StockTake, ident, lock=to_write, shop_id=own_shop().id) or abort(404)


# --- All of them ---


@bp.get("/v/<village>/stock-takes")
@access.allow(*READERS)
def stock_takes(village: str) -> str:
    """The stock-take that goes on, and those before it."""
    shop = shops.of_village(g.area)
    return render_template(
        "shop/stock/stock_takes.html",
        shop=shop,
        page=web.page_of(verbs.stock_takes_of(shop)) if shop else None,
        running=verbs.open_stock_take(shop) if shop else None,
        may_begin=bool(g.roles & access.SHOP),
    )


@bp.post("/v/<village>/stock-takes/begin")
@access.allow(*access.SHOP)
def begin_stock_take(village: str) -> Response:
    """Begin a stock-take, or go on with the one that goes on."""
    with transaction():
        take = verbs.begin_stock_take(own_shop(), current_user)
    return redirect(url_for("stock.count", village=village, ident=take.id))


# --- One of them ---


@bp.get("/v/<village>/stock-takes/<int:ident>")
@access.allow(*READERS)
def stock_take(village: str, ident: int) -> Answer:
    """What a stock-take found; while it goes on only a manager sees that, and a volunteer counts."""
    take = _stock_take_or_404(ident)
    if take.is_open and Role.MANAGER not in g.roles and Role.VOLUNTEER in g.roles:
        return redirect(url_for("stock.count", village=village, ident=ident))
    return _result_page(take, ButtonForm(formdata=None))


def _result_page(take: StockTake, form: ButtonForm) -> tuple[str, int]:
    rows = verbs.count_sheet(take)
    counted = [row for row in rows if row.count]
    page = render_template(
        "shop/stock/stock_take.html",
        take=take,
        form=form,
        counted=counted,
        uncounted=[row.goods for row in rows if not row.count],
        differing=[row for row in counted if row.difference],
        over=sum(max(0, row.difference) * row.price for row in counted),
        missing=sum(max(0, -row.difference) * row.price for row in counted),
        seen=not take.is_open or Role.MANAGER in g.roles,
        may_book=take.is_open and Role.MANAGER in g.roles,
        may_take_out=bool(g.roles.intersection(TAKING_OUT)) and not take.is_open,
    )
    return page, form.status


@bp.post("/v/<village>/stock-takes/<int:ident>/book")
@access.allow(Role.MANAGER)
def book_stock_take(village: str, ident: int) -> Answer:
    """Book the differences."""
    form = ButtonForm()
    with attempt(form):
        verbs.book(_stock_take_or_404(ident, to_write=True), current_user)
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
        take = _stock_take_or_404(ident)
        if not take.is_open:
            return redirect(url_for("stock.stock_take", village=village, ident=ident))
        return _count_page(take, form, {})
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
        take = _stock_take_or_404(ident, to_write=True)
        article = fetch(Goods, goods_id, shop_id=take.shop_id)
        if article is None:
            raise Refused("unknown_goods", _("This is not of this shop."))
        verbs.record_count(key, take, article, counted.units, current_user, *counted.moments(clock.now()))


def _saved_text(number: int) -> str:
    return str(gettext("Saved: %(number)s kinds of goods.", number=number))


def _count_page(take: StockTake, form: CountForm, refused: dict[int, Any], saved: int = 0) -> tuple[str, int]:
    rows = verbs.count_sheet(take)
    page = render_template(
        "shop/stock/count.html",
        take=take,
        form=form,
        rows=rows,
        refused=refused,
        saved=_saved_text(saved) if saved else "",
        counted=sum(1 for row in rows if row.count),
        now=clock.now(),
        local=clock.local,
    )
    return page, 422 if refused else form.status


# --- On paper and as a file ---


@bp.get("/v/<village>/stock-takes/<int:ident>/result.xlsx")
@access.allow(*TAKING_OUT)
def stock_take_file(village: str, ident: int) -> Response:
    """What a stock-take found, for Excel."""
    take = _stock_take_or_404(ident)
    if take.is_open:
        abort(404)
    rows = [_line(row) for row in verbs.count_sheet(take) if row.count]
    day = clock.local(take.begun_at).date()
    title = gettext("Stock-take of %(day)s", day=day.isoformat())
    columns = [Column(str(name)) for name, _value in COLUMNS]
    return web.download(write_xlsx(columns, rows, title=title), f"stock-take-{day:%Y%m%d}.xlsx")


COLUMNS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (_("Goods"), lambda row: row.goods.title),
    (_("Unit"), lambda row: row.goods.unit),
    (_("Counted"), lambda row: row.count.units),
    (_("Books"), lambda row: row.count.expected),
    (_("Difference"), lambda row: row.difference),
    (_("In points"), lambda row: row.difference * row.price / 10),
    (_("Counted by"), lambda row: row.count.counter.name),
    (_("Time"), lambda row: clock.local(row.count.at)),
)


def _line(row: verbs.CountRow) -> dict[str, Any]:
    """What a counted article says in each column."""
    return {str(name): value(row) for name, value in COLUMNS}
