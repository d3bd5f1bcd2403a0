"""Three quarters of a village's history, made with the same verbs as the pages.

Everything is drawn from one seed and dated by the calendar, so that each run makes the same history.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import ean

from demo import neighbours, roll, rounds
from demo.calendar import STARTS_ON
from demo.wares import LOOSE_SINCE, LOOSE_WARES, MISSED, PRICE_CHANGES, WARES, Ware
from ground import clock
from ground.clock import Quarter
from people import cards
from people.models import Area, ChosenBy, Duty, Grid, GridKind, Person, Role, User
from people.proposals import proposing
from people.proposals.kinds import SecondPersonNeeded
from people.roster import grids, holders, persons, terms
from people.signin import accounts
from people.signin.passwords import Secret
from points import ledger
from points.assessment import meeting, opening
from points.models import Assessment, FedBy, ObjectionChannel, Rubric, Service
from points.rubrics import versions
from points.services import deciding, recording
from points.wall import booking, objections, posting
from shop import backing
from shop.desk import redemptions, voids
from shop.models import Goods, Shop, Source
from shop.purchases import requests, wishes
from shop.purchases.requests import Wanted
from shop.shelf import codes, prices, shops
from shop.shelf import goods as shelf
from shop.stock import deliveries, lots, moves
from shop.stock.deliveries import DeliveryLine, Origin

# Printed at the start of every demo, so its hash is no secret either, and need not be made each time.
SECRET = Secret(
    "aixin-demo",
    "scrypt:32768:8:1$qyF2a68lFuuWrG2O$"
    "cd484e8537d16168beb2a83ec3db02e8627ffdc01307bd6cac1f54a98be5432d"
    "0c3323de607fa397f6df5284299eb46c14194fae2ec69478e2a72c841024970c",
)
SET_UP_ON = date(2025, 12, 29)
QUARTERS = (Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3))
PARTS_OF_A_VILLAGE = len(QUARTERS) + 1
ACCEPTED_QUARTERS = (QUARTERS[1],)  # an objection was right there
OBJECTED_QUARTERS = QUARTERS[1:]
BUDGET_FEN = 6_000_00  # what a village sets aside for goods in a year, in cents of a yuan
TERMS_BEGIN_ON = date(2026, 1, 1)
EARLY_TERMS_BEGIN_ON = date(2024, 1, 20)  # a term that ends soon after the demo's first day
GRID_WITHOUT_INSTRUCTOR = 11  # the grid that has no instructor yet
UNDECIDED_SERVICES = 6  # records of the last quarter that nobody has decided yet

VILLAGE_ROLES = (
    Role.CLERK,
    Role.CHAIR,
    Role.SUPERVISOR,
    Role.INSTRUCTOR,
    Role.MANAGER,
    Role.VOLUNTEER,
)

ROLES = (*VILLAGE_ROLES, Role.WORKER, Role.TOWNSHIP, Role.COUNTY)  # each has a sign-in of its name

# Where they belong who are not on the roster, behind the village's name; the others to its committee.
UNITS = {Role.SUPERVISOR: "监督委员会", Role.MANAGER: "爱心超市", Role.VOLUNTEER: "爱心超市"}

NOTES = (
    "上门看望独居老人",
    "讲解医保缴费政策",
    "帮忙代买药品",
    "提醒检查用电线路",
    "劝和邻里地界小纠纷",
    "清理村道积水",
    "转告停水通知",
    "",
)


@dataclass
class Village:
    """A demo village: its area, who signs in there, its workers and its shop."""

    area: Area
    users: dict[Role, User]
    workers: list[Person]
    rubric: Rubric
    shop: Shop
    goods: list[Goods]


class Story:
    """What happens in a demo, drawn from one seed."""

    def __init__(self) -> None:
        self.chance = random.Random(532323)  # noqa: S311 -- a seed on purpose
        self.later_chance = random.Random(5)  # noqa: S311 -- a seed on purpose
        self._keys = 0

    def key(self) -> str:
        """The next key, the same on every run."""
        self._keys += 1
        return f"demo-{self._keys:012d}"

    def people(self, area: Area, plans: list[roll.DemoPlan]) -> list[Person]:
        """Make a village's grids with a worker and an instructor for each; return the workers."""
        workers = []
        instructors = [
            persons.add_person(
                area.parent or area, roll.name(self.chance), None, roll.phone(self.chance), agency
            )
            for agency in roll.AGENCIES
        ]
        for number, plan in enumerate(plans):
            group = grids.find_or_add_group(area, plan.group, None) if plan.group else None
            grid = grids.add_grid(
                area,
                plan.code,
                plan.name,
                plan.kind,
                plan.households,
                None,
                group=group,
                place=plan.place,
                agency=plan.agency,
            )
            workers.append(self._serve(area, grid, number))
            if number != GRID_WITHOUT_INSTRUCTOR:
                instructor = instructors[number % len(instructors)]
                terms.appoint(instructor, grid, Duty.INSTRUCTOR, TERMS_BEGIN_ON, None)
        return workers

    def _serve(self, area: Area, grid: Grid, number: int) -> Person:
        name = roll.name(self.chance)
        if number < len(roll.RARE_CHARACTERS):
            name = name[:1] + roll.RARE_CHARACTERS[number] + name[2:]
        phone = roll.phone(self.chance)
        worker = persons.add_person(area, name, None, phone, **neighbours.traits(self.later_chance))
        begins = EARLY_TERMS_BEGIN_ON if number % 10 == 9 else TERMS_BEGIN_ON
        chosen_by = ChosenBy.OWNERS if grid.kind == GridKind.URBAN else ChosenBy.HOUSEHOLDS
        terms.appoint(worker, grid, Duty.WORKER, begins, None, chosen_by=chosen_by)
        return worker

    def village(self, area: Area, plans: list[roll.DemoPlan], suffix: str) -> Village:
        """Set a village up at the end of 2025: people, sign-ins, rubric, cards, and a stocked shop."""
        with clock.at(SET_UP_ON):
            workers = self.people(area, plans)
            persons_by_role = {
                Role.WORKER: workers[0],
                Role.INSTRUCTOR: holders.serving_terms(area, TERMS_BEGIN_ON, TERMS_BEGIN_ON, Duty.INSTRUCTOR)[
                    0
                ].person,
            }
            users = {
                role: self._user(area, role, suffix, persons_by_role.get(role))
                for role in (*VILLAGE_ROLES, Role.WORKER)
            }
            meeting_of_december = f"{roll.short_name(area)}村民代表会议2025年12月26日决议"
            rubric = versions.adopt(area, date(2026, 1, 1), meeting_of_december, (), users[Role.CHAIR])
            shop = shops.open_shop(area, f"{roll.short_name(area)}爱心超市")
            goods = [self._stocked(shop, number, users[Role.MANAGER]) for number in range(len(WARES))]
            backing.set_budget(shop, 2026, BUDGET_FEN, meeting_of_december, users[Role.CHAIR])
        with clock.at(date(2026, 1, 4)):
            for worker in workers:
                cards.issue(worker, users[Role.CLERK], self.chance)
        return Village(area, users, workers, rubric, shop, goods)

    def _user(self, area: Area, role: Role, suffix: str, person: Person | None = None) -> User:
        name = person.name if person else roll.name(self.chance)
        unit = f"{roll.short_name(area)}{UNITS[role]}" if role in UNITS else "" if person else area.name
        user = accounts.add_user(f"{role}{suffix}", name, SECRET, None, person, temporary=False, unit=unit)
        accounts.grant(user, role, area, None)
        return user

    def _stocked(self, shop: Shop, number: int, manager: User) -> Goods:
        digits = f"2{shop.id:04d}{number:07d}"  # 2…: codes a shop gives out itself (GS1)
        goods = _add_ware(shop, WARES[number], digits + ean.calc_check_digit(digits))
        self._receive(goods, number, Source.PURCHASE, None, manager)
        return goods

    def _receive(self, goods: Goods, number: int, source: Source, donor: str | None, manager: User) -> None:
        _receive(self.key(), goods, WARES[number], source, donor, manager)

    def quarter(self, village: Village, quarter: Quarter) -> None:
        """Make a whole quarter: services, shopping, the meeting, the notice, and the booking."""
        clerk, chair = village.users[Role.CLERK], village.users[Role.CHAIR]
        with clock.at(quarter.first_day + timedelta(days=4)):
            assessment = opening.open_quarter(village.area, quarter, clerk)
        met_on = quarter.last_day - timedelta(days=3)
        self.serve(village, quarter.first_day + timedelta(days=5), met_on - timedelta(days=1))
        self.shop(village, quarter.first_day + timedelta(days=10), 14)
        with clock.at(met_on):
            self._meet(village, assessment, met_on)
            posting.post_notice(assessment, clerk)
        if quarter in OBJECTED_QUARTERS:
            self._object(village, assessment, met_on + timedelta(days=1))
        with clock.at(quarter.last_day + timedelta(days=2)):
            booking.book(assessment, chair)
        if quarter in ACCEPTED_QUARTERS:
            self._post_again(village, assessment, quarter.last_day + timedelta(days=3))

    def _meet(self, village: Village, assessment: Assessment, met_on: date) -> None:
        """Hold the meeting with the committee and four villagers.

        One of the villagers could not come, and one is a worker's brother.
        """
        clerk, chair = village.users[Role.CLERK], village.users[Role.CHAIR]
        officials = [user.name for user in (clerk, chair, village.users[Role.SUPERVISOR])]
        villagers = [roll.name(self.later_chance) for _seat in range(4)]
        minutes = "逐户通报服务情况，一致通过。"
        meeting.deliberate(assessment, met_on, [*officials, *villagers[:3]], villagers[3:], minutes, clerk)
        worker, other = self.chance.choice(village.workers[1:]), village.workers[3]
        meeting.adjust(assessment, worker, 20, "汛期连夜转移群众", self.key(), clerk)
        brother = next(member for member in assessment.members if member.name == villagers[0])
        meeting.recuse(assessment, brother, other, "兄弟", clerk)

    def _object(self, village: Village, assessment: Assessment, day: date) -> None:
        """Bring an objection of a neighbour to a line, answered the next day."""
        clerk, accepted = village.users[Role.CLERK], assessment.quarter in ACCEPTED_QUARTERS
        worker = village.workers[5]
        text = "六月送医那次没有记上" if accepted else "有两次走访我没有见到人"
        reason = "经同行人证实，补记一次代办" if accepted else "已向住户核实，两次均有人在家"
        with clock.at(day):
            objection = objections.bring(
                self.key(),
                assessment,
                worker,
                ObjectionChannel.ORAL,
                text,
                clerk,
                roll.name(self.later_chance),
                chance=self.later_chance,
            )
        with clock.at(day + timedelta(days=1)):
            change = 10 if accepted else 0
            objections.answer(objection, accepted, change, reason, "村民委员会、村务监督委员会", clerk)

    def _post_again(self, village: Village, assessment: Assessment, day: date) -> None:
        """Post the changed line, which hangs for its own days, and book it after them."""
        with clock.at(day):
            notice = posting.post_changes(assessment, village.users[Role.CLERK])
        with clock.at(notice.ends_on + timedelta(days=1)):
            booking.book(assessment, village.users[Role.CHAIR])

    def serve(self, village: Village, first: date, last: date, waiting: int = 0) -> None:
        """Make services between two days: the clerk records, the chair decides all but the last few."""
        recorded: list[Service] = []
        items = [item for item in village.rubric.items if item.points > 0 and item.source == FedBy.CLAIM]
        weights = [3, 3, 4, 2]
        for worker in village.workers:
            for item in self.chance.choices(items, weights, k=self.chance.randint(2, 5)):
                day = first + timedelta(days=self.chance.randrange((last - first).days + 1))
                count = self.chance.randint(2, 12) if item.points <= 5 else self.chance.randint(1, 4)
                with clock.at(day):
                    note = self.chance.choice(NOTES)
                    clerk = village.users[Role.CLERK]
                    recorded.append(recording.record(self.key(), worker, item, day, count, note, clerk))
        with clock.at(last):
            for service in recorded[: len(recorded) - waiting]:
                self._decide(service, village.users[Role.CHAIR])

    def _decide(self, service: Service, chair: User) -> None:
        if self.chance.random() < 0.02:
            deciding.reject(service, "与另一条记录重复", chair)
        else:
            deciding.confirm(service, chair)

    def shop(self, village: Village, first: date, visits: int) -> None:
        """Let some workers spend their points; one redemption is voided, and one donation comes in."""
        volunteer, manager = village.users[Role.VOLUNTEER], village.users[Role.MANAGER]
        customers = [worker for worker in village.workers if ledger.balance_of(worker) >= 100]
        for number, worker in enumerate(self.chance.sample(customers, min(visits, len(customers)))):
            with clock.at(first + timedelta(days=number * 3)):
                basket = self._basket(village, ledger.balance_of(worker))
                card = cards.active_card(worker)
                if not basket or card is None:
                    continue
                redemption = redemptions.redeem(
                    self.key(), village.shop, card, basket, volunteer, chance=self.chance
                )
                if number == 3:
                    voids.void(redemption, "拿错了货品", manager)
        with clock.at(first):
            number = self.chance.randrange(len(WARES))
            self._receive(village.goods[number], number, Source.DONATION, "县供销社", manager)

    def _basket(self, village: Village, balance: int) -> dict[int, int]:
        """A few things that the balance pays for."""
        basket: dict[int, int] = {}
        costs = prices.prices_on([goods.id for goods in village.goods], clock.today())
        for goods in self.chance.sample(village.goods, 3):
            count = min(self.chance.randint(1, 2), balance // costs[goods.id])
            if count:
                basket[goods.id] = count
                balance -= costs[goods.id] * count
        return basket

    def tell_village(self, village: Village) -> Iterator[None]:
        """Make the village's three quarters, and the fourth up to yesterday: served, not yet assessed.

        It yields `PARTS_OF_A_VILLAGE` times, after each part that takes a while.
        """
        for quarter in QUARTERS:
            self.quarter(village, quarter)
            yield
        last = QUARTERS[-1].next
        with clock.at(last.first_day + timedelta(days=8)):
            food = zip(village.goods[:4], WARES[:4], strict=True)  # runs out or expires: anew before winter
            origin = Origin(Source.PURCHASE, "县供销社配送站", f"{clock.today():%Y%m%d}-{village.shop.id}")
            lines = [_line(goods, ware, origin.source) for goods, ware in food]
            deliveries.take_in(self.key(), village.shop, origin, lines, village.users[Role.MANAGER])
        neighbours.VillageYear(village.area, village.workers).make_records()
        neighbours.evaluate(village.area, village.users[Role.CHAIR])
        self.shop(village, last.first_day + timedelta(days=9), 14)
        self.serve(
            village, last.first_day + timedelta(days=7), STARTS_ON - timedelta(days=1), UNDECIDED_SERVICES
        )
        rounds.Rounds(village.area, village.users).make_records()
        change_the_shelf(village)
        propose_write_off(village)
        miss_goods(village)
        yield


def propose_write_off(village: Village) -> None:
    """Let the manager find a whole delivery damp: more than one person alone writes off."""
    manager = village.users[Role.MANAGER]
    costs = prices.prices_on([goods.id for goods in village.goods], STARTS_ON)
    delivered = [lot for goods in village.goods for lot in lots.of_goods(goods)]
    lot = max(delivered, key=lambda lot: lot.on_hand * costs[lot.goods_id])
    with clock.at(STARTS_ON - timedelta(days=1)):
        try:
            key = f"damp-{village.shop.id}"
            moves.write_off(key, lot, lot.on_hand, "仓库漏雨，受潮发霉", manager)
        except SecondPersonNeeded as needed:
            proposing.propose(needed, manager)


def miss_goods(village: Village) -> None:
    """Let the volunteer note what was asked for in vain, and the manager ask for it as the chair approves."""
    volunteer, manager = village.users[Role.VOLUNTEER], village.users[Role.MANAGER]
    shop, goods = village.shop, village.goods[0]
    with clock.at(STARTS_ON - timedelta(days=1)):
        for number, text in enumerate(MISSED):
            wishes.note_words(f"missed-{shop.id}-{number}", shop, text, volunteer)
        wanted = [Wanted(goods, "", 40, WARES[0].cost), Wanted(None, MISSED[0], 6)]
        request = requests.ask(f"wanted-{shop.id}", shop, wanted, "元旦前备货", manager)
        requests.approve(request, manager, village.users[Role.CHAIR])


def change_the_shelf(village: Village) -> None:
    """Change prices before the new year, and add loose goods under the shop's own codes."""
    manager, named = village.users[Role.MANAGER], {goods.name: goods for goods in village.goods}
    for decided_on, holds_from, name, points in PRICE_CHANGES:
        with clock.at(decided_on):
            prices.set_price(named[name], points, manager, holds_from)
    with clock.at(LOOSE_SINCE):
        for number, ware in enumerate(LOOSE_WARES):
            goods = _add_ware(village.shop, ware)
            codes.give_own_code(goods, manager)
            _receive(f"loose-{village.shop.id}-{number}", goods, ware, Source.PURCHASE, None, manager)


def _add_ware(shop: Shop, ware: Ware, barcode: str | None = None) -> Goods:
    return shelf.add_goods(
        shop,
        ware.name,
        ware.unit,
        ware.price,
        barcode,
        spec=ware.spec,
        category=ware.category,
        quota=ware.quota,
        low_at=ware.low_at,
    )


def _receive(key: str, goods: Goods, ware: Ware, source: Source, donor: str | None, manager: User) -> None:
    line = _line(goods, ware, source)
    moves.receive(key, goods, line.quantity, source, manager, donor, line.best_before, line.unit_cost)


def _line(goods: Goods, ware: Ware, source: Source) -> DeliveryLine:
    """As much of a ware as comes in at once, today; what it cost is known of what was bought."""
    best_before = clock.today() + timedelta(days=ware.days) if ware.days else None
    return DeliveryLine(goods, ware.count, best_before, ware.cost if source == Source.PURCHASE else None)
