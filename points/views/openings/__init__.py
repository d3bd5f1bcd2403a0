"""Pages about opening balances: the file, sheets, notices, objections, and taking one back."""

from flask import Blueprint

bp = Blueprint("openings", __name__)

# They register their routes.
from points.views.openings import files, notices, objections, reversing, sheets
