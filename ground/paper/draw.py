"""A pen for PDFs that writes Chinese and never loses a character.

    Pen      draws the pages of one document: text, lines, boxes, QR codes
    Volume   a document into which the pages of several are bound
    Strip    a part of a page that is never split: a height, and how to draw it
    fill     puts strips on as many pages as they need, with headings repeated

Lengths are in millimetres from the top left corner of the page, y growing downwards; sizes of type are in
points.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from threading import Lock

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from reportlab import rl_config
from reportlab.graphics.barcode.code128 import Code128Auto
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from ground.computer.addresses import leads_here_only
from ground.contributions import Slot
from ground.paper.fonts import face_of, register
from ground.slow import check_nobody_waits

MM = 72 / 25.4  # in points

INK, QUIET, LINE, TINT = "#22302E", "#5B6B68", "#E4DED3", "#F4EFE6"
PERSIMMON, BLACK, WHITE = "#B93A2B", "#000000", "#FFFFFF"

# One unit that a line may not break: a Latin word or number or a single character, with the punctuation
# that may not stand at the other end of a line.
_UNIT = re.compile(r"[（《「“‘【]*(?:[!-~]+ ?|.)[，。、；：？！）》」”’】…]*")

# What stands over a code that nobody else can open, and how high that is beside it.
SAMPLE, SAMPLE_PART = "样张", 0.11

# What stands across every page, pale and below everything else; empty for nothing.
WATERMARKS: Slot[Callable[[], str]] = Slot()
WATERMARK_COLOUR, WATERMARK_SIZE = "#E6DDCF", 15  # points
WATERMARK_EVERY = (64, 42)  # millimetres across and down to the next: there is one on each card

# static/mark.svg in the operators of PDF, on the same field of 48 x 48: two leaning squares with round
# heads, and the square they share.
_MARK = (
    "9.86 27.86 m 6.32 24.32 l 2.81 20.81 2.81 15.11 6.32 11.59 c "
    "9.84 8.08 15.54 8.08 19.05 11.59 c 22.59 15.13 l h",
    "38.14 27.86 m 41.68 24.32 l 45.19 20.81 45.19 15.11 41.68 11.59 c "
    "38.16 8.08 32.46 8.08 28.95 11.59 c 25.41 15.13 l h",
    "24 42 m 11.27 29.27 l 24 16.54 l 36.73 29.27 l h",
)

# Pages as they are, not spelt out in letters: a fifth smaller, and sooner done.
rl_config.useA85 = 0

# A face's file is read with one shared position while its subset is embedded.
_embedding_lock = Lock()


# Text: what it measures, how it breaks.


def runs(text: str, bold: bool = False) -> list[tuple[str, str]]:
    """The text in pieces of one font each: (font, piece); 〓 stands for what no font has."""
    usual = register()[bold]
    if all(ord(char) in usual.characters for char in text):
        return [(usual.name, text)]
    faces = [(face_of(char, bold), char) for char in text]
    printable = [
        (face, char) if face else (usual.name, " " if char.isspace() else "〓") for face, char in faces
    ]
    return [
        (face, "".join(char for _face, char in group))
        for face, group in groupby(printable, lambda pair: pair[0])
    ]


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of type, in millimetres."""
    return float(sum(stringWidth(piece, face, size) for face, piece in runs(text, bold))) / MM


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines of at most `room` millimetres, by the rules for Chinese.

    A word or number stays whole unless it is longer than a line. Nothing is lost but the space at a break.
    """
    lines = []
    for part in text.split("\n"):
        line = ""
        for unit in _UNIT.findall(part):
            if width((line + unit).rstrip(), size, bold) <= room:
                line += unit
                continue
            if line:
                lines.append(line.rstrip())
            *full, line = _chop(unit, room, size, bold)
            lines += [piece.rstrip() for piece in full]
        lines.append(line.rstrip())
    return lines


def _chop(unit: str, room: float, size: float, bold: bool) -> list[str]:
    """A unit in pieces that fit a line, each at least one character; one piece if it fits whole."""
    pieces = [""]
    for char in unit:
        if pieces[-1] and width((pieces[-1] + char).rstrip(), size, bold) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces


def fit(text: str, room: float, size: float, smallest: float, bold: bool = False) -> tuple[str, float]:
    """The text on one line of at most `room` millimetres, and the size of type it needs for that.

    It is shrunk first, down to `smallest`; if that is not enough it is cut with "…".
    """
    text = " ".join(text.split("\n"))
    natural = width(text, size, bold)
    if natural <= room:
        return text, size
    if size * room / natural >= smallest:
        return text, size * room / natural
    while text and width(text + "…", smallest, bold) > room:
        text = text[:-1]
    return text + "…", smallest


def fit_lines(
    text: str, room: float, most_lines: int, size: float, smallest: float, bold: bool = False
) -> tuple[list[str], float]:
    """The text on at most `most_lines` lines, and the size of type it needs for that.

    It is shrunk by half points first, down to `smallest`; if that is not enough it is cut with "…".
    """
    text = " ".join(text.split())
    while len(lines := wrap(text, room, size, bold)) > most_lines:
        if size - 0.5 < smallest:
            last = lines[most_lines - 1]
            while last and width(last + "…", size, bold) > room:
                last = last[:-1]
            return [*lines[: most_lines - 1], last + "…"], size
        size -= 0.5
    return lines, size


def leading(size: float) -> float:
    """The height of a line of type of this size, in millimetres."""
    return size * 1.45 / MM


def baseline(size: float) -> float:
    """The distance of the baseline below the top of its line, in millimetres."""
    return size * 1.1 / MM


# The pen.


class Document:
    """A PDF whose pages pens draw."""

    def __init__(self, title: str) -> None:
        self._out = BytesIO()
        # Invariant: the same record prints the same bytes, and the machine's clock is not asked.
        self.canvas = Canvas(self._out, invariant=True)
        self.canvas.setTitle(title)

    def content(self) -> bytes:
        """End the document and return it."""
        with _embedding_lock:
            self.canvas.save()
        return self._out.getvalue()


class Volume(Document, ABC):
    """A document into which several papers are bound."""

    @abstractmethod
    def scale_of(self, wide: float, high: float) -> float:
        """How much a page of this size is enlarged to fill the volume's paper."""

    @abstractmethod
    def begin_page(self) -> None:
        """Do what belongs to the beginning of each page."""

    @abstractmethod
    def end_page(self, pen: "Pen") -> None:
        """Draw what belongs on each page, with a pen in the paper's own millimetres."""


# What the papers that are drawn now are bound into.
VOLUME: ContextVar[Volume | None] = ContextVar("volume", default=None)


class Pen:
    """Draws the pages of one document, enlarged by `scale`; `pdf()` ends it.

    While a volume is bound (`ground.paper.volume`) they are pages of that, on its paper.
    """

    def __init__(self, title: str, wide: float, high: float, scale: float = 1) -> None:
        check_nobody_waits("a paper is drawn")
        self.wide, self.high = wide, high
        self._bound_into = VOLUME.get()
        self._document = self._bound_into or Document(title)
        self._scale = self._bound_into.scale_of(wide, high) if self._bound_into else scale
        self._canvas = self._document.canvas
        self._canvas.setPageSize((wide * MM * self._scale, high * MM * self._scale))
        self._watermarks = [text for mark in WATERMARKS.items_if_any() if (text := mark())]
        self._start_page()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """One line on the baseline `y`; `x` is its left end, its middle or its right end, by `align`."""
        if align != "left":
            x -= width(text, size, bold) / (2 if align == "center" else 1)
        self._canvas.setFillColor(HexColor(colour))
        for face, piece in runs(text, bold):
            self._canvas.setFont(face, size)
            self._canvas.drawString(x * MM, self._up(y), piece)
            x += stringWidth(piece, face, size) / MM

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        *,
        thick: float = 0.2,
        colour: str = INK,
        dash: Sequence[float] = (),
    ) -> None:
        """A straight line; thickness and dashes in millimetres."""
        self._outline(thick, colour, dash)
        self._canvas.line(x * MM, self._up(y), to_x * MM, self._up(to_y))

    def box(self, x: float, y: float, wide: float, high: float, colour: str, radius: float = 0) -> None:
        """A filled box; `x`, `y` is its upper left corner."""
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.roundRect(
            x * MM, self._up(y + high), wide * MM, high * MM, radius * MM, stroke=0, fill=1
        )

    def frame(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        radius: float = 0,
        thick: float = 0.2,
        colour: str = INK,
        dash: Sequence[float] = (),
    ) -> None:
        """The outline of a box with its upper left corner at `x`, `y`; half its side as radius is a ring."""
        self._outline(thick, colour, dash)
        self._canvas.roundRect(
            x * MM, self._up(y + high), wide * MM, high * MM, radius * MM, stroke=1, fill=0
        )

    def strokes(
        self, x: float, y: float, unit: float, strokes: Iterable[Sequence[float]], wide: float, high: float
    ) -> None:
        """Draw what a hand drew, in black, on a field of `wide` x `high` units, each `unit` millimetres.

        A stroke is x0, y0, x1, y1, … from the field's upper left corner; of one point, a dot. What leaves
        the field is cut off.
        """
        self._canvas.saveState()
        field = self._canvas.beginPath()
        field.rect(
            (x - 0.5) * MM, self._up(y + high * unit + 0.5), (wide * unit + 1) * MM, (high * unit + 1) * MM
        )
        self._canvas.clipPath(field, stroke=0)
        self._outline(0.4, BLACK, ())
        self._canvas.setLineCap(1)
        self._canvas.setLineJoin(1)
        for stroke in strokes:
            points = list(zip(stroke[::2], stroke[1::2], strict=False))
            path = self._canvas.beginPath()
            for place, (across, down) in enumerate(points * 2 if len(points) == 1 else points):
                draw = path.lineTo if place else path.moveTo
                draw((x + across * unit) * MM, self._up(y + down * unit))
            self._canvas.drawPath(path, stroke=1, fill=0)
        self._canvas.restoreState()

    def qr(self, x: float, y: float, side: float, code: "str | QrPath", colour: str = BLACK) -> None:
        """A QR code, by its text or as `qr_path` made it, with its quiet zone in `side` millimetres."""
        path = qr_path(code) if isinstance(code, str) else code
        self._shape(x, y, side / path.modules, path.bars, colour)
        if path.is_sample:
            self._mark_sample(x + side / 2, y + side / 2, side * SAMPLE_PART)

    def _mark_sample(self, x: float, y: float, high: float) -> None:
        """Write 样张 over the middle of a code; what it hides, readers make up for."""
        size = high * MM * 0.8
        wide = width(SAMPLE, size, bold=True) + high * 0.3
        self.box(x - wide / 2, y - high / 2, wide, high, WHITE)
        self.text(x, y + high * 0.3, SAMPLE, size, bold=True, colour=BLACK, align="center")

    def code128(self, x: float, y: float, unit: float, high: float, digits: str) -> None:
        """A linear code of digits (Code 128), each module `unit` millimetres wide.

        Ten modules beside it stay white.
        """
        path = [f"{start} 0 {wide} {high / unit:.4f} re" for start, wide in _code128_bars(digits)]
        self._shape(x, y, unit, path, BLACK)

    def mark(self, x: float, y: float, side: float, colour: str = PERSIMMON) -> None:
        """The heart of two leaning grid squares, in a field of `side` millimetres with a little air."""
        self._shape(x, y, side / 48, _MARK, colour)

    def stencil(self, name: str, draw: Callable[["Pen"], None]) -> None:
        """Draw once, under a name, what `stamp` then repeats wherever it is wanted, at almost no cost."""
        self._canvas.beginForm(name)
        draw(self)
        self._canvas.endForm()

    def stamp(self, name: str, x: float = 0, y: float = 0) -> None:
        """Repeat a stencil, `x` millimetres to the right of where it was drawn and `y` below it."""
        self._canvas.saveState()
        self._canvas.translate(x * MM, -y * MM)
        self._canvas.doForm(name)
        self._canvas.restoreState()

    def next_page(self) -> None:
        """End this page and begin another of the same size."""
        self._end_page()
        self._start_page()

    def pdf(self) -> bytes:
        """End the document and return it; of what is bound into a volume nothing is returned."""
        if self._bound_into is None:
            return self._document.content()
        self._end_page()
        return b""

    def _end_page(self) -> None:
        if self._bound_into is not None:
            self._canvas.scale(1 / self._scale, 1 / self._scale)
            on_paper = copy(self)
            on_paper.wide, on_paper.high = self.wide * self._scale, self.high * self._scale
            self._bound_into.end_page(on_paper)
        self._canvas.showPage()

    def _start_page(self) -> None:
        if self._bound_into is not None:
            self._bound_into.begin_page()
        self._canvas.scale(self._scale, self._scale)
        for mark in self._watermarks:
            self._write_across(mark)

    def _write_across(self, mark: str) -> None:
        """Write a pale word again and again across the page."""
        across, down = WATERMARK_EVERY
        for row in range(int(self.high // down) + 1):
            for column in range(int(self.wide // across) + 1):
                x, y = (column + 0.5) * across, (row + 0.5) * down
                self.text(x, y, mark, WATERMARK_SIZE, bold=True, colour=WATERMARK_COLOUR, align="center")

    def _up(self, y: float) -> float:
        return (self.high - y) * MM

    def _outline(self, thick: float, colour: str, dash: Sequence[float]) -> None:
        self._canvas.setStrokeColor(HexColor(colour))
        self._canvas.setLineWidth(thick * MM)
        self._canvas.setDash([length * MM for length in dash])

    def _shape(self, x: float, y: float, unit: float, path: Sequence[str], colour: str) -> None:
        """Fill path operators written in units of `unit` millimetres from `x`, `y`, downwards."""
        self._canvas.saveState()
        self._canvas.translate(x * MM, self._up(y))
        self._canvas.scale(unit * MM, -unit * MM)
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.drawPath(PDFPathObject(list(path)), stroke=0, fill=1)
        self._canvas.restoreState()


@dataclass(frozen=True)
class QrPath:
    """A QR code to draw: its width in modules with the quiet zone, and the dark modules as a path.

    `is_sample` where it leads to this computer alone: whoever scans it on paper finds nothing.
    """

    modules: int
    bars: list[str]
    is_sample: bool


def qr_path(payload: str) -> QrPath:
    """The QR code of a text, with its quiet zone of four modules.

    It takes about 1.5 ms, most of the time of a card.
    """
    modules = qr_modules(payload)
    return QrPath(len(modules), _dark_bars(modules), leads_here_only(payload))


def qr_modules(payload: str) -> list[list[bool]]:
    """The modules of the QR code of a text, row by row, dark ones True; four around it are quiet."""
    # Choosing the best of the eight masks would double the time; readers take any.
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=3)
    code.add_data(payload)
    modules: list[list[bool]] = code.get_matrix()
    return modules


def _dark_bars(modules: list[list[bool]]) -> list[str]:
    """The dark modules as one path, one rectangle for each run along a row."""
    bars = []
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                bars.append(f"{x} {y} {length} 1 re")
            x += length
    return bars


def _code128_bars(digits: str) -> list[tuple[int, int]]:
    """The dark bars of a linear code, each with its start and width in modules."""
    code = Code128Auto(digits, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    bars, end = [], 0
    for element in code.decomposed:  # A to D a bar of so many modules, a to d a gap
        wide = ord(element.lower()) - ord("a") + 1
        if element.isupper():
            bars.append((end, wide))
        end += wide
    return bars


# Strips: what flows over pages.


@dataclass(frozen=True)
class Strip:
    """A part of a page that is never split: its height, and how to draw it with its top left at x, y.

    `under` is the heading above it, drawn where a page begins or the heading changes.
    """

    height: float
    draw: Callable[[Pen, float, float], None]
    heading: "Strip | None" = None


def gap(height: float) -> Strip:
    """Empty space."""
    return Strip(height, lambda pen, x, y: None)


def paragraph(
    text: str, room: float, size: float, *, bold: bool = False, colour: str = INK, align: str = "left"
) -> list[Strip]:
    """A text over as many lines as it needs, a strip for each."""
    shift = {"left": 0.0, "center": room / 2, "right": room}[align]

    def strip(line: str) -> Strip:
        return Strip(
            leading(size),
            lambda pen, x, y: pen.text(
                x + shift, y + baseline(size), line, size, bold=bold, colour=colour, align=align
            ),
        )

    return [strip(line) for line in wrap(text, room, size, bold)]


def paginate(strips: Iterable[Strip], room: float) -> list[list[Strip]]:
    """Fill pages of `room` millimetres; a heading is repeated on each page it reaches into."""
    pages: list[list[Strip]] = [[]]
    remaining, heading = room, None
    for strip in strips:
        new_heading = strip.heading if strip.heading is not heading else None
        if pages[-1] and (new_heading.height if new_heading else 0) + strip.height > remaining:
            pages.append([])
            remaining, new_heading = room, strip.heading
        heading = strip.heading
        for part in filter(None, (new_heading, strip)):
            pages[-1].append(part)
            remaining -= part.height
    return pages


def stack(pen: Pen, strips: Iterable[Strip], x: float, y: float) -> float:
    """Draw strips below each other; return where the last one ends."""
    for strip in strips:
        strip.draw(pen, x, y)
        y += strip.height
    return y


def fill(
    pen: Pen, strips: Iterable[Strip], x: float, y: float, room: float, foot: Callable[[int, int], None]
) -> None:
    """Draw strips over as many pages as they need, each `room` millimetres high.

    `foot` draws the foot of each page, given the page's number and how many pages there are.
    """
    pages = paginate(strips, room)
    for number, page in enumerate(pages, 1):
        if number > 1:
            pen.next_page()
        stack(pen, page, x, y)
        foot(number, len(pages))
