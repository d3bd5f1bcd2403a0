"""The answers when something is refused, is not there, is broken or can't be done at the moment."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, redirect, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from ground.db import UNKNOWN_OUTCOME, may_have_written
from ground.db.troubles import tell, trouble_of
from ground.refusal import Refused
from ground.server import claims
from ground.watch import events
from ground.web.addresses import own_address
from ground.web.choices import locale
from ground.web.requests import asked_by_script

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger(__name__)

# Under this address programs ask.
API_PREFIX = "/api/"


def answer_refusal(refusal: Refused) -> Response | tuple[str, int]:
    """The answer to a refusal that no form shows: an error page, or JSON for a program or a page's script."""
    if _wants_json():
        return problem(refusal)
    events.tell_refusal(refusal)
    status = refusal.status
    if refusal.code == "unknown_outcome":
        return _unknown_page(status)
    return render_template(
        "error.html", code=status, title=gettext("That was not done"), text=refusal.message
    ), status


def _unknown_page(status: int) -> tuple[str, int]:
    """The page for who cannot be told whether it was written; that nothing was, is said of what is known."""
    text = gettext(
        "It is not known whether this was written down. Go back and press the same button once more: nothing"
        " is done twice."
    )
    return render_template("error.html", code=status, title=gettext("Something broke"), text=text), status


Problem = Response


def _wants_json() -> bool:
    """Whether what goes wrong is told in JSON: a program asks, or a page's script."""
    return request.path.startswith(API_PREFIX) or asked_by_script()


def problem(refusal: Refused, status: int | None = None, **more: object) -> Problem:
    """The answer to a program that was refused: application/problem+json (RFC 9457).

    Its status is the one of the refusal's code, or `status`. `code` is for the program, `title` for the
    person in front of it.
    """
    events.tell_refusal(refusal)
    status = status or refusal.status
    body = {
        "type": f"urn:aixin:problem:{refusal.code}",
        "title": str(refusal.message),
        "status": status,
        "code": refusal.code,
        **more,
    }
    answer = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == 401:
        answer.www_authenticate = WWWAuthenticate("bearer", {"realm": "aixin"})
    return answer


def answer_error(error: HTTPException) -> Response | tuple[str, int]:
    """The answer to an HTTP error: an error page, or JSON for a program or a page's script."""
    if error.code is None or error.response is not None or error.code < 400:
        return error.get_response()
    _tell_what_was_denied(error.code)
    if _wants_json():
        return _problem_of_error(error, error.code)
    if isinstance(error, MethodNotAllowed) and request.method in ("GET", "HEAD"):
        return redirect(_page_above())
    explanations = {
        403: (gettext("Not for you to do"), gettext("Your role does not include this. Ask your committee.")),
        404: (gettext("Nothing here"), gettext("This page does not exist, or it is not in your village.")),
        405: (gettext("Nothing here"), gettext("This page does not exist, or it is not in your village.")),
        413: (gettext("Too large"), _too_large_text()),
    }
    if error.code not in explanations and may_have_written():
        return _unknown_page(error.code)
    title, text = explanations.get(
        error.code,
        (gettext("Something broke"), gettext("That was our fault. Nothing was booked. Try it once more.")),
    )
    return render_template("error.html", code=error.code, title=title, text=text), error.code


def takes_list(view: View) -> View:
    """Say of a view that the file which is sent to it is a list and no picture."""
    view.takes_list = True  # type: ignore[attr-defined]
    return view


def _too_large_text() -> str:
    """What to do about a file that is too large, by what the page takes; nothing of it was read."""
    if getattr(current_app.view_functions.get(request.endpoint or ""), "takes_list", False):
        return gettext(
            "The file is larger than 8 MB. Take out the sheets and pictures that are not needed, or divide "
            "the list."
        )
    return gettext("The file is larger than 8 MB. Take a smaller picture.")


def _tell_what_was_denied(status: int) -> None:
    """Write into the log what somebody may not see: always without the right, and what is not there for them.

    Of nobody known it is left out what is not there: the whole net asks for addresses.
    """
    if status == 403:
        events.tell("denied", logging.WARNING)
    elif status == 404 and request.endpoint and events.user_of_request() is not None:
        events.tell("not_found")


def _page_above() -> str:
    """The page on which the form stands that is sent to this address: the nearest one above it that opens.

    Whoever opens an address anew that had answered a form comes back to it.
    """
    adapter = current_app.create_url_adapter(request)
    path = re.sub(r"\.\w+$", "", request.path)
    while adapter and path and not adapter.test(path, "GET"):
        path = path.rpartition("/")[0]
    query = request.query_string.decode()
    return own_address(f"{request.script_root}{path or '/'}{'?' if query else ''}{query}")


def _problem_of_error(error: HTTPException, status: int) -> Problem:
    """The answer in JSON for an HTTP error; an unknown status means that something broke."""
    refusals = {
        403: ("not_allowed", _("Your role does not include this. Ask your committee.")),
        404: ("not_found", _("Nothing is at this address.")),
        405: ("method_not_allowed", _("This address does not take this method.")),
        413: ("too_large", _("That is more than is taken at once.")),
    }
    broken = ("broken", _("That was our fault. Nothing was booked. Try it once more."))
    if may_have_written():
        broken = ("unknown_outcome", UNKNOWN_OUTCOME)
    answer = problem(Refused(*refusals.get(status, broken)), status)
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def answer_already_claimed(claim: claims.AlreadyClaimed) -> Response:
    """The answer of a server that came second: none of its pages is shown."""
    log.critical("another server works on this database already")
    return unavailable(Refused("other_server", claim.message))


def answer_trouble(error: DBAPIError | PoolTimeoutError) -> Response:
    """The answer when the database can't do what was asked; a mistake of the program stays one (500)."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    return unavailable(tell(trouble, error))


def unavailable(refusal: Refused, retry_seconds: int = 30) -> Response:
    """The answer while nothing can be read or written: a page that asks the database nothing, or JSON."""
    if _wants_json():
        answer = problem(refusal, 503)
    else:
        page = current_app.jinja_env.get_template("unavailable.html")
        answer = Response(page.render(locale=locale(), text=refusal.message), 503, mimetype="text/html")
    answer.headers["Retry-After"] = str(retry_seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer
