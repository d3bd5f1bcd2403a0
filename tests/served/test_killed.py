"""The server is killed under load, again and again: what it acknowledged is there, nothing is half-done."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from itertools import count
from threading import Event

from ground.db import db, transaction
from points import ledger
from shop.desk import verify
from shop.models import Redemption, Source
from shop.stock import moves
from tests.served.server import Till

KILLS, MANY_KILLS = 3, 20
CLIENTS = 8
ENOUGH = range(3, 24)  # acknowledged redemptions after which one of the rounds ends


def test_killed_again_and_again_under_load(house, long):
    cast = house.cast
    cast.earn_each({worker.id: 1_000_000 for worker in cast.workers})
    with transaction():
        moves.receive("plenty", cast.salt, 100_000, Source.ALLOCATION, None)
    cards = [cast.card_of(worker).number for worker in cast.workers]
    basket = {cast.salt.id: 1}
    chance = random.Random(20)
    acknowledged: dict[str, dict] = {}
    numbers = count()
    spare = house.serve()
    for _round in range(MANY_KILLS if long else KILLS):
        server, spare = spare.answering(), house.serve()  # the next one starts while this one works
        till, enough = Till(server, house.key), Event()
        wanted = len(acknowledged) + chance.choice(ENOUGH)

        def shop(card, till=till, enough=enough, wanted=wanted):
            """Redeem until the server is gone; remember what it said was done."""
            with suppress(OSError, HTTPException, ValueError):
                while True:
                    name = f"key-{next(numbers)}"
                    status, body = till.redeem(name, card, basket)
                    assert status == 201, body
                    acknowledged[name] = body
                    if len(acknowledged) >= wanted:
                        enough.set()

        with ThreadPoolExecutor(CLIENTS) as crowd:
            shoppers = [crowd.submit(shop, card) for card in cards[:CLIENTS]]
            assert enough.wait(60)
            server.kill()
        for shopper in shoppers:
            shopper.result()

    till = Till(spare.answering(), house.key)
    for name, body in acknowledged.items():
        assert till.redeem(name, body["card"], basket) == (200, body)
    db.session.rollback()
    assert list(verify.problems()) == []
    made = db.session.query(Redemption).count()
    assert len(acknowledged) <= made <= next(numbers)
    spent = sum(1_000_000 - ledger.balance_of(worker) for worker in cast.workers)
    assert spent == 25 * made
    assert cast.on_hand(cast.salt) == 100_010 - made
