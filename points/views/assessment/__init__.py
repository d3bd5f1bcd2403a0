"""Pages about assessments: a village's, those of an area, and a worker's own."""

from flask import Blueprint

bp = Blueprint("assessment", __name__)

# They register their routes.
from points.views.assessment import mine, oversight, quarters
