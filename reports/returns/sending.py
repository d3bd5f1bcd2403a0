"""Sending a quarter's return: from a village's records, or as the sum of what was sent from below.

Nothing that was sent is changed. Whoever finds it wrong sends the next version, with the reason; what is
summed above is still the version that was there, until that is sent anew.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from ground import clock
from ground.clock import Quarter
from ground.db import db, lock
from ground.refusal import Refused, check_repeated, required_reason
from people import access, areas
from people.models import VILLAGE_LEVELS, Area, Level, Role, User
from people.roster import staffing
from points.assessment import meeting_rules
from points.rubrics import versions
from reports.models import QuarterlyReturn
from reports.returns import figures
from reports.returns.gathering import gather

SENDERS = {
    **dict.fromkeys(VILLAGE_LEVELS, access.COMMITTEE),
    Level.TOWNSHIP: frozenset({Role.TOWNSHIP}),
    Level.COUNTY: frozenset({Role.COUNTY}),
}
ALL_SENDERS = frozenset().union(*SENDERS.values())


@dataclass(frozen=True)
class Below:
    """A village of a township, or a township of the county: the latest that it sent, or None.

    `is_stale`: one of those that it sums sent anew since, or sent for the first time.
    """

    area: Area
    latest: QuarterlyReturn | None
    is_stale: bool


@dataclass(frozen=True)
class Draft:
    """What an area would send now, beside the latest that it sent, if any.

    `below` are those whose returns are summed, or missing; a village has none. `is_due`: whether a return of
    the quarter is asked for, once it is over.
    """

    area: Area
    quarter: Quarter
    figures: dict[str, int]
    below: Sequence[Below]
    latest: QuarterlyReturn | None
    is_due: bool

    @property
    def parts(self) -> list[QuarterlyReturn]:
        """The returns that it sums, by the code of their area."""
        return [each.latest for each in self.below if each.latest]

    @property
    def missing(self) -> list[Area]:
        """Those below who sent nothing."""
        return [each.area for each in self.below if each.latest is None]

    @cached_property
    def changed(self) -> set[str]:
        """The names of the figures that are another now than in the latest that was sent."""
        return figures.changed(self.latest.figures, self.figures) if self.latest else set()

    @property
    def has_changed(self) -> bool:
        """Whether there is something to correct: a figure, or a return below that is another."""
        if self.latest is None:
            return False
        return bool(self.changed) or {each.id for each in self.parts} != {
            each.id for each in self.latest.parts
        }

    @property
    def refusal(self) -> Refused | None:
        """Why it is not sent, whoever presses the button: the first of what stands against it, or None."""
        if clock.today() <= self.quarter.last_day:
            return Refused("quarter_not_over", _("This quarter is not over: its figures still grow."))
        if not self.is_due:
            return Refused("not_due", _("Nothing is to be sent of this quarter: no rubric scored it here."))
        if not self.area.is_village and not self.parts:
            return Refused("nothing_sent", _("Nobody below has sent this quarter."))
        if self.latest and not self.has_changed:
            return Refused("unchanged", _("Nothing has changed since it was sent."))
        return None


def may_send(user: User, area: Area) -> bool:
    """Whether it is this sign-in's to send the area's return."""
    return bool(user.roles_in(area) & SENDERS[area.level])


def due_on(area: Area, quarter: Quarter) -> date:
    """The day by which a quarter is to be sent: by then the county wants its points booked."""
    return quarter.last_day + timedelta(days=meeting_rules.rules_of(area).book_within_days)


def draft(area: Area, quarter: Quarter) -> Draft:
    """What an area would send of a quarter now."""
    below = [] if area.is_village else _below(area, quarter)
    sent = (each.latest.figures for each in below if each.latest)
    kept = gather(area, quarter) if area.is_village else figures.total(sent)
    is_due = bool(quarters_to_send(area, [quarter]))
    return Draft(area, quarter, kept, below, latest_of([area.id], quarter).get(area.id), is_due)


def send(key: str, area: Area, quarter: Quarter, reason: str, actor: User) -> QuarterlyReturn:
    """Send an area's return of a quarter, and keep it as it is now; once for a key.

    `reason` is for a correction alone. Refused `not_yours`, `quarter_not_over`, `not_due` of a quarter from
    before the area's first rubric, `nothing_sent` where nobody below has sent, `unchanged` when it would say
    the same again, `reason_missing`, `key_reused`.
    """
    lock(area)  # two of the committee at the same moment send one after the other
    sent = db.session.scalar(select(QuarterlyReturn).where(QuarterlyReturn.key == key))
    if sent is not None:
        check_repeated((sent.area_id, sent.quarter_name), (area.id, str(quarter)))
        return sent
    if not may_send(actor, area):
        raise Refused("not_yours", _("A village's return is sent by its committee, others by the officials."))
    made = draft(area, quarter)
    if made.refusal:
        raise made.refusal
    row = QuarterlyReturn(
        key=key,
        area_id=area.id,
        area_code=area.code,
        area_name=area.name,
        level=area.level,
        quarter_name=str(quarter),
        version=made.latest.version + 1 if made.latest else 1,
        figures=made.figures,
        missing={each.code: each.name for each in made.missing},
        reason=required_reason(reason) if made.latest else None,
        sent_by_id=actor.id,
        sent_at=clock.now(),
        parts=made.parts,
    )
    db.session.add(row)
    db.session.flush()
    return row


def versions_of(area: Area, quarter: Quarter) -> Sequence[QuarterlyReturn]:
    """All that an area sent of a quarter, the latest first, each with what it sums."""
    return db.session.scalars(
        select(QuarterlyReturn)
        .options(*_with_parts(), joinedload(QuarterlyReturn.sent_by))
        .where(QuarterlyReturn.area_id == area.id, QuarterlyReturn.quarter_name == str(quarter))
        .order_by(QuarterlyReturn.version.desc())
    ).all()


def latest_of(area_ids: Collection[int], quarter: Quarter) -> dict[int, QuarterlyReturn]:
    """The latest that each of these areas (by id) sent of a quarter, with what it sums, two levels deep."""
    found = db.session.scalars(
        select(QuarterlyReturn)
        .options(*_with_parts())
        .where(
            QuarterlyReturn.area_id.in_(area_ids),
            QuarterlyReturn.quarter_name == str(quarter),
            _is_latest(),
        )
    )
    return {each.area_id: each for each in found}


def sent_counts(area: Area, quarters: Collection[Quarter]) -> dict[str, int]:
    """How many of those directly below an area sent something of each of these quarters, by its name."""
    return dict(
        db.session.execute(
            select(QuarterlyReturn.quarter_name, func.count(QuarterlyReturn.area_id.distinct()))
            .join(QuarterlyReturn.area)
            .where(Area.parent_id == area.id, QuarterlyReturn.quarter_name.in_(map(str, quarters)))
            .group_by(QuarterlyReturn.quarter_name)
        ).all()
    )


def latest_versions(area: Area, quarters: Collection[Quarter]) -> dict[str, QuarterlyReturn]:
    """The latest that an area sent of each of these quarters, by its name."""
    found = db.session.scalars(
        select(QuarterlyReturn).where(
            QuarterlyReturn.area_id == area.id,
            QuarterlyReturn.quarter_name.in_(map(str, quarters)),
            _is_latest(),
        )
    )
    return {each.quarter_name: each for each in found}


def quarters_to_send(area: Area, quarters: Sequence[Quarter]) -> list[Quarter]:
    """Those of some quarters that are to be sent, or are sent: none from before the area's first rubric."""
    began_on = versions.first_day_in_force([village.id for village in areas.villages_in(area)])
    sent = latest_versions(area, quarters)
    return [
        each
        for each in quarters
        if str(each) in sent or (began_on is not None and each.first_day >= began_on)
    ]


def expected(area: Area, quarter: Quarter) -> list[Area]:
    """Those directly below an area of whom a return is waited for, by code.

    That is where a village has grids, and a rubric that scores the quarter.
    """
    with_rubric = versions.areas_with_rubric(quarter)
    figures_there = staffing.figures(area)
    begun = [each.village for each in figures_there if each.grids and each.village.id in with_rubric]
    if area.level == Level.TOWNSHIP:
        return begun
    return sorted({each.parent for each in begun if each.parent}, key=lambda each: each.code)


def _below(area: Area, quarter: Quarter) -> list[Below]:
    """Those directly below an area, by code, of whom a return is waited for or came."""
    sent_by = select(QuarterlyReturn.area_id).where(QuarterlyReturn.quarter_name == str(quarter))
    came = db.session.scalars(select(Area).where(Area.parent_id == area.id, Area.id.in_(sent_by)))
    below = sorted({*expected(area, quarter), *came}, key=lambda each: each.code)
    ids = [each.id for each in below]
    latest, further = latest_of(ids, quarter), _latest_ids_below(ids, quarter)
    return [Below(each, (sent := latest.get(each.id)), _is_stale(sent, further[each.id])) for each in below]


def _is_stale(sent: QuarterlyReturn | None, latest_ids: set[int]) -> bool:
    """Whether a return sums others than the latest from below; a village's sums none."""
    return sent is not None and {part.id for part in sent.parts} != latest_ids


def _latest_ids_below(area_ids: Collection[int], quarter: Quarter) -> dict[int, set[int]]:
    """The ids of the latest returns from directly below these areas, by the id of each."""
    ids: dict[int, set[int]] = defaultdict(set)
    for parent_id, ident in db.session.execute(
        select(Area.parent_id, QuarterlyReturn.id)
        .join(QuarterlyReturn.area)
        .where(Area.parent_id.in_(area_ids), QuarterlyReturn.quarter_name == str(quarter), _is_latest())
    ):
        if parent_id is not None:
            ids[parent_id].add(ident)
    return ids


def _is_latest() -> ColumnElement[bool]:
    """The SQL condition that no later version follows a return."""
    later = aliased(QuarterlyReturn)
    return ~exists().where(
        later.area_id == QuarterlyReturn.area_id,
        later.quarter_name == QuarterlyReturn.quarter_name,
        later.version > QuarterlyReturn.version,
    )


def _with_parts() -> tuple[ORMOption, ...]:
    return (selectinload(QuarterlyReturn.parts).selectinload(QuarterlyReturn.parts),)
