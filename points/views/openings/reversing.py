"""Taking back a booked opening balance: what was booked, and what will happen."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground.forms import ReasonForm
from people import access
from people.models import Role
from people.views.proposing import attempt_or_propose, to_proposal, waiting_about
from points import ledger
from points.openings import reversing, sheets
from points.openings.sheets import LineState
from points.views.openings import bp
from points.views.openings.sheets import sheet_or_404


@bp.route("/v/<village>/openings/<int:sheet>/lines/<int:line>/reverse", methods=["GET", "POST"])
@access.allow(Role.CHAIR)
def reverse(village: str, sheet: int, line: int) -> Response | tuple[str, int]:
    """Propose to take a booked line back; a second person has to agree."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            reversing.reverse(_booked_or_404(sheet, line).line, form.reason.data, current_user)
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(gettext("Taken back."))
            return redirect(url_for("openings.sheet", village=village, sheet=sheet))
    state = _booked_or_404(sheet, line)
    page = render_template(
        "points/openings/reverse.html",
        form=form,
        state=state,
        sheet=sheet,
        balance=ledger.balance_of(state.line.worker),
        proposals=waiting_about(state.line),
    )
    return page, form.status


def _booked_or_404(sheet: int, line: int) -> LineState:
    """The booked line of this number on a sheet of the village, or 404."""
    lines = sheets.state_of(sheet_or_404(sheet)).lines
    return next((each for each in lines if each.line.number == line and each.booking), None) or abort(404)
