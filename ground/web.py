"""Everything about HTTP that knows no field: language, lists, refusals, documents, downloads, streams."""

import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from flask import (
    Flask,
    abort,
    current_app,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_sqlalchemy.pagination import Pagination
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import lazyload
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from ground import cookies, wire
from ground.clock import Quarter, local
from ground.computer.addresses import host_in, is_loopback, leads_here_only
from ground.db import (
    LARGEST_ID,
    UNKNOWN_OUTCOME,
    check_clock,
    database_file,
    db,
    limit_waiting,
    may_have_written,
    stream,
)
from ground.db.troubles import tell, trouble_of
from ground.paper import words
from ground.paper.draw import qr_path
from ground.refusal import Refused
from ground.server import claims
from ground.watch import counters, events

View = TypeVar("View", bound=Callable[..., Any])
Function = TypeVar("Function", bound=Callable[..., Any])

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"  # the header with the number of a request

LANGUAGES = ("zh", "en")
PRINT_SIZES = ("normal", "large", "largest")
CHOICE_KEPT_SECONDS = 365 * 86400

WHOLE_LIST = "whole_list"  # what `g` holds while a list is taken out as a file
PART_ROWS = 500  # so many rows of it are in memory at once
MOST_ROWS = 50_000  # so many rows of it are waited for: some ten seconds

LAST_PAGE = 10**6  # a page that no list reaches, and no database chokes on

IN_PLACE = "in_place"  # the category of what a page says at a place on it

MOST_NAMED = 5  # of those that were left for one reason, as what is said travels in a cookie

# Under this address programs ask.
API_PREFIX = "/api/"


class RowId(IntegerConverter):
    """The number of a row in an address; a number too large for any column is not found (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def number_asked(name: str) -> int | None:
    """The number that the address gives as `?name=`, or None; 404 for one too large for any column."""
    return next(iter(numbers_asked(name)), None)


def numbers_asked(name: str) -> list[int]:
    """All the numbers that the address gives as `?name=`; 404 if one is too large for any column."""
    numbers = request.args.getlist(name, type=int)
    return numbers if all(abs(number) <= LARGEST_ID for number in numbers) else abort(404)


def locale() -> str:
    """The visitor's language: Chinese, unless they chose English."""
    chosen = cookies.kept("language") if request else None
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


@cache
def icon(name: str) -> Markup:
    """One icon from Bootstrap-Flask's sprite, so that a phone need not fetch the whole of it."""
    sprite = resources.files("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg"
    symbol = re.search(rf'<symbol([^>]*) id="{name}">(.*?)</symbol>', sprite.read_text(), re.DOTALL)
    if symbol is None:
        raise LookupError(name)
    return Markup(f'<svg fill="currentColor"{symbol[1]}>{symbol[2]}</svg>')  # noqa: S704 -- the package's own


def qr(text: str) -> Markup:
    """A QR code for a page, as SVG; its size is the stylesheet's."""
    code = qr_path(text)
    bars = (bar.split() for bar in code.bars)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length, *_rest in bars)
    box = f"0 0 {code.modules} {code.modules}"
    svg = f'<svg class="qr" role="img" aria-label="QR" viewBox="{box}"><path d="{path}"/></svg>'
    return Markup(svg)  # noqa: S704 -- figures only


def page_of(query: Select[Any], per_page: int = 30, *, is_shrinking: bool = False) -> Pagination:
    """One page of a list, by `?page=`; beyond the last page: 404.

    Of a list that gets shorter while somebody works through it, the last page instead. Of one that is
    taken out as a file, the next part of all of it.
    """
    if WHOLE_LIST in g:
        return g.get(WHOLE_LIST).next_part(query)
    number = page_number()

    def at(page: int) -> Pagination:
        return db.paginate(
            query, page=page, per_page=per_page, max_per_page=per_page, error_out=not is_shrinking
        )

    page = at(number)
    return at(page.pages) if 0 < page.pages < page.page else page


def page_number() -> int:
    """The number of the page that is asked for by `?page=`, from 1 on; 404 below."""
    number = min(request.args.get("page", 1, type=int), LAST_PAGE)
    return number if number > 0 else abort(404)


class WholeList:
    """All of a list, part after part, from one query, so that nothing is in it twice or not at all.

    Whoever wants it keeps one in `g` as WHOLE_LIST and lets the page's view run until `is_over`.
    """

    def __init__(self) -> None:
        self._parts: Iterator[Sequence[Any]] | None = None
        self._next: Sequence[Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether no part is left; also before the first one is asked for."""
        return self._next is None

    def next_part(self, query: Select[Any]) -> Pagination:
        """The next part, in the shape of a page; of an empty list an empty one.

        Refused `too_many_rows` beyond what a file is waited for.
        """
        if self._parts is None:
            _check_size(query)
            self._parts = iter(stream(query, PART_ROWS).scalars().partitions())
            self._next = next(self._parts, None)
        part, self._next = self._next or (), next(self._parts, None)
        return _Part(page=1, per_page=PART_ROWS, max_per_page=PART_ROWS, error_out=False, items=part)


def _check_size(query: Select[Any]) -> None:
    counted = query.options(lazyload("*")).order_by(None).subquery()
    count = db.session.scalar(select(func.count()).select_from(counted)) or 0
    if count > MOST_ROWS:
        raise Refused(
            "too_many_rows",
            _(
                "This list has %(count)s rows; a file takes %(most)s. Narrow it first, for example by day.",
                count=count,
                most=MOST_ROWS,
            ),
        )


class _Part(Pagination):
    """A part of a whole list."""

    def _query_items(self) -> list[Any]:
        return list(self._query_args["items"])

    def _query_count(self) -> int:
        return len(self._query_args["items"])


@dataclass(frozen=True)
class PlacedMessage:
    """A message for a place on the next page: what was done, and what was left undone and why."""

    place: Any
    done: str
    left: list[str]


def flash_in_place(place: Any, done: str, left: Iterable[str] = ()) -> None:
    """Let the page that comes next say what was done where the eye is, and not above everything.

    The page finds the place again by `place`, a plain value, and shows it by `placed_message` (macros.html).
    """
    message: Any = {"place": place, "done": done, "left": list(left)}
    flash(message, IN_PLACE)


def flashed_in_place() -> PlacedMessage | None:
    """The message that the page before left for a place on this one; of two windows, the last one's."""
    messages: list[Any] = get_flashed_messages(category_filter=[IN_PLACE])
    return PlacedMessage(**messages[-1]) if messages else None


def refusal_summaries(refusals: Iterable[tuple[str, Refused]]) -> list[str]:
    """A sentence for each reason why some of many were not done, with their names."""
    names_by_reason: dict[str, list[str]] = {}
    for name, refusal in refusals:
        names_by_reason.setdefault(str(refusal.message), []).append(name)
    return [
        gettext(
            "Not done: %(count)s (%(names)s). %(why)s",
            count=len(names),
            names="、".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else ""),
            why=why,
        )
        for why, names in names_by_reason.items()
    ]


def quarter(value: Quarter | str) -> str:
    """A quarter as people say it: 2026年第四季度."""
    return words.quarter(Quarter.parse(value) if isinstance(value, str) else value)


def flash_warning(text: str) -> None:
    """Say on the next page what was not done, and why: that never stands under a green tick."""
    flash(text, "warning")


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


def asked_by_script() -> bool:
    """Whether a page's script asks, which wants JSON in place of a page."""
    return request.accept_mimetypes.best == "application/json"


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


def check_host() -> None:
    """Check that a request was sent to our own address. Refused `unknown_host`.

    Asked is what PUBLIC_URL says, or the computer itself by its loopback names: the office PC, and what
    watches over it. Without PUBLIC_URL nobody knows; then nothing is printed (`public_url`).
    """
    ours = current_app.config["PUBLIC_URL"]
    if ours and (asked := host_in(f"//{request.host}")) != host_in(ours) and not is_loopback(asked):
        raise Refused("unknown_host", _("This program is at another address: %(address)s", address=ours))


def known_url(path: str) -> str | None:
    """The full address of a path under PUBLIC_URL; without that setting only of this computer for itself.

    None where the address could only be guessed from what the browser says it asked.
    """
    base = current_app.config["PUBLIC_URL"]
    if not base and is_loopback(host_in(f"//{request.host}")):
        base = request.host_url.rstrip("/")
    return f"{base}{path}" if base else None


def public_url(path: str) -> str:
    """The full address of a path for print. Refused `no_address` where it could only be guessed."""
    return known_url(path) or _refuse_address()


def _refuse_address() -> NoReturn:
    raise Refused(
        "no_address",
        _(
            "This paper bears the program's address, and nobody has said which it is. The county or the "
            "chair chooses it (the page of the backups leads there), or whoever looks after the program "
            "sets PUBLIC_URL; then it can be printed."
        ),
    )


def printed_url(path: str) -> str:
    """The full address of a public page for a QR code, in capitals, which need fewer squares."""
    return public_url(path).upper()


def is_to_keep() -> bool:
    """Whether a browser asks for a page to keep it (`static/offline/pages.js`): without what is of now."""
    return "X-Keep" in request.headers


def check_clock_of_page() -> None:
    """Check the clock before any page: on a wrong day most of what it says would be wrong."""
    if request.endpoint is not None and request.endpoint not in wire.ENDPOINTS:
        check_clock()


def own_address(address: str | None) -> str:
    """The address if it is one of this site; the front page for any other, or for none.

    Browsers leave out tabs and line breaks, so that with one `//` may come to stand at the beginning.
    """
    is_ours = address and re.fullmatch(r"/(?![/\\])[^\x00-\x1f\x7f]*", address)
    return address if address and is_ours else f"{request.script_root}/"


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


def program_key(purpose: str) -> bytes:
    """A key for one purpose, computed from the program's secret; it changes only with that."""
    return hmac.new(str(current_app.secret_key).encode(), purpose.encode(), sha256).digest()


def remember_choice(cookie: str, value: str) -> Response:
    """Remember a choice of the visitor's for a year, and return to the page they were on."""
    response = redirect(own_address(request.form.get("next")))
    cookies.keep(current_app, response, cookie, value, CHOICE_KEPT_SECONDS)
    return response


def print_size(chosen: str | None) -> str:
    """The size of print that somebody chose, or the normal one."""
    return chosen if chosen in PRINT_SIZES else PRINT_SIZES[0]


def init_app(app: Flask) -> None:
    """Give every template the filters and globals of this module, and every error its page."""
    app.url_map.converters["int"] = RowId
    app.add_template_filter(words.day, "day")
    app.add_template_filter(words.moment, "moment")
    app.add_template_filter(quarter, "quarter_name")
    app.add_template_filter(words.grouped, "groups")
    app.add_template_filter(lambda moment: local(moment).date(), "local_day")
    app.add_template_filter(lambda moment: f"{local(moment):%H:%M}", "hour")
    app.add_template_test(leads_here_only, "only_here")
    app.add_template_global(lambda: known_url("/") or "", "printed_address")
    app.add_template_global(icon, "icon")
    app.add_template_global(events.id_to_read_out, "request_code")
    app.add_template_global(qr, "qr")
    app.add_template_global(is_to_keep, "is_to_keep")
    app.before_request(begin_request)
    app.after_request(end_request)
    app.before_request(check_host)
    app.before_request(begin_serving())
    app.register_error_handler(claims.AlreadyClaimed, answer_already_claimed)
    app.register_error_handler(DBAPIError, answer_trouble)
    app.register_error_handler(PoolTimeoutError, answer_trouble)
    app.register_error_handler(Refused, answer_refusal)
    app.register_error_handler(HTTPException, answer_error)
    app.context_processor(lambda: {"locale": locale(), "print_size": print_size(cookies.kept("print"))})
