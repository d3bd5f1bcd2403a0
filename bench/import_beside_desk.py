"""How long a redemption waits beside an import of 6,168 rows.

    .venv/bin/python bench/import_beside_desk.py [tills]

The desk's redemptions and the import run in threads of one process, as in a server on SQLite.
Makes a database in a temporary folder (SQLite), or fills the empty one of DATABASE_URL.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("AIXIN_INSTANCE", tempfile.mkdtemp(prefix="aixin-bench"))

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from bench import roster
from demo.calendar import STARTS_ON
from demo.cli import load
from demo.making import DEMO_VILLAGES
from ground import clock
from ground.db import db, transaction
from ground.server import serving
from people import areas, filing
from people.filing import FileType
from people.models import Card, CardState, Role, User
from people.rosterfile.intake import ROSTER
from points import ledger
from points.models import TransferKind
from shop.desk import redemptions
from shop.goodsfile import columns
from shop.goodsfile.intake import GOODS
from shop.models import Shop, Source
from shop.shelf import goods as shelf
from shop.stock import moves


class Desk:
    """Tills that redeem all the time, and how long each redemption took, in seconds."""

    def __init__(self, app: Flask, tills: int, prepared: tuple[int, int, list[int]]) -> None:
        self._app, self._tills, self._prepared = app, tills, prepared

    @contextmanager
    def open(self, title: str) -> Iterator[None]:
        """Redeem as long as what is inside takes, and print how long it was waited for."""
        closed, seconds = threading.Event(), list[float]()
        threads = [
            threading.Thread(target=self._redeem, args=(number, closed, seconds))
            for number in range(self._tills)
        ]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        closed.set()
        for thread in threads:
            thread.join()
        p50, p95 = (statistics.quantiles(seconds, n=100)[percent - 1] * 1000 for percent in (50, 95))
        print(
            f"{title:<18} {took:5.1f} s, {len(seconds):5} redemptions: half within {p50:4.0f} ms, "
            f"95 % within {p95:4.0f} ms, the longest {max(seconds) * 1000:4.0f} ms"
        )

    def _redeem(self, number: int, closed: threading.Event, seconds: list[float]) -> None:
        shop, goods, cards = self._prepared
        mine = cards[number :: self._tills]
        with self._app.app_context(), clock.at(STARTS_ON):
            while not closed.wait(0.02):  # a queue of customers, not a loop of a machine
                began = time.perf_counter()
                with transaction():
                    volunteer = db.session.scalars(
                        select(User).where(User.username == str(Role.VOLUNTEER))
                    ).one()
                    card = db.session.get_one(Card, mine[len(seconds) % len(mine)])
                    redemptions.redeem(
                        uuid4().hex, db.session.get_one(Shop, shop), card, {goods: 1}, volunteer
                    )
                seconds.append(time.perf_counter() - began)
                db.session.remove()


def prepare() -> tuple[int, int, list[int]]:
    """A shop, a well-stocked article of it, and cards whose owners can afford it for long; by their ids."""
    with transaction():
        shop = db.session.scalars(select(Shop).order_by(Shop.id).limit(1)).one()
        unlimited = [offer for offer in shelf.offers(shop) if offer.goods.quota is None]
        goods = min(unlimited, key=lambda offer: offer.price).goods
        moves.receive(f"bench-{uuid4().hex}", goods, 100_000, Source.ALLOCATION, None)
        cards = [
            card
            for card in db.session.scalars(select(Card).where(Card.state == CardState.ACTIVE))
            if card.person.area_id == shop.village_id
        ]
        for card in cards:
            account = ledger.account_of(card.person)
            ledger.post(f"bench-{uuid4().hex}", TransferKind.AWARD, account, 1_000_000, "bench", None)
        return shop.id, goods.id, [card.id for card in cards]


def goods_list() -> bytes:
    """A list of goods as long as the county's roster."""
    rows = [
        {columns.NAME: f"货品{number:04}", columns.UNIT: "件", columns.PRICE: 3}
        for number in range(roster.ROWS)
    ]
    return columns.LAYOUT.write(rows, "xlsx")


def import_file(app: Flask, kind: FileType, content: bytes, code: str) -> None:
    """Take a file in, as a command does."""
    with app.app_context(), clock.at(STARTS_ON):
        area = areas.by_code(code) or sys.exit(f"no area {code}")
        table = kind.read(content, "file.xlsx", area)
        for _done in filing.import_table(kind, table, area):
            pass
        db.session.remove()


def main(tills: int) -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        with transaction():
            load()
        desk = Desk(app, tills, prepare())
    print(app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0], f"with {tills} tills")
    serving.calm_collector()
    others = [code for code in roster.villages() if code not in DEMO_VILLAGES]
    works: dict[str, Callable[[], None]] = {
        "nothing beside it": lambda: time.sleep(5),
        "a county's roster": lambda: import_file(app, ROSTER, county, "532323"),
        "a list of goods": lambda: import_file(app, GOODS, goods, DEMO_VILLAGES[0]),
    }
    county, goods = roster.workbook(others), goods_list()
    for title, work in works.items():
        with desk.open(title):
            work()


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["4"])[0]))
