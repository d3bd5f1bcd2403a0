"""Rubrics on pages: the one in force, its versions, their differences, and a new decision."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import fetch
from ground.forms import ReasonForm, attempt
from ground.refusal import Refused
from ground.tables import Table
from people import access, areas
from people.models import Area, Role
from people.views.listing import excel, render
from points import amounts, labels
from points.forms.rubrics import FREE_LINES_OF_VILLAGE, AdoptForm, PublishForm, RubricFileForm
from points.models import Rubric, RubricItem
from points.rubrics import rubricfile, versions
from points.rubrics.comparing import compare
from points.rubrics.rubricfile import ReadRubric
from points.rubrics.template import TEMPLATE, USUAL_LIMITS, Limits, NewItem
from points.rubrics.wall import SCALES, rubric_pdf
from points.views.rubrics import bp, lists

READERS = (*access.ONLOOKERS, Role.INSTRUCTOR, Role.WORKER)

PageResponse = Response | tuple[str, int]


@bp.get("/v/<village>/rubric")
@access.allow(*READERS)
@excel(lists.ITEMS, lists.VERSIONS)
def rubric(village: str) -> str:
    """The village's rubric: the version in force, or how to adopt the first."""
    return _rubric_page(versions.in_force_on(g.area, clock.today()) or versions.latest(g.area))


@bp.get("/v/<village>/rubric/<int:version>")
@access.allow(*READERS)
@excel(lists.ITEMS, lists.VERSIONS)
def rubric_version(village: str, version: int) -> str:
    """One version of the village's rubric."""
    return _rubric_page(versions.find_version(g.area, version) or abort(404))


@bp.get("/a/<area>/rubric")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.ITEMS, lists.VERSIONS)
def template(area: str) -> str:
    """The county's template, which villages adopt."""
    county = _county_or_404()
    return _rubric_page(versions.in_force_on(county, clock.today()) or versions.latest(county))


@bp.get("/a/<area>/rubric/<int:version>")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.ITEMS, lists.VERSIONS)
def template_version(area: str, version: int) -> str:
    """One version of the county's template."""
    return _rubric_page(versions.find_version(_county_or_404(), version) or abort(404))


def _is_own() -> bool:
    """Whether a page is about the village's rubric, and not its county's template as asked at a village."""
    return "village" in (request.view_args or {})


def _county_or_404() -> Area:
    return areas.county_of(g.area) or abort(404)


@bp.post("/v/<village>/rubric/<int:version>/withdraw")
@access.allow(Role.CHAIR)
def withdraw_rubric(village: str, version: int) -> PageResponse:
    """Withdraw a version that was adopted by mistake, before it is in force."""
    return _withdrawal(g.area, version, url_for("rubrics.rubric_version", village=village, version=version))


@bp.post("/a/<area>/rubric/<int:version>/withdraw")
@access.allow(Role.COUNTY)
def withdraw_template(area: str, version: int) -> PageResponse:
    """Withdraw a version of the template that was published by mistake, before it is in force."""
    page = url_for("rubrics.template_version", area=area, version=version)
    return _withdrawal(_county_or_404(), version, page)


def _withdrawal(area: Area, version: int, page: str) -> PageResponse:
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            rubric = versions.find_version(area, version) or abort(404)
            versions.withdraw(rubric, form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Withdrawn. The version before it is the newest again."))
            return redirect(page)
    return _rubric_page(versions.find_version(area, version) or abort(404), form), form.status


def _rubric_page(rubric: Rubric | None, form: ReasonForm | None = None) -> str:
    """A version with its items, the others of its area, and a newer template that could be adopted."""
    own = _is_own()
    may_decide = (Role.CHAIR in g.roles) if own else _may_publish()
    newest = versions.template_for(g.area, _next_quarter().first_day) if own else None
    return render(
        "points/rubrics/rubric.html",
        rubric=rubric,
        items=rubric.items if rubric else TEMPLATE,
        versions=versions.versions_of(g.area if own else _county_or_404()),
        newer=newest if rubric and newest and newest.id != rubric.template_id else None,
        categories=labels.DUTIES,
        fed_by=labels.FED_BY,
        today=clock.today(),
        is_own=own,
        may_decide=may_decide,
        withdraw_form=form or ReasonForm(formdata=None),
        may_withdraw=may_decide and rubric is not None and versions.can_be_withdrawn(rubric),
    )


def _may_publish() -> bool:
    """The county's own people publish its template, wherever in the county they are."""
    return Role.COUNTY in g.roles


def _next_quarter() -> Quarter:
    return Quarter.of(clock.today()).next


@bp.get("/v/<village>/rubric/compare")
@access.allow(*READERS)
@excel(lists.DIFFERENCES)
def compare_rubrics(village: str) -> str:
    """What differs between two versions, the village's or the county's: `?older=` and `?newer=`."""
    return _comparison_page()


@bp.get("/a/<area>/rubric/compare")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.DIFFERENCES)
def compare_templates(area: str) -> str:
    """What differs between two versions of the template: `?older=` and `?newer=`."""
    return _comparison_page()


def _comparison_page() -> str:
    older, newer = (_version_or_404(web.number_asked(name)) for name in ("older", "newer"))
    differences, same = compare(older, newer)
    return render(
        "points/rubrics/rubric_compare.html",
        older=older,
        newer=newer,
        differences=differences,
        unchanged_count=same,
        categories=labels.DUTIES,
        fed_by=labels.FED_BY,
    )


def _version_or_404(ident: int | None) -> Rubric:
    """A version of the place or of its county, or 404."""
    if ident is None or not 0 < ident < 2**31:
        abort(404)
    places = {g.area.id, _county_or_404().id}
    rubric = fetch(Rubric, ident)
    if rubric is None or rubric.area_id not in places:
        abort(404)
    version: Rubric = rubric
    return version


@bp.get("/v/<village>/rubric/<int:version>.pdf")
@access.allow(*READERS)
def rubric_sheet(village: str, version: int) -> Response:
    """A version for the wall, A4 or A3 by `?paper=`."""
    return _rubric_download(g.area, version)


@bp.get("/a/<area>/rubric/<int:version>.pdf")
@access.allow(*access.ROLES_ABOVE)
def template_sheet(area: str, version: int) -> Response:
    """A version of the template on paper, A4 or A3 by `?paper=`."""
    return _rubric_download(_county_or_404(), version)


def _rubric_download(area: Area, version: int) -> Response:
    rubric = versions.find_version(area, version)
    paper = request.args.get("paper", "A4")
    if rubric is None or rubric.withdrawal or paper not in SCALES:
        abort(404)
    return web.pdf(rubric_pdf(rubric, area.name, paper), f"{area.code}-rubric-{version}.pdf")


@bp.route("/v/<village>/rubric/adopt", methods=["GET", "POST"])
@access.allow(Role.CHAIR)
def adopt_rubric(village: str) -> PageResponse:
    """Adopt the county's rubric by a decision of the village's meeting, with items of its own.

    It begins with those of the version before.
    """
    form = AdoptForm(in_force_from=_usual_first_day(versions.latest(g.area)))
    if request.method == "GET":
        _fill_own(form, _own_items())
    elif "more" in request.form:
        form.add_lines(FREE_LINES_OF_VILLAGE)
    elif form.validate_on_submit():
        with attempt(form):
            adopted = versions.adopt(
                g.area, form.in_force_from.data, form.approved_by.data, form.items, current_user
            )
        if form.status == 200:
            flash(gettext("Adopted. Hang the rubric up where everyone can read it."))
            return redirect(url_for("rubrics.rubric_version", village=village, version=adopted.version))
    return _decision_page(form, _template(form))


@bp.post("/v/<village>/rubric/adopt/file")
@access.allow(Role.CHAIR)
def adopt_from_file(village: str) -> PageResponse:
    """The form of the decision with the village's own items as a file has them; nothing is adopted yet."""
    form = AdoptForm(formdata=None, in_force_from=_usual_first_day(versions.latest(g.area)))
    template = _template(form)
    file_form, read = _read_file(lambda table: rubricfile.read_additions(table, versions.items_of(template)))
    _fill_own(form, read.items if read and not read.bad_cells else _own_items())
    return _decision_page(form, template, file_form, read)


def _template(form: AdoptForm) -> Rubric | None:
    """The template that the village adopts from the day in the form on."""
    return versions.template_for(g.area, form.in_force_from.data or _next_quarter().first_day)


def _own_items() -> list[RubricItem]:
    """The village's own items in its newest version."""
    latest = versions.latest(g.area)
    return [item for item in latest.items if item.own] if latest else []


def _fill_own(form: AdoptForm, own: Sequence[NewItem | RubricItem]) -> None:
    """Show a village's own items, and a free line while it may add more."""
    limits = versions.limits_of(_template(form))
    form.fill(own, FREE_LINES_OF_VILLAGE if len(own) < limits.bonuses + limits.deductions else 0)


@bp.route("/a/<area>/rubric/publish", methods=["GET", "POST"])
@access.allow(Role.COUNTY)
@web.takes_list
def publish_template(area: str) -> PageResponse:
    """Publish a new version of the county's template, beginning with the one before."""
    county = _county_or_404()
    form = _publish_form(county)
    if request.method == "GET":
        form.fill(_template_items(county))
    elif "more" in request.form:
        form.add_lines()
    elif form.validate_on_submit():
        with attempt(form):
            published = versions.publish(
                county, form.in_force_from.data, form.approved_by.data, form.items, form.limits, current_user
            )
        if form.status == 200:
            flash(gettext("Published. The villages adopt it by their own decisions."))
            return redirect(url_for("rubrics.template_version", area=area, version=published.version))
    return _decision_page(form, None)


@bp.post("/a/<area>/rubric/publish/file")
@access.allow(Role.COUNTY)
def publish_from_file(area: str) -> PageResponse:
    """The form of the decision with the items of a template as a file has them; nothing is published yet."""
    county = _county_or_404()
    form = _publish_form(county, formdata=None)
    file_form, read = _read_file(rubricfile.read_template)
    form.fill(read.items if read and not read.bad_cells else _template_items(county))
    return _decision_page(form, None, file_form, read)


def _publish_form(county: Area, **given: Any) -> PublishForm:
    latest = versions.latest(county)
    limits = versions.limits_of(latest) if latest else USUAL_LIMITS
    return PublishForm(in_force_from=_usual_first_day(latest), **_limit_values(limits), **given)


def _template_items(county: Area) -> Sequence[NewItem | RubricItem]:
    """The items of the county's newest template, or of the program's model."""
    latest = versions.latest(county)
    return latest.items if latest else TEMPLATE


def _read_file(
    read_items: Callable[[Table], ReadRubric],
) -> tuple[RubricFileForm, ReadRubric | None]:
    """The form with the file that was sent, and what is in it; None where it can't be read."""
    form = RubricFileForm()
    if not form.validate_on_submit():
        return form, None
    upload = form.file.data
    try:
        return form, read_items(rubricfile.LAYOUT.read(upload.read(), upload.filename or ""))
    except Refused as refusal:
        form.refuse(refusal.with_field("file"))
        return form, None


def _usual_first_day(latest: Rubric | None) -> Any:
    """The day from which a version holds if nobody says otherwise.

    The first version from this quarter on, others from the next.
    """
    quarter = Quarter.of(clock.today())
    return quarter.first_day if latest is None else quarter.next.first_day


def _limit_values(limits: Limits) -> dict[str, Any]:
    return {
        "most_bonuses": limits.bonuses,
        "most_deductions": limits.deductions,
        "most_points": amounts.show(limits.points),
    }


def _decision_page(
    form: AdoptForm,
    template: Rubric | None,
    file_form: RubricFileForm | None = None,
    read: ReadRubric | None = None,
) -> PageResponse:
    """The form of a decision, and what was read of a file."""
    file_form = file_form or RubricFileForm(formdata=None)
    is_own = _is_own()
    here = {"village" if is_own else "area": g.area.code}
    page = render_template(
        "points/rubrics/rubric_decide.html",
        form=form,
        items=versions.items_of(template) if is_own else [],
        limits=versions.limits_of(template),
        template=template,
        categories=labels.DUTIES,
        is_own=is_own,
        decide_url=url_for("rubrics.adopt_rubric" if is_own else "rubrics.publish_template", **here),
        file_url=url_for("rubrics.adopt_from_file" if is_own else "rubrics.publish_from_file", **here),
        file_form=file_form,
        read=read,
    )
    return page, 422 if read and read.bad_cells else max(form.status, file_form.status)
