"""The quarter seen from above: who stands where, what deserves a look, and the county's terms."""

from dataclasses import asdict

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.forms import ButtonForm, attempt
from ground.paper import words
from people import access
from people.models import Role
from points import labels
from points.assessment import opening, review, reviewsheet, terms
from points.assessment.terms import Asked
from points.forms.oversight import ReminderForm, SendBackForm, TermsForm
from points.views.assessment import bp
from points.views.assessment.quarters import quarter_or_404, sheet_page, to_sheet
from points.wall import objections

QUARTERS_BACK = 7


def _quarter_or_404(text: str) -> Quarter:
    """A quarter that has begun, by the address."""
    try:
        quarter = Quarter.parse(text)
    except ValueError:
        abort(404)
    return quarter if quarter <= Quarter.of(clock.today()) else abort(404)


def _quarters() -> list[Quarter]:
    """This quarter and those before it, to choose from."""
    found = [Quarter.of(clock.today())]
    while len(found) <= QUARTERS_BACK:
        found.append(found[-1].previous)
    return found


@bp.get("/a/<area>/quarters")
@access.allow(*access.ABOVE)
def area_quarters(area: str) -> Response:
    """To the quarter that was chosen, or the one at hand: this one, in its first weeks the last."""
    if chosen := request.args.get("quarter"):
        return redirect(url_for("assessment.area_quarter", area=area, quarter=_quarter_or_404(chosen)))
    today = clock.today()
    quarter = Quarter.of(today)
    within = terms.asked_in(g.area).book_within
    if (today - quarter.first_day).days < within:
        quarter = quarter.previous
    return redirect(url_for("assessment.area_quarter", area=area, quarter=quarter))


@bp.get("/a/<area>/quarters/<quarter>")
@access.allow(*access.ABOVE)
def area_quarter(area: str, quarter: str) -> tuple[str, int]:
    """The villages' sheets beside each other: who has not opened, who is late, what deserves a look."""
    return _area_page(_quarter_or_404(quarter), ReminderForm(formdata=None))


def _by_township(found: list[review.Figures]) -> dict[str, list[review.Figures]]:
    """The villages' figures under the name of their township, in the order of their codes."""
    townships: dict[str, list[review.Figures]] = {}
    for each in found:
        parent = each.standing.village.parent
        townships.setdefault(parent.name if parent else "", []).append(each)
    return townships


def _area_page(quarter: Quarter, form: ReminderForm, button: ButtonForm | None = None) -> tuple[str, int]:
    found = review.figures(g.area, quarter)
    page = render_template(
        "points/assessment/area_assessments.html",
        quarter=quarter,
        quarters=[(str(each), words.quarter(each)) for each in _quarters()],
        figures=found,
        townships=_by_township(found),
        unopened=sum(each.standing.assessment is None for each in found),
        late=sum(each.standing.late for each in found),
        reminder=opening.latest_reminder(g.area, quarter),
        overdue=objections.overdue(g.area),
        asked=terms.asked_in(g.area),
        form=form,
        button=button,
        labels=labels,
        today=clock.today(),
    )
    return page, (button or form).status


@bp.get("/a/<area>/quarters/<quarter>.<any(xlsx, csv):kind>")
@access.allow(*access.ABOVE)
def area_quarter_file(area: str, quarter: str, kind: str) -> Response:
    """The same figures as a file."""
    wanted = _quarter_or_404(quarter)
    rows = reviewsheet.rows(review.figures(g.area, wanted))
    return web.download(reviewsheet.LAYOUT.write(rows, kind), f"{area}-{wanted}.{kind}")


@bp.post("/a/<area>/quarters/<quarter>/open")
@access.allow(*access.ABOVE)
def open_everywhere(area: str, quarter: str) -> Response | tuple[str, int]:
    """Open the quarter in every village that has not."""
    wanted, form = _quarter_or_404(quarter), ButtonForm()
    with attempt(form):
        opened = opening.open_everywhere(g.area, wanted, current_user)
    if form.status != 200:
        return _area_page(wanted, ReminderForm(formdata=None), form)
    flash(ngettext("Opened in %(num)s village.", "Opened in %(num)s villages.", len(opened.now)))
    if opened.without_rubric:
        names = "、".join(village.name for village in opened.without_rubric)
        flash(gettext("No rubric was in force there: %(names)s", names=names))
    return redirect(url_for("assessment.area_quarter", area=area, quarter=wanted))


@bp.post("/a/<area>/quarters/<quarter>/remind")
@access.allow(*access.ABOVE)
def remind(area: str, quarter: str) -> Response | tuple[str, int]:
    """Remind every village that has not booked the quarter."""
    wanted, form = _quarter_or_404(quarter), ReminderForm()
    if form.validate_on_submit():
        with attempt(form):
            opening.remind(g.area, wanted, form.due_on.data, form.note.data, current_user)
        if form.status == 200:
            flash(gettext("The villages see it on their pages until they have booked."))
            return redirect(url_for("assessment.area_quarter", area=area, quarter=wanted))
    return _area_page(wanted, form)


@bp.route("/a/<area>/terms", methods=["GET", "POST"])
@access.allow(*access.ABOVE, posting={Role.COUNTY})
def assessment_terms(area: str) -> Response | tuple[str, int]:
    """What the county asks of its villages' assessments: quorum, days of notice, days to book."""
    county = terms.county_of(g.area)
    form = TermsForm(data=asdict(terms.asked_in(g.area)))
    if form.validate_on_submit():
        asked = Asked(form.quorum.data, form.least_present.data, form.notice_days.data, form.book_within.data)
        with attempt(form):
            terms.decide(g.area, asked, form.decided_by.data, current_user)
        if form.status == 200:
            flash(gettext("This holds from now on; what hangs on a wall keeps its days."))
            return redirect(url_for("assessment.assessment_terms", area=area))
    page = render_template(
        "points/assessment/area_terms.html",
        form=form,
        asked=terms.asked_in(g.area),
        decided=terms.latest(county) if county else None,
        is_county=county is not None and county.id == g.area.id,
        labels=labels,
    )
    return page, form.status


@bp.post("/v/<village>/quarters/<quarter>/return")
@access.allow(*access.ABOVE)
def send_back(village: str, quarter: str) -> Response | tuple[str, int]:
    """Send a posted sheet back to its meeting, with the reason."""
    assessment = quarter_or_404(quarter, g.area)
    form = SendBackForm()
    if form.validate_on_submit():
        with attempt(form):
            review.send_back(assessment, form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Sent back. The meeting of %(village)s looks at it again.", village=g.area.name))
            return to_sheet(assessment)
    return sheet_page(assessment, form)
