"""What a program asks: body, query and headers, once they are what the document says."""

import json
from typing import Any, NoReturn

from flask import request
from flask_babel import lazy_gettext as _

from shop.api.document import OPERATIONS, Operation, Shape
from shop.api.problems import stop

KEY = "Idempotency-Key"


def body() -> Any:
    """What was sent, as JSON. Stops with `not_json`, `bad_json`, `invalid`."""
    if request.mimetype != "application/json":
        stop(415, "not_json", _("Send this as application/json."))
    try:
        sent = json.loads(request.get_data().decode(), parse_constant=_no_number)
        json.dumps(sent, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, RecursionError):
        stop(400, "bad_json", _("This is not JSON in UTF-8."))
    shape = _operation().body
    if shape is not None:
        _check(sent, shape, "body")
    return sent


def query() -> dict[str, Any]:
    """What stands behind the address's question mark, with the document's defaults. Stops with `invalid`."""
    return {
        name: _one(request.args.getlist(name), shape, f"query/{name}")
        for name, shape in _operation().query.items()
    }


def key() -> str:
    """The key that the program made for what it asks. Stops with `no_idempotency_key`, `invalid`."""
    sent = request.headers.getlist(KEY)
    if not sent:
        stop(
            400,
            "no_idempotency_key",
            _("Send a key of your own as Idempotency-Key, a new one for each basket."),
        )
    return str(_one(sent, _operation().headers[KEY], f"header/{KEY}"))


def _operation() -> Operation:
    return OPERATIONS[(request.endpoint or "").rpartition(".")[2]]


def _one(sent: list[str], shape: Shape, where: str) -> Any:
    """The one value of a parameter, as the kind of thing it is; not sent, its default."""
    if not sent:
        return shape.default
    if len(sent) > 1:
        _invalid(where, "sent more than once")
    value = _number(sent[0]) if shape.kind == "integer" else sent[0]
    _check(value, shape, where)
    return value


def _number(text: str) -> int | str:
    """A whole number; what is none stays text, and fits no number's shape."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else text


def _check(value: object, shape: Shape, where: str) -> None:
    misfit = shape.misfit(value)
    if misfit is not None:
        _invalid(where + misfit[0], misfit[1])


def _invalid(where: str, why: str) -> NoReturn:
    """The request is not as the document says: `where` it is not, and what the check said."""
    stop(422, "invalid", _("This request is not as the interface describes it."), where=where, detail=why)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
