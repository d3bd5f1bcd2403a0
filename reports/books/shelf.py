"""All the ledger books there are, in the order in which they stand on their page."""

from reports.books.book import Book
from reports.books.donations import DONATIONS
from reports.books.objections import OBJECTIONS
from reports.books.points import POINTS
from reports.books.redemptions import REDEMPTIONS
from reports.books.services import SERVICES
from reports.books.serving import TERMS, TRAININGS
from reports.books.stock import LOTS, STOCK, VALUE

BOOKS: tuple[Book, ...] = (
    POINTS,
    REDEMPTIONS,
    STOCK,
    VALUE,
    LOTS,
    DONATIONS,
    SERVICES,
    OBJECTIONS,
    TERMS,
    TRAININGS,
)
