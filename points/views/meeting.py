"""The meeting on pages: begun, adjusted, begun by mistake."""

from flask import flash, g
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access
from people.db import db
from people.forms import attempt
from people.models import Person, Role
from points import amounts
from points.forms.quarter import AdjustmentForm, MeetingForm
from points.quarter import meeting, sheet
from points.views import bp
from points.views.quarters import choices, pressed, quarter_or_404, sheet_page, to_sheet


@bp.post("/v/<village>/quarters/<quarter>/deliberate")
@access.allow(Role.CLERK)
def deliberate(village: str, quarter: str) -> Response | tuple[str, int]:
    """Begin the meeting."""
    assessment = quarter_or_404(quarter, g.area)
    form = MeetingForm()
    if form.validate_on_submit():
        with attempt(form):
            meeting.deliberate(
                assessment,
                form.met_on.data,
                form.present.names,
                form.absent.names,
                form.minutes.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("The meeting is open. The confirmed records are taken."))
            return to_sheet(assessment)
    return sheet_page(assessment, form)


@bp.post("/v/<village>/quarters/<quarter>/reopen")
@access.allow(Role.CLERK)
def reopen(village: str, quarter: str) -> Response | tuple[str, int]:
    """Go back to collecting from a meeting that was begun by mistake."""
    return pressed(quarter, meeting.reopen, gettext("Back to collecting. Nothing was lost."))


@bp.post("/v/<village>/quarters/<quarter>/adjust")
@access.allow(Role.CLERK)
def adjust(village: str, quarter: str) -> Response | tuple[str, int]:
    """Write down an adjustment that the meeting decided."""
    assessment = quarter_or_404(quarter, g.area)
    form = AdjustmentForm()
    form.worker.choices = choices(sheet.of(assessment))
    if form.validate_on_submit():
        with attempt(form):
            meeting.adjust(
                assessment,
                db.session.get_one(Person, form.worker.data),
                form.amount.tenths,
                form.reason.data,
                form.key.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("Written down: %(points)s points.", points=amounts.show(form.amount.tenths)))
            return to_sheet(assessment)
    return sheet_page(assessment, form)
