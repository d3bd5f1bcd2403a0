"""Deliveries: written down row by row, listed, looked at, printed, and undone as a whole."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import fetch
from ground.forms import DaysForm, ReasonForm
from ground.refusal import Refused
from people import access
from people.models import Role
from people.views.listing import excel, render
from people.views.proposing import attempt_or_propose, to_proposal, waiting_about
from shop import labels
from shop.forms.deliveries import DeliveryForm
from shop.models import Delivery, PurchaseRequest, Shop
from shop.purchases import requests
from shop.shelf import shops
from shop.shelf.finding import GoodsFinder
from shop.stock import deliveries as verbs
from shop.stock import moves
from shop.stock.deliveries import DeliveryLine, LinesRefused
from shop.views import READERS
from shop.views.stock import bp, lists
from shop.views.stock.stock import own_shop

Answer = Response | tuple[str, int]


def _delivery_or_404(ident: int) -> Delivery:
    return fetch(Delivery, ident, shop_id=own_shop().id) or abort(404)


@bp.get("/v/<village>/deliveries")
@access.allow(*READERS)
@excel(lists.DELIVERIES)
def deliveries(village: str) -> tuple[str, int]:
    """What came into the shop, delivery by delivery, the latest first; received from a day to a day."""
    shop, period = shops.of_village(g.area), DaysForm(request.args)
    period.validate()
    query = verbs.deliveries_of(shop, period.since.data, period.until.data) if shop else None
    page = web.page_of(query) if query is not None else None
    html = render(
        "shop/deliveries/deliveries.html",
        shop=shop,
        page=page,
        period=period,
        lines=verbs.lines_of_each(page.items) if page else {},
        proposals=waiting_about(shop) if shop else (),
        may_change=Role.MANAGER in g.roles,
        labels=labels,
    )
    return html, period.status


@bp.route("/v/<village>/deliveries/new", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def new_delivery(village: str) -> Answer:
    """Take in what came together; the rows can be scanned. `?request=`: the purchase request it came for."""
    purchase = _purchase_asked()
    form = _expected(purchase) if purchase and request.method == "GET" else DeliveryForm()
    if form.is_submitted() and not form.wants_more:
        if not form.validate():
            form.mark(_read_rows(form, own_shop())[1])
            return _new_page(form)
        with attempt_or_propose(form) as proposed:
            shop = own_shop()
            lines, refusals = _read_rows(form, shop)
            if refusals:
                raise LinesRefused(refusals)
            delivery = verbs.take_in(form.key.data, shop, form.origin, lines, current_user)
            if purchase:
                requests.link(purchase, delivery, current_user)
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(
                gettext("Delivery %(number)s came in. Print it and let it be signed.", number=delivery.number)
            )
            return redirect(url_for("stock.delivery", village=village, ident=delivery.id))
    return _new_page(form)


def _purchase_asked() -> PurchaseRequest | None:
    """The approved purchase request that a delivery came for, if one is named."""
    ident = web.number_asked("request")
    purchase = requests.find_request(own_shop(), ident) if ident else None
    return purchase if purchase and purchase.approval else None


def _expected(purchase: PurchaseRequest) -> DeliveryForm:
    """The form with what was asked for, as the shop calls it today; without what it does not have yet."""
    finder = GoodsFinder(purchase.shop)
    rows = [
        {
            "article": goods.title,
            "quantity": line.quantity,
            "unit_cost": "" if line.unit_cost is None else labels.yuan(line.unit_cost),
        }
        for line in purchase.lines
        if (goods := line.goods or finder.named(line.name))
    ]
    return DeliveryForm(formdata=None, lines=rows)


def _new_page(form: DeliveryForm) -> tuple[str, int]:
    form.add_rows()
    shop = own_shop()
    page = render_template(
        "shop/deliveries/new_delivery.html",
        form=form,
        articles=GoodsFinder(shop).offered,
        suppliers=verbs.suppliers(shop),
        proposals=waiting_about(shop),
    )
    return page, form.status


def _read_rows(form: DeliveryForm, shop: Shop) -> tuple[list[DeliveryLine], dict[int, Refused]]:
    """The lines that were typed, and why rows are none or are not taken in, by their places."""
    finder, lines, refusals = GoodsFinder(shop), dict[int, DeliveryLine](), dict[int, Refused]()
    for place, row in enumerate(form.rows):
        if row.errors:
            continue
        try:
            goods = finder.find(row.article.data)
        except Refused as refusal:
            refusals[place] = refusal
        else:
            lines[place] = DeliveryLine(goods, row.quantity.data, row.best_before.data, row.unit_cost.fen)
    return list(lines.values()), refusals | verbs.refusals_of(shop, lines)


@bp.get("/v/<village>/deliveries/<int:ident>")
@access.allow(*READERS)
@excel(lists.DELIVERY_LINES, subject_key="delivery")
def delivery(village: str, ident: int) -> str:
    """A delivery with its lines, what is left of each, and the way to its paper."""
    delivery = _delivery_or_404(ident)
    lines = verbs.lines_of(delivery)
    left = [line for line in lines if not line.is_undone]
    may_change = Role.MANAGER in g.roles
    return render(
        "shop/deliveries/delivery.html",
        delivery=delivery,
        lines=lines,
        total=verbs.cost_of(lines),
        proposals=waiting_about(delivery),
        is_undone=not left,
        may_undo=may_change and bool(left) and all(line.is_whole for line in left),
        may_change=may_change,
        labels=labels,
    )


@bp.route("/v/<village>/deliveries/<int:ident>/undo", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def undo_delivery(village: str, ident: int) -> Answer:
    """Undo a whole delivery that was written down by mistake; all lines stay to be seen."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            moves.reverse_delivery(_delivery_or_404(ident), form.reason.data, current_user)
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(gettext("Undone. The delivery stays in the list, with what was undone."))
            return redirect(url_for("stock.delivery", village=village, ident=ident))
    delivery = _delivery_or_404(ident)
    page = render_template(
        "shop/deliveries/undo_delivery.html",
        form=form,
        delivery=delivery,
        lines=[line for line in verbs.lines_of(delivery) if not line.is_undone],
        proposals=waiting_about(delivery),
        labels=labels,
    )
    return page, form.status
