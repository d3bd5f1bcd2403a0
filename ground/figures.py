"""Figures and signs as people type them, in the one form in which numbers and codes are read.

Chinese keyboards type １２３, －, ＋, ． and wide spaces as easily as the narrow ones, and nobody sees the
difference. The scripts read them in the same way: static/narrow.js.
"""

import re
import unicodedata

from flask_babel import lazy_gettext as _

from ground.names import INVISIBLE

DASHES = re.compile("[\u2010-\u2015\u2212]")

# Eighteen signs, one behind the other or in groups; each may begin one, hence the look ahead.
IDENTITY_NUMBER = re.compile(r"(?<!\d)(?=((?:\d[ -]?){17}[\dXx])(?!\d))", re.ASCII)
# GB 11643: the day of birth in it, and what each figure weighs in the check digit.
BORN = re.compile(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
CHECK_SIGNS = "10X98765432"
NO_IDENTITY_NUMBER = _("Leave the identity-card number out: none is kept here, and none is needed.")


def narrow(text: str) -> str:
    """A text of figures and signs in narrow forms, without the space around it and what nobody sees.

    Every dash is a minus, and 。, which lies on the key of the point, a decimal point. Raised and circled
    figures stay what they are: 3² is not 32.
    """
    if text.isascii():
        return text.strip()
    folded = "".join(
        sign if unicodedata.category(sign) == "No" else unicodedata.normalize("NFKC", sign)
        for sign in INVISIBLE.sub("", text)
    )
    return DASHES.sub("-", folded).replace("。", ".").strip()


def has_identity_number(text: str) -> bool:
    """Whether a text holds the number of an identity card: eighteen signs with a day of birth that add up."""
    if len(text) < 18:
        return False
    for found in IDENTITY_NUMBER.finditer(narrow(text)):
        number = re.sub("[ -]", "", found[1]).upper()
        weighed = sum(int(figure) * 2 ** (17 - place) for place, figure in enumerate(number[:17]))
        if BORN.match(number) and CHECK_SIGNS[weighed % 11] == number[17]:
            return True
    return False
