"""Pages about the ledger book, expiry, leaving and merging."""

from flask import Blueprint

bp = Blueprint("ledger", __name__)

# They register their routes.
from points.views.ledger import book, duplicates, expiry, leaving
