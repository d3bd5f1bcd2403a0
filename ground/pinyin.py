"""The first letters of Chinese words in pinyin, by which goods are found while they are typed: 食盐 is sy."""

import os
from functools import lru_cache
from itertools import islice, product

# Without its 40 MB of phrases, which tell which reading of a sign is meant: here each is taken.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, pinyin

MOST_READINGS = 16


@lru_cache(maxsize=10_000)
def initials(text: str) -> str:
    """The first letters of a text, a word of them for each way to read it; only of what is Chinese."""
    readings = pinyin(text, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = [dict.fromkeys(letter for letter in each if letter) for each in readings]
    return " ".join(islice(("".join(way) for way in product(*letters)), MOST_READINGS))
