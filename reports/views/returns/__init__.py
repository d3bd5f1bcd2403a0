"""Pages about the quarterly returns."""

from flask import Blueprint

bp = Blueprint("returns", __name__)

# They register their routes.
from reports.views.returns import returns
