"""How many redemptions a second, through the verb, on the embedded SQLite file or on DATABASE_URL.

    .venv/bin/python bench/redeem.py [threads] [seconds]

Makes a database of its own in a temporary folder (SQLite), or fills the empty one of DATABASE_URL.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("AIXIN_INSTANCE", tempfile.mkdtemp(prefix="aixin-bench"))

from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from demo.calendar import STARTS_ON
from demo.cli import load
from ground import clock
from ground.db import db, transaction
from people.models import Card, CardState, Role, User
from points import ledger
from points.models import TransferKind
from shop.desk import redemptions
from shop.models import Shop, Source
from shop.shelf import goods as shelf
from shop.stock import moves


def main(threads: int, seconds: float) -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        with transaction():
            load(county=False)
        shop, goods, cards = prepare()
    counts = [0] * threads
    stop = time.perf_counter() + seconds

    def spend(number: int) -> None:
        with app.app_context(), clock.at(STARTS_ON):
            while time.perf_counter() < stop:
                with transaction():
                    volunteer = db.session.scalars(
                        select(User).where(User.username == str(Role.VOLUNTEER))
                    ).one()
                    card = db.session.get_one(Card, cards[(number + counts[number] * threads) % len(cards)])
                    redemptions.redeem(
                        uuid4().hex, db.session.get_one(Shop, shop), card, {goods: 1}, volunteer
                    )
                counts[number] += 1
                db.session.remove()

    workers = [threading.Thread(target=spend, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    kind = app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0]
    print(f"{kind}: {sum(counts) / seconds:.0f} redemptions a second, {threads} threads")


def prepare() -> tuple[int, int, list[int]]:
    """A well-stocked article, and cards whose owners can afford it for long."""
    with transaction():
        shop = db.session.scalars(select(Shop).order_by(Shop.id).limit(1)).one()
        goods = min(shelf.offers(shop), key=lambda offer: offer.price).goods
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


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["4"])[0]), float((sys.argv[2:] or ["5"])[0]))
