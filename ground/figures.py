"""Figures and signs as people type them, in the one form in which numbers and codes are read.

Chinese keyboards type １２３, －, ＋, ． and wide spaces as easily as the narrow ones, and nobody sees the
difference. The scripts read them in the same way: static/narrow.js.
"""

import re
import unicodedata

from ground.names import INVISIBLE

DASHES = re.compile("[\u2010-\u2015\u2212]")


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
