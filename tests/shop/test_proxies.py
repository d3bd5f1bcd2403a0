"""Collecting for somebody else: who came and what they signed stays with the redemption."""

import pytest

from ground.db import transaction
from ground.refusal import Refused
from shop.desk import redemptions
from shop.desk.proxies import read_collector

SIGNED = [[10, 10, 500, 200], [600, 390, 1000, 400, 0, 0]]


def test_it_is_kept_as_it_was_signed(cast):
    cast.earn(cast.worker, 100)

    def redeem(comes):
        with transaction():
            return redemptions.redeem("a", cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer, comes)

    done = redeem(read_collector(" 李 小明 ", "儿子", SIGNED))
    assert (done.proxy.name, done.proxy.relation, done.proxy.signature) == ("李小明", "儿子", SIGNED)
    assert redeem(read_collector("李 小明", "儿子", [])).id == done.id
    with pytest.raises(Refused, match="key_reused"):
        redeem(None)
    with pytest.raises(Refused, match="key_reused"):
        redeem(read_collector("王五", "邻居"))


@pytest.mark.parametrize(
    ("name", "relation"), [("长" * 101, "儿子"), (" \u200b", "儿子"), ("李小明", " "), ("李小明", "长" * 41)]
)
def test_who_came_is_said_in_a_few_words(name, relation):
    with pytest.raises(Refused, match="bad_proxy"):
        read_collector(name, relation)


@pytest.mark.parametrize(
    "signature",
    [
        "x",
        None,
        {},
        [1, 2],
        [[1, 2]],
        [[1, 2, 3]],
        [[1, 2, 3, -4]],
        [[1, 2, 1001, 4]],
        [[1, 2, 3, 401]],
        [[1, 2, 3.5, 4]],
        [[1, 2, True, 4]],
        [["1", 2, 3, 4]],
        [[0, 0, 1, 1]] * 201,
        [[0] * 8002],
    ],
)
def test_what_is_no_signature(signature):
    with pytest.raises(Refused, match="bad_signature"):
        read_collector("李小明", "儿子", signature)
