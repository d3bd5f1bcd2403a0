"""The first letters of Chinese words in pinyin, by which goods and people are found: 食盐 is sy."""

import os
import re
from functools import lru_cache
from itertools import islice, product

# Without its 40 MB of phrases, which tell which reading of a sign is meant: here each is taken.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, pinyin

MOST_READINGS = 16
MOST_KEPT = 40_000  # texts, some ten megabytes: the people and grids of a county


@lru_cache(maxsize=10_000)
def initials(text: str) -> str:
    """The first letters of a text, a word of them for each way to read it; only of what is Chinese."""
    readings = pinyin(text, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = [dict.fromkeys(letter for letter in each if letter) for each in readings]
    return " ".join(islice(("".join(way) for way in product(*letters)), MOST_READINGS))


def has_initials(text: str, wanted: str) -> bool:
    """Whether these letters stand beside each other among the first letters of a text.

    A sign counts by each of its readings, as a surname too: 单 is d, c and s. What is not Chinese is left
    out. Asked of thousands of names: what they are spelled by is kept.
    """
    return _pattern(wanted).search(_spelled(text)) is not None


@lru_cache(maxsize=100)
def _pattern(wanted: str) -> re.Pattern[str]:
    return re.compile("".join(f"[a-z]*{re.escape(letter)}[a-z]*," for letter in wanted))


@lru_cache(maxsize=MOST_KEPT)
def _spelled(text: str) -> str:
    """The letters of each sign's readings, with a comma behind each sign: 单云 is dcs,y,"""
    return "".join(f"{letters}," for sign in text if (letters := _letters(sign)))


@lru_cache(maxsize=10_000)
def _letters(sign: str) -> str:
    """The first letters of one sign's readings."""
    return initials(sign).replace(" ", "")
