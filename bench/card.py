"""A card looked up by a till: whose it is, and what they can spend."""

from collections.abc import Iterator
from functools import partial

from bench.clients import request
from bench.county import Village
from bench.figures import Figure, at_least_of_floor
from bench.sites import Site, spread

OF_FLOOR = 0.6


def requests(villages: list[Village]) -> Iterator[bytes]:
    """Look-ups of cards, village after village, for ever."""
    for village, card in spread(villages):
        yield request("GET", f"/api/v1/cards/{card}", Authorization=f"Bearer {village.key}")


def measure(site: Site) -> Iterator[Figure]:
    """How many a second by four clients."""
    program, floor = site.in_turn(partial(requests, site.villages), 4)
    rates = program.asked.a_second, floor.asked.a_second
    yield Figure(
        "card by number: rate", rates[0], "a second", site.kind, rates[1], at_least_of_floor(OF_FLOOR)
    )
    yield Figure("card by number: processor", program.processor_ms, "ms", site.kind, floor.processor_ms)
