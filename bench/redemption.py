"""A redemption over HTTP: two articles against a card, by a till with a device's key."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

from bench.clients import request
from bench.county import Village
from bench.figures import Figure, Goal, at_least_of_floor, at_most
from bench.sites import Site, Turn, spread
from ground.db import db
from shop import verify

EACH = "a second"
PATH = "/api/v1/redemptions"
OF_FLOOR = 0.5
PROCESSOR_MS, P95_MS = 6, 60
WORST_MS = {"sqlite": 250}


def requests(villages: list[Village]) -> Iterator[bytes]:
    """Redemptions on the cards of these villages, each with a key of its own, for ever."""
    chance = random.Random()
    for village, card in spread(villages):
        items = [{"goods": goods, "quantity": 1} for goods in chance.sample(village.goods, 2)]
        headers = {"Authorization": f"Bearer {village.key}", "Idempotency_Key": uuid4().hex}
        yield request("POST", PATH, {"card": card, "items": items}, **headers)


def measure(site: Site) -> Iterator[Figure]:
    """How many a second by four clients and by sixteen, over the county and in one shop."""
    as_filled = set(verify.problems())  # awards that no assessment booked
    for clients in (4, 16):
        yield from _over_the_county(site, clients)
    for clients in (4, 16):
        program, floor = site.in_turn(partial(requests, site.villages[:1]), clients)
        rates = program.asked.a_second, floor.asked.a_second
        yield Figure(f"redemption, {clients} clients in one shop: rate", rates[0], EACH, site.kind, rates[1])
    db.session.rollback()
    if bad := set(verify.problems()) - as_filled:  # the floor's too: it does what the program does
        raise RuntimeError("\n".join(sorted(bad)[:10]))


def _over_the_county(site: Site, clients: int) -> Iterator[Figure]:
    program, floor = site.in_turn(partial(requests, site.villages), clients)

    def figure(which: str, of: Callable[[Turn], float], unit: str, goal: Goal | None = None) -> Figure:
        name = f"redemption, {clients} clients: {which}"
        return Figure(name, of(program), unit, site.kind, of(floor), goal)

    p95 = at_most(P95_MS) if clients == 4 else None
    worst = at_most(WORST_MS[site.kind]) if site.kind in WORST_MS else None
    yield figure("rate", lambda turn: turn.asked.a_second, EACH, at_least_of_floor(OF_FLOOR))
    yield figure("processor", lambda turn: turn.processor_ms, "ms", at_most(PROCESSOR_MS))
    if site.database_process:
        yield figure("database's processor", lambda turn: turn.database_ms, "ms")
    yield figure("p50", lambda turn: turn.asked.median, "ms")
    yield figure("p95", lambda turn: turn.asked.slower_than(0.95), "ms", p95)
    yield figure("worst", lambda turn: turn.asked.slower_than(1), "ms", worst)
