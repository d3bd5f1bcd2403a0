"""The OpenAPI document: served as it stands, and the one place from which requests are checked."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator
from werkzeug.wrappers import Response

from people import access
from shop.api import bp

DOCUMENT = Path(__file__).with_name("openapi.json").read_bytes()
CONTENT: dict[str, Any] = json.loads(DOCUMENT)


class Shape:
    """A schema of the document, against which what was sent is checked."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.kind = schema.get("type")
        self.format = schema.get("format")
        self.default = schema.get("default")
        self._validator = Draft202012Validator({**schema, "components": CONTENT["components"]})

    def first_error(self, value: object) -> tuple[str, str] | None:
        """The place (as JSON Pointer) and the reason for which a value does not fit; None if it does."""
        try:
            error = next(iter(self._validator.iter_errors(value)), None)
        except ValueError:
            return "", "nested too deeply"
        if error is None:
            return None
        return "".join(f"/{step}" for step in error.instance_path), error.message[:200]


@dataclass(frozen=True)
class Operation:
    """An operation of the document: the shapes of its body, if any, its query and its headers."""

    body: Shape | None
    query: dict[str, Shape]
    headers: dict[str, Shape]

    @classmethod
    def read(cls, description: dict[str, Any]) -> "Operation":
        """Read an operation from its part of the document."""
        content = description.get("requestBody", {}).get("content", {})
        shapes: dict[str, dict[str, Shape]] = {"path": {}, "query": {}, "header": {}}
        for parameter in description.get("parameters", ()):
            shapes[parameter["in"]][parameter["name"]] = Shape(parameter["schema"])
        return cls(
            Shape(content["application/json"]["schema"]) if content else None,
            shapes["query"],
            shapes["header"],
        )


# By its name in the document, which is the view's.
OPERATIONS = {
    written["operationId"]: Operation.read(written)
    for path in CONTENT["paths"].values()
    for method, written in path.items()
    if method in ("get", "post")
}


@bp.get("/openapi.json")
@access.public
def document() -> Response:
    """What programs can ask here, and how, as OpenAPI 3.1."""
    answer = Response(DOCUMENT, mimetype="application/json")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
