"""Opening balances in words: a notice as the record that is printed and shown, and where things stand."""

from flask_babel import gettext as _

from ground.paper import words
from points.models import OpeningNotice
from points.openings.noticesheet import OpeningNoticeRow, OpeningNoticeSheet
from points.openings.sheets import LineState, SheetState
from points.wall.booking import WaitReason


def sheet(notice: OpeningNotice, url: str, proof_url: str) -> OpeningNoticeSheet:
    """The sheet of a notice: `url` is its public page, `proof_url` that which computes the digest again."""
    village = notice.sheet.village
    return OpeningNoticeSheet(
        village=village.name,
        township=village.parent.name if village.parent else "",
        code=notice.code,
        is_first=notice.number == 1,
        posted_on=notice.posted_on,
        ends_on=notice.ends_on,
        rows=[
            OpeningNoticeRow(posted.line.number, posted.name, posted.line.grid, posted.tenths, posted.basis)
            for posted in notice.lines
        ],
        digest=notice.digest,
        url=url,
        proof_url=proof_url,
    )


def sheet_state(state: SheetState) -> str:
    """Where a sheet stands, in a few words."""
    if state.sheet.withdrawn_at is not None:
        return str(_("taken back"))
    if not state.notices:
        return str(_("to be posted"))
    if state.is_done:
        return str(_("booked"))
    if state.count(WaitReason.OBJECTION):
        return str(_("an objection waits for its answer"))
    if state.count(WaitReason.TO_POST):
        return str(_("changed after an objection, to be posted again"))
    if state.ready_lines:
        return str(_("notice has ended"))
    return str(_("on notice"))


def line_state(line: LineState) -> str:
    """Where a line stands, in a few words."""
    if line.booking is not None:
        return str(_("taken back") if line.booking.reversal else _("booked"))
    if line.wait_reason == WaitReason.OBJECTION:
        return str(_("an objection waits for its answer"))
    if line.posted is None:
        return str(_("to be posted"))
    if line.wait_reason == WaitReason.TO_POST:
        return str(_("changed after an objection, to be posted again"))
    if line.wait_reason == WaitReason.NOTICE_RUNS:
        return str(_("its notice hangs until %(day)s", day=words.day(line.posted.notice.ends_on)))
    return str(_("to be booked") if line.tenths else _("nothing to book"))
