"""HTTP that knows no field: what every page and every program's request has in common.

    requests    a request from its beginning to its end
    addresses   the program's own address, and what is asked for in one
    choices     the language and the size of print that a visitor chose
    lists       a page of a list, or all of it
    messages    what the next page says was done
    errors      the answers when something is refused or broken
    files       papers, tables, photos
    progress    long tasks that tell how far they are
    icons       icons and QR codes
    keys        computed from the program's secret

Whoever uses it says `web.page_of`, whichever room that is in.
"""

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from ground import cookies
from ground.clock import Quarter, local
from ground.computer.addresses import leads_here_only
from ground.paper import words
from ground.refusal import Refused
from ground.server import claims
from ground.watch import events
from ground.web.addresses import (
    RowId,
    check_host,
    known_url,
    number_asked,
    numbers_asked,
    own_address,
    page_number,
    printed_url,
    public_url,
)
from ground.web.choices import LANGUAGES, locale, print_size, remember_choice
from ground.web.errors import (
    Problem,
    answer_already_claimed,
    answer_error,
    answer_refusal,
    answer_trouble,
    problem,
    takes_list,
    unavailable,
)
from ground.web.files import download, pdf, photo, printer_file, secret_page, unlisted_page
from ground.web.icons import icon, qr
from ground.web.keys import program_key
from ground.web.lists import WHOLE_LIST, WholeList, page_of
from ground.web.messages import (
    PlacedMessage,
    flash_in_place,
    flash_warning,
    flashed_in_place,
    refusal_summaries,
)
from ground.web.progress import LINES_MIME_TYPE, tell_progress
from ground.web.requests import (
    Application,
    asked_by_script,
    begin_request,
    begin_serving,
    check_clock_of_page,
    end_request,
    is_to_keep,
)

__all__ = [
    "LANGUAGES",
    "LINES_MIME_TYPE",
    "WHOLE_LIST",
    "Application",
    "PlacedMessage",
    "Problem",
    "WholeList",
    "asked_by_script",
    "begin_request",
    "check_clock_of_page",
    "download",
    "flash_in_place",
    "flash_warning",
    "flashed_in_place",
    "init_app",
    "is_to_keep",
    "known_url",
    "locale",
    "number_asked",
    "numbers_asked",
    "own_address",
    "page_number",
    "page_of",
    "pdf",
    "photo",
    "print_size",
    "printed_url",
    "printer_file",
    "problem",
    "program_key",
    "public_url",
    "refusal_summaries",
    "remember_choice",
    "secret_page",
    "takes_list",
    "tell_progress",
    "unavailable",
    "unlisted_page",
]


def init_app(app: Flask) -> None:
    """Give every template the filters and globals of this module, and every error its page."""
    app.url_map.converters["int"] = RowId
    app.add_template_filter(words.day, "day")
    app.add_template_filter(words.moment, "moment")
    app.add_template_filter(_quarter, "quarter_name")
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


def _quarter(value: Quarter | str) -> str:
    """A quarter as people say it: 2026年第四季度."""
    return words.quarter(Quarter.parse(value) if isinstance(value, str) else value)
