"""Reads a QR code or barcode from a picture, for browsers that cannot do it themselves."""

from collections.abc import Iterable

import zxingcpp
from flask_babel import lazy_gettext as _
from PIL import Image

from ground import pictures
from ground.refusal import Refused
from people import cards

DECODED_PIXELS = (
    2000,
    2000,
)  # pixels: a JPEG is decoded no larger than it takes to see a card held at arm's length

CARD_FORMATS = (zxingcpp.BarcodeFormat.QRCode,)
CARD_AND_GOODS_FORMATS = (*CARD_FORMATS, zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.EAN8)


def read(image: bytes, formats: Iterable[zxingcpp.BarcodeFormat] = CARD_FORMATS) -> str:
    """The text of the code in a picture (JPEG, PNG, WebP or HEIC); a card's code goes before others.

    Refused `not_an_image` for anything else, also for a picture of more than 40 megapixels; `no_code`.
    """
    codes = zxingcpp.read_barcodes(_grey(image), zxingcpp.BarcodeFormats(list(formats)))
    texts = [code.text for code in codes if code.text]
    if not texts:
        raise Refused("no_code", _("No code is in the picture. Go closer and hold still."), "photo")
    return next((text for text in texts if cards.card_token(text)), texts[0])


def _grey(image: bytes) -> Image.Image:
    """The picture in shades of grey."""
    with pictures.open_picture(image) as photo:
        photo.draft("L", DECODED_PIXELS)
        return photo.convert("L")
