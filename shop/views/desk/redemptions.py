"""Redemptions: the list, one of them, and its void."""

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch
from ground.forms import ReasonForm, attempt
from people import access
from people.models import Card, Role
from people.views.listing import excel, render
from shop import labels, trace
from shop.desk import redemptions as verbs
from shop.desk import voids
from shop.models import Redemption
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
    return _page(redemption_or_404(ident), ReasonForm(formdata=None))


@bp.post("/v/<village>/redemptions/<int:ident>/void")
@access.allow(Role.MANAGER)
def void_redemption(village: str, ident: int) -> Response | tuple[str, int]:
    """Undo a redemption with a reason: points and goods go back to where they came from."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            redemption = redemption_or_404(ident)  # the account is locked, not this
            voids.void(redemption, form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Voided. The points and the goods are back."))
            return redirect(url_for("desk.redemption", village=village, ident=ident))
    return _page(redemption_or_404(ident), form)


def redemption_or_404(ident: int) -> Redemption:
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
        lots=trace.lots_of(redemption),
        may_trace=bool(g.roles & access.ONLOOKERS),
        today=clock.today(),
        form=form,
        papers=labels.PAPERS,
    )
    return page, form.status
