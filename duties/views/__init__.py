"""Pages about what a worker does: visits, gatherings, hazards, disputes, households, the report."""

from flask import Blueprint

bp = Blueprint("duties", __name__)

# They register their routes.
from duties.views import (
    disputes,
    gatherings,
    household_ledgers,
    householdfile,
    households,
    incidents,
    report,
    visits,
)
