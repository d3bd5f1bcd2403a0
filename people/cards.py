"""Worker cards: issued, lost, found, replaced and retired; and found by what the desk scans.

issued            active: the only state in which the desk takes it
reported lost     lost; active again when it is found
a newer one       replaced
its holder left   frozen
handed back       retired, for good
"""

import random
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload
from stdnum import damm

from ground import clock
from ground.db import Prepared, add_rows, db, get_locked, know, lock
from ground.figures import narrow
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Appointment, Area, AuditEvent, Card, CardState, Duty, Grid, Person, User
from people.roster import departures, holders, persons
from people.scanning.reading import ALPHABET, TOKEN_LENGTH, Kind, Scan, read_scan


def issue(person: Person, actor: User | None, chance: random.Random | None = None) -> Card:
    """Give somebody a card; the one they had stops at once.

    A card is for workers of today, and for those who left and whose points are kept. `chance` is the
    machine's secret source, unless a demo wants the same cards on every run. Refused `was_merged`,
    `not_serving` for somebody who is no worker today and has no points kept.
    """
    lock(person)
    persons.check_not_merged(person)
    if not may_have_card(person):
        raise _not_serving(person)
    old = active_card(person)
    if old is not None:
        old.state = CardState.REPLACED
        db.session.flush()
        audit.note(actor, "card.replace", old, person.area, number=old.number)
    chance = chance or secrets.SystemRandom()
    card = Card(
        person_id=person.id,
        number=_number(chance),
        token=random_characters(TOKEN_LENGTH, chance),
        state=CardState.ACTIVE,
        issued_at=clock.now(),
        issued_by_id=actor.id if actor else None,
    )
    add_rows([card])
    audit.note(actor, "card.issue", card, person.area, number=card.number)
    return card


def may_have_card(person: Person) -> bool:
    """Whether somebody may be given a card: a worker of today, or who left with points kept."""
    return _serves(person) or departures.points_kept_until(person) is not None


def may_be_found(card: Card) -> bool:
    """Whether a card can be active again: it is lost, its holder serves and has no newer one."""
    return card.state == CardState.LOST and _serves(card.person) and active_card(card.person) is None


def _serves(person: Person) -> bool:
    return holders.term_on_day(person.id, clock.today()) is not None


def _not_serving(person: Person) -> Refused:
    return Refused("not_serving", _("%(name)s is not serving as a grid worker today.", name=person.name))


def report_lost(card: Card, actor: User) -> Card:
    """Stop a card that was lost; a second report changes nothing. Refused `card_inactive`."""
    _lock(card)
    if card.state == CardState.LOST:
        return card
    if not card.is_active:
        raise Refused("card_inactive", _("This card is not in use any more."))
    card.state = CardState.LOST
    db.session.flush()
    audit.note(actor, "card.lost", card, card.person.area, number=card.number)
    return card


def mark_found(card: Card, actor: User) -> Card:
    """Make a lost card that came back active again; a second time changes nothing.

    Refused `card_inactive` for one that is not lost, `was_merged`, `not_serving` for who is no worker
    today: had it not been lost, it would be frozen; `has_newer_card` if another one took its place.
    """
    _lock(card)
    if card.is_active:
        return card
    if card.state != CardState.LOST:
        raise Refused("card_inactive", _("This card is not in use any more."))
    persons.check_not_merged(card.person)
    if not _serves(card.person):
        raise _not_serving(card.person)
    if active_card(card.person) is not None:
        raise Refused("has_newer_card", _("A newer card is in use. Retire this one."))
    card.state = CardState.ACTIVE
    db.session.flush()
    audit.note(actor, "card.found", card, card.person.area, number=card.number)
    return card


def retire(card: Card, reason: str, actor: User) -> Card:
    """Write down that a card was handed back and destroyed, for good; a second time changes nothing.

    Refused `reason_missing`.
    """
    reason = required_reason(reason)
    _lock(card)
    if card.state == CardState.RETIRED:
        return card
    card.state = CardState.RETIRED
    db.session.flush()
    audit.note(actor, "card.retire", card, card.person.area, number=card.number, reason=reason)
    return card


def _lock(card: Card) -> None:
    """Lock a card, and its holder before it, in the same order as where cards are issued."""
    get_locked(Person, card.person_id)
    lock(card)


def note_turned_up(card: Card, actor: User) -> bool:
    """Note that a lost card was brought to a desk, once a day; return whether it was noted now."""
    lock(card)
    last = _last_turn_ups([card]).get(card.id)
    if card.state != CardState.LOST or (last and clock.local(last).date() == clock.today()):
        return False
    audit.note(actor, "card.turned_up", card, card.person.area, number=card.number)
    return True


def lost_and_turned_up(village: Area) -> list[tuple[Card, datetime]]:
    """The lost cards of a village that turned up at a desk, with the last time, the latest first."""
    lost = [card for card in cards_of_village(village) if card.state == CardState.LOST]
    last = _last_turn_ups(lost)
    return sorted(((card, last[card.id]) for card in lost if card.id in last), key=lambda one: one[1])[::-1]


def _last_turn_ups(lost: Sequence[Card]) -> dict[int, datetime]:
    """The moment at which each of these cards was last at a desk since it was lost, by the card's id."""
    ids = {audit.name_of(card): card.id for card in lost}
    lines = select(AuditEvent.subject, AuditEvent.action, AuditEvent.at).where(
        AuditEvent.subject.in_(ids), AuditEvent.action.in_(("card.lost", "card.turned_up"))
    )
    times: dict[int, datetime] = {}
    for subject, action, at in db.session.execute(lines.order_by(AuditEvent.id)):
        times.pop(ids[subject], None)
        if action == "card.turned_up":
            times[ids[subject]] = at
    return times


def renew_secrets(village: Area, actor: User, chance: random.Random | None = None) -> int:
    """Give every active card of a village a new secret, as after a leak; return how many.

    What was printed before is not known any more; the numbers stay. A lost card, which may be found
    again, gets a new secret too, and is not counted.
    """
    chance = chance or secrets.SystemRandom()
    renewed = db.session.scalars(
        select(Card)
        .join(Card.person)
        .where(Person.area_id == village.id, Card.state.in_((CardState.ACTIVE, CardState.LOST)))
        .order_by(Card.id)
        .with_for_update(of=Card, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for card in renewed:
        card.token = random_characters(TOKEN_LENGTH, chance)
    db.session.flush()
    audit.note_all(actor, "card.renew", [(card, village, {"number": card.number}) for card in renewed])
    return sum(card.is_active for card in renewed)


def _number(chance: random.Random) -> str:
    """A free card number: eight digits and a Damm check digit.

    The check digit finds every wrong digit and every two that were swapped.
    """
    while True:
        digits = f"{chance.randrange(10**8):08d}"
        number = digits + damm.calc_check_digit(digits)
        if db.session.scalar(select(Card.id).where(Card.number == number)) is None:
            return number


def random_characters(length: int, chance: random.Random) -> str:
    """Random characters that nobody guesses: a card's secret, or the public code of a paper."""
    return "".join(chance.choices(ALPHABET, k=length))


def find(scanned: str, village: Area) -> Card:
    """The card that was scanned (address or token) or typed (number) at a village's desk.

    Refused `article_first` for goods, `not_a_card` for other codes, `swallowed` by an input method,
    `bad_card_number` for a mistyped number, `unknown_card`, `other_village`. The card may be lost or
    replaced: the desk is told who holds it and says so.
    """
    scan = read_scan(scanned)
    if scan.kind != Kind.CARD:
        raise _no_card(scan)
    is_token = len(scan.value) == TOKEN_LENGTH
    card = by_token(scan.value) if is_token else _known(_BY_NUMBER.first(number=scan.value))
    if card is None and scan.is_mended:
        raise _mistyped()
    if card is None and is_token:
        renewed = _("No card has this code. If the codes were renewed, type the number that is on the card.")
        raise Refused("unknown_card", renewed, "scan")
    if card is None:
        raise Refused("unknown_card", _("No card has this number."), "scan")
    if card.person.area_id != village.id and not village.covers(card.person.area):
        raise Refused("other_village", _("This card belongs to another village's shop."), "scan")
    return card


def find_good(scanned: str, village: Area) -> Card:
    """The card that was scanned or typed to let its holder in. Refused as `find`; `card_inactive` if it is
    not good any more.
    """
    card = find(scanned, village)
    if card.state == CardState.LOST:
        raise Refused(
            "card_inactive", _("This card was reported lost. Keep it and tell the committee."), "scan"
        )
    if not card.is_active:
        raise Refused("card_inactive", _("This card is not good any more."), "scan")
    return card


def _no_card(scan: Scan) -> Refused:
    """The refusal of what was scanned in place of a card."""
    if scan.kind in (Kind.ARTICLE, Kind.CARTON):
        return Refused("article_first", _("These are goods. Scan the card first."), "scan")
    if scan.kind == Kind.SWALLOWED:
        text = _("Chinese characters came in place of a code. Switch the keyboard to English and scan again.")
        return Refused("swallowed", text, "scan")
    if scan.kind == Kind.UNKNOWN and len(card_digits(scan.value) or "") in range(1, 14):
        return _mistyped()
    return Refused("not_a_card", _("This is not a love card's code. Scan the worker's card."), "scan")


def _mistyped() -> Refused:
    return Refused("bad_card_number", _("This card number is mistyped: nine digits, as on the card."), "scan")


def card_digits(text: str) -> str | None:
    """The digits of a number that was typed in any width, without spaces and dashes; None for other text."""
    digits = re.sub(r"[\s-]", "", narrow(text))
    return digits if digits.isascii() and digits.isdecimal() else None


# With their holders, who are asked for next.
_WITH_HOLDER = select(Card, Person).join(Card.person)
_BY_NUMBER = Prepared(_WITH_HOLDER.where(Card.number == bindparam("number")))
_BY_TOKEN = Prepared(_WITH_HOLDER.where(Card.token == bindparam("token")))


def _known(found: Any | None) -> Card | None:
    """A card that was found with its holder, or None."""
    if found is None:
        return None
    know(found.Card, person=found.Person)
    card: Card = found.Card
    return card


def by_token(token: str) -> Card | None:
    """The card with this secret, or None."""
    return _known(_BY_TOKEN.first(token=token.upper()))


def by_number(number: str, village: Area) -> Card | None:
    """A village's card with this number, or None."""
    return db.session.scalar(
        select(Card)
        .join(Card.person)
        .options(contains_eager(Card.person))
        .where(Card.number == number, Person.area_id == village.id)
    )


def active_card(person: Person) -> Card | None:
    """The one active card of a person, or None."""
    return db.session.scalar(select(Card).where(Card.person_id == person.id, Card.state == CardState.ACTIVE))


def cards_of_village(village: Area) -> Sequence[Card]:
    """Every card a village's people ever had, in the order they were issued."""
    return db.session.scalars(
        select(Card)
        .join(Card.person)
        .options(contains_eager(Card.person))
        .where(Person.area_id == village.id)
        .order_by(Card.id)
    ).all()


def of_person(person: Person) -> Sequence[Card]:
    """Every card a person ever had, under each of their entries, the newest first."""
    return db.session.scalars(
        select(Card).where(Card.person_id.in_(persons.entry_ids(person))).order_by(Card.id.desc())
    ).all()


def active_cards_below(area: Area) -> list[tuple[Card, Grid | None]]:
    """Every active card of an area and below, with its holder's grid, by village and grid.

    For who serves in several the first of them, for who serves no more the last.
    """
    active_cards = db.session.scalars(
        select(Card)
        .join(Card.person)
        .join(Person.area)
        .options(contains_eager(Card.person).contains_eager(Person.area))
        .where(Card.state == CardState.ACTIVE, Area.code.startswith(area.stem))
    ).all()
    grids = _grids_of_holders(area)
    pairs = [(card, grids.get(card.person_id)) for card in active_cards]
    return sorted(
        pairs, key=lambda pair: (pair[0].person.area.code, pair[1].code if pair[1] else "", pair[0].id)
    )


def _grids_of_holders(area: Area) -> dict[int, Grid]:
    """The grid of each worker who belongs to an area, by the person's id.

    Which of several it is, `active_cards_below` says.
    """
    today = clock.today()
    terms = db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .join(Appointment.person)
        .join(Person.area)
        .options(contains_eager(Appointment.grid))
        .where(Appointment.duty == Duty.WORKER, Area.code.startswith(area.stem))
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()
    served = [term for term in terms if holders.state_of(term, today) == holders.TermState.OVER]
    running = [term for term in terms if holders.state_of(term, today) == holders.TermState.RUNNING]
    running.sort(key=lambda term: term.grid.code, reverse=True)
    return {term.person_id: term.grid for term in (*served, *running)}  # of several the one said last


def holders_with_cards(village: Area) -> Sequence[tuple[Appointment, Card | None]]:
    """The workers of a village today, by grid code, each with their latest card, if they have one.

    If one of a person's cards is active, it is the latest. After them those who left, got a new card, and
    have points kept, with their last term.
    """
    today = clock.today()
    latest = {card.person_id: card for card in cards_of_village(village)}
    serving: dict[int, Appointment] = {}
    for term in holders.serving_terms(village, today, today):
        serving.setdefault(term.person_id, term)  # who serves in two grids has one card
    pairs = [(term, latest.get(person_id)) for person_id, term in serving.items()]
    for person_id, card in latest.items():
        if card.is_active and person_id not in serving and departures.points_kept_until(card.person):
            pairs += [(term, card) for term in _latest_terms(person_id)]
    return pairs


def _latest_terms(person_id: int) -> Sequence[Appointment]:
    """Somebody's latest term as a worker, if they ever had one."""
    return db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.grid), joinedload(Appointment.person))
        .where(Appointment.person_id == person_id, Appointment.duty == Duty.WORKER)
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
        .limit(1)
    ).all()
