"""The notice of opening balances: the sheet for the wall, and what anyone may see without sign-in."""

from flask import abort, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from ground import clock, web
from ground.refusal import Refused
from people import access
from points.models import OpeningNotice
from points.openings import noticesheet, sheets, wording
from points.openings.noticesheet import OpeningNoticeSheet, notice_pdf
from points.views.openings import bp
from points.views.openings.sheets import sheet_or_404
from points.views.wall.notices import public_village
from points.wall import hanging
from points.wall.booking import WaitReason


@bp.get("/v/<village>/openings/<int:sheet>/notice.pdf")
@access.allow(*access.ONLOOKERS)
def notice_sheet(village: str, sheet: int) -> Response:
    """A notice for the wall, A4 or A3 by `?paper=`: the sheet's first, or that of `?notice=`.

    Refused `withdrawn` for one of a sheet that was taken back: it is not hung up again.
    """
    state = sheets.state_of(sheet_or_404(sheet))
    paper, asked = request.args.get("paper", "A4"), request.args.get("notice", "1")
    if paper not in hanging.SETTINGS:
        abort(404)
    notice = next((each for each in state.notices if str(each.number) == asked), None) or abort(404)
    if state.sheet.withdrawn_at is not None:
        raise Refused("withdrawn", gettext("This sheet of opening balances was taken back."))
    with force_locale("zh"):
        printed = sheet_with_urls(notice)
    return web.pdf(notice_pdf(printed, paper), f"{village}-openings-{printed.code}.pdf")


def sheet_with_urls(notice: OpeningNotice) -> OpeningNoticeSheet:
    """The sheet of a notice, with the addresses that are printed on it."""
    village = notice.sheet.village.code
    address, to_proof = (
        web.public_url(path)
        for path in (
            url_for("openings.notice", village=village, sheet=notice.sheet.number),
            url_for("wall.proof"),
        )
    )
    return wording.sheet(notice, address, to_proof)


@bp.get("/n/<village>/openings/<int:sheet>")
@access.public
def notice(village: str, sheet: int) -> str:
    """The same sheets as on the wall, the whole one and the changes after it, and nothing else."""
    area = public_village(village)
    state = sheets.state_of(sheets.find(area, sheet) or abort(404))
    if not state.notices:
        abort(404)
    return render_template(
        "points/openings/notice.html",
        village=area,
        state=state,
        notices=[sheet_with_urls(each) for each in state.notices],
        contested_numbers={
            each.line.number for each in state.lines if each.wait_reason == WaitReason.OBJECTION
        },
        reversed_numbers={each.line.number for each in state.lines if each.booking and each.booking.reversal},
        wording=noticesheet,
        today=clock.today(),
    )
