"""The grids of a village."""

from flask import g, render_template
from flask_babel import lazy_gettext as _

from people import access, clock
from people.models import Duty, GridKind, Role
from people.roster import grids as verbs
from people.roster import terms
from people.views import bp

GRID_KINDS = {
    GridKind.RURAL: _("rural"),
    GridKind.URBAN: _("urban"),
    GridKind.DEDICATED: _("dedicated"),
}


@bp.get("/v/<village>/grids")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
def grids(village: str) -> str:
    """The grids of a village, with who serves in each today."""
    today = clock.today()
    serving = {
        (term.grid_id, term.duty): term for duty in Duty for term in terms.serving(g.area, today, today, duty)
    }
    return render_template(
        "people/grids.html", grids=verbs.of_village(g.area), serving=serving, kinds=GRID_KINDS
    )
