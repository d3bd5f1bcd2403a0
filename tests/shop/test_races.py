"""Eight processes at once on one database (tests/crowd.py): what may happen once happens once."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from people import cards
from people.models import Card, Person, User
from points import ledger
from points.assessment import assessments, meeting, opening
from points.models import Assessment, Transfer, TransferKind
from points.services import reading, recording
from points.wall import booking, posting
from shop.desk import redemptions, voids
from shop.models import Consignment, Count, Goods, Lot, Redemption, Shop, Source, StockTake
from shop.shelf import goods as shelf
from shop.stock import consignments, counts, moves
from tests.cast import PRESENT, TODAY, Cast
from tests.crowd import AT_ONCE
from tests.story import everything_fits


def redeem(key, shop_id, card_id, basket, actor_id):
    shop, card, actor = (
        db.session.get_one(model, ident)
        for model, ident in ((Shop, shop_id), (Card, card_id), (User, actor_id))
    )
    return redemptions.redeem(key, shop, card, basket, actor).id


def void(redemption_id, actor_id):
    redemption = db.session.get_one(Redemption, redemption_id)
    return voids.void(redemption, "拿错了", db.session.get_one(User, actor_id)).id


def book(assessment_id, actor_id):
    actor = db.session.get_one(User, actor_id)
    assessment = db.session.get_one(Assessment, assessment_id)
    booking.book(assessment, actor)
    return str(assessment.state)


def accept(consignment_id, actor_id):
    sent = db.session.get_one(Consignment, consignment_id)
    return consignments.accept(sent, db.session.get_one(User, actor_id)).id


def send_back(consignment_id, actor_id):
    sent = db.session.get_one(Consignment, consignment_id)
    return consignments.send_back(sent, db.session.get_one(User, actor_id)).id


def count(key, take_id, goods_id, units, actor_id):
    take, goods = db.session.get_one(StockTake, take_id), db.session.get_one(Goods, goods_id)
    return counts.record_count(key, take, goods, units, db.session.get_one(User, actor_id)).id


def book_counts(take_id, actor_id):
    take = db.session.get_one(StockTake, take_id)
    return counts.book(take, db.session.get_one(User, actor_id)).id


def post(key, person_id, amount):
    account = ledger.account_of(db.session.get_one(Person, person_id))
    return ledger.post(key, TransferKind.AWARD, account, amount, "", None).id


def reverse(transfer_id, key):
    return ledger.reverse(db.session.get_one(Transfer, transfer_id), key, "改错", None).id


def issue(person_id, actor_id):
    return cards.issue(db.session.get_one(Person, person_id), db.session.get_one(User, actor_id)).number


def record(key, person_id, item, day, actor_id):
    cast = Cast()
    worker, actor = db.session.get_one(Person, person_id), db.session.get_one(User, actor_id)
    return recording.record(key, worker, cast.item(item), day, 1, "", actor).id


def tally(results):
    return Counter(word if word == "done" else (word, what) for word, what in results)


def test_thirty_from_a_hundred_goes_three_times(cast, at_once):
    cast.earn(cast.worker, 100)
    basket = {cast.goods.id: 1}
    ends = at_once(
        [(redeem, f"key-{n}", cast.shop.id, cast.card.id, basket, cast.volunteer.id) for n in range(AT_ONCE)]
    )
    assert tally(ends) == {"done": 3, ("refused", "insufficient_points"): 5}
    assert ledger.balance_of(cast.worker) == 10
    assert cast.lot_of(cast.goods).on_hand == 17
    assert everything_fits()


def test_one_key_is_one_redemption(cast, at_once):
    cast.earn(cast.worker, 1000)
    call = (redeem, "one-key", cast.shop.id, cast.card.id, {cast.goods.id: 1}, cast.volunteer.id)
    ends = at_once([call] * AT_ONCE)
    assert tally(ends) == {"done": AT_ONCE}
    assert len(set(ends)) == 1
    assert ledger.balance_of(cast.worker) == 970
    assert everything_fits()


def test_one_key_on_two_cards_is_one_redemption(cast, at_once):
    worker, neighbour = cast.worker, cast.neighbour
    cast.earn_each({worker.id: 1000, neighbour.id: 1000})
    ends = at_once(
        [
            (redeem, "one-key", cast.shop.id, cast.card_of(who).id, {cast.goods.id: 1}, cast.volunteer.id)
            for who in (worker, neighbour) * (AT_ONCE // 2)
        ]
    )
    assert set(tally(ends)) <= {"done", ("refused", "conflict"), ("refused", "key_reused")}
    assert len({result for result in ends if result[0] == "done"}) == 1
    assert {ledger.balance_of(worker), ledger.balance_of(neighbour)} == {970, 1000}
    assert everything_fits()


def test_the_last_one_on_the_shelf_goes_once(cast, at_once):
    workers = cast.workers
    cast.earn_each({worker.id: 100 for worker in workers})
    with transaction():
        rare = shelf.add_goods(cast.shop, "大米", "袋", 50)
        lot = moves.receive("rare", rare, 1, Source.PURCHASE, cast.manager)
    ends = at_once(
        [
            (redeem, f"key-{who.id}", cast.shop.id, cast.card_of(who).id, {rare.id: 1}, cast.volunteer.id)
            for who in workers
        ]
    )
    assert tally(ends) == {"done": 1, ("refused", "out_of_stock"): 7}
    assert lot.on_hand == 0
    assert sorted(ledger.balance_of(worker) for worker in workers) == [50] + [100] * 7
    assert everything_fits()


def test_baskets_in_any_order_do_not_lock_each_other_out(cast, at_once):
    """Each takes from both lots; half name the salt first. A deadlock would be an error, no result."""
    workers = cast.workers
    cast.earn_each({worker.id: 100 for worker in workers})
    soap, salt = cast.goods.id, cast.salt.id
    ends = at_once(
        [
            (
                redeem,
                f"key-{who.id}",
                cast.shop.id,
                cast.card_of(who).id,
                dict([(soap, 1), (salt, 1)][:: 1 if who.id % 2 else -1]),
                cast.volunteer.id,
            )
            for who in workers
        ]
    )
    assert tally(ends) == {"done": AT_ONCE}
    assert everything_fits()


def test_receipts_are_numbered_without_a_gap(cast, at_once):
    """Everyone wants something else, so only the number is shared; two cannot pay and leave no hole."""
    workers = cast.workers
    cast.earn_each({worker.id: 100 if number < 6 else 10 for number, worker in enumerate(workers)})
    baskets = []
    with transaction():
        for worker in workers:
            article = shelf.add_goods(cast.shop, f"给{worker.name}的", "件", 30)
            moves.receive(f"lot-{worker.id}", article, 1, Source.PURCHASE, cast.manager)
            baskets.append({article.id: 1})
    ends = at_once(
        [
            (redeem, f"key-{who.id}", cast.shop.id, cast.card_of(who).id, basket, cast.volunteer.id)
            for who, basket in zip(workers, baskets, strict=True)
        ]
    )
    assert tally(ends) == {"done": 6, ("refused", "insufficient_points"): 2}
    serials = db.session.scalars(sa.select(Redemption.serial).order_by(Redemption.serial)).all()
    assert serials == [1, 2, 3, 4, 5, 6]
    assert everything_fits()


def test_a_redemption_is_voided_once(cast, at_once):
    cast.earn(cast.worker, 100)
    with transaction():
        done = redemptions.redeem("key", cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
    ends = at_once([(void, done.id, cast.volunteer.id)] * AT_ONCE)
    assert tally(ends) == {"done": AT_ONCE}
    assert len(set(ends)) == 1
    assert (ledger.balance_of(cast.worker), cast.lot_of(cast.goods).on_hand) == (100, 20)
    assert everything_fits()


@pytest.fixture
def ready_to_book(cast):
    """The last quarter of 2026 stands on the wall, and its notice has ended: who may book, and when."""
    first = cast.earn(cast.worker, 100)
    quarter = Quarter.parse(first.quarter_name).next
    with clock.at(quarter.last_day):
        with transaction():
            cast.serve(cast.worker, "走访一户", quarter.last_day, cast.clerk, cast.chair, count=10)
            cast.serve(cast.neighbour, "走访一户", quarter.last_day, cast.clerk, cast.chair, count=5)
            assessment = opening.open_quarter(cast.village, quarter, cast.clerk)
            meeting.deliberate(assessment, quarter.last_day, PRESENT, (), "", cast.clerk)
            posting.post_notice(assessment, cast.clerk)
        return assessment, assessments.whole_notice(assessment).ends_on + timedelta(days=1)


def test_two_chairs_book_once(cast, at_once, ready_to_book):
    assessment, day = ready_to_book
    chairs = (cast.chair.id, cast.second_chair.id) * (AT_ONCE // 2)
    ends = at_once([(book, assessment.id, chair) for chair in chairs], day)
    assert tally(ends) == {"done": AT_ONCE}
    assert (ledger.balance_of(cast.worker), ledger.balance_of(cast.neighbour)) == (120, 10)
    assert everything_fits()


def test_booking_while_the_worker_shops(cast, at_once, ready_to_book):
    """One books 20 on top of 100, seven spend 30 each: three or four of them can, and nothing is lost."""
    assessment, day = ready_to_book
    spending = [
        (redeem, f"key-{n}", cast.shop.id, cast.card.id, {cast.goods.id: 1}, cast.volunteer.id)
        for n in range(AT_ONCE - 1)
    ]
    booked, *spent = at_once([(book, assessment.id, cast.chair.id), *spending], day)
    assert booked == ("done", "booked")
    count = tally(spent)["done"]
    assert count in (3, 4)
    assert tally(spent) == {"done": count, ("refused", "insufficient_points"): AT_ONCE - 1 - count}
    assert ledger.balance_of(cast.worker) == 120 - 30 * count
    assert everything_fits()


def test_an_account_is_opened_once(cast, at_once):
    who = cast.stranger.id
    ends = at_once([(post, f"key-{n}", who, 10) for n in range(AT_ONCE)])
    assert tally(ends) == {"done": AT_ONCE}
    account = cast.account_of(cast.stranger)
    assert (account.balance, account.transfers) == (80, 8)


def test_a_transfer_is_reversed_once(cast, at_once):
    with transaction():
        award = ledger.post("a", TransferKind.AWARD, ledger.account_of(cast.worker), 100, "", cast.clerk)
    ends = at_once([(reverse, award.id, f"key-{n}") for n in range(AT_ONCE)])
    assert tally(ends) == {"done": 1, ("refused", "already_reversed"): 7}
    assert ledger.balance_of(cast.worker) == 0


def test_one_card_is_left_active(cast, at_once):
    ends = at_once([(issue, cast.worker.id, cast.clerk.id)] * AT_ONCE)
    assert tally(ends) == {"done": AT_ONCE}
    assert cards.active_card(cast.worker).number in {number for _word, number in ends}


def test_a_form_sent_eight_times_records_once(cast, at_once):
    ends = at_once([(record, "one-key", cast.worker.id, "走访一户", TODAY, cast.clerk.id)] * AT_ONCE)
    assert tally(ends) == {"done": AT_ONCE}
    assert len(set(ends)) == 1
    assert reading.count_waiting(cast.village) == 1


def test_goods_received_eight_times_come_in_once(cast, at_once):
    ends = at_once([(receive, "one-key", cast.goods.id, 12, cast.manager.id)] * AT_ONCE)
    assert tally(ends) == {"done": AT_ONCE}
    assert len(set(ends)) == 1
    assert cast.on_hand(cast.goods) == 32
    assert everything_fits()


def receive(key, goods_id, quantity, actor_id):
    goods, actor = db.session.get_one(Goods, goods_id), db.session.get_one(User, actor_id)
    return moves.receive(key, goods, quantity, Source.PURCHASE, actor).id


@pytest.fixture
def on_its_way(cast):
    """Four pieces of soap, sent to the next village's shop."""
    with transaction():
        return consignments.send("sent", cast.lot_of(cast.goods), cast.next_shop, 4, "", cast.manager)


def soap_there(cast):
    """How much soap the next village has, in how many lots."""
    found = db.session.scalars(
        sa.select(Lot.on_hand).join(Lot.goods).where(Goods.shop_id == cast.next_shop.id, Goods.name == "肥皂")
    ).all()
    return sum(found), len(found)


def test_two_managers_take_the_same_goods_in_once(cast, at_once, on_its_way):
    actors = (cast.outside_volunteer.id, cast.outsider.id) * (AT_ONCE // 2)
    ends = at_once([(accept, on_its_way.id, actor) for actor in actors])
    assert tally(ends) == {"done": AT_ONCE}
    assert len(set(ends)) == 1
    assert soap_there(cast) == (24, 2)
    assert everything_fits()


def test_goods_arrive_or_go_back_and_never_both(cast, at_once, on_its_way):
    calls = [(accept, on_its_way.id, cast.outsider.id), (send_back, on_its_way.id, cast.manager.id)]
    ends = at_once(calls * (AT_ONCE // 2))
    arrived = {what for what, _result in ends[::2]} == {"done"}
    assert tally(ends) == {"done": 4, ("refused", "already_answered"): 4}
    assert tally(ends[::2]) == ({"done": 4} if arrived else {("refused", "already_answered"): 4})
    assert soap_there(cast) == ((24, 2) if arrived else (20, 1))
    assert cast.on_hand(cast.goods) == (16 if arrived else 20)
    assert everything_fits()


def test_two_shops_that_never_had_it_get_one_article(cast, at_once):
    """Eight consignments of an article that is new there make one article."""
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 50)
        lot = moves.receive("rice", rice, 8, Source.PURCHASE, cast.manager)
        sent = [
            consignments.send(f"s{n}", lot, cast.next_shop, 1, "", cast.manager).id for n in range(AT_ONCE)
        ]
    ends = at_once([(accept, ident, cast.outsider.id) for ident in sent])
    assert tally(ends) == {"done": AT_ONCE}
    assert len(db.session.scalars(sa.select(Goods).where(Goods.name == "大米")).all()) == 2
    assert everything_fits()


@pytest.fixture
def take(cast):
    """A stock-take that goes on; every worker has a hundred points."""
    cast.earn_each({worker.id: 1000 for worker in cast.workers})
    with transaction():
        return counts.begin_stock_take(cast.shop, cast.manager)


def redeeming(cast, baskets):
    """Each worker in turn wants a basket."""
    return [
        (redeem, f"key-{who.id}", cast.shop.id, cast.card_of(who).id, basket, cast.volunteer.id)
        for who, basket in zip(cast.workers, baskets, strict=False)
    ]


def test_counting_while_the_shop_sells(cast, at_once, take):
    """Each count has the books' figure of a moment between two sales: a later one never says more."""
    soap = cast.goods.id
    counting = [(count, f"count-{n}", take.id, soap, 20, cast.supervisor.id) for n in range(4)]
    ends = at_once([*counting, *redeeming(cast, [{soap: 1}] * 4)])
    assert tally(ends) == {"done": AT_ONCE}
    expected = db.session.scalars(sa.select(Count.expected).order_by(Count.id)).all()
    assert expected == sorted(expected, reverse=True)
    assert 16 <= expected[-1] <= expected[0] <= 20
    with transaction():
        counts.book(take, cast.manager)
    assert cast.on_hand(cast.goods) == 16 + 20 - expected[-1]
    assert everything_fits()


def test_booking_differences_while_the_shop_sells(cast, at_once, take):
    """Eight of twenty are missing and four want five each: not all can be had, and nobody is locked out.

    The older lot of soap is empty, so that the booking takes it by id and a redemption does not.
    """
    soap, salt = cast.goods, cast.salt
    with transaction():
        moves.write_off("empty", cast.lot_of(soap), 20, "受潮", cast.manager, cast.chair)
        for number in range(3):
            moves.receive(f"salt-{number}", salt, 5, Source.PURCHASE, cast.manager)
            moves.receive(f"soap-{number}", soap, 6, Source.PURCHASE, cast.manager)
        moves.receive("last", soap, 2, Source.PURCHASE, cast.manager)
        counts.record_count("soap", take, soap, 12, cast.supervisor)
        counts.record_count("salt", take, salt, 26, cast.supervisor)
    baskets = [dict([(soap.id, 5), (salt.id, 1)][:: 1 if n % 2 else -1]) for n in range(4)]
    ends = at_once([(book_counts, take.id, cast.manager.id)] * 4 + redeeming(cast, baskets))
    booked, sold = tally(ends[:4]), tally(ends[4:])
    assert booked in ({"done": 4}, {("refused", "out_of_stock"): 4})
    assert set(sold) <= {"done", ("refused", "out_of_stock")}
    assert cast.on_hand(soap) == 20 - 5 * sold["done"] - (8 if booked["done"] else 0)
    assert cast.on_hand(salt) == 25 - sold["done"] + (1 if booked["done"] else 0)
    assert everything_fits()


def test_two_managers_book_the_differences_once(cast, at_once, take):
    with transaction():
        counts.record_count("soap", take, cast.goods, 17, cast.volunteer)
    actors = (cast.manager.id, cast.supervisor.id) * (AT_ONCE // 2)
    ends = at_once([(book_counts, take.id, actor) for actor in actors])
    assert tally(ends) == {"done": AT_ONCE}
    assert cast.on_hand(cast.goods) == 17
    assert everything_fits()
