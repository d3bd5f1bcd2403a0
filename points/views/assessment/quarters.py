"""The quarter on the pages of a village: opening, the sheet, the notice, the booking."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.clock import Quarter
from ground.contributions import Slot
from ground.db import lock
from ground.forms import ButtonForm, Form, attempt
from ground.paper import words
from people import access
from people.models import Area, Role, User
from people.pages import FurtherLink, further_links
from people.views.listing import excel, render
from points import labels
from points.assessment import assessments, line_notes, meeting_rules, members, opening, sheet
from points.forms.oversight import SendBackForm
from points.forms.quarter import MeetingForm, QuarterForm
from points.models import Assessment, AssessmentState
from points.services import deductions, reading
from points.views.assessment import bp, lists
from points.wall import booking, posting
from points.wall import wall_state as wall

# Where the page of a quarter leads, for its reader.
ABOUT_QUARTER: Slot[Callable[[Assessment], list[FurtherLink]]] = Slot()


def address_quarter(text: str) -> Quarter:
    """The quarter in the address, or 404."""
    try:
        return Quarter.parse(text)
    except ValueError:
        abort(404)


def quarter_or_404(text: str, village: Area, to_write: bool = False) -> Assessment:
    """The village's assessment of the quarter in the address, to look at or locked to write; or 404."""
    assessment = assessments.find_assessment(village, address_quarter(text)) or abort(404)
    if to_write:
        lock(assessment)
    return assessment


@bp.get("/v/<village>/quarters")
@access.allow(*access.ONLOOKERS)
@excel(lists.QUARTERS)
def quarters(village: str) -> tuple[str, int]:
    """The village's assessments, and the way to open the next."""
    return _quarters(QuarterForm(formdata=None))


def _quarters(form: QuarterForm) -> tuple[str, int]:
    listed = assessments.assessments_of(g.area)
    form.quarter.choices = _quarters_to_open({assessment.quarter for assessment in listed})
    page = render(
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
@excel(lists.SHEET, lists.NOTICES, lists.OBJECTIONS, subject_key="assessment")
def quarter(village: str, quarter: str) -> tuple[str, int]:
    """The sheet of a quarter, in whichever step it stands, with the one thing to do next."""
    return sheet_page(quarter_or_404(quarter, g.area))


def sheet_page(assessment: Assessment, form: Form | None = None) -> tuple[str, int]:
    """The sheet with the form of its step; a form that was refused is shown again as it was sent."""
    rules = meeting_rules.rules_of(g.area)
    meeting = form if isinstance(form, MeetingForm) else _new_meeting_form(assessment)
    if assessment.state == AssessmentState.COLLECTING:
        meeting.offer(members.known_members(assessment))
    page = render(
        "points/assessment/quarter.html",
        **table_values(assessment),
        notice=assessments.whole_notice(assessment),
        is_void=assessments.is_void,
        states=labels.ASSESSMENT_STATES,
        meeting=meeting,
        quorum=labels.quorum_text(rules),
        notice_days=rules.notice_days,
        button=form if isinstance(form, ButtonForm) else None,
        sending_back=form if isinstance(form, SendBackForm) else SendBackForm(formdata=None),
        **undecided_counts(assessment),
        wall=wall.wall_state(assessment),
        further_links=further_links(ABOUT_QUARTER, assessment),
        channels=labels.OBJECTION_CHANNELS,
        today=clock.today(),
    )
    return page, form.status if form else 200


def undecided_counts(assessment: Assessment) -> dict[str, int]:
    """The template values for what of the quarter nobody has decided yet."""
    until = assessment.quarter.last_day
    return {
        "waiting": reading.count_waiting(g.area, until=until),
        "deductions_waiting": deductions.count_waiting(g.area, until),
    }


def table_values(assessment: Assessment) -> dict[str, Any]:
    """The template values for the sheet's table and the notes at its lines."""
    rows = sheet.sheet_rows(assessment)
    return {
        "assessment": assessment,
        "rows": rows,
        "line_notes": line_notes.notes_by_worker(assessment),
        "grand_total": sum(row.total for row in rows),
        "categories": labels.SHORT_DUTIES,
        "route_arguments": {"village": g.area.code, "quarter": assessment.quarter},
    }


def _new_meeting_form(assessment: Assessment) -> MeetingForm:
    """The form that begins the meeting, with who is likely to come."""
    usual = members.usual_members(assessment)
    return MeetingForm(assessment.quarter, formdata=None, met_on=clock.today(), came=usual)


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
