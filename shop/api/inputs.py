"""The body, query and headers of a request, once they are as the document says."""

import json
from datetime import date
from typing import Any, NoReturn

from flask import request
from flask_babel import lazy_gettext as _

from ground.figures import NO_IDENTITY_NUMBER, has_identity_number
from shop.api.document import OPERATIONS, Operation, Shape
from shop.api.problems import stop

SCANNED = "barcode"  # looked up, and not kept
KEY_HEADER = "Idempotency-Key"


def body() -> Any:
    """The body of the request as JSON. Stops with `not_json`, `bad_json`, `invalid`, `identity_number`."""
    if request.mimetype != "application/json":
        stop(415, "not_json", _("Send this as application/json."))
    try:
        text = request.get_data().decode()
        content = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:
            json.dumps(content, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, RecursionError):
        stop(400, "bad_json", _("This is not JSON in UTF-8."))
    shape = _operation().body
    if shape is not None:
        _check(content, shape, "body")
        _check_texts(content, "body")
    return content


def query() -> dict[str, Any]:
    """The query parameters, with the document's defaults. Stops with `invalid`."""
    return {
        name: _parameter_value(request.args.getlist(name), shape, f"query/{name}")
        for name, shape in _operation().query.items()
    }


def key() -> str:
    """The idempotency key of the request. Stops with `no_idempotency_key`, `invalid`."""
    values = request.headers.getlist(KEY_HEADER)
    if not values:
        stop(
            400,
            "no_idempotency_key",
            _("Send a key of your own as Idempotency-Key, a new one for each basket."),
        )
    return str(_parameter_value(values, _operation().headers[KEY_HEADER], f"header/{KEY_HEADER}"))


def _operation() -> Operation:
    return OPERATIONS[(request.endpoint or "").rpartition(".")[2]]


def _parameter_value(values: list[str], shape: Shape, place: str) -> Any:
    """The single value of a parameter, as its type; the default where none was sent."""
    if not values:
        return shape.default
    if len(values) > 1:
        _invalid(place, "sent more than once")
    value = _number(values[0]) if shape.kind == "integer" else values[0]
    _check(value, shape, place)
    return _day(value, place) if shape.format == "date" else value


def _day(text: Any, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _invalid(place, "no such day")


def _number(text: str) -> int | str:
    """A text as a whole number; any other text stays text, which fits no number's shape."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else text


def _check(value: object, shape: Shape, place: str) -> None:
    misfit = shape.first_error(value)
    if misfit is not None:
        _invalid(place + misfit[0], misfit[1])


def _check_texts(value: object, place: str) -> None:
    """Check that no text that is kept holds the number of an identity card, as the forms do."""
    if isinstance(value, dict):
        for field, part in value.items():
            if field != SCANNED:
                _check_texts(part, f"{place}/{field}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            _check_texts(part, f"{place}/{number}")
    elif isinstance(value, str) and has_identity_number(value):
        stop(422, "identity_number", NO_IDENTITY_NUMBER, where=place)


def _invalid(where: str, reason: str) -> NoReturn:
    """Stop with `invalid`: where the request is not as the document says, and what the check said."""
    stop(422, "invalid", _("This request is not as the interface describes it."), where=where, detail=reason)


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
