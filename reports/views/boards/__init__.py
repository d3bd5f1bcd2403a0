"""Pages of the boards."""

from flask import Blueprint

bp = Blueprint("boards", __name__)

# They register their routes.
from reports.views.boards import boards, front
