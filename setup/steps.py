"""The steps of the first day: what a place needs before its first quarter, and what of it is there.

Each asks the database what is there, so that nobody ticks anything off; one that a place does not need is
skipped by its own word. A step is over as well when the village does already what it is for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from ground import clock
from ground.db import db
from ground.refusal import Refused
from people import access, audit
from people.models import (
    VILLAGE_LEVELS,
    Appointment,
    Area,
    Card,
    CardState,
    Duty,
    Grant,
    Grid,
    Level,
    Person,
    Role,
    User,
)
from points.models import Assessment, AssessmentState, OpeningBooking, OpeningLine, OpeningSheet, Rubric
from setup.models import SkippedStep
from shop.models import Goods, Lot, Redemption, Shop


@dataclass(frozen=True)
class Step:
    """A step: what is to be done, on which page, by whom, and the condition under which it is done.

    `can_be_skipped`: a place may do without it.
    """

    name: str
    text: Any
    endpoint: str
    roles: frozenset[Role]
    is_done: Callable[[Area], ColumnElement[bool]]
    can_be_skipped: bool = False


@dataclass(frozen=True)
class StepState:
    """A step in a place: done, skipped, or still to do."""

    step: Step
    is_done: bool
    is_skipped: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.is_done or self.is_skipped


def _has_sign_ins(village: Area) -> ColumnElement[bool]:
    """Whether there are a clerk and a manager, both in effect."""
    return _holds(village.id, Role.CLERK) & _holds(village.id, Role.MANAGER)


def _has_supervisor(village: Area) -> ColumnElement[bool]:
    return _holds(village.id, Role.SUPERVISOR)


def _holds(area_id: Any, role: Role) -> ColumnElement[bool]:
    """Whether somebody holds a role of an area, and it does not wait to be confirmed."""
    return exists().where(Grant.area_id == area_id, Grant.role == role, ~Grant.waits)


def _has_workers(village: Area) -> ColumnElement[bool]:
    serving = Appointment.duty == Duty.WORKER
    return exists().where(Grid.village_id == village.id, Appointment.grid_id == Grid.id, serving)


def _has_cards(village: Area) -> ColumnElement[bool]:
    active = Card.state == CardState.ACTIVE
    return exists().where(Person.area_id == village.id, Card.person_id == Person.id, active)


def _has_rubric(area: Area) -> ColumnElement[bool]:
    return exists().where(Rubric.area_id == area.id, ~Rubric.withdrawal.has())


def _has_openings(village: Area) -> ColumnElement[bool]:
    """Whether opening balances are booked; who has booked a quarter began without."""
    of_village = (OpeningSheet.village_id == village.id, OpeningLine.sheet_id == OpeningSheet.id)
    booked = exists().where(*of_village, OpeningBooking.line_id == OpeningLine.id)
    return booked | exists().where(
        Assessment.village_id == village.id, Assessment.state == AssessmentState.BOOKED
    )


def _has_hours(village: Area) -> ColumnElement[bool]:
    """Whether hours are written down; who hands out already is open whenever somebody serves."""
    of_village = Shop.village_id == village.id
    return exists().where(of_village, Shop.hours.is_not(None)) | _has_redeemed(village)


def _has_redeemed(village: Area) -> ColumnElement[bool]:
    return exists().where(Shop.village_id == village.id, Redemption.shop_id == Shop.id)


def _has_goods(village: Area) -> ColumnElement[bool]:
    return exists().where(Shop.village_id == village.id, Goods.shop_id == Shop.id, Lot.goods_id == Goods.id)


def _has_quarter(village: Area) -> ColumnElement[bool]:
    return exists().where(Assessment.village_id == village.id)


def _has_chairs(area: Area) -> ColumnElement[bool]:
    """Whether each of its villages has a chair and a supervisor."""
    village = aliased(Area)
    both = and_(*(_holds(village.id, role).correlate(village) for role in (Role.CHAIR, Role.SUPERVISOR)))
    return ~exists().where(village.code.startswith(area.stem), village.level.in_(VILLAGE_LEVELS), ~both)


VILLAGE_STEPS = (
    Step(
        "sign_ins",
        _("Give clerk and shop manager their sign-ins"),
        "signin.accounts",
        frozenset({Role.CHAIR, Role.TOWNSHIP, Role.COUNTY}),
        _has_sign_ins,
    ),
    Step(
        "supervisor",
        _("Give the supervisor a sign-in; it is not the chair's to give"),
        "signin.accounts",
        access.ROLES_ABOVE,
        _has_supervisor,
    ),
    Step(
        "roster",
        _("Bring in the roster: grids, workers and instructors"),
        "roster.import_roster",
        frozenset({Role.CLERK, Role.TOWNSHIP, Role.COUNTY}),
        _has_workers,
    ),
    Step(
        "rubric",
        _("Adopt the rubric of the village's meeting"),
        "rubrics.adopt_rubric",
        frozenset({Role.CHAIR}),
        _has_rubric,
    ),
    Step(
        "cards",
        _("Issue the workers' cards and print them"),
        "cards.cards",
        frozenset({Role.CLERK, Role.CHAIR}),
        _has_cards,
    ),
    Step(
        "openings",
        _("Bring in the balances of points from paper, to hang on the wall and be booked"),
        "openings.openings",
        frozenset({Role.CLERK}),
        _has_openings,
        can_be_skipped=True,
    ),
    Step(
        "hours",
        _("Write down when the shop is open"),
        "shelf.hours",
        frozenset({Role.MANAGER}),
        _has_hours,
        can_be_skipped=True,
    ),
    Step(
        "goods",
        _("Bring in the shop's goods and what lies there of each"),
        "shelf.import_goods",
        frozenset({Role.MANAGER}),
        _has_goods,
    ),
    Step(
        "quarter", _("Open the first quarter"), "assessment.quarters", frozenset({Role.CLERK}), _has_quarter
    ),
)

STEPS_ABOVE = (
    Step(
        "chairs",
        _("Give the chair and the supervisor of each village their sign-ins"),
        "signin.accounts",
        access.ROLES_ABOVE,
        _has_chairs,
        can_be_skipped=True,  # not every village need take part
    ),
)
COUNTY_STEPS = (
    *STEPS_ABOVE,
    Step(
        "template",
        _("Publish the county's template of the rubric; without one villages adopt the program's model"),
        "rubrics.publish_template",
        frozenset({Role.COUNTY}),
        _has_rubric,
        can_be_skipped=True,
    ),
)


def steps_of(area: Area) -> Sequence[Step]:
    """The steps of a village, a township or a county."""
    return VILLAGE_STEPS if area.is_village else COUNTY_STEPS if area.level == Level.COUNTY else STEPS_ABOVE


def states(area: Area) -> list[StepState]:
    """The steps of a place with their states; empty once nothing of them is left to do."""
    steps = steps_of(area)
    done = db.session.execute(select(*(step.is_done(area) for step in steps))).one()
    if all(done):
        return []
    skipped = set(db.session.scalars(select(SkippedStep.step).where(SkippedStep.area_id == area.id)))
    listed = [
        StepState(step, is_done, step.name in skipped) for step, is_done in zip(steps, done, strict=True)
    ]
    return [] if all(state.is_over for state in listed) else listed


def skip(area: Area, name: str, actor: User) -> None:
    """Say that a place does without a step; twice is once.

    Refused `no_such_step`, also for one it needs, and `not_your_step` for somebody else's.
    """
    step = next((step for step in steps_of(area) if step.name == name and step.can_be_skipped), None)
    if step is None:
        raise Refused("no_such_step", _("This step is needed."))
    if not actor.roles_in(area) & step.roles:
        raise Refused("not_your_step", _("Whose step it is says whether it is needed."))
    if db.session.get(SkippedStep, (area.id, name)) is None:
        db.session.add(SkippedStep(area_id=area.id, step=name, actor_id=actor.id, at=clock.now()))
        audit.note(actor, "setup.skip", area, area, step=name)
        db.session.flush()
