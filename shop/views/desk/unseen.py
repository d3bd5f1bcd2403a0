"""The keys of baskets whose outcome was not seen yet, kept with the visitor's session.

A page that is loaded again asks by such a key, so that a basket whose answer was lost is not booked again.
"""

from flask import session

from people.models import Card
from shop.models import Redemption

KEPT, MOST_KEPT = "unseen_baskets", 8


def sent(card: Card, key: str) -> None:
    """A basket for a card is sent with this key."""
    others = {number: kept for number, kept in _keys().items() if number != card.number}
    newest = dict(list(others.items())[-MOST_KEPT + 1 :])
    session[KEPT] = {**newest, card.number: key}


def key_for(card: Card) -> str | None:
    """The key by which the last basket for a card was sent, if what became of it was not seen."""
    return _keys().get(card.number)


def refused(card: Card) -> None:
    """The basket for a card was refused: that is an outcome."""
    _forget(card.number)


def note_receipt_shown(redemption: Redemption) -> bool:
    """The receipt of a redemption is shown; whether for the first time, to who handed it out."""
    is_new = key_for(redemption.card) == redemption.key
    if is_new:
        _forget(redemption.card.number)
    return is_new


def _keys() -> dict[str, str]:
    keys: dict[str, str] = session.get(KEPT, {})
    return keys


def _forget(number: str) -> None:
    session[KEPT] = {other: key for other, key in _keys().items() if other != number}
