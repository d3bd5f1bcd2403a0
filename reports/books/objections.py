"""The objections to what hung on the wall, and their answers (异议台账): of quarters and opening balances."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, literal, select, union_all

from people import access
from people.models import Area, Person
from points import labels
from points.models import Answer, Objection, OpeningAnswer, OpeningObjection
from points.openings import objections as of_openings
from points.wall import objections as of_quarters
from reports.books.book import Book, BookColumn, Frame, Line, Scope, count_of, day_of

COLUMNS = (
    BookColumn(_("Day"), 24),
    BookColumn(_("Number"), 20),
    BookColumn(_("About"), 18),
    BookColumn(_("Brought by"), 18),
    BookColumn(_("How"), 14),
    BookColumn(_("What was said"), 56),
    BookColumn(_("Answer due"), 24),
    BookColumn(_("Answered on"), 24),
    BookColumn(_("Days"), 10, "right"),
    BookColumn(_("Answer"), 16),
    BookColumn(_("Reason"), 50),
    BookColumn(_("Decided by"), 24),
)


def query(scope: Scope) -> Select[*tuple[Any, ...]]:
    """What was objected to on these days, both kinds by day."""
    asked = (scope.village_ids, scope.first, scope.last)
    kinds = (
        of_quarters.ids_between(*asked).add_columns(literal(False).label("is_opening")),
        of_openings.ids_between(*asked).add_columns(literal(True).label("is_opening")),
    )
    both = union_all(*kinds).subquery()
    return select(both.c.id, both.c.received_on, both.c.is_opening).order_by(
        both.c.received_on, both.c.is_opening, both.c.id
    )


def read(scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each objection; without an answer those columns stay empty."""
    quarters = of_quarters.by_ids([ident for ident, _on, is_opening in records if not is_opening])
    openings = of_openings.by_ids([ident for ident, _on, is_opening in records if is_opening])
    for ident, _on, is_opening in records:
        if is_opening:
            opening = openings[ident]
            yield _line(scope, opening, opening.sheet.village, opening.line.worker)
        else:
            objection = quarters[ident]
            yield _line(scope, objection, objection.assessment.village, objection.worker)


def _line(scope: Scope, objection: Objection | OpeningObjection, village: Area, worker: Person) -> Line:
    sight, answer = scope.sight, objection.answer
    return (
        village.name,
        objection.received_on,
        objection.code,
        sight.name(worker),
        sight.name(objection.name),
        str(labels.OBJECTION_CHANNELS[objection.channel]),
        sight.text(objection.text, village),
        objection.due_on,
        *(_answer(scope, objection.received_on, answer, village) if answer else (None,) * 5),
    )


def _answer(scope: Scope, received_on: date, answer: Answer | OpeningAnswer, village: Area) -> Line:
    answered_on = day_of(answer.at)
    return (
        answered_on,
        (answered_on - received_on).days,
        gettext("accepted") if answer.accepted else gettext("not accepted"),
        scope.sight.text(answer.reason, village),
        scope.sight.text(answer.decided_by, village),
    )


def frame(scope: Scope) -> Frame:
    """Only how many they are: nothing of it is summed."""
    return Frame(count_of(query(scope)), [])


OBJECTIONS = Book(
    "objections",
    "objections",
    _("Objections and answers"),
    _("Who objected to what hung on the wall, what was answered, and after how many days."),
    access.ONLOOKERS,
    COLUMNS,
    query,
    read,
    frame,
)
