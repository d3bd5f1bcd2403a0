"""A worker's line on pages: its records, its adjustments, and who is left out of it.

Each is a page of its own; a script that asks with the header `X-Part` is answered with the parts of the
sheet that changed, and puts them in place.
"""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground.clock import Quarter
from ground.db import db, fetch
from ground.forms import ButtonForm, Form, attempt
from people import access
from people.models import Person, Role
from points import amounts, labels
from points.assessment import assessments, line_notes, meeting, usual
from points.assessment.line_notes import LineNotes
from points.forms.quarter import AdjustmentForm, RecusalForm
from points.models import Adjustment, Assessment, AssessmentState, Member, Recusal, Service
from points.services import reading
from points.views.assessment.quarters import quarter_or_404, table_values
from points.views.meeting import bp
from points.views.services.evidence import EvidenceLink, ReaderAccess

PageResponse = Response | tuple[str, int]


@dataclass(frozen=True)
class CountedRecord:
    """A counted record as a line shows it; `late_quarter` is the earlier quarter it came too late for.

    `tenths` are its points by the rubric, before a cap.
    """

    service: Service
    tenths: int
    evidence: EvidenceLink | None
    has_photo: bool
    late_quarter: Quarter | None


@bp.get("/v/<village>/quarters/<quarter>/workers/<int:ident>")
@access.allow(*access.ONLOOKERS)
def line(village: str, quarter: str, ident: int) -> tuple[str, int]:
    """One worker's line, down to each record with who recorded and who confirmed it."""
    return _line_page(quarter_or_404(quarter, g.area), ident)


@bp.post("/v/<village>/quarters/<quarter>/workers/<int:ident>/adjust")
@access.allow(Role.CLERK)
def adjust(village: str, quarter: str, ident: int) -> PageResponse:
    """Write down an adjustment that the meeting decided."""
    form = AdjustmentForm()
    if form.validate_on_submit():
        with attempt(form):
            assessment, worker = quarter_or_404(quarter, g.area, to_write=True), _worker_or_404(ident)
            meeting.adjust(
                assessment,
                worker,
                form.amount.tenths,
                form.reason.data,
                form.key.data,
                current_user,
                form.last_seen.number,
            )
            # Asked last: who is asked to press again shall not hear then that it can't be done.
            if not form.meant.is_confirmed_for(form.amount.tenths):
                usual.check_usual(assessment, worker, form.amount.tenths)
    points = amounts.signed(form.amount.tenths)
    return _after_change(quarter, ident, form, gettext("Written down: %(points)s points.", points=points))


@bp.post("/v/<village>/quarters/<quarter>/adjustments/<int:ident>/take-back")
@access.allow(Role.CLERK)
def take_back(village: str, quarter: str, ident: int) -> PageResponse:
    """Take an adjustment back that was a mistake."""
    form = ButtonForm()
    with attempt(form):
        assessment = quarter_or_404(quarter, g.area, to_write=True)
        adjustment = _adjustment_or_404(assessment, ident)
        worker_id = adjustment.worker_id
        meeting.take_back(assessment, adjustment, f"take-back:{ident}", current_user)
    if form.status != 200:
        worker_id = _adjustment_or_404(quarter_or_404(quarter, g.area), ident).worker_id
    return _after_change(quarter, worker_id, form, gettext("Taken back. Both stay on the sheet's record."))


@bp.post("/v/<village>/quarters/<quarter>/workers/<int:ident>/recuse")
@access.allow(Role.CLERK)
def recuse(village: str, quarter: str, ident: int) -> PageResponse:
    """Leave a member out of a worker's line."""
    form, message = RecusalForm(), ""
    form.member.choices = _member_choices(quarter_or_404(quarter, g.area))
    if form.validate_on_submit():
        with attempt(form):
            assessment = quarter_or_404(quarter, g.area, to_write=True)
            worker = _worker_or_404(ident)
            member = fetch(Member, form.member.data, assessment_id=assessment.id) or abort(404)
            meeting.recuse(assessment, member, worker, form.relation.data, current_user)
            message = gettext("%(name)s is left out of this line.", name=member.name)
    return _after_change(quarter, ident, form, message)


@bp.post("/v/<village>/quarters/<quarter>/recusals/<int:ident>/lift")
@access.allow(Role.CLERK)
def lift(village: str, quarter: str, ident: int) -> PageResponse:
    """Take back that a member is left out of a line."""
    form, message = ButtonForm(), ""
    with attempt(form):
        assessment = quarter_or_404(quarter, g.area, to_write=True)
        recusal = _recusal_or_404(assessment, ident)
        worker_id = recusal.worker_id
        message = gettext("%(name)s decides on this line again.", name=recusal.member.name)
        meeting.lift(assessment, recusal, current_user)
    if form.status != 200:
        worker_id = _recusal_or_404(quarter_or_404(quarter, g.area), ident).worker_id
    return _after_change(quarter, worker_id, form, message)


def _worker_or_404(ident: int) -> Person:
    return db.session.get(Person, ident) or abort(404)


def _adjustment_or_404(assessment: Assessment, ident: int) -> Adjustment:
    return fetch(Adjustment, ident, assessment_id=assessment.id) or abort(404)


def _recusal_or_404(assessment: Assessment, ident: int) -> Recusal:
    recusal = fetch(Recusal, ident)
    return recusal if recusal is not None and recusal.member.assessment_id == assessment.id else abort(404)


def _member_choices(assessment: Assessment) -> list[tuple[int, str]]:
    """The meeting's members to choose from."""
    return [(member.id, member.name) for member in assessment.members]


def _after_change(quarter: str, ident: int, form: Form, message: str) -> PageResponse:
    """Redirect to the line, or answer the script with the parts that changed.

    After a refusal: the line with what was typed.
    """
    if form.status != 200:
        return _line_page(quarter_or_404(quarter, g.area), ident, form)
    if _wants_part():
        return _line_page(quarter_or_404(quarter, g.area), ident, message=message)
    flash(message)
    return redirect(url_for("meeting.line", village=g.area.code, quarter=quarter, ident=ident))


def _wants_part() -> bool:
    return "X-Part" in request.headers


def _line_page(
    assessment: Assessment, ident: int, form: Form | None = None, message: str = ""
) -> tuple[str, int]:
    """A worker's line with its forms; one that was refused is shown again as it was sent."""
    values = table_values(assessment)
    row = next((row for row in values["rows"] if row.worker.id == ident), None) or abort(404)
    notes = values["line_notes"].get(ident) or LineNotes()
    adjustment_form = form if isinstance(form, AdjustmentForm) else AdjustmentForm(formdata=None)
    adjustment_form.last_seen.fill_in(notes.last_adjustment_id)
    recusal_form = form if isinstance(form, RecusalForm) else RecusalForm(formdata=None)
    recusal_form.member.choices = _member_choices(assessment)
    page = render_template(
        "points/meeting/line_answer.html" if _wants_part() else "points/meeting/line_page.html",
        **values,
        row=row,
        notes=notes,
        may_write=assessment.state == AssessmentState.DELIBERATING and Role.CLERK in g.roles,
        adjustment_form=adjustment_form,
        recusal_form=recusal_form,
        refused=form,
        message=message,
        activities=_activities(assessment, row.worker),
        reasons=line_notes.recent_reasons(g.area),
        usual_total=usual.usual_total(row.worker, assessment.quarter),
        award=assessments.award_of(assessment, row.worker),
        labels=labels,
    )
    return page, form.status if form else 200


def _activities(assessment: Assessment, worker: Person) -> list[CountedRecord]:
    """The records that are counted for a worker, with what vouches for each."""
    reader, first_day = ReaderAccess(), assessment.quarter.first_day
    return [
        CountedRecord(
            service,
            service.item.points * service.count,
            reader.evidence(service),
            access.is_insider() and service.photo_id is not None,
            Quarter.of(service.done_on) if service.done_on < first_day else None,
        )
        for service in reading.counted_services(assessment, worker)
    ]
