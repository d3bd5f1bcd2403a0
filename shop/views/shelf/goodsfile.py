"""The shop's goods as a file: tried out, taken in with progress, and taken out."""

from typing import Any

from flask import abort, g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import transaction
from ground.forms import ButtonForm
from ground.paper import words
from people import access
from people.models import Role
from people.views import takeback
from people.views.filing import Addresses, FilePages
from people.views.listing import excel
from points import amounts
from shop import labels
from shop.goodsfile import columns, export
from shop.goodsfile.intake import GOODS
from shop.goodsfile.plan import PlannedPrice
from shop.shelf import shops
from shop.views import READERS
from shop.views.shelf import bp


def _value_text(column: str, value: Any) -> str:
    if isinstance(value, PlannedPrice):
        points, day = amounts.show(value.points), words.day(value.since)
        return gettext("%(points)s from %(day)s on", points=points, day=day)
    if column == columns.COST:
        return labels.yuan(value)
    if column == columns.SOURCE:
        return columns.WORDS_OF_SOURCE[value]
    if column == columns.BEST_BEFORE:
        return words.day(value)
    return columns.WORDS_OF_STATE[value] if column == columns.STATE else str(value)


FILES = FilePages(
    GOODS,
    Addresses(
        choose="shelf.import_goods",
        look="shelf.goods_file",
        failed="shelf.failed_goods",
        template="shelf.goods_template",
        done="shelf.goods",
        imports="shelf.goods_imports",
        take_back="shelf.take_back_goods",
    ),
    title=_("Goods from a file"),
    note=_("Each row is an article; its barcode says which one, or else its name."),
    subject_heading=_("Goods"),
    unchanged_note=_("The shelf says all of this already. There is nothing to do."),
    value_text=_value_text,
    text_before=_value_text,
)


@bp.route("/v/<village>/goods/import", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
@web.takes_list
def import_goods(village: str) -> Response | tuple[str, int]:
    """Choose a list of goods; nothing is done with it yet."""
    return FILES.choose()


@bp.route("/v/<village>/goods/import/<int:ident>", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def goods_file(village: str, ident: int) -> Response | tuple[str, int]:
    """What the list of goods would do, and the button that does it."""
    return FILES.look(ident)


@bp.get("/v/<village>/goods/import/<int:ident>/failed.xlsx")
@access.allow(Role.MANAGER)
def failed_goods(village: str, ident: int) -> Response:
    """The rows that can't be taken, with the reasons, to be mended and brought again."""
    return FILES.failed(ident)


@bp.get("/v/<village>/goods/import/template.xlsx")
@access.allow(Role.MANAGER)
def goods_template(village: str) -> Response:
    """An empty list of goods."""
    return FILES.template("goods-template.xlsx")


@bp.get("/v/<village>/goods/imports")
@access.allow(Role.MANAGER)
@excel(takeback.IMPORTS)
def goods_imports(village: str) -> str:
    """The lists of goods that were taken in here, the latest first."""
    return takeback.imports(FILES)


@bp.route("/v/<village>/goods/imports/<int:ident>", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def take_back_goods(village: str, ident: int) -> Response | tuple[str, int]:
    """What would go if a list of goods that was taken in is taken back, and the button that does it."""
    return takeback.take_back(FILES, ident)


@bp.post("/v/<village>/goods.<any(xlsx, csv):kind>")
@access.allow(*READERS)
def export_goods(village: str, kind: str) -> Response:
    """The shop's goods as a file; a button, because it is written down."""
    form = ButtonForm()
    form.validate_on_submit()
    with transaction():
        rows = export.export_goods(shops.of_village(g.area) or abort(404), kind, current_user)
    return web.download(columns.LAYOUT.write(rows, kind), f"goods-{village}-{clock.today():%Y%m%d}.{kind}")
