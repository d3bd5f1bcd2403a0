"""What was scanned: whatever a scanner sends, in whatever way, is understood here and nowhere else.

A scanner types. Between it and the page stand its own settings (a prefix that names the kind of code, an
add-on behind a barcode), the keyboard's (Caps Lock, a first character that comes too soon) and an input
method for Chinese (wide signs, swallowed slashes). Nothing here asks the database; a code is read by its form
and its check digit. The scripts read in the same way (static/scanning/reading.js), by the same table of cases
(tests/scanned.json).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from stdnum import damm, ean

from ground.figures import narrow
from people.scanning.elements import SEPARATOR, last_good_day, read_elements

# 32 characters without I, L, O and U, which are misread: 20 of them are 100 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 20
CARD_DIGITS = 9
OWN_CODE_DIGITS = 5


class Kind(StrEnum):
    """The kinds of what is scanned. Whether there is such a card or article, others know."""

    CARD = "card"  # by its secret or its number
    ARTICLE = "article"
    CARTON = "carton"  # many pieces of an article, under a code of their own
    COMMAND = "command"  # of the desk's sheet: OK, CANCEL
    QUANTITY = "quantity"  # of what is scanned next
    RECEIPT = "receipt"
    SLIP = "slip"  # of paper, by its number
    SWALLOWED = "swallowed"  # by an input method, which made words of it
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Scan:
    """What was scanned: its kind, and its value as it is kept.

    A card's secret or number, an article's code, a command's word, a receipt's code, a slip's number; else
    the text. `quantity` is what was typed before it (3*), `last_good_day` what a GS1 code says of the piece,
    and `is_mended` says that its first digit was lost and follows from the check digit.
    """

    kind: Kind
    value: str
    quantity: str = ""
    last_good_day: date | None = None
    is_mended: bool = False


# The signs that a Chinese input method makes of / . [ ] and *; what is merely wide, `narrow` makes narrow.
_SIGNS = str.maketrans("、【】「」×", "/[][]*")
_CONTROL = re.compile(r"[\x00-\x1c\x1e\x1f\x7f]")

_QUANTITY = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?) *\* *")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424: ]E0 EAN, ]C1 GS1-128, ]Q1 QR …
_CUT_SYMBOLOGY = re.compile(r"[A-Za-z][0-9]")  # its bracket was lost

# In capitals, whole but for what stands before the path: the first character, or the slashes, may be lost.
_COMMAND = re.compile(r"A?IXIN-?(OK|CANCEL)")
_CARD_ADDRESS = re.compile(rf"(?:[ -~]*/)?C/+([{ALPHABET}]{{{TOKEN_LENGTH}}})/?")
_RECEIPT_ADDRESS = re.compile(rf"(?:[ -~]*/)?R/+([{ALPHABET}]{{16}})/?")
_SLIP = re.compile("S[0-9]{8}")
# The digits of an EAN or UPC with an add-on of two or five, and how many of them are its code.
_WITH_ADD_ON = {15: 13, 18: 13, 17: 12}
_TOKEN = re.compile(rf"[{ALPHABET}]{{{TOKEN_LENGTH}}}")


def read_scan(sent: str) -> Scan:
    """What a scanner sent, or somebody typed in its place."""
    text = _CONTROL.sub("", narrow(sent.translate(_SIGNS))).strip(f" {SEPARATOR}")
    counted = _QUANTITY.match(text)
    if not counted:
        return _read_code(text)
    if counted.end() == len(text):
        return Scan(Kind.QUANTITY, counted[1])
    return replace(_read_code(text[counted.end() :]), quantity=counted[1])


def _read_code(text: str) -> Scan:
    """A code, with the prefix that some scanners send before it or without."""
    if _SYMBOLOGY.match(text):
        return _read_content(text[3:])
    scan = _read_content(text)
    if scan.kind == Kind.UNKNOWN and _CUT_SYMBOLOGY.match(text):
        without = _read_content(text[2:])
        return scan if without.kind == Kind.UNKNOWN or without.is_mended else without
    return scan


def _read_content(text: str) -> Scan:
    capitals = text.upper()
    for form, kind in (
        (_COMMAND, Kind.COMMAND),
        (_CARD_ADDRESS, Kind.CARD),
        (_RECEIPT_ADDRESS, Kind.RECEIPT),
    ):
        if match := form.fullmatch(capitals):
            return Scan(kind, match[1])
    digits = re.sub("[ -]", "", text)
    is_number = digits.isascii() and digits.isdecimal()
    if _SLIP.fullmatch(digits.upper()) and damm.is_valid(digits[1:]):
        return Scan(Kind.SLIP, digits[1:])
    scan = (_read_digits(digits) if is_number else None) or _read_elements(text)
    if scan is None and _TOKEN.fullmatch(capitals):
        scan = Scan(Kind.CARD, capitals)
    if scan is None and is_number:
        scan = _mend(digits)
    return scan or Scan(Kind.UNKNOWN if text.isascii() else Kind.SWALLOWED, text)


def _read_digits(digits: str) -> Scan | None:
    """An article or a card by its digits, whose number and check digit tell what they are."""
    length = len(digits)
    if length == OWN_CODE_DIGITS and damm.is_valid(digits):
        return Scan(Kind.ARTICLE, digits)
    if length == CARD_DIGITS and damm.is_valid(digits):
        return Scan(Kind.CARD, digits)
    if length == 14 and ean.is_valid(digits):
        return _read_gtin(digits)
    code = digits[: _WITH_ADD_ON.get(length, length)]
    if len(code) in (8, 12, 13) and ean.is_valid(code):
        return Scan(Kind.ARTICLE, code.rjust(13, "0") if len(code) == 12 else code)
    return None


def _read_gtin(digits: str) -> Scan | None:
    """The article of a GTIN-14: its own code, or the carton's. None for what is weighed at the till."""
    if digits[0] == "9":
        return None
    if digits[0] != "0":
        return Scan(Kind.CARTON, digits)
    return Scan(Kind.ARTICLE, digits[6:] if digits.startswith("000000") else digits[1:])


def _read_elements(text: str) -> Scan | None:
    """The article of a GS1 element string; its first zero may be lost."""
    for whole in (text, f"0{text}"):
        elements = read_elements(whole)
        gtin = (elements or {}).get("01", "")
        if elements and re.fullmatch("[0-9]{14}", gtin) and ean.is_valid(gtin):
            scan = _read_gtin(gtin)
            return scan and replace(scan, last_good_day=last_good_day(elements))
    return None


def _mend(digits: str) -> Scan | None:
    """What lacks its first digit, which a scanner's keyboard may lose: the check digit tells which it was."""
    wanted: dict[int, tuple[Kind, Callable[[str], bool]]] = {
        CARD_DIGITS - 1: (Kind.CARD, damm.is_valid),
        7: (Kind.ARTICLE, ean.is_valid),
        12: (Kind.ARTICLE, ean.is_valid),
    }
    if len(digits) not in wanted:
        return None
    kind, is_valid = wanted[len(digits)]
    whole = next(first + digits for first in "0123456789" if is_valid(first + digits))
    return Scan(kind, whole, is_mended=True)
