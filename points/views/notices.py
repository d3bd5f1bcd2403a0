"""What anyone may see without sign-in: the notice as it hangs on the wall."""

from flask import abort, render_template

from people import access, areas, clock
from points import labels
from points.models import Category
from points.views import bp
from points.views.quarters import quarter_or_404, sheet_of


@bp.get("/n/<village>/<quarter>")
@access.public
def notice(village: str, quarter: str) -> str:
    """The same sheet as on the wall, and nothing that the wall does not show."""
    area = areas.by_code(village) or abort(404)
    assessment = quarter_or_404(quarter, area)
    sheet = sheet_of(assessment) or abort(404)
    return render_template(
        "points/notice.html",
        notice=sheet,
        columns=[labels.CATEGORIES[category] for category in Category],
        running=clock.today() <= sheet.ends_on,
        booked_at=assessment.booked_at,
    )
