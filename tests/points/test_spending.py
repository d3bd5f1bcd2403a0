"""What became of points: first in, first out over the entries of an account, whole and nothing twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.db import db
from points import ledger, spending
from points.models import Transfer
from points.spending import AccountEntry, first_in_first_out
from shop.desk import redemptions, voids
from tests.story import do


def history(steps):
    """Entries by what was drawn: what brings, what takes of what there is, and what undoes one of them."""
    entries, balance, undone = [], 0, set()
    for ident, (kind, amount) in enumerate(steps, 1):
        change, undoes = amount, None
        open_entries = [one for one in entries if one.undoes is None and one.ident not in undone]
        if kind == "take":
            change = -min(amount, balance)
        elif kind == "undo" and open_entries:
            earlier = open_entries[amount % len(open_entries)]
            change, undoes = -earlier.change, earlier.ident
        if change and balance + change >= 0:
            entries.append(AccountEntry(ident, change, undoes))
            balance += change
            undone |= {undoes}
    return entries, balance


@given(st.lists(st.tuples(st.sampled_from(["bring", "take", "undo"]), st.integers(1, 60)), max_size=40))
def test_the_parts_are_the_whole_and_nothing_is_used_twice(steps):
    entries, balance = history(steps)
    allocation = first_in_first_out(entries)
    taken, used = Counter(), Counter()
    for part in allocation.parts:
        assert part.tenths > 0
        assert part.source < part.use
        taken[part.use] += part.tenths
        used[part.source] += 0 if part.is_given_back else part.tenths
    takings = {one.ident for one in entries if one.change < 0}
    assert taken == {one.ident: -one.change for one in entries if one.change < 0}
    brought = {one.ident: one.change for one in entries if one.change > 0 and one.undoes not in takings}
    assert {ident: used[ident] + left for ident, left in allocation.left.items()} == brought
    assert sum(allocation.left.values()) == balance
    undone = {one.undoes for one in entries if one.undoes in takings}
    assert {part.use for part in allocation.parts if part.is_given_back} == undone


def test_the_oldest_is_spent_first_and_a_void_gives_it_back():
    entries = [
        AccountEntry(1, 100),
        AccountEntry(2, 50),
        AccountEntry(3, -120),
        AccountEntry(4, 30),
        AccountEntry(5, 120, undoes=3),
        AccountEntry(6, -110),
    ]
    allocation = first_in_first_out(entries)
    told = [(part.source, part.use, part.tenths, part.is_given_back) for part in allocation.parts]
    assert told == [(1, 3, 100, True), (2, 3, 20, True), (1, 6, 100, False), (2, 6, 10, False)]
    assert allocation.left == {1: 0, 2: 40, 4: 30}


def test_what_was_booked_wrongly_is_taken_from_itself_first():
    allocation = first_in_first_out(
        [AccountEntry(1, 40), AccountEntry(2, 60), AccountEntry(3, -50), AccountEntry(4, -40, undoes=1)]
    )
    assert [(part.source, part.tenths) for part in allocation.parts if part.use == 4] == [(2, 40)]
    allocation = first_in_first_out(
        [AccountEntry(1, 40), AccountEntry(2, 60), AccountEntry(4, -60, undoes=2)]
    )
    assert [(part.source, part.tenths) for part in allocation.parts] == [(2, 60)]


def test_nobody_spends_what_is_not_there():
    with pytest.raises(ValueError, match="1 tenths more"):
        first_in_first_out([AccountEntry(1, 10), AccountEntry(2, -11)])


def test_a_quarter_s_points_lead_to_the_receipt_and_back(cast):
    cast.earn(cast.worker, 50)
    cast.earn(cast.worker, 100)
    bought = do(redemptions.redeem, "k" * 16, cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
    spent = db.session.get_one(Transfer, bought.transfer_id)
    sources = spending.trace(spent)
    assert [(part.tenths, part.is_given_back) for part in sources.parts] == [(50, False), (10, False)]
    first, second = (part.other for part in sources.parts)
    assert [(part.other.id, part.tenths) for part in spending.trace(first).parts] == [(spent.id, 50)]
    assert (spending.trace(first).left, spending.trace(second).left) == (0, 90)
    do(voids.void, bought, "拿错了", cast.manager)
    back = ledger.latest(cast.worker, 1)[0]
    assert spending.trace(back).transfer.id == spent.id
    assert {part.is_given_back for part in spending.trace(spent).parts} == {True}
    assert sum(spending.trace(one).left for one in (first, second)) == ledger.balance_of(cast.worker) == 150
