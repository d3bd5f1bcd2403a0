"""Points and goods are neither made nor lost: random histories of two shops against a model in plain Python.

The model (here for points, in shelfmodel.py for goods) knows nothing of databases. It predicts every balance,
what is left of every lot, and every refusal.
"""

import random
from collections import defaultdict
from datetime import datetime, time, timedelta

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as play

from ground import clock
from ground.clock import SHANGHAI
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Person
from points import ledger
from points.assessment import assessments
from points.models import Account, AccountKind, Transfer
from shop import verify
from shop.desk import redemptions, voids
from shop.models import (
    Consignment,
    Delivery,
    Goods,
    Lot,
    MoveKind,
    Redemption,
    Shop,
    Source,
    StockMove,
    StockTake,
)
from shop.shelf import goods as shelf
from shop.shelf import prices
from shop.stock import consignments, counts, deliveries, moves
from shop.stock.deliveries import DeliveryLine, Origin
from tests.cast import TODAY, Cast, new_app
from tests.shop.shelfmodel import Shelves

pytestmark = pytest.mark.both_databases

UNITS = (1, 1, 2, 2, 4, 9, 0, -1, 1000)
REASONS = ("受潮", "受潮", "受潮", " ")
DONORS = ("供销社", "供销社", " ")
AGES = (None, None, (1, 0), (6, 3), (2, 5), (90, 0))  # minutes ago: from, to
QUARTERS = 12  # in the workers' term of three years
DAYS = 2  # that may pass: the quarter is not over
EXAMPLES, MANY_EXAMPLES, STEPS = 2, 6, 50


def misfits():
    """What does not fit, but for awards that the history takes back without a correction."""
    return [line for line in verify.problems() if "taken back without a cause" not in line]


class History(RuleBasedStateMachine):
    """Three workers, two shops with soap and salt; everybody does anything at any time."""

    def __init__(self, app, databases, template):
        super().__init__()
        self.databases, self.name = databases, databases.copy(template, "history")
        self.context = app.app_context()
        self.context.push()
        cast = Cast()
        self.people = [worker.id for worker in cast.workers[:3]]
        self.shops = [cast.shop.id, cast.next_shop.id]
        self.articles = [
            offer.goods.id for shop in (cast.shop, cast.next_shop) for offer in shelf.offers(shop)
        ]
        soap, salt, other_soap, other_salt = self.articles
        like = {soap: other_soap, salt: other_salt, other_soap: soap, other_salt: salt}
        home = dict(zip(self.articles, (shop for shop in self.shops for _article in range(2)), strict=True))
        self.shelves = Shelves(datetime.combine(TODAY, time(9), SHANGHAI), home, like)
        self.undoable = []  # move, lot, units: what may have been a mistake
        for lot in db.session.scalars(sa.select(Lot).order_by(Lot.id)):
            self.shelves.come_in(lot.id, lot.goods_id, lot.best_before, lot.on_hand)
        for move in db.session.scalars(sa.select(StockMove)):
            self.undoable.append((move.id, move.lot_id, move.quantity))
        self.prices = {goods: [(TODAY, 30 if goods in (soap, other_soap) else 25)] for goods in self.articles}
        self.quotas = dict.fromkeys(self.articles)
        self.balances = [0, 0, 0]
        self.issued = self.redeemed = 0
        self.quarters = self.steps = 0
        self.awards = []  # transfer, worker, amount
        self.reversed = {}  # transfer -> key, reversal
        self.redemptions = {}  # key -> redemption, who, basket, by lot, total
        self.voids = {}  # redemption's key -> void
        self.undone = {}  # move -> its reversal
        self.deliveries = {}  # id -> its invoice number, and move, lot, units of each line
        self.asked = {}  # key -> what was asked, what was made

    def teardown(self):
        try:
            assert misfits() == []
        finally:
            db.session.remove()
            db.engine.dispose()
            self.context.pop()
            self.databases.drop(self.name)

    def outcome(self, verb):
        """A minute later: what came of it, as the id of what was made or the refusal's code."""
        self.shelves.now += timedelta(minutes=1)
        try:
            with clock.at(self.shelves.now), transaction():
                return verb().id
        except Refused as refusal:
            return refusal.code

    def is_new(self, got, key, asked, why_not):
        """Whether a keyed request was done now; or it was before, or was refused, as the model says."""
        if key in self.asked:
            before, made = self.asked[key]
            again = "voided" if key in self.voids else made
            assert got == (again if before == asked else "key_reused")
            return False
        if why_not:
            assert got == why_not
            return False
        assert isinstance(got, int), got
        self.asked[key] = asked, got
        return True

    # --- Whatever happens next ---

    @initialize(amounts=st.lists(st.integers(30, 300), min_size=3, max_size=3))
    def begin(self, amounts):
        """Everyone has something in the first quarter; something is handed out, on its way, and counted."""
        self._earn(dict(enumerate(amounts)))
        self._spend(0, "key-0", 1, 0)
        self._send("key-0", min(self.shelves.lots), 1, 2)
        self._begin_count(0)

    @rule(seed=st.integers(0, 2**32))
    def something_happens(self, seed):
        """One deed, evenly chosen: what hypothesis chooses by itself is much the same again and again."""
        chance = random.Random(f"{seed} {self.steps}")
        pick, key = chance.choice, f"key-{chance.randrange(8)}"
        reason, units = pick(REASONS), pick(UNITS)
        who, which, lot = chance.randrange(3), chance.randrange(4), pick(sorted(self.shelves.lots))
        take, counter = pick(self._takes()), pick(["volunteer", "volunteer", "manager"])
        deeds = {
            self._earn: (2, {who: chance.randint(1, 150)}),
            self._take_back: (1, *pick(self.awards), key),
            self._spend: (6, who, key, pick([1, 1, 2, 5, 0, -1, 1000]), pick([1, 1, 3, 0, 11])),
            self._void: (2, pick(sorted(self.redemptions)), reason, pick([counter, "supervisor"])),
            self._set_price: (2, which, pick([5, 20, 45, 0]), pick([0, 1, -1])),
            self._set_quota: (1, which, pick([None, 1, 3])),
            self._pass_a_day: (2,),
            self._receive: (4, key, which, pick([-1, 1, 7, 7]), pick(DONORS), pick([None, 0, 0, 1, 60, -1])),
            self._deliver: (
                3,
                key,
                [(pick([which, which, 1]), pick([1, 7, 0])), (which, 2)],
                pick(["", "17"]),
            ),
            self._undo_delivery: (2, pick([*self.deliveries, None]), reason),
            self._leave: (3, lot, key, units, reason, chance.random() < 0.5),
            self._undo: (3, *pick(self.undoable), reason),
            self._send: (4, key, lot, pick([0, 1]), units),
            self._accept: (3, pick(sorted(self.shelves.sent))),
            self._send_back: (1, pick(sorted(self.shelves.sent))),
            self._begin_count: (2, pick([0, 1])),
            self._count: (8, take, key, which, pick([0, 0, 1, 2, -1, -3]), pick(AGES), counter),
            self._book: (3, take, pick(["manager", "supervisor"])),
            self._call_off: (1, take),
        }
        deed = chance.choices(list(deeds), [weight for weight, *_arguments in deeds.values()])[0]
        note(f"{deed.__name__}{tuple(deeds[deed][1:])}")
        deed(*deeds[deed][1:])

    def _takes(self):
        """The stock-takes; those that go on more than once."""
        going_on = [ident for ident in map(self.open_take, self.shops) if ident]
        return sorted(self.shelves.takes) + going_on * 8

    # --- Points ---

    def _earn(self, amounts):
        """A whole quarter, from the record to the booking."""
        if self.quarters == QUARTERS:
            return
        assessment = Cast().earn_each({self.people[who]: amount for who, amount in amounts.items()})
        self.quarters += 1
        for who, amount in amounts.items():
            award = assessments.award_of(assessment, db.session.get_one(Person, self.people[who]))
            self.awards.append((award.id, who, amount))
            self.balances[who] += amount
            self.issued += amount

    def _take_back(self, ident, who, amount, key):
        award = db.session.get_one(Transfer, ident)
        got = self.outcome(lambda: ledger.reverse(award, f"back:{key}", "查实有误", Cast().chair))
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

    # --- The desk ---

    def price(self, goods):
        """Today's, in tenths: the one from the latest day, and of that day the one written last."""
        today = self.shelves.now.date()
        return sorted(
            (on, place, tenths) for place, (on, tenths) in enumerate(self.prices[goods]) if on <= today
        )[-1][2]

    def taken(self, who, goods):
        """How many units a worker took this quarter; only what was not voided."""
        return sum(
            basket.get(goods, 0)
            for key, (_ident, taker, basket, _lots, _total) in self.redemptions.items()
            if taker == who and key not in self.voids
        )

    def _why_not_spend(self, who, basket, total):
        if not basket:
            return "empty_basket"
        if not all(0 < units <= 999 for units in basket.values()):
            return "bad_quantity"
        for goods, units in basket.items():
            quota = self.quotas[goods]
            if quota is not None and self.taken(who, goods) + units > quota:
                return "limit_reached"
        if total > self.balances[who]:
            return "insufficient_points"
        return "out_of_stock" if self.shelves.taken(basket) is None else None

    def _spend(self, who, key, soap, salt):
        basket = dict(zip(self.articles, (soap, salt), strict=False))
        cast = Cast()
        card = cast.card_of(db.session.get_one(Person, self.people[who]))
        got = self.outcome(lambda: redemptions.redeem(key, cast.shop, card, basket, cast.volunteer))
        basket = {goods: units for goods, units in basket.items() if units}
        total = sum(self.price(goods) * units for goods, units in basket.items())
        if self.is_new(got, key, ("spend", who, basket), self._why_not_spend(who, basket, total)):
            by_lot = self.shelves.taken(basket)
            self.redemptions[key] = (got, who, basket, by_lot, total)
            self.balances[who] -= total
            self.redeemed += total
            for lot, units in by_lot.items():
                self.shelves.move(lot, -units)

    def _void(self, key, reason, name):
        ident, who, _basket, by_lot, total = self.redemptions[key]
        done, actor = db.session.get_one(Redemption, ident), Cast().user(name)
        got = self.outcome(lambda: voids.void(done, reason, actor))
        here = [take for take in self.shelves.takes.values() if take.shop == self.shops[0]]
        if not reason.strip():
            assert got == "reason_missing"
        elif key in self.voids:
            assert got == self.voids[key]
        elif any(name in take.counters for take in here):
            assert got == "counted_here"
        else:
            assert isinstance(got, int)
            self.voids[key] = got
            self.balances[who] += total
            self.redeemed -= total
            for lot, units in by_lot.items():
                self.shelves.move(lot, units)

    def _set_price(self, which, tenths, days):
        goods, on = self.articles[which], self.shelves.now.date() + timedelta(days=days)
        article = db.session.get_one(Goods, goods)
        got = self.outcome(lambda: prices.set_price(article, tenths, Cast().manager, on))
        if tenths <= 0:
            assert got == "bad_amount"
        elif days < 0:
            assert got == "in_past"
        else:
            assert isinstance(got, int)
            self.prices[goods].append((on, tenths))

    def _set_quota(self, which, quota):
        article = db.session.get_one(Goods, self.articles[which])
        with transaction():
            shelf.change_goods(article, article.name, article.unit, Cast().manager, quota=quota)
        self.quotas[self.articles[which]] = quota

    def _pass_a_day(self):
        if self.shelves.now.date() < TODAY + timedelta(days=DAYS):
            self.shelves.now += timedelta(days=1)

    # --- In, out, and undone ---

    def _receive(self, key, which, units, donor, days):
        goods = self.articles[which]
        until = None if days is None else self.shelves.now.date() + timedelta(days=days)
        article = db.session.get_one(Goods, goods)
        got = self.outcome(
            lambda: moves.receive(f"in:{key}", article, units, Source.DONATION, None, donor, until)
        )
        why_not = (
            "bad_quantity"
            if not 0 < units <= 100_000
            else "expired"
            if days == -1
            else None
            if donor.strip()
            else "donor_missing"
        )
        if self.is_new(got, f"in:{key}", (goods, units, donor, until), why_not):
            self.shelves.come_in(got, goods, until, units)
            self.undoable.append((self._move(f"in:{key}"), got, units))

    def _move(self, key):
        return db.session.scalars(sa.select(StockMove.id).where(StockMove.key == key)).one()

    def _deliver(self, key, lines, invoice):
        """Lines that one supplier brought to the shop of the last one's article."""
        wanted = [(db.session.get_one(Goods, self.articles[which]), units) for which, units in lines]
        shop = wanted[-1][0].shop
        origin, asked = Origin(Source.PURCHASE, "供销社", invoice), [DeliveryLine(*line) for line in wanted]
        got = self.outcome(lambda: deliveries.take_in(f"all:{key}", shop, origin, asked, None))
        refusals = [
            "bad_quantity" if units < 1 else "unknown_goods" if goods.shop_id != shop.id else None
            for goods, units in wanted
        ]
        if any(self._came_with(invoice, shop.id)) and not any(refusals):
            refusals.append("invoice_twice")
        if self.is_new(got, f"all:{key}", (lines, invoice), next(filter(None, refusals), None)):
            moves_in = db.session.execute(
                sa.select(StockMove.id, Lot.id, Lot.goods_id, StockMove.quantity)
                .join(StockMove.lot)
                .where(Lot.delivery_id == got)
                .order_by(StockMove.id)
            ).all()
            for move, lot, goods, units in moves_in:
                self.shelves.come_in(lot, goods, None, units)
                self.undoable.append((move, lot, units))
            self.deliveries[got] = invoice, shop.id, [(move, lot, units) for move, lot, _g, units in moves_in]

    def _came_with(self, invoice, shop):
        """For each delivery to a shop with an invoice number, whether any of it was not undone."""
        for number, where, lines in self.deliveries.values():
            if number == invoice != "" and where == shop:
                yield any(move not in self.undone for move, _lot, _units in lines)

    def _undo_delivery(self, ident, reason):
        if ident is None:
            return
        delivery = db.session.get_one(Delivery, ident)
        got = self.outcome(lambda: moves.reverse_delivery(delivery, reason, Cast().manager, Cast().chair))
        left = [line for line in self.deliveries[ident][2] if line[0] not in self.undone]
        why_not = [self.shelves.why_not_undo(lot, units) for _move, lot, units in left]
        if not reason.strip() or any(why_not):
            assert got == ("reason_missing" if not reason.strip() else next(filter(None, why_not)))
            return
        assert got == ident
        for move, lot, units in left:
            undoing = sa.select(StockMove.id).where(StockMove.reverses_id == move)
            self.undone[move] = db.session.scalars(undoing).one()
            self.shelves.undo(lot, units)

    def _leave(self, ident, key, units, reason, spoilt):
        lot, verb = db.session.get_one(Lot, ident), moves.write_off if spoilt else moves.give_back
        got = self.outcome(lambda: verb(f"out:{key}", lot, units, reason, Cast().manager, Cast().chair))
        if not reason.strip():
            assert got == "reason_missing"
        elif self.is_new(got, f"out:{key}", (ident, units, spoilt), self.shelves.why_not_leave(ident, units)):
            self.shelves.leave(ident, units)
            self.undoable.append((got, ident, -units))

    def _undo(self, ident, lot, units, reason):
        move = db.session.get_one(StockMove, ident)
        got = self.outcome(lambda: moves.reverse(move, reason, Cast().manager, Cast().chair))
        why_not = self.shelves.why_not_undo(lot, units)
        if not reason.strip():
            assert got == "reason_missing"
        elif ident in self.undone or why_not:
            assert got == self.undone.get(ident, why_not)
        else:
            assert isinstance(got, int)
            self.undone[ident] = got
            self.shelves.undo(lot, units)

    # --- Between the two shops ---

    def _send(self, key, ident, to, units):
        lot, shop = db.session.get_one(Lot, ident), db.session.get_one(Shop, self.shops[to])
        got = self.outcome(lambda: consignments.send(f"sent:{key}", lot, shop, units, "", Cast().manager))
        why_not = self.shelves.why_not_send(ident, shop.id, units)
        if self.is_new(got, f"sent:{key}", (ident, to, units), why_not):
            self.shelves.send(got, ident, shop.id, units)

    def _accept(self, ident):
        sent = self.shelves.sent[ident]
        consignment = db.session.get_one(Consignment, ident)
        got = self.outcome(lambda: consignments.accept(consignment, Cast().outside_volunteer))
        if sent.arrived or sent.went_back:
            assert got == (sent.arrived or "already_answered")
        else:
            assert isinstance(got, int)
            self.shelves.arrive(ident, got)
            self.undoable.append((self._move(f"consignment:{ident}:in"), got, sent.units))

    def _send_back(self, ident):
        sent = self.shelves.sent[ident]
        consignment = db.session.get_one(Consignment, ident)
        got = self.outcome(lambda: consignments.send_back(consignment, Cast().manager))
        if sent.arrived:
            assert got == "already_answered"
        else:
            assert got == ident
            if not sent.went_back:
                self.shelves.go_back(ident)

    # --- Stock-takes ---

    def open_take(self, shop):
        return next(
            (ident for ident, take in self.shelves.takes.items() if take.shop == shop and not take.over), None
        )

    def _begin_count(self, where):
        shop = self.shops[where]
        there = self.open_take(shop)
        got = self.outcome(lambda: counts.begin_stock_take(db.session.get_one(Shop, shop), Cast().manager))
        assert isinstance(got, int)
        if there is None:
            self.shelves.begin(got, shop)
        else:
            assert got == there

    def _count(self, ident, key, which, off, ago, name):
        """What the books say, or some units off, just now or some minutes ago."""
        goods = self.articles[which]
        units = self.shelves.on_hand(goods) + off
        take, article = db.session.get_one(StockTake, ident), db.session.get_one(Goods, goods)
        began, ended = (
            (self.shelves.now + timedelta(minutes=1 - minutes) for minutes in ago) if ago else (None, None)
        )
        actor = Cast().user(name)
        got = self.outcome(lambda: counts.record_count(f"n:{key}", take, article, units, actor, began, ended))
        why_not = self.shelves.why_not_count(ident, goods, units, began, ended)
        if self.is_new(got, f"n:{key}", (ident, goods, units), why_not):
            self.shelves.count(ident, goods, units, ended, name)

    def _book(self, ident, name):
        take, actor = db.session.get_one(StockTake, ident), Cast().user(name)
        got = self.outcome(lambda: counts.book(take, actor, "问过了", Cast().chair))
        why_not = self.shelves.why_not_book(ident, name)
        if self.shelves.takes[ident].booked or not why_not:
            assert got == ident
            if not why_not:
                self.shelves.book(ident)
        else:
            assert got == why_not

    def _call_off(self, ident):
        take = db.session.get_one(StockTake, ident)
        got = self.outcome(lambda: counts.call_off(take, Cast().manager))
        if self.shelves.takes[ident].over:
            assert got == "stock_take_over"
        else:
            assert got == ident
            self.shelves.takes[ident].called_off = True

    # --- What always holds ---

    @invariant()
    def the_model_is_right(self):
        people = [db.session.get_one(Person, ident) for ident in self.people]
        assert [ledger.balance_of(person) for person in people] == self.balances
        on_hand = dict(db.session.execute(sa.select(Lot.id, Lot.on_hand)).all())
        assert on_hand == {ident: lot.units for ident, lot in self.shelves.lots.items()}

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
        """What came in is on a shelf, was handed out, is on its way, or left with a reason."""
        moved = sum(db.session.scalars(sa.select(StockMove.quantity)))
        handed_out = -sum(
            db.session.scalars(
                sa.select(StockMove.quantity).where(StockMove.kind.in_([MoveKind.REDEMPTION, MoveKind.VOID]))
            )
        )
        kept = {
            key: by_lot for key, (*_rest, by_lot, _total) in self.redemptions.items() if key not in self.voids
        }
        assert handed_out == sum(sum(by_lot.values()) for by_lot in kept.values())
        shelves = self.shelves
        assert moved == shelves.received - handed_out - shelves.gone + shelves.found - shelves.on_the_way()

    @invariant()
    def verify_agrees(self):
        """Now and then, as it takes long; and at the end."""
        self.steps += 1
        if self.steps % 10 == 0:
            assert misfits() == []


def test_nothing_is_made_or_lost(database, template, long):
    app = new_app(database.uri("history"))
    play(
        lambda: History(app, database, template),
        settings=settings(max_examples=MANY_EXAMPLES if long else EXAMPLES, stateful_step_count=STEPS),
    )
