"""The import of a file of households, by the verbs of those who write one household at a time."""

from collections.abc import Iterator, Sequence

from duties.householdfile import columns, plan
from duties.householdfile.plan import HouseholdStep, Plan
from duties.households import files
from ground.db import db
from people import audit, filing
from people.models import Area, FileKind, Grid, Household, HouseholdClass, User


def import_rows(plan: Plan, village: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done."""
    yield from filing.do_in_batches(plan, lambda steps: _import_steps(steps, actor))
    audit.note(actor, "households.import", village, village, **plan.counts_by_outcome)
    db.session.flush()
    yield len(plan.steps)


HOUSEHOLDS = filing.FileType(
    FileKind.HOUSEHOLDS,
    columns.LAYOUT,
    plan.plan_households,
    import_rows,
    (Grid, Household, HouseholdClass),
)


def _import_steps(steps: Sequence[HouseholdStep], actor: User | None) -> None:
    """Import some rows of the file."""
    for step in steps:
        household, in_class = step.household, step.in_class
        if household is None and step.particulars and in_class:
            files.add_household(
                step.grid, step.particulars, in_class.attention, in_class.reason, in_class.on, actor
            )
        elif household is not None:
            if step.particulars:
                files.correct(household, step.particulars, actor)
            if in_class:
                files.reclassify(household, in_class.attention, in_class.on, in_class.reason, actor)
