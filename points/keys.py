"""The keys under which the ledger books: each is a text of its own and says "only once".

They are made here and read back nowhere. What caused an entry is found from the cause's row, by its foreign
key. The number in a key is for what came back after the first time.
"""

from people.models import Departure, Merge, Person
from points.models import Account, Assessment, Expiry


def award(assessment: Assessment, worker: Person) -> str:
    """Of a worker's line: it is booked once."""
    return f"award:{assessment.id}:{worker.id}"


def corrected(key: str) -> str:
    """Of what a correction takes back, by the correction's own key."""
    return f"corrected:{key}"


def right(key: str) -> str:
    """Of what a correction books instead, by the correction's own key."""
    return f"correction:{key}"


def left(departure: Departure, number: int) -> str:
    """Of what lapses by a departure, the first time or a later one."""
    return f"departure:{departure.id}{_later(number)}"


def expired(expiry: Expiry, account: Account, number: int) -> str:
    """Of what lapses of an account by an expiry, the first time or a later one."""
    return f"expiry:{expiry.id}:{account.id}{_later(number)}"


def merged(merge: Merge, number: int) -> tuple[str, str]:
    """Of the two transfers by which a merge moves a balance, out and in, the first time or a later one."""
    return f"merge:{merge.id}:out{_later(number)}", f"merge:{merge.id}:in{_later(number)}"


def _later(number: int) -> str:
    return f":{number}" if number > 1 else ""
