"""Purchase requests: asked for, printed, approved by a second person, and met by deliveries."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import names, web
from ground.db import fetch
from ground.forms import ButtonForm, attempt
from ground.paper import words
from people import access
from people.models import Role
from people.views.listing import excel, render
from people.views.proposing import attempt_or_propose, waiting_about
from people.views.shown import shown_name, shown_text
from points import amounts
from shop import labels
from shop.forms.purchases import LinkForm, PurchaseForm
from shop.models import Delivery, PurchaseRequest, Shop
from shop.paper.purchase import PurchaseItem, PurchaseSheet, purchase_pdf
from shop.purchases import requests as verbs
from shop.purchases import suggestions
from shop.purchases.requests import Wanted
from shop.shelf import shops
from shop.shelf.finding import GoodsFinder
from shop.views import MINDING
from shop.views.purchases import ASKING, bp, lists

Answer = Response | tuple[str, int]

MORE_ROWS = 3  # that stand ready below what is suggested


def _shop() -> Shop:
    return shops.of_village(g.area) or abort(404)


def _request_or_404(ident: int) -> PurchaseRequest:
    return verbs.find_request(_shop(), ident) or abort(404)


@bp.get("/v/<village>/purchases/requests")
@access.allow(*MINDING)
@excel(lists.REQUESTS)
def requests(village: str) -> str:
    """The purchase requests, the latest first, and how each stands."""
    shop = shops.of_village(g.area)
    return render(
        "shop/purchases/requests.html",
        page=web.page_of(verbs.requests_of(shop)) if shop else None,
        state=lists.state,
        may_ask=bool(shop and g.roles & ASKING),
    )


@bp.route("/v/<village>/purchases/new", methods=["GET", "POST"])
@access.allow(*ASKING)
def new_request(village: str) -> Answer:
    """Ask for a purchase: what is suggested stands there, and every number can be changed."""
    form, shop = PurchaseForm(), _shop()
    if not form.is_submitted():
        return _new_page(_suggested(), shop)
    if not form.wants_more and form.validate():
        with attempt(form):
            purchase = verbs.ask(form.key.data, shop, _wanted(form, shop), form.note.data or "", current_user)
            ident = purchase.id
        if form.status == 200:
            _propose(ident)
            return redirect(url_for("purchases.request", village=village, ident=ident))
    return _new_page(form, shop)


def _suggested() -> PurchaseForm:
    """The form with what is suggested, and some more rows."""
    plan = suggestions.plan_of(g.area)
    rows = [
        {
            "article": each.name,
            "quantity": each.quantity,
            "unit_cost": "" if each.unit_cost is None else labels.yuan(each.unit_cost),
        }
        for each in plan.suggestions
    ]
    form = PurchaseForm(formdata=None, lines=rows)
    form.add_rows(least=len(rows) + MORE_ROWS)
    return form


def _new_page(form: PurchaseForm, shop: Shop) -> tuple[str, int]:
    if form.is_submitted():
        form.add_rows(least=MORE_ROWS)
    page = render_template(
        "shop/purchases/new_request.html",
        form=form,
        articles=GoodsFinder(shop).offered,
        known=suggestions.known_of(shop),
        folded=names.folded,
        plan=suggestions.plan_of(g.area),
        under_way=verbs.under_way(shop),
        state=lists.state,
    )
    return page, form.status


def _wanted(form: PurchaseForm, shop: Shop) -> list[Wanted]:
    """What was typed: an article of the shop by its whole name, or else what it never had, as it is written.

    A part of a name is no article here: who asks for tea must not get tea cups.
    """
    finder = GoodsFinder(shop)
    return [
        Wanted(finder.named(row.article.data), row.article.data, row.quantity.data, row.unit_cost.fen)
        for row in form.rows
    ]


def _propose(ident: int) -> None:
    """Let a second person approve a request."""
    form = ButtonForm()
    with attempt_or_propose(form):
        verbs.approve(_request_or_404(ident), current_user)
    if form.status != 200:
        flash(str(form.refusal), "warning")


@bp.get("/v/<village>/purchases/requests/<int:ident>")
@access.allow(*MINDING)
@excel(lists.REQUEST_LINES, subject_key="purchase")
def request(village: str, ident: int) -> tuple[str, int]:
    """A purchase request with its lines, who approved it, and what came in for it."""
    return _page(ident, None)


def _page(ident: int, link: LinkForm | None) -> tuple[str, int]:
    purchase = _request_or_404(ident)
    form = link or _link_form(purchase, is_sent=False)
    waiting = waiting_about(purchase)
    page = render(
        "shop/purchases/request.html",
        purchase=purchase,
        form=form,
        proposals=waiting,
        may_propose=purchase.approval is None and not waiting and bool(g.roles & ASKING),
        may_link=purchase.approval is not None and Role.MANAGER in g.roles,
        state=lists.state(purchase),
    )
    return page, form.status


def _link_form(purchase: PurchaseRequest, *, is_sent: bool) -> LinkForm:
    form = LinkForm() if is_sent else LinkForm(formdata=None)
    form.delivery.choices = [
        (each.id, f"{each.number} {words.day(each.received_on)} {each.from_whom}".rstrip())
        for each in verbs.deliveries_to_link(purchase)
    ]
    return form


@bp.post("/v/<village>/purchases/requests/<int:ident>/propose")
@access.allow(*ASKING)
def propose_request(village: str, ident: int) -> Response:
    """Let a second person approve a request, once more if it was refused."""
    _propose(ident)
    return redirect(url_for("purchases.request", village=village, ident=ident))


@bp.post("/v/<village>/purchases/requests/<int:ident>/link")
@access.allow(Role.MANAGER)
def link_delivery(village: str, ident: int) -> Answer:
    """Say which delivery brought what was asked for."""
    form = _link_form(_request_or_404(ident), is_sent=True)
    if form.validate_on_submit():
        with attempt(form):
            delivery = fetch(Delivery, form.delivery.data, shop_id=_shop().id) or abort(404)
            verbs.link(_request_or_404(ident), delivery, current_user)
        if form.status == 200:
            flash(gettext("Noted. The delivery stands on the request."))
            return redirect(url_for("purchases.request", village=village, ident=ident))
    return _page(ident, form)


@bp.get("/v/<village>/purchases/requests/<int:ident>/sheet.pdf")
@access.allow(*MINDING)
def request_sheet(village: str, ident: int) -> Response:
    """The request on paper, for those who ask, check and approve to sign."""
    purchase = _request_or_404(ident)
    sheet = PurchaseSheet(
        village=purchase.shop.village.name,
        shop=purchase.shop.name,
        number=purchase.number,
        asked_at=purchase.at,
        asked_by=shown_name(purchase.asked_by) or "",
        note=shown_text(purchase.note) or "",
        approved=_decision(purchase),
        budget_left=purchase.budget_left,
        outstanding=amounts.show(purchase.outstanding),
        in_goods=amounts.show(purchase.in_goods),
        items=[
            PurchaseItem(
                shown_text(line.name) or "",
                line.unit,
                line.on_hand,
                line.handed_out,
                line.wished,
                line.quantity,
                line.unit_cost,
                line.cost,
            )
            for line in purchase.lines
        ],
        cost=purchase.cost,
    )
    return web.pdf(purchase_pdf(sheet), f"purchase-{purchase.number}.pdf")


def _decision(purchase: PurchaseRequest) -> str:
    """Who approved a request and when, or who refused it and why; empty as long as nobody did."""
    if approval := purchase.approval:
        name, at = shown_name(approval.actor), approval.at
        return gettext("%(name)s, %(moment)s", name=name, moment=words.moment(at))
    if (refusal := purchase.refusal) and refusal.decided_at:
        return gettext(
            "Refused by %(name)s, %(moment)s: %(reason)s",
            name=shown_name(refusal.decided_by),
            moment=words.moment(refusal.decided_at),
            reason=shown_text(refusal.decision),
        )
    return ""
