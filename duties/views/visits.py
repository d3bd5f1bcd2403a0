"""Visits to households: who is due, writing one down, and what was promised.

What is said of a household is for those who work in its grid; to everyone else it is not there.
"""

from datetime import date

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from duties import gatherings, labels
from duties import visits as verbs
from duties.forms.records import DoneForm, VisitForm, VisitInGridForm
from duties.models import Visit
from duties.views import bp, lists
from ground import clock, web
from ground.db import db, fetch
from ground.forms import attempt
from people import access
from people import labels as who
from people.models import Household, Role
from people.roster import households, reach
from people.views import GRID_ROLES
from people.views.listing import excel, render
from points.labels import SERVICE_STATES
from points.services import evidence, photos
from points.slips import slips
from points.views import KEYING_IN

WRITING = (Role.WORKER, Role.INSTRUCTOR, Role.CLERK)

# Of several grids so many of those that wait are shown, and so much of what is to be done; by grid all.
MOST_LINES = 40

Answer = Response | tuple[str, int]


def _household_or_404(ident: int) -> Household:
    """The household with this id, if it is of a grid that the reader works in; otherwise 404."""
    household = db.session.get(Household, ident) or abort(404)
    if household.is_retired or household.grid.village_id != g.area.id:
        abort(404)
    is_past = household.grid.closed_on is not None and g.roles & access.COMMITTEE
    if not (is_past or reach.works_in(current_user, household.grid)):
        abort(404)
    return household


def _visit_or_404(ident: int, to_write: bool = False) -> Visit:
    """The visit with this id, to look at or locked, if the reader works in its household's grid.

    Otherwise 404.
    """
    visit = fetch(Visit, ident, lock=to_write, village_id=g.area.id) or abort(404)
    _household_or_404(visit.household_id)
    return visit


@bp.get("/v/<village>/due")
@access.allow(*GRID_ROLES)
@excel(lists.VISITS_DUE, lists.FOLLOW_UPS)
def due(village: str) -> tuple[str, int]:
    """Who is to be visited, those due longest first, and what was promised; by `?grid=`."""
    return _due_page()


def _due_page(refused: tuple[int, DoneForm] | None = None) -> tuple[str, int]:
    """The list of visits due; after a refusal its message stands at the follow-up concerned."""
    own_grids = list(reach.grids_of(current_user, g.area))
    chosen = request.args.get("grid")
    within = [grid for grid in own_grids if not chosen or str(grid.id) == chosen]
    if own_grids and not within:
        abort(404)
    today, ids = clock.today(), [grid.id for grid in within]
    due_visits = verbs.visits_due(ids, today)
    pressing = [due_visit for due_visit in due_visits if due_visit.due_when in verbs.PRESSING]
    shown_visits = due_visits if len(within) == 1 or len(due_visits) <= MOST_LINES else pressing[:MOST_LINES]
    follow_ups = verbs.open_follow_ups(g.area, ids)
    page = render(
        "duties/records/due.html",
        grids=own_grids,
        shown_grids=within,
        shown_visits=shown_visits,
        due_visits=due_visits,
        pressing_count=len(pressing),
        households=len(due_visits),
        follow_ups=follow_ups,
        shown_follow_ups=[
            visit
            for place, visit in enumerate(follow_ups)
            if len(within) == 1 or place < MOST_LINES or (refused and refused[0] == visit.id)
        ],
        gathering_counts=gatherings.month_counts(ids, today),
        gatherings_a_month=gatherings.GATHERINGS_A_MONTH,
        done_form=refused[1] if refused else DoneForm(formdata=None, on=today),
        refused=refused[0] if refused else None,
        may_write=bool(g.roles & set(WRITING)),
        slip=request.args.get("slip", "")[:20] or None,
        today=today,
        labels=labels,
        people_labels=who,
    )
    return page, refused[1].status if refused else 200


@bp.route("/v/<village>/due/<int:ident>/visit", methods=["GET", "POST"])
@access.allow(*WRITING)
def new_visit(village: str, ident: int) -> Answer:
    """Write down a visit: a worker their own, the others for its worker, maybe from the slip `?slip=`."""
    form = VisitForm(visited_on=clock.today(), slip=request.args.get("slip", ""))
    if not g.roles & KEYING_IN:
        form.slip.data = ""
    if form.validate_on_submit():
        with attempt(form):
            household = _household_or_404(ident)  # locked after the worker
            _record_visit(form, household)
        if form.status == 200:
            flash(gettext("Written down: %(name)s.", name=household.head))
            if form.slip.data:  # whoever signed it can confirm it there
                number = slips.slip_number(form.slip.data)
                return redirect(url_for("services.slip", village=village, slip=number))
            return redirect(url_for("duties.due", village=village))
    page = render_template(
        "duties/records/visit_form.html",
        form=form,
        household=_household_or_404(ident),
        steps=labels.STEPS,
        people_labels=who,
    )
    return page, form.status


@bp.route("/v/<village>/due/visit", methods=["GET", "POST"])
@access.allow(Role.WORKER, Role.INSTRUCTOR)
def new_visit_in_grid(village: str) -> Answer:
    """Write down a visit to a household of one's own grids, on a page that opens without a network."""
    form = VisitInGridForm(visited_on=clock.today())
    if form.validate_on_submit():
        with attempt(form):
            household = _household_or_404(form.household.data)
            _record_visit(form, household)
        if form.status == 200:
            flash(gettext("Written down: %(name)s.", name=household.head))
            return redirect(url_for("duties.due", village=village))
    form.household.choices = [(0, gettext("Choose the household.")), *_own_households()]
    page = render_template("duties/records/visit_form.html", form=form, household=None, steps=labels.STEPS)
    return page, form.status


def _own_households() -> list[tuple[int, str]]:
    """The households of the reader's own grids, by grid and number."""
    names = {grid.id: grid.name for grid in reach.grids_of(current_user, g.area)}
    homes = households.living_households(reach.served_grid_ids(current_user, g.area))
    return [
        (home.id, f"{names[home.grid_id]} · {home.number} {home.head}")
        for each in homes.values()
        for home in each
    ]


def _record_visit(form: VisitForm, household: Household) -> None:
    on: date = form.visited_on.data
    visit = verbs.record_visit(
        form.key.data,
        household,
        evidence.worker_for(household.grid, on, current_user, "visited_on"),
        on,
        form.steps.data,
        form.seen.data,
        form.needs.data,
        form.follow_up.data,
        current_user,
    )
    if form.slip.data:
        slips.use(form.slip.data, g.area, visit.evidence, visit.worker, current_user)
    photo = form.photo.picture
    if photo is not None:
        photos.keep(visit, photo, current_user)


@bp.get("/v/<village>/households/<int:ident>/visits")
@access.allow(*GRID_ROLES)
@excel(lists.VISITS, subject_key="household")
def household_visits(village: str, ident: int) -> str:
    """The visits to a household, the latest first."""
    household = _household_or_404(ident)
    page = web.page_of(verbs.visits_of(household))
    return _visits_page(household, page.items, page)


@bp.get("/v/<village>/visits/<int:ident>")
@access.allow(*GRID_ROLES)
def visit(village: str, ident: int) -> str:
    """One visit, to which a service record leads."""
    visit = _visit_or_404(ident)
    return _visits_page(visit.household, [visit], None)


def _visits_page(household: Household, visits: list[Visit], page: object) -> str:
    return render(
        "duties/records/household_visits.html",
        household=household,
        visits=visits,
        page=page,
        services=evidence.services([visit.id for visit in visits]),
        may_write=bool(g.roles & set(WRITING)) and household.left_on is None,
        labels=labels,
        service_states=SERVICE_STATES,
        people_labels=who,
    )


@bp.get("/v/<village>/visits/<int:ident>/photo")
@access.allow(*GRID_ROLES)
def visit_photo(village: str, ident: int) -> Response:
    """The photo that goes with a visit."""
    photo = photos.photo_of(_visit_or_404(ident)) or abort(404)
    return web.photo(photo.content, photo.digest)


@bp.post("/v/<village>/visits/<int:ident>/done")
@access.allow(*GRID_ROLES)
def follow_up_done(village: str, ident: int) -> Answer:
    """Write down that what was promised at a visit is done."""
    form = DoneForm()
    if form.validate_on_submit():
        with attempt(form):
            visit = _visit_or_404(ident, to_write=True)
            verbs.complete_follow_up(visit, form.on.data, form.note.data, current_user)
    if form.status != 200:
        _visit_or_404(ident)
        return _due_page(refused=(ident, form))
    flash(gettext("Done, and written down."))
    return redirect(url_for("duties.due", village=village))
