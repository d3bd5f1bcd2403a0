"""Deductions on pages: proposed, the worker heard, and decided, each on a page of its own."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import db, get_locked
from ground.forms import ButtonForm, Form, ReasonForm, attempt
from ground.refusal import refusal_of
from people import access
from people.models import Person, Role
from people.roster import persons
from people.views.listing import excel, render
from points import amounts, labels
from points.forms.deductions import DeductionForm, StatementForm
from points.models import Deduction, RubricItem, ServiceState
from points.rubrics import versions
from points.services import deciding, photos
from points.services import deductions as verbs
from points.views.services import bp, lists
from points.views.services.new_services import worker_choices
from points.views.services.services import DECIDERS

# Who may write down what a worker says.
HEARING = frozenset({*access.COMMITTEE, Role.WORKER})


@bp.get("/v/<village>/services/deductions")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
@excel(lists.DEDUCTIONS)
def deductions(village: str) -> str:
    """The deductions of a village, those that wait for their decision first."""
    return render(
        "points/services/deductions.html",
        page=web.page_of(verbs.search(g.area)),
        waiting=verbs.count_waiting(g.area),
        states=labels.DEDUCTION_STATES,
        may_propose=bool(g.roles & access.COMMITTEE),
    )


@bp.route("/v/<village>/services/deductions/new", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def new_deduction(village: str) -> Response | tuple[str, int]:
    """Propose a deduction, with the reason and what shows it."""
    form = DeductionForm(done_on=clock.today())
    rubric = versions.in_force(g.area, Quarter.of(form.done_on.data or clock.today()))
    items = [item for item in (rubric.items if rubric else ()) if item.points < 0]
    form.worker.choices = [(0, gettext("Choose whom it is about.")), *worker_choices()]
    form.item.choices = [(item.id, _item_label(item)) for item in items]
    ident = 0
    if form.validate_on_submit():
        with attempt(form):
            deduction = verbs.propose(
                form.key.data,
                get_locked(Person, form.worker.data),
                db.session.get_one(RubricItem, form.item.data),
                form.done_on.data,
                form.count.data,
                form.reason.data,
                form.shown_by.data,
                current_user,
            )
            photo, ident = form.photo.picture, deduction.service_id
            if photo is not None:
                photos.keep(deduction.service, photo, current_user)
        if form.status == 200:
            flash(gettext("Proposed. The worker reads it on their page; tell them today as well."))
            return redirect(url_for("services.deduction", village=village, ident=ident))
    page = render_template(
        "points/services/deduction_new.html", form=form, items=items, days=verbs.HEARING_DAYS
    )
    return page, form.status


def _item_label(item: RubricItem) -> str:
    return gettext(
        "%(name)s: %(points)s points taken each %(unit)s",
        name=item.name,
        points=amounts.show(-item.points),
        unit=item.unit,
    )


@bp.get("/v/<village>/services/deductions/<int:ident>")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR, Role.WORKER)
def deduction(village: str, ident: int) -> tuple[str, int]:
    """One deduction with its reason, what shows it and what the worker says; workers see their own."""
    return _deduction_page(_deduction_or_404(ident))


def _deduction_page(deduction: Deduction, refused: Form | None = None) -> tuple[str, int]:
    """The page of a deduction; a form that was refused is shown again as it was sent."""
    service = deduction.service
    own = persons.is_sign_in_of(current_user, service.worker)
    open_now = service.state == ServiceState.RECORDED
    page = render_template(
        "points/services/deduction.html",
        deduction=deduction,
        service=service,
        is_own=own,
        states=labels.DEDUCTION_STATES,
        heard_until=verbs.heard_until(deduction) if open_now else None,
        statement_form=refused if isinstance(refused, StatementForm) else StatementForm(formdata=None),
        reason_form=refused if isinstance(refused, ReasonForm) else ReasonForm(formdata=None),
        refusal=refused.refusal if refused is not None else None,
        may_state=open_now and refusal_of(verbs.check_may_state, deduction, current_user) is None,
        may_decide=open_now and not own and bool(g.roles & set(DECIDERS)),
        decision_refusal=refusal_of(verbs.check_may_decide, deduction, current_user),
        may_take_back=bool(g.roles & set(DECIDERS)) and not own and deciding.can_be_taken_back(service),
    )
    return page, refused.status if refused is not None else 200


@bp.post("/v/<village>/services/deductions/<int:ident>/state")
@access.allow(*HEARING)
def state_deduction(village: str, ident: int) -> Response | tuple[str, int]:
    """Write down what the worker says to a deduction: they themselves, or the committee for them."""
    form = StatementForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.state(_deduction_or_404(ident), form.text.data, form.key.data, current_user)
    return _decision_response(ident, form, gettext("Written down. Whoever decides reads it first."))


@bp.post("/v/<village>/services/deductions/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_deduction(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm that the points are taken."""
    form, message = ButtonForm(), ""
    with attempt(form):
        deduction = _deduction_or_404(ident)
        verbs.confirm(deduction, current_user)
        message = gettext(
            "%(points)s points are taken from %(name)s.",
            points=amounts.show(-deduction.tenths),
            name=deduction.service.worker.name,
        )
    return _decision_response(ident, form, message)


@bp.post("/v/<village>/services/deductions/<int:ident>/drop")
@access.allow(*DECIDERS)
def drop_deduction(village: str, ident: int) -> Response | tuple[str, int]:
    """Decide that nothing is taken, with the reason; who proposed it withdraws it."""
    form, message = ReasonForm(), ""
    if form.validate_on_submit():
        with attempt(form):
            deduction = _deduction_or_404(ident)
            verbs.drop(deduction, form.reason.data, current_user)
            message = gettext("Nothing is taken from %(name)s.", name=deduction.service.worker.name)
    return _decision_response(ident, form, message)


@bp.post("/v/<village>/services/deductions/<int:ident>/take-back")
@access.allow(*DECIDERS)
def take_back_deduction(village: str, ident: int) -> Response | tuple[str, int]:
    """Take back that a deduction was confirmed, with a reason, until the notice hangs."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            deciding.take_back(_deduction_or_404(ident).service, form.reason.data, current_user)
    return _decision_response(ident, form, gettext("Taken back. The deduction waits for its decision again."))


def _decision_response(ident: int, form: Form, message: str) -> Response | tuple[str, int]:
    """Redirect to the deduction, or show it with what was refused."""
    if form.status != 200:
        return _deduction_page(_deduction_or_404(ident), form)
    flash(message)
    return redirect(url_for("services.deduction", village=g.area.code, ident=ident))


def _deduction_or_404(ident: int) -> Deduction:
    """A deduction of the village; for who is only a worker here, only their own."""
    deduction = (verbs.find(ident, g.area) if ident < 2**31 else None) or abort(404)
    if g.roles <= {Role.WORKER} and not persons.is_sign_in_of(current_user, deduction.service.worker):
        abort(404)
    return deduction
