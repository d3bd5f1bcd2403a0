"""Rubrics (积分细则): what a service is worth, by versions that a village's own meeting approves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from people import audit
from people.clock import Quarter
from people.db import db
from people.models import Area, User
from people.refused import Refused
from points import ledger
from points.models import Assessment, Category, Rubric, RubricItem, Service


@dataclass(frozen=True)
class NewItem:
    """One line of a rubric: tenths of a point a unit (negative: a deduction), and the cap a quarter."""

    category: Category
    name: str
    unit: str
    points: int
    cap: int | None = None


# The county's template, in the county's own words; a village adopts it by a decision of its meeting.
TEMPLATE = (
    NewItem(Category.OPINION, "收集上报一条社情民意", "条", 5, 100),
    NewItem(Category.PUBLICITY, "组织一次学法学政策", "次", 10, 90),
    NewItem(Category.PUBLICITY, "入户发放一份宣传资料", "户", 1, 30),
    NewItem(Category.SERVICE, "走访一户", "户", 2, 120),
    NewItem(Category.SERVICE, "代办一件民生事项", "件", 10, 150),
    NewItem(Category.HAZARD, "排查上报一处安全隐患", "处", 10, 100),
    NewItem(Category.EMERGENCY, "及时报告一起突发事件", "件", 20),
    NewItem(Category.DISPUTE, "化解一起矛盾纠纷", "件", 30),
    NewItem(Category.DISPUTE, "参与小组化解一起矛盾纠纷", "件", 50),
    NewItem(Category.SERVICE, "虚报一次服务", "次", -500),
)


def adopt(
    village: Area, in_force_from: date, approved_by: str, items: Sequence[NewItem], actor: User | None
) -> Rubric:
    """Put a new version in force from a day on, as the village's meeting approved it.

    Refused `no_items`, `rubric_out_of_order` for a day before that of the newest version, and
    `rubric_retroactive` when a quarter that would be scored anew is opened or has services already.
    """
    if not items:
        raise Refused("no_items", _("A rubric needs at least one item."))
    newest = latest(village)
    if newest is not None and in_force_from < newest.in_force_from:
        raise Refused(
            "rubric_out_of_order",
            _("The newest version is in force from a later day already."),
            "in_force_from",
        )
    first_scored = Quarter.of(in_force_from)
    if in_force_from > first_scored.first_day:
        first_scored = first_scored.next
    recorded = select(Service.id).where(
        Service.village_id == village.id, Service.done_on >= first_scored.first_day
    )
    opened = select(Assessment.id).where(
        Assessment.village_id == village.id, Assessment.quarter_name >= str(first_scored)
    )
    if db.session.scalar(recorded.limit(1)) or db.session.scalar(opened.limit(1)):
        raise Refused(
            "rubric_retroactive",
            _("A quarter that this version would score has begun already. Choose a later day."),
            "in_force_from",
        )
    ledger.open_accounts(village)
    rubric = Rubric(
        village_id=village.id,
        version=newest.version + 1 if newest else 1,
        in_force_from=in_force_from,
        approved_by=approved_by,
        items=[RubricItem(**vars(item)) for item in items],
    )
    db.session.add(rubric)
    db.session.flush()
    audit.note(actor, "rubric.adopt", rubric, village, version=rubric.version)
    return rubric


def in_force(village: Area, quarter: Quarter) -> Rubric | None:
    """The version that scores a quarter: the latest in force on its first day; None if there is none."""
    return db.session.scalar(
        select(Rubric)
        .where(Rubric.village_id == village.id, Rubric.in_force_from <= quarter.first_day)
        .order_by(Rubric.version.desc())
        .limit(1)
    )


def latest(village: Area) -> Rubric | None:
    """The newest version, whether or not it is in force yet."""
    return db.session.scalar(
        select(Rubric).where(Rubric.village_id == village.id).order_by(Rubric.version.desc()).limit(1)
    )
