"""Leaving and merging while the worker shops: eight processes at once on one database.

A redemption comes before and pays, or after and is refused; no point is spent twice, made, or lost.
"""

from ground import clock
from ground.db import db, transaction
from people import cards
from people.models import Card, DepartureKind, Duty, GridKind, Merge, Outcome, Person, User
from people.roster import departures, grids, persons, terms
from points import leaving, ledger, merging
from shop.desk import redemptions, voids
from shop.models import Redemption
from tests.cast import BEGAN_ON, TODAY
from tests.crowd import AT_ONCE
from tests.shop.test_races import everything_fits, redeem, tally, void

DECISION = "村民代表会议2026年12月20日"


def leave(person_id, actor_id):
    person, actor = db.session.get_one(Person, person_id), db.session.get_one(User, actor_id)
    return leaving.leave(person, DepartureKind.EXIT, "外出", DECISION, clock.today(), actor).id


def settle():
    return sorted(lapse.transfer.amount for lapse in leaving.settle_due(None, None))


def merge(kept_id, duplicate_id, actor_id):
    kept, duplicate = db.session.get_one(Person, kept_id), db.session.get_one(Person, duplicate_id)
    return merging.merge(kept, duplicate, "同一人", db.session.get_one(User, actor_id)).id


def issue(person_id, actor_id):
    return cards.issue(db.session.get_one(Person, person_id), db.session.get_one(User, actor_id)).id


def shopping(cast, card, times):
    return [
        (redeem, f"key-{number}", cast.shop.id, card.id, {cast.goods.id: 1}, cast.volunteer.id)
        for number in range(times)
    ]


def expire_at_once(cast):
    with transaction():
        departures.decide_rule(cast.village, Outcome.EXPIRE, None, DECISION, TODAY, cast.chair)


def adds_up(cast):
    db.session.rollback()
    total = ledger.totals(cast.village)
    held = sum(account.balance for account in ledger.accounts_of(cast.village))
    return total["issuing"] - total["redeemed"] - total["expired"] == held == total["worker"]


def test_leaving_while_the_worker_shops(cast, at_once):
    """The balance of 100 pays for up to three of seven baskets; what it did not pay for expires."""
    cast.earn(cast.worker, 100)
    expire_at_once(cast)
    card = cast.card
    left, *spent = at_once([(leave, cast.worker.id, cast.chair.id), *shopping(cast, card, AT_ONCE - 1)])
    assert left[0] == "done"
    paid = tally(spent)["done"]
    assert paid <= 3
    assert set(tally(spent)) <= {
        "done",
        ("refused", "card_inactive"),
        ("refused", "insufficient_points"),
    }
    total = ledger.totals(cast.village)
    assert (total["redeemed"], total["expired"], total["worker"]) == (30 * paid, 100 - 30 * paid, 0)
    assert adds_up(cast)
    assert everything_fits()


def test_somebody_leaves_once(cast, at_once):
    cast.earn(cast.worker, 100)
    expire_at_once(cast)
    ends = at_once([(leave, cast.worker.id, cast.chair.id)] * AT_ONCE)
    assert tally(ends) == {"done": 1, ("refused", "already_left"): AT_ONCE - 1}
    assert ledger.totals(cast.village)["expired"] == 100
    assert everything_fits()


def test_the_evening_comes_once(cast, at_once):
    """Seven settle at the same moment while a redemption is voided: all of it expires, and only once."""
    cast.earn_each({cast.worker.id: 100, cast.neighbour.id: 50})
    with transaction():
        done = redemptions.redeem("k" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    with transaction():
        for worker in (cast.worker, cast.neighbour):
            leaving.leave(worker, DepartureKind.EXIT, "外出", DECISION, TODAY, cast.chair)
    later = TODAY.replace(year=2028)
    ends = at_once([(void, done.id, cast.volunteer.id), *[(settle,)] * (AT_ONCE - 1)], later)
    assert ends[0] == ("refused", "quarter_over")
    assert sorted(amount for _word, amounts in ends[1:] for amount in amounts) == [50, 70]
    assert ledger.totals(cast.village)["expired"] == 120
    assert adds_up(cast)
    assert everything_fits()


def test_leaving_while_a_card_is_issued_leaves_no_card_that_is_good(cast, at_once):
    expire_at_once(cast)
    worker = cast.worker
    calls = [(issue, worker.id, cast.clerk.id)] * (AT_ONCE - 1)
    left, *issued = at_once([(leave, worker.id, cast.chair.id), *calls])
    assert left[0] == "done"
    assert set(tally(issued)) <= {"done", ("refused", "not_serving")}
    assert cards.active_card(worker) is None


def twin_of(cast, worker):
    """The same person a second time: with a grid, a card, and points."""
    with transaction():
        twin = persons.add_person(cast.village, worker.name, cast.clerk, worker.phone)
        grid = grids.add_grid(cast.village, "09", "第09网格", GridKind.RURAL, 8, cast.clerk)
        terms.appoint(twin, grid, Duty.WORKER, BEGAN_ON, cast.clerk)
        cards.issue(twin, cast.clerk)
    return twin


def test_merging_while_the_duplicate_s_card_shops(cast, at_once):
    kept = cast.neighbour
    cast.earn(kept, 10)
    twin = twin_of(cast, kept)
    cast.earn(twin, 100)
    card = cast.card_of(twin)
    merged, *spent = at_once([(merge, kept.id, twin.id, cast.chair.id), *shopping(cast, card, AT_ONCE - 1)])
    assert merged[0] == "done"
    paid = tally(spent)["done"]
    assert paid <= 3
    assert set(tally(spent)) <= {
        "done",
        ("refused", "card_inactive"),
        ("refused", "insufficient_points"),
    }
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (110 - 30 * paid, 0)
    assert ledger.totals(cast.village)["issuing"] == 110
    assert adds_up(cast)
    assert everything_fits()


def test_two_entries_are_merged_once(cast, at_once):
    """Half of the chairs keep the one, half the other; one wins, and nothing moves twice."""
    kept = cast.neighbour
    cast.earn(kept, 10)
    twin = twin_of(cast, kept)
    cast.earn(twin, 100)
    ends = at_once(
        [(merge, kept.id, twin.id, cast.chair.id), (merge, twin.id, kept.id, cast.second_chair.id)]
        * (AT_ONCE // 2)
    )
    assert tally(ends) == {"done": 1, ("refused", "already_merged"): AT_ONCE - 1}
    assert sorted((ledger.balance_of(kept), ledger.balance_of(twin))) == [0, 110]
    assert len(db.session.query(Merge).all()) == 1
    assert adds_up(cast)
    assert everything_fits()


def test_merging_while_a_redemption_of_the_duplicate_is_voided(cast, at_once):
    """Whichever comes first, the points that came back are on the kept account."""
    kept = cast.neighbour
    twin = twin_of(cast, kept)
    cast.earn_each({twin.id: 100, kept.id: 10})
    with transaction():
        done = redemptions.redeem("k" * 16, cast.shop, cast.card_of(twin), {cast.goods.id: 2}, cast.volunteer)
    calls = [(void, done.id, cast.volunteer.id), (merge, kept.id, twin.id, cast.chair.id)]
    ends = at_once(calls * (AT_ONCE // 2))
    assert set(tally(ends)) <= {"done", ("refused", "already_merged"), ("refused", "conflict")}
    db.session.rollback()
    if db.session.get_one(Redemption, done.id).void is None:
        with transaction():
            voids.void(db.session.get_one(Redemption, done.id), "拿错了", cast.volunteer)
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (110, 0)
    assert {card.state for card in db.session.query(Card).filter_by(person_id=twin.id)} == {"replaced"}
    assert adds_up(cast)
    assert everything_fits()
