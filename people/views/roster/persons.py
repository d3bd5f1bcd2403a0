"""The people of a village: all of them, and each one's page."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import lock
from ground.forms import attempt
from people import access, labels, pages
from people.forms.portrait import PortraitForm
from people.forms.roster import PersonForm
from people.models import Appointment, Duty, Person
from people.roster import holders, portraits, staffing
from people.roster import persons as verbs
from people.views.roster import bp
from people.views.roster.grids import READERS

SHOWN = ("serving", "former")
MANY = 3  # grids that are counted rather than named


@bp.get("/v/<village>/people")
@access.allow(*READERS)
def persons(village: str) -> str:
    """Who serves in the village; by `?show=former` who does not (any more), by `?name=` who is called so."""
    chosen = request.args.get("show", SHOWN[0])
    if chosen not in SHOWN:
        abort(404)
    # A name that is masked is not found by its characters either.
    name = request.args.get("name", "").replace("\0", "").strip() if access.inside() else ""
    page = web.page_of(staffing.people(g.area, chosen == SHOWN[0], name))
    return render_template(
        "people/roster/persons.html",
        page=page,
        terms=_shown(staffing.of_people(g.area, page.items)),
        chosen=chosen,
        searched=name,
        labels=labels,
    )


def _shown(theirs: dict[int, list[Appointment]]) -> dict[int, list[Appointment]]:
    """Of each person's terms those that run, or the latest."""
    today = clock.today()
    return {
        ident: [term for term in found if holders.state_of(term, today) == holders.State.RUNNING] or found[:1]
        for ident, found in theirs.items()
    }


@bp.get("/v/<village>/people/<int:ident>")
@access.allow(*READERS)
def person(village: str, ident: int) -> tuple[str, int]:
    """A person: who they are, and all their terms here."""
    return person_page(verbs.find(g.area, ident) or abort(404), PortraitForm(formdata=None))


def person_page(person: Person, form: PortraitForm) -> tuple[str, int]:
    """The page of a person, with the form for their photo."""
    today, kept = clock.today(), verbs.kept(person)
    found = holders.of_person(person, g.area)
    running = [term for term, _after in found if holders.state_of(term, today) == holders.State.RUNNING]
    return render_template(
        "people/roster/person.html",
        person=person,
        state=_state(running),
        kept=kept,
        kept_here=verbs.find(g.area, kept.id),
        selves=verbs.selves(kept),
        duplicates=verbs.duplicates(person),
        terms=found,
        state_of=lambda term: holders.state_of(term, today),
        labels=labels,
        may_correct=may_correct(person),
        may_appoint=bool(g.roles & access.COMMITTEE),
        portrait=portraits.portrait_of(person) if access.inside() else None,
        further=pages.further(pages.ABOUT_PERSON, person),
        form=form,
    ), form.status


def _state(running: list[Appointment]) -> str:
    """What somebody does today, in one sentence."""
    if not running:
        return gettext("Does not serve in this village today.")
    if len(running) > MANY:
        return ngettext("Serves in %(num)s grid today.", "Serves in %(num)s grids today.", len(running))
    return gettext("Serves today: %(where)s.", where=gettext(", ").join(term.grid.name for term in running))


@bp.route("/v/<village>/people/<int:ident>/correct", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def correct_person(village: str, ident: int) -> Response | tuple[str, int]:
    """Write down who a person really is: one's own people, and whoever instructs here today."""
    form = PersonForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.correct(
                correctable(ident, to_write=True),
                form.name.value or "",
                current_user,
                phone=form.phone.value,
                agency=form.agency.value,
                sex=form.sex.data,
                birth_year=form.birth_year.data,
                standing=form.standing.data,
                background=form.background.data,
                law_mark_on=form.law_mark_on.data,
            )
        if form.status == 200:
            flash(gettext("Written down."))
            return redirect(url_for("roster.person", village=village, ident=ident))
    person = correctable(ident)
    if not form.is_submitted():
        form = PersonForm(obj=person)
    return render_template("people/roster/person_form.html", form=form, person=person), form.status


def correctable(ident: int, to_write: bool = False) -> Person:
    """The person in the address, for whoever may correct them: to look at, or locked to write down more."""
    person = verbs.find(g.area, ident) or abort(404)
    if to_write:
        lock(person)
    return person if may_correct(person) else abort(403)


def may_correct(person: Person) -> bool:
    """Whether this reader corrects this person: an instructor who serves elsewhere now is not theirs."""
    if not g.roles & access.COMMITTEE or person.merge:
        return False
    if person.area_id == g.area.id:
        return True
    today = clock.today()
    return person.id in {term.person_id for term in holders.serving(g.area, today, today, Duty.INSTRUCTOR)}
