"""Pages about rubrics and their templates."""

from flask import Blueprint

bp = Blueprint("rubrics", __name__)

# They register their routes.
from points.views.rubrics import rubrics
