"""A card at the desk: its page, the basket that is redeemed on it, and the step back right afterwards."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import transaction
from ground.forms import attempt
from ground.refusal import Refused
from people import access, cards
from people.models import Card
from shop.desk import redemptions, shelf, voids
from shop.forms.desk import BasketForm
from shop.purchases import wishes
from shop.shelf import shops
from shop.views.desk import SERVING, bp, unseen
from shop.views.desk.page import desk_page, done_answer
from shop.views.desk.redemptions import redemption_or_404

Answer = Response | dict[str, Any] | web.Problem | tuple[str, int]


@bp.get("/v/<village>/desk/<string(length=9):number>")
@access.allow(*SERVING)
def desk_card(village: str, number: str) -> Response | tuple[str, int]:
    """The page of a card at the desk.

    A basket that was booked without its outcome being seen leads to its receipt.
    """
    card = _card_or_404(number)
    form = BasketForm(formdata=None)
    unseen_key = unseen.key_for(card)
    booked = redemptions.by_key(unseen_key) if unseen_key else None
    if booked and booked.day == clock.today():
        return redirect(_done_url(booked.id))
    form.key.data = "" if booked else unseen_key
    return desk_page(card=card, basket=form)


@bp.post("/v/<village>/desk/<string(length=9):number>")
@access.allow(*SERVING)
def redeem(village: str, number: str) -> Answer:
    """Redeem a basket on a card.

    The page's script asks for JSON: what was handed out, or the refusal.
    """
    card = _card_or_404(number)
    form, ident = BasketForm(), None
    if form.validate():
        unseen.sent(card, form.key.data)
        with attempt(form):
            ident = redemptions.redeem(
                form.key.data,
                shops.of_village(g.area) or abort(404),
                card,
                form.basket.data,
                current_user,
                form.collector,
                expected_total=form.expected_total,
            ).id
    if ident is not None and form.refused is None:
        if not web.asked_by_script():
            return redirect(_done_url(ident))
        redemption = redemptions.with_receipt(ident)
        return done_answer(redemption, is_new=unseen.note_receipt_shown(redemption))
    refusal = form.problem()
    if shop := shops.of_village(g.area):
        wishes.note_refused(refusal, form.key.data, shop.id, form.basket.data, current_user)
    if refusal.code != "unknown_outcome":
        unseen.refused(card)
    if web.asked_by_script():
        return web.problem(refusal, field=refusal.field)
    return desk_page(card=card, basket=form)


@bp.post("/v/<village>/desk/undo/<int:ident>")
@access.allow(*SERVING)
def undo(village: str, ident: int) -> Answer:
    """Take back the last redemption that one made oneself, within two minutes."""
    redemption = redemption_or_404(ident)
    try:
        with transaction():
            voids.undo(redemption, current_user)
    except Refused as refusal:
        if web.asked_by_script():
            return web.problem(refusal)
        flash(str(refusal.message), "warning")
    else:
        if web.asked_by_script():
            return done_answer(redemptions.with_receipt(ident), is_new=False)
        flash(gettext("Taken back. The points and the goods are back."))
    return redirect(_done_url(ident))


@bp.get("/v/<village>/desk/shelf")
@access.allow(*SERVING)
def desk_shelf(village: str) -> str:
    """The tiles of the shelf, for a page that is open while articles or prices change."""
    shop = shops.of_village(g.area) or abort(404)
    return render_template(
        "shop/desk/shelf.html", offers=shelf.offers(shop), limits_left={}, form=BasketForm(formdata=None)
    )


def _card_or_404(number: str) -> Card:
    return cards.by_number(number, g.area) or abort(404)


def _done_url(ident: int) -> str:
    return url_for("desk.desk", village=g.area.code, done=ident)
