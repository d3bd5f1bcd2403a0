"""The notice: the sheet for the wall, and what anyone may see without sign-in."""

from flask import abort, g, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from ground import clock, web
from ground.refusal import Refused
from people import access, areas
from people.models import Area, Role
from people.pages import ABOUT_VILLAGE, further_links
from points import expiry
from points.assessment import assessments
from points.models import Assessment, AssessmentState, Notice
from points.openings import sheets as opening_sheets
from points.views.assessment.quarters import press_button, quarter_or_404, redirect_to_sheet, undecided_counts
from points.views.wall import bp
from points.wall import finding, hanging, noticesheet, objections, posting, wording
from points.wall import wall_state as wall
from points.wall.noticesheet import NoticeSheet, notice_pdf

MOST_SEARCHED = 100  # characters


@bp.get("/v/<village>/quarters/<quarter>/notice.pdf")
@access.allow(*access.ONLOOKERS)
def notice_sheet(village: str, quarter: str) -> Response:
    """A notice for the wall, A4 or A3 by `?paper=`: the whole sheet, or that of `?number=`.

    Refused `notice_void` for one that counts no more: it is not hung up again.
    """
    assessment = quarter_or_404(quarter, g.area)
    paper = request.args.get("paper", "A4")
    if paper not in hanging.SETTINGS:
        abort(404)
    notice = _requested_notice(assessment) or abort(404)
    if assessments.is_void(notice, assessment):
        text = gettext("This notice is void: its sheet was sent back or replaced. Print the new one.")
        raise Refused("notice_void", text)
    with force_locale("zh"):
        sheet = sheet_with_urls(wall.posted_notice(assessment, notice))
    return web.pdf(notice_pdf(sheet, paper), f"{village}-{sheet.code}.pdf")


@bp.get("/v/<village>/quarters/<quarter>/preview")
@access.allow(*access.COMMITTEE)
def preview(village: str, quarter: str) -> str | Response:
    """The sheet as it would hang, with what is not confirmed yet, before it is posted."""
    assessment = quarter_or_404(quarter, g.area)
    if assessment.state != AssessmentState.DELIBERATING:
        return redirect_to_sheet(quarter)
    return render_template(
        "points/meeting/preview.html",
        assessment=assessment,
        notice=sheet_with_urls(wall.draft_notice(assessment)),
        **undecided_counts(assessment),
    )


def _requested_notice(assessment: Assessment) -> Notice | None:
    """The notice of `?number=`, or the latest of the whole sheet."""
    number = request.args.get("number")
    if number is None:
        return assessments.whole_notice(assessment)
    return next((notice for notice in assessments.notices(assessment) if str(notice.number) == number), None)


@bp.post("/v/<village>/quarters/<quarter>/post-changes")
@access.allow(Role.CLERK)
def post_changes(village: str, quarter: str) -> Response | tuple[str, int]:
    """Post the lines again that accepted objections changed."""
    message = gettext("The changes are posted. Print the sheet and hang it up today.")
    return press_button(quarter, posting.post_changes, message)


def sheet_with_urls(posted: wall.PostedNotice) -> NoticeSheet:
    """The sheet of a notice, with the addresses that are printed on it."""
    village, quarter = posted.assessment.village.code, posted.assessment.quarter_name
    address, to_object, to_proof = (
        web.public_url(path)
        for path in (
            url_for("wall.notice", village=village, quarter=quarter),
            url_for("wall.object_online", village=village, quarter=quarter),
            url_for("wall.proof"),
        )
    )
    announcement = expiry.announcement(posted.assessment.village, posted.notice.posted_at)
    return wording.sheet(posted, address, to_object, to_proof, [announcement] if announcement else [])


def public_village(code: str) -> Area:
    """The village or community under this code, or 404."""
    area = areas.by_code(code) if len(code) == 12 else None
    return area if area is not None and area.is_village else abort(404)


@bp.get("/n/<village>/")
@access.public
def notices(village: str) -> str:
    """A village's notices, for anyone: which quarters and opening balances hang or hung."""
    area = public_village(village)
    return render_template(
        "points/wall/notices.html",
        village=area,
        posted_notices=assessments.hung(area),
        posted_openings=opening_sheets.hung_states(area),
        further_links=further_links(ABOUT_VILLAGE, area),
        today=clock.today(),
    )


@bp.get("/n/<village>/<quarter>")
@access.public
def notice(village: str, quarter: str) -> str:
    """The same sheets as on the wall, the latest whole one and the changes after it, and nothing else.

    With `?q=` only the lines that these words find.
    """
    area = public_village(village)
    words = request.args.get("q", "").replace("\0", "").strip()[:MOST_SEARCHED]
    assessment = quarter_or_404(quarter, area)
    posted = wall.posted_notices(assessment) or abort(404)
    contested = objections.contested_worker_ids(assessment)
    sheets = [sheet_with_urls(posted_notice) for posted_notice in posted]
    return render_template(
        "points/wall/notice.html",
        village=area,
        assessment=assessment,
        sheets=sheets,
        contested_numbers={
            line.number
            for posted_notice in posted
            for line in posted_notice.lines
            if line.worker_id in contested
        },
        wording=noticesheet,
        search_words=words,
        found_numbers={
            row.number
            for sheet in sheets
            for row in sheet.rows
            if finding.is_found(words, row.number, row.name, row.grid)
        },
        open_numbers={line.number for line in wall.open_lines(assessment)},
        sent_back=assessment.state == AssessmentState.DELIBERATING,
        today=clock.today(),
    )
