"""The points of a village's workers, or of one of them: each entry with what caused it (积分台账)."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from people import access
from points import ledger
from points.amounts import as_number
from points.labels import explain_transfer
from reports.books.book import Book, BookColumn, Frame, Line, Scope, day_of

COLUMNS = (
    BookColumn(_("Day"), 25),
    BookColumn(_("Grid worker"), 24),
    BookColumn(_("Basis"), 84),
    BookColumn(_("By"), 26),
    BookColumn(_("Plus"), 20, "right"),
    BookColumn(_("Minus"), 20, "right"),
    BookColumn(_("Balance"), 22, "right"),
)


def query(scope: Scope) -> Select[int]:
    """The entries of the workers' accounts, as they were written."""
    return ledger.ids_between(scope.village_ids, *scope.moments, scope.worker)


def read(scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each entry; the balance is the worker's after it."""
    for transfer, actor in ledger.by_ids([ident for (ident,) in records]):
        village, amount = transfer.account.village, as_number(transfer.amount)
        is_plus = transfer.change > 0
        yield (
            village.name,
            day_of(transfer.at),
            scope.sight.name(transfer.account.person),
            scope.sight.text(explain_transfer(transfer), village),
            scope.sight.name(actor),
            amount if is_plus else None,
            None if is_plus else amount,
            as_number(transfer.balance_after),
        )


def frame(scope: Scope) -> Frame:
    """What was held before, and below the sums what is held after; of all the workers together."""
    turnover = ledger.turnover(scope.village_ids, *scope.moments, scope.worker)
    before, plus, minus, after = map(
        as_number, (turnover.before, turnover.plus, turnover.minus, turnover.after)
    )
    return Frame(
        turnover.entries,
        [(None, gettext("Sum"), None, gettext("held at the end"), None, plus, minus, after)],
        (None, scope.first, None, gettext("Carried forward"), None, None, None, before),
    )


POINTS = Book(
    "points",
    "points",
    _("Points book"),
    _("Every entry of the workers' accounts: what it goes back to, plus, minus and balance."),
    access.ONLOOKERS,
    COLUMNS,
    query,
    read,
    frame,
    is_of_worker=True,
)
