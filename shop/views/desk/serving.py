"""The page of a card at the desk: name and balance, the goods, and the one button."""

from collections import Counter
from collections.abc import Sequence

from flask import abort, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.forms import attempt
from ground.refusal import Refused, refusal_of
from people import access, cards
from people.forms.cards import ScanForm
from people.models import Card
from people.roster import departures, portraits
from points import expiry
from shop import labels
from shop.desk import limits, redemptions
from shop.desk.holders import AtDesk, at_desk, check_holder
from shop.forms.desk import BasketForm
from shop.models import Redemption, RedemptionLine, Shop
from shop.shelf import goods, shops
from shop.views.desk import bp, unseen
from shop.views.desk.desk import SERVING

MANY_GOODS = 12  # articles; from there on their categories help


@bp.route("/v/<village>/desk/<string(length=9):number>", methods=["GET", "POST"])
@access.allow(*SERVING)
def desk_card(village: str, number: str) -> Response | dict[str, str] | web.Problem | tuple[str, int]:
    """The page of a card at the desk; when it is sent, the basket is redeemed.

    The page's script asks for JSON: the receipt's page as `url`, or the refusal. A basket that was booked
    without its outcome being seen leads to its receipt.
    """
    card = cards.by_number(number, g.area) or abort(404)
    form = BasketForm()
    by_script = request.accept_mimetypes.best == "application/json"
    if not form.is_submitted():
        unseen_key = unseen.key_for(card)
        booked = redemptions.by_key(unseen_key) if unseen_key else None
        if booked and booked.day == clock.today():
            return redirect(_receipt_url(booked))
        form.key.data = unseen_key if unseen_key and not booked else redemptions.next_key(card)
    elif form.validate():
        shop = shops.of_village(g.area) or abort(404)
        unseen.sent(card, form.key.data)
        with attempt(form):
            redemption = redemptions.redeem(
                form.key.data, shop, card, form.basket.data, current_user, form.collector
            )
        if form.status == 200:
            receipt = _receipt_url(redemption)
            return {"url": receipt} if by_script else redirect(receipt)
        if form.refused is None or form.refused.code != "unknown_outcome":
            unseen.refused(card)
    if form.is_submitted() and by_script:
        refusal = form.problem()
        return web.problem(refusal, field=refusal.field)
    return _card_page(card, form), form.status


def _receipt_url(redemption: Redemption) -> str:
    return url_for("desk.redemption", village=g.area.code, ident=redemption.id, done=1)


def _card_page(card: Card, form: BasketForm) -> str:
    today = clock.today()
    quarter = Quarter.of(today)
    shop = shops.of_village(g.area)
    shelves = goods.offers(shop) if shop else []
    prices = {shelf.goods.id: shelf.price for shelf in shelves}
    categories = dict.fromkeys(shelf.goods.category for shelf in shelves if shelf.goods.category)
    holder = at_desk(card, current_user)
    quarter_redemptions = redemptions.of_person(holder.entry_ids, quarter.first_day)
    return render_template(
        "shop/desk/card.html",
        scan=ScanForm(formdata=None),
        form=form,
        shop=shop,
        card=card,
        portrait=portraits.portrait_of(card.person),
        grid=holder.grid,
        kept_until=None if holder.grid else departures.points_kept_until(card.person),
        card_refusal=_refusal_at_desk(holder, shop),
        balance=holder.balance,
        spoken=labels.spoken_balance(card.person.name, holder.balance),
        lapses=expiry.warning(card.person),
        total=sum(prices.get(goods_id, 0) * units for goods_id, units in form.basket.data.items()),
        shelves=shelves,
        categories=list(categories) if len(shelves) > MANY_GOODS else [],
        limits={limit.goods.id: limit for limit in limits.in_shop(holder.entry_ids, shop)} if shop else {},
        quarter_redemptions=quarter_redemptions,
        units_by_article=_units_by_article(quarter_redemptions),
        quarter=quarter,
        today=today,
    )


def _refusal_at_desk(holder: AtDesk, shop: Shop | None) -> Refused | None:
    """The refusal to hand anything out on this card now, or None."""
    refusal = refusal_of(check_holder, holder)
    return refusal or (refusal_of(shops.check_open, shop) if shop is not None else None)


def _units_by_article(quarter_redemptions: Sequence[Redemption]) -> list[tuple[str, int, str]]:
    """Name, units and unit of everything that was taken and not voided."""
    units: Counter[int] = Counter()
    taken: dict[int, RedemptionLine] = {}
    for redemption in quarter_redemptions:
        if redemption.void is None:
            for line in redemption.lines:
                units[line.goods_id] += line.quantity
                taken.setdefault(line.goods_id, line)
    return [(taken[goods_id].name, count, taken[goods_id].unit) for goods_id, count in units.items()]
