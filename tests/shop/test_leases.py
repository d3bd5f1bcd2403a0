"""Leases among others: eight processes at once, and random days of desks, crashes, clocks and late returns.

Under a lease nothing that a desk hands out within what it holds is ever refused when it comes back, as nobody
else can take the points or the goods. After a broken lease it may be: then it waits, and is not lost.
"""

import random
from datetime import datetime, time, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as play
from sqlalchemy import func, select

from ground import clock
from ground.clock import SHANGHAI
from ground.db import db, transaction
from ground.refusal import Refused, refusal_of
from people.models import Person, User
from points import ledger
from points.assessment import assessments
from points.models import Account
from shop import verify
from shop.desk import redemptions, voids
from shop.models import Goods, Lease, LeaseEntry, Lot, Redemption, Shop, Source
from shop.offline import journal
from shop.offline.entries import read_entry
from shop.offline.holding import holding_of
from shop.shelf import leases
from shop.stock import moves
from tests.cast import TODAY, Cast, new_app
from tests.crowd import AT_ONCE
from tests.shop.offlinedesk import Browser
from tests.shop.test_conservation import misfits
from tests.shop.test_races import redeem, reverse, tally
from tests.story import everything_fits

pytestmark = pytest.mark.both_databases

MORNING = datetime.combine(TODAY, time(9), SHANGHAI)
EXAMPLES, MANY_EXAMPLES, STEPS = 2, 12, 40
SKEWS = (timedelta(), timedelta(), timedelta(), timedelta(days=2), timedelta(hours=-5), timedelta(days=-2))


# --- Eight at once ---


def take(shop_id, holder_id, public_key, person_id):
    """Take a lease; the balance and the soap that it holds."""
    lease = leases.take(db.session.get_one(Shop, shop_id), db.session.get_one(User, holder_id), public_key)
    held = holding_of(lease, 0, lambda code: code)
    [balance] = [person.balance for person in held.people if person.ident == person_id]
    return balance, sum(units for _goods, _price, units in held.shelf)


def write_off(lot_id, key):
    return moves.write_off(key, db.session.get_one(Lot, lot_id), 1, "受潮了", Cast().manager).id


def bring(lease_id, text, signature):
    lease = db.session.get_one(Lease, lease_id)
    entry = read_entry(lease, text, signature)
    outcome = journal.book(lease, entry, lease.holder)
    return outcome.redemption.id


def test_nobody_takes_anything_out_once_a_desk_holds_the_shop(cast, at_once):
    """Whatever got through before is not in what the desk holds; afterwards nothing gets through."""
    awards = [cast.earn(cast.worker, 100), cast.earn(cast.worker, 20)]
    awards = [assessments.award_of(assessment, cast.worker).id for assessment in awards]
    soap = {cast.goods.id: 1}
    debits = [
        *((redeem, f"k-{n}", cast.shop.id, cast.card.id, soap, cast.manager.id) for n in range(3)),
        *((reverse, ident, f"back-{ident}") for ident in awards),
        *((write_off, cast.lot_of(cast.goods).id, f"off-{n}" * 4) for n in range(2)),
    ]
    ends = at_once([(take, cast.shop.id, cast.volunteer.id, Browser().public_key, cast.worker.id), *debits])
    word, held = ends[0]
    assert word == "done"
    assert set(tally(ends[1:])) <= {"done", ("refused", "leased"), ("refused", "insufficient_points")}
    units = cast.on_hand(cast.goods) + cast.on_hand(cast.salt)
    assert tuple(held) == (ledger.balance_of(cast.worker), units)
    assert misfits() == []


def test_a_shop_is_given_to_one_desk(cast, at_once):
    calls = [(take, cast.shop.id, cast.volunteer.id, Browser().public_key, cast.worker.id) for _n in range(8)]
    assert tally(at_once(calls)).total() == AT_ONCE
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Lease)) == 1


def test_an_entry_that_eight_bring_at_once_is_booked_once(cast, at_once):
    cast.earn(cast.worker, 100)
    browser = Browser()
    with transaction():
        browser.take(cast.shop, cast.volunteer)
    entry = browser.hand_out(cast.card.number, {cast.goods.id: 1}, int(clock.now().timestamp()))
    ends = at_once([(bring, browser.lease.id, entry["text"], entry["signature"])] * AT_ONCE)
    assert set(tally(ends)) <= {"done", ("refused", "conflict")}
    assert len({what for word, what in ends if word == "done"}) == 1
    assert ledger.balance_of(cast.worker) == 70
    assert everything_fits()


# --- Random days ---


class Desk:
    """One device and its clock: what it holds, less what it wrote down since."""

    def __init__(self, browser, holding, lease):
        self.browser, self.until, self.last = browser, lease.until, lease.taken_at
        self.balances = {person.ident: person.balance for person in holding.people}
        self.left = {goods: units for goods, _price, units in holding.shelf}
        self.prices = {goods: price for goods, price, _units in holding.shelf}
        self.numbers = {card.person_id: card.number for card in holding.cards}
        self.out = {}  # position -> entry, who, basket, total, at
        self.is_disturbed = False  # somebody else took something out since

    def hand_out(self, who, basket, at):
        """Hand goods out as the page does, or refuse."""
        total = sum(self.prices[goods] * units for goods, units in basket.items())
        fits = all(self.left[goods] >= units for goods, units in basket.items())
        is_time = self.last <= at < self.until
        if not (self.browser.receipts and fits and is_time and total <= self.balances[who]):
            return
        entry = self.browser.hand_out(self.numbers[who], basket, int(at.timestamp()))
        self.out[self.browser.position] = entry, who, basket, total, at
        self.last = at
        self.move(who, basket, total, -1)

    def take_back(self, at):
        """Take the last one back within two minutes, as the page does."""
        position = max(self.out, default=0)
        if not position or position != self.browser.position or not self.last <= at < self.until:
            return
        entry, who, basket, total, then = self.out.pop(position)
        if at - then <= voids.UNDO_FOR:
            self.browser.take_back(entry, int(at.timestamp()))
            self.move(who, basket, total, 1)
            self.last = at

    def move(self, who, basket, total, sign):
        self.balances[who] += sign * total
        for goods, units in basket.items():
            self.left[goods] += sign * units


def written(verb, *arguments):
    """What a verb makes, in a transaction of its own."""
    with transaction():
        return verb(*arguments)


class Days(RuleBasedStateMachine):
    """A volunteer and a manager with a device each, a shop, three workers; phones get lost and turn up."""

    def __init__(self, app, databases, template):
        super().__init__()
        self.databases, self.name = databases, databases.copy(template, "days")
        self.context = app.app_context()
        self.context.push()
        cast = Cast()
        self.people = [worker.id for worker in cast.workers[:3]]
        self.soap, self.salt, self.shop = cast.goods.id, cast.salt.id, cast.shop.id
        self.now, self.steps, self.keys = MORNING, 0, 0
        self.desks = {"volunteer": None, "manager": None}
        self.gone = []  # desks whose lease is over or broken, with what they did not bring
        self.done = []  # redemptions with a network

    @initialize(amounts=st.lists(st.integers(60, 300), min_size=3, max_size=3))
    def begin(self, amounts):
        Cast().earn_each(dict(zip(self.people, amounts, strict=True)))
        self.prepare("volunteer")

    @rule(seed=st.integers(0, 2**32))
    def something_happens(self, seed):
        chance = random.Random(f"{seed} {self.steps}")
        self.steps += 1
        name, who = chance.choice(list(self.desks)), chance.choice(self.people)
        basket = {self.soap: chance.choice([1, 1, 2]), self.salt: chance.choice([0, 1, 3])}
        deeds = {
            self.prepare: (4, name),
            self.serve: (12, name, who, basket, chance.choice(SKEWS)),
            self.step_back: (2, name),
            self.bring: (6, name, chance.randint(1, 6), chance.random() < 0.3),
            self.give_back: (1, name),
            self.lose: (1, name),
            self.serve_with_network: (3, who, basket),
            self.undo_with_network: (1,),
            self.write_off: (1,),
            self.deliver: (1,),
            self.turn_up: (2, chance.random() < 0.5),
            self.wait: (3, chance.choice([1, 5, 60, 600])),
        }
        deed = chance.choices(list(deeds), [weight for weight, *_rest in deeds.values()])[0]
        note(f"{deed.__name__}{deeds[deed][1:]}")
        deed(*deeds[deed][1:])

    def outcome(self, verb, *arguments):
        """A minute later: what came of it, or the refusal's code."""
        self.now += timedelta(minutes=1)
        try:
            with clock.at(self.now), transaction():
                return verb(*arguments)
        except Refused as refusal:
            return refusal.code

    def is_held(self):
        """Whether a desk holds the shop as the server sees it."""
        lease = db.session.scalars(select(Lease).where(Lease.ended_at.is_(None))).one_or_none()
        return lease is not None and clock.now() < lease.until

    def disturb(self):
        """Something left the shop elsewhere: who holds it no more may find it gone."""
        for desk in (*self.desks.values(), *self.gone):
            if desk is not None:
                desk.is_disturbed = True

    # --- The desks ---

    def prepare(self, name):
        if self.desks[name] is not None:
            return
        with clock.at(self.now + timedelta(minutes=1)):
            is_held = self.is_held()
        browser, cast = Browser(), Cast()
        got = self.outcome(lambda: browser.take(cast.shop, cast.user(name)))
        assert got == ("leased" if is_held else None)
        if got is None:
            self.disturb()
            with clock.at(self.now):
                held = holding_of(browser.lease, 0, lambda code: code)
            self.desks[name] = Desk(browser, held, browser.lease)

    def serve(self, name, who, basket, skew):
        self.now += timedelta(minutes=1)
        if desk := self.desks[name]:
            desk.hand_out(who, {goods: units for goods, units in basket.items() if units}, self.now + skew)

    def step_back(self, name):
        if desk := self.desks[name]:
            desk.take_back(self.now)

    def bring(self, name, count, is_lost):
        """Bring some entries; where the answer is lost the desk brings them again."""
        if desk := self.desks[name]:
            self._bring(desk, count, is_lost)

    def _bring(self, desk, count, is_lost=False):
        for entry in desk.browser.journal[:count]:
            self._take_in(desk, entry)
        if not is_lost:
            del desk.browser.journal[:count]

    def _take_in(self, desk, sent):
        ident = desk.browser.lease.id
        entry = read_entry(db.session.get_one(Lease, ident), sent["text"], sent["signature"])

        def take_in(verb, *more):
            lease = db.session.get_one(Lease, ident)
            return verb(lease, entry, lease.holder, *more)

        self.now += timedelta(seconds=1)
        with clock.at(self.now):
            refusal = refusal_of(written, take_in, journal.book)
            assert refusal is None or desk.is_disturbed, f"{refusal} under a lease"
            if refusal is not None:
                written(take_in, journal.keep, refusal)

    def give_back(self, name):
        if desk := self.desks[name]:
            self._bring(desk, len(desk.browser.journal))
            ident = desk.browser.lease.id
            self.outcome(lambda: leases.give_back(db.session.get_one(Lease, ident), Cast().user(name)))
            self.desks[name] = None

    def lose(self, name):
        """The device is lost, and the chair hears of it; it goes on handing out, and turns up one day."""
        if desk := self.desks[name]:
            ident = desk.browser.lease.id
            self.outcome(
                lambda: leases.break_off(db.session.get_one(Lease, ident), "手机丢了", Cast().manager)
            )
            desk.hand_out(self.people[0], {self.soap: 1}, self.now)
            self.gone.append(desk)
            self.desks[name] = None

    def turn_up(self, is_all):
        if self.gone:
            self._bring(self.gone[-1], 100 if is_all else 1)

    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    # --- With a network ---

    def serve_with_network(self, who, basket):
        self.keys += 1
        card = Cast().card_of(db.session.get_one(Person, who))
        with clock.at(self.now + timedelta(minutes=1)):
            is_held = self.is_held()
        shop = db.session.get_one(Shop, self.shop)
        got = self.outcome(
            lambda: redemptions.redeem(f"key-{self.keys}", shop, card, basket, Cast().clerk).id
        )
        if is_held:
            assert got in ("leased", "insufficient_points", "out_of_stock")
        elif isinstance(got, int):
            self.done.append(got)
            self.disturb()

    def undo_with_network(self):
        if not self.done:
            return
        ident = self.done[-1]
        with clock.at(self.now + timedelta(minutes=1)):
            is_held = self.is_held()
        got = self.outcome(
            lambda: voids.void(db.session.get_one(Redemption, ident), "拿错了", Cast().supervisor)
        )
        if is_held and got == "leased":
            return
        self.done.pop()

    def write_off(self):
        self.keys += 1
        with clock.at(self.now + timedelta(minutes=1)):
            is_held = self.is_held()
        lots = db.session.scalars(select(Lot).where(Lot.goods_id == self.soap, Lot.on_hand > 0)).all()
        if not lots:
            return
        ident = lots[0].id
        got = self.outcome(
            lambda: (
                moves.write_off(
                    f"off-{self.keys:012}", db.session.get_one(Lot, ident), 1, "受潮了", Cast().manager
                ).id
            )
        )
        assert not is_held or got == "leased"
        if isinstance(got, int):
            self.disturb()

    def deliver(self):
        """Credits and deliveries go on, whoever holds the shop."""
        self.keys += 1
        soap = db.session.get_one(Goods, self.soap)
        got = self.outcome(
            lambda: moves.receive(f"in-{self.keys:013}", soap, 3, Source.PURCHASE, Cast().manager).id
        )
        assert isinstance(got, int)

    # --- What always holds ---

    @invariant()
    def nothing_is_below_zero(self):
        assert db.session.scalar(select(func.min(Account.balance)).where(Account.kind == "worker")) >= 0
        assert db.session.scalar(select(func.min(Lot.on_hand))) >= 0

    @invariant()
    def verify_agrees(self):
        if self.steps % 10 == 0:
            assert list(verify.problems()) == []

    def teardown(self):
        try:
            with clock.at(self.now):
                for desk in (*self.desks.values(), *self.gone):
                    if desk is not None:
                        self._bring(desk, len(desk.browser.journal))
                        stored = db.session.scalar(
                            select(func.count())
                            .select_from(LeaseEntry)
                            .where(LeaseEntry.lease_id == desk.browser.lease.id)
                        )
                        assert stored == desk.browser.position, "an entry is missing"
            assert list(verify.problems()) == []
        finally:
            db.session.remove()
            db.engine.dispose()
            self.context.pop()
            self.databases.drop(self.name)


def test_what_a_desk_hands_out_under_a_lease_is_never_refused(database, template, long):
    app = new_app(database.uri("days"))
    play(
        lambda: Days(app, database, template),
        settings=settings(max_examples=MANY_EXAMPLES if long else EXAMPLES, stateful_step_count=STEPS),
    )
