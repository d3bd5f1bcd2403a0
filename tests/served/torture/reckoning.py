"""The database compared with what the clients wrote down: what was acknowledged is there, once and whole."""

from collections import Counter
from dataclasses import dataclass, field, fields

from sqlalchemy import func, select

from ground.db import db
from points.models import Account, Service
from shop import verify
from shop.models import Lot, Redemption
from tests.served.torture.load import BASKET, Desk, Fate, Journal, Kind


@dataclass
class Standing:
    """How it stands: tenths by worker, units on the shelves, and every key that is in the database."""

    balances: dict[int, int]
    on_hand: int
    redemptions: dict[str, bool]
    services: set[str]

    @classmethod
    def of(cls, desk: Desk) -> "Standing":
        """As it is now, of all at this desk."""
        db.session.rollback()
        voided = {done.key: done.void is not None for done in db.session.scalars(select(Redemption))}
        workers = {seat.worker for seat in desk.seats}
        accounts = db.session.scalars(select(Account).where(Account.person_id.in_(workers)))
        goods = {seat.till.goods for seat in desk.seats}
        on_hand = db.session.scalar(select(func.sum(Lot.on_hand)).where(Lot.goods_id.in_(goods)))
        services = set(db.session.scalars(select(Service.key)))
        return cls({each.person_id: each.balance for each in accounts}, on_hand, voided, services)


@dataclass
class Reckoning:
    """What came of it. All but the first three are to be nothing.

    `twice` is what was done more often than it was asked for, or against the answer that it was not done.
    """

    asked: int = 0
    faults: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    half_done: list[str] = field(default_factory=list)
    unanswered: int = 0
    broken: Counter[tuple[int, str]] = field(default_factory=Counter)

    def add(self, other: "Reckoning") -> None:
        """Sum up."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, done twice, half done, left open or broken."""
        return not (self.lost or self.twice or self.half_done or self.unanswered or self.broken)


def reckon(desk: Desk, before: Standing, journal: Journal, faults: int) -> Reckoning:
    """Compare what is there now with what was there before and what the clients know."""
    now, asked = Standing.of(desk), journal.asked
    made = {key: is_void for key, is_void in now.redemptions.items() if key not in before.redemptions}
    recorded = now.services - before.services
    done = [each for each in asked if each.fate == Fate.DONE]
    voided = {each.ident for each in done if each.kind == Kind.VOID}
    key_of = {each.ident: each.kept_key for each in asked if each.kind == Kind.REDEMPTION and each.ident}
    is_there = {
        Kind.REDEMPTION: lambda each: each.kept_key in made,
        Kind.VOID: lambda each: made.get(key_of.get(each.ident, ""), False),
        Kind.SERVICE: lambda each: each.kept_key in recorded,
    }
    lost = sum(not is_there[each.kind](each) for each in done)
    wanted = {each.kept_key for each in asked if each.fate != Fate.REFUSED and each.kind != Kind.VOID}
    unasked = len(({*made} | recorded) - wanted)
    unasked += sum(is_void for key, is_void in made.items()) - len(voided)
    # What a client knows nothing of is counted as the database has it; more than that must not be gone.
    seat_of = {each.kept_key: each.seat for each in asked}
    stands = [seat_of[key] for key, is_void in made.items() if not is_void and key in seat_of]
    spent = Counter[int]()
    for seat in stands:
        spent[seat.worker] += BASKET * seat.till.price
    for worker, balance in before.balances.items():
        unasked += balance - now.balances[worker] != spent[worker]
    unasked += before.on_hand - now.on_hand != BASKET * len(stands)
    return Reckoning(
        asked=len(asked),
        faults=faults,
        acknowledged=len(done),
        lost=lost,
        twice=unasked,
        half_done=list(verify.problems()),
        unanswered=sum(each.fate == Fate.UNKNOWN for each in asked),
        broken=journal.broken,
    )
