"""Reads a QR code or barcode from a picture, for browsers that cannot do it themselves."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _

from ground import pictures
from ground.refusal import Refused
from people.scanning.reading import Kind, read_scan

# By the names that zxing-cpp gives them.
CARD_FORMATS = ("QRCode",)
CARD_AND_GOODS_FORMATS = (*CARD_FORMATS, "EAN13", "EAN8")


def read_picture(image: bytes, formats: Sequence[str] = CARD_FORMATS) -> str:
    """The text of the code in a picture (JPEG, PNG, WebP or HEIC); a card's code goes before others.

    Refused as `pictures.encode` is, and `no_code`.
    """
    texts = pictures.read_codes(image, formats)
    if not texts:
        raise Refused("no_code", _("No code is in the picture. Go closer and hold still."), "photo")
    return next((text for text in texts if read_scan(text).kind == Kind.CARD), texts[0])
