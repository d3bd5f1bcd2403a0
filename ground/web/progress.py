"""Long tasks that tell a page how far they are."""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from contextvars import copy_context

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from ground.refusal import Refused

# One JSON value on each line: how a long task tells a page how far it is.
LINES_MIME_TYPE = "application/x-ndjson"


def tell_progress(steps: Generator[int, None, None], address: str) -> Response | str:
    """Do a long task that yields how far it is, and go to an address; or the words of its refusal.

    A page's script is told after each step, and at the end where to go or why it was refused.
    """
    lines = _progress_lines(steps, address)
    if request.accept_mimetypes.best == LINES_MIME_TYPE:
        return stream_lines(lines)
    last_line = json.loads(list(lines)[-1])
    return redirect(last_line["go"]) if "go" in last_line else str(last_line["refused"])


def _progress_lines(steps: Generator[int, None, None], address: str) -> Generator[str, None, None]:
    with closing(steps):
        try:
            for done in steps:
                yield json.dumps({"done": done}) + "\n"
            yield json.dumps({"go": address}) + "\n"
        except Refused as refusal:
            yield json.dumps({"refused": str(refusal.message)}) + "\n"


def stream_lines(lines: Generator[str, None, None]) -> Response:
    """Send lines as they come; the work between them has its own database session until its end.

    When the reader goes away the work is broken off, and a transaction in it undone.
    """
    context, own = copy_context(), current_app.app_context()
    context.run(own.push)

    def send() -> Iterator[str]:
        try:
            while (line := context.run(next, lines, None)) is not None:
                yield line
        finally:
            context.run(lines.close)
            context.run(own.pop)

    response = Response(send(), mimetype=LINES_MIME_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would collect the lines otherwise
    return response
