"""Deliveries (入库单): what came in together is written down together, line by line, all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ground import clock, days, names
from ground.db import db, get_locked, lock_all
from ground.paper import words
from ground.refusal import Refused, check_repeated, refusal_of
from people import audit
from people.models import Proposal, User
from people.proposals import proposing
from shop.models import Delivery, Goods, Lot, MoveKind, Shop, Source, StockMove
from shop.stock import donations, lots, second_person

LARGEST_COST_FEN = 10_000_000  # fen: a hundred thousand yuan for one unit
LONGEST_NAME, LONGEST_INVOICE_NUMBER = 100, 60


@dataclass(frozen=True)
class DeliveryLine:
    """Units of an article that came in; `unit_cost` in fen, None where nobody knows it."""

    goods: Goods
    quantity: int
    best_before: date | None = None
    unit_cost: int | None = None


@dataclass(frozen=True)
class Origin:
    """Where a delivery came from: the donor of a donation, or the supplier; its invoice, and the day.

    `received_on` None: today. `shares_invoice` says that its invoice came with an earlier delivery already.
    """

    source: Source
    from_whom: str = ""
    invoice_number: str = ""
    received_on: date | None = None
    shares_invoice: bool = False

    def tidied(self) -> "Origin":
        """The same as it is kept."""
        return Origin(
            self.source,
            names.kept(self.from_whom),
            names.tidy(self.invoice_number),
            self.received_on,
            self.shares_invoice,
        )


class LinesRefused(Refused):
    """Lines of a delivery that are not taken in: the refusal of each, by its place from 0.

    Its own code and sentence are those of the first.
    """

    def __init__(self, refusals: Mapping[int, Refused]) -> None:
        first = next(iter(refusals.values()))
        super().__init__(first.code, first.message, first.field)
        self.refusals = refusals


def take_in(
    key: str,
    shop: Shop,
    origin: Origin,
    lines: Sequence[DeliveryLine],
    actor: User | None,
    agreed_by: User | None = None,
) -> Delivery:
    """Take in a delivery, a lot for each line; sent twice with one key, it comes in once.

    What one donor gives on one day stands under one donation. Above 1,000 units of an article in a day a
    second person agrees to the whole. Refused `no_lines`, `donor_missing`, `bad_name`, `bad_day` or
    `in_future` for its day, `invoice_twice`, `key_reused`, `second_person`; and for lines, each told of, with
    `unknown_goods` of another shop, `archived`, `bad_quantity`, `bad_cost`, `expired`, `bad_day`. Locks the
    articles, so that of two who send at once the second finds what the first did, then the shop.
    """
    origin = origin.tidied()
    lock_all(Goods, {line.goods.id for line in lines})
    existing = db.session.scalar(select(Delivery).where(Delivery.key == key))
    if existing is not None:
        check_repeated(_content_of(existing), _content(shop, origin, lines, existing.received_on))
        return existing
    if lots.find_move(key) is not None:
        check_repeated(None, key)
    _check_lines(shop, lines)
    _check_origin(origin)
    units = Counter[Goods]()
    for line in lines:
        units[line.goods] += line.quantity
    get_locked(Shop, shop.id)
    terms = _terms(origin, lines)
    _check_invoice(shop, origin)
    if agreed_by is None:
        _check_waiting_invoices(shop, origin, terms, actor)
    second_person.check_receiving(shop, units, actor, agreed_by, key=key, **terms)
    return _write(key, shop, origin, lines, actor)


def _check_origin(origin: Origin) -> None:
    if origin.source == Source.DONATION and not origin.from_whom:
        raise Refused("donor_missing", _("Write down who gave it."), "donor")
    for field, text, longest in (
        ("donor", origin.from_whom, LONGEST_NAME),
        ("invoice_number", origin.invoice_number, LONGEST_INVOICE_NUMBER),
    ):
        if len(text) > longest:
            raise Refused(
                "bad_name", _("This is too long: at most %(count)s characters.", count=longest), field
            )
    if origin.received_on is not None:
        days.HAPPENED.check(origin.received_on, "received_on")


def _check_lines(shop: Shop, lines: Sequence[DeliveryLine]) -> None:
    """Check all lines. Refused `no_lines`, or with the refusals of all that are not right."""
    if not lines:
        raise Refused("no_lines", _("Nothing is on the list yet. Write down what came in."))
    if refusals := refusals_of(shop, dict(enumerate(lines))):
        raise LinesRefused(refusals)


def refusals_of(shop: Shop, lines: Mapping[int, DeliveryLine]) -> dict[int, Refused]:
    """Why lines would not be taken into a shop, by their places; nothing for those that would."""
    return {
        place: refusal
        for place, line in lines.items()
        if (refusal := refusal_of(_check_line, shop, line)) is not None
    }


def _check_line(shop: Shop, line: DeliveryLine) -> None:
    goods = line.goods
    lots.check_quantity(line.quantity)
    if goods.shop_id != shop.id:
        raise Refused("unknown_goods", _("%(name)s is not of this shop.", name=goods.title), "article")
    if goods.archived_on is not None:
        raise Refused(
            "archived", _("%(name)s is in the archive. Bring it back first.", name=goods.title), "article"
        )
    if line.unit_cost is not None and not 0 <= line.unit_cost <= LARGEST_COST_FEN:
        raise Refused("bad_cost", _("The cost of a unit is from 0 to 100,000 yuan."), "unit_cost")
    if line.best_before is not None:
        check_best_before(line.best_before)


def check_best_before(day: date) -> None:
    """Check that what is good until a day can come in today. Refused `expired`, `bad_day`."""
    if day < clock.today():
        raise Refused("expired", _("This is past its best-before date already."), "best_before")
    days.GOOD_UNTIL.check(day, "best_before")


def _check_invoice(shop: Shop, origin: Origin) -> None:
    """Check that an invoice of a supplier was not taken in already, by the locked shop.

    Who left the supplier out may mean any of them. Deliveries that were undone whole do not count. Refused
    `invoice_twice`.
    """
    if not origin.invoice_number or origin.shares_invoice:
        return
    with_number = select(Delivery).where(
        Delivery.shop_id == shop.id, names.is_name(Delivery.invoice_number, origin.invoice_number)
    )
    for earlier in db.session.scalars(with_number.order_by(Delivery.id)):
        if _may_be_one_supplier(earlier.from_whom, origin.from_whom) and not is_undone(earlier):
            raise Refused(
                "invoice_twice",
                _(
                    "Invoice %(invoice)s is on delivery %(number)s of %(day)s already. Is this another "
                    "delivery on the same invoice? Then tick the box.",
                    invoice=earlier.invoice_number,
                    number=earlier.number,
                    day=words.day(earlier.received_on),
                ),
                "invoice_number",
            )


def _check_waiting_invoices(shop: Shop, origin: Origin, terms: Mapping[str, Any], actor: User | None) -> None:
    """Check that an invoice is on no delivery that waits for a second person, but for this very one.

    Refused `invoice_twice`.
    """
    if not origin.invoice_number or origin.shares_invoice:
        return
    for waiting in proposing.waiting_about(shop):
        if waiting.kind != second_person.RECEIPT or proposing.is_proposed_by(waiting, actor, terms):
            continue
        other, _lines = proposed_delivery(waiting)
        is_same_number = names.folded(other.invoice_number) == names.folded(origin.invoice_number)
        if is_same_number and _may_be_one_supplier(other.from_whom, origin.from_whom):
            raise Refused(
                "invoice_twice",
                _(
                    "A delivery on invoice %(invoice)s waits for a second person already. Is this another "
                    "delivery on the same invoice? Then tick the box.",
                    invoice=other.invoice_number,
                ),
                "invoice_number",
            )


def _may_be_one_supplier(one: str, other: str) -> bool:
    return not one or not other or names.folded(one) == names.folded(other)


def _write(
    key: str, shop: Shop, origin: Origin, lines: Sequence[DeliveryLine], actor: User | None
) -> Delivery:
    """Write a delivery that was checked, under the next number of the locked shop's year."""
    day = origin.received_on or clock.today()
    is_donation = origin.source == Source.DONATION
    donation = donations.donation_on(day, shop.id, origin.from_whom) if is_donation else None
    last = select(func.max(Delivery.serial)).where(Delivery.shop_id == shop.id, Delivery.year == day.year)
    delivery = Delivery(
        key=key,
        shop_id=shop.id,
        year=day.year,
        serial=(db.session.scalar(last) or 0) + 1,
        source=origin.source,
        supplier=None if is_donation else origin.from_whom or None,
        donation_id=donation.id if donation else None,
        invoice_number=origin.invoice_number or None,
        received_on=day,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(delivery)
    db.session.flush()
    received = [
        Lot(
            goods_id=line.goods.id,
            source=origin.source,
            donation_id=delivery.donation_id,
            delivery_id=delivery.id,
            unit_cost=line.unit_cost,
            best_before=line.best_before,
            received_on=day,
            on_hand=line.quantity,
        )
        for line in lines
    ]
    lots.bring_in_lots(received, key, actor)
    return delivery


def _content(shop: Shop, origin: Origin, lines: Iterable[DeliveryLine], day: date) -> tuple[object, ...]:
    """What is in a delivery, to be compared with what came under the same key; its day only if it is said."""
    return (
        shop.id,
        origin.source,
        names.folded(origin.from_whom),
        names.folded(origin.invoice_number),
        origin.received_on or day,
        [(line.goods.id, line.quantity, line.best_before, line.unit_cost) for line in lines],
    )


def _content_of(delivery: Delivery) -> tuple[object, ...]:
    origin = Origin(delivery.source, delivery.from_whom, delivery.invoice_number or "", delivery.received_on)
    return _content(delivery.shop, origin, lines_of(delivery), delivery.received_on)


# --- As a second person agrees to it ---


def _terms(origin: Origin, lines: Iterable[DeliveryLine]) -> dict[str, Any]:
    """A delivery as JSON keeps it, for a proposal."""
    return {
        "source": origin.source,
        "from_whom": origin.from_whom,
        "invoice_number": origin.invoice_number,
        "received_on": (origin.received_on or clock.today()).isoformat(),
        "shares_invoice": origin.shares_invoice,
        "lines": [
            {
                "goods": line.goods.id,
                "quantity": line.quantity,
                "best_before": line.best_before.isoformat() if line.best_before else None,
                "unit_cost": line.unit_cost,
            }
            for line in lines
        ],
    }


def proposed_delivery(proposal: Proposal) -> tuple[Origin, list[DeliveryLine]]:
    """The delivery that was proposed."""
    terms = proposal.terms
    lines = [
        DeliveryLine(
            db.session.get_one(Goods, line["goods"]),
            line["quantity"],
            date.fromisoformat(line["best_before"]) if line["best_before"] else None,
            line["unit_cost"],
        )
        for line in terms["lines"]
    ]
    origin = Origin(
        Source(terms["source"]),
        terms["from_whom"],
        terms["invoice_number"],
        date.fromisoformat(terms["received_on"]),
        terms["shares_invoice"],
    )
    return origin, lines


def take_in_as_proposed(proposal: Proposal, agreed_by: User, is_another: bool = False) -> Delivery:
    """Take in what one person proposed and another agreed to. Refused as `take_in` is.

    With `is_another` the second person says that its invoice came with an earlier delivery.
    """
    shop = db.session.get_one(Shop, audit.id_of(proposal.subject))
    origin, lines = proposed_delivery(proposal)
    if is_another:
        origin = replace(origin, shares_invoice=True)
    return take_in(proposal.terms["key"], shop, origin, lines, proposal.proposed_by, agreed_by)


# --- What came in ---


@dataclass(frozen=True)
class ReceivedLine(DeliveryLine):
    """A line of a delivery as it came in; whether it was undone, and how much of it is left."""

    move_id: int = 0
    is_undone: bool = False
    on_hand: int = 0

    @property
    def cost(self) -> int | None:
        """What the line cost in fen, where it is known."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity

    @property
    def is_whole(self) -> bool:
        """Whether all that came in is still there."""
        return self.on_hand >= self.quantity


def lines_of(delivery: Delivery) -> list[ReceivedLine]:
    """The lines of a delivery as they came in."""
    return lines_of_each([delivery])[delivery.id]


def lines_of_each(deliveries: Iterable[Delivery]) -> dict[int, list[ReceivedLine]]:
    """The lines of deliveries by the delivery's id, as they came in."""
    undoing = aliased(StockMove)
    lines: dict[int, list[ReceivedLine]] = {delivery.id: [] for delivery in deliveries}
    rows = db.session.execute(
        select(StockMove, undoing.id)
        .join(StockMove.lot)
        .join(Lot.goods)
        .outerjoin(undoing, undoing.reverses_id == StockMove.id)
        .options(contains_eager(StockMove.lot).contains_eager(Lot.goods))
        .where(Lot.delivery_id.in_(lines), StockMove.kind == MoveKind.RECEIPT)
        .order_by(Lot.id)
    )
    for move, undone_by in rows:
        lot = move.lot
        lines[lot.delivery_id or 0].append(
            ReceivedLine(
                lot.goods,
                move.quantity,
                lot.best_before,
                lot.unit_cost,
                move.id,
                undone_by is not None,
                lot.on_hand,
            )
        )
    return lines


def cost_of(lines: Iterable[ReceivedLine]) -> int | None:
    """What lines cost together in fen, but for those that were undone; None where no cost is known."""
    costs = [line.cost for line in lines if line.cost is not None and not line.is_undone]
    return sum(costs) if costs else None


def is_undone(delivery: Delivery) -> bool:
    """Whether every line of a delivery was undone."""
    return all(line.is_undone for line in lines_of(delivery))


def deliveries_of(shop: Shop, since: date | None = None, until: date | None = None) -> Select[Delivery]:
    """The shop's deliveries, received from a day to a day, the latest first; for paging."""
    query = (
        select(Delivery)
        .where(Delivery.shop_id == shop.id)
        .options(joinedload(Delivery.donation), joinedload(Delivery.actor))
        .order_by(Delivery.id.desc())
    )
    if since:
        query = query.where(Delivery.received_on >= since)
    return query.where(Delivery.received_on <= until) if until else query


def suppliers(shop: Shop) -> Sequence[str]:
    """The suppliers and donors of a shop so far, by name, each once as it was written first."""
    query = select(Delivery.supplier).where(Delivery.shop_id == shop.id, Delivery.supplier.is_not(None))
    written = filter(None, db.session.scalars(query.distinct()))
    known = {names.folded(name): name for name in (*donations.donors(shop), *written)}
    return sorted(known.values())
