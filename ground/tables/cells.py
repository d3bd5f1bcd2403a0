"""One cell of a table: from what a file holds to a clean value, or the reason why not.

Each converter returns None for an empty cell and raises Refused `bad_cell` with a reason that a clerk can
act on. Which row and column it was, the caller says.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _

from ground import days
from ground.days import DayRange
from ground.figures import NO_IDENTITY_NUMBER, has_identity_number, narrow
from ground.names import INVISIBLE, folded, kept, tidy
from ground.refusal import Refused

Cell = str | int | float | datetime | date | time | timedelta | None
Meaning = TypeVar("Meaning")

# Day 0 of Excel's calendar; files from old Macs count from 1904, their table says so.
EPOCH = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
YEAR_RANGE = (1900, 2100)
# Excel keeps 15 digits of a number; from here on the last ones are made up.
FIRST_ROUNDED_NUMBER = 10**15
UNBOUNDED_CHARACTERS = 10**6
# What stands for a formula that was never worked out; Excel itself shows this for some of its errors.
UNCALCULATED = "#CALC!"

ERROR = re.compile(r"#(?:N/A|[A-Z]+[/A-Z0-9_]*[!?])")
# A code that some program took for a number before it wrote a text table: 6.0 for 006.
NUMBER_AS_TEXT = re.compile(r"\s*([0-9]+)\.0+\s*")
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")

WHOLE = re.compile(
    r"(-?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}))(?:\.0+)?\s*[户口人名个年岁月天次件份元分]?"
)
MONTH = "(?:0?[1-9]|1[0-2])"
CLOCK = r"(?:[T\s]\s*[0-9]{1,2}:[0-9]{2}.*)?"
DAY = re.compile(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?"
    + CLOCK
    + r"|([0-9]{4})([0-9]{2})([0-9]{2})"
)
DAY_MISSING = re.compile(r"[0-9]{4}\s*(?:[-/.年]\s*(?:[0-9]{1,2}\s*月?)?)?|[0-9]{6}")
SHORT_YEAR = re.compile(r"[0-9]{2}\s*(?:年|[-/.年]\s*[0-9]{1,2}\s*(?:[-/.月]\s*(?:[0-9]{1,2}\s*[日号]?)?)?)?")
SERIAL = re.compile("[0-9]{5}")
YEAR = re.compile(
    rf"([0-9]{{4}})\s*(?:年?(?:出?生)?|[-/.年]\s*{MONTH}\s*(?:月|[-/.月]\s*[0-9]{{1,2}}\s*[日号]?{CLOCK})?"
    r"|(?:0[1-9]|1[0-2])(?:[0-9]{2})?)"
)


def bad_cell(reason: Any) -> Refused:
    """The refusal `bad_cell` of a cell, with the reason in words."""
    return Refused("bad_cell", reason)


def was_number(value: Cell) -> bool:
    """Whether the file holds a number here, so that a code may have lost its first zeros."""
    if isinstance(value, str):
        return NUMBER_AS_TEXT.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_visible(value: str) -> bool:
    """Whether a text has any character that can be seen."""
    return bool(INVISIBLE.sub("", value).strip()) if value else False


def looks_like_formula(value: str) -> bool:
    """Whether a spreadsheet could take a text for a formula (OWASP, “CSV Injection”)."""
    return FORMULA.match(value) is not None


def text(value: Cell, longest: int) -> str | None:
    """A text on one line, with single spaces and no invisible characters, of at most `longest` characters.

    A number has lost the “.0” that Excel gave it, a text the apostrophe that kept it from being a
    formula.
    """
    words = _tidy(value)
    if words.startswith("'") and looks_like_formula(words):
        words = words[1:]
    return _check_length(words, longest)


def name(value: Cell, longest: int) -> str | None:
    """A person's name, without spaces between Chinese characters (张　三), its dot always “·”."""
    return _check_length(kept(text(value, UNBOUNDED_CHARACTERS) or ""), longest)


def code(value: Cell, longest: int) -> str | None:
    """A code of letters, digits and dashes as it is written, without spaces and full-width forms.

    Refused if Excel has rounded it or made a date of it. `was_number` says whether it may have lost its
    first zeros.
    """
    typed = _narrow_text(value).lstrip("'")
    if SCIENTIFIC.fullmatch(typed):
        raise bad_cell(_("Excel has rounded this number. Format the column as text and type it again."))
    number = NUMBER_AS_TEXT.fullmatch(typed)
    return _check_length(number[1] if number else typed, longest)


def digits(value: Cell, longest: int) -> str | None:
    """A code of digits alone, as text: 532323101001.0 is "532323101001"."""
    number = code(value, longest)
    if number is not None and not (number.isascii() and number.isdecimal()):
        raise bad_cell(_("Only digits belong here."))
    return number


def phone(value: Cell) -> str | None:
    """A telephone number in digits: 11 for a mobile, 5 to 12 for others; +86 in front is dropped."""
    number = re.sub(r"[-()]", "", code(value, UNBOUNDED_CHARACTERS) or "")
    number = re.sub(r"^(?:\+|00)86(?=[0-9])|^86(?=1[0-9]{10}$)", "", number)
    if not number:
        return None
    mobile = re.fullmatch("1[3-9][0-9]{9}", number)
    other = re.fullmatch("(?!1[3-9][0-9]{7})[0-9]{5,12}", number)
    if not mobile and not other:
        raise bad_cell(
            _("Write one telephone number: 11 digits for a mobile, or a landline with its area code.")
        )
    return number


def whole(value: Cell, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`, also from 8.0, "８" or "8户"."""
    typed = narrow(_tidy(value))
    if not typed:
        return None
    match = WHOLE.fullmatch(typed)
    if match is None:
        raise bad_cell(_("Write a whole number, like 8."))
    number = int(match[1].replace(",", ""))
    if not low <= number <= high:
        raise bad_cell(_("The number must be from %(low)s to %(high)s.", low=low, high=high))
    return number


def day(value: Cell, epoch: date, within: DayRange = days.ANY) -> date | None:
    """A day within a range (of itself: 1950 to 2100), from Excel's date, a bare number or a text.

    A bare number counts from the table's `epoch`. Understood are 2026-01-05, 2026/1/5, 2026.1.5,
    2026年1月5日 and 20260105; a time behind it is dropped.
    """
    parsed = _day(value, epoch)
    if parsed is not None:
        try:
            within.check(parsed)
        except Refused as refusal:
            raise bad_cell(refusal.message) from refusal
    return parsed


def year(value: Cell, epoch: date) -> int | None:
    """A year between 1900 and 2100: alone (1961, "1961年"), or that of a month or day in any form.

    A bare number of five digits is a day that counts from the table's `epoch`.
    """
    if isinstance(value, date):
        # 1961, typed where Excel expects a date, is the 1961st day of its calendar: some day in 1905.
        if YEAR_RANGE[0] <= value.toordinal() - epoch.toordinal() <= YEAR_RANGE[1]:
            raise bad_cell(_("Excel has made a date of this. Format the column as text and type it again."))
        number = value.year
    else:
        typed = _calendar_text(value)
        if not typed:
            return None
        if SERIAL.fullmatch(typed):
            number = _day_of_serial(typed, epoch).year
        elif match := YEAR.fullmatch(typed):
            number = int(match[1])
        elif SHORT_YEAR.fullmatch(typed):
            raise bad_cell(_("Write the year with four digits."))
        else:
            raise bad_cell(_("Write the year like 1961."))
    if not YEAR_RANGE[0] <= number <= YEAR_RANGE[1]:
        raise bad_cell(_("The year must be from %(low)s to %(high)s.", low=YEAR_RANGE[0], high=YEAR_RANGE[1]))
    return number


def choice(value: Cell, words: Mapping[str, Meaning]) -> Meaning | None:
    """The meaning of the word in the cell; a refusal names the first word for each meaning."""
    typed = folded(_tidy(value))
    if not typed:
        return None
    for word, meaning in words.items():
        if folded(word) == typed:
            return meaning
    raise bad_cell(_("Write one of these: %(words)s", words="、".join(first_words(words).values())))


def first_words(words: Mapping[str, Meaning]) -> dict[Meaning, str]:
    """The first word for each meaning: the one that is written out and that a refusal names."""
    firsts: dict[Meaning, str] = {}
    for word, meaning in words.items():
        firsts.setdefault(meaning, word)
    return firsts


def cell_text(value: Cell) -> str:
    """The text of a raw cell. Refused `bad_cell` for an error, a rounded number or a date.

    So is the number of an identity card, in whatever column: none is kept.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if ERROR.fullmatch(value.strip()):
            raise bad_cell(
                _("Excel shows an error here, or a formula it has not worked out. Type the value itself.")
            )
        if has_identity_number(value):
            raise bad_cell(NO_IDENTITY_NUMBER)
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if not abs(value) < FIRST_ROUNDED_NUMBER:
            raise bad_cell(_("Excel has rounded this number. Format the column as text and type it again."))
        return str(int(value)) if value == int(value) else format(value, ".15g")
    raise bad_cell(_("Excel has made a date of this. Format the column as text and type it again."))


def _tidy(value: Cell) -> str:
    """The text of a raw cell, tidied."""
    return tidy(cell_text(value))


def _narrow_text(value: Cell) -> str:
    """The text of a raw cell in narrow forms, without any space."""
    return narrow(_tidy(value)).replace(" ", "")


def _check_length(words: str, longest: int) -> str | None:
    if len(words) > longest:
        raise bad_cell(_("This is too long: at most %(count)s characters.", count=longest))
    return words or None


def _calendar_text(value: Cell) -> str:
    """The text of a raw cell about a day or a year, in narrow forms."""
    return narrow(_tidy(value))


def _day_of_serial(serial: str, epoch: date) -> date:
    return epoch + timedelta(days=int(serial))


def _day(value: Cell, epoch: date) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    typed = _calendar_text(
        int(value) if isinstance(value, float) and abs(value) < FIRST_ROUNDED_NUMBER else value
    )
    if not typed:
        return None
    if SERIAL.fullmatch(typed):
        return _day_of_serial(typed, epoch)
    if match := DAY.fullmatch(typed):
        try:
            return date(*(int(part) for part in match.groups() if part))
        except ValueError:
            raise bad_cell(_("There is no such day.")) from None
    if DAY_MISSING.fullmatch(typed):
        raise bad_cell(_("Which day? Write it like 2026-01-05."))
    if SHORT_YEAR.fullmatch(typed):
        raise bad_cell(_("Write the year with four digits."))
    raise bad_cell(_("Write the day like 2026-01-05."))
