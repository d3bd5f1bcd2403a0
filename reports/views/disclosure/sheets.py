"""The five openings in the village: which there are, how often, each to look at and to print."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.forms import attempt
from ground.refusal import Refused
from people import access
from people.models import Area
from reports.disclosure import figures, periods, sheet
from reports.disclosure.periods import Period
from reports.forms.disclosure import MONTHLY, QUARTERLY, IntervalForm
from reports.views.disclosure import bp


@bp.route("/v/<village>/disclosure", methods=["GET", "POST"])
@access.allow(*access.ONLOOKERS, posting_roles=access.COMMITTEE)
def disclosures(village: str) -> Response | tuple[str, int]:
    """The village's five openings, quarter by quarter or month by month, and how often they hang."""
    is_monthly = periods.is_monthly(g.area)
    form = IntervalForm(interval=MONTHLY if is_monthly else QUARTERLY)
    if form.validate_on_submit():
        with attempt(form):
            periods.set_monthly(g.area, form.is_monthly, current_user)
        if form.status == 200:
            flash(gettext("Written down. What hangs already stays as it is."))
            return redirect(url_for("disclosure.disclosures", village=village))
    page = render_template(
        "reports/disclosure/disclosures.html",
        form=form,
        is_monthly=is_monthly,
        periods=periods.periods_of(g.area),
        period_name=sheet.period_name,
        is_over=periods.is_over,
        may_change=bool(g.roles & access.COMMITTEE),
    )
    return page, form.status


@bp.get("/v/<village>/disclosure/<period>")
@access.allow(*access.ONLOOKERS)
def disclosure(village: str, period: str) -> str:
    """The five openings of a quarter or month as they hang; of the current one as far as it goes."""
    chosen = period_or_404(period)
    return render_template(
        "reports/disclosure/disclosure.html", is_over=periods.is_over(chosen), **sheet_values(g.area, chosen)
    )


@bp.get("/v/<village>/disclosure/<period>/sheet.pdf")
@access.allow(*access.ONLOOKERS)
def disclosure_sheet(village: str, period: str) -> Response:
    """The five openings for the wall, A4 or A3 by `?paper=`. Refused `not_over` while the period goes on."""
    chosen, paper = period_or_404(period), request.args.get("paper", "A4")
    if paper not in sheet.SCALES:
        abort(404)
    if not periods.is_over(chosen):
        raise Refused(
            "not_over", gettext("This time is not over yet. Print the sheet when it is, so that it is whole.")
        )
    content = sheet.disclosure_pdf(figures.disclose(g.area, chosen), public_address(g.area, chosen), paper)
    return web.pdf(content, f"{village}-disclosure-{chosen}.pdf")


def public_address(village: Area, period: Period) -> str:
    """The public page of a sheet, as it is printed in its code."""
    return web.public_url(url_for("disclosure.public_disclosure", village=village.code, period=period))


def period_or_404(text: str) -> Period:
    """The quarter or month that an address names, begun already; 404 for anything else."""
    try:
        period = periods.parse(text)
    except ValueError:
        abort(404)
    return period if periods.has_begun(period) else abort(404)


def sheet_values(village: Area, period: Period) -> dict[str, object]:
    """The template values of a sheet, in the village and for everyone."""
    return {"disclosure": figures.disclose(village, period), "wording": sheet}
