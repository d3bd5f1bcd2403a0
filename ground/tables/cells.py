"""One cell: from what a file holds to a clean value, or the reason why not.

Each converter returns None for an empty cell and raises Refused `bad_cell` with a reason that a clerk
can act on. Which row and column it was, the caller says.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _

from ground.refusal import Refused

Cell = str | int | float | datetime | date | time | timedelta | None
Meaning = TypeVar("Meaning")

# Day 0 of Excel's calendar; files from old Macs count from 1904, their table says so.
EPOCH = date(1899, 12, 30)
DAYS = (date(1950, 1, 1), date(2100, 12, 31))
YEARS = (1900, 2100)
# Excel keeps 15 digits of a number; from here on the last ones are made up.
ROUNDED = 10**15
UNBOUNDED = 10**6
# What stands for a formula that was never worked out; Excel itself shows this for some of its errors.
UNKNOWN = "#CALC!"

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
ERROR = re.compile(r"#(?:N/A|[A-Z]+[/A-Z0-9_]*[!?])")
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
DASHES = re.compile("[\u2010-\u2015\u2212]")
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
BETWEEN_HAN = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")
MIDDLE_DOTS = re.compile(r"\s*[·•‧・∙]\s*")
BRACKETS = str.maketrans("[{【〔〖]}】〕〗", "((((()))))")

WHOLE = re.compile(
    r"(-?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}))(?:\.0+)?\s*[户人名个年岁月天次件份元分]?"
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


def bad(reason: Any) -> Refused:
    """The refusal of a cell, with the reason in words."""
    return Refused("bad_cell", reason)


def was_number(value: Cell) -> bool:
    """Whether the file holds a number here: of a code, zeros in front may have been lost."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def visible(value: str) -> bool:
    """Whether there is anything to see in a text."""
    return bool(INVISIBLE.sub("", value).strip()) if value else False


def looks_like_formula(value: str) -> bool:
    """Whether a spreadsheet could take a text for a formula (OWASP, “CSV Injection”)."""
    return FORMULA.match(value) is not None


def comparable(value: str) -> str:
    """What two words are compared by: width, spaces, kind of bracket and capitals do not count."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", value)).casefold()
    return "".join(folded.split()).translate(BRACKETS)


def tidy(written: str) -> str:
    """A text on one line, with single spaces and nothing invisible."""
    seen = CONTROL.sub("", INVISIBLE.sub("", written))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def text(value: Cell, longest: int) -> str | None:
    """Words on one line, with single spaces and nothing invisible, of at most `longest` characters.

    A number has lost the “.0” that Excel gave it, a text the apostrophe that kept it from being a formula.
    """
    said = _tidy(value)
    if said.startswith("'") and looks_like_formula(said):
        said = said[1:]
    return _fitting(said, longest)


def name(value: Cell, longest: int) -> str | None:
    """A person's name: a text without the spaces that widen 张　三 to three signs, its dot always “·”."""
    closed = BETWEEN_HAN.sub("", text(value, UNBOUNDED) or "")
    return _fitting(MIDDLE_DOTS.sub("·", closed), longest)


def code(value: Cell, longest: int) -> str | None:
    """A code of letters, digits and dashes as it is written, without spaces and full-width forms.

    Refused if Excel has rounded it or made a date of it; whether it lost zeros in front, `was_number` hints.
    """
    folded = _folded(value).lstrip("'")
    if SCIENTIFIC.fullmatch(folded):
        raise bad(_("Excel has rounded this number. Format the column as text and type it again."))
    return _fitting(folded, longest)


def digits(value: Cell, longest: int) -> str | None:
    """A code of digits alone, as text: 532323101001.0 is "532323101001"."""
    found = code(value, longest)
    if found is not None and not (found.isascii() and found.isdecimal()):
        raise bad(_("Only digits belong here."))
    return found


def phone(value: Cell) -> str | None:
    """A telephone number in digits alone: 11 for a mobile, 5 to 12 for others; +86 in front is dropped."""
    number = re.sub(r"[-()]", "", code(value, UNBOUNDED) or "")
    number = re.sub(r"^(?:\+|00)86(?=[0-9])|^86(?=1[0-9]{10}$)", "", number)
    if not number:
        return None
    mobile = re.fullmatch("1[3-9][0-9]{9}", number)
    other = re.fullmatch("(?!1[3-9][0-9]{7})[0-9]{5,12}", number)
    if not mobile and not other:
        raise bad(_("Write one telephone number: 11 digits for a mobile, or a landline with its area code."))
    return number


def whole(value: Cell, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`, also from 8.0, "８" or "8户"."""
    written = unicodedata.normalize("NFKC", _tidy(value))
    if not written:
        return None
    found = WHOLE.fullmatch(written)
    if found is None:
        raise bad(_("Write a whole number, like 8."))
    number = int(found[1].replace(",", ""))
    if not low <= number <= high:
        raise bad(_("The number must be from %(low)s to %(high)s.", low=low, high=high))
    return number


def day(value: Cell, epoch: date = EPOCH) -> date | None:
    """A day between 1950 and 2100: Excel's date, its bare number counted from the table's `epoch`, or a text.

    Understood are 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日 and 20260105; a time behind it is dropped.
    """
    found = _day(value, epoch)
    if found is not None and not DAYS[0] <= found <= DAYS[1]:
        raise bad(_("The day must be from %(low)s to %(high)s.", low=DAYS[0], high=DAYS[1]))
    return found


def year(value: Cell, epoch: date = EPOCH) -> int | None:
    """A year between 1900 and 2100: alone (1961, "1961年"), or the one of a month or a day in any form."""
    if isinstance(value, date):
        # 1961, typed where Excel expects a date, is the 1961st day of its calendar: some day in 1905.
        if YEARS[0] <= value.toordinal() - epoch.toordinal() <= YEARS[1]:
            raise bad(_("Excel has made a date of this. Format the column as text and type it again."))
        number = value.year
    else:
        written = _calendar(value)
        if not written:
            return None
        if SERIAL.fullmatch(written):
            number = _nth(written, epoch).year
        elif found := YEAR.fullmatch(written):
            number = int(found[1])
        elif SHORT_YEAR.fullmatch(written):
            raise bad(_("Write the year with four digits."))
        else:
            raise bad(_("Write the year like 1961."))
    if not YEARS[0] <= number <= YEARS[1]:
        raise bad(_("The year must be from %(low)s to %(high)s.", low=YEARS[0], high=YEARS[1]))
    return number


def choice(value: Cell, words: Mapping[str, Meaning]) -> Meaning | None:
    """What the word in the cell means; the first word for each meaning is the one a refusal names."""
    written = comparable(_tidy(value))
    if not written:
        return None
    for word, meaning in words.items():
        if comparable(word) == written:
            return meaning
    raise bad(_("Write one of these: %(words)s", words="、".join(first_words(words).values())))


def first_words(words: Mapping[str, Meaning]) -> dict[Meaning, str]:
    """For each meaning the first of its words: the one that is written out, and that a refusal names."""
    firsts: dict[Meaning, str] = {}
    for word, meaning in words.items():
        firsts.setdefault(meaning, word)
    return firsts


def _written(value: Cell) -> str:
    """What a cell says, as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        if ERROR.fullmatch(value.strip()):
            raise bad(
                _("Excel shows an error here, or a formula it has not worked out. Type the value itself.")
            )
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if not abs(value) < ROUNDED:
            raise bad(_("Excel has rounded this number. Format the column as text and type it again."))
        return str(int(value)) if value == int(value) else format(value, ".15g")
    raise bad(_("Excel has made a date of this. Format the column as text and type it again."))


def _tidy(value: Cell) -> str:
    """What a cell says, tidied."""
    return tidy(_written(value))


def _folded(value: Cell) -> str:
    """What a cell says, in narrow forms and without any space."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", _tidy(value))).replace(" ", "")


def _fitting(said: str, longest: int) -> str | None:
    if len(said) > longest:
        raise bad(_("This is too long: at most %(count)s characters.", count=longest))
    return said or None


def _calendar(value: Cell) -> str:
    """What a cell says about a day or a year, in narrow forms."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", _tidy(value)))


def _nth(written: str, epoch: date) -> date:
    return epoch + timedelta(days=int(written))


def _day(value: Cell, epoch: date) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    written = _calendar(int(value) if isinstance(value, float) and abs(value) < ROUNDED else value)
    if not written:
        return None
    if SERIAL.fullmatch(written):
        return _nth(written, epoch)
    if found := DAY.fullmatch(written):
        try:
            return date(*(int(part) for part in found.groups() if part))
        except ValueError:
            raise bad(_("There is no such day.")) from None
    if DAY_MISSING.fullmatch(written):
        raise bad(_("Which day? Write it like 2026-01-05."))
    if SHORT_YEAR.fullmatch(written):
        raise bad(_("Write the year with four digits."))
    raise bad(_("Write the day like 2026-01-05."))
