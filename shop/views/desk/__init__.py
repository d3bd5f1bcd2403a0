"""Pages about the desk, redemptions, the day's closing, and what anyone may see."""

from flask import Blueprint

from people.models import Role

bp = Blueprint("desk", __name__)

# Who hands out.
SERVING = (Role.VOLUNTEER, Role.MANAGER)

# They register their routes.
from shop.views.desk import closing, desk, printing, public, redemptions, serving
