"""Redemptions (核销): points for goods, all of it in one transaction or nothing; and their voids (作废)."""

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from people import clock
from people.cards import ALPHABET
from people.clock import Quarter
from people.db import db, get_locked
from people.models import Card, CardState, Person, User
from people.paper import words
from people.refused import Refused, check_repeated, stated
from people.roster import departures, holders, persons
from points import ledger, merging
from points.models import Account, TransferKind
from shop import stock
from shop.models import (
    Goods,
    MoveKind,
    Redemption,
    RedemptionLine,
    Shop,
    StockMove,
    Void,
)

MOST_UNITS = 999
CODE_LENGTH = 16


def redeem(
    key: str,
    shop: Shop,
    card: Card,
    basket: Mapping[int, int],
    actor: User,
    chance: random.Random | None = None,
) -> Redemption:
    """Hand out a basket (goods id → units) against a card; return the redemption.

    The key is made before sending: the same key with the same card and basket returns the first redemption,
    with anything else it is Refused `key_reused`. Refused `empty_basket`, `bad_quantity`, `unknown_goods`,
    `other_village`, `card_inactive`, `term_ended`, `own_card`, `insufficient_points` (with what is missing),
    `out_of_stock`.
    Locks: the worker's account, then the lots by id, then the shop for its receipt number.
    """
    basket = {goods_id: quantity for goods_id, quantity in sorted(basket.items()) if quantity}
    account = ledger.account_of(card.person)
    get_locked(Account, account.id)
    made = db.session.scalar(select(Redemption).where(Redemption.key == key))
    if made is not None:
        return _repeated(made, shop, card, basket)
    articles = _articles(shop, basket)
    if card.person.area_id != shop.village_id:
        raise Refused("other_village", _("This card belongs to another village's shop."))
    check_holder(card, actor)
    total = sum(articles[goods_id].price * quantity for goods_id, quantity in basket.items())
    ledger.check_covers(account, total)
    lots = stock.lock_lots(list(basket))
    taken = [
        part
        for goods_id, quantity in basket.items()
        for part in stock.choose(lots, articles[goods_id], quantity)
    ]
    serial = _next_serial(shop, clock.today())
    chance = chance or secrets.SystemRandom()
    redemption = Redemption(
        key=key,
        shop_id=shop.id,
        card_id=card.id,
        day=clock.today(),
        serial=serial,
        code="".join(chance.choices(ALPHABET, k=CODE_LENGTH)),
        total=total,
        clerk_id=actor.id,
        at=clock.now(),
        lines=[
            RedemptionLine(
                goods_id=goods_id,
                name=articles[goods_id].name,
                unit=articles[goods_id].unit,
                price=articles[goods_id].price,
                quantity=quantity,
            )
            for goods_id, quantity in basket.items()
        ],
    )
    redemption.transfer = ledger.post(
        f"redemption:{key}", TransferKind.REDEMPTION, account, total, redemption.number, actor
    )
    db.session.add(redemption)
    db.session.flush()
    for lot, quantity in taken:
        stock.move_lot(lot, MoveKind.REDEMPTION, -quantity, f"redemption:{key}:{lot.id}", redemption, actor)
    return redemption


def _repeated(made: Redemption, shop: Shop, card: Card, basket: Mapping[int, int]) -> Redemption:
    handed_out = {line.goods_id: line.quantity for line in made.lines}
    check_repeated((made.shop_id, made.card_id, handed_out), (shop.id, card.id, basket))
    return made


def _articles(shop: Shop, basket: Mapping[int, int]) -> dict[int, Goods]:
    """The articles of a basket, with sensible quantities, all of this shop."""
    if not basket:
        raise Refused("empty_basket", _("The basket is empty."))
    if not all(0 < quantity <= MOST_UNITS for quantity in basket.values()):
        raise Refused("bad_quantity", _("How many must be a number from 1 to %(n)s.", n=MOST_UNITS))
    found = {
        goods.id: goods
        for goods in db.session.scalars(
            select(Goods).where(Goods.id.in_(list(basket)), Goods.shop_id == shop.id)
        )
    }
    if len(found) < len(basket):
        raise Refused("unknown_goods", _("Something in the basket is not from this shop."))
    return found


def check_holder(card: Card, actor: User) -> None:
    """Whether a card is good for goods today: its holder serves, or left and has points kept.

    Refused `card_inactive`, `card_frozen`, `term_ended`, `kept_no_longer`, `own_card` if not.
    """
    db.session.refresh(card)
    if card.state == CardState.LOST:
        raise Refused("card_inactive", _("This card was reported lost. Keep it and tell the committee."))
    if card.state == CardState.FROZEN:
        raise Refused("card_frozen", _why_frozen(card.person))
    if card.state != CardState.ACTIVE:
        raise Refused("card_inactive", _("This card was replaced by a newer one."))
    if holders.serves_on(card.person_id, clock.today()) is None and not departures.kept_until(card.person):
        raise _ended(card.person)
    if actor.person_id == card.person_id:
        raise Refused("own_card", _("Nobody serves themselves. Ask another volunteer."))


def _why_frozen(person: Person) -> Any:
    """What the desk says to a card that was frozen when its holder left, and what can be done."""
    left = departures.standing(persons.selves(person))
    until = departures.kept_until(person)
    if left is None:
        return _("This card was frozen when %(name)s left once. The new one is good.", name=person.name)
    said = {"name": person.name, "day": words.day(left.on)}
    if until is None:
        return _("%(name)s left on %(day)s; their card is frozen and the points are settled.", **said)
    return _(
        "%(name)s left on %(day)s; their card is frozen. The committee can give a new one until %(until)s.",
        until=words.day(until),
        **said,
    )


def _ended(person: Person) -> Refused:
    left = departures.standing(persons.selves(person))
    if left is None or left.kept_until is None:
        return Refused("term_ended", _("The worker's term has ended. The committee settles the balance."))
    return Refused(
        "kept_no_longer",
        _(
            "%(name)s left on %(day)s. The points could be spent until %(until)s.",
            name=person.name,
            day=words.day(left.on),
            until=words.day(left.kept_until),
        ),
    )


def _next_serial(shop: Shop, day: date) -> int:
    """The next receipt number of the day, without gaps: the shop's row is locked until it is used."""
    get_locked(Shop, shop.id)
    last = db.session.scalar(
        select(func.max(Redemption.serial)).where(Redemption.shop_id == shop.id, Redemption.day == day)
    )
    return (last or 0) + 1


def void(redemption: Redemption, reason: str, actor: User) -> Void:
    """Undo a redemption: the same points to the same account, the same goods to the same lots.

    An entry that was merged since sends the points on to the one that was kept. Voided already, the first
    void is returned. Refused `reason_missing`, `quarter_over` after the quarter of the redemption.
    """
    reason = stated(reason)
    merging.lock_trail(redemption.card.person)
    there = db.session.scalar(select(Void).where(Void.redemption_id == redemption.id))
    if there is not None:
        return there
    if Quarter.of(clock.today()) != Quarter.of(redemption.day):
        raise Refused("quarter_over", _("A redemption is voided in its own quarter; this one is over."))
    back = ledger.reverse(redemption.transfer, f"void:{redemption.id}", redemption.number, actor)
    merging.follow(redemption.card.person, actor)
    voided = Void(
        redemption_id=redemption.id,
        transfer_id=back.id,
        reason=reason,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(voided)
    moves = db.session.scalars(
        select(StockMove)
        .where(StockMove.redemption_id == redemption.id, StockMove.kind == MoveKind.REDEMPTION)
        .order_by(StockMove.lot_id)
    ).all()
    for move in moves:
        stock.move_lot(
            move.lot, MoveKind.VOID, -move.quantity, f"void:{redemption.id}:{move.lot_id}", redemption, actor
        )
    db.session.flush()
    return voided


def listed(shop: Shop) -> Select[Redemption]:
    """The shop's redemptions, the latest first; for paging."""
    return select(Redemption).where(Redemption.shop_id == shop.id).order_by(Redemption.id.desc())


def of_person(person: Person, since: date) -> Sequence[Redemption]:
    """What a person took since a day, on any of their cards, the latest first."""
    return db.session.scalars(
        select(Redemption)
        .join(Redemption.card)
        .options(selectinload(Redemption.lines), joinedload(Redemption.void))
        .where(Card.person_id.in_(persons.selves(person)), Redemption.day >= since)
        .order_by(Redemption.id.desc())
    ).all()


def by_code(code: str) -> Redemption | None:
    """The redemption whose receipt carries this public code, or None."""
    return db.session.scalar(select(Redemption).where(Redemption.code == code.upper()))
