"""Answers that a browser keeps, prints or must not keep: papers, tables, photos, secrets."""

import re
from urllib.parse import quote

from flask import g, make_response, request
from werkzeug.wrappers import Response

from ground.watch import events


def unlisted_page(page: str, status: int = 200) -> Response:
    """A page for whoever holds the paper: search engines do not list it, browsers do not keep it."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def secret_page(page: str) -> Response:
    """The one page on which a new secret is seen: no browser keeps it, and it is not shown again."""
    g.shows_secret = True
    return unlisted_page(page)


# What a page of ours may put into a frame, to print it without showing it; nobody else may.
FRAMED_HEADERS = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
}


def pdf(content: bytes, name: str, *, is_framed: bool = False) -> Response:
    """A PDF to look at and print, which the browser does not keep; with `is_framed` our pages print it."""
    response = Response(content, mimetype="application/pdf", headers=FRAMED_HEADERS if is_framed else None)
    response.headers["Content-Disposition"] = f'inline; filename="{_plain(name)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def printer_file(commands: bytes, name: str) -> Response:
    """The commands of a printer as a file to keep, or to be handed on by a script."""
    response = Response(commands, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(name: str) -> str:
    """A name of a file without what has a meaning in a header or a path."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def photo(content: bytes, digest: str) -> Response:
    """A photo that the browser asks for anew each time: the reader may not be allowed tomorrow."""
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(digest)
    return response.make_conditional(request)


# Of text, Flask adds in which letters it is written.
TABLE_MIME_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def download(content: bytes, name: str) -> Response:
    """A table to keep, .xlsx or .csv by its name."""
    events.tell("exported", kind=name.rpartition(".")[2], bytes=len(content))
    response = Response(content, mimetype=TABLE_MIME_TYPES[name.rpartition(".")[2]])
    ending = name.rpartition(".")[2]
    plain = _plain(name) if name.isascii() else f"list.{ending}"  # for browsers of long ago
    words = "" if name.isascii() else f"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"{words}'
    response.headers["Cache-Control"] = "no-store"
    return response
