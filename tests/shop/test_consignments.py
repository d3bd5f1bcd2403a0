"""Goods between shops: on their way they are on nobody's shelf, and they arrive whole or go back."""

from datetime import date

import pytest

from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Level
from shop.desk import redemptions
from shop.models import Lot, Source
from shop.shelf import codes, prices, shops
from shop.shelf import goods as shelf
from shop.stock import consignments, lots, moves
from tests.story import everything_fits


@pytest.fixture
def rice(cast):
    """Ten bags that a donor gave, with a cost and a date, and a printed and an own code."""
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 100, "6901234567892", spec="5千克", category="粮油")
        codes.give_own_code(rice, cast.manager)
        moves.receive("rice", rice, 10, Source.DONATION, cast.manager, "粮站", date(2027, 1, 31), 2500)
    return rice


@pytest.fixture
def send(cast):
    def send(lot, quantity=4, key="sent", to_shop=None, note=""):
        with transaction():
            shop = to_shop or cast.next_shop
            return consignments.send(key, lot, shop, quantity, note, cast.manager)

    return send


def accept(sent, cast):
    with transaction():
        return consignments.accept(sent, cast.outside_volunteer)


def send_back(sent, actor):
    with transaction():
        return consignments.send_back(sent, actor)


def hand_out_there(cast, lot):
    """One unit of what arrived, to the worker of the next village."""
    with transaction():
        card = cast.card_of(cast.stranger)
        return redemptions.redeem("k", cast.next_shop, card, {lot.goods_id: 1}, cast.outside_volunteer)


def test_on_its_way_it_is_on_nobody_s_shelf(cast, rice, send):
    sent = send(cast.lot_of(rice), note=" 老王的车 ")
    assert send(cast.lot_of(rice), note="老王").id == sent.id  # the same key
    assert (cast.lot_of(rice).on_hand, sent.is_open, sent.note) == (6, True, "老王的车")
    assert consignments.arriving_consignments(cast.next_shop) == [sent]
    assert consignments.arriving_consignments(cast.shop) == []
    assert consignments.open_consignments(cast.shop) == [sent]
    assert shelf.offers(cast.next_shop)[-1].goods.name != "大米"
    assert everything_fits()


def test_it_arrives_as_the_lot_it_was(cast, rice, send):
    """A shop that never had the article gets it with price and printed code; an own code stays at home."""
    with transaction():
        prices.set_price(rice, 90, cast.manager)
    sent = send(cast.lot_of(rice))
    lot = accept(sent, cast)
    assert accept(sent, cast).id == lot.id
    there = lot.goods
    assert (there.shop_id, there.name, there.unit, there.spec, there.category) == (
        cast.next_shop.id,
        "大米",
        "袋",
        "5千克",
        "粮油",
    )
    assert (prices.price_of(there), there.codes) == (90, ["6901234567892"])
    assert (lot.source, lot.donor, lot.unit_cost, lot.best_before) == (
        Source.DONATION,
        "粮站",
        2500,
        date(2027, 1, 31),
    )
    assert (lot.on_hand, lot.received_on, cast.lot_of(rice).on_hand) == (4, date(2026, 12, 28), 6)
    assert consignments.open_consignments(cast.shop) == []
    assert db.session.scalars(consignments.answered_consignments(cast.next_shop)).all() == [sent]
    assert everything_fits()


def test_it_goes_to_the_article_with_its_code_before_the_one_with_its_name(cast, rice, send):
    with transaction():
        same_name = shelf.add_goods(cast.next_shop, "大米", "袋", 100)
        same_code = shelf.add_goods(cast.next_shop, "东北米", "袋", 110, "6901234567892")
    assert accept(send(cast.lot_of(rice)), cast).goods_id == same_code.id
    with transaction():
        codes.remove_code(same_code.barcodes[0], None)
    assert accept(send(cast.lot_of(rice), key="again"), cast).goods_id == same_name.id


def test_an_own_code_is_no_likeness(cast, send):
    """00016 is salt here and soap there."""
    with transaction():
        here = shelf.add_goods(cast.shop, "土豆", "斤", 10)
        there = shelf.add_goods(cast.next_shop, "白菜", "斤", 10)
        assert codes.give_own_code(here, None).code == codes.give_own_code(there, None).code
        lot = moves.receive("in", here, 5, Source.PURCHASE, None)
    assert accept(send(lot), cast).goods.name == "土豆"


def test_an_article_in_the_archive_comes_back_for_it(cast, rice, send):
    with transaction():
        there = shelf.add_goods(cast.next_shop, "大米", "袋", 100)
        shelf.archive(there, None)
    assert accept(send(cast.lot_of(rice)), cast).goods.archived_on is None


def test_it_does_not_go_to_one_of_another_specification(cast, rice, send):
    with transaction():
        other = shelf.add_goods(cast.next_shop, rice.name, rice.unit, 20, spec="另一种")
        same = shelf.add_goods(cast.next_shop, rice.name, rice.unit, 20, spec=rice.spec)
    assert rice.spec not in (None, other.spec)
    assert accept(send(cast.lot_of(rice)), cast).goods_id == same.id


def test_what_is_counted_in_another_unit_there_is_sent_back(cast, rice, send):
    with transaction():
        shelf.add_goods(cast.next_shop, "大米", "斤", 20)
    sent = send(cast.lot_of(rice))
    with pytest.raises(Refused, match="other_unit") as refusal:
        accept(sent, cast)
    assert "斤" in str(refusal.value.message)
    send_back(sent, cast.outside_volunteer)
    assert cast.lot_of(rice).on_hand == 10
    assert everything_fits()


def test_sent_back_or_called_off_once_and_not_taken_in_then(cast, rice, send):
    sent = send(cast.lot_of(rice))
    for actor in (cast.outside_volunteer, cast.manager):
        assert send_back(sent, actor).answered_by_id == cast.outside_volunteer.id
    with pytest.raises(Refused, match="already_answered"):
        accept(sent, cast)
    assert cast.lot_of(rice).on_hand == 10
    taken = send(cast.lot_of(rice), key="another")
    accept(taken, cast)
    with pytest.raises(Refused, match="already_answered"):
        send_back(taken, cast.manager)
    assert (cast.lot_of(rice).on_hand, everything_fits()) == (6, True)


def test_a_delivery_from_another_shop_is_not_undone_as_a_mistake(cast, send):
    lot = accept(send(cast.lot_of(cast.goods)), cast)
    move = db.session.scalars(lots.moves_of(lot.goods)).first()
    with pytest.raises(Refused, match="not_reversible"), transaction():
        moves.reverse(move, "记错了", cast.manager)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": 11}, "out_of_stock"),
        ({"key": "used", "quantity": 2}, "key_reused"),
    ],
)
def test_what_is_not_sent(cast, rice, send, given, code):
    send(cast.lot_of(rice), 1, "used")
    with pytest.raises(Refused, match=code):
        send(cast.lot_of(rice), **given)


def test_nobody_sends_to_themselves_or_what_has_expired(cast, rice, send, clock):
    with pytest.raises(Refused, match="same_shop"):
        send(cast.lot_of(rice), to_shop=cast.shop)
    sent = send(cast.lot_of(rice))
    clock.turn_to(date(2027, 2, 1))
    with pytest.raises(Refused, match="expired"):
        send(cast.lot_of(rice), key="late")
    # What expired on its way still arrives, and is nothing to hand out.
    cast.earn(cast.stranger, 1000)
    lot = accept(sent, cast)
    with pytest.raises(Refused, match="out_of_stock"):
        hand_out_there(cast, lot)


def test_what_arrived_can_be_handed_out_there_and_sent_on(cast, rice, send):
    cast.earn(cast.stranger, 1000)
    lot = accept(send(cast.lot_of(rice)), cast)
    hand_out_there(cast, lot)
    back = send(db.session.get_one(Lot, lot.id), 2, "back", cast.shop)
    with transaction():
        home = consignments.accept(back, cast.manager)
    assert (home.goods_id, home.donor, home.on_hand) == (rice.id, "粮站", 2)
    assert cast.on_hand(rice) == 8
    assert everything_fits()


def test_the_shops_one_can_send_to_are_the_county_s(cast):
    with transaction():
        far = shops.open_shop(cast.far_village, "石板村爱心超市")
    assert cast.far_village.level == Level.VILLAGE
    assert consignments.other_shops(cast.shop) == [cast.next_shop, far]
    assert consignments.find_consignment(far, 1) is None
