"""The work on pictures, in a process of its own, with a limit of memory; when it takes too long, it is ended.

It is asked over its standard input: a line of JSON that says what to do, then the picture. It answers with a
line of JSON and, when a picture was wanted, that. Imports nothing of ours, so that it starts quickly.
"""

import io
import json
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pi_heif
import zxingcpp
from PIL import Image, ImageOps

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

# Pillow itself does not know HEIC ("HEIF" is its family of formats). It comes out upright.
pi_heif.register_heif_opener(thumbnails=False)

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
JPEG_QUALITY = 85

# 40 megapixels with transparency take 160 MB, and two of them are there at times.
MOST_MEMORY_BYTES = 1024**3

# A phone that sends a JPEG bit by bit sends about ten scans; each is as much work as a whole picture.
MOST_SCANS = 64
SCAN_MARK = b"\xff\xda"  # nothing else in a JPEG is written so

# What Pillow and libheif raise on pictures that are broken or bombs.
BROKEN = (
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
    IndexError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class TooLarge(Exception):
    """A picture that would take too long."""


Answer = tuple[dict[str, Any], bytes]


@contextmanager
def open_picture(data: bytes, most_pixels: int) -> Iterator[Image.Image]:
    """Open a picture in one of `FORMATS`; its size and its scans are checked before it is decoded."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as photo:
        scans = data.count(SCAN_MARK) if photo.format in ("JPEG", "MPO") else 1
        if photo.width * photo.height > most_pixels or scans > MOST_SCANS:
            raise TooLarge
        yield photo


def encode(data: bytes, most_pixels: int, sides: Sequence[int], most_bytes: int) -> Answer:
    """The picture as a JPEG without metadata, at most so many pixels on its longer side.

    The first of `sides` at which it takes at most `most_bytes`, or the last. It is turned upright, and what
    was transparent is white.
    """
    content = b""
    for longest in sides:
        content = _encode(data, most_pixels, longest)
        if len(content) <= most_bytes:
            break
    return {}, content


def _encode(data: bytes, most_pixels: int, longest: int) -> bytes:
    with open_picture(data, most_pixels) as photo:
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


def read_codes(data: bytes, most_pixels: int, kinds: Sequence[str], decoded: int) -> Answer:
    """The texts of the codes in a picture; a JPEG is decoded to about so many pixels a side."""
    with open_picture(data, most_pixels) as photo:
        photo.draft("L", (decoded, decoded))
        grey = photo.convert("L")
    formats = [getattr(zxingcpp.BarcodeFormat, kind) for kind in kinds]
    codes = zxingcpp.read_barcodes(grey, zxingcpp.BarcodeFormats(formats))
    return {"texts": [code.text for code in codes if code.text]}, b""


TASKS: dict[str, Callable[..., Answer]] = {"encode": encode, "read_codes": read_codes}


def do(order: dict[str, Any], data: bytes) -> Answer:
    """Do what an order says with a picture; what is wrong with the picture is the answer, too."""
    try:
        return TASKS[order.pop("task")](data, **order)
    except TooLarge:
        return {"fault": "too_large"}, b""
    except BROKEN:
        return {"fault": "unreadable"}, b""


def main() -> None:
    """Do one order after the other until nobody is there any more to give one."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := orders.readline():
        order = json.loads(line)
        answer, content = do(order, orders.read(order.pop("size")))
        answers.write(json.dumps({"size": len(content), **answer}).encode() + b"\n" + content)
        answers.flush()


if __name__ == "__main__":
    main()
