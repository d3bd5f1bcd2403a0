"""Points against goods, the budget for more of them, and how much of them is written off alone."""

from flask import abort, flash, g, get_template_attribute, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from ground.forms import attempt
from people import access
from people.models import Area, Role
from people.views.listing import excel, render
from points import amounts
from shop import backing
from shop.forms.budget import BudgetForm, LimitForm
from shop.shelf import shops
from shop.views import MINDING
from shop.views.shelf import bp, lists


@bp.route("/v/<village>/budget", methods=["GET", "POST"])
@access.allow(*MINDING, posting_roles={Role.CHAIR})
@excel(lists.BUDGETS)
def budget(village: str) -> Response | tuple[str, int]:
    """What stands behind the village's points, the year's budget, and every earlier decision on it."""
    form = BudgetForm()
    form.year.choices = _year_choices()
    if form.validate_on_submit():
        with attempt(form):
            own = shops.of_village(g.area) or abort(404)
            backing.set_budget(own, form.year.data, form.amount.fen or 0, form.decided_by.data, current_user)
        if form.status == 200:
            flash(gettext("The budget is written down."))
            return redirect(url_for("shelf.budget", village=village))
    return _budget_page(form, None), form.status


@bp.post("/v/<village>/budget/limit")
@access.allow(Role.CHAIR)
def set_write_off_limit(village: str) -> Response | tuple[str, int]:
    """How much of an article one person alone writes off in a day."""
    form = LimitForm()
    if form.validate_on_submit():
        with attempt(form):
            own = shops.of_village(g.area) or abort(404)
            shops.set_write_off_limit(own, form.limit.tenths, current_user)
        if form.status == 200:
            flash(gettext("The limit is written down."))
            return redirect(url_for("shelf.budget", village=village))
    return _budget_page(BudgetForm(formdata=None), form), form.status


def _budget_page(form: BudgetForm, limit: LimitForm | None) -> str:
    """The page of both forms, one of them as it was sent."""
    shop = shops.of_village(g.area)
    form.year.choices = _year_choices()
    if limit is None:
        now = amounts.show(shops.write_off_limit_of(shop)) if shop else ""
        limit = LimitForm(formdata=None, limit=now)
    return render(
        "shop/shelf/budget.html",
        shop=shop,
        backing=backing.weigh(g.area),
        form=form,
        limit_form=limit,
        history=backing.budget_history(shop) if shop else (),
        may_decide=Role.CHAIR in g.roles,
    )


def _year_choices() -> list[tuple[int, str]]:
    return [(year, str(year)) for year in backing.budget_years()]


def backing_html(village: Area, new_tenths: int) -> Markup:
    """A village's backing for a page about points, when so many tenths more are booked."""
    html: Markup = get_template_attribute("shop/shelf/backing_parts.html", "weighed")(
        backing.weigh(village, new_tenths)
    )
    return html
