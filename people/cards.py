"""Worker cards: issued, lost, replaced; and found again from whatever the desk was given."""

import random
import re
import secrets
from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from stdnum import damm

from people import audit, clock
from people.db import db, get_locked
from people.models import Appointment, Area, Card, CardState, Duty, Person, User
from people.refused import Refused
from people.roster import departures, holders, persons

# 32 characters without I, L, O and U, which are misread: 20 of them are 100 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 20

_IN_ADDRESS = re.compile(r"https?://[^/\s]+/C/([0-9A-Z]{20})/?", re.IGNORECASE)


def issue(person: Person, actor: User | None, chance: random.Random | None = None) -> Card:
    """Give a worker a card, or somebody who left and whose points are kept; the one they had stops at once.

    `chance` is the machine's secret source, unless a demo wants the same cards on every run.
    Refused `was_merged`, `not_serving` for somebody who is no worker today and has no points kept.
    """
    person = get_locked(Person, person.id)
    persons.check_not_merged(person)
    if holders.serves_on(person.id, clock.today()) is None and departures.kept_until(person) is None:
        raise Refused("not_serving", _("%(name)s is not serving as a grid worker today.", name=person.name))
    old = active(person)
    if old is not None:
        old.state = CardState.REPLACED
        db.session.flush()
    chance = chance or secrets.SystemRandom()
    card = Card(
        person_id=person.id,
        number=_number(chance),
        token="".join(chance.choices(ALPHABET, k=TOKEN_LENGTH)),
        state=CardState.ACTIVE,
        issued_at=clock.now(),
        issued_by_id=actor.id if actor else None,
    )
    db.session.add(card)
    db.session.flush()
    audit.note(actor, "card.issue", card, person.area, number=card.number)
    return card


def report_lost(card: Card, actor: User) -> Card:
    """Stop a card that was lost; reported twice, nothing more happens. Refused `card_inactive`."""
    card = get_locked(Card, card.id)
    if card.state == CardState.LOST:
        return card
    if card.state != CardState.ACTIVE:
        raise Refused("card_inactive", _("This card was replaced already."))
    card.state = CardState.LOST
    audit.note(actor, "card.lost", card, card.person.area, number=card.number)
    db.session.flush()
    return card


def _number(chance: random.Random) -> str:
    """A free card number: eight digits and a Damm check digit, which finds every wrong or swapped digit."""
    while True:
        digits = f"{chance.randrange(10**8):08d}"
        number = digits + damm.calc_check_digit(digits)
        if db.session.scalar(select(Card.id).where(Card.number == number)) is None:
            return number


def find(given: str, village: Area) -> Card:
    """The card that was scanned (address or token) or typed (number), at a village's desk.

    Refused `not_a_card` for other QR codes, `bad_card_number` for a mistyped number, `unknown_card`,
    `other_village`. The card may be lost or replaced: the desk is told who holds it and says so.
    """
    text = given.strip()
    token = token_in(text)
    digits = digits_in(text)
    if token:
        card = by_token(token)
    elif digits is not None and len(digits) <= 13:
        card = _by_number(digits)
    else:
        raise Refused("not_a_card", _("This is not a love card's code. Scan the worker's card."), "scan")
    if card is None:
        raise Refused("unknown_card", _("No card with this number or code is known."), "scan")
    if not village.covers(card.person.area):
        raise Refused("other_village", _("This card belongs to another village's shop."), "scan")
    return card


def token_in(text: str) -> str | None:
    """The secret in what was scanned, a card's address or the token alone; None in anything else."""
    address = _IN_ADDRESS.fullmatch(text)
    token = (address.group(1) if address else text).upper()
    return token if len(token) == TOKEN_LENGTH and set(token) <= set(ALPHABET) else None


def digits_in(text: str) -> str | None:
    """The digits of a typed number, full-width ones too, without what groups them; None for other text."""
    digits = re.sub(r"[\s-]", "", text)
    return "".join(str(int(digit)) for digit in digits) if digits.isdecimal() else None


def _by_number(number: str) -> Card | None:
    if len(number) != 9 or not damm.is_valid(number):
        raise Refused(
            "bad_card_number", _("This card number is mistyped: nine digits, as on the card."), "scan"
        )
    return db.session.scalar(select(Card).where(Card.number == number))


def by_token(token: str) -> Card | None:
    """The card with this secret, or None."""
    return db.session.scalar(select(Card).where(Card.token == token.upper()))


def numbered(number: str, village: Area) -> Card | None:
    """A village's card with this number, or None."""
    return db.session.scalar(
        select(Card).join(Card.person).where(Card.number == number, Person.area_id == village.id)
    )


def active(person: Person) -> Card | None:
    """The one card of a person that is taken at the desk, or None."""
    return db.session.scalar(select(Card).where(Card.person_id == person.id, Card.state == CardState.ACTIVE))


def of_village(village: Area) -> Sequence[tuple[Appointment, Card | None]]:
    """Who serves in a village today, by grid code, each with their latest card, if they ever had one.

    If one of a person's cards is active, it is the latest. After them who left, got a new card, and has
    points kept, with their last term.
    """
    today = clock.today()
    latest = {
        card.person_id: card
        for card in db.session.scalars(
            select(Card).join(Card.person).where(Person.area_id == village.id).order_by(Card.id)
        )
    }
    serving: dict[int, Appointment] = {}
    for term in holders.serving(village, today, today):
        serving.setdefault(term.person_id, term)  # who serves in two grids has one card
    held = [(term, latest.get(person_id)) for person_id, term in serving.items()]
    for person_id, card in latest.items():
        if card.state == CardState.ACTIVE and person_id not in serving and departures.kept_until(card.person):
            held += [(term, card) for term in _latest_terms(person_id)]
    return held


def _latest_terms(person_id: int) -> Sequence[Appointment]:
    """Somebody's latest term as a worker, if they ever had one."""
    return db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.grid), joinedload(Appointment.person))
        .where(Appointment.person_id == person_id, Appointment.duty == Duty.WORKER)
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
        .limit(1)
    ).all()
