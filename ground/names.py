"""Names: how one is kept, and when two are the same.

People type a name as it comes: `潘 凤家`, `尹　仙`, `３幢`, `Li Ming`. It is one name, however wide its
characters are, with or without spaces, in capitals or not. Whatever compares names, looks for them or finds
them in a text asks here; `folded` is the only form in which they are compared.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Engine, String, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

INVISIBLE_CHARACTERS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
INVISIBLE = re.compile(f"[{INVISIBLE_CHARACTERS}]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
SPACE_BETWEEN_HAN = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")
MIDDLE_DOTS = re.compile(r"\s*[·•‧・∙]\s*")

# Signs that look alike, each with the one that stands for it; and what is left out.
_ALIKE = {
    "(": "[{【〔〖",
    ")": "]}】〕〗",
    "·": "•‧・∙",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
}
_SPACES = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
_UNSEEN = "".join(INVISIBLE.findall("".join(map(chr, range(0x10000)))))
_FROM = "".join(_ALIKE.values()) + _SPACES + _UNSEEN
_TO = "".join(sign * len(alike) for sign, alike in _ALIKE.items())
_FOLDING = str.maketrans(_FROM[: len(_TO)], _TO, _SPACES + _UNSEEN)


def folded(text: str) -> str:
    """A name or word in the form in which it is compared.

    Width, spaces, capitals, and the kind of bracket, dash or middle dot do not count.
    """
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLDING)


def same(one: str | None, other: str | None) -> bool:
    """Whether two names are one; no name is no name's."""
    return one is not None and other is not None and folded(one) == folded(other)


def tidy(text: str) -> str:
    """A text on one line, with single spaces and no invisible characters."""
    visible_text = CONTROL.sub("", INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", " ".join(visible_text.split()))


def kept(name: str) -> str:
    """A person's name as it is kept: without spaces between Chinese characters, its dot always “·”."""
    return MIDDLE_DOTS.sub("·", SPACE_BETWEEN_HAN.sub("", tidy(name)))


def replacer(replacements: Mapping[str, str]) -> Callable[[str], str]:
    """A function that replaces each of these names in a text, however it is written there; longer ones first.

    Many names cost no more than few: at each place the text itself is looked up.
    """
    by_folded = {folded(name): replacement for name, replacement in replacements.items()}
    by_folded.pop("", None)
    lengths = sorted(set(map(len, by_folded)), reverse=True)
    first_signs = {name[0] for name in by_folded}

    def replace(text: str) -> str:
        if first_signs.isdisjoint(folded(text)):  # most texts name nobody
            return text
        plain, places = _with_places(text)
        pieces, end, at = [], 0, 0
        while at < len(plain):
            left = len(plain) - at
            found = next((size for size in lengths if size <= left and plain[at : at + size] in by_folded), 0)
            if found:
                pieces += [text[end : places[at][0]], by_folded[plain[at : at + found]]]
                end = places[at + found - 1][1]
            at += found or 1
        return "".join([*pieces, text[end:]])

    return replace


def _with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text folded, and of each of its characters where in the text it comes from."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    for part in re.finditer(r".[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*", text, re.DOTALL):
        signs = folded(part[0])
        plain.append(signs)
        places += [part.span()] * len(signs)
    return "".join(plain), places


class FoldedName(TypeDecorator[str]):
    """A column that keeps names folded: what is unique there is so however it is typed."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Fold a name that is written or compared."""
        return None if value is None else folded(value)


class FoldedColumn(FunctionElement[str]):
    """A column of names, folded by the database."""

    name = "folded_name"
    type = String()
    inherit_cache = True


@compiles(FoldedColumn)
def _call_folded(element: FoldedColumn, compiler: Any, **options: Any) -> str:
    return f"folded_name({compiler.process(element.clauses, **options)})"


@compiles(FoldedColumn, "postgresql")
def _fold_in_postgresql(element: FoldedColumn, compiler: Any, **options: Any) -> str:
    # What translate() finds no partner for, it leaves out.
    column = compiler.process(element.clauses, **options)
    return f"translate(lower(normalize({column}, NFKC)), '{_FROM}', '{_TO}')"


@event.listens_for(Engine, "connect")
def _teach_sqlite(connection: Any, record: object) -> None:
    if hasattr(connection, "create_function"):
        connection.create_function(
            "folded_name", 1, lambda name: None if name is None else folded(name), deterministic=True
        )


def is_name(column: Any, name: str) -> ColumnElement[bool]:
    """SQL condition: the column holds this name."""
    return FoldedColumn(column) == folded(name)


def has_in_name(column: Any, text: str) -> ColumnElement[bool]:
    """SQL condition: this text is somewhere in the name that the column holds."""
    return FoldedColumn(column).contains(folded(text), autoescape=True)
