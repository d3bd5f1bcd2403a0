"""Gatherings of a grid's households: how many this month, which there were, and writing one down."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from duties import gatherings as verbs
from duties import labels
from duties.forms.records import GatheringForm
from duties.views import bp, lists
from duties.views.households import offer_own_grids
from duties.views.visits import WRITING
from ground import clock, web
from ground.forms import attempt
from people import access
from people.models import Role
from people.roster import grids, reach
from people.views.listing import excel, render
from points.labels import SERVICE_STATES
from points.services import evidence


@bp.get("/v/<village>/gatherings")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR, Role.WORKER)
@excel(lists.GATHERINGS, lists.GATHERINGS_BY_GRID)
def gatherings(village: str) -> str:
    """How many gatherings each grid held this month, and all there were; to a worker those of their grid."""
    sees_all = bool(g.roles & access.ONLOOKERS)
    shown_grids = grids.of_village(g.area) if sees_all else reach.grids_of(current_user, g.area)
    ids = [grid.id for grid in shown_grids]
    today = clock.today()
    page = web.page_of(verbs.gatherings_of(g.area, None if sees_all else ids))
    return render(
        "duties/records/gatherings.html",
        grids=shown_grids,
        gathering_counts=verbs.month_counts(ids, today),
        gatherings_a_month=verbs.GATHERINGS_A_MONTH,
        month=today,
        page=page,
        services=evidence.services([gathering.id for gathering in page.items]),
        may_write=bool(g.roles & set(WRITING)),
        labels=labels,
        service_states=SERVICE_STATES,
    )


@bp.route("/v/<village>/gatherings/new", methods=["GET", "POST"])
@access.allow(*WRITING)
def new_gathering(village: str) -> Response | tuple[str, int]:
    """Write down a gathering: a worker their own, the others from paper for the grid's worker."""
    form = GatheringForm(held_on=clock.today(), grid=web.number_asked("grid"))
    if form.is_submitted():
        with attempt(form):
            own_grids = offer_own_grids(form)
            if form.validate():
                grid = own_grids[form.grid.data]
                gathering = verbs.record_gathering(
                    form.key.data,
                    grid,
                    evidence.worker_for(grid, form.held_on.data, current_user, "held_on"),
                    form.held_on.data,
                    form.kind.data,
                    form.topic.data,
                    form.present.data,
                    form.note.data,
                    current_user,
                )
        if form.status == 200:
            flash(gettext("Written down: %(name)s.", name=gathering.topic))
            return redirect(url_for("duties.gatherings", village=village))
    offer_own_grids(form)
    return render_template("duties/records/gathering_form.html", form=form), form.status
