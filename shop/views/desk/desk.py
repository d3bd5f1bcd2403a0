"""The desk: finding a card by scanner, number, camera or photo; codes for the scanner gun."""

from typing import Any

from flask import g, redirect, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import fetch, transaction
from ground.refusal import Refused
from people import access, cards
from people.forms.cards import PhotoForm, ScanForm
from people.models import Card, CardState
from people.scanning.pictures import read_picture
from people.scanning.reading import Kind, read_scan
from people.views.frames import codes_on_frame
from shop import labels
from shop.desk import redemptions
from shop.models import Redemption
from shop.paper.commands import Command, CommandSheet, commands_pdf
from shop.shelf import leases, shops
from shop.views.desk import SERVING, bp, unseen
from shop.views.desk.page import desk_page, holder_answer, receipt_answer


@bp.get("/v/<village>/desk")
@access.allow(*SERVING)
def desk(village: str) -> tuple[str, int]:
    """The page of the desk, which waits for a card; `?done=` shows a redemption that was just made."""
    shop, ident = shops.of_village(g.area), web.number_asked("done")
    done = fetch(Redemption, ident, shop_id=shop.id) if shop and ident else None
    return desk_page(done=done, is_new=done is not None and unseen.note_receipt_shown(done))


@bp.post("/v/<village>/desk")
@access.allow(*SERVING)
def desk_scan(village: str) -> Response | dict[str, Any] | web.Problem | tuple[str, int]:
    """Find what was scanned or typed: a card, or the receipt of a redemption.

    The page's script asks for JSON: whoever stands there, what the receipt is about, or the refusal.
    """
    form = ScanForm()
    if form.validate_on_submit():
        try:
            found = _find(form.scan.data)
            if not web.asked_by_script():
                return redirect(_url_of(found))
            return holder_answer(found) if isinstance(found, Card) else receipt_answer(found)
        except Refused as refusal:
            if web.asked_by_script():
                return web.problem(refusal)
            form.refuse(refusal)
    elif web.asked_by_script():
        return web.problem(form.problem())
    return desk_page(scan=form)


@bp.post("/v/<village>/desk/photo")
@access.allow(*SERVING)
def desk_photo(village: str) -> Response | tuple[str, int]:
    """Find the card on a photo."""
    form = PhotoForm()
    if form.validate_on_submit():
        try:
            return redirect(_url_of(_read_card(read_picture(form.photo.data.read()), "photo")))
        except Refused as refusal:
            form.refuse(refusal)
    return desk_page(photo=form)


@bp.post("/v/<village>/desk/read")
@access.allow(*SERVING)
def desk_read(village: str) -> dict[str, list[str]] | web.Problem:
    """What the codes on a frame of the live camera say, for the page's script."""
    return codes_on_frame()


def _find(text: str) -> Card | Redemption:
    """The card that was scanned, or the redemption of a receipt.

    Refused as `cards.find`, `nothing_to_redeem` for a command or a quantity, `unknown_receipt`, `not_in_yet`.
    """
    scan = read_scan(text)
    if scan.kind in (Kind.COMMAND, Kind.QUANTITY):
        raise Refused(
            "nothing_to_redeem", _("There is nothing to redeem. Scan a card, then the goods."), "scan"
        )
    if scan.kind != Kind.RECEIPT:
        return _read_card(text)
    redemption = redemptions.by_code(scan.value)
    promise = leases.promise_of(scan.value) if redemption is None else None
    if promise is not None:
        raise Refused("not_in_yet", labels.PROMISES[promise], "scan")
    if redemption is None or redemption.shop != shops.of_village(g.area):
        raise Refused("unknown_receipt", _("This shop has no such receipt. It may be forged."), "scan")
    return redemption


def _read_card(text: str, field: str = "scan") -> Card:
    """The card that was scanned, typed or pictured; that a lost one turned up is written down.

    Refused as `cards.find`.
    """
    try:
        card = cards.find(text, g.area)
    except Refused as refusal:
        raise refusal.with_field(field) from refusal
    if card.state == CardState.LOST:
        with transaction():
            cards.note_turned_up(card, current_user)
    return card


def _url_of(found: Card | Redemption) -> str:
    """The page of what was found; a card's by its number: the secret is not left in the browser's history."""
    if isinstance(found, Card):
        return url_for("desk.desk_card", village=g.area.code, number=found.number)
    return url_for("desk.redemption", village=g.area.code, ident=found.id)


@bp.get("/v/<village>/desk/codes.pdf")
@access.allow(*SERVING)
def desk_codes(village: str) -> Response:
    """The sheet of codes for the desk, with which a scanner gun redeems or empties the basket."""
    sheet = CommandSheet(
        shop=g.area.name,
        steps=[gettext("Scan the card."), gettext("Scan the goods."), gettext("Scan the code on the left.")],
        commands=[
            Command("AIXIN-OK", gettext("Redeem"), gettext("instead of pressing the button")),
            Command("AIXIN-CANCEL", gettext("Empty the basket"), gettext("to begin again")),
        ],
    )
    return web.pdf(commands_pdf(sheet), "desk-codes.pdf")
