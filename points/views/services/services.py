"""Service records: the confirmers' list, and what is decided there."""

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
from people.roster import holders
from points import labels
from points.forms.services import ConfirmForm
from points.models import Service, ServiceState
from points.services import deciding, flags, photos, reading, taking
from points.services.flags import Flag
from points.services.reading import Search
from points.views.services import bp
from points.views.services.evidence import Evidence, Sight

DECIDERS = (Role.CLERK, Role.CHAIR, Role.INSTRUCTOR)
RECORDERS = frozenset({Role.CLERK, Role.INSTRUCTOR})

# The page comes anew after each decision, so that few are quicker; what is decided makes room for the next.
PER_PAGE = 10

# A choice beside the states: what waits and shows a sign of padding.
FLAGGED = "flagged"

# What the list was asked for, kept on the way through a decision and back.
ASKED = ("state", "worker", "grid", "like", "record", "page")


@dataclass(frozen=True)
class Row:
    """A record as the list shows it; `then` is where the list goes on after a decision on it."""

    service: Service
    flags: Sequence[Flag]
    evidence: Evidence | None
    household: Household | None
    then: str
    page: int
    again: int | None
    has_photo: bool


@bp.get("/v/<village>/services")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
def services(village: str) -> tuple[str, int]:
    """The records of a village, those that wait for a second person first.

    By `?state=` (or what shows a sign: flagged), `?worker=`, `?grid=`, `?record=`, and `?like=` for the same
    words.
    """
    return _services()


def _services(refused: tuple[int, Form] | None = None) -> tuple[str, int]:
    """The list; after a refusal the words stand at the record concerned, or above if it is not there."""
    waiting = reading.waiting(g.area)
    asked = _asked()
    chosen = asked.get("state", ServiceState.RECORDED if waiting and not asked else "")
    search = _search(chosen, asked)
    page = web.page_of(reading.listed(g.area, search), PER_PAGE)
    may_decide = bool(g.roles & set(DECIDERS))
    rows, (places, serving) = _rows(page, may_decide), _choices()
    html = render_template(
        "points/services/services.html",
        page=page,
        rows=rows,
        chosen=chosen,
        asked=asked,
        waiting=waiting,
        to_take_in=len(taking.waiting(g.area)) if Role.CLERK in g.roles else 0,
        labels=labels,
        grids=places,
        serving=serving,
        words=ConfirmForm(formdata=None),
        refused=refused,
        is_elsewhere=refused is not None and refused[0] not in {row.service.id for row in rows},
        may_decide=may_decide,
        may_record=bool(g.roles & RECORDERS),
    )
    return html, refused[1].status if refused else 200


def _asked() -> dict[str, Any]:
    """What the address asks for, without what is empty."""
    return {name: request.args[name] for name in ASKED[:-1] if name in request.args}


def _search(chosen: str, asked: dict[str, Any]) -> Search:
    """The same as a search; what is none of the choices is not there (404)."""
    if chosen not in ("", FLAGGED, *ServiceState):
        abort(404)
    record = _row("record")
    among = flags.waiting(g.area) if chosen == FLAGGED else None
    return Search(
        state=ServiceState(chosen) if chosen not in ("", FLAGGED) else None,
        worker=_row("worker"),
        grid=_row("grid"),
        likeness=asked.get("like", "").replace("\0", "") or None,
        among=[record] if record is not None else among,
    )


def _row(name: str) -> int | None:
    """The row that the address asks for by its id; what no column holds is not there (404)."""
    ident = request.args.get(name, type=int)
    if ident is not None and not 0 < ident < 2**31:
        abort(404)
    return ident


def _rows(page: Pagination, may_decide: bool) -> list[Row]:
    """The records of a page with their signs and evidence, each with the way on."""
    sight, found, inside = Sight(), list(page), access.inside()
    waiting = [service for service in found if service.state == ServiceState.RECORDED]
    signs = flags.of(g.area, waiting)
    again = reading.handed_in_again(found)

    def place(service: Service) -> str:
        """Where the next one is met: at its button; where there is a sign to read, at its top."""
        ready = service in waiting and may_decide and service.recorded_by_id != current_user.id
        return f"confirm-{service.id}" if ready and service.id not in signs else f"service-{service.id}"

    rows = []
    for number, service in enumerate(found):
        others = found[number + 1 :] or found[:number][::-1]
        rows.append(
            Row(
                service=service,
                flags=signs.get(service.id, ()),
                evidence=sight.evidence(service),
                household=sight.household(service),
                then=place(others[0]) if others else "",
                page=page.page if others else max(page.page - 1, 1),
                again=again.get(service.id),
                has_photo=inside and service.photo_id is not None,
            )
        )
    return rows


def _choices() -> tuple[dict[int, str], dict[int, str]]:
    """The grids in which somebody served this quarter or the last, and who, as the reader may read names."""
    today, inside = clock.today(), access.inside()
    seats = holders.seats(g.area, Quarter.of(today).previous.first_day, today)
    workers = {
        seat.person_id: f"{seat.grid} · {seat.name if inside else mask_name(seat.name)}" for seat in seats
    }
    return {seat.grid_id: seat.grid for seat in seats}, workers


@bp.post("/v/<village>/services/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm a record as the second person, or on the word of the household or of a witness."""
    form, service = ConfirmForm(), _service(ident)
    if form.validate_on_submit():
        with attempt(form):
            deciding.confirm(service, current_user, form.voucher.data, form.name.data)
    told = gettext("Confirmed: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name)
    return _decided(ident, form, told)


@bp.post("/v/<village>/services/<int:ident>/reject")
@access.allow(*DECIDERS)
def reject_service(village: str, ident: int) -> Response | tuple[str, int]:
    """Reject a record with a reason."""
    form, service = ReasonForm(), _service(ident)
    if form.validate_on_submit():
        with attempt(form):
            deciding.reject(service, form.reason.data, current_user)
    told = gettext("Rejected: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name)
    return _decided(ident, form, told)


def _service(ident: int) -> Service:
    return fetch(Service, ident, village_id=g.area.id) or abort(404)


def _decided(ident: int, form: Form, told: str) -> Response | tuple[str, int]:
    """On to the next record of the same list; or the list with what was refused."""
    if form.status != 200:
        return _services(refused=(ident, form))
    flash(told)
    asked: dict[str, Any] = {name: request.args[name] for name in ASKED if request.args.get(name)}
    then = request.args.get("then") or None
    return redirect(url_for("services.services", village=g.area.code, _anchor=then, **asked))


@bp.get("/v/<village>/services/<int:ident>/photo")
@access.allow(*access.COMMITTEE, Role.SUPERVISOR, Role.INSTRUCTOR)
def service_photo(village: str, ident: int) -> Response:
    """The photo that goes with a record, for those of the village who look into it."""
    found = photos.of(_service(ident)) or abort(404)
    return web.photo(found.content, found.digest)


@bp.post("/v/<village>/services/take-in")
@access.allow(Role.CLERK)
def take_in_services(village: str) -> Response | tuple[str, int]:
    """Make services of the trainings and evaluations that wait."""
    form = ButtonForm()
    taken: Sequence[Service] = ()
    with attempt(form):
        taken = taking.take_in(g.area, current_user)
    if form.status != 200:
        return _services(refused=(0, form))
    flash(ngettext("%(num)s is taken in.", "%(num)s are taken in.", len(taken)))
    return redirect(url_for("services.services", village=village))
