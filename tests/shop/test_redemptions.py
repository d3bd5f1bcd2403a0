"""Points for goods: the whole basket or nothing, the right lots, and a way back in the same quarter."""

from datetime import date

import pytest
from sqlalchemy import select

from ground.db import db, transaction
from ground.refusal import Refused
from people import cards
from people.models import Duty, Role
from people.roster import terms
from people.signin import accounts
from points import ledger
from points.models import Transfer, TransferKind
from shop.desk import redemptions, voids
from shop.models import MoveKind, Redemption, Source, StockMove
from shop.shelf import goods as shelf
from shop.stock import moves
from tests.cast import HASHED
from tests.story import count, everything_fits, on_hand

pytestmark = pytest.mark.both_databases


@pytest.fixture
def rich(cast):
    """The worker with 100 points."""
    cast.earn(cast.worker, 1000)
    return cast.worker


@pytest.fixture
def redeem(cast):
    def redeem(basket, key="a-key", card=None, actor=None, shop=None):
        with transaction():
            return redemptions.redeem(
                key, shop or cast.shop, card or cast.card, basket, actor or cast.volunteer
            )

    return redeem


@pytest.fixture
def void(cast):
    def void(redemption, reason="拿错了"):
        with transaction():
            return voids.void(redemption, reason, cast.volunteer)

    return void


@pytest.fixture
def rice(cast):
    """Three lots: the first in expires last, the second is the next to go, the third keeps forever."""
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 10)
        for key, units, best_before in (
            ("late", 5, date(2027, 12, 31)),
            ("early", 5, date(2027, 1, 15)),
            ("never", 5, None),
        ):
            moves.receive(key, rice, units, Source.PURCHASE, cast.manager, best_before=best_before)
    return rice


def test_points_for_goods(cast, rich, redeem):
    done = redeem({cast.goods.id: 2, cast.salt.id: 3})
    assert (done.total, done.number, done.day) == (135, "20261228-0001", date(2026, 12, 28))
    assert [(line.name, line.unit, line.price, line.quantity, line.amount) for line in done.lines] == [
        ("肥皂", "块", 30, 2, 60),
        ("食盐", "袋", 25, 3, 75),
    ]
    assert ledger.balance_of(rich) == 865
    assert (on_hand(cast.goods), on_hand(cast.salt)) == ([18], [7])
    assert (done.transfer.kind, done.transfer.amount) == (TransferKind.REDEMPTION, 135)
    assert redemptions.by_code(done.code.lower()).id == done.id
    assert everything_fits()


def test_a_receipt_keeps_the_price_of_its_day(cast, rich, redeem):
    done = redeem({cast.goods.id: 1})
    with transaction():
        cast.goods.price = 99
        cast.goods.name = "香皂"
    assert (done.lines[0].name, done.lines[0].amount, done.total) == ("肥皂", 30, 30)
    assert everything_fits()


def test_receipts_are_numbered_by_day(cast, rich, redeem, clock):
    numbers = [redeem({cast.goods.id: 1}, key).number for key in ("a", "b")]
    clock.days_on()
    numbers.append(redeem({cast.goods.id: 1}, "c").number)
    assert numbers == ["20261228-0001", "20261228-0002", "20261229-0001"]


def test_the_same_key_hands_out_once(cast, rich, redeem):
    first = redeem({cast.goods.id: 1})
    assert redeem({cast.goods.id: 1, cast.salt.id: 0}).id == first.id
    assert (ledger.balance_of(rich), on_hand(cast.goods)) == (970, [19])


def test_a_key_is_not_used_for_another_basket_or_card(cast, rich, redeem):
    cast.earn(cast.neighbour, 100)
    redeem({cast.goods.id: 1})
    for basket, card in (
        ({cast.goods.id: 2}, cast.card),
        ({cast.goods.id: 1, cast.salt.id: 1}, cast.card),
        ({cast.goods.id: 1}, cast.card_of(cast.neighbour)),
    ):
        with pytest.raises(Refused, match="key_reused"):
            redeem(basket, card=card)
    assert count(Redemption) == 1


def test_a_repeated_key_answers_even_when_the_rest_is_gone(cast, redeem):
    """The phone lost the first answer; the balance is 0 now, and the card was replaced."""
    cast.earn(cast.worker, 30)
    card = cast.card
    first = redeem({cast.goods.id: 1}, card=card)
    with transaction():
        cards.issue(cast.worker, cast.clerk)
    assert redeem({cast.goods.id: 1}, card=card).id == first.id


@pytest.mark.parametrize(
    ("quantity", "code"),
    [(0, "empty_basket"), (-1, "bad_quantity"), (1000, "bad_quantity"), (10**9, "bad_quantity")],
)
def test_quantities_that_are_none(cast, rich, redeem, quantity, code):
    with pytest.raises(Refused, match=code):
        redeem({cast.goods.id: quantity})
    assert (ledger.balance_of(rich), count(Redemption)) == (1000, 0)


def test_an_empty_basket(cast, rich, redeem):
    with pytest.raises(Refused, match="empty_basket"):
        redeem({})


def test_a_line_of_0_is_left_out_and_one_below_0_is_not(cast, rich, redeem):
    with pytest.raises(Refused, match="bad_quantity"):
        redeem({cast.goods.id: 2, cast.salt.id: -2})
    assert len(redeem({cast.goods.id: 2, cast.salt.id: 0}).lines) == 1


def test_what_the_shop_does_not_have(cast, rich, redeem):
    foreign = next(shelf.goods for shelf in shelf.offers(cast.next_shop))
    for basket in ({10**6: 1}, {foreign.id: 1}, {cast.goods.id: 1, foreign.id: 1}):
        with pytest.raises(Refused, match="unknown_goods"):
            redeem(basket)


def test_too_few_points_says_what_is_missing_and_changes_nothing(cast, redeem):
    cast.earn(cast.worker, 55)
    with pytest.raises(Refused, match="insufficient_points") as refusal:
        redeem({cast.goods.id: 1, cast.salt.id: 2})
    assert "2.5" in str(refusal.value.message)
    assert (ledger.balance_of(cast.worker), on_hand(cast.goods), on_hand(cast.salt)) == (55, [20], [10])
    assert (count(Redemption), count(Transfer)) == (0, 1)


def test_who_never_earned_has_nothing(cast, redeem):
    with pytest.raises(Refused, match="insufficient_points"):
        redeem({cast.goods.id: 1})


def test_too_little_in_stock_says_what_is_left_and_changes_nothing(cast, rich, redeem):
    with pytest.raises(Refused, match="out_of_stock") as refusal:
        redeem({cast.goods.id: 21})
    assert "20" in str(refusal.value.message)
    with pytest.raises(Refused, match="out_of_stock"):
        redeem({cast.salt.id: 11, cast.goods.id: 1})
    assert (ledger.balance_of(rich), on_hand(cast.goods), on_hand(cast.salt)) == (1000, [20], [10])
    redeem({cast.goods.id: 20})  # to the last one
    assert on_hand(cast.goods) == [0]


def test_earliest_expiry_leaves_first(cast, rich, rice, redeem):
    redeem({rice.id: 3}, "a")
    assert on_hand(rice) == [5, 2, 5]
    redeem({rice.id: 4}, "b")  # over the edge of a lot
    assert on_hand(rice) == [3, 0, 5]
    redeem({rice.id: 4}, "c")
    assert on_hand(rice) == [0, 0, 4]
    assert everything_fits()


def test_what_has_expired_stays_on_the_shelf(cast, rich, rice, redeem, clock):
    clock.turn_to(date(2027, 1, 15))
    assert shelf_of(cast, rice) == 15
    redeem({rice.id: 1}, "on its last day")
    assert on_hand(rice) == [5, 4, 5]
    clock.days_on()
    assert shelf_of(cast, rice) == 10
    with pytest.raises(Refused, match="out_of_stock") as refusal:
        redeem({rice.id: 11}, "too many")
    assert "10" in str(refusal.value.message)
    redeem({rice.id: 10}, "all that is good")
    assert on_hand(rice) == [0, 4, 0]


def shelf_of(cast, goods):
    return next(shelf.usable_units for shelf in shelf.offers(cast.shop) if shelf.goods.id == goods.id)


def test_a_void_gives_back_to_the_same_account_and_the_same_lots(cast, rich, rice, redeem, void):
    done = redeem({rice.id: 8, cast.goods.id: 1})
    assert on_hand(rice) == [2, 0, 5]
    undone = void(done)
    assert (ledger.balance_of(rich), on_hand(rice), on_hand(cast.goods)) == (1000, [5, 5, 5], [20])
    assert undone.transfer.reverses_id == done.transfer_id
    back = select(StockMove.quantity).where(
        StockMove.kind == MoveKind.VOID, StockMove.redemption_id == done.id
    )
    assert sorted(db.session.scalars(back)) == [1, 3, 5]
    assert everything_fits()


def test_a_void_gives_back_to_a_lot_that_has_expired_since(cast, rich, rice, redeem, void, clock):
    clock.turn_to(date(2027, 1, 15))
    done = redeem({rice.id: 2})
    clock.days_on()
    void(done)
    assert on_hand(rice) == [5, 5, 5]
    assert shelf_of(cast, rice) == 10


def test_voided_once(cast, rich, redeem, void):
    done = redeem({cast.goods.id: 1})
    first = void(done)
    assert void(done, "又点了一次").id == first.id
    assert (ledger.balance_of(rich), on_hand(cast.goods)) == (1000, [20])


def test_a_void_needs_a_reason(cast, rich, redeem, void):
    done = redeem({cast.goods.id: 1})
    with pytest.raises(Refused, match="reason_missing"):
        void(done, " \n")
    assert done.void is None


def test_a_void_only_in_the_quarter_of_the_redemption(cast, rich, redeem, void, clock):
    done = redeem({cast.goods.id: 1})
    clock.turn_to(date(2026, 12, 31))
    clock.days_on()
    with pytest.raises(Refused, match="quarter_over"):
        void(done)
    clock.turn_to(date(2026, 12, 31))
    assert void(done)


def test_a_receipt_that_was_voided_is_not_handed_out_again_by_its_key(cast, rich, redeem, void):
    done = redeem({cast.goods.id: 1})
    void(done)
    with pytest.raises(Refused, match="voided"):
        redeem({cast.goods.id: 1})
    assert (ledger.balance_of(rich), on_hand(cast.goods)) == (1000, [20])
    assert redeem({cast.goods.id: 1}, "another key").number == "20261228-0002"


def test_a_lost_card(cast, rich, redeem):
    with transaction():
        cards.report_lost(cast.card, cast.clerk)
    lost = db.session.scalars(select(cards.Card).where(cards.Card.person_id == rich.id)).one()
    with pytest.raises(Refused, match="card_inactive"):
        redeem({cast.goods.id: 1}, card=lost)


def test_a_replaced_card_stops_at_once(cast, rich, redeem):
    old = cast.card
    with transaction():
        cards.issue(rich, cast.clerk)
    with pytest.raises(Refused, match="card_inactive"):
        redeem({cast.goods.id: 1}, card=old)
    assert redeem({cast.goods.id: 1}, card=cast.card)


def test_a_card_s_points_are_its_holder_s_whichever_card(cast, rich, redeem):
    redeem({cast.goods.id: 1}, "a")
    with transaction():
        cards.issue(rich, cast.clerk)
    redeem({cast.goods.id: 1}, "b")
    assert ledger.balance_of(rich) == 940
    assert [done.key for done in redemptions.of_person([rich.id], date(2026, 10, 1))] == ["b", "a"]


def test_a_term_that_ended_today(cast, rich, redeem):
    with transaction():
        terms.end_term(cast.term_of(rich), "搬走", cast.clerk)
    with pytest.raises(Refused, match="term_ended"):
        redeem({cast.goods.id: 1})


def test_a_term_that_ran_out(cast, rich, redeem, clock):
    clock.turn_to(date(2027, 12, 31))
    assert redeem({cast.goods.id: 1})
    clock.days_on()
    with pytest.raises(Refused, match="term_ended"):
        redeem({cast.goods.id: 1}, "tomorrow")


def test_who_serves_in_a_new_grid_goes_on_shopping(cast, rich, redeem):
    with transaction():
        grid = cast.term_of(rich).grid
        terms.end_term(cast.term_of(rich), "换届", cast.clerk)
        terms.appoint(rich, grid, Duty.WORKER, date(2026, 12, 28), cast.clerk)
    assert redeem({cast.goods.id: 1})


def test_nobody_serves_themselves(cast, rich, redeem):
    with transaction():
        own = accounts.add_user("double", "李秀明", HASHED, None, rich, temporary=False)
        accounts.grant(own, Role.VOLUNTEER, cast.village, None)
    with pytest.raises(Refused, match="own_card"):
        redeem({cast.goods.id: 1}, actor=own)


def test_a_card_of_the_next_village_buys_nothing_here(cast, redeem):
    cast.earn(cast.stranger, 100)
    with pytest.raises(Refused, match="other_village"):
        redeem({cast.goods.id: 1}, card=cast.card_of(cast.stranger))
    assert redeem(
        {next(shelf.goods.id for shelf in shelf.offers(cast.next_shop)): 1},
        card=cast.card_of(cast.stranger),
        shop=cast.next_shop,
    )


def receive(goods, **given):
    given = {"key": "a", "quantity": 5, "source": Source.PURCHASE, "actor": None, **given}
    with transaction():
        return moves.receive(goods=goods, **given)


def test_a_lot_comes_in_once(cast):
    lot = receive(cast.goods)
    assert receive(cast.goods).id == lot.id
    for other in ({"quantity": 6}, {"goods": cast.salt}):
        with pytest.raises(Refused, match="key_reused"):
            receive(**{"goods": cast.goods, **other})
    assert on_hand(cast.goods) == [20, 5]
    assert everything_fits()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": -1}, "bad_quantity"),
        ({"quantity": 100_001}, "bad_quantity"),
        ({"quantity": 10**12}, "bad_quantity"),
        ({"source": Source.DONATION}, "donor_missing"),
        ({"source": Source.DONATION, "donor": " "}, "donor_missing"),
        ({"best_before": date(2026, 12, 27)}, "expired"),
    ],
)
def test_lots_that_do_not_come_in(cast, given, code):
    with pytest.raises(Refused, match=code):
        receive(cast.goods, **given)
    assert on_hand(cast.goods) == [20]


def test_a_lot_that_expires_today_still_comes_in(cast):
    assert receive(cast.goods, best_before=date(2026, 12, 28)).on_hand == 5


@pytest.mark.parametrize(
    ("name", "price", "barcode", "code"),
    [
        ("肥皂", 10, None, "goods_exists"),
        (" 肥皂 ", 10, None, "goods_exists"),
        ("牙膏", 10, "6901028075831", "barcode_taken"),
        ("牙膏", 10, "6901028075832", "bad_barcode"),
        ("牙膏", 10, "690102807583", "bad_barcode"),
        ("牙膏", 0, None, "bad_amount"),
        ("牙膏", -10, None, "bad_amount"),
        ("牙膏", 1_000_001, None, "bad_amount"),
    ],
)
def test_goods_that_are_not_put_on_the_shelf(cast, name, price, barcode, code):
    with pytest.raises(Refused, match=code), transaction():
        shelf.add_goods(cast.shop, name, "支", price, barcode)
    assert len(shelf.offers(cast.shop)) == 2
