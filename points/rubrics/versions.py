"""Versions of a rubric: the county publishes a template, a village's own meeting adopts it.

What is in force on a quarter's first day scores the quarter; a version is never changed afterwards. One
that was a mistake can be withdrawn before it is in force.
"""

from collections.abc import Collection, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from ground import clock, days, names
from ground.clock import Quarter
from ground.db import among, db, lock
from ground.refusal import Refused, required_reason
from people import areas, audit
from people.models import Area, User
from points import amounts, ledger
from points.models import Assessment, FedBy, Rubric, RubricItem, RubricWithdrawal, Service
from points.rubrics.template import TEMPLATE, USUAL_LIMITS, Limits, NewItem


def publish(
    county: Area,
    in_force_from: date,
    approved_by: str,
    items: Sequence[NewItem],
    limits: Limits,
    actor: User | None,
) -> Rubric:
    """Publish a county's template, which villages adopt for quarters from that day on.

    Refused `bad_day`, `no_items`, `bad_item`, `item_twice`, `source_twice`, `rubric_out_of_order` for a day
    before that of the newest version.
    """
    days.DECIDED.check(in_force_from, "in_force_from")
    check_items(items)
    rubric = _put_in_force(county, in_force_from, approved_by, [(item, False) for item in items])
    rubric.most_bonuses, rubric.most_deductions, rubric.most_points = (
        limits.bonuses,
        limits.deductions,
        limits.points,
    )
    _add(rubric)
    audit.note(actor, "rubric.publish", rubric, county, version=rubric.version)
    return rubric


def adopt(
    village: Area, in_force_from: date, approved_by: str, own: Sequence[NewItem], actor: User | None
) -> Rubric:
    """Adopt the county's template, as the village's meeting decided, with the village's own items added.

    Refused `bad_day`, `bad_item`, `item_twice`, `source_not_own`, `too_many_items`, `too_many_points` for
    own items outside the template's limits, `rubric_out_of_order` for a day before that of the newest
    version, and `rubric_retroactive` when a quarter that would be scored anew is opened or has services
    already.
    """
    days.DECIDED.check(in_force_from, "in_force_from")
    if county := areas.county_of(village):
        lock(county)  # it does not withdraw meanwhile what is adopted here
    template = template_for(village, in_force_from)
    items = items_of(template)
    check_items([*items, *own])
    _check_own_items(own, limits_of(template))
    _check_not_begun(village, in_force_from)
    ledger.open_accounts(village)
    items_and_own = [(item, False) for item in items] + [(item, True) for item in own]
    rubric = _put_in_force(village, in_force_from, approved_by, items_and_own)
    rubric.template_id = template.id if template else None
    _add(rubric)
    audit.note(actor, "rubric.adopt", rubric, village, version=rubric.version)
    return rubric


def _put_in_force(
    area: Area, in_force_from: date, approved_by: str, items: Sequence[tuple[NewItem, bool]]
) -> Rubric:
    lock(area)  # one version after the other
    newest = latest(area)
    if newest is not None and in_force_from < newest.in_force_from:
        raise Refused(
            "rubric_out_of_order",
            _("The newest version is in force from a later day already."),
            "in_force_from",
        )
    return Rubric(
        area_id=area.id,
        version=(db.session.scalar(select(func.max(Rubric.version)).where(Rubric.area_id == area.id)) or 0)
        + 1,
        in_force_from=in_force_from,
        approved_by=approved_by.strip(),
        items=[RubricItem(**vars(item), own=own) for item, own in items],
    )


def withdraw(rubric: Rubric, reason: str, actor: User) -> RubricWithdrawal:
    """Withdraw a version that was a mistake, before it is in force; a further row says so, and why.

    No record can have used it: nothing is scored by a version before its day. Twice is once. The newest
    version that was not withdrawn is then the newest again. Refused `reason_missing`, `in_force`, `adopted`
    for a template that a village has adopted.
    """
    area = db.session.get_one(Area, rubric.area_id)
    reason = required_reason(reason)
    lock(area)
    existing = db.session.get(RubricWithdrawal, rubric.id)
    if existing is not None:
        return existing
    if rubric.in_force_from <= clock.today():
        raise Refused("in_force", _("This version is in force already. Decide on a new one."))
    adopted = select(Rubric.id).where(Rubric.template_id == rubric.id, _is_not_withdrawn())
    if db.session.scalar(adopted.limit(1)):
        raise Refused("adopted", _("A village has adopted this version. It withdraws its own first."))
    withdrawal = RubricWithdrawal(rubric_id=rubric.id, reason=reason, actor_id=actor.id, at=clock.now())
    db.session.add(withdrawal)
    db.session.flush()
    db.session.expire(rubric, ["withdrawal"])
    audit.note(actor, "rubric.withdraw", rubric, area, version=rubric.version, reason=reason)
    return withdrawal


def can_be_withdrawn(rubric: Rubric) -> bool:
    """Whether a version is not in force yet and was not withdrawn."""
    return rubric.withdrawal is None and rubric.in_force_from > clock.today()


def _is_not_withdrawn() -> ColumnElement[bool]:
    """SQL condition: a version was not withdrawn."""
    return ~Rubric.withdrawal.has()


def _add(rubric: Rubric) -> None:
    db.session.add(rubric)
    db.session.flush()


def check_items(items: Sequence[NewItem]) -> None:
    """Check that items can stand in one rubric. Refused as `publish` says."""
    if not items:
        raise Refused("no_items", _("A rubric needs at least one item."))
    names_there, sources = set(), set()
    for item in items:
        fits = 1 <= len(item.name.strip()) <= 100 and 1 <= len(item.unit.strip()) <= 20
        bounded = 0 < abs(item.points) <= amounts.LARGEST_TENTHS and (
            item.cap is None or item.cap > 0 < item.points
        )
        if not fits or not bounded or (item.points < 0 and item.source != FedBy.CLAIM):
            raise Refused("bad_item", _("“%(name)s” is no item of a rubric.", name=item.name))
        if names.folded(item.name) in names_there:
            raise Refused("item_twice", _("“%(name)s” is there twice.", name=item.name))
        if item.source in sources:
            raise Refused(
                "source_twice", _("Two items are fed by the same records: %(name)s.", name=item.name)
            )
        names_there.add(names.folded(item.name))
        sources |= {item.source} - {FedBy.CLAIM}


def _check_own_items(own: Sequence[NewItem], limits: Limits) -> None:
    """Check that a village's own items keep to the limits of the template.

    They are claimed; records feed only the template's. Refused `too_many_items`, `too_many_points`,
    `source_not_own`.
    """
    for kind, most in ((1, limits.bonuses), (-1, limits.deductions)):
        if sum(item.points * kind > 0 for item in own) > most:
            raise Refused(
                "too_many_items",
                lazy_ngettext(
                    "A village adds at most %(num)s bonus item.",
                    "A village adds at most %(num)s bonus items.",
                    most,
                )
                if kind > 0
                else lazy_ngettext(
                    "A village adds at most %(num)s deduction item.",
                    "A village adds at most %(num)s deduction items.",
                    most,
                ),
            )
    for item in own:
        if abs(item.points) > limits.points:
            most_points = amounts.show(limits.points)
            text = _(
                "“%(name)s” is more than the %(n)s points of a village's own item.",
                name=item.name,
                n=most_points,
            )
            raise Refused("too_many_points", text)
        if item.source != FedBy.CLAIM:
            raise Refused("source_not_own", _("Only the county's items are fed by records."))


def _check_not_begun(village: Area, in_force_from: date) -> None:
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


def template_for(village: Area, day: date) -> Rubric | None:
    """The template that a village adopts from a day on: its county's latest by then.

    None stands for the program's own model.
    """
    county = areas.county_of(village)
    return in_force_on(county, day) if county else None


def items_of(rubric: Rubric | None) -> list[NewItem]:
    """The items of a rubric as a new version takes them over; of None the program's model."""
    if rubric is None:
        return list(TEMPLATE)
    return [
        NewItem(item.category, item.name, item.unit, item.points, item.cap, item.evidence, item.source)
        for item in rubric.items
    ]


def limits_of(template: Rubric | None) -> Limits:
    """The limits of a village's additions to a template."""
    if template is None:
        return USUAL_LIMITS
    return Limits(template.most_bonuses or 0, template.most_deductions or 0, template.most_points or 0)


def in_force(area: Area, quarter: Quarter) -> Rubric | None:
    """The version that scores a quarter: the latest in force on its first day; None if there is none."""
    return in_force_on(area, quarter.first_day)


def in_force_on(area: Area, day: date) -> Rubric | None:
    """The latest version in force on a day, or None."""
    return db.session.scalar(
        select(Rubric)
        .where(Rubric.area_id == area.id, Rubric.in_force_from <= day, _is_not_withdrawn())
        .order_by(Rubric.version.desc())
        .limit(1)
    )


def areas_with_rubric(quarter: Quarter) -> set[int]:
    """The ids of the areas that have a version which scores a quarter."""
    query = select(Rubric.area_id).where(Rubric.in_force_from <= quarter.first_day, _is_not_withdrawn())
    return set(db.session.scalars(query.distinct()))


def first_day_in_force(area_ids: Collection[int]) -> date | None:
    """The day from which one of these areas (by id) had its first version; None where none has one."""
    first = select(func.min(Rubric.in_force_from))
    return db.session.scalar(first.where(among(Rubric.area_id, area_ids), _is_not_withdrawn()))


def latest(area: Area) -> Rubric | None:
    """The newest version, whether or not it is in force yet, without those that were withdrawn."""
    return db.session.scalar(
        select(Rubric)
        .where(Rubric.area_id == area.id, _is_not_withdrawn())
        .order_by(Rubric.version.desc())
        .limit(1)
    )


def find_version(area: Area, version: int) -> Rubric | None:
    """An area's version of this number, or None."""
    return db.session.scalar(select(Rubric).where(Rubric.area_id == area.id, Rubric.version == version))


def versions_of(area: Area) -> Sequence[Rubric]:
    """An area's versions, the newest first; also those that were withdrawn."""
    return db.session.scalars(
        select(Rubric)
        .options(joinedload(Rubric.withdrawal))
        .where(Rubric.area_id == area.id)
        .order_by(Rubric.version.desc())
    ).all()
