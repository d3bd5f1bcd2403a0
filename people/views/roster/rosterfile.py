"""The pages of the roster as a file: tried out, imported with progress, and exported."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import transaction
from ground.forms import ButtonForm
from people import access
from people.rosterfile import columns, export
from people.rosterfile.intake import ROSTER
from people.views import IMPORTERS, takeback
from people.views.filing import Addresses, FilePages
from people.views.listing import excel
from people.views.roster import bp
from people.views.shown import shown_name, shown_phone, sight


def _value_text(column: str, value: Any) -> str:
    return columns.choice_words(column)[value] if column in columns.CHOICES else str(value)


def _known_text(column: str, value: Any) -> str:
    """A value of today's roster in words, masked for readers above the village.

    What the file itself says is not masked: they brought it.
    """
    if column == columns.PHONE:
        return shown_phone(value)
    return shown_name(value) if column in (columns.NAME, columns.INSTRUCTOR) else _value_text(column, value)


FILES = FilePages(
    ROSTER,
    Addresses(
        choose="roster.import_roster",
        look="roster.import_file",
        failed="roster.failed_rows",
        template="roster.roster_template",
        done="home.enter",
        imports="roster.imports",
        take_back="roster.take_back_import",
    ),
    title=_("Roster from a file"),
    note=_("Each row is a grid with its worker and instructor; the grid's code says which one."),
    subject_heading=_("Grid"),
    unchanged_note=_("The roster says all of this already. There is nothing to do."),
    value_text=_value_text,
    text_before=_known_text,
)


@bp.route("/a/<area>/import", methods=["GET", "POST"])
@access.allow(*IMPORTERS)
@web.takes_list
def import_roster(area: str) -> Response | tuple[str, int]:
    """Choose a roster file; nothing is done with it yet."""
    return FILES.choose()


@bp.route("/a/<area>/import/<int:ident>", methods=["GET", "POST"])
@access.allow(*IMPORTERS)
def import_file(area: str, ident: int) -> Response | tuple[str, int]:
    """What the file would do, and the button that does it."""
    return FILES.look(ident)


@bp.get("/a/<area>/import/<int:ident>/failed.xlsx")
@access.allow(*IMPORTERS)
def failed_rows(area: str, ident: int) -> Response:
    """The rows that can't be taken, with the reasons, to be mended and brought again."""
    return FILES.failed(ident)


@bp.get("/a/<area>/import/template.xlsx")
@access.allow(*IMPORTERS)
def roster_template(area: str) -> Response:
    """An empty roster."""
    return FILES.template("roster-template.xlsx")


@bp.get("/a/<area>/imports")
@access.allow(*IMPORTERS)
@excel(takeback.IMPORTS)
def imports(area: str) -> str:
    """The rosters that were taken in here, the latest first."""
    return takeback.imports(FILES)


@bp.route("/a/<area>/imports/<int:ident>", methods=["GET", "POST"])
@access.allow(*IMPORTERS)
def take_back_import(area: str, ident: int) -> Response | tuple[str, int]:
    """What would go if a roster that was taken in is taken back, and the button that does it."""
    return takeback.take_back(FILES, ident)


@bp.post("/a/<area>/roster.<any(xlsx, csv):kind>")
@access.allow(*access.ONLOOKERS)
def export_roster(area: str, kind: str) -> Response:
    """The roster as a file, masked for readers above the village; a button, because it is written down."""
    form = ButtonForm()
    form.validate_on_submit()
    with transaction():
        rows = export.export_roster(g.area, kind, sight(), current_user)
    name = f"roster-{area}-{clock.today():%Y%m%d}.{kind}"
    return web.download(columns.LAYOUT.write(rows, kind), name)
