"""The quarterly returns of an area: the list of its quarters, and each as it is now and as it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import transaction
from ground.forms import attempt
from people import access, audit
from people.views.listing import KIND, excel, render
from people.views.shown import sight
from points.assessment import assessments
from points.models import AssessmentState
from reports.books.paper import as_text
from reports.forms.returns import CorrectedReturnForm, ReturnForm
from reports.models import QuarterlyReturn
from reports.returns import levels, paper, sending, workbook
from reports.returns.figures import SECTIONS, UNITS, ReturnSection
from reports.returns.sending import Draft
from reports.views.returns import bp, lists

QUARTERS_LISTED = 8


@dataclass(frozen=True)
class QuarterLine:
    """A quarter of the list: what was sent of it, by when it is due, and how many below have sent."""

    quarter: Quarter
    sent: QuarterlyReturn | None
    due_on: date
    sent_below: int | None

    @property
    def is_late(self) -> bool:
        """Whether nothing was sent by the day it was due."""
        return self.sent is None and clock.today() > self.due_on


@bp.get("/a/<area>/returns")
@access.allow(*access.ONLOOKERS)
@excel(lists.QUARTERS)
def returns(area: str) -> str:
    """The quarters of an area: which of them was sent, and which is late."""
    quarters = [Quarter.of(clock.today())]
    while len(quarters) < QUARTERS_LISTED:
        quarters.append(quarters[-1].previous)
    quarters = sending.quarters_to_send(g.area, quarters)
    sent = sending.latest_versions(g.area, quarters)
    below = {} if g.area.is_village else sending.sent_counts(g.area, quarters)
    lines = [
        QuarterLine(
            each,
            sent.get(str(each)),
            sending.due_on(g.area, each),
            None if g.area.is_village else below.get(str(each), 0),
        )
        for each in quarters
    ]
    return render("reports/returns/returns.html", lines=lines, today=clock.today())


@bp.get("/a/<area>/returns/<quarter>")
@access.allow(*access.ONLOOKERS)
def quarterly(area: str, quarter: str) -> str:
    """A quarter's return as it would be sent now, beside what was sent; or `?version=`, as it was sent."""
    asked = _quarter_or_404(quarter)
    if web.number_asked("version"):
        return _sent_page(asked)
    made = sending.draft(g.area, asked)
    return _draft_page(made, _form(made))


@bp.post("/a/<area>/returns/<quarter>/send")
@access.allow(*sending.ALL_SENDERS)
def send(area: str, quarter: str) -> Response | tuple[str, int]:
    """Send the quarter's return, or a correction of it."""
    asked = _quarter_or_404(quarter)
    form = CorrectedReturnForm() if sending.latest_of([g.area.id], asked) else ReturnForm()
    if form.validate_on_submit():
        reason = form.reason.data if isinstance(form, CorrectedReturnForm) else ""
        with attempt(form):
            sending.send(form.key.data, g.area, asked, reason, current_user)
    if form.status != 200:
        return _draft_page(sending.draft(g.area, asked), form), form.status
    flash(gettext("Sent. It is kept as it is now."))
    return redirect(url_for("returns.quarterly", area=area, quarter=quarter))


@bp.get("/a/<area>/returns/<quarter>.xlsx")
@access.allow(*access.ONLOOKERS)
def file(area: str, quarter: str) -> Response:
    """A return that was sent, as an Excel file with a sheet for each level."""
    sent = _sent_or_404(_quarter_or_404(quarter))
    content = workbook.write(sent, sight())
    _note(sent, KIND)
    return web.download(content, f"{_file_name(sent)}.{KIND}")


@bp.get("/a/<area>/returns/<quarter>.pdf")
@access.allow(*access.ONLOOKERS)
def sheet(area: str, quarter: str) -> Response:
    """A return that was sent, on A4, to be signed and filed."""
    sent = _sent_or_404(_quarter_or_404(quarter))
    content = paper.draw(sent, sight())
    _note(sent, "pdf")
    return web.pdf(content, f"return-{sent.area_code}-{sent.quarter_name}-{sent.version}.pdf")


def _file_name(sent: QuarterlyReturn) -> str:
    return f"{sent.area_name}-{gettext('Quarterly return')}-{sent.quarter_name}-{sent.version}"


def _note(sent: QuarterlyReturn, kind: str) -> None:
    """Write into the trail that somebody took a return out."""
    rows = 1 + sum(len(below.returns) for below in levels.levels_below(sent.parts))
    with transaction():
        audit.note(
            current_user,
            "list.export",
            g.area,
            g.area,
            list=gettext("Quarterly return"),
            kind=kind,
            rows=rows,
        )


def _draft_page(made: Draft, form: ReturnForm) -> str:
    return _page(
        made.quarter,
        figures=made.figures,
        latest=made.latest,
        changed=made.changed,
        draft=made,
        sent=None,
        line=None,
        parts=made.parts,
        form=form,
        is_booked=_is_booked(made),
        may_send=sending.may_send(current_user, g.area) and made.refusal is None,
        due_on=sending.due_on(g.area, made.quarter),
    )


def _is_booked(made: Draft) -> bool:
    """Whether the quarter's points are in the ledger, where that is a village's to see to."""
    if not g.area.is_village:
        return True
    assessment = assessments.find_assessment(g.area, made.quarter)
    return assessment is not None and assessment.state == AssessmentState.BOOKED


def _sent_page(quarter: Quarter) -> str:
    sent = _sent_or_404(quarter)
    notes = levels.notes(sent, sight())
    return _page(
        quarter,
        figures=sent.figures,
        latest=None,
        changed=(),
        draft=None,
        sent=sent,
        parts=sent.parts,
        notes=notes,
        line=levels.sent_line(sent, sight()),
    )


def _page(quarter: Quarter, parts: Sequence[QuarterlyReturn], **context: object) -> str:
    """The page of a quarter's return; below it, the chosen part of those that it sums."""
    return render(
        "reports/returns/return.html",
        quarter=quarter,
        versions=sending.versions_of(g.area, quarter),
        parts=SECTIONS,
        units=UNITS,
        as_text=as_text,
        chosen=_chosen_part(),
        levels=levels.levels_below(parts),
        today=clock.today(),
        version_name=levels.version,
        **context,
    )


def _form(made: Draft) -> ReturnForm:
    return (CorrectedReturnForm if made.latest else ReturnForm)(formdata=None)


def _chosen_part() -> ReturnSection:
    """The part of `?part=`, or the first."""
    asked = request.args.get("part", SECTIONS[0].name)
    return next((part for part in SECTIONS if part.name == asked), None) or abort(404)


def _quarter_or_404(text: str) -> Quarter:
    """The quarter in the address, if it has begun; otherwise 404."""
    try:
        quarter = Quarter.parse(text)
    except ValueError:
        abort(404)
    return quarter if quarter <= Quarter.of(clock.today()) else abort(404)


def _sent_or_404(quarter: Quarter) -> QuarterlyReturn:
    """The version of the area's return that `?version=` asks for, or the latest; 404 if it was not sent."""
    sent, number = sending.versions_of(g.area, quarter), web.number_asked("version")
    return next((each for each in sent if number in (None, each.version)), None) or abort(404)
