"""The pages of the two-way evaluation: to give evaluations, and to read the results."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.forms import attempt
from people import access
from people.conduct import evaluations as verbs
from people.conduct.evaluations import Partner
from people.forms.evaluation import GRADES, QUESTIONS, EvaluationForm
from people.models import EvaluationSide, Role
from people.views.conduct import bp, lists
from people.views.listing import excel, render

EVALUATORS = frozenset(verbs.SPEAKER_ROLES.values())
COMMITTEE_READS = access.COMMITTEE | {Role.SUPERVISOR}


def _year() -> int:
    """The year by `?year=`, one of those to choose from; without it, the first that is open today."""
    year = web.number_asked("year")
    if year is None:
        return verbs.open_years()[0]
    return year if year in _years() else abort(404)


@bp.get("/v/<village>/evaluations")
@access.allow(*EVALUATORS, *COMMITTEE_READS)
@excel(lists.OWED_EVALUATIONS, lists.OWN_EVALUATIONS, lists.OF_WORKERS)
def evaluations(village: str) -> str:
    """What one is asked to say in a village, what one said; and for its committee what instructors say."""
    year, open_years = _year(), verbs.open_years()
    partners = verbs.partners(current_user, g.area, year)
    reads = bool(g.roles & COMMITTEE_READS)
    return render(
        "people/conduct/evaluations.html",
        year=year,
        years=_years(),
        is_open=year in open_years,
        may_evaluate=bool(g.roles & EVALUATORS),
        has_no_entry=current_user.person is None and not g.roles & {Role.CHAIR},
        not_evaluated=[partner for partner in partners if partner.evaluation is None],
        evaluated=[partner for partner in partners if partner.evaluation],
        may_read_results=reads,
        results=verbs.results(g.area, EvaluationSide.OF_WORKER, year) if reads else [],
        questions=QUESTIONS,
    )


@bp.route("/v/<village>/evaluations/<int:ident>", methods=["GET", "POST"])
@access.allow(*EVALUATORS)
def evaluate(village: str, ident: int) -> Response | tuple[str, int]:
    """Say something of a person, once; afterwards it can be read here by who said it."""
    year = _year()
    form = EvaluationForm()
    if form.validate_on_submit():
        with attempt(form):
            partner = _partner(ident, year)
            verbs.evaluate(
                partner.side, partner.person, g.area, year, form.grades, form.remark.data, current_user
            )
        if form.status == 200:
            flash(gettext("Thank you. What you said is kept and goes to those it is meant for."))
            return redirect(url_for("conduct.evaluations", village=village, year=year))
    page = render_template(
        "people/conduct/evaluate.html",
        form=form,
        partner=_partner(ident, year),
        year=year,
        is_open=year in verbs.open_years(),
        questions=QUESTIONS,
        grades=GRADES,
    )
    return page, form.status


def _partner(ident: int, year: int) -> Partner:
    """The partner in the address, or 404; `?side=` for who speaks on two sides of one person."""
    matching = [
        partner
        for partner in verbs.partners(current_user, g.area, year)
        if partner.person.id == ident and request.args.get("side", partner.side) == partner.side
    ]
    return matching[0] if matching else abort(404)


@bp.get("/a/<area>/evaluations")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.BY_WORKERS, lists.BY_VILLAGES)
def evaluation_results(area: str) -> str:
    """What workers and villages say of the instructors, for the township and the county alone."""
    year = _year()
    return render(
        "people/conduct/evaluation_results.html",
        year=year,
        years=_years(),
        worker_results=verbs.results(g.area, EvaluationSide.BY_WORKER, year),
        village_results=verbs.results(g.area, EvaluationSide.BY_VILLAGE, year),
        fewest_voices=verbs.FEWEST_VOICES,
        questions=QUESTIONS,
    )


def _years() -> list[int]:
    """The years to choose from, the latest first: the open ones, and the two before."""
    open_years = verbs.open_years()
    return sorted({*open_years, open_years[0] - 1, open_years[0] - 2}, reverse=True)
