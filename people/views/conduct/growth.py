"""The growth of a village's workers, and the figures of a township or county."""

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import fetch, get_locked
from ground.forms import ReasonForm, attempt
from people import access, labels
from people.forms.growth import GrowthForm
from people.models import GrowthStep, Person
from people.roster import growth as verbs
from people.roster import persons
from people.views.conduct import bp, lists
from people.views.listing import excel, render


@bp.get("/v/<village>/growth")
@access.allow(*access.ONLOOKERS)
@excel(lists.GROWTH)
def growth(village: str) -> tuple[str, int]:
    """Who is at which stage, since when."""
    return _growth(_empty())


def _empty() -> GrowthForm:
    return GrowthForm(formdata=None, on=clock.today())


def _growth(form: GrowthForm, refused: tuple[int, ReasonForm] | None = None) -> tuple[str, int]:
    """The list with the form; `refused` is shown at the person whose stage was not taken back."""
    growths = verbs.of_village(g.area)
    form.person.choices = _people(growths)
    page = render(
        "people/conduct/growth.html",
        growths=[growth for growth in growths if growth.stage],
        serving=sum(growth.is_serving for growth in growths),
        stages=labels.STAGES,
        form=form,
        refused=refused,
        may_write=bool(g.roles & access.COMMITTEE),
    )
    return page, refused[1].status if refused else form.status


def _people(growths: list[verbs.Growth]) -> list[tuple[int, str]]:
    """The people the form offers: who serves, or has reached a stage."""
    return [(growth.person.id, growth.person.name) for growth in growths]


@bp.post("/v/<village>/growth")
@access.allow(*access.COMMITTEE)
def reach_stage(village: str) -> Response | tuple[str, int]:
    """Write down that a worker reached a stage."""
    form = GrowthForm()
    form.person.choices = _people(verbs.of_village(g.area))
    if form.validate_on_submit():
        with attempt(form):
            person = get_locked(Person, form.person.data)
            verbs.reach_stage(person, form.stage.data, form.on.data, form.note.data, current_user)
        if form.status == 200:
            flash(gettext("Written down: %(name)s.", name=person.name))
            return redirect(url_for("conduct.growth", village=village))
    return _growth(form)


@bp.post("/v/<village>/growth/<int:ident>/take-back")
@access.allow(*access.COMMITTEE)
def take_back_stage(village: str, ident: int) -> Response | tuple[str, int]:
    """Take back a stage that was entered by mistake."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.take_back(_step(ident), form.reason.data, current_user)
    if form.status != 200:
        return _growth(_empty(), refused=(_step(ident).id, form))
    flash(
        gettext(
            "Taken back. If the roster's political status came from it, correct that on the person's page."
        )
    )
    return redirect(url_for("conduct.growth", village=village))


def _step(ident: int) -> GrowthStep:
    """A step of somebody of the village, or 404."""
    step = fetch(GrowthStep, ident) or abort(404)
    return step if persons.current_entry(step.person).area_id == g.area.id else abort(404)


@bp.get("/a/<area>/growth")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.GROWTH_FIGURES)
def growth_figures(area: str) -> str:
    """How many are at which stage, by village."""
    figures = verbs.figures(g.area)
    return render("people/conduct/growth_figures.html", figures=figures, stages=labels.STAGES)
