"""The quarter on the pages of a village: opening, the sheet, the notice, the booking."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import lock, transaction
from ground.forms import ButtonForm, Form, attempt
from ground.paper import words
from people import access
from people.models import Area, Role, User
from points import expiry, labels
from points.assessment import assessments, line_notes, meeting_rules, members, opening, sheet, sheetfile
from points.forms.oversight import SendBackForm
from points.forms.quarter import MeetingForm, QuarterForm
from points.models import Assessment, AssessmentState
from points.rubrics import versions
from points.services import deductions, reading
from points.views.assessment import bp
from points.wall import booking, objections, posting
from points.wall import wall_state as wall

QUARTERS_REMEMBERED = 2  # quarters back whose contested lines the front page still looks after


def quarter_or_404(text: str, village: Area, to_write: bool = False) -> Assessment:
    """The village's assessment of the quarter in the address, to look at or locked to write; or 404."""
    try:
        quarter = Quarter.parse(text)
    except ValueError:
        abort(404)
    assessment = assessments.find_assessment(village, quarter) or abort(404)
    if to_write:
        lock(assessment)
    return assessment


@bp.get("/v/<village>/")
@access.allow(*access.ONLOOKERS)
def front(village: str) -> str:
    """Where the village stands this quarter, and what to do next."""
    quarter = Quarter.of(clock.today())
    listed = assessments.assessments_of(g.area)
    unbooked = [a for a in listed if a.state != AssessmentState.BOOKED]
    return render_template(
        "points/assessment/front.html",
        quarter=quarter,
        current=assessments.find_assessment(g.area, quarter),
        unbooked=unbooked,
        notices={a.id: assessments.whole_notice(a) for a in unbooked},
        rest=_bookable_quarter(listed) if Role.CHAIR in g.roles else None,
        objections=objections.waiting_objections(g.area),
        has_rubric=versions.in_force(g.area, quarter) is not None,
        waiting=reading.count_waiting(g.area, current_user),
        deductions_waiting=deductions.count_waiting(g.area),
        states=labels.ASSESSMENT_STATES,
        reminders=opening.reminders(g.area),
        today=clock.today(),
        expiring=expiry.announcement(g.area),
    )


def _bookable_quarter(of_village: Sequence[Assessment]) -> Assessment | None:
    """The latest booked quarter of which a line that waited can be booked now, or None."""
    booked = [assessment for assessment in of_village if assessment.state == AssessmentState.BOOKED]
    return next(
        (
            assessment_booked
            for assessment_booked in booked[:QUARTERS_REMEMBERED]
            if wall.wall_state(assessment_booked).ready
        ),
        None,
    )


@bp.get("/v/<village>/quarters")
@access.allow(*access.ONLOOKERS)
def quarters(village: str) -> tuple[str, int]:
    """The village's assessments, and the way to open the next."""
    return _quarters(QuarterForm(formdata=None))


def _quarters(form: QuarterForm) -> tuple[str, int]:
    listed = assessments.assessments_of(g.area)
    form.quarter.choices = _quarters_to_open({assessment.quarter for assessment in listed})
    page = render_template(
        "points/assessment/quarters.html", listed=listed, form=form, states=labels.ASSESSMENT_STATES
    )
    return page, form.status


def _quarters_to_open(opened: set[Quarter]) -> list[tuple[str, str]]:
    """This quarter and the last, as far as they are not open yet."""
    this_quarter = Quarter.of(clock.today())
    return [
        (str(quarter), words.quarter(quarter))
        for quarter in (this_quarter, this_quarter.previous)
        if quarter not in opened
    ]


@bp.post("/v/<village>/quarters")
@access.allow(Role.CLERK)
def open_quarter(village: str) -> Response | tuple[str, int]:
    """Open a quarter."""
    form = QuarterForm()
    form.quarter.choices = _quarters_to_open(set())
    if form.validate_on_submit():
        with attempt(form):
            opening.open_quarter(g.area, Quarter.parse(form.quarter.data), current_user)
        if form.status == 200:
            return redirect(url_for("assessment.quarter", village=village, quarter=form.quarter.data))
    return _quarters(form)


@bp.get("/v/<village>/quarters/<quarter>")
@access.allow(*access.ONLOOKERS)
def quarter(village: str, quarter: str) -> tuple[str, int]:
    """The sheet of a quarter, in whichever step it stands, with the one thing to do next."""
    return sheet_page(quarter_or_404(quarter, g.area))


@bp.post("/v/<village>/quarters/<quarter>/sheet.<any(xlsx, csv):kind>")
@access.allow(*access.ONLOOKERS)
def export_sheet(village: str, quarter: str, kind: str) -> Response:
    """The sheet of a quarter as a file; above the village names are masked."""
    form = ButtonForm()
    form.validate_on_submit()
    with transaction():
        assessment = quarter_or_404(quarter, g.area)
        rows = sheetfile.export_sheet(assessment, not access.is_insider(), kind, current_user)
    return web.download(sheetfile.layout().write(rows, kind), f"{village}-{quarter}.{kind}")


def sheet_page(assessment: Assessment, form: Form | None = None) -> tuple[str, int]:
    """The sheet with the form of its step; a form that was refused is shown again as it was sent."""
    rules = meeting_rules.rules_of(g.area)
    page = render_template(
        "points/assessment/quarter.html",
        **table_values(assessment),
        notice=assessments.whole_notice(assessment),
        states=labels.ASSESSMENT_STATES,
        meeting=form if isinstance(form, MeetingForm) else _new_meeting_form(assessment),
        quorum=labels.quorum_text(rules),
        notice_days=rules.notice_days,
        button=form if isinstance(form, ButtonForm) else None,
        sending_back=form if isinstance(form, SendBackForm) else SendBackForm(formdata=None),
        waiting=reading.count_waiting(g.area),
        deductions_waiting=deductions.count_waiting(g.area),
        wall=wall.wall_state(assessment),
        channels=labels.OBJECTION_CHANNELS,
        today=clock.today(),
    )
    return page, form.status if form else 200


def table_values(assessment: Assessment) -> dict[str, Any]:
    """The template values for the sheet's table and the notes at its lines."""
    rows = sheet.sheet_rows(assessment)
    return {
        "assessment": assessment,
        "rows": rows,
        "line_notes": line_notes.notes_by_worker(assessment),
        "grand_total": sum(row.total for row in rows),
        "categories": labels.CATEGORIES,
        "route_arguments": {"village": g.area.code, "quarter": assessment.quarter},
    }


def _new_meeting_form(assessment: Assessment) -> MeetingForm:
    """The form that begins the meeting, with who is likely to come."""
    usual = "\n".join(members.usual_members(assessment))
    return MeetingForm(formdata=None, met_on=clock.today(), present=usual)


@bp.post("/v/<village>/quarters/<quarter>/post")
@access.allow(Role.CLERK)
def post_notice(village: str, quarter: str) -> Response | tuple[str, int]:
    """Post the notice."""
    message = gettext("The notice is posted. Print the sheet and hang it up today.")
    return press_button(quarter, posting.post_notice, message)


@bp.post("/v/<village>/quarters/<quarter>/book")
@access.allow(Role.CHAIR)
def book(village: str, quarter: str) -> Response | tuple[str, int]:
    """Book the quarter's points."""
    return press_button(quarter, booking.book, gettext("Booked. The points can be spent at the shop."))


def press_button(
    quarter: str, verb: Callable[[Assessment, User], object], message: str
) -> Response | tuple[str, int]:
    """Do the verb behind a button of the sheet and say so, or show the sheet with the refusal."""
    form = ButtonForm()
    with attempt(form):
        verb(quarter_or_404(quarter, g.area, to_write=True), current_user)
    if form.status != 200:
        return sheet_page(quarter_or_404(quarter, g.area), form)
    flash(message)
    return redirect_to_sheet(quarter)


def redirect_to_sheet(quarter: str) -> Response:
    """Redirect to the sheet of the quarter in the address, after something was done."""
    return redirect(url_for("assessment.quarter", village=g.area.code, quarter=quarter))
