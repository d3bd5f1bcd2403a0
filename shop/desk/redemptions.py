"""Redemptions (核销): points for goods, all of it in one transaction or nothing.

A redemption is one transfer of points, one receipt number without gaps in the day, its lines (article,
price of the day, units), and the stock moves that took the units from their lots. It is never changed; a
void undoes it.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, and_, bindparam, case, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from ground import clock, names
from ground.db import Prepared, db, insert_row, insert_rows, know
from ground.refusal import Refused, check_repeated
from people.cards import random_characters
from people.models import Card, User
from points import amounts, ledger
from points.models import TransferKind
from shop.desk import baskets, holders, limits, proxies
from shop.desk.baskets import Article
from shop.desk.proxies import Collector
from shop.models import Device, Lease, MoveKind, Proxy, Redemption, RedemptionLine, Shop
from shop.shelf import leases, shops
from shop.stock import lots

ORIGINAL_FOR = timedelta(minutes=15)  # a receipt printed later is a reprint

# Of another day than the last one, and where a clock was put back, the receipts say which number is next.
_NEXT_SERIAL = Prepared(
    update(Shop)
    .where(Shop.id == bindparam("shop"))
    .values(
        numbered_on=bindparam("today"),
        last_serial=case(
            (Shop.numbered_on == bindparam("today"), Shop.last_serial + 1),
            else_=select(func.coalesce(func.max(Redemption.serial), 0) + 1)
            .where(Redemption.shop_id == bindparam("shop"), Redemption.day == bindparam("today"))
            .scalar_subquery(),
        ),
    )
    .returning(Shop.last_serial, Shop.hours, Shop.leased_until)
)

# The number of a receipt that was handed out already; later days and numbers stay.
_NOTE_SERIAL = Prepared(
    update(Shop)
    .where(Shop.id == bindparam("shop"))
    .values(
        numbered_on=case((Shop.numbered_on > bindparam("day"), Shop.numbered_on), else_=bindparam("day")),
        last_serial=case(
            (Shop.numbered_on > bindparam("day"), Shop.last_serial),
            (
                and_(Shop.numbered_on == bindparam("day"), Shop.last_serial > bindparam("serial")),
                Shop.last_serial,
            ),
            else_=bindparam("serial"),
        ),
    )
    .returning(Shop.leased_until)
)


@dataclass(frozen=True)
class HandedOut:
    """What a desk that held the shop handed out without a network: the receipt that it gave, and when.

    `prices` is tenths for one unit, by article. Where somebody `is_deciding` that it is booked after all, it
    is what they were told: card, term, limits, prices and time are as they were at the desk.
    """

    lease: Lease
    entry_id: int
    serial: int
    code: str
    at: datetime
    prices: Mapping[int, int]
    is_deciding: bool = False


def redeem(
    key: str,
    shop: Shop,
    card: Card,
    basket: Mapping[int, int],
    by: User | Device,
    collector: Collector | None = None,
    chance: random.Random | None = None,
    expected_total: int | None = None,
    operator: str | None = None,
    handed_out: HandedOut | None = None,
) -> Redemption:
    """Hand out a basket (goods id → units) against a card, to its holder or a collector.

    The key is made before sending: the same key with the same card and basket returns the first redemption,
    marked `is_repeated`; with anything else it is Refused `key_reused`, and `voided` if that was undone.
    `operator` is who stands at the device, by what it says.
    Refused `empty_basket`, `bad_quantity`, `unknown_goods`, `other_village`, `shop_closed`, `card_inactive`,
    `term_ended`, `own_card`, `own_proxy` for who serves and collects, `limit_reached`, `price_changed` where
    it does not come to `expected_total` tenths, `insufficient_points` (with what is missing), `out_of_stock`.
    `leased` while a desk without a network holds the shop. Its own redemptions come as `handed_out`, with a
    receipt, and by the terms, prices and limits of that day; `lease_over` for one of another time.
    Locks: the worker's account, then the lots by id, then the shop for its receipt number.
    """
    day = handed_out.lease.day if handed_out else clock.today()
    actor = by if isinstance(by, User) else None
    basket = {goods_id: quantity for goods_id, quantity in sorted(basket.items()) if quantity}
    account = ledger.locked_account(card.person_id)
    holder = holders.at_desk(card, by, key, day)
    if holder.redemption_id is not None:
        return _repeated_redemption(holder.redemption_id, shop, card, basket, collector)
    articles = baskets.lock(shop, basket, holder.entry_ids, day)
    if holder.village_id != shop.village_id:
        raise Refused("other_village", _("This card belongs to another village's shop."))
    is_decided = handed_out is not None and handed_out.is_deciding
    if is_decided:
        holders.check_other(holder)
    else:
        holders.check_holder(holder)
    proxies.check_collector(collector, by)
    serial = _note_receipt(shop, handed_out) if handed_out else _next_serial(shop, day)
    if handed_out is not None:
        articles = _at_prices(articles, handed_out)
    if not is_decided:
        for article in articles:
            limits.check(article.goods, article.units, article.units_taken)
    total = sum(article.total for article in articles)
    if expected_total not in (None, total):
        raise Refused("price_changed", _price_changed(total))
    ledger.check_covers(account, total)
    parts = [part for article in articles for part in article.choose_lots()]
    redemption = Redemption(
        key=key,
        shop_id=shop.id,
        card_id=card.id,
        day=day,
        serial=serial,
        code=handed_out.code if handed_out else _new_code(chance),
        total=total,
        clerk_id=actor.id if actor else None,
        device_id=by.id if isinstance(by, Device) else None,
        operator=operator,
        at=min(handed_out.at, clock.now()) if handed_out else clock.now(),
        entry_id=handed_out.entry_id if handed_out else None,
    )
    transfer = ledger.post_new(
        f"redemption:{key}",
        TransferKind.REDEMPTION,
        account,
        holder.redeemed_id,
        total,
        redemption.number,
        actor,
    )
    redemption.transfer_id = transfer.id
    insert_row(redemption)
    lines = [{"redemption_id": redemption.id, **article.line()} for article in articles]
    insert_rows(RedemptionLine, lines)
    proxy = None if collector is None else _add_proxy(redemption, collector)
    taken = [(lot, -units) for lot, units in parts]
    lots.move_lots(taken, MoveKind.REDEMPTION, f"redemption:{key}", actor, redemption_id=redemption.id)
    know(
        redemption,
        card=card,
        transfer=transfer,
        lines=[RedemptionLine(**line) for line in lines],
        proxy=proxy,
        void=None,
        clerk=actor,
        device=redemption.device_id and by,
    )
    return redemption


def _price_changed(total: int) -> Any:
    return _(
        "A price has changed: it comes to %(total)s points now. Tell them, and press again.",
        total=amounts.show(total),
    )


_OF_RECEIPT = (
    joinedload(Redemption.shop),
    joinedload(Redemption.card).joinedload(Card.person),
    joinedload(Redemption.transfer),
    joinedload(Redemption.clerk),
    joinedload(Redemption.void),
    joinedload(Redemption.proxy),
    selectinload(Redemption.lines),
)


def with_receipt(ident: int) -> Redemption:
    """A redemption with all that its receipt says, by two statements. LookupError if there is none."""
    return db.session.get_one(Redemption, ident, options=_OF_RECEIPT, populate_existing=True)


def by_key(key: str) -> Redemption | None:
    """The redemption that was made with a key, or None."""
    return db.session.scalar(select(Redemption).where(Redemption.key == key))


def key_after(card: Card, transfers: int) -> str:
    """The key for the next redemption of a card whose account has so many transfers.

    It is the same on every page until points move: two volunteers who serve one card at the same second ask
    for the same thing, and it is done once.
    """
    return f"desk-{card.number}-{transfers}"


def _add_proxy(redemption: Redemption, collector: Collector) -> Proxy:
    proxy = Proxy(
        redemption_id=redemption.id,
        name=collector.name,
        relation=collector.relation,
        signature=collector.signature,
    )
    db.session.add(proxy)
    db.session.flush()
    return proxy


def _repeated_redemption(
    redemption_id: int, shop: Shop, card: Card, basket: Mapping[int, int], collector: Collector | None
) -> Redemption:
    """The redemption that has this key already. Refused `key_reused` for another one, `voided`."""
    existing = db.session.get_one(Redemption, redemption_id)
    handed_out = {line.goods_id: line.quantity for line in existing.lines}
    existing_collector = existing.proxy and (names.folded(existing.proxy.name), existing.proxy.relation)
    new_collector = collector and (names.folded(collector.name), collector.relation)
    check_repeated(
        (existing.shop_id, existing.card_id, handed_out, existing_collector),
        (shop.id, card.id, basket, new_collector),
    )
    if existing.void is not None:
        raise Refused("voided", _("Receipt %(number)s was undone. Begin a new one.", number=existing.number))
    existing.is_repeated = True
    return existing


def _new_code(chance: random.Random | None) -> str:
    return random_characters(leases.CODE_CHARACTERS, chance or secrets.SystemRandom())


def _next_serial(shop: Shop, day: date) -> int:
    """The next receipt number of the day, without gaps, of a shop that is open and free.

    The shop is locked then, its hours are read anew. Refused `leased`, `shop_closed`.
    """
    values = {"shop": shop.id, "today": day}
    drawn = _NEXT_SERIAL.one(**values)
    if drawn.leased_until is not None:
        leases.check_lease(shop.id, None)
        if leases.last_serial(shop.id) != drawn.last_serial:  # it is over, and has numbers in hand
            drawn = _NEXT_SERIAL.one(**values)
    know(shop, hours=drawn.hours)
    shops.check_open(shop)
    return int(drawn.last_serial)


def _note_receipt(shop: Shop, handed_out: HandedOut) -> int:
    """The number of a receipt that a desk handed out already; the shop is locked then.

    Refused `leased` where another desk holds the shop now, `lease_over` for a receipt of another time.
    """
    lease = handed_out.lease
    if note_serial(shop, lease.day, handed_out.serial) is not None:
        leases.check_lease(shop.id, lease)
    if not (handed_out.is_deciding or lease.taken_at <= handed_out.at < lease.until):
        raise Refused("lease_over", _("It was handed out outside the time of its lease."))
    return handed_out.serial


def _at_prices(articles: list[Article], handed_out: HandedOut) -> list[Article]:
    """The articles of a basket at the prices at which they were handed out. Refused `price_changed`."""
    if not handed_out.is_deciding and any(a.price != handed_out.prices[a.goods.id] for a in articles):
        raise Refused("price_changed", _price_changed(sum(article.total for article in articles)))
    return [replace(article, price=handed_out.prices[article.goods.id]) for article in articles]


def note_serial(shop: Shop, day: date, serial: int) -> datetime | None:
    """Note that a receipt of a day has a number, so that no other has; the shop is locked then.

    Returns until when somebody has a lease on the shop.
    """
    until: datetime | None = _NOTE_SERIAL.one(shop=shop.id, day=day, serial=serial).leased_until
    return until


def redemptions_of(shop: Shop, since: date = date.min) -> Select[Redemption]:
    """The shop's redemptions since a day, the latest first; for paging.

    In the order of their receipts, in which the index of a shop's receipts has them too.
    """
    return (
        select(Redemption)
        .where(Redemption.shop_id == shop.id, Redemption.day >= since)
        .order_by(Redemption.day.desc(), Redemption.serial.desc())
    )


def of_person(entry_ids: Sequence[int], since: date) -> Sequence[Redemption]:
    """The redemptions since a day by a person's entries, on any of their cards, the latest first."""
    return db.session.scalars(
        select(Redemption)
        .join(Redemption.card)
        .options(selectinload(Redemption.lines), joinedload(Redemption.void))
        .where(Card.person_id.in_(entry_ids), Redemption.day >= since)
        .order_by(Redemption.id.desc())
    ).all()


def is_fresh(redemption: Redemption) -> bool:
    """Whether a receipt printed now is the original that goes with the goods, not a reprint."""
    return clock.now() - redemption.at <= ORIGINAL_FOR


def by_code(code: str) -> Redemption | None:
    """The redemption whose receipt carries this public code, or None."""
    return db.session.scalar(select(Redemption).where(Redemption.code == code.upper()))
