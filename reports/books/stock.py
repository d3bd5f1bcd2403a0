"""The stock books (进销存): what was there, came in, went out and is left, by article and by lot."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from reports.books.book import BookColumn, Frame, Line, Scope, SummedBook, sum_line
from shop import labels
from shop.models import Lot
from shop.stock import turnover
from shop.stock.turnover import Flows, StockTurnover, ValuedTurnover
from shop.views import READERS

FIGURES = (
    BookColumn(_("At the beginning"), 13, "right"),
    BookColumn(_("Bought"), 13, "right"),
    BookColumn(_("Donated"), 13, "right"),
    BookColumn(_("Allocated"), 13, "right"),
    BookColumn(_("Opening entry"), 13, "right"),
    BookColumn(_("From other shops"), 13, "right"),
    BookColumn(_("Handed out"), 13, "right"),
    BookColumn(_("Written off"), 13, "right"),
    BookColumn(_("Returned"), 13, "right"),
    BookColumn(_("Sent"), 13, "right"),
    BookColumn(_("Found by counts"), 13, "right"),
    BookColumn(_("Missing by counts"), 13, "right"),
    BookColumn(_("At the end"), 13, "right"),
    BookColumn(_("Value in yuan"), 18, "right"),
    BookColumn(_("Without a cost"), 13, "right"),
)
SUMMARY = (
    _("At the beginning"),
    _("Bought"),
    _("Donated"),
    _("Allocated"),
    _("From shops, opening entry"),
    _("Found by counts"),
    _("Handed out"),
    _("Written off, returned"),
    _("Sent"),
    _("Missing by counts"),
    _("At the end"),
)
OF_VALUE = (
    BookColumn(_("Goods"), 30),
    BookColumn(_("Unit"), 8, "center"),
    *(
        column
        for heading in SUMMARY
        for column in (
            BookColumn(heading, 8, "right"),
            BookColumn(_("%(what)s, in yuan", what=heading), 13, "right"),
        )
    ),
    BookColumn(_("Without a cost"), 9, "right"),
)
OF_ARTICLE = (BookColumn(_("Goods"), 44), BookColumn(_("Unit"), 11, "center"), *FIGURES)
OF_LOT = (
    BookColumn(_("Goods"), 36),
    BookColumn(_("Lot"), 36),
    BookColumn(_("Best before"), 28),
    BookColumn(_("Unit cost"), 14, "right"),
    BookColumn(_("Unit"), 10, "center"),
    *FIGURES,
)


def lot_text(lot: Lot) -> str:
    """A lot in a few words: since when it is there, where it is from, and its number."""
    return f"{lot.received_on:%Y-%m-%d} {labels.SOURCES[lot.source]} #{lot.id}"


def yuan(fen: int | None) -> Decimal | None:
    """Money as a number, in yuan."""
    return None if fen is None else Decimal(fen).scaleb(-2)


def _cells(figures: StockTurnover) -> Line:
    return (
        figures.opening,
        figures.bought,
        figures.given,
        figures.allocated,
        figures.begun,
        figures.arrived,
        figures.redeemed,
        figures.written_off,
        figures.returned,
        figures.sent,
        figures.found,
        figures.missing,
        figures.closing,
        yuan(figures.value),
        figures.uncosted,
    )


def query_articles(scope: Scope) -> Select[*tuple[Any, ...]]:
    """The articles of which something was there or moved."""
    return turnover.by_article(scope.village_ids, *scope.moments)


def read_articles(_scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each article."""
    articles = turnover.articles([record[0] for record in records])
    for record in records:
        goods = articles[record[0]]
        yield goods.shop.village.name, goods.title, goods.unit, *_cells(turnover.turnover_of(record[1:]))


def frame_articles(_scope: Scope, count: int, sums: Sequence[int]) -> Frame:
    """The frame of so many articles and their sums."""
    return _frame(OF_ARTICLE, count, sums)


def query_lots(scope: Scope) -> Select[*tuple[Any, ...]]:
    """The lots of which something was there or moved."""
    return turnover.by_lot(scope.village_ids, *scope.moments)


def read_lots(_scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each lot."""
    lots = turnover.lots([record[0] for record in records])
    for record in records:
        lot = lots[record[0]]
        yield (
            lot.goods.shop.village.name,
            lot.goods.title,
            lot_text(lot),
            lot.best_before,
            yuan(lot.unit_cost),
            lot.goods.unit,
            *_cells(turnover.turnover_of(record[1:])),
        )


def frame_lots(_scope: Scope, count: int, sums: Sequence[int]) -> Frame:
    """The frame of so many lots and their sums."""
    return _frame(OF_LOT, count, sums)


def _frame(columns: Sequence[BookColumn], count: int, sums: Sequence[int]) -> Frame:
    first = len(columns) - len(FIGURES)
    cells = _cells(turnover.turnover_of(sums))
    return Frame(count, [sum_line(columns, dict(enumerate(cells, first)))])


def query_value(scope: Scope) -> Select[*tuple[Any, ...]]:
    """The same articles, with what their units cost."""
    return turnover.by_article_valued(scope.village_ids, *scope.moments)


def read_value(_scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each article, each figure in units and in yuan."""
    articles = turnover.articles([record[0] for record in records])
    for record in records:
        goods, figures = articles[record[0]], turnover.valued_of(record[1:])
        yield goods.shop.village.name, goods.title, goods.unit, *_value_cells(figures)


def frame_value(_scope: Scope, count: int, sums: Sequence[int]) -> Frame:
    """The frame of so many articles and their sums."""
    cells = _value_cells(turnover.valued_of(sums))
    return Frame(count, [sum_line(OF_VALUE, dict(enumerate(cells, len(OF_VALUE) - len(cells))))])


def _value_cells(figures: ValuedTurnover) -> Line:
    pairs = zip(_summary(figures.units), map(yuan, _summary(figures.fen)), strict=True)
    return (*chain.from_iterable(pairs), figures.uncosted)


def _summary(flows: Flows) -> tuple[int, ...]:
    """The flows as an accountant adds them up; what came is by where from, what went by why."""
    return (
        flows.opening,
        flows.bought,
        flows.given,
        flows.allocated,
        flows.arrived + flows.begun,
        flows.found,
        flows.redeemed,
        flows.written_off + flows.returned,
        flows.sent,
        flows.missing,
        flows.closing,
    )


STOCK = SummedBook(
    "stock",
    "stock by article",
    _("Stock book by article"),
    _("What of each article was there, came in, went out and was counted, and what is left."),
    READERS,
    OF_ARTICLE,
    query_articles,
    read_articles,
    frame_articles,
)
VALUE = SummedBook(
    "valued",
    "stock in units and yuan",
    _("Stock summary in units and yuan"),
    _("For the accountant, month by month: what came in and went out, in units and at what its lots cost."),
    READERS,
    OF_VALUE,
    query_value,
    read_value,
    frame_value,
)
LOTS = SummedBook(
    "lots",
    "stock by lot",
    _("Stock book by lot"),
    _("The same of each lot, with its source, its cost, and until when it is good."),
    READERS,
    OF_LOT,
    query_lots,
    read_lots,
    frame_lots,
)
