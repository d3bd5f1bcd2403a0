"""The import of a roster: new rows first, in bulk; then corrections, renewals and hand-overs."""

from collections.abc import Iterator, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock
from ground.db import db
from people import audit, filing
from people.models import Appointment, Area, FileKind, Grid, GridChange, Group, Merge, Person, User
from people.roster import changes, grids, persons, terms
from people.rosterfile import columns, plan
from people.rosterfile.plan import Act, Plan, RosterSeat, RosterStep
from people.takeback.findings import Reversal, Traced, chunks


def import_rows(roster_plan: Plan, area: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done."""
    yield from filing.do_in_batches(roster_plan, lambda steps: _import_batch(steps, actor))
    audit.note(actor, "roster.import", area, area, **roster_plan.counts_by_outcome)
    db.session.flush()
    yield len(roster_plan.steps)


def _retire(traced: Traced, reason: str, actor: User) -> None:
    """Put new grids out of use, and give renamed ones the name that they had."""
    for ident, (before, _after) in traced.changed[Grid.__tablename__].items():
        if "name" in before:
            grid = db.session.get_one(Grid, ident)
            changes.rename(grid, before["name"], clock.today(), reason, actor)
    for ids in chunks(sorted(traced.ids_added(Grid))):
        new = db.session.scalars(select(Grid).where(Grid.id.in_(ids)).order_by(Grid.id)).all()
        changes.retire_all(new, traced.file.id, reason, actor)


ROSTER = filing.FileType(
    FileKind.ROSTER,
    columns.LAYOUT,
    plan.make,
    import_rows,
    (Group, Grid, GridChange, Person, Appointment, Merge),
    columns.given,
    reversal=Reversal(retired=(Grid,), left=(GridChange,), retire=_retire),
)


def _import_batch(steps: Sequence[RosterStep], actor: User | None) -> None:
    """Import a batch of rows."""
    _put_into_groups(steps, actor)
    grids.add_grids([step.grid for step in steps if step.is_new], actor)
    seats = [(step, seat) for step in steps for seat in step.seats]
    people = {id(seat.person): seat.person for _step, seat in seats if seat.person.id is None}
    persons.add_people(list(people.values()), actor)
    for step in steps:
        _correct_grid(step, actor)
    for _step, seat in seats:
        audit.change(actor, "person.correct", seat.person, seat.person.area, **seat.corrections)
    terms.appoint_all([_term(step, seat) for step, seat in seats if seat.act is Act.APPOINT], actor)
    for _step, seat in seats:
        if seat.act is Act.RENEW and seat.holder:
            terms.renew(seat.holder, actor)
        elif seat.act is Act.HAND_OVER and seat.holder:
            terms.hand_over(seat.holder, seat.person, seat.since, actor)


def _correct_grid(step: RosterStep, actor: User | None) -> None:
    """Correct a grid; another name is a renaming from today on, so that its history knows both."""
    details = dict(step.corrections)
    new_name = details.pop("name", None)
    audit.change(actor, "grid.correct", step.grid, step.entry.village, **details)
    if new_name is not None:
        changes.rename(step.grid, new_name, clock.today(), str(_("Renamed by an imported roster.")), actor)


def _put_into_groups(steps: Sequence[RosterStep], actor: User | None) -> None:
    """Put grids into their groups; a group is added where the file first names it."""
    moving = [step for step in steps if step.group]
    groups = grids.find_or_add_groups([(step.entry.village, step.group or "") for step in moving], actor)
    for step, group in zip(moving, groups, strict=True):
        if step.is_new:
            step.grid.group = group
        else:
            step.corrections["group_id"] = group.id


def _term(step: RosterStep, seat: RosterSeat) -> Appointment:
    return Appointment(
        person=seat.person,
        grid=step.grid,
        duty=seat.duty,
        starts_on=seat.since,
        ends_on=terms.last_day(seat.since),
    )
