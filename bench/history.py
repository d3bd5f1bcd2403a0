"""A county with three years behind it, for whatever is measured on one: 6,168 grids, a million of each.

    .venv/bin/python -m bench.history [transfers] [services]

Fills a SQLite file in a temporary folder, or the empty database of DATABASE_URL, and says where it is. It
begins with the demo's county; every village of which the demo tells no story gets cards, a shop, households,
services of up to twelve quarters, their sheets on the wall, the awards booked from them, and redemptions.
Chains, sheets, digests and stock are what the program would have written: `flask ledger verify` finds
everything fitting.
"""

import hashlib
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

os.environ.setdefault("AIXIN_INSTANCE", tempfile.mkdtemp(prefix="aixin-bench"))

from flask_migrate import upgrade
from sqlalchemy import select, text, update
from stdnum import damm

from app import create_app
from bench.bulk import Bulk, vacuum
from demo.calendar import STARTS_ON
from demo.cli import load
from demo.story import SECRET, VILLAGE_ROLES
from duties.models import Visit
from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from people.models import (
    Appointment,
    Area,
    Attendance,
    Attention,
    Card,
    CardState,
    Duty,
    Grid,
    GrowthStep,
    Household,
    HouseholdClass,
    Person,
    Role,
    Stage,
    Training,
    User,
)
from people.scanning.reading import ALPHABET, TOKEN_LENGTH
from people.signin import accounts
from points import chain
from points.assessment import opening, sheet
from points.models import (
    GENESIS,
    Account,
    AccountKind,
    Assessment,
    AssessmentState,
    Award,
    Evidence,
    EvidenceKind,
    FedBy,
    Member,
    Notice,
    NoticeLine,
    RubricItem,
    Service,
    ServiceState,
    Transfer,
    TransferKind,
)
from points.rubrics import versions
from points.wall import posting
from shop.models import Goods, Lot, MoveKind, Redemption, RedemptionLine, Source, StockMove
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.shelf.leases import CODE_CHARACTERS
from shop.stock import lots

TRANSFERS = 1_000_000
MOST_QUARTERS = 12
LAST_QUARTER = Quarter.of(STARTS_ON).previous
LEAST_SERVICES = 3  # of a worker in a quarter
VISIT_SHARE = 0.6
HOUSEHOLDS_A_GRID = 8
DECIDED_BY = "村民代表会议"
PRESENT = ("文书", "主任", "村民代表一", "村民代表二", "村民代表三")
WARES = (("食盐", "袋", 5), ("肥皂", "块", 5), ("毛巾", "条", 5), ("火柴", "盒", 3), ("蜡烛", "支", 4))
NOT_CALLED = {"name": None, "spec": None, "unit": None}  # the receipt's line says it
STOCK = 10_000_000  # of each article: nobody waits for goods here


class NewTransfer(NamedTuple):
    """A transfer's row, as the chain hashes it."""

    id: int
    key: str
    kind: TransferKind
    debit_id: int
    credit_id: int
    amount: int
    reason: str
    actor_id: int
    at: datetime
    reverses_id: None
    account_id: int
    position: int
    balance_after: int


@dataclass
class Worker:
    """A worker with their grid, card, households, and the end of their account's chain."""

    person: Person
    grid: Grid
    account_id: int
    card_id: int
    households: list[int]
    end: chain.ChainEnd = field(default_factory=lambda: chain.ChainEnd(0, 0, GENESIS))


@dataclass
class Shelf:
    """A shop's articles, and of each its price in tenths and its lot."""

    shop_id: int
    goods: list[tuple[Goods, int, int]]
    taken: Counter[int] = field(default_factory=Counter)


@dataclass
class Village:
    """A village that is filled: who signs for it, its workers and what feeds their points."""

    area: Area
    clerk: User
    chair: User
    workers: list[Worker]
    shelf: Shelf
    issuing_id: int
    redeemed_id: int
    claimed: list[RubricItem]
    visited: RubricItem


class Filler:
    """Fills a county: quarter by quarter, village by village, each row after what caused it."""

    def __init__(self, transfers: int, services: int) -> None:
        self.bulk = Bulk()
        self.chance = random.Random(1)
        self.areas = _empty_villages()
        workers = len(list(self.areas)) * 69
        count = max(1, min(MOST_QUARTERS, transfers // workers))
        self.quarters = [LAST_QUARTER]
        while len(self.quarters) < count:
            self.quarters.insert(0, self.quarters[0].previous)
        self.redemptions = max(0, transfers - count * workers)
        self.services = max(services // ((count + 1) * workers), LEAST_SERVICES)
        self.numbers = 0

    def fill(self) -> None:
        """Fill all villages."""
        since = self.quarters[0].first_day - timedelta(days=1)
        with clock.at(since):
            villages = [self._village(number, area) for number, area in enumerate(self.areas)]
            for village in villages:  # from here on the ids are given here
                self._settle(village)
        self._trainings(villages)
        turns = len(self.quarters) * len(villages)
        turn = 0
        for quarter in self.quarters:
            for village in villages:
                self._quarter(village, quarter)
                turn += 1
                self._redeem(village, quarter, self.redemptions // turns + (turn <= self.redemptions % turns))
            self.bulk.send()
        self.bulk.close()
        for village in villages:
            opening.open_quarter(village.area, LAST_QUARTER.next, village.clerk)
            self._serve(village, LAST_QUARTER.next, None)
        self.bulk.close()
        for village in villages:
            self._close(village)

    def _key(self) -> str:
        self.numbers += 1
        return f"bench-{self.numbers}"

    def _village(self, number: int, area: Area) -> Village:
        """Sign-ins, rubric and articles of one village, by the program's own functions."""
        users = {role: self._user(area, role, number) for role in (Role.CLERK, Role.CHAIR)}
        clerk, chair = users.values()
        if number == 0:  # the village whose pages are looked at
            grid = db.session.scalars(select(Grid).where(Grid.village_id == area.id).limit(1)).one()
            for role in {*VILLAGE_ROLES, Role.WORKER} - {*users}:
                self._user(area, role, number, _servant(grid, role))
        rubric = versions.adopt(area, clock.today() + timedelta(days=1), DECIDED_BY, (), chair)
        own = {
            account.kind: account.id
            for account in db.session.scalars(
                select(Account).where(Account.village_id == area.id, Account.person_id.is_(None))
            )
        }
        shop = shops.open_shop(area)
        goods = [(shelf.add_goods(shop, name, unit, price), price, 0) for name, unit, price in WARES]
        return Village(
            area,
            clerk,
            chair,
            [],
            Shelf(shop.id, goods),
            own[AccountKind.ISSUING],
            own[AccountKind.REDEEMED],
            [item for item in rubric.items if item.points > 0 and item.source == FedBy.CLAIM],
            next(item for item in rubric.items if item.source == FedBy.VISIT),
        )

    def _settle(self, village: Village) -> None:
        """Accounts, cards and households of a village, and what stands on the shelf."""
        seats = db.session.execute(
            select(Person, Grid)
            .join(Appointment, Appointment.person_id == Person.id)
            .join(Grid, Appointment.grid_id == Grid.id)
            .where(Grid.village_id == village.area.id, Appointment.duty == Duty.WORKER)
            .order_by(Grid.code)
        )
        village.workers = [self._worker(person, grid, village.clerk) for person, grid in seats]
        village.shelf.goods = [
            (goods, price, self._lot(goods, village.chair)) for goods, price, _lot in village.shelf.goods
        ]

    def _user(self, area: Area, role: Role, number: int, person: Person | None = None) -> User:
        name = person.name if person else f"{role}{number}"
        user = accounts.add_user(user_name(role, number), name, SECRET, None, person, temporary=False)
        accounts.grant(user, role, area, None)
        return user

    def _worker(self, person: Person, grid: Grid, clerk: User) -> Worker:
        """A worker's account and card, and the households of the grid: one visited weekly, two monthly."""
        add, chance = self.bulk.add, self.chance
        account_id, card_id = self.bulk.next_id(Account), self.bulk.next_id(Card)
        add(
            Account,
            id=account_id,
            kind=AccountKind.WORKER,
            village_id=person.area_id,
            person_id=person.id,
            balance=0,
            transfers=0,
            head=GENESIS,
        )
        digits = f"9{card_id:07d}"
        add(
            Card,
            id=card_id,
            person_id=person.id,
            number=digits + damm.calc_check_digit(digits),
            token="".join(chance.choices(ALPHABET, k=TOKEN_LENGTH)),
            state=CardState.ACTIVE,
            issued_at=clock.now(),
            issued_by_id=clerk.id,
        )
        classes = [Attention.PRIORITY, Attention.WATCHED, Attention.WATCHED] + [Attention.ORDINARY] * 5
        households = []
        blank = dict.fromkeys(("house", "composition", "standing", "situation", "needs"), "")
        for number, attention in enumerate(classes, 1):
            ident = self.bulk.next_id(Household)
            households.append(ident)
            head = f"户主{ident}"
            add(Household, id=ident, grid_id=grid.id, number=number, head=head, residents=3, **blank)
            add(
                HouseholdClass,
                household_id=ident,
                attention=attention,
                on=clock.today(),
                reason="建档",
                actor_id=clerk.id,
                at=clock.now(),
            )
        return Worker(person, grid, account_id, card_id, households)

    def _lot(self, goods: Goods, actor: User) -> int:
        ident = self.bulk.next_id(Lot)
        day = {"received_on": clock.today(), "on_hand": STOCK}
        self.bulk.add(Lot, id=ident, goods_id=goods.id, source=Source.ALLOCATION, **day)
        self._move(ident, MoveKind.RECEIPT, STOCK, None, actor.id, clock.now(), **lots.called(goods))
        return ident

    def _move(
        self,
        lot_id: int,
        kind: MoveKind,
        quantity: int,
        redemption_id: int | None,
        actor_id: int,
        at: datetime,
        **called: str | None,
    ) -> None:
        self.bulk.add(
            StockMove,
            **NOT_CALLED | called,
            key=self._key(),
            lot_id=lot_id,
            kind=kind,
            quantity=quantity,
            redemption_id=redemption_id,
            actor_id=actor_id,
            at=at,
        )

    def _trainings(self, villages: Sequence[Village]) -> None:
        """A training of each township, to which most came; and how some of the workers grew."""
        held_on, moment = STARTS_ON - timedelta(days=30), _morning(STARTS_ON - timedelta(days=30))
        sessions: dict[int, int] = {}
        for village in villages:
            township_id, by = village.area.parent_id, {"actor_id": village.clerk.id, "at": moment}
            assert township_id is not None
            if township_id not in sessions:
                sessions[township_id] = self.bulk.next_id(Training)
                self.bulk.add(
                    Training,
                    id=sessions[township_id],
                    key=self._key(),
                    area_id=township_id,
                    duty=Duty.WORKER,
                    topic="矛盾纠纷调解",
                    place="镇政府",
                    held_on=held_on,
                    **by,
                )
            for number, worker in enumerate(village.workers):
                if number % 3:
                    session = {"training_id": sessions[township_id], "by_card": True}
                    self.bulk.add(Attendance, person_id=worker.person.id, **session, **by)
                else:
                    stage = {"stage": Stage.APPLICANT, "on": held_on, "note": ""}
                    self.bulk.add(GrowthStep, person_id=worker.person.id, **stage, **by)

    def _quarter(self, village: Village, quarter: Quarter) -> None:
        """A quarter's services, the meeting, the notice on the wall, and the awards booked."""
        add, ident, notice_id = self.bulk.add, self.bulk.next_id(Assessment), self.bulk.next_id(Notice)
        met_on = quarter.last_day
        booked_at = _morning(met_on + timedelta(days=4))
        add(
            Assessment,
            id=ident,
            village_id=village.area.id,
            quarter=str(quarter),
            rubric_id=village.visited.rubric_id,
            state=AssessmentState.BOOKED,
            opened_by_id=village.clerk.id,
            met_on=met_on,
            minutes="",
            revision=1,
            booked_by_id=village.chair.id,
            booked_at=booked_at,
        )
        for name in PRESENT:
            add(Member, assessment_id=ident, name=name, present=True)
        rows = self._serve(village, quarter, ident)
        add(
            Notice,
            id=notice_id,
            assessment_id=ident,
            number=1,
            whole=True,
            posted_on=met_on,
            ends_on=met_on + timedelta(days=3),
            posted_by_id=village.clerk.id,
            posted_at=_morning(met_on),
            digest=_digest(village),
            last_transfer_id=self.bulk.next_id(Transfer) - 1,  # that id stays free
            last_adjustment_id=0,
        )
        for line, worker in zip(posting.lines_of(enumerate(rows, 1)), village.workers, strict=True):
            add(
                NoticeLine,
                notice_id=notice_id,
                number=line.number,
                worker_id=line.worker_id,
                name=line.name,
                grid=line.grid,
                cells=line.cells,
                deductions=0,
                adjustments=0,
                total=line.total,
            )
            if line.total:
                key, reason = f"award:{ident}:{line.worker_id}", str(quarter)
                transfer_id = self._transfer(
                    village, worker, key, TransferKind.AWARD, line.total, reason, village.chair, booked_at
                )
                add(Award, transfer_id=transfer_id, assessment_id=ident, worker_id=line.worker_id)

    def _serve(self, village: Village, quarter: Quarter, assessment_id: int | None) -> list[sheet.SheetRow]:
        """Each worker's services of a quarter, confirmed; the rows of the sheet that they come to."""
        days = [quarter.first_day + timedelta(days=n) for n in range(85)]
        mornings = [_morning(day) for day in days]
        rows = []
        for worker in village.workers:
            row = sheet.SheetRow(worker.person, worker.grid)
            counts: Counter[RubricItem] = Counter()
            for _number in range(self.services):
                place = self.chance.randrange(len(days))
                item, units = self._service(village, worker, days[place], mornings[place], assessment_id)
                counts[item] += units
            for item, units in counts.items():
                sheet.score(row, item, units)
            rows.append(row)
        return rows

    def _service(
        self, village: Village, worker: Worker, day: date, moment: datetime, assessment_id: int | None
    ) -> tuple[RubricItem, int]:
        """A service: most are visits to a household. Which item it is of, and how many units."""
        chance, key = self.chance, self._key()
        record = {
            "key": key,
            "village_id": village.area.id,
            "grid_id": worker.grid.id,
            "worker_id": worker.person.id,
            "recorded_by_id": village.clerk.id,
            "recorded_at": moment + timedelta(minutes=chance.randrange(480)),
        }
        home = chance.choice(worker.households) if chance.random() < VISIT_SHARE else None
        item, units = (village.visited, 1) if home else (chance.choice(village.claimed), chance.randint(1, 6))
        evidence_id = self._visit(record, home, day) if home else None
        # Of the last fortnight some records wait for a second person.
        waits = day > STARTS_ON - timedelta(days=14) and chance.random() < 0.3
        self.bulk.add(
            Service,
            **record,
            item_id=item.id,
            done_on=day,
            count=units,
            note="" if home else "帮忙代买药品",
            state=ServiceState.RECORDED if waits else ServiceState.CONFIRMED,
            decided_by_id=None if waits else village.chair.id,
            decided_at=None if waits else record["recorded_at"],
            evidence_id=evidence_id,
            household_id=home,
            likeness=f"{chance.randrange(500_000):016x}",
            assessment_id=assessment_id,
        )
        return item, units

    def _visit(self, record: dict[str, Any], home: int, day: date) -> int:
        ident = self.bulk.next_id(Evidence)
        self.bulk.add(Evidence, id=ident, kind=EvidenceKind.VISIT)
        self.bulk.add(
            Visit,
            **record,
            id=ident,
            household_id=home,
            visited_on=day,
            steps=["meet", "ask"],
            seen="一切都好",
            needs="",
            follow_up="问一下医保" if self.chance.random() < 0.02 else None,
        )
        return ident

    def _redeem(self, village: Village, quarter: Quarter, count: int) -> None:
        """So many redemptions after a quarter was booked, each of one unit, by whoever can pay for it."""
        days = [quarter.next.first_day + timedelta(days=n) for n in range(5, 86)]
        buyers = iter(_in_turn(village.workers, count))
        for place, day in enumerate(days):
            today = count * (place + 1) // len(days) - count * place // len(days)
            opens_at = _morning(day)
            for serial in range(1, today + 1):
                goods, price, lot_id = self.chance.choice(village.shelf.goods)
                worker = next(buyer for buyer in buyers if buyer.end.balance >= price)
                at = opens_at + timedelta(seconds=10 * serial)
                self._redemption(village, worker, day, serial, at, (goods, price, lot_id))

    def _redemption(
        self,
        village: Village,
        worker: Worker,
        day: date,
        serial: int,
        at: datetime,
        bought: tuple[Goods, int, int],
    ) -> None:
        goods, price, lot_id = bought
        ident, key, number = self.bulk.next_id(Redemption), self._key(), f"{day:%Y%m%d}-{serial:04d}"
        transfer_id = self._transfer(
            village, worker, key, TransferKind.REDEMPTION, price, number, village.chair, at
        )
        self.bulk.add(
            Redemption,
            id=ident,
            key=key,
            shop_id=village.shelf.shop_id,
            card_id=worker.card_id,
            day=day,
            serial=serial,
            code="".join(self.chance.choices(ALPHABET, k=CODE_CHARACTERS)),
            total=price,
            transfer_id=transfer_id,
            clerk_id=village.chair.id,
            at=at,
        )
        self.bulk.add(
            RedemptionLine,
            redemption_id=ident,
            goods_id=goods.id,
            name=goods.name,
            unit=goods.unit,
            price=price,
            quantity=1,
        )
        self._move(lot_id, MoveKind.REDEMPTION, -1, ident, village.chair.id, at)
        village.shelf.taken[lot_id] += 1

    def _transfer(
        self,
        village: Village,
        worker: Worker,
        key: str,
        kind: TransferKind,
        amount: int,
        reason: str,
        actor: User,
        at: datetime,
    ) -> int:
        """Append a transfer to a worker's chain; return its id."""
        end, is_award = worker.end, kind == TransferKind.AWARD
        end.balance += amount if is_award else -amount
        end.transfers += 1
        assert end.balance >= 0
        transfer = NewTransfer(
            self.bulk.next_id(Transfer),
            key,
            kind,
            village.issuing_id if is_award else worker.account_id,
            worker.account_id if is_award else village.redeemed_id,
            amount,
            reason,
            actor.id,
            at,
            None,
            worker.account_id,
            end.transfers,
            end.balance,
        )
        end.head = chain.link(end.head, transfer, None)
        self.bulk.add(Transfer, **transfer._asdict(), hash=end.head)
        return transfer.id

    def _close(self, village: Village) -> None:
        """Write into the locked rows what their journals come to."""
        connection = db.session.connection()
        for worker in village.workers:
            connection.execute(
                update(Account).where(Account.id == worker.account_id).values(**vars(worker.end))
            )
        for lot_id, units in village.shelf.taken.items():
            connection.execute(update(Lot).where(Lot.id == lot_id).values(on_hand=STOCK - units))


def user_name(role: Role, number: int = 0) -> str:
    """Under which name somebody of a role signs in, in the first village that was filled or another."""
    return f"bench-{role}-{number}"


def _empty_villages() -> list[Area]:
    """The villages of which the demo tells no story: nothing was assessed there."""
    county = db.session.scalars(select(Area).where(Area.code == "532323000000")).one()
    settled = set(db.session.scalars(select(Assessment.village_id).distinct()))
    return [village for village in opening.villages(county) if village.id not in settled]


def _servant(grid: Grid, role: Role) -> Person | None:
    """Who serves a grid in this role; None for a role that is no duty in a grid."""
    if role not in (Role.WORKER, Role.INSTRUCTOR):
        return None
    serving = select(Person).join(Appointment, Appointment.person_id == Person.id)
    return db.session.scalars(
        serving.where(Appointment.grid_id == grid.id, Appointment.duty == Duty(role.value))
    ).one()


def _morning(day: date) -> datetime:
    """Nine in the morning of a day."""
    return clock.day_span(day, day)[0] + timedelta(hours=9)


def _digest(village: Village) -> str:
    """The digest of the village's accounts, as `points.ledger.digest` says it."""
    moved = [worker for worker in village.workers if worker.end.transfers]
    lines = [f"{worker.account_id}:{worker.end.transfers}:{worker.end.head}" for worker in moved]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _in_turn(workers: Sequence[Worker], count: int) -> Iterator[Worker]:
    """The workers, one after the other, again and again, for long enough to find so many who can pay."""
    for number in range(count * len(workers)):
        yield workers[number % len(workers)]


def fill(transfers: int, services: int) -> None:
    """Fill an empty database, inside the application's context."""
    with clock.at(STARTS_ON):
        upgrade()
        with transaction():
            load(county=True)
        with transaction():
            Filler(transfers, services).fill()
        with transaction():
            db.session.execute(text("ANALYZE"))
        vacuum()


def main(transfers: int, services: int) -> None:
    app = create_app(TESTING=True)
    began, worked = time.perf_counter(), time.process_time()
    with app.app_context():
        fill(transfers, services)
        print(db.engine.url.render_as_string())
    print(f"{time.perf_counter() - began:.0f} s ({time.process_time() - worked:.0f} s of processor time)")


if __name__ == "__main__":
    transfers = int((sys.argv[1:] or [str(TRANSFERS)])[0])
    main(transfers, int((sys.argv[2:] or [str(transfers)])[0]))
