"""What comes in and leaves beside the desk: deliveries, write-offs, returns, mistakes undone, low stock."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ground.db import db, transaction
from ground.refusal import Refused
from shop.desk import redemptions
from shop.models import Donation, Lot, MoveKind, Source, StockMove
from shop.shelf import goods as shelf
from shop.stock import deliveries, donations, lots, moves, watch
from tests.story import everything_fits


@pytest.fixture
def receive(cast):
    """Take in a delivery of soap; what is not said is as usual."""

    def receive(key="in", quantity=5, source=Source.PURCHASE, *, goods=None, **more):
        with transaction():
            return moves.receive(key, goods or cast.goods, quantity, source, cast.manager, **more)

    return receive


@pytest.fixture
def leave(cast):
    """Write off (or return) units of a lot."""

    def leave(lot, quantity=1, reason="受潮", key="out", verb=moves.write_off):
        with transaction():
            return verb(key, lot, quantity, reason, cast.manager)

    return leave


def undo(move, cast, reason="记错了"):
    with transaction():
        return moves.reverse(move, reason, cast.manager)


def delivery_of(lot):
    return db.session.scalars(
        select(StockMove).where(StockMove.lot_id == lot.id, StockMove.kind == MoveKind.RECEIPT)
    ).one()


def journal(goods):
    """Kind and quantity of every move, the latest first."""
    return [(move.kind, move.quantity) for move in db.session.scalars(lots.moves_of(goods))]


def test_a_lot_keeps_where_it_came_from_and_what_it_cost(cast, receive):
    lot = receive(source=Source.ALLOCATION, unit_cost=1250, best_before=date(2027, 3, 1))
    assert (lot.source, lot.unit_cost, lot.best_before, lot.received_on, lot.donor) == (
        Source.ALLOCATION,
        1250,
        date(2027, 3, 1),
        date(2026, 12, 28),
        None,
    )
    assert delivery_of(lot).actor_id == cast.manager.id


def test_a_key_that_comes_again_brings_the_same_delivery(receive):
    given = {"source": Source.DONATION, "donor": "供销社", "best_before": date(2027, 3, 1), "unit_cost": 200}
    lot = receive(**given)
    assert receive(**given | {"donor": " 供销社 "}).id == lot.id
    for other in (
        {"quantity": 6},
        {"source": Source.PURCHASE, "donor": None},
        {"donor": "合作社"},
        {"best_before": None},
        {"unit_cost": None},
    ):
        with pytest.raises(Refused, match="key_reused"):
            receive(**given | other)


def test_what_does_not_come_in(cast, receive):
    with transaction():
        old = shelf.add_goods(cast.shop, "旧货", "件", 10)
        shelf.archive(old, cast.manager)
    for given, code in (
        ({"unit_cost": -1}, "bad_cost"),
        ({"unit_cost": deliveries.LARGEST_COST_FEN + 1}, "bad_cost"),
        ({"goods": old}, "archived"),
        ({"source": Source.DONATION, "donor": " \u3000"}, "donor_missing"),
        ({"source": Source.PURCHASE, "donor": "供销社"}, "not_donated"),
        ({"source": Source.ALLOCATION, "donor": "供销社"}, "not_donated"),
    ):
        with pytest.raises(Refused, match=code):
            receive(**given)
    assert receive(unit_cost=0, donor=" \u3000").unit_cost == 0


def test_one_donor_s_day_is_one_donation(cast, receive, clock):
    soap = receive("a", source=Source.DONATION, donor="县供销社")
    salt = receive("b", source=Source.DONATION, donor=" 县供销社 ", goods=cast.salt)
    other = receive("c", source=Source.DONATION, donor="云岭饼屋")
    clock.days_on()
    next_day = receive("d", source=Source.DONATION, donor="县供销社")
    assert soap.donation_id == salt.donation_id
    given = db.session.scalars(donations.donations_of(cast.shop)).all()
    assert [(each.donor, each.number) for each in given] == [
        ("县供销社", "2026-0004"),
        ("云岭饼屋", "2026-0003"),
        ("县供销社", "2026-0002"),
        ("供销社", "2025-0001"),
    ]
    assert [each.id for each in given[:3]] == [next_day.donation_id, other.donation_id, soap.donation_id]
    assert donations.donors(cast.shop) == sorted({"县供销社", "云岭饼屋", "供销社"})
    assert len({each.code for each in db.session.scalars(select(Donation))}) == 5
    assert everything_fits()


def test_what_is_spoilt_or_goes_back_leaves_with_a_reason(cast, leave):
    lot = cast.lot_of(cast.goods)
    out = leave(lot, 2, " 受潮 ")
    back = leave(lot, 3, "送错货", "back", moves.give_back)
    assert (out.kind, out.quantity, out.reason) == (MoveKind.WRITE_OFF, -2, "受潮")
    assert (back.kind, back.quantity, back.reason) == (MoveKind.RETURN, -3, "送错货")
    assert leave(lot, 2).id == out.id  # the same key: sent twice
    assert lot.on_hand == 15
    assert journal(cast.goods) == [("return", -3), ("write_off", -2), ("receipt", 20)]
    assert everything_fits()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": 21}, "out_of_stock"),
        ({"quantity": 10**12}, "bad_quantity"),
        ({"reason": " \n"}, "reason_missing"),
        ({"key": "used"}, "key_reused"),
        ({"key": "used", "quantity": 2, "verb": moves.give_back}, "key_reused"),
    ],
)
def test_what_does_not_leave(cast, leave, given, code):
    lot = cast.lot_of(cast.goods)
    leave(lot, 2, key="used")
    with pytest.raises(Refused, match=code):
        leave(lot, **given)
    assert lot.on_hand == 18


def test_more_than_is_left_says_how_much_is(cast, leave):
    with pytest.raises(Refused, match="out_of_stock") as refusal:
        leave(cast.lot_of(cast.goods), 21)
    assert (refusal.value.field, "20" in str(refusal.value.message)) == ("quantity", True)


def test_a_mistake_is_undone_once_and_both_lines_stay(cast, receive, leave):
    lot = receive()
    out = leave(lot, 5)
    first = undo(out, cast)
    assert undo(out, cast, "又点了一次").id == first.id
    assert (first.reverses_id, first.reason, lot.on_hand) == (out.id, "记错了", 5)
    undo(delivery_of(lot), cast)
    assert lot.on_hand == 0
    assert journal(cast.goods)[:4] == [("reversal", -5), ("reversal", 5), ("write_off", -5), ("receipt", 5)]
    assert everything_fits()


def test_what_is_not_undone(cast, receive, leave):
    cast.earn(cast.worker, 100)
    lot = receive()
    with pytest.raises(Refused, match="reason_missing"):
        undo(delivery_of(lot), cast, " ")
    leave(lot, 1)
    with pytest.raises(Refused, match="out_of_stock"):
        undo(delivery_of(lot), cast)
    with transaction():
        done = redemptions.redeem("k", cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    handed_out = db.session.scalars(select(StockMove).where(StockMove.redemption_id == done.id)).one()
    out = db.session.scalars(select(StockMove).where(StockMove.kind == MoveKind.WRITE_OFF)).one()
    again = undo(out, cast)
    for move in (handed_out, again):
        with pytest.raises(Refused, match="not_reversible"):
            undo(move, cast)
    shown = db.session.scalars(lots.moves_of(cast.goods)).all()
    assert moves.reversible_moves(shown) == {delivery_of(lot).id}  # of the first lot one piece is gone


def test_what_wants_a_look(cast, receive, leave, clock):
    """Salt is good until 30 June 2027; ten bags of it, and twenty pieces of soap."""
    assert watch.watch_list(cast.shop).articles == 0
    with transaction():
        shelf.change_goods(cast.goods, "肥皂", "块", cast.manager, low_at=20)
    soon = watch.watch_list(cast.shop)
    assert ([offer.goods.name for offer in soon.low], soon.near_expiry, soon.expired) == (["肥皂"], [], [])
    receive(quantity=1)
    clock.turn_to(date(2027, 6, 30) - watch.EXPIRES_SOON)
    soon = watch.watch_list(cast.shop)
    assert (soon.low, [lot.goods.name for lot in soon.near_expiry], soon.expired) == ([], ["食盐"], [])
    clock.turn_to(date(2027, 6, 30))
    assert [lot.on_hand for lot in watch.watch_list(cast.shop).near_expiry] == [10]
    clock.days_on()
    late = watch.watch_list(cast.shop)
    assert (late.near_expiry, [lot.goods.name for lot in late.expired]) == ([], ["食盐"])
    assert [offer.goods.name for offer in late.low] == ["食盐"]  # what has expired is not to be had
    assert late.articles == 1
    leave(cast.lot_of(cast.salt), 10, "过期")
    assert watch.watch_list(cast.shop).expired == []


def test_the_day_before_the_thirty_nobody_looks(cast, clock):
    clock.turn_to(date(2027, 6, 30) - watch.EXPIRES_SOON - timedelta(days=1))
    assert watch.watch_list(cast.shop).articles == 0


def test_an_expired_lot_is_not_given_out_and_its_like_is_not_taken_in(cast, receive, clock):
    clock.turn_to(date(2027, 6, 30))
    clock.days_on()
    cast.earn(cast.worker, 100)
    with pytest.raises(Refused, match="out_of_stock"), transaction():
        redemptions.redeem("k", cast.shop, cast.card, {cast.salt.id: 1}, cast.volunteer)
    with pytest.raises(Refused, match="expired"):
        receive(goods=cast.salt, best_before=date(2027, 6, 30))
    assert db.session.scalar(select(Lot.on_hand).where(Lot.goods_id == cast.salt.id)) == 10
