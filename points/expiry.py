"""Expiry (到期): a village decides that points booked up to a day lapse after another day.

Without such a decision no points lapse. It is announced at least thirty days before.

Spending takes the oldest points first, so what would lapse of somebody's is their balance without what was
booked after the resolution's day. It is reckoned for a person, whichever entries they have: a merge makes
no old points young. Neither does a correction: what it books is as old as what it puts right. A redemption
that is voided gives back the old points it took. Who had left by the day is passed over: their points have
a last day of their own, told to them when they left (`points.leaving`), and who comes back keeps
everything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ground import clock, days
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Area, Departure, Person, User
from people.roster import holders, persons
from people.sight import outside
from points import amounts, keys, ledger
from points.models import Account, AccountKind, Correction, Expiry, Lapse, Transfer, TransferKind

LEAST_NOTICE_DAYS = 30  # from the announcement to the last day; the first is not counted (民法典第二百零一条)


def resolve(village: Area, booked_until: date, expires_on: date, decided_by: str, actor: User) -> Expiry:
    """Write down that points booked up to a day lapse after another day, unless spent.

    It is announced from today on. The same sent twice is one. Refused `reason_missing` when nobody is named
    who decided it, `bad_day`, `bad_days` unless the first day lies before the second, `too_soon` less than
    30 days ahead, `expiry_pending` while another of the village's is still to come.
    """
    lock(village)  # two chairs at the same moment resolve one
    decided_by = stated_by(decided_by)
    pending = announced(village)
    if pending is not None:
        if (pending.booked_until, pending.expires_on, pending.decided_by) == (
            booked_until,
            expires_on,
            decided_by,
        ):
            return pending
        day = words.day(pending.expires_on)
        raise Refused(
            "expiry_pending", _("Points expire after %(day)s already. Take that back first.", day=day)
        )
    days.DECIDED.check(booked_until, "booked_until")
    if booked_until >= expires_on:
        raise Refused("bad_days", _("Points are booked first and expire on a later day."), "booked_until")
    earliest_day = clock.today() + timedelta(days=LEAST_NOTICE_DAYS)
    if expires_on < earliest_day:
        raise Refused(
            "too_soon",
            _(
                "It is announced at least 30 days before: choose %(day)s or a later day.",
                day=words.day(earliest_day),
            ),
            "expires_on",
        )
    days.GOOD_UNTIL.check(expires_on, "expires_on")
    expiry = Expiry(
        village_id=village.id,
        booked_until=booked_until,
        expires_on=expires_on,
        decided_by=decided_by,
        announced_on=clock.today(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(expiry)
    db.session.flush()
    audit.note(
        actor,
        "expiry.resolve",
        expiry,
        village,
        booked_until=booked_until,
        expires_on=expires_on,
        decided_by=decided_by,
    )
    return expiry


def stated_by(decided_by: str) -> str:
    """The body that decided, without the space around it. Refused `reason_missing` if nobody is named."""
    try:
        return required_reason(decided_by)
    except Refused as refusal:
        raise Refused(refusal.code, _("Say which meeting decided it, and when."), "decided_by") from refusal


def cancel(expiry: Expiry, actor: User) -> Expiry:
    """Cancel an expiry, until its day is over; twice is once. Refused `too_late`."""
    lock(expiry)
    if expiry.cancelled_at is not None:
        return expiry
    if is_over(expiry):
        raise Refused("too_late", _("The day is over; the points have expired."))
    expiry.cancelled_by_id, expiry.cancelled_at = actor.id, clock.now()
    db.session.flush()
    audit.note(actor, "expiry.cancel", expiry, expiry.village, expires_on=expiry.expires_on)
    return expiry


def is_over(expiry: Expiry) -> bool:
    """Whether the last day on which the points could be spent is over."""
    return expiry.expires_on < clock.today()


def announced(village: Area, at: datetime | None = None) -> Expiry | None:
    """The village's expiry that is still to come, now or at an earlier moment.

    None if there is none: points do not expire.
    """
    at = at or clock.now()
    return db.session.scalar(
        select(Expiry)
        .where(
            Expiry.village_id == village.id,
            Expiry.at <= at,
            Expiry.expires_on >= clock.local(at).date(),
            or_(Expiry.cancelled_at.is_(None), Expiry.cancelled_at > at),
        )
        .order_by(Expiry.id.desc())
        .limit(1)
    )


def resolved(village: Area) -> Sequence[Expiry]:
    """All expiries that a village ever decided, the latest first."""
    return db.session.scalars(
        select(Expiry)
        .where(Expiry.village_id == village.id)
        .options(joinedload(Expiry.actor), joinedload(Expiry.cancelled_by))
        .order_by(Expiry.id.desc())
    ).all()


# What would lapse.


def oldest_left(balance: int, newer_tenths: int) -> int:
    """The tenths of a balance that are old points, when `newer_tenths` tenths were booked after them.

    The oldest are spent first, so what was spent, however much, came out of the old as long as there were.
    """
    return max(0, balance - newer_tenths)


def at_stake(person: Person) -> int:
    """The tenths of a person that lapse after the announced day, unless spent; 0 if none do."""
    person = persons.current_entry(person)
    coming = announced(person.area)
    return stakes(coming, [person.id]).get(person.id, 0) if coming else 0


def warning(person: Person) -> str | None:
    """The sentence that tells a person what will lapse of their points and when; None if nothing will."""
    coming = announced(persons.current_entry(person).area)
    tenths = at_stake(person) if coming else 0
    if coming is None or not tenths:
        return None
    day = words.day(coming.expires_on)
    return gettext("%(points)s points expire after %(day)s", points=amounts.show(tenths), day=day)


def announcement(village: Area, at: datetime | None = None) -> str | None:
    """The sentence on the village's wall and pages about the expiry to come, or None.

    With a moment: as a notice posted then said it.
    """
    coming = announced(village, at)
    if coming is None:
        return None
    return gettext(
        "By decision of %(who)s, points booked up to %(booked)s can be spent until %(last)s; what is left of "
        "them then expires. The oldest points are spent first.",
        who=outside().text(coming.decided_by, village),
        booked=words.day(coming.booked_until),
        last=words.day(coming.expires_on),
    )


def stakes(expiry: Expiry, people: Collection[int] | None = None) -> dict[int, int]:
    """The tenths that an expiry takes now, by person (the id of the entry that is kept).

    Of these people, or of everybody. Who has nothing at stake is left out.
    """
    kept_by_entry = persons.current_entry_ids()
    accounts = {
        account.id: (kept_by_entry.get(account.person_id, account.person_id), account.balance)
        for account in _accounts(expiry, people, kept_by_entry)
        if account.person_id is not None
    }
    balances: dict[int, int] = defaultdict(int)
    young: dict[int, int] = defaultdict(int)
    for owner, balance in accounts.values():
        balances[owner] += balance
    for account_id, awards in booked_after(accounts, expiry.booked_until).items():
        young[accounts[account_id][0]] += standing_tenths(awards)
    at_stake_by_owner = {owner: oldest_left(balance, young[owner]) for owner, balance in balances.items()}
    owners_away = _people_away(
        expiry, [owner for owner, tenths in at_stake_by_owner.items() if tenths], kept_by_entry
    )
    return {
        owner: tenths for owner, tenths in at_stake_by_owner.items() if tenths and owner not in owners_away
    }


def _accounts(
    expiry: Expiry, people: Collection[int] | None, kept_by_entry: dict[int, int]
) -> Sequence[Account]:
    """The accounts of these people under all their entries, or all of the village's, as they are now."""
    query = (
        select(Account)
        .where(Account.kind == AccountKind.WORKER, Account.village_id == expiry.village_id)
        .order_by(Account.id)
        .execution_options(populate_existing=True)
    )
    if people is not None:
        entries = [entry for entry, owner in kept_by_entry.items() if owner in people]
        query = query.where(Account.person_id.in_([*people, *entries]))
    return db.session.scalars(query).all()


# What was earned, and the id of the entry that took it back, if one did.
BookedAward = tuple[Transfer, int | None]


def booked_after(accounts: Iterable[int], day: date) -> dict[int, list[BookedAward]]:
    """The quarters' awards and the opening balances booked after a day, by account, also those taken back.

    What a correction booked is as old as the line that it puts right.
    """
    _begins, from_moment = clock.day_span(day, day)
    undoing, first = aliased(Transfer), aliased(Transfer)
    query = (
        select(Transfer, undoing.id)
        .outerjoin(undoing, undoing.reverses_id == Transfer.id)
        .outerjoin(Correction, Correction.booked_id == Transfer.id)
        .outerjoin(first, first.id == Correction.line_id)
        .where(
            Transfer.account_id.in_(list(accounts)),
            Transfer.kind.in_(ledger.EARNED),
            func.coalesce(first.at, Transfer.at) >= from_moment,
        )
    )
    awards_by_account: dict[int, list[BookedAward]] = defaultdict(list)
    for award, undone_by in db.session.execute(query):
        awards_by_account[award.account_id].append((award, undone_by))
    return awards_by_account


def standing_tenths(awards: Iterable[BookedAward], before_id: int | None = None) -> int:
    """The tenths of those awards that were not taken back.

    With `before_id`: as it was before the transfer with this id.
    """
    if before_id is None:
        return sum(award.amount for award, undone_by in awards if undone_by is None)
    return sum(
        award.amount
        for award, undone_by in awards
        if award.id < before_id and (undone_by is None or undone_by > before_id)
    )


def _people_away(expiry: Expiry, people: Collection[int], kept_by_entry: dict[int, int]) -> set[int]:
    """Those of these people who had left by an expiry's day and do not serve on it.

    As long as the day is not over: who had left by today.
    """
    day = min(expiry.expires_on, clock.today())
    entries = {entry: owner for entry, owner in kept_by_entry.items() if owner in people} | {
        person_id: person_id for person_id in people
    }
    entries_left = db.session.scalars(
        select(Departure.person_id).where(Departure.person_id.in_(list(entries)), Departure.on <= day)
    )
    owners_left = {entries[ident] for ident in entries_left}
    serving = {
        owner for entry, owner in entries.items() if owner in owners_left and holders.term_on_day(entry, day)
    }
    return owners_left - serving


# Letting it lapse.


def settle_due(village: Area | None, actor: User | None) -> list[Lapse]:
    """Let lapse what expiries whose day is over still take, in a village or everywhere.

    Complete whenever it runs: it looks at what is there, not at dates it ran on. Run twice, or twice at
    once, it finds nothing the second time; what a void gives back later lapses the evening after. Locks:
    the accounts by id.
    """
    query = select(Expiry).where(*_due_conditions()).order_by(Expiry.expires_on, Expiry.id)
    if village is not None:
        query = query.where(Expiry.village_id == village.id)
    people_by_expiry = [(expiry, list(stakes(expiry))) for expiry in db.session.scalars(query)]
    kept_by_entry = persons.current_entry_ids()
    locked = [
        account
        for expiry, people in people_by_expiry
        if people
        for account in _accounts(expiry, people, kept_by_entry)
    ]
    ledger.lock(locked)
    account_by_owner = {account.person_id: account for account in locked}
    return [
        _lapse(expiry, account_by_owner[owner], tenths, actor)
        for expiry, people in people_by_expiry
        if people
        for owner, tenths in sorted(stakes(expiry, people).items())  # anew, behind the locks
        if owner in account_by_owner and account_by_owner[owner].balance
    ]


def villages_due() -> Sequence[Area]:
    """The villages with an expiry whose day is over, by code.

    Each is settled in a transaction of its own, so that no shop waits for the whole county.
    """
    ids = select(Expiry.village_id).where(*_due_conditions())
    return db.session.scalars(select(Area).where(Area.id.in_(ids)).order_by(Area.code)).all()


def _due_conditions() -> tuple[ColumnElement[bool], ...]:
    return Expiry.cancelled_at.is_(None), Expiry.expires_on < clock.today()


def _lapse(expiry: Expiry, account: Account, tenths: int, actor: User | None) -> Lapse:
    """Let so many tenths of a locked account lapse."""
    tenths = min(tenths, account.balance)  # what lies on a merged entry is sent on first
    earlier = (
        select(func.count())
        .select_from(Lapse)
        .join(Lapse.transfer)
        .where(Lapse.expiry_id == expiry.id, Transfer.account_id == account.id)
    )
    key = keys.expiry_lapse_key(expiry, account, (db.session.scalar(earlier) or 0) + 1)
    day = expiry.expires_on.isoformat()
    transfer = ledger.post(key, TransferKind.EXPIRY, account, tenths, day, actor)
    lapse = Lapse(transfer_id=transfer.id, expiry_id=expiry.id)
    db.session.add(lapse)
    db.session.flush()
    return lapse


def tenths_lapsed(expiries: Sequence[Expiry]) -> dict[int, int]:
    """For each of these expiries, by id, how many tenths lapsed by it."""
    sums = {expiry.id: 0 for expiry in expiries}
    query = (
        select(Expiry.id, func.sum(Transfer.amount))
        .join(Lapse, Lapse.expiry_id == Expiry.id)
        .join(Lapse.transfer)
        .where(Expiry.id.in_(sums))
        .group_by(Expiry.id)
    )
    return sums | dict(db.session.execute(query).all())
