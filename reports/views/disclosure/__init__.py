"""Pages about the five openings: for the village that hangs them up, and for everyone."""

from flask import Blueprint

bp = Blueprint("disclosure", __name__)

# They register their routes.
from reports.views.disclosure import public, sheets
