"""What a ledger book is, and what it is asked for.

    Scope       an area, the days, and the eyes that read
    BookColumn  a heading, with the room that it takes
    Book        the columns; the records of a scope, what each says, and the foot

Records are found first, by light rows, and read in parts: a book of many years is never in memory as a whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select

from ground import clock
from ground.db import db, rows_with_sums, stream, sums_of
from ground.refusal import Refused
from people.models import Area, Person, Role
from people.sight import Sight

# So many records are read at once.
PART_RECORDS = 500

# The cells of a row in the order of the columns: text, whole numbers, points or yuan as a Decimal, days,
# moments in Asia/Shanghai, None.
Line = tuple[Any, ...]


@dataclass(frozen=True)
class Scope:
    """What a book is asked for: a place, the days from `first` to `last`, and what its reader may see.

    With a `worker` it is that worker's book alone, where the book has such.
    """

    area: Area
    villages: Sequence[Area]
    first: date
    last: date
    sight: Sight
    worker: Person | None = None

    @property
    def village_ids(self) -> list[int]:
        """The villages of the area, by their ids."""
        return [village.id for village in self.villages]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The moment at which the days begin, and the one at which they are over."""
        return clock.day_span(self.first, self.last)


@dataclass(frozen=True)
class BookColumn:
    """A column: its heading, how it is aligned, and its room on A4, in millimetres beside the others'."""

    heading: Any
    wide: float
    align: str = "left"


NUMBER = BookColumn(_("Row"), 10, "center")
VILLAGE = BookColumn(_("Village"), 22)


@dataclass(frozen=True)
class Frame:
    """What stands around the records: how many they are, the row before them, if any, and those below."""

    records: int
    below: Sequence[Line]
    before: Line | None = None


@dataclass(frozen=True)
class Book:
    """A ledger book, by its `name` in addresses, `told_as` in the table of pages; `roles` open it.

    `query` finds the records of a scope, in the book's order; `read` says some of them as lines, one for
    each, in the same order; `frame` says what stands around them. The first cell of a line, and of those
    around, is the village's name.
    `is_of_worker` says that it can be one worker's alone.
    """

    name: str
    told_as: str
    title: Any
    purpose: Any
    roles: frozenset[Role]
    columns: Sequence[BookColumn]
    query: Callable[[Scope], Select[*tuple[Any, ...]]]
    read: Callable[[Scope, Sequence[Any]], Iterable[Line]]
    frame: Callable[..., Frame]
    is_of_worker: bool = False

    def page(self, scope: Scope, number: int, per_page: int) -> tuple[list[Line], Frame]:
        """The lines of one page, and the frame as a reader has it; `number` counts from 1."""
        skipped = (number - 1) * per_page
        records, frame = self.part(scope, self.query(scope).limit(per_page).offset(skipped))
        return list(_numbered(scope, self.read(scope, records), skipped)), _shown(scope, frame)

    def part(self, scope: Scope, query: Select[*tuple[Any, ...]]) -> tuple[Sequence[Any], Frame]:
        """The records that are found within a limit, and the frame of all."""
        return db.session.execute(query).all(), self.whole_frame(scope)

    def lines(self, scope: Scope) -> Iterator[Line]:
        """All lines, as they are read."""
        count = 0
        for records in stream(self.query(scope), PART_RECORDS).partitions():
            yield from _numbered(scope, self.read(scope, records), count)
            count += len(records)

    def shown_columns(self, scope: Scope) -> list[BookColumn]:
        """The columns as a reader has them: the row's number, and above villages the village."""
        return [NUMBER, *_visible(scope, (VILLAGE, *self.columns))]

    def shown_frame(self, scope: Scope) -> Frame:
        """The frame as a reader has it, its rows as long as the others."""
        return _shown(scope, self.whole_frame(scope))

    def whole_frame(self, scope: Scope) -> Frame:
        """The frame with all that is kept."""
        return self.frame(scope)


@dataclass(frozen=True)
class SummedBook(Book):
    """A book whose records have figures behind their ids, of which the foot has the sums.

    Its `frame` takes the scope, how many records there are, and the sums: a page finds its rows and these by
    one statement.
    """

    def part(self, scope: Scope, query: Select[*tuple[Any, ...]]) -> tuple[Sequence[Any], Frame]:
        """The records that are found within a limit, and the frame of all, by one statement."""
        records, count, sums = rows_with_sums(query)
        return records, self.frame(scope, count, sums)

    def whole_frame(self, scope: Scope) -> Frame:
        """The frame with all that is kept; the records are only summed."""
        return self.frame(scope, *sums_of(self.query(scope)))


def _shown(scope: Scope, frame: Frame) -> Frame:
    before = frame.before and (None, *_visible(scope, frame.before))
    return Frame(frame.records, [(None, *_visible(scope, line)) for line in frame.below], before)


def _numbered(scope: Scope, lines: Iterable[Line], skipped: int) -> Iterator[Line]:
    for number, line in enumerate(lines, skipped + 1):
        yield number, *_visible(scope, line)


def _visible(scope: Scope, cells: Sequence[Any]) -> Sequence[Any]:
    """What is shown of a row: in a village not its own name."""
    return cells[1:] if scope.area.is_village else cells


def check_size(records: int, most: int) -> None:
    """Check that no more is taken out than is waited for. Refused `too_many_rows`."""
    if records > most:
        raise Refused(
            "too_many_rows",
            _(
                "This list has %(count)s rows; a file takes %(most)s. Narrow it first, for example by day.",
                count=records,
                most=most,
            ),
        )


def count_of(query: Select[*tuple[Any, ...]]) -> int:
    """The number of records that a query finds."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def sum_line(columns: Sequence[BookColumn], figures: dict[int, Any]) -> Line:
    """The row of the sums: the word in the first column, each figure in its own, counted from 0."""
    cells = [figures.get(place) for place in range(len(columns))]
    cells[0] = gettext("Sum")
    return (None, *cells)


def day_of(moment: datetime) -> date:
    """The day of a moment in Asia/Shanghai."""
    return clock.local(moment).date()
