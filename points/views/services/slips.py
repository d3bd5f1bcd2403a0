"""Paper slips on pages: printed, keyed in when they come back, confirmed by who signed them."""

from collections.abc import Callable

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.contributions import Slot
from ground.db import db
from ground.forms import Form, attempt
from ground.refusal import Refused
from people import access, pages
from people.models import Person
from people.roster import holders, persons
from people.views.listing import excel, render
from points import labels
from points.forms.services import ConfirmForm
from points.forms.slips import ANYONE, PrintSlipsForm, SlipNumberForm
from points.models import FedBy, Service, ServiceState, Slip
from points.rubrics import versions
from points.services import deciding, recording, witnesses
from points.slips import slips as verbs
from points.slips.slipsheet import SlipFace, slips_pdf
from points.views import KEYING_IN
from points.views.services import bp, lists
from points.views.services.evidence import ReaderAccess
from points.views.services.services import DECIDERS, RECORDERS

# What else is keyed in from a slip.
ABOUT_SLIP: Slot[Callable[[Slip], list[pages.FurtherLink]]] = Slot()


@bp.get("/v/<village>/slips")
@access.allow(*KEYING_IN)
@excel(lists.SLIPS)
def slips(village: str) -> tuple[str, int]:
    """The field for a slip that came back, new slips to print, and what was printed."""
    return _slips_page(SlipNumberForm(formdata=None), _print_form())


def _slips_page(number: SlipNumberForm, printing: PrintSlipsForm) -> tuple[str, int]:
    html = render(
        "points/services/slips.html", number=number, print_form=printing, batches=verbs.batches(g.area)
    )
    return html, max(number.status, printing.status)


def _print_form(**options: None) -> PrintSlipsForm:
    """The form to print slips, for anyone or for a worker who serves today."""
    form = PrintSlipsForm(**options)
    today = clock.today()
    serving = {seat.person_id: seat for seat in holders.workers_in_grids(g.area, today, today)}
    form.worker.choices = [
        (ANYONE, gettext("anyone (the name is written by hand)")),
        *((ident, f"{seat.grid} · {seat.name}") for ident, seat in serving.items()),
    ]
    return form


@bp.post("/v/<village>/slips/find")
@access.allow(*KEYING_IN)
def find_slip(village: str) -> Response | tuple[str, int]:
    """Go to the slip that was scanned or typed."""
    form = SlipNumberForm()
    if form.validate_on_submit():
        try:
            slip = verbs.find(form.number.data, g.area)
            return redirect(url_for("services.slip", village=village, slip=slip.number))
        except Refused as refusal:
            form.refuse(refusal)
    return _slips_page(form, _print_form(formdata=None))


@bp.post("/v/<village>/slips")
@access.allow(*KEYING_IN)
def print_slips(village: str) -> Response | tuple[str, int]:
    """Give out new numbers; the list then has them to print."""
    form = _print_form()
    if form.validate_on_submit():
        with attempt(form):
            worker = db.session.get(Person, form.worker.data)
            printed = verbs.print_slips(g.area, worker, form.count.data, current_user)
        if form.status == 200:
            flash(
                ngettext("%(num)s slip is ready to print.", "%(num)s slips are ready to print.", len(printed))
            )
            return redirect(url_for("services.slips", village=village))
    return _slips_page(SlipNumberForm(formdata=None), form)


@bp.get("/v/<village>/slips/<string(length=8):slip>")
@access.allow(*KEYING_IN)
def slip(village: str, slip: str) -> tuple[str, int]:
    """One slip: whose it is, whether it was keyed in, and what to do with it."""
    return _slip_page(_slip_or_404(slip), ConfirmForm(formdata=None))


def _slip_page(slip: Slip, form: Form) -> tuple[str, int]:
    service, reader = _service_of_slip(slip), ReaderAccess()
    home = reader.household(service) if service else None
    html = render_template(
        "points/services/slip.html",
        slip=slip,
        service=service,
        household_head=home.head if home else "",
        form=form,
        known_names=witnesses.known_names(g.area, [service.grid_id], current_user) if service else (),
        number=SlipNumberForm(formdata=None),
        labels=labels,
        further_links=pages.further_links(ABOUT_SLIP, slip),
        may_record=bool(g.roles & RECORDERS),
        may_decide=service is not None
        and service.state == ServiceState.RECORDED
        and bool(g.roles & set(DECIDERS)),
    )
    return html, form.status


def _service_of_slip(slip: Slip) -> Service | None:
    """The service that was made of a slip, by itself or by way of a visit."""
    return recording.service_of_evidence(slip.evidence) if slip.evidence else slip.service


def _slip_or_404(number: str) -> Slip:
    try:
        return verbs.find(number, g.area)
    except Refused:
        abort(404)


@bp.post("/v/<village>/slips/<string(length=8):slip>/confirm")
@access.allow(*DECIDERS)
def confirm_slip(village: str, slip: str) -> Response | tuple[str, int]:
    """Confirm what was keyed in on the word of who signed the slip."""
    form, message = ConfirmForm(), ""
    if form.validate_on_submit():
        with attempt(form):
            service = _service_of_slip(_slip_or_404(slip)) or abort(404)
            deciding.confirm(service, current_user, *form.word)
            message = gettext(
                "Confirmed: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name
            )
        if form.status == 200:
            flash(message)
            return redirect(url_for("services.slips", village=village))
    used_slip = _slip_or_404(slip)
    if _service_of_slip(used_slip) is None:
        abort(404)
    return _slip_page(used_slip, form)


@bp.get("/v/<village>/slips/<string(length=8):slip>/sheet.pdf")
@access.allow(*KEYING_IN)
def slip_sheet(village: str, slip: str) -> Response:
    """The slips that were printed together with this one and did not come back yet, four to a sheet."""
    unused = verbs.unused_of_batch(_slip_or_404(slip)) or abort(404)
    rubric = versions.in_force(g.area, Quarter.of(clock.today()))
    items = [
        item.name
        for item in (rubric.items if rubric else ())
        if item.source == FedBy.CLAIM and item.points > 0
    ]
    faces = [
        SlipFace(
            village=g.area.name,
            number=unused_slip.number,
            worker=persons.current_entry(unused_slip.worker).name if unused_slip.worker else "",
            grid=_grid_name(unused_slip.worker) if unused_slip.worker else "",
            items=items,
        )
        for unused_slip in unused
    ]
    return web.pdf(slips_pdf(faces), f"slips-{unused[0].number}.pdf")


def _grid_name(worker: Person) -> str:
    latest_term = holders.latest_worker_term(persons.entry_ids(persons.current_entry(worker)), clock.today())
    return latest_term.grid.name if latest_term else ""
