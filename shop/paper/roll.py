"""The strips of a receipt on roll paper.

All black: the printer would make dots of a quiet tone.
"""

from dataclasses import dataclass

from ground.paper.draw import BLACK, Pen, Strip, baseline, gap, leading, paragraph, width, wrap


@dataclass(frozen=True)
class Paper:
    """A kind of paper in millimetres, and the sizes of type on it in points."""

    wide: float
    margin: float
    size: float
    large: float
    qr: float

    @property
    def room(self) -> float:
        """The width between the margins, in mm."""
        return self.wide - 2 * self.margin

    @property
    def small(self) -> float:
        """The smallest type that roll paper shows well."""
        return max(7.5, self.size * 0.85)


def dashed_line(paper: Paper) -> list[Strip]:
    """A dashed line across the paper, with air above and below."""
    line = Strip(0.4, lambda pen, x, y: pen.line(x, y, x + paper.room, y, colour=BLACK, dash=(1, 0.8)))
    return [gap(paper.size / 8), line, gap(paper.size / 8)]


def left_text(text: str, paper: Paper, size: float | None = None, bold: bool = False) -> list[Strip]:
    """A text from the left edge."""
    return paragraph(text, paper.room, size or paper.size, bold=bold, colour=BLACK)


def centred_text(text: str, paper: Paper, size: float | None = None, bold: bool = False) -> list[Strip]:
    """A text in the middle."""
    return paragraph(text, paper.room, size or paper.size, bold=bold, colour=BLACK, align="center")


def labelled_value(
    label: str, value: str, paper: Paper, size: float | None = None, bold: bool = False
) -> list[Strip]:
    """A label at the left and its value at the right, below each other where both do not fit."""
    size = size or paper.size
    if width(label, size, bold) + width(value, size, bold) + 2 > paper.room:
        below = paragraph(value, paper.room, size, bold=bold, colour=BLACK, align="right")
        return [*left_text(label, paper, size, bold), *below]

    def draw(pen: Pen, x: float, y: float) -> None:
        below = y + baseline(size)
        pen.text(x, below, label, size, bold=bold, colour=BLACK)
        pen.text(x + paper.room, below, value, size, bold=bold, colour=BLACK, align="right")

    return [Strip(leading(size), draw)]


def goods_name(name: str, spec: str, paper: Paper) -> list[Strip]:
    """A name, and its specification in smaller type: behind the name where there is room, else below it."""
    strips = left_text(name, paper, bold=True)
    start = width(wrap(name, paper.room, paper.size, bold=True)[-1], paper.size, bold=True) + 1.5
    if not spec or start + width(spec, paper.small) > paper.room:
        return [*strips, *(left_text(spec, paper, paper.small) if spec else [])]
    *above, last = strips

    def draw(pen: Pen, x: float, y: float) -> None:
        last.draw(pen, x, y)
        pen.text(x + start, y + baseline(paper.size), spec, paper.small, colour=BLACK)

    return [*above, Strip(last.height, draw)]
