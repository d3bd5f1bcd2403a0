"""Whoever stands at the desk with a card: what is asked about them, and whether goods may be handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Date, and_, bindparam, exists, select
from sqlalchemy.orm import aliased

from ground import clock
from ground.db import Prepared, know
from ground.paper import words
from ground.refusal import Refused
from people.models import Appointment, Card, CardState, Duty, Grid, Merge, Person, User
from people.roster import departures, holders, persons
from people.signin import humans
from people.signin.humans import EntryColumns, identity_with
from points.models import Account, AccountKind
from shop.models import Device, Redemption


@dataclass(frozen=True)
class AtDesk:
    """Whoever stands at the desk with a card, which is as it is now.

    The village they belong to, by its id; the grid that they serve in today, if they do; the ids of their
    entries; tenths of a point that they have, after so many transfers; the village's account of what was
    redeemed, by its id, if it is open; whether it is the human who serves. And the redemption, by its id, of
    the key asked about.
    """

    card: Card
    village_id: int
    grid: str | None
    entry_ids: Sequence[int]
    balance: int
    transfers: int
    redeemed_id: int | None
    is_serving: bool
    redemption_id: int | None


_SignIn, _Serving, _Server, _Redeemed = aliased(User), aliased(User), aliased(Person), aliased(Account)
_DAY = bindparam("day", type_=Date)

# A row for each of their sign-ins and terms.
_AT_DESK = Prepared(
    select(
        Card.state,
        Person.id.label("entry_id"),
        Person.area_id.label("village_id"),
        Person.name,
        Person.phone,
        Grid.name.label("grid"),
        Account.balance,
        Account.transfers,
        select(_Redeemed.id)
        .where(
            _Redeemed.village_id == Person.area_id,
            _Redeemed.kind == AccountKind.REDEEMED,
            _Redeemed.person_id.is_(None),  # as the index says
        )
        .scalar_subquery()
        .label("redeemed_id"),
        select(Redemption.id)
        .where(Redemption.key == bindparam("key"))
        .scalar_subquery()
        .label("redemption_id"),
        exists().where(Merge.kept_id == Person.id).label("has_merged"),
        exists().where(Merge.duplicate_id.in_((Person.id, _Server.id))).label("is_merged"),
        *(column.label(f"sign_in_{column.key}") for column in (_SignIn.name, _SignIn.unit, _SignIn.phone)),
        *(column.label(f"serving_{column.key}") for column in (_Serving.name, _Serving.unit, _Serving.phone)),
        *(column.label(f"server_{column.key}") for column in (_Server.id, _Server.name, _Server.phone)),
    )
    .select_from(Card)
    .join(Card.person)
    .outerjoin(Account, Account.person_id == Person.id)
    .outerjoin(
        Appointment,
        (Appointment.person_id == Person.id)
        & (Appointment.duty == Duty.WORKER)
        & and_(*holders.terms_touching(_DAY, _DAY)),
    )
    .outerjoin(Appointment.grid)
    .outerjoin(_SignIn, _SignIn.person_id == Person.id)
    .outerjoin(_Serving, _Serving.id == bindparam("serving_id"))
    .outerjoin(_Server, _Server.id == _Serving.person_id)
    .where(Card.id == bindparam("card_id"))
    .order_by(Appointment.id)
)


def at_desk(card: Card, by: User | Device | None, key: str = "", day: date | None = None) -> AtDesk:
    """Whoever stands at the desk with a card, today or on a day, by one statement; `by` serves them.

    Where something is written, their account is locked before: what changed while the lock was waited for
    is seen then, and would not be by the statement that waits.
    """
    serving_id = by.added_by_id if isinstance(by, Device) else by and by.id
    values = {"card_id": card.id, "serving_id": serving_id, "key": key, "day": day or clock.today()}
    rows = _AT_DESK.all(**values)
    row = rows[0]
    know(card, state=row.state)
    return AtDesk(
        card=card,
        village_id=row.village_id,
        grid=row.grid,
        entry_ids=persons.entry_ids(card.person) if row.has_merged else [row.entry_id],
        balance=row.balance or 0,
        transfers=row.transfers or 0,
        redeemed_id=row.redeemed_id,
        is_serving=by is not None and _is_serving(rows, card, by),
        redemption_id=row.redemption_id,
    )


def _is_serving(rows: Sequence[Any], card: Card, by: User | Device) -> bool:
    """Whether the holder of a card is the human who serves them."""
    row = rows[0]
    if row.is_merged:
        return humans.is_own(humans.behind(by), card.person)
    if row.serving_name is None:
        return False
    server = row.server_id and EntryColumns(row.server_id, row.server_name, row.server_phone)
    entry = EntryColumns(row.entry_id, row.name, row.phone)
    naming = [
        identity_with(each.sign_in_name, entry, each.sign_in_unit, each.sign_in_phone)
        for each in rows
        if each.sign_in_name is not None
    ]
    own = identity_with(row.serving_name, server, row.serving_unit, row.serving_phone)
    return own.owns(identity_with(row.name, entry), naming)


def check_holder(holder: AtDesk) -> None:
    """Check that a card is good for goods today.

    Refused `card_inactive` for a card that was lost, replaced, retired or frozen; `term_ended` for who
    serves no more and has no points kept; `own_card` for who serves themselves, also through a device.
    """
    card = holder.card
    if card.state == CardState.LOST:
        raise Refused("card_inactive", _("This card was reported lost. Keep it and tell the committee."))
    if card.state == CardState.FROZEN:
        raise Refused("card_inactive", _why_frozen(card.person))
    if card.state == CardState.RETIRED:
        raise Refused("card_inactive", _("This card is not in use any more."))
    if not card.is_active:
        raise Refused("card_inactive", _("This card was replaced by a newer one."))
    if holder.grid is None and not departures.points_kept_until(card.person):
        raise _term_ended(card.person)
    check_other(holder)


def check_other(holder: AtDesk) -> None:
    """Check that nobody serves themselves, also through a device. Refused `own_card`."""
    if holder.is_serving:
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
