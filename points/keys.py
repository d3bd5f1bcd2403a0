"""The ledger's keys: each is made of what caused a transfer, so that the same cause books once.

They are made here and read back nowhere. What caused an entry is found from the cause's row, by its foreign
key. The number in a key is for what came back after the first time.
"""

from people.models import Departure, Merge, Person
from points.models import Account, Assessment, Expiry, OpeningLine


def award_key(assessment: Assessment, worker: Person) -> str:
    """The key that books a worker's line: a line is booked once."""
    return f"award:{assessment.id}:{worker.id}"


def opening_key(line: OpeningLine) -> str:
    """The key that books an opening balance: a line is booked once."""
    return f"opening:{line.id}"


def opening_reversal_key(line: OpeningLine) -> str:
    """The key that takes a booked opening balance back."""
    return f"opening:{line.id}:back"


def correction_reversal_key(key: str) -> str:
    """The key that takes back what a correction puts right, by the correction's own key."""
    return f"corrected:{key}"


def correction_key(key: str) -> str:
    """The key that books what is right instead, by the correction's own key."""
    return f"correction:{key}"


def departure_lapse_key(departure: Departure, number: int) -> str:
    """The key of what lapses by a departure, the first time or a later one."""
    return f"departure:{departure.id}{_number_suffix(number)}"


def expiry_lapse_key(expiry: Expiry, account: Account, number: int) -> str:
    """The key of what lapses of an account by an expiry, the first time or a later one."""
    return f"expiry:{expiry.id}:{account.id}{_number_suffix(number)}"


def merge_keys(merge: Merge, number: int) -> tuple[str, str]:
    """The keys of the two transfers by which a merge moves a balance, out and in.

    The first time or a later one.
    """
    return f"merge:{merge.id}:out{_number_suffix(number)}", f"merge:{merge.id}:in{_number_suffix(number)}"


def _number_suffix(number: int) -> str:
    return f":{number}" if number > 1 else ""
