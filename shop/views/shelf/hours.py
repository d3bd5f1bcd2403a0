"""When the shop is open: for everyone to see, for the manager to write down."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.forms import attempt
from ground.paper import words
from people import access
from people.models import Role
from shop import labels
from shop.forms.hours import HoursForm
from shop.shelf import shops
from shop.views import READERS
from shop.views.shelf import bp


@bp.route("/v/<village>/hours", methods=["GET", "POST"])
@access.allow(*READERS, posting_roles={Role.MANAGER})
def hours(village: str) -> Response | tuple[str, int]:
    """When the shop is open: on weekdays, exchange days and single dates."""
    shop = shops.of_village(g.area)
    opening_hours = shops.hours_of(shop) if shop else None  # the form has a row for each
    form = HoursForm.from_hours(opening_hours, clock.today())
    if form.validate_on_submit():
        with attempt(form):
            shops.set_hours(shops.of_village(g.area) or abort(404), form.hours, current_user)
        if form.status == 200:
            flash(gettext("The opening hours are kept."))
            return redirect(url_for("shelf.hours", village=village))
    page = render_template(
        "shop/shelf/hours.html",
        shop=shop,
        state=labels.opening_text(shop) if shop else None,
        form=form,
        hours_lines=labels.hours_lines(opening_hours, clock.today()) if opening_hours else [],
        may_change=Role.MANAGER in g.roles,
        weekday=words.weekday,
    )
    return page, form.status
