"""Taking a roster in: what is new first, in bulk; then what is corrected, and who follows whom."""

from collections.abc import Iterator, Sequence

from ground.db import db
from people import audit, filing
from people.models import Appointment, Area, FileKind, User
from people.roster import grids, persons, terms
from people.rosterfile import columns, plan
from people.rosterfile.plan import Act, Plan, Seat, Step


def carry_out(made: Plan, area: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done."""
    yield from filing.by_lots(made, lambda steps: _do(steps, actor))
    audit.note(actor, "roster.import", area, area, **made.counted)
    db.session.flush()
    yield len(made.steps)


ROSTER = filing.Kind(FileKind.ROSTER, columns.LAYOUT, plan.make, carry_out)


def _do(steps: Sequence[Step], actor: User | None) -> None:
    """Take some rows in."""
    _group(steps, actor)
    grids.add_grids([step.grid for step in steps if step.is_new], actor)
    seats = [(step, seat) for step in steps for seat in step.seats]
    people = {id(seat.person): seat.person for _step, seat in seats if seat.person.id is None}
    persons.add_people(list(people.values()), actor)
    for step in steps:
        audit.change(actor, "grid.correct", step.grid, step.entry.village, **step.corrections)
    for _step, seat in seats:
        audit.change(actor, "person.correct", seat.person, seat.person.area, **seat.corrections)
    terms.appoint_all([_term(step, seat) for step, seat in seats if seat.act is Act.APPOINT], actor)
    for _step, seat in seats:
        if seat.act is Act.RENEW and seat.holder:
            terms.renew(seat.holder, actor)
        elif seat.act is Act.HAND_OVER and seat.holder:
            terms.hand_over(seat.holder, seat.person, seat.since, actor)


def _group(steps: Sequence[Step], actor: User | None) -> None:
    """Put grids into their groups; a group is added where the file first names it."""
    moving = [step for step in steps if step.group]
    groups = grids.groups_named([(step.entry.village, step.group or "") for step in moving], actor)
    for step, group in zip(moving, groups, strict=True):
        if step.is_new:
            step.grid.group = group
        else:
            step.corrections["group_id"] = group.id


def _term(step: Step, seat: Seat) -> Appointment:
    return Appointment(
        person=seat.person,
        grid=step.grid,
        duty=seat.duty,
        starts_on=seat.since,
        ends_on=terms.last_day(seat.since),
    )
