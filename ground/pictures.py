"""Pictures that people send: checked before they are decoded, made small, and without metadata.

JPEG, PNG, WebP, and HEIC, as iPhones take them. Metadata can say where a picture was taken; nothing of it
is kept.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pi_heif
from flask_babel import lazy_gettext as _
from PIL import Image, ImageOps

from ground.refusal import Refused

# Pillow itself does not know HEIC ("HEIF" is its family of formats). It comes out upright.
pi_heif.register_heif_opener(thumbnails=False)

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_PIXELS = 40_000_000
JPEG_QUALITY = 85

# What Pillow and libheif raise on pictures that are broken or bombs.
BROKEN = (
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
    IndexError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@contextmanager
def open_picture(data: bytes) -> Iterator[Image.Image]:
    """Open a picture in one of `FORMATS` to work on; its size is checked before it is decoded.

    Refused `not_an_image` for anything else, also for what only turns out to be broken while it is worked
    on, and for a picture of more than 40 megapixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise Refused("not_an_image", _("This picture is too large. Take a smaller one."), "photo")
            yield photo
    except BROKEN as error:
        raise Refused("not_an_image", _("This is not a picture that can be read here."), "photo") from error


def encode(data: bytes, longest: int) -> bytes:
    """The picture as a JPEG without metadata, at most `longest` pixels on its longer side.

    It is turned upright, and what was transparent is white. Refused as `open_picture` is.
    """
    with open_picture(data) as photo:
        if photo.mode in ("1", "P"):  # colours from a palette have none in between
            photo = photo.convert("RGBA")
        photo.thumbnail((longest, longest))
        upright = ImageOps.exif_transpose(photo).convert("RGBA")
    # A new picture: into a copy Pillow would take comments and more along.
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    jpeg = io.BytesIO()
    plain.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()
