"""Pages about the front page, contacts, the audit trail, instructions, and what is held about a person."""

from flask import Blueprint

bp = Blueprint("home", __name__)

# They register their routes.
from people.views.home import audit, contacts, guides, held, home, proposals
