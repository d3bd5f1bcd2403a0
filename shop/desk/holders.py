"""The check of who may take goods today.

The card is good, and its holder serves, or left with points that are kept.
"""

from typing import Any

from flask_babel import lazy_gettext as _

from ground import clock
from ground.db import db
from ground.paper import words
from ground.refusal import Refused
from people.models import Card, CardState, Person, User
from people.roster import departures, holders, persons
from people.signin import humans


def check_holder(card: Card, actor: User | None) -> None:
    """Check that a card is good for goods today; `actor` serves, by themselves or through a device.

    Refused `card_inactive` for a card that was lost, replaced, retired or frozen; `term_ended` for who
    serves
    no more and has no points kept; `own_card`.
    """
    db.session.refresh(card)
    if card.state == CardState.LOST:
        raise Refused("card_inactive", _("This card was reported lost. Keep it and tell the committee."))
    if card.state == CardState.FROZEN:
        raise Refused("card_inactive", _why_frozen(card.person))
    if card.state == CardState.RETIRED:
        raise Refused("card_inactive", _("This card is not in use any more."))
    if not card.is_active:
        raise Refused("card_inactive", _("This card was replaced by a newer one."))
    if holders.term_on_day(card.person_id, clock.today()) is None and not departures.points_kept_until(
        card.person
    ):
        raise _term_ended(card.person)
    if humans.is_own(actor, card.person):
        raise Refused("own_card", _("Nobody serves themselves. Ask another volunteer."))


def _why_frozen(person: Person) -> Any:
    """The message for a card that was frozen when its holder left, and what can be done."""
    departure = departures.current_departure(persons.entry_ids(person))
    until = departures.points_kept_until(person)
    if departure is None:
        return _("This card was frozen when %(name)s left once. The new one is good.", name=person.name)
    values = {"name": person.name, "day": words.day(departure.on)}
    if until is None:
        return _("%(name)s left on %(day)s; their card is frozen and the points are settled.", **values)
    return _(
        "%(name)s left on %(day)s; their card is frozen. The committee can give a new one until %(until)s.",
        until=words.day(until),
        **values,
    )


def _term_ended(person: Person) -> Refused:
    departure = departures.current_departure(persons.entry_ids(person))
    if departure is None or departure.kept_until is None:
        return Refused("term_ended", _("The worker's term has ended. The committee settles the balance."))
    return Refused(
        "term_ended",
        _(
            "%(name)s left on %(day)s. The points could be spent until %(until)s.",
            name=person.name,
            day=words.day(departure.on),
            until=words.day(departure.kept_until),
        ),
    )
