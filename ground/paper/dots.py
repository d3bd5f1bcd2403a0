"""A page of a PDF as receipt printers take it: ESC/POS commands that draw it dot by dot.

Drawn, it looks as on the PDF, with every character and code; the printer's own typefaces lack rare names.
"""

from threading import Lock

import pypdfium2
from PIL import Image

from ground.slow import check_nobody_waits

DOTS_IN_MM = 8  # 203 dpi, as nearly all receipt printers have

_DARK = 160  # grey below this is a dot: the fine strokes of small Chinese type stay whole
_BAND_ROWS = 240  # dots down that are sent at once: cheap printers keep no more in memory

_RESET, _FEED, _CUT = b"\x1b@", b"\x1bd\x03", b"\x1dVB\x00"  # one without a knife leaves the last one
_RASTER = b"\x1dv0\x00"

_pdfium_lock = Lock()  # the library works for one thread at a time


def print_commands(pdf: bytes, dots_wide: int, left_mm: float, top_mm: float) -> bytes:
    """The ESC/POS commands that print the first page of a PDF, `dots_wide` wide (in whole bytes), and cut.

    What is left of `left_mm` is cut off, and `top_mm` above and below: a printer has margins of its own.
    """
    ink = _ink(pdf, dots_wide, left_mm, top_mm)
    row_bytes, bits = dots_wide // 8, ink.tobytes()
    commands = [_RESET]
    for start in range(0, ink.height, _BAND_ROWS):
        rows = min(_BAND_ROWS, ink.height - start)
        size = row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little")
        commands += [_RASTER, size, bits[start * row_bytes : (start + rows) * row_bytes]]
    return b"".join([*commands, _FEED, _CUT])


def _ink(pdf: bytes, dots_wide: int, left_mm: float, top_mm: float) -> Image.Image:
    """The part of the page that is printed, one bit for each dot, set where there is ink."""
    check_nobody_waits("a paper is drawn")
    with _pdfium_lock, pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=DOTS_IN_MM * 25.4 / 72, grayscale=True).to_pil()
    left, top = round(left_mm * DOTS_IN_MM), round(top_mm * DOTS_IN_MM)
    part = page.crop((left, top, left + dots_wide, page.height - top))
    return part.point(lambda grey: 255 if grey < _DARK else 0).convert("1", dither=Image.Dither.NONE)
