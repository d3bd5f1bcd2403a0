"""Merging two entries of one person: both histories stay, linked transfers join the points.

The duplicate keeps its past: its terms, its cards, the quarters it was assessed in, every entry of its
account. What goes on moves to the entry that is kept: running terms, records that no assessment took, the
balance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import db, get_locked, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import audit, cards
from people.models import Appointment, Card, CardState, Duty, Merge, Outcome, Person, Proposal, User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from people.roster import departures, duplicates, holders, persons, terms
from people.signin import humans
from points import keys, ledger
from points.assessment import sheet
from points.models import (
    Account,
    Assessment,
    AssessmentState,
    MergeMove,
    Service,
    ServiceState,
    TransferKind,
)
from points.openings import sheets
from points.wall import booking

# The kind of proposal by which two entries that differ are merged.
MERGE_OF_DIFFERENT = "person.merge"

# What the kept entry takes over from the duplicate where it has nothing itself.
FIELDS_TO_FILL = ("phone", "agency", "sex", "birth_year", "standing", "background", "law_mark_on")


@dataclass(frozen=True)
class MergePlan:
    """The plan of a merge: what moves from the duplicate to the entry that is kept."""

    balance: int
    terms: Sequence[Appointment]
    services: Sequence[int]
    users: Sequence[User]
    card: Card | None
    filled_fields: dict[str, Any]


def plan(kept: Person, duplicate: Person) -> MergePlan:
    """The plan of merging the duplicate into the kept entry, as things stand now. Changes nothing."""
    filled = {
        name: getattr(duplicate, name)
        for name in FIELDS_TO_FILL
        if not getattr(kept, name) and getattr(duplicate, name)
    }
    return MergePlan(
        balance=ledger.balance_of(duplicate),
        terms=[term for term in _open_terms(duplicate) if _state(term) == holders.TermState.RUNNING],
        services=db.session.scalars(
            select(Service.id)
            .where(Service.worker_id == duplicate.id, Service.assessment_id.is_(None))
            .order_by(Service.id)
        ).all(),
        users=db.session.scalars(select(User).where(User.person_id == duplicate.id).order_by(User.id)).all(),
        card=cards.active_card(duplicate),
        filled_fields=filled,
    )


def merge(
    kept: Person, duplicate: Person, reason: str, actor: User | None, agreed_by: User | None = None
) -> Merge:
    """Join the duplicate to the entry that is kept, for good, with a reason; return the merge.

    Two entries that differ in name, telephone or year of birth need a second person, who agreed. Refused
    `reason_missing`, `second_person`, and as `check` says. Locks, each by id: the village's assessments and
    sheets of opening balances that are not booked, the two persons, their accounts; then the rules are
    checked.
    """
    reason = required_reason(reason)
    for ident in db.session.scalars(
        select(Assessment.id)
        .where(Assessment.village_id == duplicate.area_id, Assessment.state != AssessmentState.BOOKED)
        .order_by(Assessment.id)
    ).all():
        get_locked(Assessment, ident)
    for opening_sheet in sheets.unfinished_sheets(duplicate.area):
        lock(opening_sheet)
    for person in sorted((kept, duplicate), key=lambda person: person.id):
        lock(person)
    ledger.lock([ledger.find_account(kept), ledger.find_account(duplicate)])
    check(kept, duplicate, actor)
    if duplicates.differences(kept, duplicate):
        kinds.check_agreed(_to_propose(kept, duplicate, reason), actor, agreed_by)
    planned = plan(kept, duplicate)
    new_merge = Merge(
        kept_id=kept.id,
        duplicate_id=duplicate.id,
        reason=reason,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(new_merge)
    db.session.flush()
    db.session.expire(duplicate, ["merge"])
    audit.note(
        actor,
        "person.merge",
        duplicate,
        duplicate.area,
        kept=kept.id,
        reason=reason,
        points=planned.balance,
        services=list(planned.services),
        users=[user.id for user in planned.users],
    )
    audit.change(actor, "person.fill", kept, kept.area, **planned.filled_fields)
    _move_services(kept, planned)
    _move_terms(kept, duplicate, reason, actor)
    _move_balance(new_merge, actor)
    _move_cards(kept, planned, actor)
    for user in planned.users:
        audit.change(actor, "user.link", user, kept.area, person_id=kept.id)
    return new_merge


def _to_propose(kept: Person, duplicate: Person, reason: str) -> SecondPersonNeeded:
    return SecondPersonNeeded(
        MERGE_OF_DIFFERENT,
        duplicate.area,
        duplicate,
        _("These two entries differ. A second person has to agree that they are one."),
        kept=kept.id,
        duplicate=duplicate.id,
        reason=reason,
    )


def merge_as_proposed(proposal: Proposal, agreed_by: User) -> Merge:
    """Merge two entries that differ, as one person proposed and another agreed. Refused as `merge` is."""
    kept, duplicate = proposed_entries(proposal)
    return merge(kept, duplicate, proposal.terms["reason"], proposal.proposed_by, agreed_by)


def proposed_entries(proposal: Proposal) -> tuple[Person, Person]:
    """The entry that is to be kept and its duplicate, of a proposal to merge them."""
    kept, duplicate = (db.session.get_one(Person, proposal.terms[name]) for name in ("kept", "duplicate"))
    return kept, duplicate


def check_no_entry_of(proposal: Proposal, actor: User) -> None:
    """Check that none of the proposed entries is the actor's own. Refused `own_entry`."""
    if any(humans.is_own(actor, entry) for entry in proposed_entries(proposal)):
        raise Refused("own_entry", _("Nobody merges their own entries. Ask another chair."))


def check(kept: Person, duplicate: Person, actor: User | None) -> None:
    """Check that two entries can be merged now.

    Refused `same_entry`, `already_merged` on either side, `own_entry` of the actor, `other_village` unless
    the duplicate has no points, no term and no open record there, `on_a_sheet` while one that holds the
    duplicate is deliberated or on notice, `two_openings` while both have an opening balance and one of them
    is not booked, `term_to_come` while the duplicate takes over or hands over a
    grid on a later day, `both_left` when points of one would lapse sooner by the other's departure.
    """
    if kept.id == duplicate.id:
        raise Refused("same_entry", _("These are not two entries but one."))
    if duplicates.merge_of(duplicate) or duplicates.merge_of(kept):
        raise Refused("already_merged", _("One of these entries was merged already."))
    entries = persons.entry_ids(kept) + persons.entry_ids(duplicate)
    if any(humans.is_own(actor, entry) for entry in (kept, duplicate)):
        raise Refused("own_entry", _("Nobody merges their own entries. Ask another chair."))
    if kept.area_id != duplicate.area_id and _is_busy(duplicate):
        raise Refused("other_village", _("The two entries belong to different villages."))
    _check_sheets(duplicate)
    _check_openings(kept, duplicate)
    _check_terms(duplicate)
    _check_departures(kept, duplicate, entries)


def _is_busy(person: Person) -> bool:
    """Whether an entry has points, a term, or a record that is not assessed yet."""
    open_record = select(Service.id).where(
        Service.worker_id == person.id,
        Service.assessment_id.is_(None),
        Service.state != ServiceState.REJECTED,
    )
    return bool(ledger.balance_of(person) or _open_terms(person) or db.session.scalar(open_record.limit(1)))


def _check_sheets(duplicate: Person) -> None:
    standing_still = select(Assessment).where(
        Assessment.village_id == duplicate.area_id, Assessment.state != AssessmentState.COLLECTING
    )
    for assessment in db.session.scalars(standing_still):
        if duplicate.id in _contested_workers(assessment):
            quarter = words.quarter(assessment.quarter)
            raise Refused(
                "on_a_sheet",
                _(
                    "%(name)s is on the sheet of %(quarter)s. Merge once it is booked.",
                    name=duplicate.name,
                    quarter=quarter,
                ),
            )


def _check_openings(kept: Person, duplicate: Person) -> None:
    """Check that no two opening balances come to one person. Refused `two_openings`."""
    both = {kept.id, duplicate.id}
    have_one = sheets.sheets_of_workers(duplicate.area).keys()
    if both <= have_one and both & sheets.unbooked_lines(duplicate.area).keys():
        raise Refused(
            "two_openings",
            _(
                "Both entries have an opening balance, and a person has one. Take the sheet of one of them "
                "back, or put its line to 0 by an objection."
            ),
        )


def _contested_workers(assessment: Assessment) -> set[int]:
    """The ids of the workers whose lines must not change until they are booked."""
    if assessment.state == AssessmentState.BOOKED:
        return {line.posted_line.worker_id for line in booking.bookable_lines(assessment)}
    return {row.worker.id for row in sheet.sheet_rows(assessment)}


def _check_terms(duplicate: Person) -> None:
    """Check that the duplicate's terms can be moved today. Refused `term_to_come`.

    A term that runs, with its own renewal, can be moved; one that changes hands on a later day cannot.
    """
    today = clock.today()
    running = [term for term in _open_terms(duplicate) if _state(term) == holders.TermState.RUNNING]
    renewed = {(term.grid_id, term.duty, term.ended_on) for term in running}
    coming = [term for term in _open_terms(duplicate) if _state(term) == holders.TermState.COMING]
    renewals = {(term.grid_id, term.duty, term.starts_on) for term in coming}
    for term in running:
        if term.ended_on and (term.grid_id, term.duty, term.ended_on) not in renewals:
            raise _term_refusal(duplicate, term.ended_on)
    for term in coming:
        if term.starts_on > today and (term.grid_id, term.duty, term.starts_on) not in renewed:
            raise _term_refusal(duplicate, term.starts_on)


def _term_refusal(duplicate: Person, day: date) -> Refused:
    return Refused(
        "term_to_come",
        _(
            "A grid of %(name)s changes hands on %(day)s. Merge on that day or later.",
            name=duplicate.name,
            day=words.day(day),
        ),
    )


def _check_departures(kept: Person, duplicate: Person, entries: list[int]) -> None:
    """Check that no points would lapse sooner by the merge. Refused `both_left`."""
    good_until_merged = _good_until(entries)
    for person in (kept, duplicate):
        if ledger.balance_of(person) and good_until_merged < _good_until(persons.entry_ids(person)):
            raise Refused(
                "both_left",
                _("Points of %(name)s would expire sooner by this. Settle them first.", name=person.name),
            )


def _good_until(entries: list[int]) -> date:
    """The day until which the points behind these entries are good.

    Without end (`date.max`) for who serves or is not settled; `date.min` when nothing was kept.
    """
    departure = departures.current_departure(entries)
    if departure is None:
        return date.max
    return departure.kept_until if departure.outcome == Outcome.KEEP and departure.kept_until else date.min


def _open_terms(person: Person) -> Sequence[Appointment]:
    """The terms of an entry that are not over by today, of either duty, by first day."""
    is_open = or_(Appointment.ended_on.is_(None), Appointment.ended_on > clock.today())
    return [
        term
        for term in db.session.scalars(
            select(Appointment)
            .options(joinedload(Appointment.grid))
            .where(Appointment.person_id == person.id, is_open)
            .order_by(Appointment.starts_on, Appointment.id)
        )
        if _state(term) != holders.TermState.CALLED_OFF
    ]


def _state(term: Appointment) -> holders.TermState:
    return holders.state_of(term, clock.today())


def _move_services(kept: Person, planned: MergePlan) -> None:
    """Let the records that no assessment took count for the kept entry from now on."""
    db.session.execute(
        update(Service)
        .where(Service.id.in_(planned.services))
        .values(worker_id=kept.id)
        .execution_options(synchronize_session="fetch")
    )


def _move_terms(kept: Person, duplicate: Person, reason: str, actor: User | None) -> None:
    """End the duplicate's running terms today and begin them again under the kept entry.

    A term that was renewed is renewed there too.
    """
    today = clock.today()
    for term in _open_terms(duplicate):
        if _state(term) == holders.TermState.CALLED_OFF:
            continue  # a renewal, together with its term
        runs, renewed, chosen_by = _state(term) == holders.TermState.RUNNING, term.ended_on, term.chosen_by
        renewal = _follower(term) if renewed else None
        renewed_by = renewal.chosen_by if renewal else None
        terms.end_term(term, reason, actor)
        if runs:
            new_term = terms.appoint(
                kept, term.grid, term.duty, today, actor, term.ends_on, chosen_by=chosen_by, follows=term
            )
            if renewed:
                terms.renew(new_term, actor, chosen_by=renewed_by)


def _follower(term: Appointment) -> Appointment | None:
    return db.session.scalar(
        select(Appointment).where(Appointment.follows_id == term.id, Appointment.starts_on == term.ended_on)
    )


def _move_balance(merge: Merge, actor: User | None) -> MergeMove | None:
    """Move the duplicate's balance to the kept account, through the village's issuing account."""
    account = ledger.find_account(merge.duplicate)
    if account is None or not account.balance:
        return None
    kept_account = ledger.account_of(merge.kept)
    ledger.lock([account, kept_account])
    balance = account.balance
    if not balance:  # somebody else sent it on before the lock
        return None
    earlier = select(func.count()).select_from(MergeMove).where(MergeMove.merge_id == merge.id)
    out_key, into_key = keys.merge_keys(merge, (db.session.scalar(earlier) or 0) + 1)
    out = ledger.post(out_key, TransferKind.MERGE_OUT, account, balance, f"#{merge.kept_id}", actor)
    into = ledger.post(
        into_key, TransferKind.MERGE_IN, kept_account, balance, f"#{merge.duplicate_id}", actor
    )
    move = MergeMove(out_id=out.id, into_id=into.id, merge_id=merge.id)
    db.session.add(move)
    db.session.flush()
    return move


def _move_cards(kept: Person, planned: MergePlan, actor: User | None) -> None:
    """Stop the duplicate's card; who serves and has no card under the kept entry gets one."""
    if planned.card is not None:
        planned.card.state = CardState.REPLACED
        db.session.flush()
        audit.note(actor, "card.replace", planned.card, kept.area, number=planned.card.number)
    if cards.active_card(kept) is None and holders.term_on_day(kept.id, clock.today(), Duty.WORKER):
        cards.issue(kept, actor)


def lock_trail(person: Person) -> None:
    """Lock the accounts of an entry and of those it was merged into, before anything comes back to it."""
    ledger.lock([ledger.find_account(entry) for entry in (person, *(merge.kept for merge in _trail(person)))])


def follow(person: Person, actor: User | None) -> list[MergeMove]:
    """Move on what came back to a merged entry, by linked transfers as at the merge.

    A redemption that is voided gives its points back to the account it took them from.
    """
    moves = [_move_balance(merge, actor) for merge in _trail(person)]
    return [move for move in moves if move is not None]


def follow_all(actor: User | None) -> list[MergeMove]:
    """Move on whatever else came to merged entries, as `follow` does.

    No verb leaves anything there. It is for the evening, so that no points lie where no card spends them.
    """
    people_with_balance = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .join(Merge, Merge.duplicate_id == Person.id)
        .where(Account.balance > 0)
        .order_by(Account.id)
    )
    return [
        move for person in db.session.scalars(people_with_balance).all() for move in follow(person, actor)
    ]


def _trail(person: Person) -> list[Merge]:
    """The merges that lead from an entry to the one that stands for it today; read anew each time."""
    merges: list[Merge] = []
    merge = duplicates.merge_of(person)
    while merge is not None:
        merges.append(merge)
        merge = duplicates.merge_of(merge.kept)
    return merges
