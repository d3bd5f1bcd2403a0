"""Who served when and was trained in what: terms (聘任台账) and trainings (培训台账)."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from people import access, labels
from people.conduct import trainings
from people.models import Role
from people.roster import holders
from reports.books.book import Book, BookColumn, Frame, Line, Scope, count_of

READERS = access.ONLOOKERS | {Role.INSTRUCTOR}

TERM_COLUMNS = (
    BookColumn(_("Grid code"), 24),
    BookColumn(_("Grid"), 44),
    BookColumn(_("Duty"), 24),
    BookColumn(_("Name"), 24),
    BookColumn(_("Chosen by"), 36),
    BookColumn(_("From"), 28),
    BookColumn(_("Until"), 28),
    BookColumn(_("Ended early on"), 28),
    BookColumn(_("Follows"), 24),
)
TRAINING_COLUMNS = (
    BookColumn(_("Day"), 28),
    BookColumn(_("Topic"), 74),
    BookColumn(_("Place"), 44),
    BookColumn(_("Held by"), 34),
    BookColumn(_("Duty"), 24),
    BookColumn(_("Who was there"), 28),
    BookColumn(_("Noted"), 28),
)


def query_terms(scope: Scope) -> Select[int]:
    """The terms that touch these days."""
    return holders.ids_between(scope.village_ids, scope.first, scope.last)


def read_terms(scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each term."""
    for term in holders.by_ids([ident for (ident,) in records]):
        yield (
            term.grid.village.name,
            term.grid.code,
            term.grid.name,
            str(labels.DUTIES[term.duty]),
            scope.sight.name(term.person),
            str(labels.CHOSEN_BY[term.chosen_by]) if term.chosen_by else None,
            term.starts_on,
            term.ends_on,
            term.ended_on,
            scope.sight.name(term.follows.person) if term.follows else None,
        )


def query_trainings(scope: Scope) -> Select[int]:
    """The attendances of the area's own people at the sessions of these days."""
    return trainings.attendance_ids_between(scope.area, scope.first, scope.last)


def read_trainings(scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each attendance."""
    for attendance in trainings.attendances_by_ids([ident for (ident,) in records]):
        training = attendance.training
        yield (
            attendance.person.area.name,
            training.held_on,
            scope.sight.text(training.topic, training.area),
            scope.sight.text(training.place, training.area),
            training.area.name,
            str(labels.DUTIES[training.duty]),
            scope.sight.name(attendance.person),
            gettext("by card") if attendance.by_card else gettext("on the list"),
        )


TERMS = Book(
    "terms",
    "terms",
    _("Terms of service"),
    _("Who serves in which grid, from when until when, and whom they follow."),
    READERS,
    TERM_COLUMNS,
    query_terms,
    read_terms,
    lambda scope: Frame(count_of(query_terms(scope)), []),
)
TRAININGS = Book(
    "trainings",
    "trainings",
    _("Trainings"),
    _("Who of the area was at which session, and how that was noted."),
    READERS,
    TRAINING_COLUMNS,
    query_trainings,
    read_trainings,
    lambda scope: Frame(count_of(query_trainings(scope)), []),
)
