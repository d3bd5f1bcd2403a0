"""Text is sent compressed where the browser takes that, except where its length would give a secret away.

Whoever sees an encrypted answer's length, and chooses a part of the answer, can guess another part of it
letter by letter: what repeats is shorter (BREACH). What others choose comes in with an address, by a link on
their page: in its query, or in what is said of an address that is not there. So an answer to that is sent
as it is, unless the browser says that nobody else's page asked (Sec-Fetch-Site). A form sent from elsewhere
brings no session. A new password or key is never compressed.
"""

import gzip

from flask import g, request
from werkzeug.wrappers import Request, Response

TEXTS = {"text/html", "application/json", "application/problem+json"}
LEAST_BYTES = 1000  # less fits into one packet, whatever is done
FAST = 5  # of gzip's nine levels, while somebody waits: 2 % larger in half the time


def gzipped(content: bytes, level: int = 9) -> bytes:
    """The content compressed by gzip, the same each time."""
    return gzip.compress(content, level, mtime=0)


def takes_gzip(asked: Request) -> bool:
    """Whether the browser takes what gzip has compressed."""
    return asked.accept_encodings["gzip"] > 0


def compress(response: Response) -> Response:
    """Compress the answer to the request at hand if that is safe and makes it shorter."""
    if response.is_streamed or response.mimetype not in TEXTS or "Content-Encoding" in response.headers:
        return response
    content = response.get_data()
    if len(content) < LEAST_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    if takes_gzip(request) and not _may_tell_a_secret(response):
        response.set_data(gzipped(content, FAST))
        response.content_encoding = "gzip"
    return response


def _may_tell_a_secret(response: Response) -> bool:
    """Whether somebody else may have chosen a part of the answer, or a new secret is in it."""
    is_asked_by_us = request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")
    is_chosen = bool(request.query_string) or response.status_code != 200
    return "shows_secret" in g or (is_chosen and not is_asked_by_us)
