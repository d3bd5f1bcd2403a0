"""The front page, the search, contacts, the audit trail, supervision, instructions, and what is held."""

from flask import Blueprint

bp = Blueprint("home", __name__)

# They register their routes.
from people.views.home import audit, contacts, find, guides, held, home, proposals, supervision
