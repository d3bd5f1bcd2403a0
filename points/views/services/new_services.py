"""Recording a service, from a slip or without, and handing one in again that was rejected."""

from datetime import date

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import db, fetch, get_locked
from ground.forms import attempt
from ground.refusal import Refused
from people import access
from people.models import Household, Person, Role
from people.roster import holders, households, persons, reach
from people.roster.holders import WorkerInGrid
from points import amounts, labels
from points.forms.services import NO_HOUSEHOLD, ServiceDetailsForm, ServiceForm
from points.models import FedBy, Rubric, RubricItem, Service, ServiceState, Slip
from points.rubrics import versions
from points.services import photos, recording
from points.slips import slips
from points.views.services import bp
from points.views.services.services import RECORDERS


@bp.route("/v/<village>/services/new", methods=["GET", "POST"])
@access.allow(*RECORDERS, Role.WORKER)
def new_service(village: str) -> Response | tuple[str, int]:
    """Record a service: the committee for anyone, a worker for themselves; from the slip `?slip=` names.

    One more like the last begins with its `?worker=`, `?item=` and `?done_on=`. The households are those of
    the worker who is chosen.
    """
    own = not g.roles & RECORDERS
    form = ServiceForm(
        done_on=request.args.get("done_on", type=date.fromisoformat) or clock.today(),
        worker=web.number_asked("worker"),
        item=web.number_asked("item"),
        slip=request.args.get("slip", ""),
    )
    slip = None if own else _slip_or_404(form)
    if slip is not None and slip.used_at and request.method == "GET":
        return redirect(url_for("services.slip", village=village, slip=slip.number))
    rubric = versions.in_force(g.area, Quarter.of(form.done_on.data or clock.today()))
    seats = seats_of_late()
    form.worker.choices = _none_first(worker_choices(own, slip, seats), gettext("Choose whom it is about."))
    form.item.choices = item_choices(rubric)
    form.household.choices = [(NO_HOUSEHOLD, gettext("– none –")), *_household_choices(form, seats)]
    slip_number = slip.number if slip is not None else None
    is_more = slip is None and bool(request.args.get("worker"))
    if form.other_worker.data and form.is_submitted():
        return _new_service_page(form, rubric, slip, is_more), 200
    if form.validate_on_submit():
        with attempt(form):
            service = recording.record(
                form.key.data,
                get_locked(Person, form.worker.data),
                db.session.get_one(RubricItem, form.item.data),
                form.done_on.data,
                form.count.data,
                form.note.data,
                current_user,
                db.session.get(Household, form.household.data),
            )
            if slip_number is not None:
                slips.use(slip_number, g.area, service, service.worker, current_user)
            photo = form.photo.picture
            if photo is not None:
                photos.keep(service, photo, current_user)
            message = gettext(
                "Recorded: %(name)s, %(item)s × %(count)s. Now a second person confirms it.",
                name=service.worker.name,
                item=service.item.name,
                count=service.count,
            )
        if form.status == 200:
            return _after_recording(form, message, own, slip_number)
    return _new_service_page(form, rubric, slip, is_more), form.status


def _new_service_page(form: ServiceForm, rubric: Rubric | None, slip: Slip | None, is_more: bool) -> str:
    return render_template(
        "points/services/new_service.html",
        form=form,
        rubric=rubric,
        slip=slip,
        is_more=is_more,
        may_list=bool(g.roles & RECORDERS),
    )


def _after_recording(form: ServiceForm, message: str, own: bool, slip_number: str | None) -> Response:
    """Go on to the slip; or to one more like it, or to where records are listed."""
    if slip_number is not None:
        flash(gettext("Recorded. Whoever signed the slip confirms it."))
        return redirect(url_for("services.slip", village=g.area.code, slip=slip_number))
    flash(message)
    if form.more.data or not own:
        return redirect(
            url_for(
                "services.new_service",
                village=g.area.code,
                worker=form.worker.data,
                item=form.item.data,
                done_on=form.done_on.data,
            )
        )
    return redirect(url_for("ledger.mine", village=g.area.code))


def _slip_or_404(form: ServiceForm) -> Slip | None:
    """The slip that is keyed in, if the form names one; 404 for one that is not there."""
    if not form.slip.data:
        return None
    try:
        return slips.find(form.slip.data, g.area)
    except Refused:
        abort(404)


def seats_of_late() -> list[WorkerInGrid]:
    """Who served in which grid, this quarter or the last."""
    today = clock.today()
    return holders.workers_in_grids(g.area, Quarter.of(today).previous.first_day, today)


def worker_choices(
    own: bool = False, slip: Slip | None = None, seats: list[WorkerInGrid] | None = None
) -> list[tuple[int, str]]:
    """The workers to choose: who served this quarter or the last, only oneself, or whose slip it is."""
    seats = seats_of_late() if seats is None else seats
    only_worker_id = current_user.person_id if own else None
    if slip is not None and slip.worker is not None:
        only_worker_id = persons.current_entry(slip.worker).id
    names = {
        seat.person_id: f"{seat.grid} · {seat.name}"
        for seat in seats
        if only_worker_id is None or seat.person_id == only_worker_id
    }
    if only_worker_id is not None and not names and slip is not None and slip.worker is not None:
        names = {only_worker_id: persons.current_entry(slip.worker).name}
    return list(names.items())


def _none_first(choices: list[tuple[int, str]], words: str) -> list[tuple[int, str]]:
    """The choices, with none of them chosen beforehand: whoever stands first is not recorded by a slip.

    A single one is chosen.
    """
    return choices if len(choices) == 1 else [(0, words), *choices]


def item_choices(rubric: Rubric | None) -> list[tuple[int, str]]:
    """The items to choose: those that can be claimed without a record; what takes points is no service."""
    items = rubric.items if rubric else ()
    claimable = [item for item in items if item.source == FedBy.CLAIM and item.points > 0]
    return _none_first([(item.id, _item_label(item)) for item in claimable], gettext("Choose what was done."))


def _household_choices(form: ServiceForm, seats: list[WorkerInGrid]) -> list[tuple[int, str]]:
    """The households of the chosen worker's grids, as far as the reader works there too.

    None as long as nobody is chosen among several.
    """
    offered = [choice.value for choice in form.worker.choices]
    worker_id = form.worker.data if form.worker.data in offered else next(iter(offered), None)
    served = {seat.grid_id for seat in seats if seat.person_id == worker_id}
    grids = [grid for grid in reach.grids_of(current_user, g.area) if grid.id in served]
    households_by_grid = households.living_households([grid.id for grid in grids])
    return [
        (home.id, f"{grid.name} · {home.number} {home.head}")
        for grid in grids
        for home in households_by_grid.get(grid.id, ())
    ]


def _item_label(item: RubricItem) -> str:
    return gettext(
        "%(category)s: %(name)s (%(points)s points each %(unit)s)",
        category=labels.DUTIES[item.category],
        name=item.name,
        points=amounts.show(item.points),
        unit=item.unit,
    )


@bp.route("/v/<village>/services/<int:ident>/again", methods=["GET", "POST"])
@access.allow(*RECORDERS, Role.WORKER)
def service_again(village: str, ident: int) -> Response | tuple[str, int]:
    """Hand a rejected record in again: a worker their own, clerk and instructor anybody's."""
    own = not g.roles & RECORDERS
    form = ServiceDetailsForm()
    if form.validate_on_submit():
        with attempt(form):
            rejected = _rejected_or_404(ident, own, to_write=True)
            _fill_from_record(form, rejected)
            recording.resubmit(
                form.key.data, rejected, form.done_on.data, form.count.data, form.note.data, current_user
            )
        if form.status == 200:
            flash(gettext("Handed in again. Now a second person confirms it."))
            return redirect(url_for("ledger.mine" if own else "services.services", village=village))
    rejected = _rejected_or_404(ident, own)
    if not form.is_submitted():
        form = ServiceDetailsForm(done_on=rejected.done_on, count=rejected.count, note=rejected.note)
    _fill_from_record(form, rejected)
    return render_template(
        "points/services/service_again.html", form=form, service=rejected, is_own=own
    ), form.status


def _fill_from_record(form: ServiceDetailsForm, rejected: Service) -> None:
    """Day and count, where they stand in the record that the service came of."""
    if rejected.evidence:
        form.done_on.data, form.count.data = rejected.done_on, rejected.count


def _rejected_or_404(ident: int, own: bool, to_write: bool = False) -> Service:
    """A record that was rejected, if the reader may hand it in again; otherwise 404."""
    service = fetch(Service, ident, lock=to_write, village_id=g.area.id) or abort(404)
    if service.state != ServiceState.REJECTED:
        abort(404)
    if own and not persons.is_sign_in_of(current_user, service.worker):
        abort(404)
    return service
