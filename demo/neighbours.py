"""The demo's people besides their points: traits, trainings, contacts, growth, evaluations.

Drawn from a seed of its own, so that the story of the points stays what it is.
"""

import random
from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from demo import roll
from ground import clock
from people import contacts
from people.conduct import evaluations, trainings
from people.models import (
    Area,
    Background,
    ContactKind,
    Duty,
    EvaluationSide,
    Person,
    PoliticalStatus,
    Sex,
    Stage,
    User,
)
from people.roster import departures, growth, holders, persons

AGENCIES = {
    ContactKind.OFFICIAL: "县农业农村局",
    ContactKind.POLICE: "乡镇派出所",
    ContactKind.JUDGE: "县人民法院",
    ContactKind.MEDIATOR: "乡镇人民调解委员会",
}
NEGATIVE_LIST = ("弄虚作假，虚报服务记录", "泄露住户隐私", "半年内无故不履职", "违法犯罪受到处理")
REMARKS = ("走访勤，群众信得过。", "政策讲得明白。", "台账再细一点更好。", "")


class Traits(TypedDict):
    """The traits of a worker in the roster besides name and phone."""

    sex: Sex
    birth_year: int
    standing: PoliticalStatus
    background: Background


def traits(chance: random.Random) -> Traits:
    """Random traits of somebody who could serve."""
    standing = chance.choices(list(PoliticalStatus), [20, 3, 4, 1, 72])[0]
    circles = list(Background) if standing == PoliticalStatus.PARTY else list(Background)[1:]
    return {
        "sex": chance.choice(list(Sex)),
        "birth_year": chance.randint(1956, 1998),
        "standing": standing,
        "background": chance.choice(circles),
    }


class VillageYear:
    """A village's year besides its points: contacts, trainings, law marks and growth."""

    def __init__(self, area: Area, workers: Sequence[Person]) -> None:
        self.chance = random.Random(f"{area.code} neighbours")  # noqa: S311 -- a seed on purpose
        self.area, self.workers = area, workers

    def make_records(self) -> None:
        """Make the year's records, dated by the calendar."""
        self._contacts()
        for half, day in enumerate((date(2026, 3, 18), date(2026, 9, 16)), 1):
            topic = ("邻里纠纷怎样调解", "冬春防火与用电安全")[half - 1]
            self._train(self.area, Duty.WORKER, topic, "村委会会议室", day)
        with clock.at(date(2026, 6, 30)):
            for worker in self.chance.sample(list(self.workers), 9):
                trainings.set_law_mark(worker, date(2026, 6, 30), None)
        self._grow()
        self._twice()

    def _contacts(self) -> None:
        with clock.at(date(2026, 1, 5)):
            for kind, agency in AGENCIES.items():
                name, phone = roll.name(self.chance), roll.phone(self.chance)
                contacts.attach(self.area, kind, name, agency, phone, date(2026, 1, 5), None)

    def _train(self, area: Area, duty: Duty, topic: str, place: str, day: date) -> None:
        with clock.at(day):
            training = trainings.hold(f"demo-{area.code}-{day}", area, duty, topic, place, day, None)
            absent = set(self.chance.sample(range(len(self.workers)), 4))
            attendee_ids = [worker.id for number, worker in enumerate(self.workers) if number not in absent]
            trainings.tick(training, attendee_ids, (), None)

    def _grow(self) -> None:
        outside = [worker for worker in self.workers if worker.standing == PoliticalStatus.MASSES]
        for number, worker in enumerate(self.chance.sample(outside, 4)):
            with clock.at(date(2026, 7, 1)):
                growth.reach_stage(worker, Stage.APPLICANT, date(2026, 7, 1), "", None)
            if number == 0:
                with clock.at(date(2026, 12, 11)):
                    growth.reach_stage(worker, Stage.PARTY_MEMBER, date(2026, 12, 11), "支部大会通过", None)

    def _twice(self) -> None:
        """Enter somebody a second time under the same name and phone, as happens."""
        twin = self.workers[len(self.workers) // 2]
        with clock.at(date(2026, 11, 3)):
            persons.add_person(self.area, twin.name, None, twin.phone)


def train_at_township_and_county(villages: Sequence[Area]) -> None:
    """Hold the trainings that the township gives workers and the county gives instructors.

    Called once all villages are there. The county's negative list is written down too.
    """
    township = villages[0].parent
    county = township and township.parent
    if township is None or county is None:
        return
    for place, duty, topic, day in (
        (township, Duty.WORKER, "积分细则与服务记录", date(2026, 4, 22)),
        (township, Duty.WORKER, "民法典里的邻里关系", date(2026, 10, 21)),
        (county, Duty.INSTRUCTOR, "网格指导员年度培训", date(2026, 5, 14)),
    ):
        with clock.at(day):
            key = f"demo-{place.code}-{day}"
            training = trainings.hold(key, place, duty, topic, "县委党校", day, None)
            attendee_ids = sorted(
                {
                    term.person_id
                    for village in villages
                    if place.covers(village)
                    for term in holders.serving_terms(village, day, day, duty)
                }
            )
            trainings.tick(training, attendee_ids[: len(attendee_ids) - 5], (), None)
    with clock.at(date(2026, 1, 5)):
        for text in NEGATIVE_LIST:
            departures.add_item(county, text, date(2026, 1, 5), None)


def evaluate(area: Area, chair: User) -> None:
    """Make the village's evaluations of its instructors."""
    chance = random.Random(f"{area.code} evaluation")  # noqa: S311 -- a seed on purpose
    with clock.at(date(2026, 12, 20)):
        for partner in evaluations.partners_to_evaluate(chair, area, 2026)[:4]:
            grades = evaluations.Grades(*(chance.choice((2, 3, 4, 4)) for _grade in range(3)))
            remark = chance.choice(REMARKS)
            evaluations.evaluate(EvaluationSide.BY_VILLAGE, partner.person, area, 2026, grades, remark, chair)
