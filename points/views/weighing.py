"""What the points on the wall weigh against the shop's goods; the shop says so, `points` only asks."""

from typing import Any

from flask import current_app

from points.models import Assessment
from points.quarter import booking
from points.views import bp


@bp.app_template_global()
def weigh(assessment: Assessment) -> Any:
    """Points against goods once all that waits on the wall is booked (app.extensions["backing"])."""
    new = sum(line.posted.total for line in booking.to_book(assessment))
    return current_app.extensions["backing"](assessment.village, new)
