"""The meeting's sheet for a projector: one line at a time, in type that the whole room reads."""

from flask import abort, g, render_template

from ground import web
from people import access
from points.assessment.line_notes import LineNotes
from points.views.assessment.quarters import quarter_or_404, table_values
from points.views.meeting import bp


@bp.get("/v/<village>/quarters/<quarter>/projector")
@access.allow(*access.ONLOOKERS)
def projector(village: str, quarter: str) -> str:
    """One line of the sheet alone, large: the first, or that of `?line=`."""
    values = table_values(quarter_or_404(quarter, g.area))
    rows, number = values["rows"], web.number_asked("line")
    number = 1 if number is None else number
    if not 1 <= number <= len(rows):
        abort(404)
    row = rows[number - 1]
    return render_template(
        "points/meeting/projector.html",
        **values,
        number=number,
        row=row,
        notes=values["line_notes"].get(row.worker.id, LineNotes()),
    )
