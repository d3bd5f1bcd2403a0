"""What becomes of the points of who leaves: settled by the village's rule, never silently.

Where the rule says *expire*, the whole balance lapses in the transaction in which somebody leaves. Where it
says *keep*, the points can be spent until a day, and what is left lapses after it. Points that come later
(a quarter booked after they left, a redemption voided) lapse too, once the departure's points have. Who is
appointed again before that day keeps everything; the departure is history then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager

from ground import clock
from ground.db import db, lock
from people.models import (
    Appointment,
    Area,
    Departure,
    DepartureKind,
    Merge,
    NegativeItem,
    Person,
    User,
)
from people.roster import departures, persons
from points import keys, ledger
from points.models import Account, AccountKind, Lapse, Transfer, TransferKind


@dataclass(frozen=True)
class Remainder:
    """The points of a person who serves no more.

    Without a departure nobody has decided about them.
    """

    person: Person
    balance: int
    departure: Departure | None

    @property
    def is_due(self) -> bool:
        """Whether the points have to lapse by now."""
        return self.departure is not None and is_over(self.departure)


def leave(
    person: Person,
    kind: DepartureKind,
    reason: str,
    decision: str,
    on: date,
    actor: User | None,
    item: NegativeItem | None = None,
) -> Departure:
    """Let a worker leave on a day, by a decision, and settle their points by the rule of that day.

    Kept points whose last day has passed already lapse at once, as they would tonight. Refused as
    `people.roster.departures.depart` says. Locks: the person, then the account.
    """
    lock(person)
    account = ledger.find_account(person)
    ledger.lock([account])
    departure = departures.depart(person, kind, reason, decision, on, actor, item)
    if account is not None and account.balance and is_over(departure):
        _expire(departure, account, actor)
    return departure


def is_over(departure: Departure) -> bool:
    """Whether a departure's points cannot be spent any more."""
    return departure.kept_until is None or departure.kept_until < clock.today()


def _expire(departure: Departure, account: Account, actor: User | None) -> Lapse:
    """Let the whole balance of a locked account lapse; the entry says on which day its owner left."""
    earlier = select(func.count()).select_from(Lapse).where(Lapse.departure_id == departure.id)
    key = keys.departure_lapse_key(departure, (db.session.scalar(earlier) or 0) + 1)
    day = departure.on.isoformat()
    transfer = ledger.post(key, TransferKind.EXPIRY, account, account.balance, day, actor)
    lapse = Lapse(transfer_id=transfer.id, departure_id=departure.id)
    db.session.add(lapse)
    db.session.flush()
    return lapse


def settle_due(village: Area | None, actor: User | None) -> list[Lapse]:
    """Let lapse all points whose last day after a departure is over, in a village or everywhere.

    Complete whenever it runs: it looks at balances, not at dates it ran on. Run twice, or twice at once, it
    finds nothing the second time. Who serves again, or is appointed from a later day on, is skipped. Locks:
    the persons, then the accounts, each by id.
    """
    people_due = [remainder.person for remainder in remainders(village) if remainder.is_due]
    for person in sorted(people_due, key=lambda person: person.id):
        lock(person)
    accounts = {person.id: ledger.find_account(person) for person in people_due}
    ledger.lock(accounts.values())
    lapsed: list[Lapse] = []
    for person in people_due:
        account, departure = accounts[person.id], departures.current_departure(persons.entry_ids(person))
        if account is not None and account.balance and departure is not None and is_over(departure):
            lapsed.append(_expire(departure, account, actor))
    return lapsed


def remainders(village: Area | None) -> list[Remainder]:
    """The points of everyone who serves no more, in a village or everywhere, by village and name."""
    serves = (
        select(Appointment.id)
        .where(Appointment.person_id == Person.id, *departures.worker_terms_not_over(clock.today()))
        .exists()
    )
    query = (
        select(Account)
        .join(Account.person)
        .join(Person.area)
        .options(contains_eager(Account.person).contains_eager(Person.area))
        .where(
            Account.kind == AccountKind.WORKER,
            Account.balance > 0,
            ~serves,
            ~exists().where(Merge.duplicate_id == Person.id),
        )
        .order_by(Area.code, Person.name, Person.id)
    )
    if village is not None:
        query = query.where(Person.area_id == village.id)
    return [
        Remainder(
            account.person, account.balance, departures.current_departure(persons.entry_ids(account.person))
        )
        for account in db.session.scalars(query)
        if account.person is not None
    ]


def tenths_lapsed(departure_list: Sequence[Departure]) -> dict[int, int]:
    """For each of these departures, by id, how many tenths lapsed by it."""
    sums = {departure.id: 0 for departure in departure_list}
    found = (
        select(Departure.id, func.sum(Transfer.amount))
        .join(Lapse, Lapse.departure_id == Departure.id)
        .join(Lapse.transfer)
        .where(Departure.id.in_(sums))
        .group_by(Departure.id)
    )
    return sums | dict(db.session.execute(found).all())
