"""Taking a roster file in: kept between the dry run and the import, then all of it or nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from people import audit, clock
from people.db import db, get_locked
from people.models import Appointment, Area, ImportFile, User
from people.refused import Refused
from people.roster import grids, persons, terms
from people.rosterfile import columns, plan
from people.rosterfile.plan import Act, Plan, Seat, Step

# How many rows go to the database at once; after each lot the page and the command line are told.
LOT = 500

LONGEST_KEPT = timedelta(days=1)


def keep(area: Area, name: str, content: bytes, actor: User) -> ImportFile:
    """Keep a file for its dry run. Earlier ones that were never imported are dropped: one's own, and any
    that is older than a day.

    Refused as `tables.read`, when no roster can be found in it.
    """
    columns.read(content, name)
    for waiting in db.session.scalars(
        select(ImportFile).where(
            ImportFile.content.is_not(None),
            or_(ImportFile.actor_id == actor.id, ImportFile.at < clock.now() - LONGEST_KEPT),
        )
    ):
        waiting.content = None
    file = ImportFile(
        area_id=area.id,
        name=name[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    return file


def plan_of(file: ImportFile) -> Plan:
    """What a kept file would do today. Refused `file_gone` once it was imported or dropped."""
    if file.content is None:
        raise Refused("file_gone", _("This file is not kept any more. Choose it again."))
    return plan.make(columns.read(file.content, file.name), file.area)


def take_in(file: ImportFile, fingerprint: str, actor: User) -> Iterator[int]:
    """Do what the dry run showed; yields how many of the file's rows are done, the last time all of them.

    Run to its end inside one transaction. Refused `file_gone`, `bad_cells`, `roster_changed` when the file
    would do something else by now.
    """
    file = get_locked(ImportFile, file.id)
    made = plan_of(file)
    if made.bad:
        raise Refused("bad_cells", _("The file has cells that can't be taken. Nothing was done."))
    if made.fingerprint != fingerprint:
        raise Refused(
            "roster_changed", _("Somebody changed the roster meanwhile. Look at the dry run again.")
        )
    yield from carry_out(made, file.area, actor)
    file.content = None
    file.applied_at = clock.now()
    file.added, file.changed, file.left = (made.counts[what] for what in ("added", "changed", "left"))
    db.session.flush()


def carry_out(made: Plan, area: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done."""
    steps = [step for step in made.steps if step.outcome != "left"]
    done = len(made.steps) - len(steps)
    for lot in (steps[first : first + LOT] for first in range(0, len(steps), LOT)):
        _do(lot, actor)
        done += len(lot)
        yield done
    counts: dict[str, Any] = {outcome: made.counts[outcome] for outcome in ("added", "changed", "left")}
    audit.note(actor, "roster.import", area, area, **counts)
    db.session.flush()
    yield done


def _do(steps: Sequence[Step], actor: User | None) -> None:
    """Some rows: what is new first, in bulk; then the corrections, and who follows whom."""
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
