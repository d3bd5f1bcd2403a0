"""Service records on pages: the list for those who confirm, and what they decide there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import fetch
from ground.forms import ButtonForm, Form, ReasonForm, attempt
from people import access
from people.models import Household, Role, mask_name
from people.roster import holders, persons
from points import labels
from points.forms.services import ConfirmForm
from points.models import Service, ServiceState
from points.services import deciding, flags, photos, reading, taking
from points.services.flags import Flag
from points.services.reading import ServiceSearch
from points.views.services import bp
from points.views.services.evidence import EvidenceLink, ReaderAccess

DECIDERS = (Role.CLERK, Role.CHAIR, Role.INSTRUCTOR)
RECORDERS = frozenset({Role.CLERK, Role.INSTRUCTOR})

# The page comes anew after each decision, so that few are quicker; what is decided makes room for the next.
PER_PAGE = 10

# A choice beside the states: what waits and shows a sign of padding.
FLAGGED = "flagged"

# What the list was asked for, kept on the way through a decision and back.
SEARCH_KEYS = ("state", "worker", "grid", "like", "record", "page")


@dataclass(frozen=True)
class ServiceRow:
    """A record as the list shows it; `then` is where the list goes on after a decision on it."""

    service: Service
    flags: Sequence[Flag]
    evidence: EvidenceLink | None
    household: Household | None
    next_anchor: str
    page: int
    resubmitted_id: int | None
    has_photo: bool


@bp.get("/v/<village>/services")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
def services(village: str) -> tuple[str, int]:
    """The records of a village, those that wait for a second person first.

    By `?state=` (or what shows a sign: flagged), `?worker=`, `?grid=`, `?record=`, and `?like=` for the same
    words.
    """
    return _list_page()


def _list_page(refused: tuple[int, Form] | None = None) -> tuple[str, int]:
    """The list; a refusal stands at its record, or above the list if the record is not on it."""
    waiting = reading.count_waiting(g.area)
    criteria = _search_of_request()
    state = criteria.get("state", ServiceState.RECORDED if waiting and not criteria else "")
    search = _search_of_choices(state, criteria)
    page = web.page_of(reading.search_services(g.area, search), PER_PAGE)
    may_decide = bool(g.roles & set(DECIDERS))
    rows, (places, serving) = _rows(page, may_decide), _grid_and_worker_choices()
    html = render_template(
        "points/services/services.html",
        page=page,
        rows=rows,
        chosen_state=state,
        criteria=criteria,
        waiting=waiting,
        to_take_in=len(taking.importable_records(g.area)) if Role.CLERK in g.roles else 0,
        labels=labels,
        grids=places,
        serving=serving,
        words=ConfirmForm(formdata=None),
        refused=refused,
        is_elsewhere=refused is not None and refused[0] not in {row.service.id for row in rows},
        may_decide=may_decide,
        can_be_taken_back=deciding.can_be_taken_back,
        may_record=bool(g.roles & RECORDERS),
    )
    return html, refused[1].status if refused else 200


def _search_of_request() -> dict[str, Any]:
    """The criteria that the address names."""
    return {name: request.args[name] for name in SEARCH_KEYS[:-1] if name in request.args}


def _search_of_choices(state: str, criteria: dict[str, Any]) -> ServiceSearch:
    """The search by a state and criteria; 404 for a state that is none of the choices."""
    if state not in ("", FLAGGED, *ServiceState):
        abort(404)
    record = _id_of_request("record")
    flagged_ids = flags.flagged_waiting_ids(g.area) if state == FLAGGED else None
    return ServiceSearch(
        state=ServiceState(state) if state not in ("", FLAGGED) else None,
        worker=_id_of_request("worker"),
        grid=_id_of_request("grid"),
        likeness=criteria.get("like", "").replace("\0", "") or None,
        service_ids=[record] if record is not None else flagged_ids,
    )


def _id_of_request(name: str) -> int | None:
    """The id that the address gives under a name, or None; 404 for one that no column holds."""
    ident = request.args.get(name, type=int)
    if ident is not None and not 0 < ident < 2**31:
        abort(404)
    return ident


def _rows(page: Pagination, may_decide: bool) -> list[ServiceRow]:
    """The records of a page with their signs and evidence, each with the way on."""
    reader, services, inside = ReaderAccess(), list(page), access.is_insider()
    waiting = [service for service in services if service.state == ServiceState.RECORDED]
    signs = flags.flags_of(g.area, waiting)
    resubmitted = reading.resubmitted_ids(services)

    def place(service: Service) -> str:
        """The anchor at which the next record is shown: its button, or its top if it has a sign."""
        ready = service in waiting and may_decide and service.recorded_by_id != current_user.id
        return f"confirm-{service.id}" if ready and service.id not in signs else f"service-{service.id}"

    rows = []
    for number, service in enumerate(services):
        others = services[number + 1 :] or services[:number][::-1]
        rows.append(
            ServiceRow(
                service=service,
                flags=signs.get(service.id, ()),
                evidence=reader.evidence(service),
                household=reader.household(service),
                next_anchor=place(others[0]) if others else "",
                page=page.page if others else max(page.page - 1, 1),
                resubmitted_id=resubmitted.get(service.id),
                has_photo=inside and service.photo_id is not None,
            )
        )
    return rows


def _grid_and_worker_choices() -> tuple[dict[int, str], dict[int, str]]:
    """The grids in which somebody served this quarter or the last, and who did.

    Names are as the reader may read them.
    """
    today, inside = clock.today(), access.is_insider()
    seats = holders.workers_in_grids(g.area, Quarter.of(today).previous.first_day, today)
    workers = {
        seat.person_id: f"{seat.grid} · {seat.name if inside else mask_name(seat.name)}" for seat in seats
    }
    return {seat.grid_id: seat.grid for seat in seats}, workers


@bp.post("/v/<village>/services/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm a record as the second person, or on the word of the household or of a witness."""
    form, message = ConfirmForm(), ""
    if form.validate_on_submit():
        with attempt(form):
            service = _service_or_404(ident, to_write=True)
            deciding.confirm(service, current_user, form.voucher.data, form.name.data)
            message = gettext(
                "Confirmed: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name
            )
    return _after_decision(ident, form, message)


@bp.post("/v/<village>/services/<int:ident>/reject")
@access.allow(*DECIDERS)
def reject_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Reject a record with a reason."""
    form, message = ReasonForm(), ""
    if form.validate_on_submit():
        with attempt(form):
            service = _service_or_404(ident, to_write=True)
            deciding.reject(service, form.reason.data, current_user)
            message = gettext(
                "Rejected: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name
            )
    return _after_decision(ident, form, message)


@bp.post("/v/<village>/services/<int:ident>/take-back")
@access.allow(*DECIDERS)
def take_back_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Take a record's confirmation back, with a reason, until the notice hangs."""
    form, message = ReasonForm(), ""
    if form.validate_on_submit():
        with attempt(form):
            service = _service_or_404(ident)
            deciding.take_back(service, form.reason.data, current_user)
            message = gettext(
                "Taken back: %(name)s, %(item)s. The record waits for its decision again.",
                name=service.worker.name,
                item=service.item.name,
            )
    return _after_decision(ident, form, message)


def _service_or_404(ident: int, to_write: bool = False) -> Service:
    return fetch(Service, ident, lock=to_write, village_id=g.area.id) or abort(404)


def _after_decision(ident: int, form: Form, message: str) -> Response | tuple[str, int]:
    """Redirect to the next record of the same list; or show the list with what was refused."""
    if form.status != 200:
        _service_or_404(ident)
        return _list_page(refused=(ident, form))
    flash(message)
    criteria: dict[str, Any] = {name: request.args[name] for name in SEARCH_KEYS if request.args.get(name)}
    anchor = request.args.get("then") or None
    return redirect(url_for("services.services", village=g.area.code, _anchor=anchor, **criteria))


@bp.get("/v/<village>/services/<int:ident>/photo")
@access.allow(*access.COMMITTEE, Role.SUPERVISOR, Role.INSTRUCTOR, Role.WORKER)
def service_photo(village: str, ident: int) -> Response:
    """The photo that goes with a record, for those of the village who look into it, and its worker."""
    service = _service_or_404(ident)
    if g.roles <= {Role.WORKER} and not persons.is_own(current_user, service.worker):
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
        return _list_page(refused=(0, form))
    flash(ngettext("%(num)s is taken in.", "%(num)s are taken in.", len(imported)))
    return redirect(url_for("services.services", village=village))
