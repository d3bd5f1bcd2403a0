"""Consignments: goods on their way to another shop or from it."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import db
from ground.forms import ButtonForm, attempt
from people import access
from people.models import Role
from people.views.listing import excel, render
from people.views.shown import shown_text
from shop import labels
from shop.forms.stock import SendForm
from shop.models import Consignment, Shop
from shop.paper.consignment import ConsignmentItem, ConsignmentNote, consignment_pdf
from shop.shelf import shops
from shop.stock import consignments as verbs
from shop.views import READERS
from shop.views.stock import bp, lists
from shop.views.stock.stock import own_lot, own_shop

Answer = Response | tuple[str, int]


def _consignment_or_404(ident: int) -> Consignment:
    """A consignment that the village's shop sent or was sent, or 404."""
    return verbs.find_consignment(own_shop(), ident) or abort(404)


@bp.get("/v/<village>/consignments")
@access.allow(*READERS)
@excel(lists.CONSIGNMENTS, lists.CONSIGNMENTS_UNDER_WAY)
def consignments(village: str) -> tuple[str, int]:
    """What is on its way to the shop and from it, and what was."""
    return _page()


def _page(refused: tuple[int, ButtonForm] | None = None) -> tuple[str, int]:
    """The list of consignments; a refusal stands beside the one it is about."""
    shop = shops.of_village(g.area)
    page = render(
        "shop/stock/consignments.html",
        shop=shop,
        open_consignments=verbs.open_consignments(shop) if shop else [],
        page=web.page_of(verbs.answered_consignments(shop)) if shop else None,
        refused=refused,
        may_change=Role.MANAGER in g.roles,
        today=clock.today(),
    )
    return page, refused[1].status if refused else 200


@bp.route("/v/<village>/goods/lots/<int:ident>/send", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def send_lot(village: str, ident: int) -> Answer:
    """Send units of a lot to another shop of the county."""
    form, others = SendForm(), verbs.other_shops(own_shop())
    form.offer_shops(others)
    if form.validate_on_submit():
        with attempt(form):
            lot, to_shop = own_lot(ident, to_write=True), db.session.get_one(Shop, form.to_shop.data)
            verbs.send(form.key.data, lot, to_shop, form.quantity.data, form.note.data, current_user)
        if form.status == 200:
            flash(gettext("On its way to %(shop)s. Print the note and let it go along.", shop=to_shop.name))
            return redirect(url_for("stock.consignments", village=village))
    page = render_template(
        "shop/stock/send.html",
        form=form,
        lot=own_lot(ident),
        other_shops=others,
        labels=labels,
        today=clock.today(),
    )
    return page, form.status


@bp.post("/v/<village>/consignments/<int:ident>/accept")
@access.allow(Role.MANAGER)
def accept_consignment(village: str, ident: int) -> Answer:
    """Take in what another shop sent."""
    form = ButtonForm()
    with attempt(form):
        consignment = _consignment_or_404(ident)
        if consignment.to_shop_id != own_shop().id:
            abort(404)
        lot = verbs.accept(consignment, current_user)
    if form.status != 200:
        return _page((ident, form))
    flash(gettext("%(name)s came in. It is on the shelf now.", name=lot.goods.title))
    return redirect(url_for("stock.goods_stock", village=village, ident=lot.goods_id))


@bp.post("/v/<village>/consignments/<int:ident>/send-back")
@access.allow(Role.MANAGER)
def send_back(village: str, ident: int) -> Answer:
    """Send back what another shop sent, or call off what one's own did; it goes back to its lot."""
    form = ButtonForm()
    with attempt(form):
        verbs.send_back(_consignment_or_404(ident), current_user)
    if form.status != 200:
        return _page((ident, form))
    flash(gettext("Sent back. It counts again where it came from."))
    return redirect(url_for("stock.consignments", village=village))


@bp.get("/v/<village>/consignments/<int:ident>/note.pdf")
@access.allow(*READERS)
def consignment_note(village: str, ident: int) -> Response:
    """The note that travels with the goods."""
    consignment = _consignment_or_404(ident)
    sent = verbs.move_out(consignment)
    item = ConsignmentItem(
        sent.name or "", sent.spec or "", sent.unit or "", consignment.quantity, consignment.lot.best_before
    )
    note = ConsignmentNote(
        from_shop=consignment.lot.goods.shop.name,
        to_shop=consignment.to_shop.name,
        number=consignment.number,
        sent_at=consignment.sent_at,
        sent_by=consignment.sent_by.name,
        items=[item],
        note=shown_text(consignment.note),
    )
    return web.pdf(consignment_pdf(note), f"consignment-{consignment.number}.pdf")
