"""The households of a village as a file: tried out, and taken in with progress."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from duties.householdfile import columns
from duties.householdfile.intake import HOUSEHOLDS
from duties.householdfile.plan import PlannedClass
from duties.views import bp
from ground import web
from ground.paper import words
from people import access
from people.views import takeback
from people.views.filing import Addresses, FilePages
from people.views.listing import excel


def _value_text(column: str, value: Any) -> str:
    """A value in words; a class with its day and reason."""
    if not isinstance(value, PlannedClass):
        return str(value)
    in_class = gettext(
        "%(name)s since %(day)s", name=columns.WORDS_OF_CLASS[value.attention], day=words.day(value.on)
    )
    return in_class + (gettext(" (%(text)s)", text=value.reason) if value.reason else "")


FILES = FilePages(
    HOUSEHOLDS,
    Addresses(
        choose="duties.import_households",
        look="duties.household_file",
        failed="duties.failed_households",
        template="duties.households_template",
        done="duties.households",
        imports="duties.household_imports",
        take_back="duties.take_back_households",
    ),
    title=_("Households from a file"),
    note=_("Each row is a household in its grid; its number says which one, or else its head and house."),
    subject_heading=_("Household"),
    unchanged_note=_("The files say all of this already. There is nothing to do."),
    value_text=_value_text,
    text_before=_value_text,
)


@bp.route("/v/<village>/households/import", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
@web.takes_list
def import_households(village: str) -> Response | tuple[str, int]:
    """Choose a file of households; nothing is done with it yet."""
    return FILES.choose()


@bp.route("/v/<village>/households/import/<int:ident>", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def household_file(village: str, ident: int) -> Response | tuple[str, int]:
    """What the file of households would do, and the button that does it."""
    return FILES.look(ident)


@bp.get("/v/<village>/households/import/<int:ident>/failed.xlsx")
@access.allow(*access.COMMITTEE)
def failed_households(village: str, ident: int) -> Response:
    """The rows that can't be taken, with the reasons, to be mended and brought again."""
    return FILES.failed(ident)


@bp.get("/v/<village>/households/import/template.xlsx")
@access.allow(*access.COMMITTEE)
def households_template(village: str) -> Response:
    """An empty file of households."""
    return FILES.template("households-template.xlsx")


@bp.get("/v/<village>/households/imports")
@access.allow(*access.COMMITTEE)
@excel(takeback.IMPORTS)
def household_imports(village: str) -> str:
    """The files of households that were taken in here, the latest first."""
    return takeback.imports(FILES)


@bp.route("/v/<village>/households/imports/<int:ident>", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def take_back_households(village: str, ident: int) -> Response | tuple[str, int]:
    """What would go if a file of households is taken back, and the button that does it."""
    return takeback.take_back(FILES, ident)
