"""What of the shop needs a second person, as that person reads it."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from ground.db import db
from ground.paper import words
from people import audit
from people.models import Proposal, Role
from people.proposals.kinds import SECOND_PEOPLE, Doubt, ProposalKind
from points import amounts
from shop import labels
from shop.models import Delivery, Goods, Lot, PurchaseRequest, Source, StockMove
from shop.purchases import requests
from shop.shelf import prices, shops
from shop.stock import counts, deliveries, moves, second_person
from shop.stock.deliveries import DeliveryLine
from shop.views import MINDING

DECIDERS = SECOND_PEOPLE | {Role.MANAGER}

_WHY = _("Why a second person")

Facts = Sequence[tuple[Any, str]]


def _goods(proposal: Proposal) -> Goods:
    """The article that a proposal is about, by itself or by a delivery or move of it."""
    kind, ident = proposal.subject.partition(":")[0], audit.id_of(proposal.subject)
    if kind == "lot":
        return db.session.get_one(Lot, ident).goods
    if kind == "stock_move":
        return db.session.get_one(StockMove, ident).lot.goods
    return db.session.get_one(Goods, ident)


def _units(goods: Goods, quantity: int) -> str:
    return f"{goods.title} {quantity} {goods.unit}"


def _value_today(goods: Goods, quantity: int) -> tuple[Any, str]:
    return _("Worth today, in points"), amounts.show(quantity * prices.price_of(goods))


def _leaving_facts(proposal: Proposal) -> Facts:
    goods, quantity = _goods(proposal), proposal.terms["quantity"]
    return [
        (_("Goods"), _units(goods, quantity)),
        _value_today(goods, quantity),
        (_("Reason"), proposal.terms["reason"]),
        (
            _WHY,
            gettext(
                "More than %(limit)s points of an article a day need a second person.",
                limit=amounts.show(shops.write_off_limit_of(goods.shop)),
            ),
        ),
    ]


def _receipt_facts(proposal: Proposal) -> Facts:
    origin, lines = deliveries.proposed_delivery(proposal)
    return [
        *_delivery_facts(origin.source, origin.from_whom, origin.invoice_number, origin.received_on),
        *_line_facts(lines),
        (_WHY, str(second_person.MUCH_AT_ONCE)),
    ]


def _undo_delivery_facts(proposal: Proposal) -> Facts:
    delivery = db.session.get_one(Delivery, audit.id_of(proposal.subject))
    return [
        (_("Delivery"), delivery.number),
        *_delivery_facts(delivery.source, delivery.from_whom, delivery.invoice_number, delivery.received_on),
        *_line_facts(line for line in deliveries.lines_of(delivery) if not line.is_undone),
        (_("Reason"), proposal.terms["reason"]),
    ]


def _delivery_facts(
    source: Source, from_whom: str, invoice_number: str | None, received_on: date | None
) -> Facts:
    return [
        (_("Where from"), gettext(", ").join(filter(None, (str(labels.SOURCES[source]), from_whom)))),
        *([(_("Invoice number"), invoice_number)] if invoice_number else []),
        *([(_("Received on"), words.day(received_on))] if received_on else []),
    ]


def _line_facts(lines: Iterable[DeliveryLine]) -> Facts:
    """The lines, each with what it is worth and what a unit cost."""
    facts = []
    for line in lines:
        facts += [(_("Goods"), _units(line.goods, line.quantity)), _value_today(line.goods, line.quantity)]
        if line.unit_cost is not None:
            facts.append((_("Cost of one unit in yuan"), labels.yuan(line.unit_cost)))
    return facts


def _undo_facts(proposal: Proposal) -> Facts:
    move = db.session.get_one(StockMove, audit.id_of(proposal.subject))
    goods = move.lot.goods
    return [
        (_("Goods"), _units(goods, move.quantity)),
        _value_today(goods, move.quantity),
        (_("Came in"), words.moment(move.at)),
        (_("Reason"), proposal.terms["reason"]),
    ]


def _void_short_facts(proposal: Proposal) -> Facts:
    terms = proposal.terms
    goods = {ident: db.session.get_one(Goods, int(ident)) for ident in terms["differences"]}
    return [
        (
            _("Missing after a void"),
            "、".join(_units(goods[ident], units) for ident, units in terms["short"].items()),
        ),
        (
            _("All that is then booked"),
            "；".join(_difference(goods[ident], units) for ident, units in terms["differences"].items()),
        ),
        (_("Why"), terms["explanation"]),
    ]


def _difference(goods: Goods, units: int) -> str:
    """A difference of a stock-take in words, with what it is worth today."""
    words_of = {
        "goods": goods.title,
        "n": abs(units),
        "unit": goods.unit,
        "points": amounts.show(abs(units) * prices.price_of(goods)),
    }
    if units < 0:
        return gettext("%(goods)s: %(n)s %(unit)s short (%(points)s points)", **words_of)
    return gettext("%(goods)s: %(n)s %(unit)s over (%(points)s points)", **words_of)


def _price_facts(proposal: Proposal) -> Facts:
    terms = proposal.terms
    return [
        (_("Goods"), _goods(proposal).title),
        (_("Price before"), amounts.show(terms["before"])),
        (_("New price in points"), amounts.show(terms["points"])),
        (_("Holds from"), words.day(date.fromisoformat(terms["holds_from"]))),
    ]


def _purchase_facts(proposal: Proposal) -> Facts:
    request = requests.proposed_request(proposal)
    money = request.budget_left
    return [
        (_("Purchase request"), request.number),
        *((_("Goods"), f"{line.name} {line.quantity} {line.unit}".rstrip()) for line in request.lines),
        (_("Cost in yuan"), _purchase_cost(request)),
        (_("Left of the budget, in yuan"), gettext("not set") if money is None else labels.yuan(money)),
        (_("Points the workers hold"), amounts.show(request.outstanding)),
        (_("Goods on the shelf, in points"), amounts.show(request.in_goods)),
        *([(_("Note"), request.note)] if request.note else []),
    ]


def _purchase_cost(request: PurchaseRequest) -> str:
    """What it costs as far as it is known, and how much of it has no price yet."""
    if request.cost is None:
        return gettext("not known yet")
    without = ngettext(
        "%(num)s kind has no price yet and is not in it",
        "%(num)s kinds have no price yet and are not in it",
        request.uncosted,
    )
    return f"{labels.yuan(request.cost)} · {without}" if request.uncosted else labels.yuan(request.cost)


def _purchase_page(proposal: Proposal) -> str:
    return url_for("purchases.request", village=proposal.area.code, ident=audit.id_of(proposal.subject))


def _stock_page(proposal: Proposal) -> str:
    return url_for("stock.goods_stock", village=proposal.area.code, ident=_goods(proposal).id)


def _deliveries_page(proposal: Proposal) -> str:
    return url_for("stock.deliveries", village=proposal.area.code)


def _delivery_page(proposal: Proposal) -> str:
    return url_for("stock.delivery", village=proposal.area.code, ident=audit.id_of(proposal.subject))


def _take_page(proposal: Proposal) -> str:
    return url_for("stock.stock_take", village=proposal.area.code, ident=audit.id_of(proposal.subject))


def _article_page(proposal: Proposal) -> str:
    return url_for("shelf.article", village=proposal.area.code, ident=_goods(proposal).id)


PROPOSAL_KINDS = (
    ProposalKind(
        second_person.WRITE_OFF,
        _("Large write-off"),
        moves.leave_as_proposed,
        _leaving_facts,
        _stock_page,
        DECIDERS,
        MINDING,
    ),
    ProposalKind(
        second_person.RETURN,
        _("Large return to the supplier"),
        moves.leave_as_proposed,
        _leaving_facts,
        _stock_page,
        DECIDERS,
        MINDING,
    ),
    ProposalKind(
        second_person.RECEIPT,
        _("Very large delivery"),
        deliveries.take_in_as_proposed,
        _receipt_facts,
        _deliveries_page,
        DECIDERS,
        MINDING,
        doubts={
            "invoice_twice": Doubt(
                _("This is another delivery on the same invoice"),
                partial(deliveries.take_in_as_proposed, is_another=True),
            )
        },
    ),
    ProposalKind(
        second_person.UNDO,
        _("Line of a delivery taken back"),
        moves.reverse_as_proposed,
        _undo_facts,
        _stock_page,
        DECIDERS,
        MINDING,
    ),
    ProposalKind(
        second_person.UNDO_DELIVERY,
        _("Delivery taken back"),
        moves.reverse_delivery_as_proposed,
        _undo_delivery_facts,
        _delivery_page,
        DECIDERS,
        MINDING,
    ),
    ProposalKind(
        second_person.VOID_SHORT,
        _("Goods of a void are missing"),
        counts.book_as_proposed,
        _void_short_facts,
        _take_page,
        DECIDERS,
        MINDING,
        counts.check_outside,
    ),
    ProposalKind(
        requests.APPROVE,
        _("Purchase"),
        requests.approve_as_proposed,
        _purchase_facts,
        _purchase_page,
        readers=MINDING,
        check=requests.check_outside,
    ),
    ProposalKind(
        prices.PRICE,
        _("Price that leaps"),
        prices.set_price_as_proposed,
        _price_facts,
        _article_page,
        DECIDERS,
        MINDING,
    ),
)
