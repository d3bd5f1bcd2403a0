"""Pages about the front page, contacts, the audit trail, supervision, instructions, and what is held."""

from flask import Blueprint

bp = Blueprint("home", __name__)

# They register their routes.
from people.views.home import audit, contacts, guides, held, home, proposals, supervision
