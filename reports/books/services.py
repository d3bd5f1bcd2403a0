"""The services of the six duties, with who confirmed them (活动台账)."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from people import access
from people.models import Role
from points import labels
from points.amounts import as_number
from points.models import ServiceState
from points.services import reading
from reports.books.book import Book, BookColumn, Frame, Line, Scope, sum_line

COLUMNS = (
    BookColumn(_("Day"), 24),
    BookColumn(_("Grid worker"), 20),
    BookColumn(_("Grid"), 30),
    BookColumn(_("Duty"), 28),
    BookColumn(_("Item"), 34),
    BookColumn(_("How many"), 13, "right"),
    BookColumn(_("Unit"), 11, "center"),
    BookColumn(_("What was done"), 50),
    BookColumn(_("Recorded by"), 20),
    BookColumn(_("Confirmed by"), 20),
    BookColumn(_("State"), 18),
    BookColumn(_("In points"), 14, "right"),
)
IN_POINTS = 11


def query(scope: Scope) -> Select[int]:
    """What was done on these days."""
    return reading.ids_between(scope.village_ids, scope.first, scope.last)


def read(scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each record; points are those of a confirmed one, before the caps."""
    for service in reading.by_ids([ident for (ident,) in records]):
        village, is_confirmed = service.grid.village, service.state == ServiceState.CONFIRMED
        yield (
            village.name,
            service.done_on,
            scope.sight.name(service.worker),
            service.grid.name,
            str(labels.DUTIES[service.item.category]),
            service.item.name,
            service.count,
            service.item.unit,
            scope.sight.text(service.note, village),
            scope.sight.name(service.recorded_by),
            scope.sight.name(service.decided_by) if is_confirmed else None,
            str(labels.SERVICE_STATES[service.state]),
            as_number(service.count * service.item.points) if is_confirmed else None,
        )


def frame(scope: Scope) -> Frame:
    """The points of what was confirmed."""
    count, tenths = reading.sums_between(scope.village_ids, scope.first, scope.last)
    return Frame(count, [sum_line(COLUMNS, {IN_POINTS: as_number(tenths)})])


SERVICES = Book(
    "services",
    "services",
    _("Services of the six duties"),
    _("What the workers did, and who confirmed it; points as the rubric has them, before the caps."),
    access.ONLOOKERS | {Role.INSTRUCTOR},
    COLUMNS,
    query,
    read,
    frame,
)
