"""Where each village of an area stands today, and what of it asks for something.

Nothing here ranks villages by points or by work: they stand in the order of how much asks for somebody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from duties import visits
from duties.visits import DueCount
from ground import clock
from ground.clock import Quarter
from people import contacts
from people.models import Area, ContactKind, Duty
from people.roster import staffing
from people.roster.staffing import StaffingFigures
from points.assessment import opening
from points.assessment.opening import VillageProgress
from shop import backing
from shop.backing import Cover
from shop.stock import watch
from shop.stock.watch import WatchCounts

LEAST_QUARTERS = 1  # of usual redemptions that the goods on a shelf should last


class Concern(StrEnum):
    """A kind of thing that asks for somebody, the most urgent first."""

    LATE = "late"
    OVERDUE_ANSWERS = "overdue_answers"
    WITHOUT_WORKER = "without_worker"
    WITHOUT_INSTRUCTOR = "without_instructor"
    OVERDUE_VISITS = "overdue_visits"
    EXPIRED_GOODS = "expired_goods"
    THIN_SHELF = "thin_shelf"
    ENDING_TERMS = "ending_terms"
    MISSING_CONTACTS = "missing_contacts"
    LOW_GOODS = "low_goods"
    EXPIRING_GOODS = "expiring_goods"


@dataclass(frozen=True)
class Standing:
    """A village today: the last quarter's assessment, grids and terms, contacts, visits, shelf and points.

    `progress` is of the quarter that ended last. Where no grid is yet, nothing is asked: that is the first
    day's, whose steps stand on the front page.
    """

    staffing: StaffingFigures
    progress: VillageProgress
    missing_contacts: Sequence[ContactKind]
    due: DueCount
    shelf: WatchCounts
    cover: Cover
    concerns: Counter[Concern] = field(init=False)

    def __post_init__(self) -> None:
        """Count what asks for somebody, once."""
        object.__setattr__(self, "concerns", +self._numbers() if self.staffing.grids else Counter())

    @property
    def village(self) -> Area:
        """The village it is about."""
        return self.staffing.village

    @property
    def has_thin_shelf(self) -> bool:
        """Whether its goods last for less than a usual quarter."""
        quarters = self.cover.goods_quarters
        return quarters is not None and quarters < LEAST_QUARTERS

    def _numbers(self) -> Counter[Concern]:
        return Counter(
            {
                Concern.LATE: int(self.progress.is_late),
                Concern.OVERDUE_ANSWERS: self.progress.overdue_objections,
                Concern.WITHOUT_WORKER: self.staffing.vacancies[Duty.WORKER],
                Concern.WITHOUT_INSTRUCTOR: self.staffing.vacancies[Duty.INSTRUCTOR],
                Concern.OVERDUE_VISITS: self.due.overdue,
                Concern.EXPIRED_GOODS: self.shelf.expired,
                Concern.THIN_SHELF: int(self.has_thin_shelf),
                Concern.ENDING_TERMS: self.staffing.ending_terms,
                Concern.MISSING_CONTACTS: len(self.missing_contacts),
                Concern.LOW_GOODS: self.shelf.low,
                Concern.EXPIRING_GOODS: self.shelf.near_expiry,
            }
        )


def standings(area: Area) -> list[Standing]:
    """Where each village of an area stands today, the one with most kinds of things that ask first.

    Then by the number of things, then by code. One statement for each figure, whatever the villages.
    """
    last_quarter = Quarter.of(clock.today()).previous
    return standings_with(staffing.figures(area), opening.progress_of_villages(area, last_quarter))


def standings_with(
    staffed_villages: Sequence[StaffingFigures], last_quarter: Sequence[VillageProgress]
) -> list[Standing]:
    """The same for whoever has asked already how these villages are staffed, and how far with the quarter."""
    today = clock.today()
    progress = {each.village.id: each for each in last_quarter}
    ids = list(progress)
    missing, due = contacts.missing_kinds(ids), visits.due_by_village(ids, today)
    shelves, covers = watch.counts_by_village(ids), backing.covers(ids)
    found = [
        Standing(
            staffed,
            progress[staffed.village.id],
            missing[staffed.village.id],
            due.get(staffed.village.id, DueCount(0, 0)),
            shelves.get(staffed.village.id, WatchCounts()),
            covers.get(staffed.village.id, Cover(0, 0, None)),
        )
        for staffed in staffed_villages
    ]
    return sorted(found, key=lambda each: (-len(each.concerns), -each.concerns.total(), each.village.code))


def concerns_of(found: Sequence[Standing]) -> Counter[Concern]:
    """How many things of each kind ask for somebody in these villages together."""
    return sum((each.concerns for each in found), Counter[Concern]())


def cover_of(found: Sequence[Standing]) -> Cover:
    """The points and goods of these villages together, and what they redeem in a usual quarter.

    That is None as long as one that has goods had no full quarter yet: no sum says how long all of it lasts.
    """
    usual = [each.cover.usual_quarter for each in found if each.cover.goods or each.cover.usual_quarter]
    return Cover(
        sum(each.cover.outstanding for each in found),
        sum(each.cover.goods for each in found),
        None if None in usual or not usual else sum(filter(None, usual)),
    )
