"""What became of points: which entries of an account spent what an earlier one brought, first in, first out.

Nothing of it is kept: points are all alike, and only the order of an account's entries says which were spent.
"""

from points.spending.allocation import AccountEntry, Allocation, Part, first_in_first_out
from points.spending.tracing import Trace, TracedPart, merged_from, trace

__all__ = [
    "AccountEntry",
    "Allocation",
    "Part",
    "Trace",
    "TracedPart",
    "first_in_first_out",
    "merged_from",
    "trace",
]
