"""Recording services and deciding on them."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access, clock, pages
from people.clock import Quarter
from people.db import db, fetch
from people.forms import ButtonForm, ReasonForm, attempt
from people.models import Person, Role
from people.roster import holders
from points import amounts, labels
from points.forms.services import ServiceForm
from points.models import FedBy, RubricItem, Service, ServiceState
from points.rubrics import versions
from points.services import deciding, reading, recording
from points.views import bp

DECIDERS = (Role.CLERK, Role.CHAIR, Role.INSTRUCTOR)


@bp.get("/v/<village>/services")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
def services(village: str) -> tuple[str, int]:
    """The records of a village, those that wait for a second person first."""
    return _services()


def _services(refused: tuple[int, ReasonForm | ButtonForm] | None = None) -> tuple[str, int]:
    """The list by `?state=`; after a refusal the words stand at the record concerned."""
    waiting = reading.waiting(g.area)
    default = ServiceState.RECORDED if waiting else ""
    chosen = request.args.get("state", default)
    if chosen not in ("", *ServiceState):
        abort(404)
    found = pages.page_of(reading.listed(g.area, ServiceState(chosen) if chosen else None))
    page = render_template(
        "points/services.html",
        page=found,
        chosen=chosen,
        waiting=waiting,
        states=labels.SERVICE_STATES,
        reason=ReasonForm(formdata=None),
        refused=refused,
        may_decide=bool(g.roles & set(DECIDERS)),
        may_record=bool(g.roles & {Role.CLERK, Role.INSTRUCTOR}),
    )
    return page, refused[1].status if refused else 200


@bp.route("/v/<village>/services/new", methods=["GET", "POST"])
@access.allow(Role.CLERK, Role.INSTRUCTOR, Role.WORKER)
def new_service(village: str) -> Response | tuple[str, int]:
    """Record a service: the committee for anyone, a worker for themselves."""
    form = ServiceForm(done_on=clock.today())
    own = g.roles == {Role.WORKER}
    form.worker.choices = _workers(own)
    rubric = versions.in_force(g.area, Quarter.of(form.done_on.data or clock.today()))
    form.item.choices = (
        [(item.id, _described(item)) for item in rubric.items if item.source == FedBy.CLAIM] if rubric else []
    )
    if form.validate_on_submit():
        with attempt(form):
            recording.record(
                form.key.data,
                db.session.get_one(Person, form.worker.data),
                db.session.get_one(RubricItem, form.item.data),
                form.done_on.data,
                form.count.data,
                form.note.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("Recorded. Now a second person confirms it."))
            return redirect(url_for("points.mine" if own else "points.new_service", village=village))
    return render_template("points/new_service.html", form=form, rubric=rubric), form.status


def _workers(own: bool) -> list[tuple[int, str]]:
    """Whom the form offers: everyone who served this quarter or the last, or only oneself."""
    today = clock.today()
    quarter = Quarter.of(today)
    serving = holders.serving(g.area, quarter.previous.first_day, today)
    offered = {
        term.person_id: f"{term.grid.name} · {term.person.name}"
        for term in serving
        if not own or term.person_id == current_user.person_id
    }
    return list(offered.items())


def _described(item: RubricItem) -> str:
    return gettext(
        "%(category)s: %(name)s (%(points)s points each %(unit)s)",
        category=labels.CATEGORIES[item.category],
        name=item.name,
        points=amounts.show(item.points),
        unit=item.unit,
    )


@bp.post("/v/<village>/services/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm a record as the second person."""
    form = ButtonForm()
    service = fetch(Service, ident, village_id=g.area.id) or abort(404)
    with attempt(form):
        deciding.confirm(service, current_user)
    if form.status != 200:
        return _services(refused=(ident, form))
    flash(gettext("Confirmed: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name))
    return redirect(url_for("points.services", village=village))


@bp.post("/v/<village>/services/<int:ident>/reject")
@access.allow(*DECIDERS)
def reject_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Reject a record with a reason."""
    form = ReasonForm()
    service = fetch(Service, ident, village_id=g.area.id) or abort(404)
    if form.validate_on_submit():
        with attempt(form):
            deciding.reject(service, form.reason.data, current_user)
    if form.status != 200:
        return _services(refused=(ident, form))
    flash(gettext("Rejected: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name))
    return redirect(url_for("points.services", village=village))
