"""Pages about the ledger books: the list of them, and each on page, as Excel and as a PDF."""

from flask import Blueprint

bp = Blueprint("books", __name__)

# They register their routes.
from reports.views.books import books
