"""What Excel means by its addresses and numbers: columns in letters, days counted from an epoch."""

import re
from datetime import date, datetime, time, timedelta

from ground.tables.cells import EPOCH, Cell

LAST_COLUMN = 2**14  # XFD

# The formats of days and times that no file spells out, those of Excel's Chinese too (ECMA-376, 18.8.30).
UNSPELT_DATE_FORMATS = {*range(14, 23), *range(45, 48), *range(27, 37), *range(50, 59)}
# In a format: quoted words, signs after a backslash, gaps as wide as a sign, colours in brackets.
_NO_PLACE = re.compile(r'"[^"]*"|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_ADDRESS = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?", re.IGNORECASE)


def column_letters(number: int) -> str:
    """The letters of a column, counted from 1: A, …, Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The column that has these letters, counted from 1; ValueError beyond the last one."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    if not 0 < number <= LAST_COLUMN:
        raise ValueError(letters)
    return number


def cell_range(address: str) -> tuple[int, int, int, int]:
    """The left, top, right and bottom of a range like B2:C9, counted from 1; ValueError if it is none."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(address)
    left, top, right, bottom = found.groups()
    first = column_number(left.upper()), int(top)
    return (*first, column_number(right.upper()), int(bottom)) if right else first * 2


def shows_date(code: str) -> bool:
    """Whether a format shows a day or a time; what it says of positive numbers decides."""
    places = _NO_PLACE.sub("", code.partition(";")[0])
    return re.search("[dmhys]", places, re.IGNORECASE) is not None


def moment_of(number: float, epoch: date) -> datetime | time:
    """The moment that a number means, to the millisecond; a time of day below 1. OverflowError, ValueError.

    Excel's calendar has a 29th of February 1900: before it the days count from one later.
    """
    days, part = divmod(number, 1)
    of_day = timedelta(milliseconds=round(part * 86_400_000))
    if 0 <= number < 1 and not of_day.days:
        return (datetime.combine(epoch, time()) + of_day).time()
    if 0 < number < 60 and epoch == EPOCH:
        days += 1
    return datetime.combine(epoch, time()) + timedelta(days=days) + of_day


def written_moment(text: str) -> Cell:
    """The moment, day or time that is written as ISO 8601 has it; ValueError for anything else."""
    if ":" not in text:
        return datetime.combine(date.fromisoformat(text), time())
    return datetime.fromisoformat(text.rstrip("Z")) if "-" in text else time.fromisoformat(text)
