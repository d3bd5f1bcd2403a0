"""Pages about the desk, redemptions, the day's closing, and what anyone may see."""

from flask import Blueprint

from shop.labels import yuan

bp = Blueprint("desk", __name__)
bp.add_app_template_filter(yuan, "yuan")

# They register their routes.
from shop.views.desk import closing, desk, public, redemptions, serving
