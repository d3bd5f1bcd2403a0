"""Points and goods are neither made nor lost: random histories against a model in plain Python.

The model knows nothing of databases. It predicts every balance, every stock and every refusal.
"""

from collections import defaultdict

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as play

from people.db import db, transaction
from people.models import Person
from people.refused import Refused
from points import assessments, ledger
from points.models import Account, AccountKind, Transfer
from shop.desk import redemptions, verify, voids
from shop.models import Goods, Lot, Redemption, Source, StockMove
from shop.stock import moves
from tests.cast import Cast, new_app

KEYS = st.sampled_from([f"key-{n}" for n in range(10)])
WORKERS = st.integers(0, 2)
QUARTERS = 12  # in the workers' term of three years
EXAMPLES, STEPS = 8, 25


def outcome(verb):
    """What came of it: the id of what was made, or the refusal's code."""
    try:
        with transaction():
            return verb().id
    except Refused as refusal:
        return refusal.code


class History(RuleBasedStateMachine):
    """Three workers, soap and salt; everybody does anything at any time."""

    def __init__(self, databases, template):
        super().__init__()
        self.databases, self.name = databases, databases.copy(template)
        self.context = new_app(databases.uri(self.name)).app_context()
        self.context.push()
        cast = Cast()
        self.people = [worker.id for worker in cast.workers[:3]]
        self.prices = {cast.goods.id: 30, cast.salt.id: 25}
        self.articles = list(self.prices)
        self.stock = {cast.goods.id: 20, cast.salt.id: 10}
        self.received = dict(self.stock)
        self.balances = [0, 0, 0]
        self.issued = 0
        self.redeemed = 0
        self.quarters = 0
        self.awards = []  # transfer, worker, amount
        self.reversed = {}  # transfer -> key, reversal
        self.redemptions = {}  # key -> redemption, worker, basket
        self.voids = {}  # redemption's key -> void
        self.lots = {}  # key -> lot, goods, units

    def teardown(self):
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        self.databases.drop(self.name)

    @initialize(amounts=st.lists(st.integers(1, 300), min_size=3, max_size=3))
    def begin(self, amounts):
        """Everyone has something in the first quarter."""
        self._earn(dict(enumerate(amounts)))

    @precondition(lambda self: self.quarters < QUARTERS)
    @rule(who=WORKERS, amount=st.integers(1, 150))
    def earn(self, who, amount):
        """A whole quarter, from the record to the booking."""
        self._earn({who: amount})

    def _earn(self, amounts):
        assessment = Cast().earn_each({self.people[who]: amount for who, amount in amounts.items()})
        self.quarters += 1
        for who, amount in amounts.items():
            award = assessments.award_of(assessment, db.session.get_one(Person, self.people[who]))
            self.awards.append((award.id, who, amount))
            self.balances[who] += amount
            self.issued += amount

    @rule(
        who=WORKERS,
        key=KEYS,
        soap=st.sampled_from([1, 1, 2, 2, 5, 0, -1, 1000]),
        salt=st.sampled_from([1, 1, 3, 0, 11]),
    )
    def spend(self, who, key, soap, salt):
        basket = dict(zip(self.articles, (soap, salt), strict=True))
        cast = Cast()
        person = db.session.get_one(Person, self.people[who])
        got = outcome(
            lambda: redemptions.redeem(key, cast.shop, cast.card_of(person), basket, cast.volunteer)
        )
        basket = {goods: units for goods, units in basket.items() if units}
        total = sum(self.prices[goods] * units for goods, units in basket.items())
        if key in self.redemptions:
            ident, *before = self.redemptions[key]
            assert got == (ident if before == [who, basket] else "key_reused")
        elif not basket:
            assert got == "empty_basket"
        elif not all(0 < units <= 999 for units in basket.values()):
            assert got == "bad_quantity"
        elif total > self.balances[who]:
            assert got == "insufficient_points"
        elif any(units > self.stock[goods] for goods, units in basket.items()):
            assert got == "out_of_stock"
        else:
            assert isinstance(got, int)
            self.redemptions[key] = (got, who, basket)
            self.balances[who] -= total
            self.redeemed += total
            for goods, units in basket.items():
                self.stock[goods] -= units

    @precondition(lambda self: self.redemptions)
    @rule(data=st.data(), reason=st.sampled_from(["拿错了", " "]))
    def void(self, data, reason):
        key = data.draw(st.sampled_from(sorted(self.redemptions)))
        ident, who, basket = self.redemptions[key]
        done = db.session.get_one(Redemption, ident)
        got = outcome(lambda: voids.void(done, reason, Cast().volunteer))
        if not reason.strip():
            assert got == "reason_missing"
        elif key in self.voids:
            assert got == self.voids[key]
        else:
            assert isinstance(got, int)
            self.voids[key] = got
            total = sum(self.prices[goods] * units for goods, units in basket.items())
            self.balances[who] += total
            self.redeemed -= total
            for goods, units in basket.items():
                self.stock[goods] += units

    @precondition(lambda self: self.awards)
    @rule(data=st.data(), key=KEYS)
    def take_back(self, data, key):
        """An award turns out to be wrong."""
        ident, who, amount = data.draw(st.sampled_from(self.awards))
        award = db.session.get_one(Transfer, ident)
        got = outcome(lambda: ledger.reverse(award, f"back:{key}", "查实有误", Cast().chair))
        used = {back for back, _ident in self.reversed.values()}
        if ident in self.reversed:
            earlier, back = self.reversed[ident]
            assert got == (back if earlier == key else "already_reversed")
        elif key in used:
            assert got == "key_reused"
        elif amount > self.balances[who]:
            assert got == "insufficient_points"
        else:
            assert isinstance(got, int)
            self.reversed[ident] = (key, got)
            self.balances[who] -= amount
            self.issued -= amount

    @rule(
        key=KEYS,
        which=st.integers(0, 1),
        units=st.sampled_from([-1, 0, 1, 7, 100_001]),
        donor=st.sampled_from(["供销社", " "]),
    )
    def receive(self, key, which, units, donor):
        goods = self.articles[which]
        article = db.session.get_one(Goods, goods)
        got = outcome(lambda: moves.receive(f"in:{key}", article, units, Source.DONATION, None, donor))
        if key in self.lots:
            ident, *before = self.lots[key]
            assert got == (ident if before == [goods, units] else "key_reused")
        elif not 0 < units <= 100_000:
            assert got == "bad_quantity"
        elif not donor.strip():
            assert got == "donor_missing"
        else:
            assert isinstance(got, int)
            self.lots[key] = (got, goods, units)
            self.stock[goods] += units
            self.received[goods] += units

    @invariant()
    def the_model_is_right(self):
        people = [db.session.get_one(Person, ident) for ident in self.people]
        assert [ledger.balance_of(person) for person in people] == self.balances
        on_hand = dict(
            db.session.execute(
                sa.select(Lot.goods_id, sa.func.sum(Lot.on_hand))
                .where(Lot.goods_id.in_(self.articles))
                .group_by(Lot.goods_id)
            ).all()
        )
        assert on_hand == self.stock

    @invariant()
    def no_point_is_made_or_lost(self):
        """What was issued, net of reversals, is with the workers or was redeemed: by the transfers alone."""
        kinds = dict(db.session.execute(sa.select(Account.id, Account.kind)).all())
        sums = defaultdict(int)
        for debit, credit, amount in db.session.execute(
            sa.select(Transfer.debit_id, Transfer.credit_id, Transfer.amount)
        ):
            sums[kinds[debit]] -= amount
            sums[kinds[credit]] += amount
        assert -sums[AccountKind.ISSUING] == self.issued
        assert sums[AccountKind.REDEEMED] == self.redeemed
        assert sums[AccountKind.WORKER] == sum(self.balances) == self.issued - self.redeemed

    @invariant()
    def no_unit_is_made_or_lost(self):
        moved = dict(
            db.session.execute(
                sa.select(Lot.goods_id, sa.func.sum(StockMove.quantity))
                .join(StockMove.lot)
                .where(Lot.goods_id.in_(self.articles))
                .group_by(Lot.goods_id)
            ).all()
        )
        out = defaultdict(int)
        for key, (_ident, _who, basket) in self.redemptions.items():
            for goods, units in basket.items() if key not in self.voids else ():
                out[goods] += units
        assert moved == {goods: self.received[goods] - out[goods] for goods in self.articles}

    @invariant()
    def verify_agrees(self):
        assert list(verify.problems()) == []


def test_nothing_is_made_or_lost(database, template):
    play(
        lambda: History(database, template),
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS),
    )
