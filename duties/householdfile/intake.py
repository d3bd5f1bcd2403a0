"""The import of a file of households, by the verbs of those who write one household at a time."""

from collections.abc import Iterator, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from duties.householdfile import columns, plan
from duties.householdfile.plan import HouseholdStep, Plan
from duties.households import files
from ground.db import db
from people import audit, filing
from people.models import Area, FileKind, Grid, Household, HouseholdClass, User
from people.takeback.findings import Obstacle, Reversal, Traced, chunks


def import_rows(plan: Plan, village: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done."""
    yield from filing.do_in_batches(plan, lambda steps: _import_steps(steps, actor))
    audit.note(actor, "households.import", village, village, **plan.counts_by_outcome)
    db.session.flush()
    yield len(plan.steps)


def _retire(traced: Traced, reason: str, actor: User) -> None:
    """Put new files out of use, and the other households into the classes that they were in."""
    for line in _classes_of_others(traced):
        files.reclassify_as_before(line, db.session.get_one(Household, line.household_id), actor)
    for ids in chunks(sorted(traced.ids_added(Household))):
        new = db.session.scalars(select(Household).where(Household.id.in_(ids)).order_by(Household.id)).all()
        files.retire_all(new, traced.file.id, reason, actor)


def _obstacles(traced: Traced) -> Iterator[Obstacle]:
    """What stands in the way on households that were there: a class that they were put into later."""
    for line in _classes_of_others(traced):
        of_household = HouseholdClass.household_id == line.household_id
        if db.session.scalar(select(func.max(HouseholdClass.id)).where(of_household)) != line.id:
            yield Obstacle(f"household:{line.household_id}", _("put into another class since"))


def _classes_of_others(traced: Traced) -> list[HouseholdClass]:
    """The classes into which a file put households that were there."""
    new = traced.ids_added(Household)
    return [
        line
        for ids in chunks(sorted(traced.ids_added(HouseholdClass)))
        for line in db.session.scalars(
            select(HouseholdClass).where(HouseholdClass.id.in_(ids)).order_by(HouseholdClass.id)
        )
        if line.household_id not in new
    ]


HOUSEHOLDS = filing.FileType(
    FileKind.HOUSEHOLDS,
    columns.LAYOUT,
    plan.plan_households,
    import_rows,
    (Grid, Household, HouseholdClass),
    reversal=Reversal(
        retired=(Household,),
        left=(HouseholdClass,),
        confidential=(Household,),
        retire=_retire,
        obstacles=_obstacles,
    ),
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
