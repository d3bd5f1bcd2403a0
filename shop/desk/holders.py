"""Whether somebody may take goods today: the card is good, and its holder serves or left with points kept."""

from typing import Any

from flask_babel import lazy_gettext as _

from ground import clock
from ground.db import db
from ground.paper import words
from ground.refusal import Refused
from people.models import Card, CardState, Person, User
from people.roster import departures, holders, persons


def check_holder(card: Card, actor: User | None) -> None:
    """Whether a card is good for goods today; `actor` serves, None: a device.

    Refused `card_inactive` for a card that was lost, replaced, retired or frozen; `term_ended` for who serves
    no more and has no points kept; `own_card`.
    """
    db.session.refresh(card)
    if card.state == CardState.LOST:
        raise Refused("card_inactive", _("This card was reported lost. Keep it and tell the committee."))
    if card.state == CardState.FROZEN:
        raise Refused("card_inactive", _why_frozen(card.person))
    if card.state == CardState.RETIRED:
        raise Refused("card_inactive", _("This card is not in use any more."))
    if card.state != CardState.ACTIVE:
        raise Refused("card_inactive", _("This card was replaced by a newer one."))
    if holders.serves_on(card.person_id, clock.today()) is None and not departures.kept_until(card.person):
        raise _ended(card.person)
    if actor is not None and actor.person_id == card.person_id:
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
        "term_ended",
        _(
            "%(name)s left on %(day)s. The points could be spent until %(until)s.",
            name=person.name,
            day=words.day(left.on),
            until=words.day(left.kept_until),
        ),
    )
