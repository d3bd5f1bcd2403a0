"""The notice: the sheet for the wall, and what anyone may see without sign-in."""

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from people import access, areas, clock, pages
from points import amounts, labels
from points.models import Assessment, Category
from points.quarter import finding, wall
from points.quarter.noticesheet import NoticeRow, NoticeSheet, notice_pdf
from points.views import WATCHING, bp
from points.views.quarters import quarter_or_404

PAPERS = ("A4", "A3")


@bp.get("/v/<village>/quarters/<quarter>/notice.pdf")
@access.allow(*WATCHING)
def notice_sheet(village: str, quarter: str) -> Response:
    """The notice for the wall, A4 or A3 by `?paper=`."""
    assessment = quarter_or_404(quarter, g.area)
    paper = request.args.get("paper", PAPERS[0])
    if paper not in PAPERS:
        abort(404)
    posted = sheet_of(assessment) or abort(404)
    return pages.pdf(notice_pdf(posted, paper), f"{village}-{quarter}.pdf")


def sheet_of(assessment: Assessment) -> NoticeSheet | None:
    """What the notice says: masked names and totals, nothing that the wall should not show."""
    notice = finding.whole_notice(assessment)
    if notice is None:
        return None
    posted = wall.posting(assessment, notice)
    village, rubric = assessment.village, assessment.rubric
    numbers = {line.worker_id: line.number for line in posted.lines}
    address = url_for("points.notice", village=village.code, quarter=assessment.quarter_name)
    return NoticeSheet(
        village=village.name,
        township=village.parent.name if village.parent else "",
        quarter=assessment.quarter,
        rubric_version=rubric.version,
        rubric_from=rubric.in_force_from,
        posted_on=notice.posted_on,
        ends_on=notice.ends_on,
        columns=[str(labels.CATEGORIES[category]) for category in Category],
        rows=[
            NoticeRow(
                number=line.number,
                name=line.name,
                grid=line.grid,
                cells=[line.cells[category][2] for category in Category],
                deductions=line.deductions,
                adjustments=line.adjustments,
                total=line.total,
            )
            for line in posted.lines
        ],
        adjustment_notes=[
            gettext(
                "No. %(number)s %(name)s: %(points)s, %(reason)s",
                number=numbers[adjustment.worker_id],
                name=adjustment.worker.masked,
                points=amounts.signed(adjustment.amount),
                reason=adjustment.reason,
            )
            for adjustment in posted.adjustments
        ],
        digest=notice.digest,
        url=pages.public_url(address),
        how_to_object=gettext(
            "Until the last day, tell the committee or its supervisors by word or in writing; "
            "you get an answer within 7 working days."
        ),
    )


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
