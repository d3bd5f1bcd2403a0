"""The meeting on pages: beginning it, writing its minutes, and going back to collecting."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import names
from ground.forms import attempt
from people import access
from people.models import Role
from points import labels
from points.assessment import line_notes, meeting, meeting_rules, members
from points.forms.quarter import MeetingForm, MinutesForm
from points.models import Assessment, AssessmentState
from points.views.assessment.quarters import (
    address_quarter,
    press_button,
    quarter_or_404,
    redirect_to_sheet,
    sheet_page,
)
from points.views.meeting import bp


@bp.post("/v/<village>/quarters/<quarter>/deliberate")
@access.allow(Role.CLERK)
def deliberate(village: str, quarter: str) -> Response | tuple[str, int]:
    """Begin the meeting."""
    form = MeetingForm(address_quarter(quarter))
    if form.validate_on_submit():
        with attempt(form):
            meeting.deliberate(
                quarter_or_404(quarter, g.area, to_write=True), *_form_values(form), current_user
            )
        if form.status == 200:
            flash(gettext("The meeting is open. The confirmed records are taken."))
            return redirect_to_sheet(quarter)
    return sheet_page(quarter_or_404(quarter, g.area), form)


@bp.post("/v/<village>/quarters/<quarter>/reopen")
@access.allow(Role.CLERK)
def reopen(village: str, quarter: str) -> Response | tuple[str, int]:
    """Go back to collecting from a meeting that was begun by mistake."""
    return press_button(quarter, meeting.reopen, gettext("Back to collecting. Nothing was lost."))


@bp.get("/v/<village>/quarters/<quarter>/minutes")
@access.allow(*access.ONLOOKERS)
def minutes(village: str, quarter: str) -> tuple[str, int]:
    """Who is at the meeting and what is said; the clerk writes it while the meeting goes on."""
    return _minutes_page(quarter_or_404(quarter, g.area))


@bp.post("/v/<village>/quarters/<quarter>/minutes")
@access.allow(Role.CLERK)
def write_minutes(village: str, quarter: str) -> Response | tuple[str, int]:
    """Write down anew who is at the meeting and what is said."""
    form = MinutesForm(address_quarter(quarter))
    if form.validate_on_submit():
        with attempt(form):
            assessment = quarter_or_404(quarter, g.area, to_write=True)
            meeting.rewrite(assessment, form.revision.number or 0, *_form_values(form), current_user)
        if form.status == 200:
            flash(gettext("The minutes are written down."))
            return redirect(url_for("meeting.minutes", village=village, quarter=quarter))
    return _minutes_page(quarter_or_404(quarter, g.area), form)


def _minutes_page(assessment: Assessment, form: MinutesForm | None = None) -> tuple[str, int]:
    """The page of the minutes; a form that was refused stands beside what is written there now."""
    status = form.status if form else 200
    if form is None and assessment.state == AssessmentState.DELIBERATING and Role.CLERK in g.roles:
        form = _minutes_form(assessment)
    if form is not None:
        form.offer(members.known_members(assessment))
        form.revision.fill_in(assessment.revision)
    page = render_template(
        "points/meeting/minutes.html",
        assessment=assessment,
        line_notes=line_notes.notes_by_worker(assessment),
        form=form,
        is_refused=status != 200,
        quorum=labels.quorum_text(meeting_rules.rules_of(g.area)),
    )
    return page, status


def _minutes_form(assessment: Assessment) -> MinutesForm:
    """The form of the minutes, filled in with what is written there now."""
    return MinutesForm(
        assessment.quarter,
        formdata=None,
        met_on=assessment.met_on,
        came=[names.kept(member.name) for member in assessment.members if member.present],
        stayed_away=[names.kept(member.name) for member in assessment.members if not member.present],
        minutes=assessment.minutes,
    )


def _form_values(form: MeetingForm) -> tuple[Any, list[str], list[str], str]:
    """Day, names present, names absent and minutes, as the verbs take them."""
    return form.met_on.data, form.present_names, form.absent_names, form.minutes.data
