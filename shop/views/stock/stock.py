"""Pages of the stock: the watch list, an article's lots and moves, what comes in and leaves."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch
from ground.forms import ReasonForm
from people import access
from people.models import Role, User
from people.views.listing import excel, render
from people.views.proposing import attempt_or_propose, to_proposal, waiting_about
from shop import labels
from shop.forms.stock import OutForm, ReceiveForm
from shop.models import Goods, Lot, MoveKind, Shop, StockMove
from shop.shelf import shops
from shop.stock import donations, lots, moves
from shop.stock import watch as watching
from shop.views import READERS
from shop.views.stock import bp, lists

Answer = Response | tuple[str, int]


def own_shop() -> Shop:
    """The village's shop, or 404."""
    return shops.of_village(g.area) or abort(404)


def own_lot(ident: int, to_write: bool = False) -> Lot:
    """A lot of the village's shop, to look at or locked; otherwise 404."""
    shop, lot = own_shop(), fetch(Lot, ident, lock=to_write)
    if lot is None or lot.goods.shop_id != shop.id:
        abort(404)
    return lot


def _article_or_404(ident: int, to_write: bool = False) -> Goods:
    return fetch(Goods, ident, lock=to_write, shop_id=own_shop().id) or abort(404)


@bp.get("/v/<village>/stock")
@access.allow(*READERS)
@excel(lists.ENDING_LOTS, lists.LOW_GOODS)
def stock(village: str) -> str:
    """What runs low, what expires soon, and what has expired and still lies there."""
    shop = shops.of_village(g.area)
    return render(
        "shop/stock/stock.html",
        shop=shop,
        watch=watching.watch_list(shop) if shop else None,
        days_ahead=watching.EXPIRES_SOON.days,
        labels=labels,
        may_change=Role.MANAGER in g.roles,
        today=clock.today(),
    )


@bp.get("/v/<village>/goods/<int:ident>/stock")
@access.allow(*READERS)
@excel(lists.MOVES, lists.LOTS, subject_key="article")
def goods_stock(village: str, ident: int) -> str:
    """An article's lots and every move of them; `?came=` is the lot that was taken in just now."""
    article = _article_or_404(ident)
    page = web.page_of(lots.moves_of(article))
    article_lots = lots.of_goods(article)
    may_change = Role.MANAGER in g.roles
    today = clock.today()
    arrived_id = web.number_asked("came")
    return render(
        "shop/stock/goods_stock.html",
        article=article,
        page=page,
        usable_lots=[lot for lot in article_lots if lot.on_hand],
        empty_lots=[lot for lot in article_lots if not lot.on_hand],
        arrived_lot=next((lot for lot in article_lots if lot.id == arrived_id), None),
        on_hand=sum(lot.on_hand for lot in article_lots),
        expired=sum(lot.on_hand for lot in article_lots if lot.has_expired(today)),
        reversible_moves=moves.reversible_moves(page.items) if may_change else (),
        labels=labels,
        may_change=may_change,
        today=today,
    )


@bp.route("/v/<village>/goods/<int:ident>/receive", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def receive_goods(village: str, ident: int) -> Answer:
    """Take in a lot of an article."""
    form = ReceiveForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            lot = moves.receive(
                form.key.data,
                _article_or_404(ident, to_write=True),
                form.quantity.data,
                form.source.data,
                current_user,
                form.donor.data,
                form.best_before.data,
                form.unit_cost.fen,
            )
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(_moved_text(gettext("came in"), lot, form.quantity.data))
            return redirect(url_for("stock.goods_stock", village=village, ident=ident, came=lot.id))
    article = _article_or_404(ident)
    page = render_template(
        "shop/stock/receive.html",
        form=form,
        article=article,
        proposals=waiting_about(article.shop),
        donors=donations.donors(article.shop),
    )
    return page, form.status


@bp.route("/v/<village>/goods/lots/<int:ident>/write-off", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def write_off(village: str, ident: int) -> Answer:
    """Take what is spoilt, broken or expired off the shelf.

    `?look=1` says that the link was on the watch list.
    """
    return _leave_page(ident, moves.write_off, MoveKind.WRITE_OFF)


@bp.route("/v/<village>/goods/lots/<int:ident>/give-back", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def give_back(village: str, ident: int) -> Answer:
    """Return goods to whoever supplied them."""
    return _leave_page(ident, moves.give_back, MoveKind.RETURN)


def _leave_page(ident: int, verb: Callable[[str, Lot, int, str, User], StockMove], kind: MoveKind) -> Answer:
    """Let units of a lot leave by a verb, and go back to where the link was."""
    form = OutForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            lot = own_lot(ident)  # locked after its article
            verb(form.key.data, lot, form.quantity.data, form.reason.data, current_user)
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(_moved_text(labels.MOVE_KINDS[kind], lot, form.quantity.data))
            if "look" in request.args:
                return redirect(url_for("stock.stock", village=g.area.code))
            return redirect(url_for("stock.goods_stock", village=g.area.code, ident=lot.goods_id))
    lot = own_lot(ident)
    if not form.is_submitted() and kind == MoveKind.WRITE_OFF and lot.has_expired(clock.today()):
        form = OutForm(quantity=lot.on_hand, reason=gettext("Expired"))
    page = render_template(
        "shop/stock/lot_out.html",
        form=form,
        lot=lot,
        kind=kind,
        limit=shops.write_off_limit_of(lot.goods.shop),
        proposals=waiting_about(lot),
        labels=labels,
        today=clock.today(),
    )
    return page, form.status


def _moved_text(what: Any, lot: Lot, quantity: int) -> str:
    return gettext(
        "%(what)s: %(name)s, %(quantity)s %(unit)s.",
        what=what,
        name=lot.goods.title,
        quantity=quantity,
        unit=lot.goods.unit,
    )


@bp.route("/v/<village>/goods/moves/<int:ident>/undo", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def undo_move(village: str, ident: int) -> Answer:
    """Undo a delivery, write-off or return that was written down by mistake; both lines stay."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            move, lot = _move(ident, to_write=True)
            moves.reverse(move, form.reason.data, current_user)
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(gettext("Undone. Both lines stay in the journal."))
            return redirect(url_for("stock.goods_stock", village=village, ident=lot.goods_id))
    move, lot = _move(ident)
    return render_template(
        "shop/stock/undo_move.html",
        form=form,
        move=move,
        lot=lot,
        proposals=waiting_about(move),
        labels=labels,
    ), form.status


def _move(ident: int, to_write: bool = False) -> tuple[StockMove, Lot]:
    """A move of the village's shop with its lot, to look at or locked; otherwise 404."""
    move = fetch(StockMove, ident) or abort(404)
    return move, own_lot(move.lot_id, to_write)
