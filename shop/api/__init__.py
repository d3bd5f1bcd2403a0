"""The interface for programs: tills and others, each with the key of a device that serves one shop.

What can be asked and what is answered stands in openapi.json beside this file, and requests are checked
against that file itself.
"""

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

bp = Blueprint("api", __name__, url_prefix="/api/v1")

LARGEST_BODY_BYTES = 64 * 1024  # bytes: a hundred articles need a tenth of it


class Anything(BaseConverter):
    """The rest of an address with its slashes, such as a card's own address."""

    regex = "(?s:.*?)"
    part_isolating = False


@bp.record_once
def _add_converter(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["anything"] = Anything


@bp.before_request
def _limit_body() -> None:
    request.max_content_length = LARGEST_BODY_BYTES


@bp.after_request
def _forbid_caching(response: Response) -> Response:
    """Forbid that an answer is kept on its way."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


# They register their routes.
from shop.api import cards, closing, document, goods, opening, redemptions
