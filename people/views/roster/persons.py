"""The people of a village: all of them, and each one's page."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import lock
from ground.forms import attempt
from people import access, labels, pages
from people.forms.pictures import PortraitForm
from people.forms.roster import PersonForm
from people.models import Appointment, Duty, Person
from people.roster import holders, portraits, staffing
from people.roster import persons as verbs
from people.views.listing import excel, render
from people.views.roster import bp, lists
from people.views.roster.grids import READERS

SHOW_CHOICES = ("serving", "former")
MANY_GRIDS = 3  # grids that are counted rather than named


@bp.get("/v/<village>/people")
@access.allow(*READERS)
@excel(lists.PERSONS)
def persons(village: str) -> str:
    """Who serves in the village; by `?show=former` who does not (any more), by `?name=` who is called so."""
    chosen = request.args.get("show", SHOW_CHOICES[0])
    if chosen not in SHOW_CHOICES:
        abort(404)
    # A name that is masked is not found by its characters either.
    name = request.args.get("name", "").replace("\0", "").strip() if access.is_insider() else ""
    page = web.page_of(staffing.people_query(g.area, chosen == SHOW_CHOICES[0], name))
    return render(
        "people/roster/persons.html",
        page=page,
        terms=_current_terms(staffing.terms_of_people(g.area, page.items)),
        chosen_filter=chosen,
        search_words=name,
        labels=labels,
    )


def _current_terms(terms_by_person: dict[int, list[Appointment]]) -> dict[int, list[Appointment]]:
    """The running terms of each person, or their latest one."""
    today = clock.today()
    return {
        ident: [term for term in terms if holders.state_of(term, today) == holders.TermState.RUNNING]
        or terms[:1]
        for ident, terms in terms_by_person.items()
    }


@bp.get("/v/<village>/people/<int:ident>")
@access.allow(*READERS)
@excel(lists.PERSON_TERMS, subject_key="person")
def person(village: str, ident: int) -> tuple[str, int]:
    """A person: who they are, and all their terms here."""
    return person_page(verbs.find(g.area, ident) or abort(404), PortraitForm(formdata=None))


def person_page(person: Person, form: PortraitForm) -> tuple[str, int]:
    """The page of a person, with the form for their photo."""
    today, entry = clock.today(), verbs.current_entry(person)
    terms = holders.terms_of_person(person, g.area)
    running = [term for term, _after in terms if holders.state_of(term, today) == holders.TermState.RUNNING]
    return render(
        "people/roster/person.html",
        person=person,
        state=_service_text(running),
        kept_entry=entry,
        local_kept_entry=verbs.find(g.area, entry.id),
        entry_ids=verbs.entry_ids(entry),
        merges=verbs.direct_merges(person),
        terms=terms,
        state_of=lambda term: holders.state_of(term, today),
        labels=labels,
        may_correct=may_correct(person),
        may_appoint=bool(g.roles & access.COMMITTEE),
        portrait=portraits.portrait_of(person) if access.is_insider() else None,
        further_links=pages.further_links(pages.ABOUT_PERSON, person),
        form=form,
    ), form.status


def _service_text(running: list[Appointment]) -> str:
    """A person's service today, in one sentence."""
    if not running:
        return gettext("Does not serve in this village today.")
    if len(running) > MANY_GRIDS:
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
                correctable_person(ident, to_write=True),
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
    person = correctable_person(ident)
    if not form.is_submitted():
        form = PersonForm(obj=person)
    return render_template("people/roster/person_form.html", form=form, person=person), form.status


def correctable_person(ident: int, to_write: bool = False) -> Person:
    """The person in the address, for whoever may correct them: to look at, or locked to write down more."""
    person = verbs.find(g.area, ident) or abort(404)
    if to_write:
        lock(person)
    return person if may_correct(person) else abort(403)


def may_correct(person: Person) -> bool:
    """Whether this reader may correct this person; not an instructor who serves elsewhere now."""
    if not g.roles & access.COMMITTEE or person.merge:
        return False
    if person.area_id == g.area.id:
        return True
    today = clock.today()
    return person.id in {
        term.person_id for term in holders.serving_terms(g.area, today, today, Duty.INSTRUCTOR)
    }
