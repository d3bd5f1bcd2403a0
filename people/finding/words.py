"""The words that somebody looks for, and whether a name or a number fits them."""

from functools import lru_cache

from ground import names
from ground.figures import narrow
from ground.pinyin import MOST_KEPT, has_initials
from people.scanning.reading import Kind, Scan, read_scan

LONGEST = 200  # characters that are looked for: a scanner sends an address
FEWEST_LETTERS = 2  # of pinyin: one alone fits nearly everything
PHONE_DIGITS = 4  # the last of a telephone number, which everybody who sees it masked sees too

# Of thousands of names each is folded once. A name in another form is another name: nothing grows old here.
_folded = lru_cache(maxsize=MOST_KEPT)(names.folded)


class SearchWords:
    """What was typed to find something: `scan` is what it is if it is a code, as a scanner would send it."""

    def __init__(self, typed: str) -> None:
        self.typed = names.tidy(typed.replace("\0", ""))[:LONGEST]
        self.scan: Scan = read_scan(self.typed)
        self._folded = names.folded(self.typed)
        is_letters = self._folded.isascii() and self._folded.isalpha()
        self._letters = self._folded if is_letters and len(self._folded) >= FEWEST_LETTERS else ""
        self._phone_end = self._folded if self._is_phone_end() else ""
        self._has_digit = any(map(str.isdecimal, self._folded))

    def __bool__(self) -> bool:
        return bool(self._folded)

    def _is_phone_end(self) -> bool:
        return len(self._folded) == PHONE_DIGITS and self._folded.isascii() and self._folded.isdecimal()

    @property
    def number(self) -> str:
        """What was typed as a number that stands on a paper: narrow, without spaces."""
        return narrow(self.typed).replace(" ", "")

    def value_of(self, kind: Kind) -> str | None:
        """The code that was typed, if it is one of this kind with the right check digit; otherwise None."""
        is_whole = self.scan.kind == kind and not self.scan.is_mended and not self.scan.quantity
        return self.scan.value if is_whole else None

    def fit(self, name: str) -> bool:
        """Whether they are in a name, or are first letters of its pinyin."""
        return self._folded in _folded(name) or bool(self._letters and has_initials(name, self._letters))

    def fit_code(self, code: str) -> bool:
        """Whether a code, which has digits, begins or ends with them."""
        if not self._has_digit:
            return False
        folded = _folded(code)
        return folded.startswith(self._folded) or folded.endswith(self._folded)

    def fit_phone(self, phone: str | None) -> bool:
        """Whether they are the last four digits of a telephone number."""
        return bool(self._phone_end and phone and phone.endswith(self._phone_end))

    def rank(self, name: str) -> tuple[int, str]:
        """Where a name stands among those that fit: the same name first, then those that begin so."""
        folded = names.folded(name)
        return (0 if folded == self._folded else 1 if folded.startswith(self._folded) else 2), folded
