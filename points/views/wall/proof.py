"""The proof for anyone: a digest off the wall, computed again; and the entries to compute it with."""

from flask import g, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from ground import clock, web
from ground.figures import narrow
from ground.refusal import Refused
from people import access, areas
from people.models import Area
from points.forms.objections import ProofForm
from points.views.wall import bp
from points.wall import proof as proving


@bp.get("/proof")
@access.public
def proof() -> tuple[str, int]:
    """Type the number off a notice, and see whether the ledger still comes to it."""
    form = ProofForm(request.args, meta={"csrf": False})
    village, proofs = _village_of_code(form.village.data or ""), []
    if "digest" in request.args and form.validate():
        try:
            proofs = proving.proofs_of_digest(_village_or_refuse(village), form.digest.data)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template(
        "points/wall/proof.html", form=form, village=village, proofs=proofs, villages=proving.villages()
    )
    return page, form.status


def _village_of_code(typed: str) -> Area | None:
    """The village of a code as it was typed, or None."""
    code = "".join(narrow(typed).split())
    area = areas.by_code(code) if len(code) == 12 else None
    return area if area is not None and area.is_village else None


def _village_or_refuse(village: Area | None) -> Area:
    """The village that was typed. Refused `no_such_village` if there is none."""
    if village is None:
        words = gettext("No village has this code. It has 12 figures and stands in the page's address.")
        raise Refused("no_such_village", words, "village")
    return village


@bp.get("/v/<village>/ledger.csv")
@access.allow(*access.ONLOOKERS)
def ledger_file(village: str) -> Response:
    """All entries of the village's ledger up to now as a text table, without names."""
    return web.download(proving.export(g.area), f"{village}-{clock.today():%Y%m%d}.csv")
