"""Pages about the meeting of an assessment and the lines of its sheet."""

from flask import Blueprint

bp = Blueprint("meeting", __name__)

# They register their routes.
from points.views.meeting import lines, meeting, projector
