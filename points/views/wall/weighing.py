"""What the points on the wall weigh against the shop's goods; the shop says so, `points` only asks."""

from typing import Any

from flask import current_app

from people.models import Area
from points.views.wall import bp


@bp.app_template_global()
def weigh(village: Area, new: int) -> Any:
    """Points against goods once so many tenths more are booked (app.extensions["backing"])."""
    return current_app.extensions["backing"](village, new)
