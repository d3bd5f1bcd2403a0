"""The desk: finding a card by scanner, number, camera or photo; codes for the scanner gun."""

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import transaction
from ground.refusal import Refused
from people import access, cards, scan
from people.forms.cards import PhotoForm, ScanForm
from people.models import Card, CardState, Role
from shop import labels
from shop.paper.commands import Command, CommandSheet, commands_pdf
from shop.shelf import codes, shops
from shop.views.desk import bp

SERVING = (Role.VOLUNTEER, Role.MANAGER)


@bp.get("/v/<village>/desk")
@access.allow(*SERVING)
def desk(village: str) -> tuple[str, int]:
    """The page of the desk, which waits for a card."""
    return _desk_page(ScanForm(formdata=None), PhotoForm(formdata=None))


def _desk_page(form: ScanForm, photo: PhotoForm) -> tuple[str, int]:
    today = clock.today()
    shop = shops.of_village(g.area)
    page = render_template(
        "shop/desk/desk.html",
        scan=form,
        photo=photo,
        shop=shop,
        today=today,
        quarter=Quarter.of(today),
        opening_text=labels.opening_text(shop) if shop and not shops.is_open(shop) else None,
    )
    return page, max(form.status, photo.status)


@bp.post("/v/<village>/desk")
@access.allow(*SERVING)
def desk_scan(village: str) -> Response | tuple[str, int]:
    """Find the card that was scanned or typed."""
    form = ScanForm()
    if form.validate_on_submit():
        try:
            return redirect(_card_url(_read_card(form.scan.data)))
        except Refused as refusal:
            form.refuse(refusal)
    return _desk_page(form, PhotoForm(formdata=None))


@bp.post("/v/<village>/desk/photo")
@access.allow(*SERVING)
def desk_photo(village: str) -> Response | tuple[str, int]:
    """Find the card on a photo."""
    form = PhotoForm()
    if form.validate_on_submit():
        try:
            return redirect(_card_url(_read_card(scan.read(form.photo.data.read()), "photo")))
        except Refused as refusal:
            form.refuse(refusal)
    return _desk_page(ScanForm(formdata=None), form)


@bp.post("/v/<village>/desk/read")
@access.allow(*SERVING)
def desk_read(village: str) -> dict[str, str] | web.Problem:
    """Read a frame of the live camera: the body, or a file `photo`.

    The answer is a card's page as `url`, or the `code` of an article; a refusal answers as `web.problem`
    says.
    """
    photo_file = request.files.get("photo")
    try:
        text = scan.read(photo_file.read() if photo_file else request.get_data(), scan.CARD_AND_GOODS_FORMATS)
        code = codes.article_code(text)
        return {"code": code} if code else {"url": _card_url(_read_card(text, "photo"))}
    except Refused as refusal:
        return web.problem(refusal)


def _read_card(text: str, field: str = "scan") -> Card:
    """The card that was scanned, typed or pictured; that a lost one turned up is written down.

    Refused as `cards.find`, and `article_first` for the code of an article.
    """
    if codes.article_code(text):
        raise Refused("article_first", _("These are goods. Scan the card first."), field)
    try:
        card = cards.find(text, g.area)
    except Refused as refusal:
        raise refusal.with_field(field) from refusal
    if card.state == CardState.LOST:
        with transaction():
            cards.note_turned_up(card, current_user)
    return card


def _card_url(card: Card) -> str:
    """The card's page, by its number: the secret is not left in the browser's history."""
    return url_for("desk.desk_card", village=g.area.code, number=card.number)


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
