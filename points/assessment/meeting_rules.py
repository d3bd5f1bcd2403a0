"""A county's rules for assessments (评定办法): quorum, days of notice, days to book."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock
from ground.db import db, lock
from ground.refusal import Refused, required_reason
from people import areas
from people.models import Area, Level, User
from points.models import AssessmentRules, Quorum

# 公示 of at least three days; the first day is not counted (民法典第二百零一条).
LEAST_NOTICE_DAYS = 3
MOST_DAYS = 90


@dataclass(frozen=True)
class MeetingRules:
    """The rules for a meeting and its notice.

    Where a county has decided nothing: two thirds, as for villagers' representatives
    (村民委员会组织法第二十六条), and three people.
    """

    quorum: Quorum = Quorum.TWO_THIRDS
    least_present: int = 3
    notice_days: int = LEAST_NOTICE_DAYS
    book_within_days: int = 30

    def is_met(self, present: int, invited: int) -> bool:
        """Whether `present` of `invited` people are enough to decide."""
        if present < self.least_present:
            return False
        return present * 2 > invited if self.quorum == Quorum.MORE_THAN_HALF else present * 3 >= invited * 2


def latest(county: Area) -> AssessmentRules | None:
    """The rules that a county decided last, or None."""
    return db.session.scalar(
        select(AssessmentRules)
        .where(AssessmentRules.area_id == county.id)
        .order_by(AssessmentRules.id.desc())
        .limit(1)
    )


def rules_of(area: Area) -> MeetingRules:
    """The rules for a village today: its county's, or else the default."""
    county = areas.county_of(area)
    decided = latest(county) if county else None
    if decided is None:
        return MeetingRules()
    return MeetingRules(decided.quorum, decided.least_present, decided.notice_days, decided.book_within_days)


def decide(county: Area, rules: MeetingRules, decided_by: str, actor: User | None) -> AssessmentRules:
    """Set a county's rules from now on; a notice that hangs already keeps its days.

    Refused `not_a_county`, `bad_terms` for a notice of less than three days or a figure that makes no
    sense, `reason_missing` when nobody is named who decided it.
    """
    lock(county)
    if county.level != Level.COUNTY:
        raise Refused("not_a_county", _("The county decides this for all its villages."))
    days = (rules.notice_days, rules.book_within_days)
    if not (LEAST_NOTICE_DAYS <= rules.notice_days <= MOST_DAYS >= rules.book_within_days >= 1):
        raise Refused("bad_terms", _("A notice hangs from %(n)s to 90 days.", n=LEAST_NOTICE_DAYS))
    if not 1 <= rules.least_present <= 100:
        raise Refused("bad_terms", _("At least 1 and at most 100 people."), "least_present")
    decided = AssessmentRules(
        area_id=county.id,
        quorum=rules.quorum,
        least_present=rules.least_present,
        notice_days=days[0],
        book_within_days=days[1],
        decided_by=required_reason(decided_by),
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(decided)
    db.session.flush()
    return decided
