"""Every list as an Excel file: what its page shows, with the filters that are set, all pages of it.

    Listing        a list: its title, its records, and its columns, each a heading and what stands there
    excel          lets the page of a list answer as a file too, when it is asked with ?as=xlsx
    render         the page of a list with its link; while the list is taken out, its records for the file

A file is made by the page's own view, under its address, so it holds no more than the page: the same
reader, the same filters, the same masks. Each time is written into the audit trail.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, g, render_template, request
from flask_babel import force_locale, gettext
from flask_login import current_user

from ground import clock, web
from ground.db import transaction
from ground.tables import BookWriter
from people import audit

View = TypeVar("View", bound=Callable[..., Any])
Context = Mapping[str, Any]

ASKED_AS, KIND = "as", "xlsx"  # in the address


class Listing:
    """A list as a sheet of a file: its title, its records, and its columns.

    `records` finds the records among what the page's template is given, each as the arguments that every
    column takes. A column is a heading and a function; points are a Decimal, moments have their time zone.
    What stands beside a list with pages, and is on each of them, is not `paged`.
    """

    def __init__(
        self,
        title: Any,
        records: Callable[[Context], Iterable[tuple[Any, ...]]],
        *columns: tuple[Any, Callable[..., Any]],
        paged: bool = True,
    ) -> None:
        self.title, self.records, self.columns, self.paged = title, records, columns, paged

    def headings(self) -> list[str]:
        """The headings in words."""
        return [str(heading) for heading, _value in self.columns]

    def row(self, record: tuple[Any, ...]) -> list[Any]:
        """The cells of a record."""
        return [_cell(value(*record)) for _heading, value in self.columns]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return clock.local(value)
    return value


def context_records(name: str) -> Callable[[Context], Iterable[tuple[Any, ...]]]:
    """The records under a name in a template's context, or none at all."""
    return lambda context: ((record,) for record in context[name] or ())


def excel(*listings: Listing, subject_key: str = "") -> Callable[[View], View]:
    """Let the page of these lists answer as a file, a sheet for each; stands below its access rule.

    Of a page about a person or a thing, `subject_key` is under which name its template is given that row: the
    audit trail says whose list was taken out.
    """

    def with_file(view: View) -> View:
        @wraps(view)
        def answer(**arguments: Any) -> Any:
            if request.method == "GET" and request.args.get(ASKED_AS) == KIND:
                return _file(view, arguments, listings, subject_key)
            return view(**arguments)

        answer.listings = listings  # type: ignore[attr-defined]
        return answer  # type: ignore[return-value]

    return with_file


def render(template: str, **context: Any) -> str:
    """The page of a list."""
    if web.WHOLE_LIST in g:
        g.list_context = context
        return ""
    return render_template(template, list_file_url=_file_url(context), **context)


def _file(view: View, arguments: dict[str, Any], listings: tuple[Listing, ...], subject_key: str) -> Any:
    """The lists of a view as a file; its pages are asked for one after the other."""
    g.setdefault(web.WHOLE_LIST, whole := web.WholeList())
    subject, is_first = "", True
    with BookWriter() as book, force_locale("zh"):  # a file goes on to offices
        sheets = [(listing, book.add_sheet(str(listing.title), listing.headings())) for listing in listings]
        while is_first or not whole.is_over:
            page = view(**arguments)
            context = g.pop("list_context", None)
            if context is None:  # it leads elsewhere
                return page
            for listing, sheet in sheets:
                for record in listing.records(context) if listing.paged or is_first else ():
                    sheet.add(listing.row(record))
            subject = audit.name_of(context[subject_key] if subject_key else g.area)
            is_first = False
        rows = sum(sheet.end() for _listing, sheet in sheets)
        title = str(listings[0].title)
        content = book.content()
    with transaction():
        audit.note(current_user, "list.export", subject, g.area, list=title, kind=KIND, rows=rows)
    return web.download(content, f"{g.area.name}-{title}-{clock.today()}.{KIND}")


def _file_url(context: Context) -> str | None:
    """Where the lists on this page are taken out, with the filters that are set; None when they are empty."""
    view = current_app.view_functions[request.endpoint or ""]
    listings: tuple[Listing, ...] = getattr(view, "listings", ()) if request.method == "GET" else ()
    if not any(True for listing in listings for _record in listing.records(context)):
        return None
    filters = [pair for pair in request.args.items(multi=True) if pair[0] not in ("page", ASKED_AS)]
    return f"{request.script_root}{request.path}?{urlencode([*filters, (ASKED_AS, KIND)])}"
