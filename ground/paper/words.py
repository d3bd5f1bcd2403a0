"""Words that all documents share: days, quarters, grouped numbers, the note on missing characters."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from ground.clock import Month, Quarter, local
from ground.paper.fonts import face_of

# More than any honest text misses; the note must stay a note.
MOST_CODES = 24

# From here on a number stays in figures: nobody reads it aloud, and it has no more names.
NOBODY_MEANS = 10**12


def day(on: date) -> str:
    """A date as people write it: 2026年11月23日."""
    return str(_("%(year)d-%(month)02d-%(day)02d", year=on.year, month=on.month, day=on.day))


def moment(at: datetime) -> str:
    """A moment on a clock in Asia/Shanghai, to the minute: 2026年11月23日 15:04."""
    return f"{day(local(at).date())} {local(at):%H:%M}"


def weekday(number: int) -> str:
    """A day of the week, 1 Monday to 7 Sunday: 星期一."""
    return str(get_day_names(locale=get_locale())[number - 1])


def quarter(which: Quarter) -> str:
    """A quarter as people write it: 2026年第四季度."""
    names = (
        _("first quarter of %(year)d", year=which.year),
        _("second quarter of %(year)d", year=which.year),
        _("third quarter of %(year)d", year=which.year),
        _("fourth quarter of %(year)d", year=which.year),
    )
    return str(names[which.number - 1])


def month(which: Month) -> str:
    """A month as people write it: 2026年11月."""
    return str(_("%(year)d-%(month)02d", year=which.year, month=which.number))


def figure_in_words(number: int) -> str:
    """A number as it is read aloud, so that a sign too many is heard: 999 is 九百九十九."""
    if number >= NOBODY_MEANS:
        return str(number)
    return _in_chinese(number) if get_locale().language == "zh" else _in_english(number)


def money_in_capitals(fen: int) -> str:
    """An amount as vouchers write it, in figures that no stroke turns into others: 人民币壹拾贰元伍角整."""
    yuan, rest = divmod(abs(fen), 100)
    if yuan >= NOBODY_MEANS:
        return f"{yuan}.{rest:02d}"
    jiao, odd = divmod(rest, 10)
    text = f"{_spelt(yuan).translate(_CAPITALS)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_CAPITAL_FIGURES[jiao]}角"
    elif odd and yuan:
        text += "零"
    text += f"{_CAPITAL_FIGURES[odd]}分" if odd else "整"
    return f"人民币{'负' if fen < 0 else ''}{text}"


_CAPITAL_FIGURES = "零壹贰叁肆伍陆柒捌玖"
_CAPITALS = str.maketrans("一二三四五六七八九十百千", f"{_CAPITAL_FIGURES[1:]}拾佰仟")


def _in_chinese(number: int) -> str:
    """A number of at most twelve figures in Chinese, as it is said: 10050 is 一万零五十, 12 is 十二."""
    text = _spelt(number)
    return text.removeprefix("一") if text.startswith("一十") else text


def _spelt(number: int) -> str:
    """The same with each figure said: 12 is 一十二."""
    figures, text = str(number), ""
    for place, figure in enumerate(figures):
        left = len(figures) - place - 1  # figures behind it
        if figure != "0":
            text += "零一二三四五六七八九"[int(figure)] + ("", "十", "百", "千")[left % 4]
        elif not text.endswith("零"):
            text += "零"
        if left % 4 == 0:
            text = text.rstrip("零") + (
                ("", "万", "亿")[left // 4] if int(number // 10**left % 10**4) else ""
            )
    return text.rstrip("零") or "零"


_ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _in_english(number: int) -> str:
    """A number below a million million in English: 999 is nine hundred ninety-nine."""
    if number < 20:
        return _ENGLISH[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _ENGLISH_TENS[tens - 2] + (f"-{_ENGLISH[rest]}" if rest else "")
    unit, size = next(
        pair for pair in (("million", 10**6), ("thousand", 1000), ("hundred", 100)) if number >= pair[1]
    )
    count, rest = divmod(number, size)
    return f"{_in_english(count)} {unit}" + (f" {_in_english(rest)}" if rest else "")


def page_number(number: int, count: int) -> str:
    """The number of a page as a foot shows it: page 1 of 3."""
    return str(_("Page %(number)d of %(count)d", number=number, count=count))


def grouped(text: str) -> str:
    """A long number or digest in groups of four, to be read aloud: 4021 7730 9."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def footnote(record: Any) -> str | None:
    """The note that says which characters 〓 stands for in a printed record.

    None if a font has every character of its texts.
    """
    missing = dict.fromkeys(
        char for text in _texts(record) for char in text if not char.isspace() and not face_of(char)
    )
    if not missing:
        return None
    codes = " ".join([f"U+{ord(char):04X}" for char in missing][:MOST_CODES])
    return str(_("〓 = %(codes)s: no typeface here has it, please write it in by hand", codes=codes))


def _texts(record: Any) -> Iterator[str]:
    """Every string in a dataclass, a list of them, or a list of strings."""
    if isinstance(record, str):
        yield record
    elif isinstance(record, list | tuple):
        for part in record:
            yield from _texts(part)
    elif is_dataclass(record):
        for field in fields(record):
            yield from _texts(getattr(record, field.name))
