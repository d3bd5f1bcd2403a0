"""The interface for programs: tills and others, each with the key of a device that serves one shop.

What can be asked and what is answered stands in openapi.json beside this file, and requests are checked
against that file itself.
"""

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

bp = Blueprint("api", __name__, url_prefix="/api/v1")

LARGEST_BODY = 64 * 1024  # bytes: a hundred articles need a tenth of it


class Anything(BaseConverter):
    """The rest of an address, whatever it is: a card has an address of its own, with slashes."""

    regex = "(?s:.*?)"
    part_isolating = False


@bp.record_once
def _know_anything(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["anything"] = Anything


@bp.before_request
def _limit() -> None:
    request.max_content_length = LARGEST_BODY


@bp.after_request
def _keep_to_yourself(response: Response) -> Response:
    """Nothing of what is answered is kept on the way."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


# They register their routes.
from shop.api import cards, document, goods, redemptions
