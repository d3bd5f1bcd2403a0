"""The lists of the ledger book, of expiry, of who left, and of possible duplicates, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from people import access, labels
from people.models import Departure, Person
from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_phone, shown_text
from points import amounts
from points.labels import explain_transfer
from points.leaving import Remainder

ACCOUNTS = Listing(
    _("Ledger book"),
    context_records("accounts"),
    (_("Grid worker"), lambda account: shown_name(account.person)),
    (_("Entries"), lambda account: account.transfers),
    (_("Balance"), lambda account: amounts.as_number(account.balance)),
    (_("Joined with entry"), lambda account: account.person.merge and account.person.merge.kept_id),
)

ENTRY_COLUMNS = (
    (_("Day"), lambda transfer: transfer.at),
    (_("Why"), lambda transfer: shown_text(explain_transfer(transfer))),
    (_("In points"), lambda transfer: amounts.as_number(transfer.change)),
    (_("Balance"), lambda transfer: amounts.as_number(transfer.balance_after)),
)

ENTRIES = Listing(
    _("Entries of the account"),
    context_records("page"),
    (_("Grid worker"), lambda transfer: shown_name(transfer.account.person)),
    *ENTRY_COLUMNS,
    (_("Corrected by"), lambda transfer: transfer.correction and shown_name(transfer.correction.actor)),
    (_("Reason"), lambda transfer: transfer.correction and shown_text(transfer.correction.reason)),
)

MERGED_ENTRIES = Listing(
    _("Entries before joining"),
    lambda context: ((transfer,) for history in context["merges"] for transfer in history.latest),
    (_("Grid worker"), lambda transfer: shown_name(transfer.account.person)),
    *ENTRY_COLUMNS,
    paged=False,
)

EXPIRIES = Listing(
    _("Expiry"),
    lambda context: ((expiry, context["lapsed_tenths"][expiry.id]) for expiry in context["expiries"]),
    (_("Booked up to"), lambda expiry, lapsed: expiry.booked_until),
    (_("To be spent until"), lambda expiry, lapsed: expiry.expires_on),
    (_("Expired points"), lambda expiry, lapsed: amounts.as_number(lapsed)),
    (_("Decided by"), lambda expiry, lapsed: shown_text(expiry.decided_by)),
    (_("Announced on"), lambda expiry, lapsed: expiry.announced_on),
    (_("Announced by"), lambda expiry, lapsed: shown_name(expiry.actor)),
    (_("Taken back at"), lambda expiry, lapsed: expiry.cancelled_at),
    (_("Taken back by"), lambda expiry, lapsed: shown_name(expiry.cancelled_by)),
)


def _departures(context: Context) -> Iterator[tuple[Departure, Remainder | None, int, bool]]:
    for departure in context["page"]:
        remainder = context["remainders"].get(departure.id)
        serves_again = departure.person_id in context["serving"]
        yield departure, remainder, context["lapsed_tenths"][departure.id], serves_again


DEPARTURES = Listing(
    _("Who left"),
    _departures,
    (_("Grid worker"), lambda departure, rest, lapsed, again: shown_name(departure.person)),
    (_("Day"), lambda departure, rest, lapsed, again: departure.on),
    (_("How"), lambda departure, rest, lapsed, again: labels.DEPARTURE_KINDS[departure.kind]),
    (
        _("Item of the negative list"),
        lambda departure, rest, lapsed, again: departure.negative_item and departure.negative_item.text,
    ),
    (_("Reason"), lambda departure, rest, lapsed, again: departure.reason if access.is_insider() else None),
    (_("Decision"), lambda departure, rest, lapsed, again: shown_text(departure.decision)),
    (_("Expired points"), lambda departure, rest, lapsed, again: amounts.as_number(lapsed)),
    (
        _("Points left"),
        lambda departure, rest, lapsed, again: amounts.as_number(rest.balance) if rest else None,
    ),
    (_("Can be spent until"), lambda departure, rest, lapsed, again: departure.kept_until),
    (_("Serves again"), lambda departure, rest, lapsed, again: again),
)

UNSETTLED = Listing(
    _("Not settled yet"),
    lambda context: ((one,) for one in (*context["due_remainders"], *context["unsettled_remainders"])),
    (_("Grid worker"), lambda one: shown_name(one.person)),
    (_("In points"), lambda one: amounts.as_number(one.balance)),
    (_("Left on"), lambda one: one.departure and one.departure.on),
    (_("Can be spent until"), lambda one: one.departure and one.departure.kept_until),
    paged=False,
)

LEAVING_RULES = Listing(
    _("The village's rule"),
    context_records("rules"),
    (_("Holds from"), lambda rule: rule.holds_from),
    (_("The points"), lambda rule: labels.OUTCOMES[rule.outcome]),
    (_("Days"), lambda rule: rule.days),
    (_("Decided by"), lambda rule: shown_text(rule.decided)),
)


def _pairs(context: Context) -> Iterator[tuple[int, Person, str, Any]]:
    """Both entries of each pair, one below the other."""
    for number, (pair, first, second) in enumerate(context["pairs"], 1):
        why = "、".join(str(context["sign_labels"][sign]) for sign in pair.signs)
        yield number, pair.first, why, first
        yield number, pair.second, why, second


DUPLICATES = Listing(
    _("Duplicates"),
    _pairs,
    (_("Pair"), lambda number, person, why, side: number),
    (_("Entry"), lambda number, person, why, side: person.id),
    (_("Name"), lambda number, person, why, side: shown_name(person)),
    (_("Phone"), lambda number, person, why, side: shown_phone(person.phone)),
    (_("Entered at"), lambda number, person, why, side: person.area.name),
    (_("Why"), lambda number, person, why, side: why),
    (
        _("Serves"),
        lambda number, person, why, side: side and "、".join(term.grid.name for term in side.terms),
    ),
    (_("Card"), lambda number, person, why, side: side and side.card and side.card.number),
    (_("Balance"), lambda number, person, why, side: side and amounts.as_number(side.balance)),
)
