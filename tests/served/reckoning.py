"""The database compared with what the clients wrote down: what was acknowledged is there, once and whole."""

from collections import Counter
from dataclasses import dataclass, field, fields

from sqlalchemy import select

from ground.db import db
from points import ledger
from points.models import Service
from shop.desk import verify
from shop.models import Redemption
from tests.served.house import House
from tests.served.load import BASKET, Fate, Journal, Kind

PRICE = 25  # tenths for a bag of salt


@dataclass
class Standing:
    """How a house stands: tenths by worker, bags of salt, and every key that is in the database."""

    balances: dict[int, int]
    salt: int
    redemptions: dict[str, bool]
    services: set[str]

    @classmethod
    def of(cls, house: House) -> "Standing":
        """As it is now."""
        db.session.rollback()
        voided = {done.key: done.void is not None for done in db.session.scalars(select(Redemption))}
        balances = {worker.id: ledger.balance_of(worker) for worker in house.cast.workers}
        services = set(db.session.scalars(select(Service.key)))
        return cls(balances, house.cast.on_hand(house.cast.salt), voided, services)


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


def reckon(house: House, before: Standing, journal: Journal, faults: int) -> Reckoning:
    """Compare what is there now with what was there before and what the clients know."""
    now, asked = Standing.of(house), journal.asked
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
    worker_of = {each.kept_key: each.worker for each in asked}
    spent = Counter(worker_of[key] for key, is_void in made.items() if not is_void and key in worker_of)
    workers = [worker.id for worker in house.cast.workers]
    for number, ident in enumerate(workers):
        unasked += before.balances[ident] - now.balances[ident] != PRICE * spent[number]
    unasked += before.salt - now.salt != BASKET * spent.total()
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
