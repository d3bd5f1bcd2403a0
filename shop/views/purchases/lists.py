"""The lists of what should be bought and of purchase requests, as they are taken out."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from people.views.listing import Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts
from shop.models import PurchaseRequest


def _yuan(fen: int | None) -> Decimal | None:
    """Money as a file holds it: in yuan."""
    return None if fen is None else Decimal(fen).scaleb(-2)


def state(request: PurchaseRequest) -> Any:
    """Where a request stands, in a word."""
    if request.deliveries:
        return _("came in")
    if request.refusal:
        return _("refused")
    return _("approved") if request.approval else _("not approved yet")


def bought_with(request: PurchaseRequest) -> str:
    """The numbers of the deliveries that came for it."""
    return gettext(", ").join(linked.delivery.number for linked in request.deliveries)


SUGGESTIONS = Listing(
    _("What should be bought"),
    lambda context: ((each,) for each in context["plan"].suggestions),
    (_("Goods"), lambda each: shown_text(each.name)),
    (_("Unit"), lambda each: each.unit),
    (_("Left"), lambda each: each.on_hand),
    (_("Handed out in 90 days"), lambda each: each.handed_out),
    (_("Asked for in vain"), lambda each: each.wished),
    (_("Approved, not here yet"), lambda each: each.ordered),
    (_("To buy"), lambda each: each.quantity),
    (_("Price in points"), lambda each: None if each.price is None else amounts.as_number(each.price)),
    (_("Cost of a unit in yuan"), lambda each: _yuan(each.unit_cost)),
    (_("Cost in yuan"), lambda each: _yuan(each.cost)),
)

REQUESTS = Listing(
    _("Purchase requests"),
    context_records("page"),
    (_("Request"), lambda request: request.number),
    (_("Asked for at"), lambda request: request.at),
    (_("Asked for by"), lambda request: shown_name(request.asked_by)),
    (
        _("Goods"),
        lambda request: "、".join(
            f"{shown_text(line.name)} {line.quantity} {line.unit}".rstrip() for line in request.lines
        ),
    ),
    (_("Cost in yuan"), lambda request: _yuan(request.cost)),
    (_("How it stands"), state),
    (_("Agreed by"), lambda request: request.approval and shown_name(request.approval.actor)),
    (_("Delivery numbers"), bought_with),
    (_("Note"), lambda request: shown_text(request.note)),
)

REQUEST_LINES = Listing(
    _("Purchase request"),
    lambda context: ((context["purchase"], line) for line in context["purchase"].lines),
    (_("Request"), lambda request, line: request.number),
    (_("Goods"), lambda request, line: shown_text(line.name)),
    (_("Unit"), lambda request, line: line.unit),
    (_("Left"), lambda request, line: line.on_hand),
    (_("Handed out in 90 days"), lambda request, line: line.handed_out),
    (_("Asked for in vain"), lambda request, line: line.wished),
    (_("How many"), lambda request, line: line.quantity),
    (_("Cost of a unit in yuan"), lambda request, line: _yuan(line.unit_cost)),
    (_("Cost in yuan"), lambda request, line: _yuan(line.cost)),
)
