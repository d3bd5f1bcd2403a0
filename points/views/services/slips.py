"""Paper slips: printed under numbers, keyed in when they come back, and confirmed by who signed them."""

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
from points import labels
from points.forms.services import ConfirmForm
from points.forms.slips import ANYONE, NumberForm, PrintForm
from points.models import FedBy, Service, ServiceState, Slip
from points.rubrics import versions
from points.services import deciding, recording
from points.services import slips as verbs
from points.services.slipsheet import SlipFace, slips_pdf
from points.views import KEYING_IN
from points.views.services import bp
from points.views.services.evidence import Sight
from points.views.services.services import DECIDERS, RECORDERS

# What else is keyed in from a slip.
ABOUT_SLIP: Slot[Callable[[Slip], list[pages.Further]]] = Slot()


@bp.get("/v/<village>/slips")
@access.allow(*KEYING_IN)
def slips(village: str) -> tuple[str, int]:
    """The field for a slip that came back, new slips to print, and what was printed."""
    return _slips(NumberForm(formdata=None), _print_form())


def _slips(number: NumberForm, printing: PrintForm) -> tuple[str, int]:
    html = render_template(
        "points/services/slips.html", number=number, printing=printing, batches=verbs.batches(g.area)
    )
    return html, max(number.status, printing.status)


def _print_form(**given: None) -> PrintForm:
    """For anyone, or for who serves today."""
    form = PrintForm(**given)
    today = clock.today()
    serving = {seat.person_id: seat for seat in holders.seats(g.area, today, today)}
    form.worker.choices = [
        (ANYONE, gettext("anyone (the name is written by hand)")),
        *((ident, f"{seat.grid} · {seat.name}") for ident, seat in serving.items()),
    ]
    return form


@bp.post("/v/<village>/slips/find")
@access.allow(*KEYING_IN)
def find_slip(village: str) -> Response | tuple[str, int]:
    """Go to the slip that was scanned or typed."""
    form = NumberForm()
    if form.validate_on_submit():
        try:
            found = verbs.find(form.number.data, g.area)
            return redirect(url_for("services.slip", village=village, slip=found.number))
        except Refused as refusal:
            form.refuse(refusal)
    return _slips(form, _print_form(formdata=None))


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
    return _slips(NumberForm(formdata=None), form)


@bp.get("/v/<village>/slips/<slip>")
@access.allow(*KEYING_IN)
def slip(village: str, slip: str) -> tuple[str, int]:
    """One slip: whose it is, whether it was keyed in, and what to do with it."""
    return _slip(_numbered(slip), ConfirmForm(formdata=None))


def _slip(slip: Slip, form: Form) -> tuple[str, int]:
    service, sight = _made_of(slip), Sight()
    home = sight.household(service) if service else None
    html = render_template(
        "points/services/slip.html",
        slip=slip,
        service=service,
        head=home.head if home else "",
        form=form,
        number=NumberForm(formdata=None),
        labels=labels,
        further=pages.further(ABOUT_SLIP, slip),
        may_record=bool(g.roles & RECORDERS),
        may_decide=service is not None
        and service.state == ServiceState.RECORDED
        and bool(g.roles & set(DECIDERS)),
    )
    return html, form.status


def _made_of(slip: Slip) -> Service | None:
    """The service that was made of a slip, by itself or by way of a visit."""
    return recording.counted(slip.evidence) if slip.evidence else slip.service


def _numbered(number: str) -> Slip:
    try:
        return verbs.find(number, g.area)
    except Refused:
        abort(404)


@bp.post("/v/<village>/slips/<slip>/confirm")
@access.allow(*DECIDERS)
def confirm_slip(village: str, slip: str) -> Response | tuple[str, int]:
    """Confirm what was keyed in on the word of who signed the slip."""
    form, found = ConfirmForm(), _numbered(slip)
    service = _made_of(found) or abort(404)
    if form.validate_on_submit():
        with attempt(form):
            deciding.confirm(service, current_user, form.voucher.data, form.name.data)
        if form.status == 200:
            flash(gettext("Confirmed: %(name)s, %(item)s.", name=service.worker.name, item=service.item.name))
            return redirect(url_for("services.slips", village=village))
    return _slip(_numbered(slip), form)


@bp.get("/v/<village>/slips/<slip>/sheet.pdf")
@access.allow(*KEYING_IN)
def slip_sheet(village: str, slip: str) -> Response:
    """The slips that were printed together with this one and did not come back yet, four to a sheet."""
    unused = verbs.unused_with(_numbered(slip)) or abort(404)
    rubric = versions.in_force(g.area, Quarter.of(clock.today()))
    items = [
        item.name
        for item in (rubric.items if rubric else ())
        if item.source == FedBy.CLAIM and item.points > 0
    ]
    faces = [
        SlipFace(
            village=g.area.name,
            number=each.number,
            worker=persons.kept(each.worker).name if each.worker else "",
            grid=_grid(each.worker) if each.worker else "",
            items=items,
        )
        for each in unused
    ]
    return web.pdf(slips_pdf(faces), f"slips-{unused[0].number}.pdf")


def _grid(worker: Person) -> str:
    served = holders.latest_served(persons.selves(persons.kept(worker)), clock.today())
    return served.grid.name if served else ""
