"""The quarter on the pages of township and county.

The villages' progress, what deserves a look, reminders, and the county's rules.
"""

from dataclasses import asdict

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.forms import ButtonForm, attempt
from ground.paper import words
from people import access, areas
from people.models import Role
from people.views.listing import excel, render
from points import labels
from points.assessment import meeting_rules, opening, review
from points.assessment.meeting_rules import MeetingRules
from points.forms.oversight import ReminderForm, SendBackForm, TermsForm
from points.views.assessment import bp, lists
from points.views.assessment.quarters import address_quarter, quarter_or_404, redirect_to_sheet, sheet_page
from points.wall import objections

QUARTERS_BACK = 7
NAMED_VILLAGES = 5  # more than these are only counted in a message


def _quarter_or_404(text: str) -> Quarter:
    """The quarter in the address, if it has begun; otherwise 404."""
    quarter = address_quarter(text)
    return quarter if quarter <= Quarter.of(clock.today()) else abort(404)


def _quarters() -> list[Quarter]:
    """This quarter and those before it, to choose from."""
    quarters = [Quarter.of(clock.today())]
    while len(quarters) <= QUARTERS_BACK:
        quarters.append(quarters[-1].previous)
    return quarters


@bp.get("/a/<area>/quarters")
@access.allow(*access.ROLES_ABOVE)
def area_quarters(area: str) -> Response:
    """Redirect to the quarter that was chosen, or to this one; in its first weeks to the last."""
    if quarter_text := request.args.get("quarter"):
        return redirect(url_for("assessment.area_quarter", area=area, quarter=_quarter_or_404(quarter_text)))
    today = clock.today()
    quarter = Quarter.of(today)
    within = meeting_rules.rules_of(g.area).book_within_days
    if (today - quarter.first_day).days < within:
        quarter = quarter.previous
    return redirect(url_for("assessment.area_quarter", area=area, quarter=quarter))


@bp.get("/a/<area>/quarters/<quarter>")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.AREA_QUARTER)
def area_quarter(area: str, quarter: str) -> tuple[str, int]:
    """The villages' sheets beside each other: who has not opened, who is late, what deserves a look."""
    return _area_page(_quarter_or_404(quarter), ReminderForm(formdata=None))


def _by_township(all_figures: list[review.ReviewFigures]) -> dict[str, list[review.ReviewFigures]]:
    """The villages' figures under the name of their township, in the order of their codes."""
    townships: dict[str, list[review.ReviewFigures]] = {}
    for sheet_figures in all_figures:
        parent = sheet_figures.progress.village.parent
        townships.setdefault(parent.name if parent else "", []).append(sheet_figures)
    return townships


def _area_page(quarter: Quarter, form: ReminderForm, button: ButtonForm | None = None) -> tuple[str, int]:
    all_figures = review.figures(g.area, quarter)
    page = render(
        "points/assessment/area_assessments.html",
        quarter=quarter,
        quarters=[(str(entry), words.quarter(entry)) for entry in _quarters()],
        figures=all_figures,
        townships=_by_township(all_figures),
        unopened_count=sum(entry.progress.assessment is None for entry in all_figures),
        late_count=sum(entry.progress.is_late for entry in all_figures),
        reminder=opening.latest_reminder(g.area, quarter),
        overdue_objections=objections.overdue_objections(g.area),
        rules=meeting_rules.rules_of(g.area),
        form=form,
        button=button,
        labels=labels,
        today=clock.today(),
    )
    return page, (button or form).status


@bp.post("/a/<area>/quarters/<quarter>/open")
@access.allow(*access.ROLES_ABOVE)
def open_everywhere(area: str, quarter: str) -> Response | tuple[str, int]:
    """Open the quarter in every village that has not."""
    parsed_quarter, form = _quarter_or_404(quarter), ButtonForm()
    with attempt(form):
        opened = opening.open_everywhere(g.area, parsed_quarter, current_user)
    if form.status != 200:
        return _area_page(parsed_quarter, ReminderForm(formdata=None), form)
    _tell_opened(opened)
    return redirect(url_for("assessment.area_quarter", area=area, quarter=parsed_quarter))


def _tell_opened(opened: opening.OpeningResult) -> None:
    """Say in how many villages a quarter was opened, and as a warning where it was not, and why."""
    if opened.opened:
        flash(ngettext("Opened in %(num)s village.", "Opened in %(num)s villages.", len(opened.opened)))
    elif not opened.without_rubric:
        flash(gettext("It is open in every village already."))
    if opened.without_rubric:
        names = "、".join(village.name for village in opened.without_rubric[:NAMED_VILLAGES])
        if len(opened.without_rubric) > NAMED_VILLAGES:
            names += gettext(" and others")
        web.flash_warning(
            ngettext(
                "Not opened in %(num)s village without a rubric in force: %(names)s. Its chair adopts it.",
                "Not opened in %(num)s villages without a rubric in force: %(names)s. The chairs adopt it.",
                len(opened.without_rubric),
                names=names,
            )
        )


@bp.post("/a/<area>/quarters/<quarter>/remind")
@access.allow(*access.ROLES_ABOVE)
def remind(area: str, quarter: str) -> Response | tuple[str, int]:
    """Remind every village that has not booked the quarter."""
    parsed_quarter, form = _quarter_or_404(quarter), ReminderForm()
    if form.validate_on_submit():
        with attempt(form):
            opening.remind(g.area, parsed_quarter, form.due_on.data, form.note.data, current_user)
        if form.status == 200:
            flash(gettext("The villages see it on their pages until they have booked."))
            return redirect(url_for("assessment.area_quarter", area=area, quarter=parsed_quarter))
    return _area_page(parsed_quarter, form)


@bp.route("/a/<area>/terms", methods=["GET", "POST"])
@access.allow(*access.ROLES_ABOVE, posting_roles={Role.COUNTY})
def assessment_terms(area: str) -> Response | tuple[str, int]:
    """What the county asks of its villages' assessments: quorum, days of notice, days to book."""
    county = areas.county_of(g.area)
    form = TermsForm(data=asdict(meeting_rules.rules_of(g.area)))
    if form.validate_on_submit():
        rules = MeetingRules(
            form.quorum.data, form.least_present.data, form.notice_days.data, form.book_within_days.data
        )
        with attempt(form):
            meeting_rules.decide(g.area, rules, form.decided_by.data, current_user)
        if form.status == 200:
            flash(gettext("This holds from now on; what hangs on a wall keeps its days."))
            return redirect(url_for("assessment.assessment_terms", area=area))
    page = render_template(
        "points/assessment/area_terms.html",
        form=form,
        rules=meeting_rules.rules_of(g.area),
        decided=meeting_rules.latest(county) if county else None,
        is_county=county is not None and county.id == g.area.id,
        labels=labels,
    )
    return page, form.status


@bp.post("/v/<village>/quarters/<quarter>/return")
@access.allow(*access.ROLES_ABOVE)
def send_back(village: str, quarter: str) -> Response | tuple[str, int]:
    """Send a posted sheet back to its meeting, with the reason."""
    form = SendBackForm()
    if form.validate_on_submit():
        with attempt(form):
            review.send_back(quarter_or_404(quarter, g.area, to_write=True), form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Sent back. The meeting of %(village)s looks at it again.", village=g.area.name))
            return redirect_to_sheet(quarter)
    return sheet_page(quarter_or_404(quarter, g.area), form)
