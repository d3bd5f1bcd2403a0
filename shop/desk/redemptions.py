"""Redemptions (核销): points for goods, all of it in one transaction or nothing.

A redemption is one transfer of points, one receipt number without gaps in the day, its lines (article,
price of the day, units), and the stock moves that took the units from their lots. It is never changed; a
void undoes it.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, bindparam, case, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from ground import clock, names
from ground.db import db, get_locked
from ground.refusal import Refused, check_repeated
from people.cards import random_characters
from people.models import Card, Person, User
from people.roster import persons
from people.signin import humans
from points import ledger
from points.models import Account, TransferKind
from shop.desk import holders, limits, proxies
from shop.desk.proxies import Collector
from shop.models import Device, Goods, MoveKind, Proxy, Redemption, RedemptionLine, Shop
from shop.shelf import prices, shops
from shop.shelf.goods import MOST_UNITS
from shop.stock import lots

CODE_CHARACTERS = 16
ORIGINAL_FOR = timedelta(minutes=15)  # a receipt printed later is a reprint

# Of another day than the last one, and where a clock was put back, the receipts say which number is next.
_NEXT_SERIAL = (
    update(Shop)
    .where(Shop.id == bindparam("shop_id"))
    .values(
        numbered_on=bindparam("today"),
        last_serial=case(
            (Shop.numbered_on == bindparam("today"), Shop.last_serial + 1),
            else_=select(func.coalesce(func.max(Redemption.serial), 0) + 1)
            .where(Redemption.shop_id == bindparam("shop_id"), Redemption.day == bindparam("today"))
            .scalar_subquery(),
        ),
    )
    .returning(Shop.last_serial)
)


def redeem(
    key: str,
    shop: Shop,
    card: Card,
    basket: Mapping[int, int],
    by: User | Device,
    collector: Collector | None = None,
    chance: random.Random | None = None,
) -> Redemption:
    """Hand out a basket (goods id → units) against a card, to its holder or a collector.

    The key is made before sending: the same key with the same card and basket returns the first redemption,
    marked `is_repeated`; with anything else it is Refused `key_reused`. Refused `empty_basket`,
    `bad_quantity`, `unknown_goods`, `other_village`, `shop_closed`, `card_inactive`, `term_ended`,
    `own_card`, `own_proxy` for who serves and collects, `limit_reached`, `insufficient_points` (with what is
    missing), `out_of_stock`.
    Locks: the worker's account, then the lots by id, then the shop for its receipt number.
    """
    actor = by if isinstance(by, User) else None
    basket = {goods_id: quantity for goods_id, quantity in sorted(basket.items()) if quantity}
    account = ledger.account_of(card.person)
    get_locked(Account, account.id)
    existing = by_key(key)
    if existing is not None:
        return _repeated_redemption(existing, shop, card, basket, collector)
    articles = _articles(shop, basket)
    if card.person.area_id != shop.village_id:
        raise Refused("other_village", _("This card belongs to another village's shop."))
    human = humans.behind(by)
    holders.check_holder(card, human)
    proxies.check_collector(collector, human)
    shops.check_open(shop)
    limits.check(card.person, articles, basket)
    costs = prices.prices_on(basket, clock.today())
    total = sum(costs[goods_id] * quantity for goods_id, quantity in basket.items())
    ledger.check_covers(account, total)
    lots_on_hand = lots.lock_lots(basket)
    parts = [
        part
        for goods_id, quantity in basket.items()
        for part in lots.choose_lots(lots_on_hand, articles[goods_id], quantity)
    ]
    chance = chance or secrets.SystemRandom()
    redemption = Redemption(
        key=key,
        shop_id=shop.id,
        card_id=card.id,
        day=clock.today(),
        serial=_next_serial(shop, clock.today()),
        code=random_characters(CODE_CHARACTERS, chance),
        total=total,
        clerk_id=actor.id if actor else None,
        device_id=by.id if isinstance(by, Device) else None,
        at=clock.now(),
        lines=[_line(articles[goods_id], costs[goods_id], units) for goods_id, units in basket.items()],
        proxy=_proxy(collector),
    )
    redemption.transfer = ledger.post(
        f"redemption:{key}", TransferKind.REDEMPTION, account, total, redemption.number, actor
    )
    db.session.add(redemption)
    db.session.flush()
    for lot, quantity in parts:
        move_key = f"redemption:{key}:{lot.id}"
        lots.move_lot(lot, MoveKind.REDEMPTION, -quantity, move_key, actor, redemption_id=redemption.id)
    return redemption


def by_key(key: str) -> Redemption | None:
    """The redemption that was made with a key, or None."""
    return db.session.scalar(select(Redemption).where(Redemption.key == key))


def next_key(card: Card) -> str:
    """The key for the next redemption of a card, the same on every page until points move.

    So two volunteers who serve one card at the same second ask for the same thing, and it is done once.
    """
    account = ledger.find_account(card.person)
    return f"desk-{card.number}-{account.transfers if account else 0}"


def _line(article: Goods, price: int, units: int) -> RedemptionLine:
    """An article's line of the receipt, with its words and price of today."""
    return RedemptionLine(
        goods_id=article.id,
        name=article.name,
        spec=article.spec,
        unit=article.unit,
        price=price,
        quantity=units,
    )


def _proxy(collector: Collector | None) -> Proxy | None:
    if collector is None:
        return None
    return Proxy(name=collector.name, relation=collector.relation, signature=collector.signature)


def _repeated_redemption(
    existing: Redemption, shop: Shop, card: Card, basket: Mapping[int, int], collector: Collector | None
) -> Redemption:
    """The redemption that has this key already. Refused `key_reused` for another one."""
    handed_out = {line.goods_id: line.quantity for line in existing.lines}
    existing_collector = existing.proxy and (names.folded(existing.proxy.name), existing.proxy.relation)
    new_collector = collector and (names.folded(collector.name), collector.relation)
    check_repeated(
        (existing.shop_id, existing.card_id, handed_out, existing_collector),
        (shop.id, card.id, basket, new_collector),
    )
    existing.is_repeated = True
    return existing


def _articles(shop: Shop, basket: Mapping[int, int]) -> dict[int, Goods]:
    """The articles of a basket by id.

    Refused `empty_basket`, `bad_quantity`, `unknown_goods` also for those of another shop.
    """
    if not basket:
        raise Refused("empty_basket", _("The basket is empty."))
    if not all(0 < quantity <= MOST_UNITS for quantity in basket.values()):
        raise Refused("bad_quantity", _("How many must be a number from 1 to %(n)s.", n=MOST_UNITS))
    articles = {
        goods.id: goods
        for goods in db.session.scalars(
            select(Goods).where(
                Goods.id.in_(list(basket)), Goods.shop_id == shop.id, Goods.archived_on.is_(None)
            )
        )
    }
    if len(articles) < len(basket):
        raise Refused("unknown_goods", _("Something in the basket is not from this shop."))
    return articles


def _next_serial(shop: Shop, day: date) -> int:
    """The next receipt number of the day, without gaps: the shop's row is locked until it is used."""
    drawn = db.session.connection().execute(_NEXT_SERIAL, {"shop_id": shop.id, "today": day})
    return int(drawn.scalar_one() or 0)


def redemptions_of(shop: Shop) -> Select[Redemption]:
    """The shop's redemptions, the latest first; for paging."""
    return select(Redemption).where(Redemption.shop_id == shop.id).order_by(Redemption.id.desc())


def of_person(person: Person, since: date) -> Sequence[Redemption]:
    """A person's redemptions since a day, on any of their cards, the latest first."""
    return db.session.scalars(
        select(Redemption)
        .join(Redemption.card)
        .options(selectinload(Redemption.lines), joinedload(Redemption.void))
        .where(Card.person_id.in_(persons.entry_ids(person)), Redemption.day >= since)
        .order_by(Redemption.id.desc())
    ).all()


def is_fresh(redemption: Redemption) -> bool:
    """Whether a receipt printed now is the original that goes with the goods, not a reprint."""
    return clock.now() - redemption.at <= ORIGINAL_FOR


def by_code(code: str) -> Redemption | None:
    """The redemption whose receipt carries this public code, or None."""
    return db.session.scalar(select(Redemption).where(Redemption.code == code.upper()))
