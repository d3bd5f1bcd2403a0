"""The ledgers of households: printed, and exported as files.

The export is a button, because it is audited.
"""

from typing import Any

from flask import g
from flask_login import current_user
from werkzeug.wrappers import Response

from duties.householdfile import columns, export
from duties.households import ledger
from duties.households.sheet import ledger_pdf
from duties.views import bp
from duties.views.households import grid_in_scope
from ground import clock, web
from ground.db import transaction
from ground.forms import ButtonForm
from people import access
from people.models import Area, Grid
from people.roster import grids
from people.views import GRID_ROLES


@bp.get("/v/<village>/households/ledger.pdf")
@access.allow(*access.COMMITTEE)
def households_ledger(village: str) -> Response:
    """The village's ledger (总台账) to print, grid by grid."""
    village_ledger = ledger.village_ledger(g.area, grids.of_village(g.area))
    return web.pdf(ledger_pdf(village_ledger), _file_name(g.area, "pdf"))


@bp.post("/v/<village>/households/ledger.<any(xlsx, csv):kind>")
@access.allow(*access.COMMITTEE)
def export_households(village: str, kind: str) -> Response:
    """The village's ledger as a file."""
    ButtonForm().validate_on_submit()
    with transaction():
        village_ledger = ledger.village_ledger(g.area, grids.of_village(g.area))
        rows = export.export_households(village_ledger, g.area, kind, current_user)
    return _download(rows, g.area, kind)


@bp.get("/v/<village>/households/grids/<int:ident>/ledger.pdf")
@access.allow(*GRID_ROLES)
def grid_ledger(village: str, ident: int) -> Response:
    """A grid's ledger (网格台账) to print."""
    grid = grid_in_scope(ident)
    return web.pdf(ledger_pdf(ledger.grid_ledger(grid)), _file_name(grid, "pdf"))


@bp.post("/v/<village>/households/grids/<int:ident>/ledger.<any(xlsx, csv):kind>")
@access.allow(*GRID_ROLES)
def export_grid_households(village: str, ident: int, kind: str) -> Response:
    """A grid's ledger as a file."""
    ButtonForm().validate_on_submit()
    with transaction():
        grid = grid_in_scope(ident)
        rows = export.export_households(ledger.grid_ledger(grid), grid, kind, current_user)
    return _download(rows, grid, kind)


def _download(rows: list[dict[str, Any]], whose: Area | Grid, kind: str) -> Response:
    return web.download(columns.LAYOUT.write(rows, kind), _file_name(whose, kind))


def _file_name(whose: Area | Grid, kind: str) -> str:
    """The file's name.

    A grid's has its id rather than its code, which may hold any characters.
    """
    place = f"grid-{whose.id}" if isinstance(whose, Grid) else whose.code
    return f"households-{place}-{clock.today():%Y%m%d}.{kind}"
