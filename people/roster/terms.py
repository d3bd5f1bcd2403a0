"""Terms of service (聘任): who serves where, since when, and until when."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from people import audit, clock
from people.db import db
from people.models import Appointment, Area, ChosenBy, Duty, Grid, Person, User
from people.refused import Refused

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

    Refused `grid_taken` while somebody else holds the duty there, `other_village`.
    """
    if not person.area.covers(grid.village):
        raise Refused("other_village", _("The person and the grid belong to different villages."))
    holder = db.session.scalar(
        select(Appointment).where(
            Appointment.grid_id == grid.id, Appointment.duty == duty, Appointment.ended_on.is_(None)
        )
    )
    if holder:
        raise Refused("grid_taken", _("%(name)s still serves in this grid.", name=holder.person.name))
    last_day = ends_on or _years_later(starts_on, TERM_YEARS)
    appointment = Appointment(
        grid_id=grid.id,
        person_id=person.id,
        duty=duty,
        chosen_by=chosen_by,
        starts_on=starts_on,
        ends_on=last_day,
        follows_id=follows.id if follows else None,
    )
    db.session.add(appointment)
    db.session.flush()
    audit.note(
        actor, "term.begin", person, grid.village, grid=grid.code, duty=duty, since=starts_on, until=last_day
    )
    return appointment


def end_term(appointment: Appointment, reason: str, actor: User | None) -> None:
    """End a term today, before its last day; the card stops at once. Refused `already_ended`."""
    if appointment.ended_on:
        raise Refused("already_ended", _("This term has ended already."))
    appointment.ended_on = clock.today()
    db.session.flush()
    grid = appointment.grid
    audit.note(actor, "term.end", appointment.person, grid.village, grid=grid.code, reason=reason)


def serves_on(person_id: int, day: date, duty: Duty = Duty.WORKER) -> Appointment | None:
    """The term under which a person serves on a day, or None; a term ended early ends that very day."""
    return db.session.scalar(
        select(Appointment).where(
            Appointment.person_id == person_id, Appointment.duty == duty, *_covers(day, day)
        )
    )


def last_grid(person: Person) -> Grid:
    """The grid of a person's latest term, running or ended."""
    return db.session.scalars(
        select(Grid)
        .join(Appointment, Appointment.grid_id == Grid.id)
        .where(Appointment.person_id == person.id)
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
        .limit(1)
    ).one()


def serving(village: Area, first: date, last: date, duty: Duty = Duty.WORKER) -> Sequence[Appointment]:
    """The terms in a village that touch the days from first to last, in the order of the grids' codes."""
    return db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .options(contains_eager(Appointment.grid), joinedload(Appointment.person))
        .where(Grid.village_id == village.id, Appointment.duty == duty, *_covers(first, last))
        .order_by(Grid.code, Appointment.id)
    ).all()


def _covers(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    still = or_(Appointment.ended_on.is_(None), Appointment.ended_on > first)
    return Appointment.starts_on <= last, Appointment.ends_on >= first, still


def _years_later(day: date, years: int) -> date:
    """The last day of so many years that begin on a day."""
    try:
        follows = day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        follows = date(day.year + years, 3, 1)
    return follows - timedelta(days=1)
