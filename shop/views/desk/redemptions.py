"""Redemptions: the list, one of them, its receipt on paper, and its void."""

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch, transaction
from ground.forms import ReasonForm, attempt
from people import access, audit
from people.models import Card, Role
from people.views.listing import excel, render
from people.views.shown import shown_text
from points import expiry
from shop.desk import redemptions as verbs
from shop.desk import voids
from shop.models import Redemption
from shop.paper.receipt import PAPERS, Receipt, ReceiptLine, ReceiptProxy, receipt_pdf
from shop.shelf import shops
from shop.views import READERS
from shop.views.desk import bp, lists


@bp.get("/v/<village>/redemptions")
@access.allow(*READERS)
@excel(lists.REDEMPTIONS)
def redemptions(village: str) -> str:
    """What was handed out, the latest first."""
    shop = shops.of_village(g.area)
    loaded = (
        joinedload(Redemption.card).joinedload(Card.person),
        joinedload(Redemption.void),
        selectinload(Redemption.lines),
    )
    return render(
        "shop/desk/redemptions.html",
        page=web.page_of(verbs.redemptions_of(shop).options(*loaded)) if shop else None,
    )


@bp.get("/v/<village>/redemptions/<int:ident>")
@access.allow(*READERS)
@excel(lists.RECEIPT)
def redemption(village: str, ident: int) -> tuple[str, int]:
    """One redemption."""
    return _page(_redemption_or_404(ident), ReasonForm(formdata=None))


@bp.post("/v/<village>/redemptions/<int:ident>/void")
@access.allow(Role.MANAGER)
def void_redemption(village: str, ident: int) -> Response | tuple[str, int]:
    """Undo a redemption with a reason: points and goods go back to where they came from."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            redemption = _redemption_or_404(ident)  # the account is locked, not this
            voids.void(redemption, form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Voided. The points and the goods are back."))
            return redirect(url_for("desk.redemption", village=village, ident=ident))
    return _page(_redemption_or_404(ident), form)


@bp.get("/v/<village>/redemptions/<int:ident>/receipt.pdf")
@access.allow(*READERS)
def receipt(village: str, ident: int) -> Response:
    """The receipt on `?paper=` 58, 80, A4 or A4x2.

    A while after the redemption, or with `?reprint=1`, it says that it is a reprint, and that is written into
    the audit trail.
    """
    redemption = _redemption_or_404(ident)
    paper = request.args.get("paper", "58")
    if paper not in PAPERS:
        abort(404)
    reprint = "reprint" in request.args or not verbs.is_fresh(redemption)
    if reprint:
        with transaction():
            audit.note(current_user, "receipt.reprint", redemption, g.area, number=redemption.number)
    return web.pdf(receipt_pdf(_receipt(redemption, reprint), paper), f"receipt-{redemption.number}.pdf")


def _redemption_or_404(ident: int) -> Redemption:
    """A redemption of this village's shop, or 404."""
    shop = shops.of_village(g.area) or abort(404)
    redemption: Redemption = fetch(Redemption, ident, shop_id=shop.id) or abort(404)
    return redemption


def _page(redemption: Redemption, form: ReasonForm) -> tuple[str, int]:
    page = render(
        "shop/desk/redemption.html",
        redemption=redemption,
        may_void=Role.MANAGER in g.roles and redemption.void is None,
        is_over=voids.is_over(redemption),
        today=clock.today(),
        form=form,
        papers=PAPERS,
    )
    return page, form.status


def _receipt(redemption: Redemption, reprint: bool) -> Receipt:
    person = redemption.card.person
    after, proxy = redemption.transfer.balance_after, redemption.proxy
    return Receipt(
        shop=redemption.shop.name,
        village=person.area.name,
        number=redemption.number,
        at=redemption.at,
        worker=person.masked,
        card_number=redemption.card.number,
        lines=[
            ReceiptLine(line.name, line.unit, line.quantity, line.price, line.amount, line.spec or "")
            for line in redemption.lines
        ],
        total=redemption.total,
        before=after + redemption.total,
        after=after,
        clerk=redemption.served_by,
        check_url=web.printed_url(url_for("desk.check", code=redemption.code)),
        void_reason=shown_text(redemption.void.reason) if redemption.void else None,
        reprint=reprint,
        proxy=ReceiptProxy(proxy.name, proxy.relation, proxy.signature) if proxy else None,
        lapses=None if reprint or redemption.void else expiry.warning(person),
    )
