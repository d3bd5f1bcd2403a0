"""Pages about the program itself, for those who answer for it."""

from flask import Blueprint

bp = Blueprint("upkeep", __name__)

# They register their routes.
from people.views.upkeep import address, backups
