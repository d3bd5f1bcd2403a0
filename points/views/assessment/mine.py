"""The page of a worker's own quarter: what each of its points came from."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, g, render_template
from flask_login import current_user

from ground.db import fetch
from people import access
from people.models import Person, Role
from people.roster import persons
from points import labels
from points.assessment import assessments, line_notes, meeting, sheet
from points.models import (
    Adjustment,
    Assessment,
    AssessmentState,
    Correction,
    Deduction,
    Service,
    ServiceState,
    Transfer,
)
from points.services import deductions, reading
from points.views.assessment import bp
from points.views.assessment.quarters import quarter_or_404
from points.wall import correcting


@dataclass(frozen=True)
class WorkerLine:
    """A worker's line with all that it is made of; `award` as it was booked."""

    row: sheet.SheetRow
    services: Sequence[Service]
    deductions: Sequence[Service]
    adjustments: Sequence[Adjustment]
    award: Transfer | None
    corrections: Sequence[Correction]

    @property
    def total(self) -> int:
        """The tenths that count today."""
        if self.corrections:
            return self.corrections[-1].right_tenths
        return self.award.amount if self.award else self.row.total


@bp.get("/v/<village>/mine/<quarter>")
@access.allow(Role.WORKER)
def mine_quarter(village: str, quarter: str) -> str:
    """How a worker's own quarter came to its points: each service, deduction, adjustment and correction."""
    person = fetch(Person, current_user.person_id, area_id=g.area.id) or abort(404)
    assessment = quarter_or_404(quarter, g.area)
    is_open = assessment.state in (AssessmentState.COLLECTING, AssessmentState.DELIBERATING)
    selves = set(persons.entry_ids(person))
    return render_template(
        "points/assessment/mine_quarter.html",
        assessment=assessment,
        person=person,
        lines=[_line(assessment, row) for row in sheet.sheet_rows(assessment) if row.worker.id in selves],
        is_open=is_open,
        proposed_deductions=_proposed(person, assessment) if is_open else (),
        notice=assessments.whole_notice(assessment),
        categories=labels.DUTIES,
    )


def _proposed(person: Person, assessment: Assessment) -> list[Deduction]:
    """The worker's deductions up to the quarter's last day that are not decided yet."""
    return [
        one
        for one in deductions.of_worker(g.area, person)
        if one.service.state == ServiceState.RECORDED and one.service.done_on <= assessment.quarter.last_day
    ]


def _line(assessment: Assessment, row: sheet.SheetRow) -> WorkerLine:
    award = assessments.award_of(assessment, row.worker)
    counted = reading.counted_services(assessment, row.worker)
    return WorkerLine(
        row=row,
        services=[service for service in counted if service.item.points > 0],
        deductions=[service for service in counted if service.item.points < 0],
        adjustments=line_notes.standing_adjustments(
            meeting.adjustments_of_worker(assessment.adjustments, row.worker)
        ),
        award=award,
        corrections=correcting.corrections_of_line(award.line) if award and award.line else (),
    )
