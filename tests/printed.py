"""Printed matter read back: pictures of its pages, their text, what is scanned on them, where the ink is."""

import pypdfium2
import zxingcpp
from PIL import ImageOps

DPI = 150
RARE = "𡋾"  # U+212FE, in no face of Noto


def texts(pdf):
    """The text of each page of a PDF, without spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def read(pdf):
    """Read a PDF back: pictures of its pages, and their text without spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    return pictures, "".join(texts(pdf))


def type_sizes(pdf):
    """The characters of each page, without spaces and in the order they were drawn, with the size of their
    type in points, as it is on the paper."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_sizes(page.get_textpage()) for page in document]


def _sizes(textpage):
    matrix, sizes = pypdfium2.raw.FS_MATRIX(), []
    for place in range(textpage.count_chars()):
        char = chr(pypdfium2.raw.FPDFText_GetUnicode(textpage, place))
        pypdfium2.raw.FPDFText_GetMatrix(textpage, place, matrix)
        sizes.append((char, pypdfium2.raw.FPDFText_GetFontSize(textpage, place) * matrix.d))
    return [(char, size) for char, size in sizes if not char.isspace()]


def codes(picture):
    return {found.text for found in zxingcpp.read_barcodes(picture)}


def ink(picture):
    """The box round all ink, in millimetres from the left, top, right and bottom of the page."""
    box = ImageOps.invert(picture).point(lambda grey: 255 if grey > 60 else 0).getbbox()
    left, top, right, bottom = (edge * 25.4 / DPI for edge in box)
    return left, top, picture.width * 25.4 / DPI - right, picture.height * 25.4 / DPI - bottom


def cut(picture, left, top, wide, high):
    """A part of a page, given in millimetres."""
    return picture.crop([round(edge * DPI / 25.4) for edge in (left, top, left + wide, top + high)])


def longest_run(picture, y):
    """The longest unbroken dark line in a row of a picture, in pixels."""
    row = picture.crop((0, y, picture.width, y + 1)).point(lambda grey: 1 if grey < 140 else 0)
    return max(map(len, row.tobytes().split(b"\0")))
