"""The last weeks of some workers of a village: visits, gatherings, hazards and disputes.

Drawn from a seed of its own, so that the story of the points stays what it is.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from demo import roll
from demo.calendar import STARTS_ON
from duties import gatherings, incidents, visits
from duties.disputes import disputes
from duties.households import files
from duties.households.files import Particulars
from duties.models import (
    AttemptResult,
    DisputeKind,
    GatheringKind,
    IncidentKind,
    IncidentStepKind,
    Rung,
    Severity,
    VisitStep,
)
from ground import clock
from ground.clock import Quarter
from ground.db import db
from people.models import Appointment, Area, Attention, Duty, Grid, Household, Person, Role, User
from people.roster import holders
from points.models import FedBy, FindingResult, ServiceState, Voucher
from points.rubrics import versions
from points.samples import samples
from points.services import activities, deciding, deductions, reading, recording
from points.slips import slips

GRIDS_ON_FILE = 10  # of each village have their households on file
HOUSEHOLDS_A_GRID = 7
OPENED_ON = date(2026, 1, 8)
WEEKS = 5

CLASSES = [Attention.PRIORITY, Attention.WATCHED, Attention.WATCHED]
CLASS_REASONS = {
    Attention.PRIORITY: ("独居老人，行动不便", "重病家庭", "留守儿童，父母常年在外"),
    Attention.WATCHED: ("收入不稳，防止返贫", "老人高血压，需要提醒用药", "新搬来的租户"),
    Attention.ORDINARY: ("",),
}
COMPOSITION = ("老人2人", "夫妻2人、孩子1人", "老人1人、夫妻2人、孩子2人", "夫妻2人，外出务工", "老人1人")
SITUATION = ("种烤烟和玉米", "养猪养鸡", "儿子在昆明务工", "开小卖部", "吃低保")
NEEDS = ("", "", "", "屋顶漏雨", "想办慢性病卡", "孩子转学手续")
SEEN_NOTES = (
    "精神好，屋里收拾得干净",
    "刚从地里回来，聊了收成",
    "血压药快吃完了",
    "电线老化，已提醒",
    "一家人都在，问了医保",
)
SEEN_DETAILS = (
    "提醒用火用电安全",
    "问了冬天取暖",
    "说起村道清扫",
    "孩子周末回来",
    "约好下周再来",
    "讲了防诈骗",
    "帮着看了缴费通知",
)
FOLLOW_UPS = ("联系村医送药", "问清转学要带的材料", "请电工来看线路")
TOPICS = {
    GatheringKind.LAW: ("民法典里的邻里关系", "防范电信诈骗"),
    GatheringKind.POLICY: ("医保缴费和报销", "耕地地力补贴"),
    GatheringKind.VILLAGE: ("村道清扫排班", "冬季用火用电安全"),
}


@dataclass(frozen=True)
class WorkerGrid:
    """A worker with their grid and its households."""

    worker: Person
    grid: Grid
    households: list[Household]


class Rounds:
    """What some workers of a village did in the weeks before the demo's first day."""

    def __init__(self, area: Area, users: dict[Role, User]) -> None:
        self.area = area
        self.clerk, self.chair, self.supervisor = (
            users[role] for role in (Role.CLERK, Role.CHAIR, Role.SUPERVISOR)
        )
        self.chance = random.Random(f"rounds {area.code}")  # noqa: S311 -- a seed on purpose
        self._keys = 0
        self._has_witness = False  # one record is vouched for by somebody from outside

    def make_records(self) -> None:
        """Make the records in the order of their days; those until a week ago are confirmed."""
        worker_grids = [self._worker_grid(term.grid, term.person) for term in self._terms()]
        for day in _days(STARTS_ON - timedelta(weeks=WEEKS), STARTS_ON - timedelta(days=1)):
            with clock.at(day):
                for number, worker_grid in enumerate(worker_grids):
                    self._visit(worker_grid, number, day)
                    self._gather(worker_grid, number, day)
        self._hazards_and_emergencies(worker_grids)
        self._disputes(worker_grids)
        self._decide()
        self._paper(worker_grids[2].worker)
        self._supervision()
        self._deduction(worker_grids[0].worker)
        self._clean_up([worker_grid.worker for worker_grid in worker_grids])

    def _terms(self) -> Sequence[Appointment]:
        return holders.serving_terms(self.area, STARTS_ON, STARTS_ON, Duty.WORKER)[:GRIDS_ON_FILE]

    def key(self) -> str:
        """The next key, the same on every run."""
        self._keys += 1
        return f"round-{self.area.code}-{self._keys:06d}"

    def _worker_grid(self, grid: Grid, worker: Person) -> WorkerGrid:
        with clock.at(OPENED_ON):
            homes = [self._household(grid, number) for number in range(HOUSEHOLDS_A_GRID)]
        return WorkerGrid(worker, grid, homes)

    def _household(self, grid: Grid, number: int) -> Household:
        attention = CLASSES[number] if number < len(CLASSES) else Attention.ORDINARY
        particulars = Particulars(
            head=roll.name(self.chance),
            house=f"{number + 1}号",
            phone=roll.phone(self.chance),
            residents=self.chance.randint(1, 6),
            composition=self.chance.choice(COMPOSITION),
            standing=self.chance.choice(("群众", "群众", "群众", "户主是党员")),
            situation=self.chance.choice(SITUATION),
            needs=self.chance.choice(NEEDS),
        )
        reason = self.chance.choice(CLASS_REASONS[attention])
        return files.add_household(grid, particulars, attention, reason, OPENED_ON, self.clerk)

    def _visit(self, worker_grid: WorkerGrid, number: int, day: date) -> None:
        """Visit the first household each week, the next two once; now and then a week is left out."""
        weekday = (day.weekday() + number) % 7
        due = [worker_grid.households[0]] if weekday == 2 and self.chance.random() < 0.9 else []
        if weekday == 4 and day.day in range(1, 15):
            due += worker_grid.households[1:3]
        for household in due:
            follow_up = self.chance.choice(FOLLOW_UPS) if self.chance.random() < 0.15 else ""
            visit = visits.record_visit(
                self.key(),
                household,
                worker_grid.worker,
                day,
                self.chance.sample(list(VisitStep), 3),
                f"{self.chance.choice(SEEN_NOTES)}；{household.situation}，{self.chance.choice(SEEN_DETAILS)}",
                "",
                follow_up,
                self.clerk,
            )
            if follow_up and day < STARTS_ON - timedelta(days=10):
                visits.complete_follow_up(visit, day, "已办好", self.clerk)

    def _gather(self, worker_grid: WorkerGrid, number: int, day: date) -> None:
        if (day.day + number) % 10 == 3:
            kind = self.chance.choice(list(GatheringKind))
            topic, present = self.chance.choice(TOPICS[kind]), self.chance.randint(6, 14)
            gatherings.record_gathering(
                self.key(),
                worker_grid.grid,
                worker_grid.worker,
                day,
                kind,
                topic,
                present,
                "",
                self.clerk,
            )

    def _hazards_and_emergencies(self, worker_grids: list[WorkerGrid]) -> None:
        """Report two hazards, one of them dealt with, and two emergencies: one over, one of last night."""
        reports = (
            (3, IncidentKind.HAZARD, Severity.ORDINARY, 20, "村口小桥", "护栏松动", "拉了警示带"),
            (5, IncidentKind.HAZARD, Severity.ORDINARY, 6, "老粮仓", "电线裸露", "已断电"),
            (1, IncidentKind.EMERGENCY, Severity.ORDINARY, 16, "后山", "有人烧荒，火势蔓延", "组织邻居扑灭"),
            (
                4,
                IncidentKind.EMERGENCY,
                Severity.MAJOR,
                1,
                "进村公路转弯处",
                "落石堵住半幅路面",
                "两头设人看守",
            ),
        )
        handed, closed = IncidentStepKind.HANDED_OVER, IncidentStepKind.CLOSED
        for number, kind, severity, ago, place, what, done in reports:
            day, worker_grid = STARTS_ON - timedelta(days=ago), worker_grids[number]
            with clock.at(day):
                incident = incidents.report_incident(
                    self.key(),
                    worker_grid.grid,
                    worker_grid.worker,
                    kind,
                    severity,
                    day,
                    place,
                    what,
                    done,
                    self.clerk,
                )
            if ago > 10:
                with clock.at(day + timedelta(days=2)):
                    on = clock.today()
                    incidents.record_step(incident, handed, "村委会", "村里派人处理", on, self.clerk)
                    incidents.record_step(incident, closed, "", "已处理好", on, self.chair)

    def _disputes(self, worker_grids: list[WorkerGrid]) -> None:
        """Open four disputes.

        One is settled at once, one by the group, one has come up to the village, and one is fresh.
        """
        fails = [AttemptResult.FAILED] * 4
        for number, (kind, matter, results) in enumerate(
            (
                (DisputeKind.NEIGHBOURS, "晒场占道", [AttemptResult.SETTLED]),
                (DisputeKind.LAND, "地界不清", [*fails[:2], AttemptResult.SETTLED]),
                (DisputeKind.DEBT, "借款不还", fails),
                (DisputeKind.FAMILY, "赡养老人", []),
            )
        ):
            worker_grid = worker_grids[number + 2]
            parties = f"{worker_grid.households[3].head}、{worker_grid.households[4].head}"
            day = STARTS_ON - timedelta(days=30 - number)
            with clock.at(day):
                dispute = disputes.open_dispute(
                    self.key(), worker_grid.grid, worker_grid.worker, day, kind, parties, matter, self.clerk
                )
            for step, result in enumerate(results):
                rung = (Rung.GRID, Rung.GROUP)[step // 2]
                with clock.at(day + timedelta(days=3 * step + 2)):
                    mediators = "网格员、指导员" if rung == Rung.GRID else "小组长、老党员"
                    note = "双方签字" if result == AttemptResult.SETTLED else "各执一词"
                    disputes.record_attempt(
                        self.key(), dispute, rung, clock.today(), mediators, result, note, (), self.clerk
                    )

    def _decide(self) -> None:
        """Confirm what was recorded until a week ago; the rest waits, with two texts that are alike."""
        with clock.at(STARTS_ON - timedelta(days=7)):
            for service in db.session.scalars(
                reading.search_services(self.area, reading.ServiceSearch(state=ServiceState.RECORDED))
            ).all():
                if service.evidence and service.done_on < clock.today():
                    word = (
                        () if self._has_witness else (Voucher.WITNESS, "杨大妈", "邻县普河村", "13900001234")
                    )
                    deciding.confirm(service, self.chair, *word)
                    self._has_witness = True

    def _paper(self, worker: Person) -> None:
        """Print slips for a worker without a phone; two came back."""
        with clock.at(STARTS_ON - timedelta(days=9)):
            printed_slips = slips.print_slips(self.area, worker, 8, self.clerk)
        rubric = versions.in_force(self.area, Quarter.of(STARTS_ON))
        items = (
            [item for item in rubric.items if item.source == FedBy.CLAIM and item.points > 0]
            if rubric
            else []
        )
        for slip, item in zip(printed_slips[:2], items, strict=False):
            with clock.at(STARTS_ON - timedelta(days=2)):
                service = recording.record(
                    self.key(), worker, item, clock.today(), 1, "反映路灯不亮", self.clerk
                )
                slips.use(slip.number, self.area, service, worker, self.clerk)

    def _supervision(self) -> None:
        """Let supervision look into some records of the last quarter."""
        with clock.at(date(2026, 10, 12)):
            sample = samples.draw(self.area, Quarter(2026, 3), "20261012", 8, self.supervisor)
            for line in samples.sample_lines(sample)[:3]:
                samples.note_finding(sample, line.service, FindingResult.SOUND, "", self.supervisor)

    def _deduction(self, worker: Person) -> None:
        """Propose a deduction yesterday; the worker, who signs in, has not said anything yet."""
        rubric = versions.in_force(self.area, Quarter.of(STARTS_ON))
        item = next((item for item in rubric.items if item.points < 0), None) if rubric else None
        if item is None:
            return
        with clock.at(STARTS_ON - timedelta(days=1)):
            deductions.propose(
                self.key(),
                worker,
                item,
                STARTS_ON - timedelta(days=12),
                1,
                "记录上写去看望老人，老人说这一天没有人来过",
                "老人的女儿当面说的，村务监督在场",
                self.clerk,
            )

    def _clean_up(self, workers: Sequence[Person]) -> None:
        """Write down who swept the village yesterday; a second person confirms all of them."""
        rubric = versions.in_force(self.area, Quarter.of(STARTS_ON))
        item = next((item for item in rubric.items if "公益" in item.name), None) if rubric else None
        if item is None:
            return
        day = STARTS_ON - timedelta(days=1)
        with clock.at(day):
            activities.record(self.key(), self.area, item, day, 1, "村道大扫除", workers, self.clerk)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
