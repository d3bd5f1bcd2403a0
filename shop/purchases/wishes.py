"""Wishes: what somebody asked for and the shelf did not have, so that it is bought next time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select

from ground import clock, names
from ground.db import db, get_locked
from ground.refusal import Refused, check_repeated
from people.models import User
from shop.models import (
    Goods,
    Lot,
    MoveKind,
    PurchaseDelivery,
    PurchaseLine,
    PurchaseRequest,
    Shop,
    StockMove,
    Wish,
    WishKind,
)
from shop.shelf.finding import GoodsFinder
from shop.shelf.goods import offers

REMEMBERED = timedelta(days=90)  # so long a wish counts
LONGEST_WISH = 100


def note_article(key: str, article: Goods, kind: WishKind, actor: User | None) -> Wish:
    """Note that an article was asked for and not there; sent twice with one key, it is one wish.

    Refused `key_reused`. Locks the shop.
    """
    get_locked(Shop, article.shop_id)
    return _find(key, article.shop_id, article, None) or _add(key, article.shop_id, kind, actor, article)


def note_words(key: str, shop: Shop, text: str, actor: User) -> Wish:
    """Note what somebody asked for in words; where it is an article of the shop, that one was asked for.

    Refused `wish_missing` where it says nothing, `bad_name` for more than 100 characters, `key_reused`. Locks
    the shop.
    """
    text = names.tidy(text)
    if not any(map(str.isalnum, text)):
        raise Refused("wish_missing", _("Say in a few words what is missing."), "text")
    if len(text) > LONGEST_WISH:
        raise Refused(
            "bad_name", _("This is too long: at most %(count)s characters.", count=LONGEST_WISH), "text"
        )
    folded = names.folded(text)
    article = next((each for each in GoodsFinder(shop).offered if names.folded(each.title) == folded), None)
    if article is not None:
        return note_article(key, article, WishKind.WRITTEN, actor)
    get_locked(Shop, shop.id)
    return _find(key, shop.id, None, text) or _add(key, shop.id, WishKind.WRITTEN, actor, None, text)


def note_refused(key: str, shop: Shop, basket: Mapping[int, int], actor: User) -> None:
    """Note of each article of a basket (id → units) of which less is left that it was asked for in vain.

    `key` is the basket's: sent again, it was asked for once.
    """
    left = {offer.goods.id: offer for offer in offers(shop)}
    for goods_id, units in basket.items():
        offer = left.get(goods_id)
        if offer is not None and offer.usable_units < units:
            note_article(f"refused:{key}:{goods_id}", offer.goods, WishKind.REFUSED, actor)


def _find(key: str, shop_id: int, article: Goods | None, text: str | None) -> Wish | None:
    existing = db.session.scalar(select(Wish).where(Wish.key == key))
    if existing is not None:
        asked = shop_id, article.id if article else None, text
        check_repeated((existing.shop_id, existing.goods_id, existing.text), asked)
    return existing


def _add(
    key: str, shop_id: int, kind: WishKind, actor: User | None, article: Goods | None, text: str | None = None
) -> Wish:
    wish = Wish(
        key=key,
        shop_id=shop_id,
        kind=kind,
        goods_id=article.id if article else None,
        text=text,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(wish)
    db.session.flush()
    return wish


def _since() -> datetime:
    return clock.day_span(clock.today() - REMEMBERED, clock.today())[0]


def wished_articles(shop: Shop) -> dict[int, int]:
    """How often each article was asked for in vain since it last came in, at most 90 days ago, by its id."""
    came_in = (
        select(func.max(StockMove.at))
        .join(StockMove.lot)
        .where(Lot.goods_id == Wish.goods_id, StockMove.kind == MoveKind.RECEIPT)
        .correlate(Wish)
        .scalar_subquery()
    )
    query = (
        select(Wish.goods_id, func.count())
        .where(
            Wish.shop_id == shop.id,
            Wish.goods_id.is_not(None),
            Wish.at >= _since(),
            or_(came_in.is_(None), Wish.at >= came_in),
        )
        .group_by(Wish.goods_id)
    )
    return {goods_id: times for goods_id, times in db.session.execute(query) if goods_id is not None}


def wished_words(shop: Shop) -> Sequence[tuple[str, int]]:
    """What was asked for in words in the last 90 days, as it was written last, and how often; most first.

    What came in since for a purchase request that names it counts no more, nor what the shop offers by now.
    """
    query = (
        select(Wish.text, Wish.at)
        .where(Wish.shop_id == shop.id, Wish.text.is_not(None), Wish.at >= _since())
        .order_by(Wish.id)
    )
    asked = [(text, at) for text, at in db.session.execute(query) if text]
    if not asked:
        return []
    came, offered = _came_in(shop), {names.folded(offer.goods.title) for offer in offers(shop)}
    times, written = Counter[str](), dict[str, str]()
    for text, at in asked:
        folded = names.folded(text)
        if folded not in offered and (folded not in came or at >= came[folded]):
            times[folded] += 1
            written[folded] = text
    return [(written[folded], count) for folded, count in times.most_common()]


def _came_in(shop: Shop) -> dict[str, datetime]:
    """When what purchase requests named came in for them, the last time, by its folded name."""
    query = (
        select(PurchaseLine.name, PurchaseDelivery.at)
        .join(PurchaseDelivery, PurchaseDelivery.request_id == PurchaseLine.request_id)
        .join(PurchaseRequest, PurchaseRequest.id == PurchaseLine.request_id)
        .where(PurchaseRequest.shop_id == shop.id, PurchaseDelivery.at >= _since())
        .order_by(PurchaseDelivery.at)
    )
    return {names.folded(name): at for name, at in db.session.execute(query)}
