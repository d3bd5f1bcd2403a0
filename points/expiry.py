"""Expiry (到期): points do not lapse, unless a village resolves a day and announces it thirty days before.

Spending takes the oldest points first, so what would lapse of somebody's is their balance without what was
booked after the resolution's day. It is reckoned for a person, whichever entries they have: a merge makes no
old points young. Neither does a correction: what it books is as old as what it puts right. A redemption that
is voided gives back the old points it took. Who had left by the day is passed over: their points have a last
day of their own, told to them when they left (`points.leaving`), and who comes back keeps everything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ground import clock
from ground.db import db, get_locked
from ground.paper import words
from ground.refusal import Refused, stated
from people import audit
from people.models import Area, Departure, Person, User
from people.roster import holders, persons
from points import amounts, keys, ledger
from points.models import Account, AccountKind, Correction, Expiry, Lapse, Transfer, TransferKind

LEAST_DAYS = 30  # from the announcement to the last day; the first is not counted (民法典第二百零一条)
EARLIEST = date(2000, 1, 1)  # before it nobody booked anything: a year was mistyped


def resolve(village: Area, booked_until: date, expires_on: date, decided_by: str, actor: User) -> Expiry:
    """Write down that points booked up to a day lapse after another, unless spent; announced from today on.

    The same sent twice is one. Refused `reason_missing` when nobody is named who decided it, `bad_days`
    unless the first day lies before the second, `too_soon` less than 30 days ahead, `expiry_pending` while
    another of the village's is still to come.
    """
    get_locked(Area, village.id)  # two chairs at the same moment resolve one
    decided_by = stated_by(decided_by)
    there = announced(village)
    if there is not None:
        if (there.booked_until, there.expires_on, there.decided_by) == (booked_until, expires_on, decided_by):
            return there
        day = words.day(there.expires_on)
        raise Refused(
            "expiry_pending", _("Points expire after %(day)s already. Take that back first.", day=day)
        )
    if not EARLIEST <= booked_until < expires_on:
        raise Refused("bad_days", _("Points are booked first and expire on a later day."), "booked_until")
    first = clock.today() + timedelta(days=LEAST_DAYS)
    if expires_on < first:
        raise Refused(
            "too_soon",
            _(
                "It is announced at least 30 days before: choose %(day)s or a later day.",
                day=words.day(first),
            ),
            "expires_on",
        )
    made = Expiry(
        village_id=village.id,
        booked_until=booked_until,
        expires_on=expires_on,
        decided_by=decided_by,
        announced_on=clock.today(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.note(
        actor,
        "expiry.resolve",
        made,
        village,
        booked_until=booked_until,
        expires_on=expires_on,
        decided_by=decided_by,
    )
    return made


def stated_by(decided_by: str) -> str:
    """Who decided, without the space around it. Refused `reason_missing` if nobody is named."""
    try:
        return stated(decided_by)
    except Refused as refusal:
        raise Refused(refusal.code, _("Say which meeting decided it, and when."), "decided_by") from refusal


def cancel(expiry: Expiry, actor: User) -> Expiry:
    """Take back that points expire, until the day is over; twice is once. Refused `too_late`."""
    locked: Expiry = get_locked(Expiry, expiry.id)
    if locked.cancelled_at is not None:
        return locked
    if is_over(locked):
        raise Refused("too_late", _("The day is over; the points have expired."))
    locked.cancelled_by_id, locked.cancelled_at = actor.id, clock.now()
    db.session.flush()
    audit.note(actor, "expiry.cancel", locked, locked.village, expires_on=locked.expires_on)
    return locked


def is_over(expiry: Expiry) -> bool:
    """Whether the last day on which the points could be spent is over."""
    return expiry.expires_on < clock.today()


def announced(village: Area, at: datetime | None = None) -> Expiry | None:
    """The village's expiry that is still to come, now or at an earlier moment; None: points do not expire."""
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
    """Everything the village ever resolved about expiry, the latest first."""
    return db.session.scalars(
        select(Expiry)
        .where(Expiry.village_id == village.id)
        .options(joinedload(Expiry.actor), joinedload(Expiry.cancelled_by))
        .order_by(Expiry.id.desc())
    ).all()


# What would lapse.


def oldest_left(balance: int, young: int) -> int:
    """Of a balance in tenths what is left of the old points, when so many tenths of it came after them.

    The oldest are spent first, so what was spent, however much, came out of the old as long as there were.
    """
    return max(0, balance - young)


def at_stake(person: Person) -> int:
    """Tenths of a person's that lapse after the announced day, unless they are spent; 0 if none do."""
    person = persons.kept(person)
    coming = announced(person.area)
    return stakes(coming, [person.id]).get(person.id, 0) if coming else 0


def warning(person: Person) -> str | None:
    """The sentence that tells a person what will lapse of their points and when; None if nothing will."""
    coming = announced(persons.kept(person).area)
    tenths = at_stake(person) if coming else 0
    if coming is None or not tenths:
        return None
    day = words.day(coming.expires_on)
    return gettext("%(points)s points expire after %(day)s", points=amounts.show(tenths), day=day)


def announcement(village: Area, at: datetime | None = None) -> str | None:
    """What the village's wall and pages say of the expiry to come, as a notice posted at a moment said it;
    None while there is none."""
    coming = announced(village, at)
    if coming is None:
        return None
    return gettext(
        "By decision of %(who)s, points booked up to %(booked)s can be spent until %(last)s; what is left of "
        "them then expires. The oldest points are spent first.",
        who=coming.decided_by,
        booked=words.day(coming.booked_until),
        last=words.day(coming.expires_on),
    )


def stakes(expiry: Expiry, people: Collection[int] | None = None) -> dict[int, int]:
    """By person (the id that counts) the tenths that an expiry takes now; of these people, or of everybody.

    Who has nothing at stake is left out.
    """
    into = persons.kept_ids()
    accounts = {
        account.id: (into.get(account.person_id, account.person_id), account.balance)
        for account in _accounts(expiry, people, into)
        if account.person_id is not None
    }
    balances: dict[int, int] = defaultdict(int)
    young: dict[int, int] = defaultdict(int)
    for owner, balance in accounts.values():
        balances[owner] += balance
    for account_id, awards in booked_after(accounts, expiry.booked_until).items():
        young[accounts[account_id][0]] += standing(awards)
    found = {owner: oldest_left(balance, young[owner]) for owner, balance in balances.items()}
    gone = _away(expiry, [owner for owner, tenths in found.items() if tenths], into)
    return {owner: tenths for owner, tenths in found.items() if tenths and owner not in gone}


def _accounts(expiry: Expiry, people: Collection[int] | None, into: dict[int, int]) -> Sequence[Account]:
    """The accounts of these people under all their entries, or all of the village's, as they are now."""
    query = (
        select(Account)
        .where(Account.kind == AccountKind.WORKER, Account.village_id == expiry.village_id)
        .order_by(Account.id)
        .execution_options(populate_existing=True)
    )
    if people is not None:
        entries = [entry for entry, owner in into.items() if owner in people]
        query = query.where(Account.person_id.in_([*people, *entries]))
    return db.session.scalars(query).all()


# An award, and the id of the entry that took it back, if one did.
Booked = tuple[Transfer, int | None]


def booked_after(accounts: Iterable[int], day: date) -> dict[int, list[Booked]]:
    """By account the quarters' awards that were booked after a day, also those that were taken back.

    What a correction booked is as old as the line that it puts right.
    """
    _begins, after = clock.day_span(day, day)
    undoing, first = aliased(Transfer), aliased(Transfer)
    query = (
        select(Transfer, undoing.id)
        .outerjoin(undoing, undoing.reverses_id == Transfer.id)
        .outerjoin(Correction, Correction.booked_id == Transfer.id)
        .outerjoin(first, first.id == Correction.line_id)
        .where(
            Transfer.account_id.in_(list(accounts)),
            Transfer.kind == TransferKind.AWARD,
            func.coalesce(first.at, Transfer.at) >= after,
        )
    )
    found: dict[int, list[Booked]] = defaultdict(list)
    for award, undone_by in db.session.execute(query):
        found[award.account_id].append((award, undone_by))
    return found


def standing(awards: Iterable[Booked], before: int | None = None) -> int:
    """The tenths of awards that were not taken back; as it was before the transfer with an id, if given."""
    if before is None:
        return sum(award.amount for award, undone_by in awards if undone_by is None)
    return sum(
        award.amount
        for award, undone_by in awards
        if award.id < before and (undone_by is None or undone_by > before)
    )


def _away(expiry: Expiry, people: Collection[int], into: dict[int, int]) -> set[int]:
    """Of these people those who had left by an expiry's day (so far by today) and serve no more on it."""
    day = min(expiry.expires_on, clock.today())
    entries = {entry: owner for entry, owner in into.items() if owner in people} | {
        each: each for each in people
    }
    left = db.session.scalars(
        select(Departure.person_id).where(Departure.person_id.in_(list(entries)), Departure.on <= day)
    )
    gone = {entries[ident] for ident in left}
    serving = {owner for entry, owner in entries.items() if owner in gone and holders.serves_on(entry, day)}
    return gone - serving


# Letting it lapse.


def settle_due(village: Area | None, actor: User | None) -> list[Lapse]:
    """Let lapse what is due in a village, or everywhere: what an expiry whose day is over still takes.

    Complete whenever it runs: it looks at what is there, not at dates it ran on. Run twice, or twice at once,
    it finds nothing the second time; what a void gives back later lapses the evening after. Locks: the
    accounts by id.
    """
    query = select(Expiry).where(*_over()).order_by(Expiry.expires_on, Expiry.id)
    if village is not None:
        query = query.where(Expiry.village_id == village.id)
    due = [(expiry, list(stakes(expiry))) for expiry in db.session.scalars(query)]
    into = persons.kept_ids()
    locked = [account for expiry, people in due if people for account in _accounts(expiry, people, into)]
    ledger.lock(locked)
    known = {account.person_id: account for account in locked}
    return [
        _lapse(expiry, known[owner], tenths, actor)
        for expiry, people in due
        if people
        for owner, tenths in sorted(stakes(expiry, people).items())  # anew, behind the locks
        if owner in known and known[owner].balance
    ]


def villages_due() -> Sequence[Area]:
    """Where an expiry's day is over, by code: each is settled in a transaction of its own, so that no shop
    waits for the whole county."""
    ids = select(Expiry.village_id).where(*_over())
    return db.session.scalars(select(Area).where(Area.id.in_(ids)).order_by(Area.code)).all()


def _over() -> tuple[ColumnElement[bool], ...]:
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
    key = keys.expired(expiry, account, (db.session.scalar(earlier) or 0) + 1)
    day = expiry.expires_on.isoformat()
    transfer = ledger.post(key, TransferKind.EXPIRY, account, tenths, day, actor)
    lapse = Lapse(transfer_id=transfer.id, expiry_id=expiry.id)
    db.session.add(lapse)
    db.session.flush()
    return lapse


def lapsed_by(listed: Sequence[Expiry]) -> dict[int, int]:
    """For each of these expiries, by id, how many tenths lapsed by it."""
    sums = {expiry.id: 0 for expiry in listed}
    found = (
        select(Expiry.id, func.sum(Transfer.amount))
        .join(Lapse, Lapse.expiry_id == Expiry.id)
        .join(Lapse.transfer)
        .where(Expiry.id.in_(sums))
        .group_by(Expiry.id)
    )
    return sums | dict(db.session.execute(found).all())
