"""Village supervision's samples: the draw, the records to look into, and what was found."""

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import fetch
from ground.forms import attempt
from ground.paper import words
from people import access
from people.models import Role
from people.views.listing import excel, render
from people.views.shown import shown_name
from points import labels
from points.forms.samples import DrawForm, FindingForm
from points.models import Sample, Service
from points.samples import samples as verbs
from points.samples.samplesheet import Checklist, ChecklistRow, checklist_pdf
from points.views.services import bp, lists
from points.views.services.evidence import ReaderAccess

QUARTERS_OFFERED = 4  # so far back a sample still finds somebody who remembers


@bp.route("/v/<village>/samples", methods=["GET", "POST"])
@access.allow(*access.ONLOOKERS, posting_roles=[Role.SUPERVISOR])
@excel(lists.SAMPLES)
def samples(village: str) -> Response | tuple[str, int]:
    """The samples of a village; supervision draws another."""
    form = DrawForm()
    form.quarter.choices = [(str(quarter), words.quarter(quarter)) for quarter in _quarters()]
    if form.validate_on_submit():
        with attempt(form):
            quarter = Quarter.parse(form.quarter.data)
            sample = verbs.draw(g.area, quarter, form.seed.data, form.size.data, current_user)
        if form.status == 200:
            return redirect(url_for("services.sample", village=village, ident=sample.id))
    html = render(
        "points/services/samples.html",
        form=form,
        samples=verbs.samples_of_village(g.area),
        may_draw=Role.SUPERVISOR in g.roles,
    )
    return html, form.status


def _quarters() -> list[Quarter]:
    """This quarter and those before it."""
    quarters = [Quarter.of(clock.today())]
    while len(quarters) < QUARTERS_OFFERED:
        quarters.append(quarters[-1].previous)
    return quarters


@bp.get("/v/<village>/samples/<int:ident>")
@access.allow(*access.ONLOOKERS)
@excel(lists.SAMPLE_LINES)
def sample(village: str, ident: int) -> tuple[str, int]:
    """A sample: how it was drawn, its records, and what was found of each."""
    return _sample_page(_sample_or_404(ident))


def _sample_or_404(ident: int, to_write: bool = False) -> Sample:
    return fetch(Sample, ident, lock=to_write, village_id=g.area.id) or abort(404)


def _record_or_404(number: int) -> Service:
    return fetch(Service, number, village_id=g.area.id) or abort(404)


def _sample_page(sample: Sample, refused: tuple[int, FindingForm] | None = None) -> tuple[str, int]:
    lines, reader = verbs.sample_lines(sample), ReaderAccess()
    html = render(
        "points/services/sample.html",
        sample=sample,
        lines=lines,
        witness_text=labels.witness_text,
        open_count=sum(line.finding is None for line in lines),
        number_ranges=_ranges(list(verbs.population(sample))),
        evidence=reader.evidence,
        household=reader.household,
        form=FindingForm(formdata=None),
        refused=refused,
        labels=labels,
        may_note=Role.SUPERVISOR in g.roles,
    )
    return html, refused[1].status if refused else 200


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, those that follow each other joined: 3–7, 9."""
    joined: list[list[int]] = []
    for number in numbers:
        if joined and number == joined[-1][1] + 1:
            joined[-1][1] = number
        else:
            joined.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in joined)


@bp.post("/v/<village>/samples/<int:ident>/records/<int:number>")
@access.allow(Role.SUPERVISOR)
def note_finding(village: str, ident: int, number: int) -> Response | tuple[str, int]:
    """Write down what was found of a record of a sample."""
    form = FindingForm()
    if form.validate_on_submit():
        with attempt(form):
            sample, service = _sample_or_404(ident, to_write=True), _record_or_404(number)
            verbs.note_finding(sample, service, form.result.data, form.note.data, current_user)
        if form.status == 200:
            flash(gettext("Written down."))
            return redirect(
                url_for("services.sample", village=village, ident=ident, _anchor=f"record-{number}")
            )
    _record_or_404(number)
    return _sample_page(_sample_or_404(ident), (number, form))


@bp.get("/v/<village>/samples/<int:ident>/checklist.pdf")
@access.allow(*access.ONLOOKERS)
def sample_checklist(village: str, ident: int) -> Response:
    """A sample to take along from house to house, on A4."""
    sample, reader = _sample_or_404(ident), ReaderAccess()
    rows = []
    for line in verbs.sample_lines(sample):
        service, home = line.service, reader.household(line.service)
        rows.append(
            ChecklistRow(
                number=service.id,
                day=service.done_on,
                worker=shown_name(service.worker),
                grid=service.grid.name,
                service=f"{service.item.name} × {service.count} {service.item.unit}",
                note=_note(service) if access.is_insider() else "",
                household=f"{home.number} {home.head}" if home else "",
                finding=str(labels.FINDINGS[line.finding.result]) if line.finding else "",
            )
        )
    checklist = Checklist(
        village=g.area.name,
        quarter=Quarter.parse(sample.quarter_name),
        seed=sample.seed,
        last_service_id=sample.last_service_id,
        outside=sample.outside or [],
        drawn_on=clock.local(sample.at).date(),
        drawn_by=sample.actor.name,
        rows=rows,
    )
    return web.pdf(checklist_pdf(checklist), f"sample-{sample.id}.pdf")


def _note(service: Service) -> str:
    """What was written of a record, and who vouched for it."""
    if service.witness is None:
        return service.note
    who = gettext("Vouched for by %(who)s", who=labels.witness_text(service.witness))
    return "\n".join(filter(None, (service.note, who)))
