"""The import of a file of opening balances: its rows become a sheet, which waits to be posted."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock
from ground.db import add_rows, db, lock
from ground.refusal import Refused
from people import audit, filing
from people.models import Appointment, Area, Departure, FileKind, Grid, Merge, Person, User
from points.models import OpeningLine, OpeningSheet
from points.openings import columns, plan, sheets
from points.openings.plan import Plan
from points.wall import booking as wall


def import_rows(opening_plan: Plan, village: Area, actor: User | None) -> Iterator[int]:
    """Make a sheet of all that a plan says, inside one transaction; yields how many rows are done.

    Refused `plan_changed` when one of the workers got an opening balance meanwhile. Locks the village.
    """
    if opening_plan.steps:
        lock(village)
        taken = sheets.sheets_of_workers(village)
        if any(step.worker.id in taken for step in opening_plan.steps):
            raise Refused("plan_changed", _("Something was changed meanwhile. Look at the dry run again."))
        _add_sheet(opening_plan, village, actor)
    yield len(opening_plan.steps)


# Notices, answers and bookings are not among them: while a file is tried out others work on.
OPENINGS = filing.FileType(
    FileKind.OPENINGS,
    columns.LAYOUT,
    plan.plan_openings,
    import_rows,
    (Grid, Person, Appointment, Merge, Departure, OpeningSheet, OpeningLine),
    dependencies=lambda village: (sheets.sheets_of_workers(village), wall.is_booked_in(village)),
)


def _add_sheet(opening_plan: Plan, village: Area, actor: User | None) -> None:
    last = select(func.max(OpeningSheet.number)).where(OpeningSheet.village_id == village.id)
    sheet = OpeningSheet(
        village_id=village.id,
        number=(db.session.scalar(last) or 0) + 1,
        brought_by_id=actor.id if actor else None,  # no command brings one
        brought_at=clock.now(),
    )
    add_rows([sheet])
    add_rows(
        [
            OpeningLine(
                sheet_id=sheet.id,
                number=number,
                worker_id=step.worker.id,
                grid=step.grid.name,
                tenths=step.entry.tenths,
                basis=step.entry.basis,
            )
            for number, step in enumerate(opening_plan.steps, 1)
        ]
    )
    total = sum(step.entry.tenths for step in opening_plan.steps)
    audit.note(actor, "openings.import", sheet, village, rows=len(opening_plan.steps), points=total)
