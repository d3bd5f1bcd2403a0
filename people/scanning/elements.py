"""GS1 element strings: what stands in the larger codes on cartons and fresh goods, one piece after the other.

Each piece begins with an application identifier: 01 the article, 15 and 17 the last good day.
How long a piece is says the table of the GS1 General Specifications (predefined lengths by the first two
digits); any other goes on to the separator or the end. The scripts read them in the same way:
static/scanning/elements.js.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date

SEPARATOR = "\x1d"  # FNC1, as scanners send it

# Characters with the identifier, by its first two digits.
_LENGTHS = {
    **{"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16},
    **{f"{first}": 8 for first in range(11, 20)},
    **{f"{first}": 10 for first in range(31, 37)},
}
_IN_BRACKETS = re.compile(r"\(([0-9]{2})([0-9]{0,2})\)([^()]+)")
_DAY = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])")


def read_elements(text: str) -> dict[str, str] | None:
    """The pieces of a text by the first two digits of their identifier; None if it is no element string.

    As they are printed, (01)…(15)…, or as they are sent, with separators.
    """
    if text.startswith("("):
        pieces = list(_IN_BRACKETS.finditer(text))
        is_whole = sum(len(piece[0]) for piece in pieces) == len(text)
        return {piece[1]: piece[2] + piece[3] for piece in pieces} if is_whole else None
    elements: dict[str, str] = {}
    while text := text.lstrip(SEPARATOR):
        first = text[:2]
        length = _LENGTHS.get(first) or (text + SEPARATOR).index(SEPARATOR)
        piece = text[:length]
        if not re.fullmatch(r"[0-9]{2}", first) or len(piece) < max(length, 3) or SEPARATOR in piece:
            return None
        elements[first] = piece[2:]
        text = text[length:]
    return elements


def last_good_day(elements: Mapping[str, str]) -> date | None:
    """The day until which goods are good: of 15 (best before) and 17 (expiry) the earlier, or None.

    Where no day is printed (00), it is the last one of the month.
    """
    days = [_day(elements[identifier]) for identifier in ("15", "17") if identifier in elements]
    return min(filter(None, days), default=None)


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if not match:
        return None
    year, month, day = 2000 + int(match[1]), int(match[2]), int(match[3])
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None
