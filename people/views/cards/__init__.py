"""Pages about cards."""

from flask import Blueprint

bp = Blueprint("cards", __name__)

# They register their routes.
from people.views.cards import cards
