"""Pages about the desk, redemptions, the day's closing, and what anyone may see."""

from flask import Blueprint

bp = Blueprint("desk", __name__)

# They register their routes.
from shop.views.desk import closing, desk, printing, public, redemptions, serving
