"""Service records on pages: the list for those who confirm, and what they decide there."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, names, web
from ground.clock import Quarter
from ground.db import fetch, lock_all
from ground.forms import ButtonForm, DaysForm, Form, ReasonForm, attempt
from ground.paper import words
from people import access
from people.models import Role
from people.roster import holders, persons
from people.views.listing import excel, render
from people.views.shown import shown_name
from points import labels
from points.forms.services import ConfirmForm, TogetherForm
from points.models import RubricItem, Service, ServiceState
from points.rubrics import versions
from points.services import deciding, flags, photos, reading, taking, together, witnesses
from points.services.reading import ServiceSearch
from points.services.together import JointOutcome
from points.views.services import bp, lists, waiting

DECIDERS = (Role.CLERK, Role.CHAIR, Role.INSTRUCTOR)
RECORDERS = frozenset({Role.CLERK, Role.INSTRUCTOR})

# The page comes anew after each decision, so that few are quicker; what is decided makes room for the next.
PER_PAGE = 10

# What waits stands in groups that are confirmed with one press, so that many on a page are quicker.
WAITING_PER_PAGE = 100

# A choice beside the states: what waits and shows a sign of padding.
FLAGGED = "flagged"

# What the list was asked for, kept on the way through a decision and back.
SEARCH_KEYS = ("state", "worker", "grid", "item", "since", "until", "text", "like", "record", "page")


@bp.get("/v/<village>/services")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
@excel(lists.SERVICES)
def services(village: str) -> tuple[str, int]:
    """The records of a village, those that wait for a second person first.

    By `?state=` (or what shows a sign: flagged), `?worker=`, `?grid=`, `?item=`, the days `?since=` and
    `?until=`, `?text=` that stands in them, `?record=`, and `?like=` for the same words.
    """
    return list_page()


def list_page(refused: waiting.RefusedForm | None = None) -> tuple[str, int]:
    """The list; a refusal stands at its record or group, or above the list if that is not on it.

    For those who decide, what waits stands in groups of plain records, and then one by one.
    """
    waiting_count = reading.count_waiting(g.area)
    criteria = _search_of_request()
    state = criteria.get("state", ServiceState.RECORDED if waiting_count and not criteria else "")
    may_decide = bool(g.roles & set(DECIDERS))
    in_groups = may_decide and state == ServiceState.RECORDED and "record" not in criteria
    period = DaysForm(request.args)
    period.validate()
    search = _search_of_choices(state, criteria, period)
    query = reading.search_services(g.area, search, is_by_item=in_groups)
    page = web.page_of(query, WAITING_PER_PAGE if in_groups else PER_PAGE, is_shrinking=True)
    shown = waiting.shown_records(list(page), in_groups, refused)
    places, serving = _grid_and_worker_choices()
    html = render(
        "points/services/services.html",
        page=page,
        shown_records=shown,
        chosen_state=state,
        criteria=criteria,
        period=period,
        waiting_count=waiting_count,
        importable_count=len(taking.importable_records(g.area)) if Role.CLERK in g.roles else 0,
        labels=labels,
        grids=places,
        serving=serving,
        items=_item_choices(),
        confirm_form=ConfirmForm(formdata=None),
        known_names=_known_names(page.items) if may_decide else (),
        refused=refused,
        message=waiting.anchored_message(shown, in_groups),
        may_decide=may_decide,
        can_be_taken_back=deciding.can_be_taken_back,
        may_record=bool(g.roles & RECORDERS),
    )
    return html, refused.form.status if refused else 200


def _known_names(services: Sequence[Service]) -> list[str]:
    """Who can vouch for these records, from the village's files."""
    return witnesses.known_names(g.area, [service.grid_id for service in services], current_user)


def _search_of_request() -> dict[str, Any]:
    """The criteria that the address names."""
    return {name: request.args[name] for name in SEARCH_KEYS[:-1] if name in request.args}


def _search_of_choices(state: str, criteria: dict[str, Any], period: DaysForm) -> ServiceSearch:
    """The search by a state and criteria; 404 for a state that is none of the choices.

    What was written is searched only for those who may read it.
    """
    if state not in ("", FLAGGED, *ServiceState):
        abort(404)
    record = web.number_asked("record")
    flagged_ids = flags.flagged_waiting_ids(g.area) if state == FLAGGED else None
    text = criteria.get("text", "") if access.is_insider() else ""
    return ServiceSearch(
        state=ServiceState(state) if state not in ("", FLAGGED) else None,
        worker=web.number_asked("worker"),
        grid=web.number_asked("grid"),
        item=web.number_asked("item"),
        since=period.since.data,
        until=period.until.data,
        text=text.replace("\0", "").strip() or None,
        likeness=criteria.get("like", "").replace("\0", "") or None,
        service_ids=[record] if record is not None else flagged_ids,
    )


def _grid_and_worker_choices() -> tuple[dict[int, str], dict[int, str]]:
    """The grids in which somebody served this quarter or the last, and who did.

    Names are as the reader may read them.
    """
    today = clock.today()
    seats = holders.workers_in_grids(g.area, Quarter.of(today).previous.first_day, today)
    workers = {seat.person_id: f"{seat.grid} · {shown_name(seat)}" for seat in seats}
    return {seat.grid_id: seat.grid for seat in seats}, workers


def _item_choices() -> dict[int, str]:
    """The items that score this quarter or the last, without deductions; of one name they are one choice."""
    quarter = Quarter.of(clock.today())
    rubrics = {versions.in_force(g.area, each) for each in (quarter, quarter.previous)}
    by_name = {
        names.folded(item.name): item
        for rubric in rubrics
        if rubric
        for item in rubric.items
        if item.points > 0
    }
    return {item.id: item.name for item in by_name.values()}


@bp.post("/v/<village>/services/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm a record as the second person, or on the word of the household or of a witness."""
    form = ConfirmForm()
    return _decide(
        ident,
        form,
        lambda service: deciding.confirm(service, current_user, *form.word),
        gettext("Confirmed: %(name)s, %(item)s."),
    )


@bp.post("/v/<village>/services/<int:ident>/reject")
@access.allow(*DECIDERS)
def reject_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Reject a record with a reason."""
    form = ReasonForm()
    return _decide(
        ident,
        form,
        lambda service: deciding.reject(service, form.reason.data, current_user),
        gettext("Rejected: %(name)s, %(item)s."),
    )


@bp.post("/v/<village>/services/<int:ident>/take-back")
@access.allow(*DECIDERS)
def take_back_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Take a record's confirmation back, with a reason, until the notice hangs."""
    form = ReasonForm()
    return _decide(
        ident,
        form,
        lambda service: deciding.take_back(service, form.reason.data, current_user),
        gettext("Taken back: %(name)s, %(item)s. The record waits for its decision again."),
    )


def _decide(
    ident: int, form: Form, verb: Callable[[Service], object], sentence: str
) -> Response | tuple[str, int]:
    """Do what a form decides on a record, and say so (`sentence` has `name` and `item`) where it stands.

    The verb locks: the sheets that the record may go back to come before the record.
    """
    message, place = "", None
    if form.validate_on_submit():
        with attempt(form):
            service = _service_or_404(ident)
            verb(service)
            place = waiting.place_of(service)
            message = sentence % {"name": service.worker.name, "item": service.item.name}
    return _after_decision(ident, form, message, place)


def _service_or_404(ident: int) -> Service:
    return fetch(Service, ident, village_id=g.area.id) or abort(404)


def _after_decision(
    ident: int, form: Form, message: str, place: waiting.Place | None
) -> Response | tuple[str, int]:
    """Redirect to the record's place in the same list; or show the list with what was refused.

    Who looked at one of a group is told at the group.
    """
    if form.status != 200 or place is None:
        _service_or_404(ident)
        return list_page(refused=waiting.RefusedForm(form, service_id=ident))
    is_of_group = "record" in request.args and request.args.get("state") == ServiceState.RECORDED
    group = waiting.GroupKey(place["item"], place["activity"])
    web.flash_in_place(waiting.place_of_group(group) if is_of_group else place, message)
    return back_to_the_place()


def back_to_the_place() -> Response:
    """Redirect to what was just told; who looked at one of those that wait goes back to all of them."""
    criteria: dict[str, Any] = {name: request.args[name] for name in SEARCH_KEYS if request.args.get(name)}
    if criteria.get("state") == ServiceState.RECORDED:
        criteria.pop("record", None)
    return redirect(url_for("services.services", village=g.area.code, _anchor="told", **criteria))


@bp.post("/v/<village>/services/items/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_together(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm the ticked records of an item together; what can't be confirmed any more is told with why."""
    item = fetch(RubricItem, ident)
    if item is None or item.rubric.area_id != g.area.id:
        abort(404)
    return confirm_group(waiting.GroupKey(item.id), item.name, item_id=item.id)


def confirm_group(group: waiting.GroupKey, name: str, **belongs: int) -> Response | tuple[str, int]:
    """Confirm the records of a group that were sent, which `belongs` says; back to where they stood."""
    form, outcome, left = TogetherForm(), JointOutcome([], []), list[str]()
    if form.validate_on_submit():
        with attempt(form):
            ticked = _services_or_404(form.service.data, **belongs)
            outcome = together.confirm_together(form.key.data, g.area, ticked, current_user)
            left = web.refusal_summaries(
                (_name(record.service), record.refusal) for record in outcome.unconfirmed
            )
    if form.status != 200:
        return list_page(refused=waiting.RefusedForm(form, group=group))
    done = ngettext(
        "Confirmed together: %(num)s record, %(item)s.",
        "Confirmed together: %(num)s records, %(item)s.",
        len(outcome.confirmed),
        item=name,
    )
    web.flash_in_place(waiting.place_of_group(group), done if outcome.confirmed else "", left)
    return back_to_the_place()


def _services_or_404(ids: Sequence[int], **belongs: int) -> list[Service]:
    """The ticked records of a group, to be written; 404 if one of them is not there."""
    wanted = set(ids)
    deciding.lock_open_sheets(g.area.id)
    found = lock_all(Service, wanted, village_id=g.area.id, **belongs)
    return found if len(found) == len(wanted) else abort(404)


def _name(service: Service) -> str:
    return f"{service.worker.name} {words.day(service.done_on)}"


@bp.get("/v/<village>/services/<int:ident>/photo")
@access.allow(*access.COMMITTEE, Role.SUPERVISOR, Role.INSTRUCTOR, Role.WORKER)
def service_photo(village: str, ident: int) -> Response:
    """The photo that goes with a record, for those of the village who look into it, and its worker."""
    service = _service_or_404(ident)
    if g.roles <= {Role.WORKER} and not persons.is_sign_in_of(current_user, service.worker):
        abort(404)
    photo = photos.photo_of(service) or abort(404)
    return web.photo(photo.content, photo.digest)


@bp.post("/v/<village>/services/take-in")
@access.allow(Role.CLERK)
def take_in_services(village: str) -> Response | tuple[str, int]:
    """Make services of the trainings and evaluations that wait."""
    form = ButtonForm()
    imported: Sequence[Service] = ()
    with attempt(form):
        imported = taking.import_waiting(g.area, current_user)
    if form.status != 200:
        return list_page(refused=waiting.RefusedForm(form))
    flash(ngettext("%(num)s is taken in.", "%(num)s are taken in.", len(imported)))
    return redirect(url_for("services.services", village=village))
