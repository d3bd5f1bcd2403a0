"""The list of the ledger books, and each of them: some rows on a page, all as Excel, or as a PDF."""

from datetime import date
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from werkzeug.wrappers import Response

from ground import clock, days, web
from ground.clock import Quarter
from ground.db import fetch, transaction
from ground.forms import DaysForm
from ground.refusal import Refused
from people import access, areas, audit
from people.models import Area, Person
from people.pages import NAVIGATION, FurtherLink
from people.views.listing import ASKED_AS, KIND
from people.views.shown import shown_name, sight
from points import ledger
from reports.books import paper, workbook
from reports.books.book import Book, Line, Scope
from reports.books.shelf import BOOKS
from reports.books.stock import VALUE
from reports.views.books import bp

PER_PAGE = 50
KEPT_ARGUMENTS = ("since", "until", "worker")  # what the ways from page to page and to the files carry along

# What is a book already, or a list that one is made of: by its place in the navigation.
ALSO_KEPT = (
    "ledger.accounts",
    "services.services",
    "services.deductions",
    "desk.redemptions",
    "desk.closings",
    "stock.deliveries",
    "stock.vouchers",
    "stock.stock_takes",
    "stock.consignments",
    "stock.donations",
)

READERS = frozenset().union(*(book.roles for book in BOOKS))


@bp.get("/a/<area>/books")
@access.allow(*READERS)
def books(area: str) -> str:
    """The ledger books of an area, each with what it is for, and the lists that are kept beside them."""
    kept = [
        FurtherLink(entry.label, entry.url(g.area))
        for entry in NAVIGATION.items()
        if g.area.is_village and entry.endpoint in ALSO_KEPT and entry.roles & g.roles
    ]
    return render_template(
        "reports/books/books.html", books=[book for book in BOOKS if book.roles & g.roles], kept=kept
    )


class BookPage(Pagination):
    """A page of a book, whose lines are read already."""

    def _query_items(self) -> list[Line]:
        lines: list[Line] = self._query_args["lines"]
        return lines

    def _query_count(self) -> int:
        return int(self._query_args["records"])


def _add_pages(book: Book) -> None:
    """Give a book its page, which answers as an Excel file too, and its PDF."""

    @access.allow(*book.roles)
    def page(area: str) -> Any:
        period = _period()
        scope = _scope(book, period)
        if request.args.get(ASKED_AS) == KIND:
            return _file(book, scope)
        return _page(book, scope, period), period.status

    @access.allow(*book.roles)
    def sheet(area: str) -> Response:
        scope = _scope(book, _period())
        content, records = paper.draw(book, scope)
        _note(book, "pdf", records)
        return web.pdf(content, f"{book.name}-{scope.first}-{scope.last}.pdf")

    page.__doc__ = f"The ledger book of {book.told_as} in a period, with its sums."
    page.listings = (book,)  # type: ignore[attr-defined]
    sheet.__doc__ = f"The ledger book of {book.told_as} on A4, to be signed and filed."
    bp.add_url_rule(f"/a/<area>/books/{book.name}", book.name, page)
    bp.add_url_rule(f"/a/<area>/books/{book.name}.pdf", f"{book.name}_sheet", sheet)


for each in BOOKS:
    _add_pages(each)


def summary_links(village: Area, first: date, last: date) -> list[FurtherLink]:
    """The way from some days' vouchers to what they come to by article."""
    address = url_for("books.valued", area=village.code, since=first.isoformat(), until=last.isoformat())
    return [FurtherLink(VALUE.title, address)]


def _page(book: Book, scope: Scope, period: DaysForm) -> str:
    number = web.page_number()
    lines, frame = book.page(scope, number, PER_PAGE)
    page = BookPage(
        page=number,
        per_page=PER_PAGE,
        max_per_page=PER_PAGE,
        error_out=number > 1,
        lines=lines,
        records=frame.records,
    )
    asked = {name: request.args[name] for name in KEPT_ARGUMENTS if request.args.get(name)}
    address = {"area": g.area.code, **asked}
    return render_template(
        "reports/books/book.html",
        book=book,
        period=period,
        subject=workbook.subject(scope),
        columns=book.shown_columns(scope),
        frame=frame,
        page=page,
        as_text=paper.as_text,
        workers=_workers(book),
        worker=scope.worker,
        address=address,
        list_file_url=url_for(f"books.{book.name}", **address, **{ASKED_AS: KIND}),  # type: ignore[arg-type]
    )


def _file(book: Book, scope: Scope) -> Response:
    """All of a book as an Excel file."""
    content, records = workbook.write(book, scope)
    _note(book, KIND, records)
    return web.download(content, f"{g.area.name}-{book.title}-{scope.first}-{scope.last}.{KIND}")


def _note(book: Book, kind: str, records: int) -> None:
    """Write into the trail that somebody took a book out."""
    with transaction():
        audit.note(current_user, "list.export", g.area, g.area, list=str(book.title), kind=kind, rows=records)


def _period() -> DaysForm:
    """The days that are asked for; without any, those of the current quarter."""
    first, last = _current_quarter()
    is_asked = any(request.args.get(name) for name in ("since", "until"))
    period = DaysForm(request.args) if is_asked else DaysForm(None, since=first, until=last)
    since, until = period.since, period.until
    if period.validate() and since.data and until.data and since.data > until.data:
        period.refuse(Refused("bad_period", _("The first day lies after the last."), "until"))
    return period


def _current_quarter() -> tuple[date, date]:
    quarter = Quarter.of(clock.today())
    return quarter.first_day, quarter.last_day


def _scope(book: Book, period: DaysForm) -> Scope:
    """What is asked for; where the form tells that its days can't be meant, the current quarter."""
    first, last = _current_quarter()
    if not period.errors:
        first = period.since.data or days.BEFORE_ANY_RECORD
        last = period.until.data or max(first, clock.today())
    return Scope(g.area, areas.villages_in(g.area), first, last, sight(), _worker(book))


def _worker(book: Book) -> Person | None:
    """The worker whose book it is alone, of this village; 404 for somebody else."""
    ident = web.number_asked("worker") if book.is_of_worker and g.area.is_village else None
    return (fetch(Person, ident, area_id=g.area.id) or abort(404)) if ident else None


def _workers(book: Book) -> list[tuple[int, str]]:
    """Whose book it can be alone: in a village who has an account."""
    if not (book.is_of_worker and g.area.is_village):
        return []
    people = [account.person for account in ledger.accounts_of(g.area) if account.person]
    return [(person.id, shown_name(person)) for person in people]
