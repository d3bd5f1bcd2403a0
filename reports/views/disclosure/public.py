"""The five openings for everyone, without sign-in: the sheets of the wall, once their time is over."""

from flask import abort, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ground import web
from people import access
from people.models import Area
from people.pages import FurtherLink
from points.views.wall.notices import public_village
from reports.disclosure import periods, sheet
from reports.views.disclosure import bp
from reports.views.disclosure.sheets import period_or_404, sheet_values


@bp.get("/n/<village>/disclosure/")
@access.public
def public_disclosures(village: str) -> Response:
    """A village's five openings, for anyone: those of each quarter or month that is over."""
    area = public_village(village)
    over = [period for period in periods.periods_of(area) if periods.is_over(period)]
    return web.unlisted_page(
        render_template(
            "reports/disclosure/public_disclosures.html",
            village=area,
            periods=over,
            period_name=sheet.period_name,
        )
    )


@bp.get("/n/<village>/disclosure/<period>")
@access.public
def public_disclosure(village: str, period: str) -> Response:
    """The five openings of a quarter or month that is over, for anyone; names are masked as on the wall."""
    area, chosen = public_village(village), period_or_404(period)
    if not periods.is_over(chosen):
        abort(404)
    return web.unlisted_page(
        render_template(
            "reports/disclosure/public_disclosure.html", village=area, **sheet_values(area, chosen)
        )
    )


def public_links(village: Area) -> list[FurtherLink]:
    """Where the village's public notices lead to its five openings."""
    address = url_for("disclosure.public_disclosures", village=village.code)
    return [FurtherLink(gettext("Five openings of the village"), address)]
