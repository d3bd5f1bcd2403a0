"""Reads QR codes and barcodes on pictures, for browsers that cannot do it themselves."""

from flask_babel import lazy_gettext as _

from ground import pictures
from ground.refusal import Refused
from people.scanning.reading import Kind, read_scan

# What cards, receipts and goods have, by the names that zxing-cpp gives them; UPC-A is read as EAN-13.
# The scripts read the same: static/scanning/pictures.js.
FORMATS = ("QRCode", "Code128", "EAN13", "EAN8")


def texts_on(image: bytes) -> list[str]:
    """The texts of all codes on a picture (JPEG, PNG, WebP or HEIC). Refused as `pictures.encode` is."""
    return pictures.read_codes(image, FORMATS)


def read_picture(image: bytes) -> str:
    """The text of the code on a picture; a card's code goes before others.

    Refused as `texts_on`, and `no_code`.
    """
    texts = texts_on(image)
    if not texts:
        raise Refused("no_code", _("No code is in the picture. Go closer and hold still."), "photo")
    return next((text for text in texts if read_scan(text).kind == Kind.CARD), texts[0])
