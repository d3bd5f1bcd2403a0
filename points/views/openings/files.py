"""Opening balances as a file: tried out, and taken in with progress."""

from typing import Any

from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from ground import web
from ground.paper import words
from people import access
from people.models import Role
from people.views.filing import Addresses, FilePages
from points import amounts
from points.openings import columns
from points.openings.intake import OPENINGS
from points.views.openings import bp


def _value_text(column: str, value: Any) -> str:
    return amounts.show(value) if column == columns.BALANCE else str(value)


def _asked_text(_column: str, tenths: int) -> str:
    return f"{amounts.show(tenths)} ({words.figure_in_words(tenths // 10)})"


FILES = FilePages(
    OPENINGS,
    Addresses(
        choose="openings.import_openings",
        look="openings.openings_file",
        failed="openings.failed_openings",
        template="openings.openings_template",
        done="openings.openings",
        imports="openings.openings",
    ),
    title=_("Opening balances from a file"),
    note=_(
        "Each row is a worker with what they have left on paper, and which paper it is. Where two have one "
        "name, the grid's code or the telephone says which. The rows become a sheet that hangs on the wall "
        "before anything is booked."
    ),
    subject_heading=_("Grid worker"),
    unchanged_note=_("There is no row to take in."),
    value_text=_value_text,
    text_before=_value_text,
    empty_note="",
    asked_text=_asked_text,
)


@bp.route("/v/<village>/openings/import", methods=["GET", "POST"])
@access.allow(Role.CLERK)
@web.takes_list
def import_openings(village: str) -> Response | tuple[str, int]:
    """Choose a file of opening balances; nothing is done with it yet."""
    return FILES.choose()


@bp.route("/v/<village>/openings/import/<int:ident>", methods=["GET", "POST"])
@access.allow(Role.CLERK)
def openings_file(village: str, ident: int) -> Response | tuple[str, int]:
    """What the file would bring, and the button that makes a sheet of it."""
    return FILES.look(ident)


@bp.get("/v/<village>/openings/import/<int:ident>/failed.xlsx")
@access.allow(Role.CLERK)
def failed_openings(village: str, ident: int) -> Response:
    """The rows that can't be taken, with the reasons, to be mended and brought again."""
    return FILES.failed(ident)


@bp.get("/v/<village>/openings/import/template.xlsx")
@access.allow(Role.CLERK)
def openings_template(village: str) -> Response:
    """An empty file of opening balances."""
    return FILES.template("openings-template.xlsx")
