"""What a notice says, as it was posted: for the wall, the public page, and whoever reads it years later."""

from collections.abc import Sequence
from dataclasses import dataclass

from points.models import Adjustment, Assessment, Correction, Notice, NoticeLine, Recusal
from points.quarter import correcting, finding, meeting


@dataclass(frozen=True)
class Posting:
    """A notice with all that is printed on it; names in `lines` are masked already.

    `adjustments` are those in its lines, `recusals` and `corrections` stand on notices of whole sheets only.
    """

    assessment: Assessment
    notice: Notice
    lines: Sequence[NoticeLine]
    adjustments: Sequence[Adjustment]
    recusals: Sequence[Recusal]
    corrections: Sequence[Correction]


def posting(assessment: Assessment, notice: Notice) -> Posting:
    """What a notice says."""
    workers = {line.worker_id for line in notice.lines}
    written = [
        adjustment
        for adjustment in assessment.adjustments
        if adjustment.id <= notice.adjusted_upto and adjustment.worker_id in workers
    ]
    return Posting(
        assessment,
        notice,
        notice.lines,
        standing(written),
        meeting.recusals(assessment) if notice.whole else (),
        correcting.on_sheet(assessment) if notice.whole else (),
    )


def postings(assessment: Assessment) -> list[Posting]:
    """Everything that counts of an assessment's notices: the latest whole one, and what changed after it."""
    whole = finding.whole_notice(assessment)
    if whole is None:
        return []
    return [
        posting(assessment, notice) for notice in finding.notices(assessment) if notice.number >= whole.number
    ]


def standing(written: Sequence[Adjustment]) -> list[Adjustment]:
    """Without those that were taken back, and what took them back."""
    gone = {adjustment.takes_back_id for adjustment in written}
    return [each for each in written if each.takes_back_id is None and each.id not in gone]
