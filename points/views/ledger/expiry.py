"""Expiry on pages: what the village resolved, what is at stake, and a new decision."""

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import fetch
from ground.forms import ButtonForm, Form, attempt
from people import access
from people.models import Role
from people.views.listing import excel, render
from points import expiry as verbs
from points.forms.aftermath import ExpiryForm
from points.models import Expiry
from points.views.ledger import bp, lists


@bp.route("/v/<village>/expiry", methods=["GET", "POST"])
@access.allow(*access.ONLOOKERS, posting_roles={Role.CHAIR})
@excel(lists.EXPIRIES)
def expiry(village: str) -> Response | tuple[str, int]:
    """Whether points expire here, what is at stake now, every earlier decision, and a new one."""
    form = ExpiryForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.resolve(
                g.area, form.booked_until.data, form.expires_on.data, form.decided_by.data, current_user
            )
        if form.status == 200:
            flash(gettext("Written down. Pages, receipts and the next notice say it from now on."))
            return redirect(url_for("ledger.expiry", village=village))
    return _page(form)


def _page(form: Form) -> tuple[str, int]:
    coming, resolved = verbs.announced(g.area), verbs.resolved(g.area)
    stakes = verbs.stakes(coming).values() if coming else ()
    page = render(
        "points/ledger/expiry.html",
        form=form if isinstance(form, ExpiryForm) else ExpiryForm(formdata=None),
        button_form=form if isinstance(form, ButtonForm) else None,
        coming_expiry=coming,
        announcement=verbs.announcement(g.area),
        people_count=len(stakes),
        at_stake=sum(stakes),
        expiries=resolved,
        lapsed_tenths=verbs.tenths_lapsed(resolved),
        may_decide=Role.CHAIR in g.roles,
        today=clock.today(),
        least_notice_days=verbs.LEAST_NOTICE_DAYS,
    )
    return page, form.status


@bp.post("/v/<village>/expiry/<int:ident>/cancel")
@access.allow(Role.CHAIR)
def cancel_expiry(village: str, ident: int) -> Response | tuple[str, int]:
    """Take back that points expire, until the day is over."""
    form = ButtonForm()
    with attempt(form):
        expiry: Expiry = fetch(Expiry, ident, lock=True, village_id=g.area.id) or abort(404)
        verbs.cancel(expiry, current_user)
    if form.status != 200:
        return _page(form)
    flash(gettext("Taken back. Points carry over, as before."))
    return redirect(url_for("ledger.expiry", village=village))
