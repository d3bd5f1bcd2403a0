"""Limits for each person and quarter: over all cards of a person, net of voids, anew each quarter."""

from datetime import date

import pytest

from ground.db import transaction
from people import cards
from points import merging
from shop.desk import limits, redemptions, voids
from shop.shelf import goods as shelf
from shop.shelf import prices
from tests.story import do, refused


@pytest.fixture
def rationed(cast):
    """Soap, of which each may take three a quarter; the worker has 100 points."""
    cast.earn_each({cast.worker.id: 1000, cast.neighbour.id: 1000})
    with transaction():
        shelf.change_goods(cast.goods, "肥皂", "块", cast.manager, quota=3)
    return cast.goods


@pytest.fixture
def take(cast):
    def take(key, units, person=None, **more):
        basket = {cast.goods.id: units, **more}
        card = cast.card_of(person or cast.worker)
        return redemptions.redeem(key, cast.shop, card, basket, cast.volunteer)

    return take


def test_what_was_taken_counts_and_what_was_voided_does_not(cast, rationed, take):
    first = do(take, "a", 2)
    assert "1" in str(refused("limit_reached", take, "b", 2).message)
    do(take, "c", 1)
    refused("limit_reached", take, "d", 1)
    with transaction():
        voids.void(first, "拿错了", cast.manager)
    [limit] = limits.in_shop([cast.worker.id], cast.shop)
    assert (limit.quota, limit.units_taken, limit.units_left) == (3, 1, 2)
    do(take, "e", 2)


def test_the_same_key_is_no_second_taking(rationed, take):
    assert do(take, "a", 3).id == do(take, "a", 3).id


def test_each_person_has_their_own(cast, rationed, take):
    do(take, "a", 3)
    do(take, "b", 3, cast.neighbour)


def test_a_new_card_is_not_a_new_limit(cast, rationed, take):
    do(take, "a", 3)
    with transaction():
        cards.issue(cast.worker, cast.clerk)
    refused("limit_reached", take, "b", 1)


def test_two_entries_of_one_person_share_it(cast, rationed, take):
    do(take, "a", 2, cast.neighbour)
    with transaction():
        merging.merge(cast.worker, cast.neighbour, "同一人", cast.chair, cast.second_chair)
    refused("limit_reached", take, "b", 2)
    do(take, "c", 1)


def test_it_begins_anew_with_the_quarter(rationed, take, clock):
    do(take, "a", 3)
    clock.turn_to(date(2026, 12, 31))
    refused("limit_reached", take, "b", 1)
    clock.days_on()
    do(take, "c", 3)


def test_a_limit_that_is_lowered_or_lifted_holds_at_once(cast, rationed, take):
    do(take, "a", 2)
    with transaction():
        shelf.change_goods(cast.goods, "肥皂", "块", cast.manager, quota=1)
    refused("limit_reached", take, "b", 1)
    with transaction():
        shelf.change_goods(cast.goods, "肥皂", "块", cast.manager)
    do(take, "c", 10)


def test_a_price_of_tomorrow_is_not_asked_today(cast, rationed, take, clock):
    with transaction():
        prices.set_price(cast.goods, 40, cast.manager, date(2026, 12, 29))
    assert do(take, "a", 1).total == 30
    clock.days_on()
    assert do(take, "b", 1).total == 40
    with transaction():
        prices.set_price(cast.goods, 35, cast.manager)
    assert do(take, "c", 1).total == 35
    assert [price.points for price in prices.price_history(cast.goods)] == [35, 40, 30]
