"""The five openings as a sheet for the wall: all five on one page, in the largest type that fits it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.clock import Quarter
from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, Strip, fill, fit, gap, paginate, paragraph, stack
from ground.paper.table import PrintedColumn, PrintedTable
from points.amounts import show
from reports.disclosure.figures import Disclosure
from reports.disclosure.periods import Period
from shop import labels

# Laid out on A4; A3 is the same sheet enlarged.
SCALES = {"A4": 1.0, "A3": 2**0.5}
WIDE, HIGH = 210, 297
LEFT, TOP, BOTTOM = 12, 9, 11
ROOM_MM, PAGE_MM = WIDE - 2 * LEFT, HIGH - TOP - BOTTOM
QR_SIDE_MM = 24
TITLE, SMALL = 20, 8.5

# Type of the tables in points, tried from the largest on. Where none lets all of it stand on one page, it
# goes over several in one that is read with ease.
SIZES = (13, 12, 11, 10.5, 10, 9.5, 9, 8.75, 8.5, 8.25, 8, 7.75, 7.5, 7.25, 7)
SIZE_OVER_PAGES = 10


def disclosure_pdf(disclosure: Disclosure, url: str, paper: str = "A4") -> bytes:
    """The sheet in Chinese; `url` is its public page, `paper` "A4" or "A3"."""
    with force_locale("zh"):
        title = heading(disclosure)
        by_size = (_strips(disclosure, url, size) for size in SIZES)
        on_one_page = (strips for strips in by_size if len(paginate(strips, PAGE_MM)) == 1)
        strips = next(on_one_page, None) or _strips(disclosure, url, SIZE_OVER_PAGES)
        pen = Pen(title, WIDE, HIGH, SCALES[paper])

        def foot(number: int, count: int) -> None:
            y = HIGH - BOTTOM + 6
            pen.text(LEFT, y, title, SMALL, colour=QUIET)
            pen.text(WIDE - LEFT, y, words.page_number(number, count), SMALL, colour=QUIET, align="right")

        fill(pen, strips, LEFT, TOP, PAGE_MM, foot)
        return pen.pdf()


def period_name(period: Period) -> str:
    """A quarter or month as people write it."""
    return words.quarter(period) if isinstance(period, Quarter) else words.month(period)


def heading(disclosure: Disclosure) -> str:
    """The sheet's title, with the village and the period."""
    village, period = disclosure.village.name, period_name(disclosure.period)
    return str(_("Five openings of %(village)s, %(period)s", village=village, period=period))


@dataclass(frozen=True)
class Blocks:
    """A table whose rows stand in several blocks beside each other, as many as the sheet has room for.

    The columns' widths are for type of 10 points; the first is the row's number.
    """

    columns: Sequence[PrintedColumn]
    rows: Sequence[Sequence[str]]

    def strips(self, size: float) -> list[Strip]:
        """The table in type of this size, numbered down each block."""
        columns = [PrintedColumn(_("Row"), 9, "center"), *self.columns]
        wide = sum(column.width_mm for column in columns) * size / 10
        count = max(1, min(int(ROOM_MM // wide), len(self.rows)))
        stretched = ROOM_MM / count / wide * size / 10
        beside = [PrintedColumn(each.name, each.width_mm * stretched, each.align) for each in columns]
        numbered = [[str(number), *row] for number, row in enumerate(self.rows, 1)]
        high = -(-len(numbered) // count)
        blocks = [numbered[start : start + high] for start in range(0, len(numbered), high)]
        blocks += [[]] * (count - len(blocks))
        empty = [""] * len(columns)
        rows = ([cell for row in line for cell in row] for line in zip_longest(*blocks, fillvalue=empty))
        return _table(beside * count, size).rows(rows)


def _table(columns: Sequence[PrintedColumn], size: float) -> PrintedTable:
    return PrintedTable(columns, size=size, head_size=size * 0.9, padding=size / 30, side=0.8)


def _strips(disclosure: Disclosure, url: str, size: float) -> list[Strip]:
    """The whole sheet from the title to the code, its tables in type of `size` points."""
    period, village = disclosure.period, disclosure.village
    township = village.parent.name if village.parent else ""
    days = _("From %(first)s to %(last)s", first=words.day(period.first_day), last=words.day(period.last_day))
    return [
        *paragraph(township + village.name, ROOM_MM, TITLE * 0.7, align="center"),
        *paragraph(
            _("Five openings, %(period)s", period=period_name(period)),
            ROOM_MM,
            TITLE,
            bold=True,
            align="center",
        ),
        *paragraph(days, ROOM_MM, SMALL + 1, colour=QUIET, align="center"),
        *_received(disclosure, size),
        *_prices(disclosure, size),
        *_rubric(disclosure, size),
        *_workers(disclosure, size),
        *_redeemed(disclosure, size),
        *_note(disclosure),
        gap(2),
        _end(disclosure, url),
    ]


def _part(title: str, size: float) -> list[Strip]:
    return [gap(size / 6), *paragraph(title, ROOM_MM, size + 1.5, bold=True)]


def _said(text: str, size: float) -> list[Strip]:
    return paragraph(text, ROOM_MM, size)


def _received(disclosure: Disclosure, size: float) -> Iterator[Strip]:
    yield from _part(received_title(), size)
    if not disclosure.received:
        yield from _said(_("No goods came in."), size)
        return
    rows = [
        [
            goods.name,
            goods.unit,
            _count(goods.bought),
            _count(goods.given),
            _count(goods.otherwise),
            yuan(goods.spent),
        ]
        for goods in disclosure.received
    ]
    yield from Blocks(
        [
            PrintedColumn(_("Goods"), 38),
            PrintedColumn(_("Unit"), 9, "center"),
            PrintedColumn(_("Bought"), 12, "right"),
            PrintedColumn(_("Donated"), 12, "right"),
            PrintedColumn(_("Other"), 12, "right"),
            PrintedColumn(_("Cost in yuan"), 19, "right"),
        ],
        rows,
    ).strips(size)
    yield from _said(spent_text(disclosure), size)


def _prices(disclosure: Disclosure, size: float) -> Iterator[Strip]:
    yield from _part(prices_title(), size)
    if not disclosure.prices:
        yield from _said(_("The shop offered no goods."), size)
        return
    yield from Blocks(
        [PrintedColumn(_("Goods"), 36), PrintedColumn(_("Points"), 20, "right")],
        [[goods.name, f"{show(goods.price)} / {goods.unit}"] for goods in disclosure.prices],
    ).strips(size)


def _rubric(disclosure: Disclosure, size: float) -> Iterator[Strip]:
    yield from _part(rubric_title(), size)
    if disclosure.rubric is None:
        yield from _said(_("No rubric was in force yet."), size)
        return
    yield from _said(rubric_text(disclosure), size)
    yield from Blocks(
        [
            PrintedColumn(_("Duty"), 27, "center"),
            PrintedColumn(_("Service"), 42),
            PrintedColumn(_("Points"), 22, "center"),
            PrintedColumn(_("At most a quarter"), 15, "center"),
        ],
        [
            [part.duty, item.name, f"{show(item.points)} / {item.unit}", show(item.cap) if item.cap else "–"]
            for part in disclosure.rubric_parts
            for item in part.items
        ],
    ).strips(size)


def _workers(disclosure: Disclosure, size: float) -> Iterator[Strip]:
    yield from _part(workers_title(), size)
    if not disclosure.workers:
        yield from _said(_("No points were booked, and none redeemed."), size)
        return
    yield from Blocks(
        [
            PrintedColumn(_("Name"), 14),
            PrintedColumn(_("Grid"), 18, "center"),
            PrintedColumn(_("Booked"), 11.5, "right"),
            PrintedColumn(_("Redeemed"), 12, "right"),
        ],
        [
            [worker.name, worker.grid, _points(worker.booked), _points(worker.redeemed)]
            for worker in disclosure.workers
        ],
    ).strips(size)
    yield from _said(workers_text(disclosure), size)


def _redeemed(disclosure: Disclosure, size: float) -> Iterator[Strip]:
    yield from _part(redeemed_title(), size)
    if not disclosure.redeemed:
        yield from _said(_("Nothing was redeemed."), size)
        return
    yield from Blocks(
        [
            PrintedColumn(_("Goods"), 32),
            PrintedColumn(_("Unit"), 9, "center"),
            PrintedColumn(_("Handed out"), 13, "right"),
            PrintedColumn(_("In points"), 15, "right"),
        ],
        [[goods.name, goods.unit, str(goods.units), show(goods.points)] for goods in disclosure.redeemed],
    ).strips(size)
    yield from _said(redeemed_text(disclosure), size)


def _note(disclosure: Disclosure) -> list[Strip]:
    """The note on characters that no typeface has."""
    items = [[part.duty, [[item.name, item.unit] for item in part.items]] for part in disclosure.rubric_parts]
    lists = [disclosure.received, disclosure.prices, disclosure.workers, disclosure.redeemed]
    note = words.footnote([disclosure.village.name, rubric_text(disclosure), items, *map(list, lists)])
    return [gap(1), *paragraph(note, ROOM_MM, SMALL, colour=QUIET)] if note else []


# The words that the sheet and the page share.


def received_title() -> str:
    """The heading of the first part."""
    return str(_("1. Goods received"))


def prices_title() -> str:
    """The heading of the second part."""
    return str(_("2. Prices in points"))


def rubric_title() -> str:
    """The heading of the third part."""
    return str(_("3. Rubric in force"))


def workers_title() -> str:
    """The heading of the fourth part."""
    return str(_("4. Points awarded"))


def redeemed_title() -> str:
    """The heading of the fifth part."""
    return str(_("5. Redemptions"))


def spent_text(disclosure: Disclosure) -> str:
    """What all that was bought cost."""
    text = _("Sum: goods for %(money)s yuan were bought.", money=yuan(disclosure.spent))
    counts = (
        count for goods in disclosure.received for count in (goods.bought, goods.given, goods.otherwise)
    )
    unpriced = sum(goods.unpriced for goods in disclosure.received)
    left_out = _("Nobody wrote down what %(units)s of the units cost; they are not in it.", units=unpriced)
    return str(text) + (str(left_out) if unpriced else "") + _minus_text(counts)


def rubric_text(disclosure: Disclosure) -> str:
    """Which version it is, since when, and by whose decision; empty without one."""
    rubric = disclosure.rubric
    if rubric is None:
        return ""
    return str(
        _(
            "Version %(version)s, in force from %(day)s, approved by: %(who)s.",
            version=rubric.version,
            day=words.day(rubric.in_force_from),
            who=rubric.approved_by,
        )
    )


def workers_text(disclosure: Disclosure) -> str:
    """The sums of the workers, and which quarter's points were booked."""
    tenths = (figure for worker in disclosure.workers for figure in (worker.booked, worker.redeemed))
    return str(
        _(
            "Sum of rows 1 to %(people)s: %(booked)s points booked, %(redeemed)s redeemed. The points of a "
            "quarter are booked once its notice is over.",
            people=len(disclosure.workers),
            booked=show(disclosure.booked),
            redeemed=show(sum(worker.redeemed for worker in disclosure.workers)),
        )
    ) + _minus_text(tenths)


def redeemed_text(disclosure: Disclosure) -> str:
    """The sum of what was handed out."""
    text = _("Sum: %(points)s points.", points=show(disclosure.points_redeemed))
    return str(text) + _minus_text(goods.units for goods in disclosure.redeemed)


def _minus_text(figures: Iterable[int]) -> str:
    """The sentence that says what a minus among some figures is; empty where there is none."""
    return str(_(" A minus takes back what was written down before.")) if min(figures, default=0) < 0 else ""


def yuan(fen: int | None) -> str:
    """Money as it stands on the sheet; a dash for none."""
    return "–" if fen is None else labels.yuan(fen)


def _points(tenths: int) -> str:
    return show(tenths) if tenths else "–"


def _count(units: int) -> str:
    return str(units) if units else "–"


def _end(disclosure: Disclosure, url: str) -> Strip:
    """The code of the public page, whom to ask, and room for the seal."""
    asked = paragraph(
        _(
            "Whoever finds something wrong tells the committee or its supervisors. Scan the code to read "
            "this sheet, and those of earlier times."
        ),
        ROOM_MM - QR_SIDE_MM - 72,
        SMALL + 1,
    )
    village = disclosure.village.name

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.line(x, y, x + ROOM_MM, y, colour=LINE, thick=0.3)
        pen.qr(x, y + 1, QR_SIDE_MM, url)
        stack(pen, asked, x + QR_SIDE_MM + 3, y + 5)
        middle = x + ROOM_MM - 33
        text, size = fit(_("%(village)s (seal)", village=village), 66, 11, 7)
        pen.text(middle, y + 10, text, size, align="center")
        pen.text(middle, y + 20, _("Hung up on ________________"), 10, align="center")

    return Strip(QR_SIDE_MM + 2, draw)
