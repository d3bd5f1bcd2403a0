"""Pages about grids, persons, terms and the roster as a file."""

from flask import Blueprint

bp = Blueprint("roster", __name__)

# They register their routes.
from people.views.roster import grids, persons, portraits, rosterfile, terms
