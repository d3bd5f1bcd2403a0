"""Terms of service (聘任): who serves in which grid, since when, and until when.

    appoint     a new term, for three years
    renew       the next term of the same person
    hand_over   the term of a successor, from the day the old one ends
    end_term    ends a term early, or calls off one that has not begun

Whoever looks at who holds a grid locks the grid first, so that no two are appointed at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import insert, or_, select

from ground import clock, days
from ground.db import db, do_many, draw_ids, get_locked, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Appointment, ChosenBy, Duty, Grid, Person, User
from people.roster import holders, persons

TERM_YEARS = 3


def appoint(
    person: Person,
    grid: Grid,
    duty: Duty,
    starts_on: date,
    actor: User | None,
    ends_on: date | None = None,
    *,
    chosen_by: ChosenBy | None = None,
    follows: Appointment | None = None,
) -> Appointment:
    """Appoint a person to a grid; without `ends_on` for the county's term of three years.

    A term whose last day went by without anybody ending it is ended in the same act. Refused
    `other_village`, `grid_closed`, `was_merged`, `bad_day`, `bad_period`, `grid_taken` while somebody
    else holds the duty there, `overlaps` when somebody held it on one of the days.
    """
    days.SERVICE_BEGINS.check(starts_on, "starts_on")  # before a last day is computed from it
    term = Appointment(
        grid=grid,
        person=person,
        duty=duty,
        chosen_by=chosen_by,
        starts_on=starts_on,
        ends_on=ends_on or last_day(starts_on),
        follows=follows,
    )
    _admit([term], actor)
    db.session.add(term)
    db.session.flush()
    _audit_begun([term], actor)
    return term


def appoint_all(arriving: Sequence[Appointment], actor: User | None) -> None:
    """Begin many terms at once, at most some hundreds; the given objects stay outside the session.

    Refused as `appoint` is.
    """
    _admit(arriving, actor)
    rows = [
        {
            "id": ident,
            "grid_id": term.grid.id,
            "person_id": term.person.id,
            "duty": term.duty,
            "chosen_by": term.chosen_by,
            "starts_on": term.starts_on,
            "ends_on": term.ends_on,
        }
        for ident, term in zip(draw_ids(Appointment, len(arriving)), arriving, strict=True)
    ]
    if rows:
        db.session.execute(insert(Appointment), rows)
    _audit_begun(arriving, actor)


def _admit(arriving: Sequence[Appointment], actor: User | None) -> None:
    """Check that these terms may begin, lock their grids, and end what ran out there."""
    _lock_open_grids({term.grid for term in arriving})
    for term in arriving:
        if not term.person.area.covers(term.grid.village):
            raise Refused(
                "other_village", _("The person and the grid belong to different villages."), "person"
            )
        days.SERVICE_BEGINS.check(term.starts_on, "starts_on")
        days.SERVICE_ENDS.check(term.ends_on, "ends_on")
        if term.ends_on < term.starts_on:
            raise Refused("bad_period", _("The last day lies before the first."), "ends_on")
    persons.check_none_merged({term.person.id for term in arriving})
    _make_room(arriving, actor)


def _audit_begun(arriving: Sequence[Appointment], actor: User | None) -> None:
    audit.note_all(
        actor, "term.begin", [(term.person, term.grid.village, _audit_values(term)) for term in arriving]
    )


def _audit_values(term: Appointment) -> dict[str, Any]:
    """The values of a new term for the audit trail."""
    chosen = {"chosen_by": term.chosen_by} if term.chosen_by else {}
    return {
        "grid": term.grid.code,
        "duty": term.duty,
        "since": term.starts_on,
        "until": term.ends_on,
        **chosen,
    }


def _lock_open_grids(places: set[Grid]) -> None:
    """Lock grids in one order, read as they are now. Refused `grid_closed`."""
    locked = db.session.scalars(
        select(Grid)
        .where(Grid.id.in_([grid.id for grid in places]))
        .order_by(Grid.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if any(grid.closed_on for grid in locked):
        raise Refused("grid_closed", _("This grid is closed."))


def _make_room(arriving: Sequence[Appointment], actor: User | None) -> None:
    """End terms that ran out but were not ended; refuse while another runs or ran on these days."""
    existing: dict[tuple[int, Duty], list[Appointment]] = defaultdict(list)
    for term in db.session.scalars(
        select(Appointment).where(Appointment.grid_id.in_([new.grid.id for new in arriving]))
    ):
        existing[term.grid_id, term.duty].append(term)
    today = clock.today()
    for new in arriving:
        for term in existing[new.grid.id, new.duty]:
            _check_free(term, new, today)
            if term.ended_on is None:
                _end(term, holders.free_from(term), actor, cause="lapsed")


def _check_free(term: Appointment, new: Appointment, today: date) -> None:
    if term.ended_on is None and term.ends_on >= today:
        raise Refused("grid_taken", _("%(name)s still serves in this grid.", name=term.person.name))
    never_ran = term.ended_on == term.starts_on
    if not never_ran and term.starts_on <= new.ends_on and holders.free_from(term) > new.starts_on:
        raise Refused(
            "overlaps",
            _(
                "%(name)s served here from %(first)s to %(last)s. Choose a day outside that.",
                name=term.person.name,
                first=words.day(term.starts_on),
                last=words.day(holders.free_from(term) - holders.ONE_DAY),
            ),
            "starts_on",
        )


def renew(term: Appointment, actor: User | None, *, chosen_by: ChosenBy | None = None) -> Appointment:
    """Appoint the same person for three more years, from the day after the term's last day.

    Without `chosen_by` they are chosen as before. Refused `already_renewed`, `not_current` for a term that
    was ended, handed over, or has not begun, and as `appoint` is.
    """
    _lock(term)
    follower = _follower(term)
    if follower and follower.person_id in persons.entry_ids(persons.current_entry(term.person)):
        raise Refused("already_renewed", _("This term is renewed already."))
    if term.ended_on or term.starts_on > clock.today():
        raise Refused("not_current", _("This term is not the one that runs."))
    begins = holders.day_after(term)
    term.ended_on = begins
    db.session.flush()
    return appoint(
        persons.current_entry(term.person),
        term.grid,
        term.duty,
        begins,
        actor,
        chosen_by=chosen_by or term.chosen_by,
        follows=term,
    )


def renew_many(
    ticked: Sequence[Appointment], actor: User | None
) -> tuple[list[Appointment], list[tuple[Appointment, Refused]]]:
    """Renew each of these terms, chosen as before: the new terms, and those left with the reason.

    What can't be renewed holds up none of the others. Refused `none_ticked`.
    """
    renewed, left = do_many(ticked, lambda term: renew(term, actor))
    return list(renewed.values()), left


def hand_over(
    term: Appointment,
    successor: Person,
    day: date,
    actor: User | None,
    *,
    chosen_by: ChosenBy | None = None,
) -> Appointment:
    """Hand a grid over: the old term ends on a day, and on that day the successor's begins.

    A renewal that has not begun is called off. Refused `not_current`, `same_person`, `bad_day` outside the
    term and the day after it, and as `appoint` is.
    """
    _lock(term)
    renewal = _renewal(term)
    if (term.ended_on and not renewal) or term.starts_on >= clock.today() + holders.ONE_DAY:
        raise Refused("not_current", _("This term is not the one that runs."))
    if successor.id in persons.entry_ids(persons.current_entry(term.person)):
        raise Refused("same_person", _("The successor is somebody else."), "person")
    first, last = term.starts_on + holders.ONE_DAY, holders.day_after(term)
    if not first <= day <= last:
        raise Refused(
            "bad_day",
            _("The day must be from %(low)s to %(high)s.", low=words.day(first), high=words.day(last)),
            "starts_on",
        )
    if renewal:
        _end(renewal, renewal.starts_on, actor, cause="handed_over")
    _end(term, day, actor, successor=successor.name)
    return appoint(successor, term.grid, term.duty, day, actor, chosen_by=chosen_by, follows=term)


def end_term(term: Appointment, reason: str, actor: User | None, on: date | None = None) -> None:
    """End a term before its last day, today or on a day that has been; the card stops at once.

    One that has not begun is called off, with its renewal; the term before a renewal that is called off
    runs on to its last day. Refused `reason_missing`, `in_future`, `bad_day` before the term's first day,
    `already_ended`.
    """
    reason, today = required_reason(reason), clock.today()
    day = on or today
    days.HAPPENED.check(day, "on")
    _lock(term)
    if term.ended_on and (term.ended_on <= today or term.ended_on == term.starts_on):
        raise Refused("already_ended", _("This term has ended already."))
    if term.starts_on > today:
        _end(term, term.starts_on, actor, reason=reason)
        before = term.follows
        if before and before.ended_on == term.starts_on == holders.day_after(before):
            before.ended_on = None
            db.session.flush()
        return
    if day < term.starts_on:
        raise Refused("bad_day", _("The term began on %(day)s only.", day=words.day(term.starts_on)), "on")
    renewal = _renewal(term)
    if renewal:
        _end(renewal, renewal.starts_on, actor, reason=reason)
    _end(term, min(day, holders.day_after(term)), actor, reason=reason)


def _end(term: Appointment, day: date, actor: User | None, **why: str) -> None:
    """End a term: the day before this one is its last."""
    before = {"ended_on": term.ended_on} if term.ended_on else None
    term.ended_on = day
    db.session.flush()
    grid = term.grid
    audit.note(
        actor,
        "term.end",
        term.person,
        grid.village,
        before,
        grid=grid.code,
        duty=term.duty,
        ended_on=day,
        **why,
    )


def _lock(term: Appointment) -> None:
    """Lock a term, and its grid before it: nobody else appoints or ends a term there meanwhile."""
    get_locked(Grid, term.grid_id)
    lock(term)


def _follower(term: Appointment) -> Appointment | None:
    """The term that renews this one or takes over from it, unless it was called off."""
    return db.session.scalar(
        select(Appointment).where(
            Appointment.follows_id == term.id,
            or_(Appointment.ended_on.is_(None), Appointment.ended_on > Appointment.starts_on),
        )
    )


def _renewal(term: Appointment) -> Appointment | None:
    """The same person's next term, if it has not begun."""
    follower = _follower(term)
    own = follower and follower.person_id in persons.entry_ids(persons.current_entry(term.person))
    return follower if follower and own and follower.starts_on > clock.today() else None


def last_day(first: date) -> date:
    """The last day of a term of three years that begins on a day."""
    try:
        follows = first.replace(year=first.year + TERM_YEARS)
    except ValueError:  # the 29th of February
        follows = date(first.year + TERM_YEARS, 3, 1)
    return follows - holders.ONE_DAY
