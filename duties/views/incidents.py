"""Hazards and emergencies on pages: reporting, following up, the ledger, and what shows at once."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from duties import incidents as verbs
from duties import labels
from duties.forms.incidents import IncidentForm, StepForm
from duties.models import Incident, IncidentKind, Severity
from duties.views import bp, lists
from ground import clock, web
from ground.db import db, fetch
from ground.forms import attempt
from ground.paper.words import moment
from people import access
from people.models import Area, Grid, Person, Role
from people.pages import Alarm
from people.roster import grids, holders, persons, reach
from people.views.listing import excel, render
from people.views.shown import shown_text

Answer = Response | tuple[str, int]

READING = verbs.READERS | {Role.WORKER}
MOST_ALARMS = 5  # more than these are on their own page


def alarms(area: Area) -> list[Alarm]:
    """The emergencies that nobody has taken over, as the pages of those who answer for the area show them."""
    shown_alarms = [_alarm(area, incident) for incident in verbs.emergencies_at_hand(area, MOST_ALARMS + 1)]
    if len(shown_alarms) > MOST_ALARMS:
        more = Alarm(gettext("More emergencies are going on"), _emergencies_url(area))
        return [*shown_alarms[:MOST_ALARMS], more]
    return shown_alarms


def _alarm(area: Area, incident: Incident) -> Alarm:
    place = "" if area.is_village else f"{incident.village.name} · "
    text = gettext(
        "Emergency (%(severity)s): %(place)s, reported at %(time)s",
        severity=labels.SEVERITIES[incident.severity],
        place=place + shown_text(incident.place, incident.village),
        time=moment(incident.recorded_at),
    )
    return Alarm(text, url_for("duties.incident", village=incident.village.code, ident=incident.id))


def _emergencies_url(area: Area) -> str:
    if area.is_village:
        return url_for("duties.incidents", village=area.code, kind="emergency", show="open")
    return url_for("duties.emergencies", area=area.code)


def _search() -> verbs.IncidentSearch:
    """The search that the address asks for; for what is none of the choices 404."""
    kind, severity, show = (request.args.get(name, "") for name in ("kind", "severity", "show"))
    choice_sets = (("", *IncidentKind), ("", *Severity), ("", "open", "closed"))
    if any(value not in choices for value, choices in zip((kind, severity, show), choice_sets, strict=True)):
        abort(404)
    return verbs.IncidentSearch(
        IncidentKind(kind) if kind else None,
        show == "closed" if show else None,
        Severity(severity) if severity else None,
    )


@bp.get("/v/<village>/incidents")
@access.allow(*READING)
@excel(lists.INCIDENTS)
def incidents(village: str) -> str:
    """The hazards and emergencies of a village, open ones first; by `?kind=`, `?severity=`, `?show=`."""
    search = _search()
    return render(
        "duties/records/incidents.html",
        page=web.page_of(verbs.search_incidents(current_user, g.area, search)),
        search=search,
        may_report=bool(g.roles & verbs.REPORTERS),
        labels=labels,
    )


@bp.get("/a/<area>/emergencies")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.EMERGENCIES)
def emergencies(area: str) -> str:
    """The emergencies in the villages of a township or county, open ones first."""
    search = verbs.IncidentSearch(kind=IncidentKind.EMERGENCY)
    page = web.page_of(verbs.search_incidents(current_user, g.area, search))
    return render("duties/records/emergencies.html", page=page, labels=labels)


@bp.route("/v/<village>/emergencies/new", methods=["GET", "POST"])
@access.allow(*verbs.REPORTERS)
def new_emergency(village: str) -> Answer:
    """Report an emergency: it shows at once at the village and above."""
    return _report(IncidentKind.EMERGENCY)


@bp.route("/v/<village>/incidents/new", methods=["GET", "POST"])
@access.allow(*verbs.REPORTERS)
def new_hazard(village: str) -> Answer:
    """Report a hazard."""
    return _report(IncidentKind.HAZARD)


def _report(kind: IncidentKind) -> Answer:
    own = g.roles & verbs.REPORTERS == {Role.WORKER}
    form = IncidentForm(found_on=clock.today())
    form.severity.choices = [(level, labels.SEVERITIES[level]) for level in verbs.SEVERITIES_OF_KIND[kind]]
    if form.is_submitted():
        with attempt(form):
            places = _offer_places_and_finders(form, own)
            if form.validate():
                incident = verbs.report_incident(
                    form.key.data,
                    places[form.grid.data],
                    db.session.get(Person, form.worker.data) if form.worker.data else None,
                    kind,
                    form.severity.data,
                    form.found_on.data,
                    form.place.data,
                    form.what.data,
                    form.done.data,
                    current_user,
                )
        if form.status == 200:
            flash(_thanks(kind))
            return redirect(url_for("duties.incident", village=g.area.code, ident=incident.id))
    _offer_places_and_finders(form, own)
    page = render_template("duties/records/new_incident.html", form=form, kind=kind, only_own=own)
    return page, form.status


def _offer_places_and_finders(form: IncidentForm, only_own: bool) -> dict[int, Grid]:
    """Let the form offer the village's grids and the finders, and return the grids by id."""
    places = {grid.id: grid for grid in grids.of_village(g.area)}
    form.grid.choices = [(grid.id, f"{grid.name} {grid.code}") for grid in places.values()]
    form.worker.choices = _finders(only_own)
    if form.grid.data is None:
        form.grid.data = _own_grid()
    if form.worker.data is None:
        form.worker.data = _own_person_id()
    return places


def _thanks(kind: IncidentKind) -> str:
    if kind == IncidentKind.EMERGENCY:
        return gettext("Reported. The village and the township see it now. In danger, call 110, 119 or 120.")
    return gettext("Reported. What becomes of it is written down here.")


def _own_person_id() -> int:
    """The reader's own entry as a person, or 0."""
    return persons.current_entry(current_user.person).id if current_user.person else 0


def _own_grid() -> int | None:
    return next(iter(reach.served_grid_ids(current_user, g.area)), None)


def _finders(only_own: bool) -> list[tuple[int, str]]:
    """The finders that the form offers.

    A worker is offered only themselves, the others whoever serves today, or nobody.
    """
    if only_own:
        return [(_own_person_id(), current_user.name)]
    today = clock.today()
    serving = {term.person_id: term for term in holders.serving_terms(g.area, today, today)}
    offered = [(ident, f"{term.grid.name} · {term.person.name}") for ident, term in serving.items()]
    return [(0, gettext("none of the workers")), *offered]


@bp.get("/v/<village>/incidents/<int:ident>")
@access.allow(*READING)
@excel(lists.INCIDENT_STEPS)
def incident(village: str, ident: int) -> tuple[str, int]:
    """A hazard or emergency, and what became of it."""
    return _page(_incident_or_404(ident), StepForm(formdata=None, on=clock.today()))


def _incident_or_404(ident: int, to_write: bool = False) -> Incident:
    """The village's incident with this id, to look at or locked, if the reader reads it; otherwise 404."""
    if to_write and fetch(Incident, ident, lock=True, village_id=g.area.id) is None:
        abort(404)
    return verbs.find_incident(current_user, g.area, ident) or abort(404)


def _page(incident: Incident, form: StepForm) -> tuple[str, int]:
    page = render(
        "duties/records/incident.html",
        incident=incident,
        form=form,
        may_act=not incident.closed_on and verbs.may_act(current_user, incident),
        labels=labels,
    )
    return page, form.status


@bp.post("/v/<village>/incidents/<int:ident>/steps")
@access.allow(*(READING - {Role.SUPERVISOR, Role.COUNTY}))
def step_incident(village: str, ident: int) -> Answer:
    """Write down what became of a hazard or emergency."""
    form = StepForm()
    if form.validate_on_submit():
        with attempt(form):
            incident = _incident_or_404(ident, to_write=True)
            verbs.record_step(
                incident, form.kind.data, form.to.data, form.note.data, form.on.data, current_user
            )
        if form.status == 200:
            flash(gettext("Written down."))
            return redirect(url_for("duties.incident", village=village, ident=ident))
    return _page(_incident_or_404(ident), form)
