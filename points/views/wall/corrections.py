"""Correcting a booked line: what was booked, what is right, and what will happen."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground.db import fetch
from ground.forms import attempt
from people import access
from people.models import Person, Role
from points import labels, ledger
from points.assessment import assessments
from points.forms.aftermath import CorrectionForm
from points.models import Account, Transfer, TransferKind
from points.views.wall import bp
from points.wall import correcting


@bp.route("/v/<village>/accounts/<int:ident>/correct/<int:transfer>", methods=["GET", "POST"])
@access.allow(Role.CHAIR)
def correct(village: str, ident: int, transfer: int) -> Response | tuple[str, int]:
    """Put right a quarter's points that were too many; the page says first what will happen."""
    form = CorrectionForm()
    if form.validate_on_submit():
        with attempt(form):
            _person, _account, award = _award_or_404(ident, transfer)
            correcting.correct(award, form.right.tenths, form.reason.data, form.key.data, current_user)
        if form.status == 200:
            flash(gettext("Corrected. It stands on the open quarter's sheet and hangs on the wall with it."))
            return redirect(
                url_for("ledger.account", village=village, ident=ident, _anchor=f"entry-{transfer}")
            )
    person, account, award = _award_or_404(ident, transfer)
    page = render_template(
        "points/wall/correct.html",
        form=form,
        person=person,
        award=award,
        explanation=labels.explain_transfer(award),
        corrected=award.corrected,
        balance=account.balance,
        open_assessment=assessments.open_assessment(g.area),
    )
    return page, form.status


def _award_or_404(ident: int, transfer: int) -> tuple[Person, Account, Transfer]:
    """A person of the village, their account, and the award on it; otherwise 404."""
    person = fetch(Person, ident, area_id=g.area.id) or abort(404)
    account = ledger.find_account(person) or abort(404)
    award = fetch(Transfer, transfer, account_id=account.id, kind=TransferKind.AWARD) or abort(404)
    return person, account, award
