"""Several papers bound into one volume of A4: a page of contents, every page numbered through, bookmarks.

Papers are drawn as they are by themselves, and not put together from finished files: so a typeface is in the
volume once, however many papers there are.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask_babel import gettext as _

from ground.paper.draw import MM, QUIET, VOLUME, Pen, Volume, baseline, fit, leading, width

WIDE_MM, HIGH_MM = 210, 297

# The page's number stands at the top right, where an archive looks for it.
NUMBER_TOP_MM, NUMBER_SIDE_MM, NUMBER_SIZE = 8, 12, 9
COUNT_ROOM_MM = 18  # for how many pages there are, which is known at the end

LEFT_MM, ROOM_MM, TOP_MM = 30, 150, 40
HEADING_SIZE, ROW_SIZE = 20, 13
ROW_MM = leading(ROW_SIZE) * 1.35
FIGURE_ROOM_MM = 20

_COUNT, _FIGURES = "volume-count", "volume-contents"


class BoundVolume(Volume):
    """A volume in the making: its cover, its contents, then its parts; every page is A4, upright or across.

    What is drawn inside of `cover` and `part` is bound into it. `content` ends it.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._first_pages: list[int] = []
        self._starting: str | None = None  # the part whose first page is to come
        self._contents_pen: Pen | None = None

    @property
    def pages(self) -> int:
        """How many pages are bound so far."""
        return int(self.canvas.getPageNumber()) - 1

    @contextmanager
    def cover(self) -> Iterator[None]:
        """Bind what is drawn meanwhile."""
        token = VOLUME.set(self)
        try:
            yield
        finally:
            VOLUME.reset(token)

    @contextmanager
    def part(self, title: str) -> Iterator[None]:
        """Bind the papers that are drawn meanwhile, at least one, as a part with its bookmark."""
        self._starting = title
        self._first_pages.append(self.pages + 1)
        with self.cover():
            yield

    def contents(self, titles: Sequence[str]) -> None:
        """Bind the page that lists the parts to come, all of them by their titles."""
        with self.cover():
            pen = self._contents_pen = Pen("", WIDE_MM, HIGH_MM)
            pen.text(WIDE_MM / 2, TOP_MM - 10, _("Contents"), HEADING_SIZE, bold=True, align="center")
            for place, title in enumerate(titles):
                top = TOP_MM + place * ROW_MM
                below = top + baseline(ROW_SIZE)
                text, size = fit(title, ROOM_MM - FIGURE_ROOM_MM, ROW_SIZE, 8)
                pen.text(LEFT_MM, below, text, size)
                start, end = LEFT_MM + width(text, size) + 3, LEFT_MM + ROOM_MM - FIGURE_ROOM_MM
                pen.line(start, below, end, below, colour=QUIET, dash=(0.4, 1.2))
                box = (LEFT_MM, HIGH_MM - top - ROW_MM, LEFT_MM + ROOM_MM, HIGH_MM - top)
                self.canvas.linkRect("", _bookmark(place), [edge * MM for edge in box], Border="[0 0 0]")
            pen.stamp(_FIGURES)
            pen.pdf()

    def content(self) -> bytes:
        """Fill in what is known at the end, and return the volume."""
        if self._contents_pen is not None:
            self._contents_pen.stencil(_FIGURES, self._write_first_pages)
            self._contents_pen.stencil(_COUNT, self._write_count)
        return super().content()

    def scale_of(self, wide: float, high: float) -> float:
        """How much a page of this size is enlarged to be as narrow as A4."""
        return WIDE_MM / min(wide, high)

    def begin_page(self) -> None:
        """Set the bookmark of a part at its first page."""
        if self._starting is not None:
            name = _bookmark(len(self._first_pages) - 1)
            self.canvas.bookmarkPage(name)
            self.canvas.addOutlineEntry(self._starting, name)
            self._starting = None

    def end_page(self, pen: Pen) -> None:
        """Write the page's number; of how many is filled in at the end."""
        number = _("Page %(number)d of the file", number=self.canvas.getPageNumber())
        right = pen.wide - NUMBER_SIDE_MM - COUNT_ROOM_MM
        pen.text(right, NUMBER_TOP_MM, number, NUMBER_SIZE, colour=QUIET, align="right")
        pen.stamp(_COUNT, pen.wide - WIDE_MM, HIGH_MM - pen.high)

    def _write_first_pages(self, pen: Pen) -> None:
        for place, page in enumerate(self._first_pages):
            below = TOP_MM + place * ROW_MM + baseline(ROW_SIZE)
            pen.text(LEFT_MM + ROOM_MM, below, str(page), ROW_SIZE, align="right")

    def _write_count(self, pen: Pen) -> None:
        count = _("of %(count)d", count=self.pages)
        pen.text(
            WIDE_MM - NUMBER_SIDE_MM - COUNT_ROOM_MM + 1.5, NUMBER_TOP_MM, count, NUMBER_SIZE, colour=QUIET
        )


def _bookmark(place: int) -> str:
    return f"part-{place}"
