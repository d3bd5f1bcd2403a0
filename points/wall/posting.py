"""Posting (公示): the sheet is hung up line by line as it will be booked, with the ledger's digest."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _

from ground import clock
from ground.db import db
from ground.refusal import Refused
from people.models import User
from points import amounts, ledger
from points.assessment import assessments, meeting_rules, sheet
from points.models import Assessment, AssessmentState, Notice, NoticeLine


def post_notice(assessment: Assessment, actor: User) -> Notice:
    """Post the whole sheet, for the county's days of notice.

    Refused `wrong_state`, `nobody_on_sheet`, `amount_too_large` for a line that could not be booked.
    """
    assessments.lock_in_state(assessment, AssessmentState.DELIBERATING)
    rows = sheet.sheet_rows(assessment)
    if not rows:
        raise Refused("nobody_on_sheet", _("Nobody is on this sheet."))
    assessment.state = AssessmentState.ON_NOTICE
    return _post(assessment, list(enumerate(rows, 1)), True, actor)


def post_changes(assessment: Assessment, actor: User) -> Notice:
    """Post the lines again that accepted objections changed; they wait for a notice of their own.

    Refused `wrong_state`, `nothing_changed`, `amount_too_large`.
    """
    assessments.lock_in_state(assessment, AssessmentState.ON_NOTICE, AssessmentState.BOOKED)
    rows = changed_rows(assessment)
    if not rows:
        raise Refused("nothing_changed", _("Nothing has changed since the last notice."))
    return _post(assessment, rows, False, actor)


def changed_rows(assessment: Assessment) -> list[tuple[int, sheet.SheetRow]]:
    """The rows that an accepted objection changed since they were posted, each with its line's number."""
    lines = assessments.latest_lines(assessment)
    workers = changed_workers(assessment, lines)
    if not workers:
        return []
    return [
        (lines[row.worker.id].number, row) for row in sheet.sheet_rows(assessment) if row.worker.id in workers
    ]


def changed_workers(assessment: Assessment, lines: dict[int, NoticeLine]) -> set[int]:
    """The ids of those workers whose lines were adjusted since they were posted."""
    return {
        adjustment.worker_id
        for adjustment in assessment.adjustments
        if adjustment.worker_id in lines
        and adjustment.id > lines[adjustment.worker_id].notice.last_adjustment_id
    }


def _post(
    assessment: Assessment, rows: Sequence[tuple[int, sheet.SheetRow]], whole: bool, actor: User
) -> Notice:
    if any(row.total > amounts.LARGEST_TENTHS for _number, row in rows):
        raise Refused("amount_too_large", _("That is more points than the ledger takes at once."))
    notice = _notice(assessment, whole)
    notice.posted_by_id = actor.id
    notice.digest, notice.last_transfer_id = ledger.freeze_digest(assessment.village)
    db.session.add(notice)
    db.session.flush()
    for line in lines_of(rows):
        line.notice_id = notice.id
        db.session.add(line)
    db.session.flush()
    return notice


def draft(assessment: Assessment) -> tuple[Notice, list[NoticeLine]]:
    """The whole sheet as it would be posted today, with its lines; nothing of it is kept."""
    return _notice(assessment, True), lines_of(enumerate(sheet.sheet_rows(assessment), 1))


def _notice(assessment: Assessment, whole: bool) -> Notice:
    """A notice of today, without what proves it."""
    today, rules = clock.today(), meeting_rules.rules_of(assessment.village)
    return Notice(
        assessment_id=assessment.id,
        number=len(assessments.notices(assessment)) + 1,
        whole=whole,
        posted_on=today,
        ends_on=today + timedelta(days=rules.notice_days),
        posted_at=clock.now(),
        last_adjustment_id=max((adjustment.id for adjustment in assessment.adjustments), default=0),
    )


def lines_of(rows: Iterable[tuple[int, sheet.SheetRow]]) -> list[NoticeLine]:
    """The lines of numbered rows as they hang on the wall; nothing of it is kept."""
    return [_line(number, row) for number, row in rows]


def _line(number: int, row: sheet.SheetRow) -> NoticeLine:
    return NoticeLine(
        number=number,
        worker_id=row.worker.id,
        worker=row.worker,
        name=row.worker.masked,
        grid=row.grid.name,
        cells={category: [cell.count, cell.raw, cell.capped] for category, cell in row.cells.items()},
        deductions=row.deductions,
        adjustments=row.adjustments,
        total=row.total,
    )
