"""The desk's one page: the field, who stands there, the goods, and what was handed out last.

Without script each step loads it anew. With script it stays, and asks for the parts that change: who stands
there, the shelf, the receipt.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import g, render_template
from flask_login import current_user

from ground import clock, web
from ground.clock import Quarter
from ground.refusal import Refused, refusal_of
from people.forms.cards import PhotoForm, ScanForm
from people.models import Card
from people.roster import departures, portraits
from points import expiry
from points.labels import spoken_balance
from shop import labels
from shop.desk import holders, limits, redemptions, shelf, voids
from shop.desk.holders import AtDesk
from shop.forms.desk import BasketForm
from shop.models import Redemption, RedemptionLine, Shop
from shop.shelf import leases, shops

MANY_GOODS = 12  # articles; from there on their categories help


def desk_page(
    *,
    scan: ScanForm | None = None,
    photo: PhotoForm | None = None,
    card: Card | None = None,
    basket: BasketForm | None = None,
    done: Redemption | None = None,
    is_new: bool = False,
) -> tuple[str, int]:
    """The page with its status: it waits for a card, serves one, or shows what was handed out.

    With `is_new` that is shown for the first time.
    """
    shop = shops.of_village(g.area)
    scan, photo = scan or ScanForm(formdata=None), photo or PhotoForm(formdata=None)
    form = basket or BasketForm(formdata=None, key="")
    offers = shelf.offers(shop) if shop else []
    prices = {offer.goods.id: offer.price for offer in offers}
    categories = dict.fromkeys(offer.goods.category for offer in offers if offer.goods.category)
    parts: dict[str, Any] = {"card": None, "card_refusal": None, "balance": 0, "limits": [], "done": None}
    parts |= {"spoken": "", "papers": labels.PAPERS}
    if card:
        parts |= holder_parts(card, shop)
        form.key.data = form.key.data or parts["key"]
    if done:
        parts |= done_parts(done, is_new)
    page = render_template(
        "shop/desk/desk.html",
        scan=scan,
        photo=photo,
        form=form,
        offers=offers,
        categories=list(categories) if len(offers) > MANY_GOODS else [],
        total=sum(prices.get(goods_id, 0) * units for goods_id, units in form.basket.data.items()),
        limits_left=limits_left(parts["limits"]),
        opening_text=_closed_text(shop),
        held_text=_held_text(shop),
        has_shop=shop is not None,
        spoken_words=labels.spoken_words(),
        today=clock.today(),
        **{"quarter": Quarter.of(clock.today()), **parts},
    )
    return page, max(form.status, scan.status, photo.status)


def holder_parts(card: Card, shop: Shop | None) -> dict[str, Any]:
    """Whoever stands there with a card, as the template of that part asks for it."""
    holder = holders.at_desk(card, current_user)
    quarter = Quarter.of(clock.today())
    quarter_redemptions = redemptions.of_person(holder.entry_ids, quarter.first_day)
    return {
        "card": card,
        "portrait": portraits.portrait_of(card.person),
        "grid": holder.grid,
        "kept_until": None if holder.grid else departures.points_kept_until(card.person),
        "card_refusal": _refusal_at_desk(holder, shop),
        "balance": holder.balance,
        "key": redemptions.key_after(card, holder.transfers),
        "spoken": spoken_balance(card.person.name, holder.balance),
        "lapses": expiry.warning(card.person),
        "limits": limits.in_shop(holder.entry_ids, shop) if shop else [],
        "quarter_redemptions": quarter_redemptions,
        "units_by_article": _units_by_article(quarter_redemptions),
        "quarter": quarter,
    }


def holder_answer(card: Card) -> dict[str, Any]:
    """Whoever stands there with a card, and the shelf as it is now, for the page's script.

    `balance` and prices are tenths of a point; `limits` what they may still take by article; `shelf` is
    article, price and units; `person` is that part of the page; `day` is today, `closed` says when a closed
    shop opens.
    """
    shop = shops.of_village(g.area)
    parts = holder_parts(card, shop)
    return {
        "card": card.number,
        "name": card.person.name,
        "balance": parts["balance"],
        "key": parts["key"],
        "is_refused": parts["card_refusal"] is not None,
        "limits": limits_left(parts["limits"]),
        "shelf": shelf.figures(shop) if shop else [],
        "person": render_template("shop/desk/person.html", **parts),
        "day": clock.today().isoformat(),
        "closed": _closed_text(shop),
    }


def limits_left(limits_of_holder: Sequence[limits.PurchaseLimit]) -> dict[int, int]:
    """The units that somebody may still take this quarter, by article with a limit."""
    return {limit.goods_id: limit.units_left for limit in limits_of_holder}


def done_parts(redemption: Redemption, is_new: bool) -> dict[str, Any]:
    """What was handed out, as the template of that part asks for it."""
    shop, is_own = redemption.shop, redemption.clerk_id == current_user.id
    return {
        "done": redemption,
        "shop": shop,
        "papers": labels.PAPERS,
        "prints_itself": shop.prints_itself and is_new and is_own,
        "spoken": labels.spoken_result(redemption.total, redemption.transfer.balance_after),
        "undo_seconds": voids.seconds_to_undo(redemption, current_user),
    }


def done_answer(redemption: Redemption, is_new: bool) -> dict[str, Any]:
    """What was handed out, for the page's script: `done` is that part of the page."""
    return {
        "id": redemption.id,
        "card": redemption.card.number,
        "key": redemption.key,
        "done": render_template("shop/desk/done.html", **done_parts(redemption, is_new)),
    }


def _held_text(shop: Shop | None) -> str | None:
    """Who holds the shop without a network, for everybody else; not on a page that is kept."""
    lease = leases.running(shop) if shop else None
    if lease is None or lease.holder_id == current_user.id or web.is_to_keep():
        return None
    return str(leases.leased(lease).message)


def _closed_text(shop: Shop | None) -> str | None:
    """When a closed shop opens, in a sentence; None for one that is open."""
    return labels.opening_text(shop) if shop and not shops.is_open(shop) else None


def receipt_answer(redemption: Redemption) -> dict[str, Any]:
    """A receipt that was scanned, for the page's script: `receipt` is that part of the page."""
    return {"receipt": render_template("shop/desk/looked_up.html", redemption=redemption)}


def _refusal_at_desk(holder: AtDesk, shop: Shop | None) -> Refused | None:
    """The refusal to hand anything out on this card now, or None."""
    refusal = refusal_of(holders.check_holder, holder)
    if refusal is not None or shop is None:
        return refusal
    lease = leases.running(shop)
    return refusal_of(shops.check_open, shop) or (leases.leased(lease) if lease else None)


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
