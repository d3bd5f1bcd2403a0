"""Points are integers in tenths: 一分 = 10. They are never a float."""

import re
from decimal import Decimal

from flask_babel import lazy_gettext as _

from ground.figures import narrow
from ground.refusal import Refused

# Far above anything a village awards or prices, far below what a column holds.
LARGEST_TENTHS = 1_000_000

_POINTS_PATTERN = re.compile(r"([+-]?)(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d)0*)?", re.ASCII)


def show(tenths: int) -> str:
    """Tenths of a point as people write them, with at most one decimal: 35 is "3.5", 30 is "3"."""
    sign = "-" if tenths < 0 else ""
    whole, tenth = divmod(abs(tenths), 10)
    return f"{sign}{whole}.{tenth}" if tenth else f"{sign}{whole}"


def as_number(tenths: int) -> Decimal:
    """Tenths of a point as the number that a spreadsheet adds up, with one decimal: 35 is 3.5."""
    return Decimal(tenths).scaleb(-1)


def signed(tenths: int) -> str:
    """Tenths of a point with their sign, a plus too: 20 is "+2"."""
    return f"+{show(tenths)}" if tenths > 0 else show(tenths)


def parse(text: str) -> int:
    """Read points as typed ("3", "3.5", "3.50", "1,000", in any width) into tenths.

    Refused `bad_amount` for more than one decimal or anything that is no number, and
    `amount_too_large` beyond 100,000 points either way.
    """
    match = _POINTS_PATTERN.fullmatch(narrow(text))
    if match is None:
        raise Refused("bad_amount", _("Write points as a number with at most one decimal, like 3.5."))
    sign, whole, tenth = match.groups()
    tenths = int(whole.replace(",", "")) * 10 + int(tenth or 0)
    if tenths > LARGEST_TENTHS:
        raise Refused("amount_too_large", _("That is more points than the ledger takes at once."))
    return -tenths if sign == "-" else tenths
