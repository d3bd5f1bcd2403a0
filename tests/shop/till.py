"""A till of the shop as tests use it: it asks by its key, and holds every answer against the document."""

from itertools import count
from typing import Any

from jsonschema_rs import Draft202012Validator
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from ground.db import db, transaction
from people.models import Grant, Role, User
from people.signin import accounts
from shop.api.document import CONTENT
from shop.desk import devices
from shop.models import Shop
from tests.cast import HASHED, Client

ROOT = "/api/v1"
SOAP, SALT = 1, 2  # what the cast's goods are called by their ids


class Till:
    """A device at a shop; another `key` is sent instead of its own, None sends none."""

    def __init__(self, client: Client, key: str | None) -> None:
        self.client = client
        self.key = key
        self._numbers = count(1)

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        """Send a request; the answer is one that the document describes."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key is not None else {}
        headers |= more.pop("headers", {})
        answer = self.client.open(f"{ROOT}{path}", method=method, headers=headers, **more)
        check(answer, operation_of(self.client, method, path))
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        """Look something up."""
        return self.ask("GET", path, **more)

    def order(
        self, card: str, basket: dict[int | str, int], key: str | None = None, **more: object
    ) -> TestResponse:
        """Hand out units by article or what was scanned of it; without a key under a new one."""
        items = [
            {"barcode" if isinstance(goods, str) else "goods": goods, "quantity": quantity}
            for goods, quantity in basket.items()
        ]
        key = key or f"order-{next(self._numbers)}"
        return self.ask(
            "POST",
            "/redemptions",
            json={"card": card, "items": items} | more,
            headers={"Idempotency-Key": key},
        )

    def void(self, ident: int, reason: str) -> TestResponse:
        """Undo a redemption."""
        return self.ask("POST", f"/redemptions/{ident}/void", json={"reason": reason})


def at(client: Client, shop: Shop, name: str = "门口收银台") -> Till:
    """A new till of a shop."""
    with transaction():
        _device, key = devices.add_device(shop, name, manager_of(shop))
    return Till(client, key)


def manager_of(shop: Shop) -> User:
    """The manager of a shop; one is made where it has none. Inside a transaction."""
    held = Grant.area_id == shop.village_id, Grant.role == Role.MANAGER
    grant = db.session.scalar(select(Grant).where(*held).order_by(Grant.id).limit(1))
    if grant is not None:
        return grant.user
    user = accounts.add_user(f"manager-{shop.id}", f"店长{shop.id}", HASHED, None, temporary=False)
    accounts.grant(user, Role.MANAGER, shop.village, None)
    return user


def operation_of(client: Client, method: str, path: str) -> dict[str, Any] | None:
    """What the document says about a request, or None about what is no address of it."""
    routes = client.application.url_map.bind("localhost")
    try:
        endpoint, _arguments = routes.match(f"{ROOT}{path}".partition("?")[0], method=method)
    except HTTPException:
        return None
    name = endpoint.removeprefix("api.")
    return next(
        operation
        for path in CONTENT["paths"].values()
        for operation in path.values()
        if operation["operationId"] == name
    )


def check(answer: TestResponse, operation: dict[str, Any] | None) -> None:
    """An answer has a status, a type and a body as the document says, and nothing that it leaves out."""
    body = answer.json
    if operation is None:
        assert answer.status_code in (404, 405), answer.text
        described = {"$ref": "#/components/schemas/Problem"}
        assert answer.mimetype == "application/problem+json"
    else:
        content = resolved(operation["responses"][str(answer.status_code)])["content"]
        described = content[answer.mimetype]["schema"]
    Draft202012Validator(closed(described), validate_formats=True).validate(body)
    if answer.status_code >= 400:
        assert body["status"] == answer.status_code
        assert body["type"].endswith(body["code"])
        assert body["title"]


def resolved(part: Any) -> Any:
    """A part of the document with everything it refers to put in."""
    if isinstance(part, list):
        return [resolved(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        found = CONTENT
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return resolved(found) | resolved({name: value for name, value in part.items() if name != "$ref"})
    return {name: resolved(value) for name, value in part.items()}


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that takes nothing which the document does not name; tomorrow's answers may have more."""
    schema = resolved(schema)

    def close(part: Any) -> Any:
        if isinstance(part, list):
            return [close(each) for each in part]
        if not isinstance(part, dict):
            return part
        shut = {name: close(value) for name, value in part.items()}
        return shut | {"additionalProperties": False} if "required" in shut and "properties" in shut else shut

    return close(schema)
