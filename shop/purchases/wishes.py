"""Wishes: what somebody asked for and the shelf did not have, so that it is bought next time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock, names
from ground.db import db, get_locked, transaction
from ground.refusal import Refused, check_repeated
from people.models import User
from shop.models import (
    LOT_WAS_UNDONE,
    Device,
    Goods,
    Lot,
    MoveKind,
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
    article = _article(GoodsFinder(shop), text)
    if article is not None:
        return note_article(key, article, WishKind.WRITTEN, actor)
    get_locked(Shop, shop.id)
    return _find(key, shop.id, None, text) or _add(key, shop.id, WishKind.WRITTEN, actor, None, text)


def note_refused(
    refusal: Refused, key: str, shop_id: int, basket: Mapping[int, int], by: User | Device
) -> None:
    """Note of a basket (id → units) that was refused for want of stock what was asked for in vain.

    That is each article of which less is left. `key` is the basket's: sent again, it was asked for once. Of
    any other refusal nothing is noted. In a transaction of its own, as what was refused is not kept.
    """
    if refusal.code != "out_of_stock":
        return
    actor = by if isinstance(by, User) else None
    with transaction():
        left = {offer.goods.id: offer for offer in offers(db.session.get_one(Shop, shop_id))}
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


def _article(finder: GoodsFinder, text: str) -> Goods | None:
    """The article on the shelf that a wish in words names."""
    article = finder.named(text)
    return article if article and article.archived_on is None else None


@dataclass(frozen=True)
class Wished:
    """How often articles, by id, were asked for in vain since they last came in, and what is none, in words.

    The words as they were written last, most first.
    """

    articles: Mapping[int, int]
    words: Sequence[tuple[str, int]]


def counted_since() -> datetime:
    """The moment from which on wishes count, and what is counted beside them."""
    begins, _ends = clock.day_span(clock.today() - REMEMBERED, clock.today())
    return begins


def wished(shop: Shop, came: Mapping[str, datetime]) -> Wished:
    """What was asked for in the last 90 days; words that an article has by now are wishes for it.

    `came` is when something came in for a purchase request that names it, by its folded name: what was asked
    for before that in words counts no more.
    """
    since = counted_since()
    query = select(Wish.goods_id, Wish.text, Wish.at).where(Wish.shop_id == shop.id, Wish.at >= since)
    finder, came_in = GoodsFinder(shop), _came_in(shop, since)
    articles, words, written = Counter[int](), Counter[str](), dict[str, str]()
    for goods_id, text, at in db.session.execute(query.order_by(Wish.id)):
        article = _article(finder, text) if text else None
        ident = article.id if article else goods_id
        if ident is not None:
            articles[ident] += ident not in came_in or at >= came_in[ident]
        elif text and at >= came.get(folded := names.folded(text), at):
            words[folded] += 1
            written[folded] = text
    # The plus leaves out what came in since.
    return Wished(+articles, [(written[folded], times) for folded, times in words.most_common()])


def _came_in(shop: Shop, since: datetime) -> dict[int, datetime]:
    """When each article came in last since then, by its id; what was undone did not."""
    query = (
        select(Lot.goods_id, func.max(StockMove.at))
        .select_from(StockMove)
        .join(StockMove.lot)
        .join(Lot.goods)
        .where(
            Goods.shop_id == shop.id,
            StockMove.kind == MoveKind.RECEIPT,
            StockMove.at >= since,
            ~LOT_WAS_UNDONE,
        )
        .group_by(Lot.goods_id)
    )
    return dict(db.session.execute(query).all())
