"""The desk: a card is found by scanner, number, camera or photo; goods are handed out against it."""

from collections import Counter
from collections.abc import Sequence

from flask import abort, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access, cards, clock, pages, scan
from people.clock import Quarter
from people.forms import attempt
from people.forms.cards import PhotoForm, ScanForm
from people.models import Card, Role
from people.refused import Refused
from people.roster import departures, holders
from points import ledger
from shop.desk import limits, redemptions
from shop.desk.holders import check_holder
from shop.forms.desk import BasketForm
from shop.models import Redemption, Shop
from shop.shelf import goods, shops
from shop.views import bp

SERVING = (Role.VOLUNTEER, Role.MANAGER)


@bp.get("/v/<village>/desk")
@access.allow(*SERVING)
def desk(village: str) -> tuple[str, int]:
    """The field that waits for a card."""
    return _desk(ScanForm(formdata=None), PhotoForm(formdata=None))


def _desk(form: ScanForm, photo: PhotoForm) -> tuple[str, int]:
    page = render_template("shop/desk.html", scan=form, photo=photo, quarter=Quarter.of(clock.today()))
    return page, max(form.status, photo.status)


@bp.post("/v/<village>/desk")
@access.allow(*SERVING)
def desk_scan(village: str) -> Response | tuple[str, int]:
    """Find the card that was scanned or typed."""
    form = ScanForm()
    if form.validate_on_submit():
        try:
            return redirect(_address(cards.find(form.scan.data, g.area)))
        except Refused as refusal:
            form.refuse(refusal)
    return _desk(form, PhotoForm(formdata=None))


@bp.post("/v/<village>/desk/photo")
@access.allow(*SERVING)
def desk_photo(village: str) -> Response | tuple[str, int]:
    """Find the card on a photo."""
    form = PhotoForm()
    if form.validate_on_submit():
        try:
            return redirect(_address(_pictured(form.photo.data.read())))
        except Refused as refusal:
            form.refuse(refusal)
    return _desk(ScanForm(formdata=None), form)


@bp.post("/v/<village>/desk/read")
@access.allow(*SERVING)
def desk_read(village: str) -> dict[str, str] | pages.Problem:
    """Find the card on a frame of the live camera (the body, or a file `photo`) and answer with its page.

    A refusal answers as `pages.problem` says.
    """
    sent = request.files.get("photo")
    try:
        return {"url": _address(_pictured(sent.read() if sent else request.get_data()))}
    except Refused as refusal:
        return pages.problem(refusal)


def _pictured(image: bytes) -> Card:
    """The card on a picture; Refused as for reading and for finding, next to the photo."""
    text = scan.read(image)
    try:
        return cards.find(text, g.area)
    except Refused as refusal:
        raise refusal.beside("photo") from refusal


def _address(card: Card) -> str:
    """The card's page, by its number: the secret is not left in the browser's history."""
    return url_for("shop.desk_card", village=g.area.code, number=card.number)


@bp.route("/v/<village>/desk/<number>", methods=["GET", "POST"])
@access.allow(*SERVING)
def desk_card(village: str, number: str) -> Response | tuple[str, int]:
    """Who stands at the desk, and the goods for them; sent, the basket is redeemed."""
    card = cards.numbered(number, g.area) or abort(404)
    form = BasketForm()
    if form.validate_on_submit():
        shop = shops.of_village(g.area) or abort(404)
        with attempt(form):
            redemption = redemptions.redeem(form.key.data, shop, card, form.basket.data, current_user)
        if form.status == 200:
            return redirect(url_for("shop.redemption", village=village, ident=redemption.id, done=1))
    return _card_page(card, form), form.status


def _card_page(card: Card, form: BasketForm) -> str:
    today = clock.today()
    quarter = Quarter.of(today)
    shop = shops.of_village(g.area)
    shelves = goods.offers(shop) if shop else []
    prices = {shelf.goods.id: shelf.price for shelf in shelves}
    taken = redemptions.of_person(card.person, quarter.first_day)
    return render_template(
        "shop/card.html",
        scan=ScanForm(formdata=None),
        form=form,
        card=card,
        term=holders.serves_on(card.person_id, today),
        kept_until=departures.kept_until(card.person),
        stopped=_stopped(card, shop),
        balance=ledger.balance_of(card.person),
        total=sum(prices.get(goods_id, 0) * units for goods_id, units in form.basket.data.items()),
        shelves=shelves,
        limits=limits.of_person(card.person, [shelf.goods for shelf in shelves]),
        most=goods.MOST_UNITS,
        taken=taken,
        together=_together(taken),
        quarter=quarter,
        today=today,
    )


def _stopped(card: Card, shop: Shop | None) -> Refused | None:
    """Why nothing is handed out against this card now, or None."""
    try:
        check_holder(card, current_user)
        if shop is not None:
            shops.check_open(shop)
    except Refused as refusal:
        return refusal
    return None


def _together(taken: Sequence[Redemption]) -> list[tuple[str, int, str]]:
    """Name, units and unit of all that was taken and not voided."""
    units: Counter[tuple[str, str]] = Counter()
    for redemption in taken:
        if redemption.void is None:
            for line in redemption.lines:
                units[line.name, line.unit] += line.quantity
    return [(name, count, unit) for (name, unit), count in units.items()]
