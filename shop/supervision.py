"""What supervision may look into about the shop: voids, reprints, prices, stock, new cards, leases."""

from collections.abc import Iterator

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from ground.clock import local
from ground.db import db
from ground.paper.words import day
from people import audit
from people.models import Area, AuditEvent, Card, Person, User
from people.supervision.entries import DaySpan, Entry, EntryKind, EntryPage
from points.amounts import show
from points.labels import points_in_words
from shop.models import (
    Delivery,
    Ending,
    Goods,
    Lease,
    LeaseEntry,
    Lot,
    MoveKind,
    Price,
    Redemption,
    SetAside,
    Shop,
    Source,
    StockMove,
    Void,
    receipt_number,
)
from shop.offline.journal import entry_of

# Stock that came or went without a redemption, a delivery or another shop.
STOCK_WORDS = {
    MoveKind.WRITE_OFF: _("wrote goods off"),
    MoveKind.RETURN: _("sent goods back to the supplier"),
    MoveKind.REVERSAL: _("undid a change of the stock"),
    MoveKind.STOCK_TAKE: _("booked a difference of a stock-take"),
}


def voids(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Redemptions that were voided."""
    query = (
        select(Void)
        .join(Void.redemption)
        .join(Redemption.shop)
        .options(
            joinedload(Void.redemption).joinedload(Redemption.card).joinedload(Card.person),
            joinedload(Void.actor),
            joinedload(Void.device),
        )
        .where(Shop.village_id == village.id, period.holds(Void.at))
        .order_by(Void.id.desc())
        .limit(period.most)
    )
    for void in db.session.scalars(query):
        redemption = void.redemption
        yield Entry(
            row_id=void.id,
            at=void.at,
            done_by=void.actor or void.made_by,
            action=gettext("voided redemption %(number)s", number=redemption.number),
            subject=redemption.card.person,
            figure=points_in_words(redemption.total),
            reason=void.reason,
            page=EntryPage("desk.redemption", {"ident": redemption.id}),
        )


def reprints(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Receipts that were printed once more."""
    query = (
        select(AuditEvent, Redemption)
        .join(Redemption, audit.is_about(Redemption))
        .options(joinedload(AuditEvent.actor), joinedload(Redemption.card).joinedload(Card.person))
        .where(
            AuditEvent.area_id == village.id,
            AuditEvent.action == "receipt.reprint",
            period.holds(AuditEvent.at),
        )
        .order_by(AuditEvent.id.desc())
        .limit(period.most)
    )
    for event, redemption in db.session.execute(query):
        yield Entry(
            row_id=event.id,
            at=event.at,
            done_by=event.actor,
            action=gettext("printed receipt %(number)s again", number=redemption.number),
            subject=redemption.card.person,
            page=EntryPage("desk.redemption", {"ident": redemption.id}),
        )


def price_changes(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Prices that were changed; those for the very day on which they were set are to be looked into."""
    earlier = aliased(Price)
    before = (
        select(earlier.points)
        .where(earlier.goods_id == Price.goods_id, earlier.id < Price.id)
        .order_by(earlier.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Price, Goods, before)
        .join(Goods, Price.goods_id == Goods.id)
        .join(Shop, Goods.shop_id == Shop.id)
        .options(joinedload(Price.actor))
        .where(Shop.village_id == village.id, before.is_not(None), period.holds(Price.at))
        .order_by(Price.id.desc())
        .limit(period.most)
    )
    for price, goods, points_before in db.session.execute(query):
        is_at_once = price.holds_from <= local(price.at).date()
        yield Entry(
            row_id=price.id,
            at=price.at,
            done_by=price.actor,
            action=gettext("changed the price of %(goods)s for the same day", goods=goods.title)
            if is_at_once
            else gettext(
                "set a price of %(goods)s that holds from %(day)s on",
                goods=goods.title,
                day=day(price.holds_from),
            ),
            figure=f"{show(points_before)} → {show(price.points)}",
            page=EntryPage("shelf.article", {"ident": goods.id}),
            is_routine=not is_at_once,
        )


def stock_changes(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Goods written off, sent back, counted away or undone; who took a delivery back stands here too."""
    query = (
        select(StockMove)
        .join(StockMove.lot)
        .join(Lot.goods)
        .join(Shop, Goods.shop_id == Shop.id)
        .options(joinedload(StockMove.lot).joinedload(Lot.goods), joinedload(StockMove.actor))
        .where(Shop.village_id == village.id, StockMove.kind.in_(STOCK_WORDS), period.holds(StockMove.at))
        .order_by(StockMove.id.desc())
        .limit(period.most)
    )
    for move in db.session.scalars(query):
        goods = move.lot.goods
        yield Entry(
            row_id=move.id,
            at=move.at,
            done_by=move.actor,
            action=f"{STOCK_WORDS[move.kind]}{gettext(': ')}{goods.title}",
            figure=f"{'+' if move.quantity > 0 else '−'}{abs(move.quantity)} {goods.unit}",
            reason=move.reason,
            page=EntryPage("stock.goods_stock", {"ident": goods.id}),
        )


def opening_stock(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Stock that came in with a list of goods, without a supplier or donor."""
    query = (
        select(Delivery)
        .join(Delivery.shop)
        .options(joinedload(Delivery.actor))
        .where(Shop.village_id == village.id, Delivery.source == Source.OPENING, period.holds(Delivery.at))
        .order_by(Delivery.id.desc())
        .limit(period.most)
    )
    for delivery in db.session.scalars(query):
        yield Entry(
            row_id=delivery.id,
            at=delivery.at,
            done_by=delivery.actor,
            action=gettext("wrote down opening stock, delivery %(number)s", number=delivery.number),
            page=EntryPage("stock.delivery", {"ident": delivery.id}),
        )


def new_cards(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Cards that were issued, and what was handed out for the first time on each."""
    other = aliased(Redemption)
    first_id = select(func.min(other.id)).where(other.card_id == Card.id).correlate(Card).scalar_subquery()
    query = (
        select(Card, Redemption, User)
        .join(Card.person)
        .outerjoin(Redemption, Redemption.id == first_id)
        .outerjoin(User, User.id == Card.issued_by_id)
        .options(joinedload(Card.person), selectinload(Redemption.lines))
        .where(Person.area_id == village.id, period.holds(Card.issued_at))
        .order_by(Card.id.desc())
        .limit(period.most)
    )
    for card, first, issuer in db.session.execute(query):
        bought = (
            "、".join(f"{line.name} {line.quantity} {line.unit}" for line in first.lines) if first else ""
        )
        yield Entry(
            row_id=card.id,
            at=card.issued_at,
            done_by=issuer,
            action=gettext("issued a card; first handed out on it: %(goods)s", goods=bought)
            if first
            else gettext("issued a card; nothing was handed out on it yet"),
            subject=card.person,
            figure=points_in_words(-first.total) if first else "",
            page=EntryPage("desk.redemption", {"ident": first.id})
            if first
            else EntryPage("roster.person", {"ident": card.person_id}),
        )


def leases_broken(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Shops that were taken from a desk without a network."""
    query = (
        select(Lease)
        .join(Lease.shop)
        .options(joinedload(Lease.holder), joinedload(Lease.ended_by))
        .where(Shop.village_id == village.id, Lease.ending == Ending.BROKEN, period.holds(Lease.ended_at))
        .order_by(Lease.id.desc())
        .limit(period.most)
    )
    for lease in db.session.scalars(query):
        yield Entry(
            row_id=lease.id,
            at=lease.ended_at or lease.until,
            done_by=lease.ended_by,
            action=gettext("took the shop from a desk without a network"),
            reason=lease.reason,
            page=EntryPage("offline.leases", {}),
        )


def entries_set_aside(village: Area, period: DaySpan) -> Iterator[Entry]:
    """What was handed out without a network and is not booked: goods without points."""
    query = (
        select(SetAside)
        .join(SetAside.entry)
        .join(LeaseEntry.lease)
        .join(Lease.shop)
        .options(
            joinedload(SetAside.actor),
            joinedload(SetAside.entry).options(joinedload(LeaseEntry.lease), joinedload(LeaseEntry.undoes)),
        )
        .where(Shop.village_id == village.id, period.holds(SetAside.at))
        .order_by(SetAside.entry_id.desc())
        .limit(period.most)
    )
    for decision in db.session.scalars(query):
        goods = entry_of(decision.entry.undoes or decision.entry).goods
        yield Entry(
            row_id=decision.entry_id,
            at=decision.at,
            done_by=decision.actor,
            action=gettext(
                "did not book receipt %(number)s of card %(card)s, handed out without a network",
                number=receipt_number(decision.entry.lease.day, goods.serial) if goods else "",
                card=goods.card if goods else "",
            ),
            figure=points_in_words(goods.total) if goods else "",
            reason=decision.reason,
            page=EntryPage("offline.leases", {}),
        )


SUPERVISED = (
    EntryKind(110, "voids", _("Voids"), voids),
    EntryKind(120, "reprints", _("Receipts printed again"), reprints),
    EntryKind(130, "prices", _("Prices changed"), price_changes),
    EntryKind(140, "stock", _("Write-offs and differences"), stock_changes),
    EntryKind(145, "opening", _("Opening stock"), opening_stock),
    EntryKind(150, "cards", _("New cards and what they bought"), new_cards),
    EntryKind(160, "leases", _("Desks without a network that lost the shop"), leases_broken),
    EntryKind(170, "set_aside", _("Handed out without a network, not booked"), entries_set_aside),
)
