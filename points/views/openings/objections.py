"""Objections to opening balances on pages: written down by the committee, and answered."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.forms import attempt
from ground.refusal import refusal_of
from people import access
from people.views.shown import shown_name
from points import labels
from points.forms.openings import OpeningAnswerForm, OpeningObjectionForm
from points.models import OpeningLine, OpeningObjection, OpeningSheet
from points.openings import objections, sheets
from points.views.openings import bp
from points.views.openings.sheets import RECEIVING, sheet_or_404


def _offer_lines(form: OpeningObjectionForm, sheet: OpeningSheet) -> dict[int, OpeningLine]:
    """Let a form choose among the lines that hang and are not booked, and return them by number."""
    state = sheets.state_of(sheet)
    is_standing = sheet.withdrawn_at is None
    lines = {
        each.line.number: each.line
        for each in state.lines
        if is_standing and each.posted is not None and each.booking is None
    }
    choices = [
        (number, f"{number}. {shown_name(line.worker)} · {line.grid}") for number, line in lines.items()
    ]
    form.line.choices = [(0, gettext("Choose a line")), *choices] if choices else []
    return lines


@bp.route("/v/<village>/openings/<int:sheet>/objections/new", methods=["GET", "POST"])
@access.allow(*RECEIVING)
def new_objection(village: str, sheet: int) -> Response | tuple[str, int]:
    """Write down an objection that was brought by word or on paper."""
    form, written = OpeningObjectionForm(received_on=clock.today()), 0
    if form.is_submitted():
        with attempt(form):  # also the choice among the lines is one of now
            lines = _offer_lines(form, sheet_or_404(sheet, to_write=True))
            if form.validate():
                written = objections.bring(
                    form.key.data,
                    lines[form.line.data],
                    form.channel.data,
                    form.name.data,
                    form.text.data,
                    form.received_on.data,
                    current_user,
                ).number
        if form.status == 200:
            flash(gettext("Written down. Tell them its number."))
            return _redirect_to_objection(sheet, written)
    asked = sheet_or_404(sheet)
    _offer_lines(form, asked)
    return render_template("points/openings/new_objection.html", sheet=asked, form=form), form.status


@bp.get("/v/<village>/openings/<int:sheet>/objections/<int:objection>")
@access.allow(*access.ONLOOKERS)
def objection(village: str, sheet: int, objection: int) -> tuple[str, int]:
    """An objection with everything about it, and its answer; above the village not who brought it."""
    return _objection_page(_objection_or_404(sheet, objection), OpeningAnswerForm(formdata=None))


@bp.post("/v/<village>/openings/<int:sheet>/objections/<int:objection>")
@access.allow(*access.COMMITTEE)
def answer_objection(village: str, sheet: int, objection: int) -> Response | tuple[str, int]:
    """Answer an objection: with the right figure or rejected, with the reason and who decided."""
    form = OpeningAnswerForm()
    if form.validate_on_submit():
        with attempt(form):
            objections.answer(
                _objection_or_404(sheet, objection, to_write=True),
                form.right_tenths,
                form.reason.data,
                form.decided_by.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("Answered. Tell whoever brought it, with the reason."))
            return _redirect_to_objection(sheet, objection)
    return _objection_page(_objection_or_404(sheet, objection), form)


def _objection_or_404(sheet: int, objection: int, to_write: bool = False) -> OpeningObjection:
    """The objection of this number to a sheet of the village, or 404; to write with the sheet locked."""
    of_sheet = objections.objections_of(sheet_or_404(sheet, to_write))
    return next((each for each in of_sheet if each.number == objection), None) or abort(404)


def _redirect_to_objection(sheet: int, objection: int) -> Response:
    return redirect(url_for("openings.objection", village=g.area.code, sheet=sheet, objection=objection))


def _objection_page(objection: OpeningObjection, form: OpeningAnswerForm) -> tuple[str, int]:
    state = sheets.state_of(objection.sheet)
    is_open = objection.answer is None and objection.sheet.withdrawn_at is None
    answers = bool(g.roles & access.COMMITTEE) and is_open
    page = render_template(
        "points/openings/objection.html",
        objection=objection,
        line=next(each for each in state.lines if each.line.id == objection.line_id),
        form=form,
        may_answer=answers,
        barred=refusal_of(objections.check_decides, objection, current_user) if answers else None,
        may_receive=bool(g.roles & RECEIVING),
        channels=labels.OBJECTION_CHANNELS,
        today=clock.today(),
    )
    return page, form.status
