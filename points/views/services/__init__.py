"""Pages about services, slips and samples."""

from flask import Blueprint

bp = Blueprint("services", __name__)

# They register their routes.
from points.views.services import activities, deductions, evidence, new_services, samples, services, slips
