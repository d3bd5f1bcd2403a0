"""A request from its beginning to its end: its number, its count, and what is checked before any."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from ground import wire
from ground.db import check_clock, database_file, limit_waiting
from ground.server import claims
from ground.watch import counters, events

Function = TypeVar("Function", bound=Callable[..., Any])
REQUEST_ID = "X-Request-ID"  # the header with the number of a request


class Application(Flask):
    """Flask's application without coroutines: at each request Flask would ask every function if it is one."""

    def ensure_sync(self, func: Function) -> Function:
        """The function as it is."""
        return func


def begin_request() -> None:
    """Begin a request in the log, under the number that a proxy of ours gave it."""
    given = request.headers.get(REQUEST_ID, "") if current_app.config["TRUSTED_PROXIES"] else ""
    g.began_at = time.monotonic()
    events.begin_request(given, request.endpoint)


def end_request(response: Response) -> Response:
    """Count a request that was answered, and give the answer its number."""
    endpoint = request.endpoint or "none"
    counters.REQUESTS.labels(endpoint, response.status_code).inc()
    counters.SECONDS.labels(endpoint).observe(time.monotonic() - g.began_at)
    if response.status_code >= 500:
        level = logging.WARNING if response.status_code == 503 else logging.ERROR  # a trouble is told once
        events.tell("failed", level, status=response.status_code)
    response.headers[REQUEST_ID] = events.request_id()
    return response


def begin_serving() -> Callable[[], None]:
    """A check that claims the file of the database at the first request, whatever server it came to.

    It does not wait. A second process on one SQLite file would write beside the queue of the first.
    """
    has_begun = False

    def begin() -> None:
        nonlocal has_begun
        if has_begun:
            return
        limit_waiting()
        file = database_file()
        if file is not None:
            environ = request.environ
            where = f"http://{environ['SERVER_NAME']}:{environ['SERVER_PORT']}/"
            claims.claim(claims.place_of_file(file), where)
        has_begun = True

    return begin


def asked_by_script() -> bool:
    """Whether a page's script asks, which wants JSON in place of a page."""
    return request.accept_mimetypes.best == "application/json"


def is_to_keep() -> bool:
    """Whether a browser asks for a page to keep it (`static/offline/pages.js`): without what is of now."""
    return "X-Keep" in request.headers


def check_clock_of_page() -> None:
    """Check the clock before any page: on a wrong day most of what it says would be wrong."""
    if request.endpoint is not None and request.endpoint not in wire.ENDPOINTS:
        check_clock()
