"""The county that is measured in: 89 villages with a shop each, 6,168 workers with cards, points to spend.

All is invented and drawn from one seed. What the ledger and the shelf compute again is right: awards and
stock moves are there, chains are chains. Rows of people go straight into the tables, for speed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from demo import roll
from demo.story import SECRET
from ground import clock
from ground.db import add_rows, db, transaction
from people import areas, cards
from people.areas import COUNTY_FILE
from people.models import Appointment, Area, Card, CardState, Duty, Grid, Level, Person, Role, User
from people.scanning.reading import TOKEN_LENGTH
from people.signin import accounts
from points import ledger
from points.models import GENESIS, Account, AccountKind, TransferKind
from shop.desk import devices, redemptions
from shop.models import Goods, Lot, Price, Shop, Source
from shop.shelf import shops
from shop.stock.lots import bring_in_lots

BEGAN_DAYS_AGO, TERM_DAYS = 200, 1095
AWARD = 1_000_000  # tenths of a point: enough for as long as it is measured
ARTICLES, UNITS_A_LOT = 60, 100_000
LIMITED_EVERY = 10  # so many articles, one of which has a limit
LIMIT = 999
REDEEMED_CARDS = 10


@dataclass(frozen=True)
class Village:
    """A village's shop as its till knows it: the device's key, the numbers of cards, the ids of articles."""

    code: str
    key: str
    cards: Sequence[str]
    goods: Sequence[int]


def fill(most: int | None = None) -> list[Village]:
    """Fill an empty database, with so many villages at the most; what their tills know."""
    chance = random.Random(1)
    began = clock.today() - timedelta(days=BEGAN_DAYS_AGO)
    with clock.at(began):
        with transaction():
            areas.import_areas(COUNTY_FILE.read_bytes())
        villages = db.session.scalars(select(Area).where(Area.level.in_((Level.VILLAGE, Level.COMMUNITY))))
        plans = roll.plans(list(villages))
        filled = []
        for code, grids in list(plans.items())[:most]:
            with transaction():
                village = areas.by_code(code)
                assert village is not None
                filled.append(_village(village, grids, chance))
            db.session.remove()
    return filled


def _village(village: Area, plans: Sequence[roll.DemoPlan], chance: random.Random) -> Village:
    manager = accounts.add_user(f"manager-{village.code}", roll.name(chance), SECRET, None, temporary=False)
    accounts.grant(manager, Role.MANAGER, village, None)
    volunteer = accounts.add_user(
        f"volunteer-{village.code}", roll.name(chance), SECRET, None, temporary=False
    )
    accounts.grant(volunteer, Role.VOLUNTEER, village, None)
    workers = _people(village, plans, chance)
    _points(village, workers)
    shop = shops.open_shop(village)
    _device, key = devices.add_device(shop, "收银台", manager)
    filled = Village(village.code, key, _cards(workers, chance), _shelf(shop, manager, chance))
    _begin_handing_out(filled, shop, volunteer)
    return filled


def _begin_handing_out(village: Village, shop: Shop, volunteer: User) -> None:
    """A redemption on some cards: for a table that is empty a database plans as if it were to stay so."""
    for number in village.cards[:REDEEMED_CARDS]:
        card = cards.find(number, shop.village)
        redemptions.redeem(f"begun-{number}", shop, card, dict.fromkeys(village.goods[:2], 1), volunteer)


def _people(village: Area, plans: Sequence[roll.DemoPlan], chance: random.Random) -> list[Person]:
    """A worker for each grid, in the middle of a term, with a sign-in."""
    grids = [
        Grid(village_id=village.id, code=plan.code, name=plan.name, kind=plan.kind, households=8)
        for plan in plans
    ]
    people = [Person(area_id=village.id, name=roll.name(chance), phone=roll.phone(chance)) for _plan in plans]
    add_rows(grids)
    add_rows(people)
    add_rows(
        [
            User(username=f"worker-{one.id}", name=one.name, password_hash=SECRET.hash, person_id=one.id)
            for one in people
        ]
    )
    begins = clock.today()
    add_rows(
        [
            Appointment(
                grid_id=grid.id,
                person_id=person.id,
                duty=Duty.WORKER,
                starts_on=begins,
                ends_on=begins + timedelta(days=TERM_DAYS),
            )
            for grid, person in zip(grids, people, strict=True)
        ]
    )
    return people


def _points(village: Area, workers: Sequence[Person]) -> None:
    ledger.open_accounts(village)
    accounts_of_workers = [
        Account(
            kind=AccountKind.WORKER,
            village_id=village.id,
            person_id=worker.id,
            balance=0,
            transfers=0,
            head=GENESIS,
        )
        for worker in workers
    ]
    add_rows(accounts_of_workers)
    awards = [(f"bench:{account.id}", account, AWARD) for account in accounts_of_workers]
    ledger.post_all(TransferKind.AWARD, awards, "评定入账", None)


def _cards(workers: Sequence[Person], chance: random.Random) -> list[str]:
    """A card for each; their numbers."""
    issued = [
        Card(
            person_id=worker.id,
            number=cards._number(chance),
            token=cards.random_characters(TOKEN_LENGTH, chance),
            state=CardState.ACTIVE,
            issued_at=clock.now(),
        )
        for worker in workers
    ]
    add_rows(issued)
    return [card.number for card in issued]


def _shelf(shop: Shop, manager: User, chance: random.Random) -> list[int]:
    """Articles of half a point to ten, each with a price and two lots; their ids."""
    articles = [
        Goods(
            shop_id=shop.id,
            name=f"货品{number:02d}",
            unit="件",
            spec="500克",
            category="日用",
            quota=LIMIT if number % LIMITED_EVERY == 0 else None,
        )
        for number in range(ARTICLES)
    ]
    add_rows(articles)
    add_rows(
        [
            Price(
                goods_id=article.id, points=chance.randint(5, 100), holds_from=clock.today(), at=clock.now()
            )
            for article in articles
        ]
    )
    lots = [
        Lot(
            goods_id=article.id,
            source=Source.PURCHASE,
            received_on=clock.today(),
            best_before=clock.today() + timedelta(days=days),
            on_hand=UNITS_A_LOT,
        )
        for article in articles
        for days in (700, 500)
    ]
    bring_in_lots(lots, f"bench:{shop.id}", manager)
    return [article.id for article in articles]
