"""The lists of sign-ins, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from people import labels
from people.models import Appointment, Card, Grant, User
from people.signin import accounts
from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name


def _state(user: User) -> Any:
    return _("closed") if user.closed_at else _("has a temporary password") if user.temporary else _("open")


def roles_of(user: User) -> str:
    """The roles of a sign-in in one line, each with its place."""
    return "；".join(_role(held) for held in user.grants)


def _role(held: Grant) -> str:
    waits = _(", waits to be confirmed") if held.waits else ""
    return f"{labels.ROLES[held.role]}（{held.area.name}{waits}）"


SIGN_INS = Listing(
    _("Sign-ins"),
    context_records("page"),
    (_("Name"), shown_name),
    (_("Sign-in name"), lambda user: _("card and PIN") if accounts.is_of_card(user) else user.username),
    (_("Unit"), lambda user: None if user.person else user.unit),
    (_("Roles"), roles_of),
    (_("State"), _state),
    (_("Closed on"), lambda user: user.closed_at),
)

ROLES_HELD = Listing(
    _("Roles of the sign-in"),
    lambda context: ((context["user"], held) for held in context["user"].grants),
    (_("Name"), lambda user, held: shown_name(user)),
    (_("Role"), lambda user, held: labels.ROLES[held.role]),
    (_("Where"), lambda user, held: held.area.name),
    (_("Given by"), lambda user, held: shown_name(held.given_by)),
    (_("Waits to be confirmed"), lambda user, held: held.waits),
)


def _pins(context: Context) -> Iterator[tuple[Appointment, Card | None, User | None]]:
    for term, card in context["holders"]:
        yield term, card, context["users"].get(term.person_id)


def _card_number(term: Appointment, card: Card | None, user: User | None) -> Any:
    return card.number if card and card.is_active else _("none that is good")


def _pin_state(term: Appointment, card: Card | None, user: User | None) -> Any:
    if user is None:
        return _("none yet")
    if user.closed_at:
        return _("closed")
    return _("given, not used yet") if user.temporary else _("chosen by themselves")


PINS = Listing(
    _("PINs"),
    _pins,
    (_("Grid worker"), lambda term, card, user: shown_name(term.person)),
    (_("Grid"), lambda term, card, user: term.grid.name),
    (_("Card"), _card_number),
    (_("State of the PIN"), _pin_state),
)
