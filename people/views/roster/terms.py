"""The pages of terms of service: begun, renewed, handed over, ended; and vacancies."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import db, fetch
from ground.forms import attempt
from ground.paper import words
from people import access, labels
from people.forms.roster import NEW_PERSON, AppointForm, EndForm, HandOverForm, RenewForm, RenewManyForm
from people.models import Appointment, Duty, Person
from people.roster import grids, holders, persons, staffing
from people.roster import terms as verbs
from people.views.listing import excel, render
from people.views.roster import bp, lists
from people.views.roster.grids import READERS, open_grid

Answer = Response | tuple[str, int]


@bp.get("/v/<village>/terms")
@access.allow(*READERS)
@excel(lists.VACANCIES, lists.ENDING_TERMS)
def terms(village: str) -> Answer:
    """Where nobody serves, and the terms that end soon."""
    return _terms_page(RenewManyForm(formdata=None))


def _terms_page(form: RenewManyForm) -> tuple[str, int]:
    return render(
        "people/roster/terms.html",
        vacancies=staffing.vacancies(g.area),
        ending_terms=staffing.ending_terms(g.area),
        has_grids=bool(grids.of_village(g.area)),
        days_ahead=staffing.DAYS_AHEAD,
        labels=labels,
        may_appoint=bool(g.roles & access.COMMITTEE),
        form=form,
        message=web.flashed_in_place(),
    ), form.status


@bp.post("/v/<village>/terms/renew")
@access.allow(*access.COMMITTEE)
def renew_terms(village: str) -> Answer:
    """Renew the ticked terms for three years each; which can't be renewed is told with why."""
    form, done, left = RenewManyForm(), "", list[str]()
    if form.validate_on_submit():
        with attempt(form):
            ticked = [_term(ident) for ident in form.term.data or ()]
            renewed, refused = verbs.renew_many(ticked, current_user)
            done = ngettext("%(num)s term is renewed.", "%(num)s terms are renewed.", len(renewed))
            done = done if renewed else ""
            left = web.refusal_summaries((term.person.name, refusal) for term, refusal in refused)
    if form.status != 200:
        return _terms_page(form)
    web.flash_in_place("ending", done, left)
    return redirect(url_for("roster.terms", village=village, _anchor="told"))


@bp.get("/a/<area>/staffing", endpoint="staffing")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.STAFFING)
def staffed(area: str) -> str:
    """How the villages of a township or county stand, each leading to its own page."""
    figures = staffing.figures(g.area)
    total = {
        "grids": sum(line.grids for line in figures),
        **{duty.value: sum(line.vacancies[duty] for line in figures) for duty in Duty},
    }
    return render("people/roster/staffing.html", figures=figures, total=total, days_ahead=staffing.DAYS_AHEAD)


@bp.route("/v/<village>/grids/<int:ident>/appoint", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def appoint(village: str, ident: int) -> Answer:
    """Appoint somebody known or somebody new to a grid; by `?duty=instructor` as its instructor."""
    duty = request.args.get("duty", Duty.WORKER)
    if duty not in set(Duty):
        abort(404)
    form = _with_people(AppointForm(starts_on=clock.today()), Duty(duty))
    if form.validate_on_submit():
        with attempt(form):
            person = _chosen_person(form, Duty(duty))
            term = verbs.appoint(
                person,
                open_grid(ident),
                Duty(duty),
                form.starts_on.data,
                current_user,
                form.ends_on.data,
                chosen_by=form.chosen_by.data if form.chosen_by else None,
            )
        if form.status == 200:
            flash(_appointment_text(term))
            return redirect(url_for("roster.grid", village=village, ident=ident))
    return render_template(
        "people/roster/appoint.html", form=form, grid=open_grid(ident), duty=duty, term=None
    ), form.status


def _appointment_text(term: Appointment) -> str:
    return gettext(
        "%(name)s is appointed from %(first)s to %(last)s.",
        name=term.person.name,
        first=words.day(term.starts_on),
        last=words.day(term.ends_on),
    )


def _with_people(form: AppointForm, duty: Duty) -> AppointForm:
    """The form with the people to choose from, without the fields that this duty does not need."""
    candidates = [
        (person.id, " · ".join(filter(None, (person.name, person.agency, person.phone))))
        for person in staffing.candidates(g.area, duty)
    ]
    form.person.choices = [(NEW_PERSON, gettext("somebody new, entered below")), *candidates]
    without = (
        ["agency"] if duty == Duty.WORKER else ["sex", "birth_year", "standing", "background", "chosen_by"]
    )
    for name in without:
        del form[name]
    return form


def _chosen_person(form: AppointForm, duty: Duty) -> Person:
    """The person who was chosen or entered; one on the roster under this name and phone is used.

    An instructor is entered at the township, where their agency is and other villages find them.
    """
    if not form.is_new:
        return db.session.get_one(Person, form.person.data)
    area = g.area if duty == Duty.WORKER else g.area.parent
    name, phone = form.name.value or "", form.phone.value
    field_names = ("agency",) if duty == Duty.INSTRUCTOR else ("sex", "birth_year", "standing", "background")
    details: dict[str, Any] = {
        field: getattr(form[field], "value", form[field].data) for field in field_names
    }
    return persons.find_by_name_and_phone(area, name, phone) or persons.add_person(
        area, name, current_user, phone, **details
    )


@bp.route("/v/<village>/terms/<int:ident>/renew", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def renew(village: str, ident: int) -> Answer:
    """Renew a term for three years."""
    form = RenewForm()
    if form.validate_on_submit():
        with attempt(form):
            new = verbs.renew(_term(ident), current_user, chosen_by=form.chosen_by.data)
        if form.status == 200:
            flash(_appointment_text(new))
            return redirect(url_for("roster.grid", village=village, ident=new.grid_id))
    term = _term(ident)
    if not form.is_submitted():
        form.chosen_by.data = term.chosen_by
    begins = holders.day_after(term)
    page = render_template(
        "people/roster/renew.html",
        form=form,
        term=term,
        first=begins,
        last=verbs.last_day(begins),
    )
    return page, form.status


@bp.route("/v/<village>/terms/<int:ident>/hand-over", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def hand_over(village: str, ident: int) -> Answer:
    """Hand a grid over to a successor on a day."""
    duty = _term(ident).duty  # it says what the form asks for
    form = _with_people(HandOverForm(starts_on=clock.today()), duty)
    if form.validate_on_submit():
        with attempt(form):
            term, successor = _term(ident), _chosen_person(form, duty)
            chosen_by = form.chosen_by.data if form.chosen_by else None
            new = verbs.hand_over(term, successor, form.starts_on.data, current_user, chosen_by=chosen_by)
        if form.status == 200:
            flash(_appointment_text(new))
            return redirect(url_for("roster.grid", village=village, ident=new.grid_id))
    term = _term(ident)
    page = render_template("people/roster/appoint.html", form=form, grid=term.grid, duty=duty, term=term)
    return page, form.status


@bp.route("/v/<village>/terms/<int:ident>/end", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def end_term(village: str, ident: int) -> Answer:
    """End a term before its last day, or call off one that has not begun."""
    form = EndForm(on=clock.today())
    if form.validate_on_submit():
        with attempt(form):
            term = _term(ident)
            grid_id, name = term.grid_id, term.person.name
            verbs.end_term(term, form.reason.data, current_user, form.on.data)
        if form.status == 200:
            flash(gettext("The term of %(name)s is ended.", name=name))
            return redirect(url_for("roster.grid", village=village, ident=grid_id))
    term = _term(ident)
    coming = holders.state_of(term, clock.today()) == holders.TermState.COMING
    return render_template(
        "people/roster/end_term.html", form=form, term=term, labels=labels, coming=coming
    ), form.status


def _term(ident: int) -> Appointment:
    """The term with this id, if it is in one of the village's grids."""
    term = fetch(Appointment, ident)
    if term is None or term.grid.village_id != g.area.id:
        abort(404)
    return term
