"""The stock books (进销存): opening, in, out, stock-takes and closing of each article, and of each lot."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from reports.books.book import Book, BookColumn, Frame, Line, Scope, sum_line
from shop import labels
from shop.models import Lot
from shop.stock import turnover
from shop.stock.turnover import StockTurnover
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
        yield goods.shop.village.name, goods.title, goods.unit, *_cells(turnover.of_row(record))


def frame_articles(scope: Scope) -> Frame:
    """The sums of all articles."""
    return _frame(query_articles(scope), OF_ARTICLE)


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
            *_cells(turnover.of_row(record)),
        )


def frame_lots(scope: Scope) -> Frame:
    """The sums of all lots."""
    return _frame(query_lots(scope), OF_LOT)


def _frame(query: Select[*tuple[Any, ...]], columns: Sequence[BookColumn]) -> Frame:
    count, sums = turnover.sums(query)
    first = len(columns) - len(FIGURES)
    return Frame(count, [sum_line(columns, dict(enumerate(_cells(sums), first)))])


STOCK = Book(
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
LOTS = Book(
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
