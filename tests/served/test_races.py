"""Sixteen clients at once over HTTP: exactly as many succeed as may, whatever the database."""

from collections import Counter
from functools import partial
from time import monotonic

import pytest

from ground.db import db, transaction
from points import ledger
from shop import verify
from shop.models import Redemption, Source
from shop.shelf import goods as shelf
from shop.stock import moves
from tests.served.server import at_once

CROWD = 16


def tally(answers):
    """How many were answered how: by status, and the code of a refusal."""
    return Counter((status, body.get("code")) for status, body in answers)


@pytest.fixture
def rice(house, request):
    """A hundred bags of rice for 3 points each, an article of the test's own."""
    with transaction():
        rice = shelf.add_goods(house.cast.shop, f"大米 {request.node.name}", "袋", 30)
        moves.receive(f"rice-{rice.id}", rice, 100, Source.PURCHASE, house.cast.manager)
    return rice


@pytest.fixture
def everything_fits(house):
    """At the end of each test all of it can be computed again."""
    yield
    db.session.rollback()
    assert list(verify.problems()) == []


pytestmark = pytest.mark.usefixtures("everything_fits")


def customer(house, tenths):
    """A worker who has not shopped yet, with so much to spend."""
    shopped = {done.card.person_id for done in db.session.query(Redemption)}
    worker = next(worker for worker in house.cast.workers if worker.id not in shopped)
    house.cast.earn(worker, tenths - ledger.balance_of(worker))
    return worker


def balance(worker):
    db.session.rollback()
    return ledger.balance_of(worker)


def test_sixteen_clients_on_one_card(house, rice):
    """7 points for rice of 3: two can be handed out."""
    worker = customer(house, 70)
    redeem, card, goods = house.till().redeem, house.cast.card_of(worker).number, rice.id
    answers = at_once([partial(redeem, f"card-{n}", card, {goods: 1}) for n in range(CROWD)])
    assert tally(answers) == {(201, None): 2, (422, "insufficient_points"): CROWD - 2}
    assert balance(worker) == 10


def test_sixteen_clients_on_the_last_item(house, rice):
    """Eight neighbours, each at two desks, want the one bag that is left."""
    worker = customer(house, 10)
    with transaction():
        last = shelf.add_goods(house.cast.shop, "最后一袋", "袋", 1)
        moves.receive("last", last, 1, Source.PURCHASE, house.cast.manager)
    house.cast.earn_each({each.id: 10 for each in house.cast.workers if each.id != worker.id})
    cards = [house.cast.card_of(each).number for each in house.cast.workers] * 2
    redeem, goods = house.till().redeem, last.id
    answers = at_once([partial(redeem, f"last-{n}", card, {goods: 1}) for n, card in enumerate(cards)])
    assert tally(answers) == {(201, None): 1, (422, "out_of_stock"): CROWD - 1}
    db.session.rollback()
    assert house.cast.on_hand(last) == 0


def test_one_key_sixteen_times(house, rice):
    worker = customer(house, 1000)
    redeem, card, goods = house.till().redeem, house.cast.card_of(worker).number, rice.id
    answers = at_once([partial(redeem, "one-key", card, {goods: 2})] * CROWD)
    assert tally(answers) == {(201, None): 1, (200, None): CROWD - 1}
    assert len({str(sorted(body.items())) for _status, body in answers}) == 1
    assert balance(worker) == 940


def test_the_limit_of_a_person_holds_at_sixteen_desks(house, rice):
    worker = customer(house, 1000)
    with transaction():
        shelf.change_goods(rice, rice.name, rice.unit, house.cast.manager, quota=3)
    redeem, card, goods = house.till().redeem, house.cast.card_of(worker).number, rice.id
    answers = at_once([partial(redeem, f"limit-{n}", card, {goods: 1}) for n in range(CROWD)])
    assert tally(answers) == {(201, None): 3, (422, "limit_reached"): CROWD - 3}
    assert balance(worker) == 910


def test_one_redemption_is_voided_once(house, rice):
    worker = customer(house, 100)
    till, goods = house.till(), rice.id
    _status, made = till.redeem("undone", house.cast.card_of(worker).number, {goods: 2})
    answers = at_once([partial(till.void, made["id"])] * CROWD)
    assert tally(answers) == {(200, None): CROWD}
    assert (balance(worker), house.cast.on_hand(rice)) == (100, 100)


def test_sixteen_clients_over_many_cards_and_few_lots(house, everything_fits, long):
    """The same few articles in either order, out of lots that run empty: nobody is locked out by another."""
    seconds, cast = (60, house.cast) if long else (1, house.cast)
    with transaction():
        articles = [shelf.add_goods(cast.shop, f"{name} {seconds}", "袋", 1) for name in ("面", "米", "油")]
        for number, article in enumerate(articles * 2):
            key = f"few-{seconds}-{number}"
            moves.receive(key, article, 20 * seconds, Source.PURCHASE, None)
    cast.earn_each({worker.id: 90_000 for worker in cast.workers})
    cards = [cast.card_of(worker).number for worker in cast.workers]
    goods, till, ends_at = [article.id for article in articles], house.till(), monotonic() + seconds
    db.session.rollback()  # nothing of the test's own stands open for so long

    def shop(client):
        answers = []
        while monotonic() < ends_at or not answers:
            number = len(answers)
            first, second = sorted(((client + number) % 3, (client + number + 1) % 3), reverse=number % 2)
            basket, key = {goods[first]: 2, goods[second]: 1}, f"few-{seconds}-{client}-{number}"
            answers.append(till.redeem(key, cards[(client + number) % len(cards)], basket))
        return answers

    told = sum(map(tally, at_once([partial(shop, client) for client in range(CROWD)])), Counter())
    assert told.keys() <= {(201, None), (422, "out_of_stock")}
    db.session.rollback()
    assert sum(map(cast.on_hand, articles)) == 3 * 40 * seconds - 3 * told[201, None]
