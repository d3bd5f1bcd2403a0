"""Disputes on pages: only what the reader may know of; for others in the village, the figures."""

from collections.abc import Sequence

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from duties import labels
from duties.disputes import disputes as verbs
from duties.disputes import ladder, levels, settling
from duties.forms.disputes import AttemptForm, DisputeForm, ReportForm
from duties.models import Attempt, Dispute, Rung
from duties.views import bp, lists
from ground import clock, web
from ground.clock import Quarter
from ground.db import fetch
from ground.forms import Form, ReasonForm, attempt
from ground.paper.words import quarter as named
from people import access, areas, contacts
from people import labels as words
from people.models import IN_A_COUNTY, Appointment, Contact, Role
from people.roster import holders, reach
from people.views.listing import excel, render

Answer = Response | tuple[str, int]

MEDIATING = frozenset({*levels.RUNG_OF_ROLE, *reach.DUTY_OF_ROLE})
OPENING = frozenset({Role.WORKER, Role.INSTRUCTOR, Role.CLERK})
QUARTERS_OFFERED = 4  # that the figures can be asked for


@bp.get("/v/<village>/disputes")
@access.allow(*IN_A_COUNTY)
@excel(lists.DISPUTES, lists.DISPUTE_FIGURES)
def disputes(village: str) -> str:
    """The village's disputes that the reader may know of; figures of a quarter for those who watch."""
    quarter, choices = _quarter()
    only_figures = not g.roles & MEDIATING
    state = _request_choice("state", ("open", "ended"))
    query = verbs.search_disputes(current_user, g.area)
    if state:
        query = query.where(verbs.is_ended() if state == "ended" else ~verbs.is_ended())
    figures = settling.figures([g.area], quarter.first_day, quarter.last_day)
    return render(
        "duties/disputes/disputes.html",
        page=None if only_figures else web.page_of(query),
        shown_state=state,
        figures=figures if only_figures or g.roles & access.ONLOOKERS else None,
        quarter=str(quarter),
        quarters=choices,
        may_open=Role.CLERK in g.roles or bool(reach.served_grid_ids(current_user, g.area)),
        ladder=ladder,
        labels=labels,
    )


@bp.get("/a/<area>/disputes")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.DISPUTES, lists.DISPUTE_FIGURES)
def area_disputes(area: str) -> str:
    """The disputes that came or were reported to the township or county, and each village's figures."""
    quarter, choices = _quarter()
    villages, days = areas.villages_in(g.area), (quarter.first_day, quarter.last_day)
    return render(
        "duties/disputes/area_disputes.html",
        page=web.page_of(verbs.search_disputes(current_user, g.area)),
        villages=villages,
        figures_by_village=settling.figures_by_village(villages, *days),
        total_figures=settling.figures(villages, *days),
        quarter=str(quarter),
        quarters=choices,
        ladder=ladder,
        labels=labels,
    )


def _quarter() -> tuple[Quarter, list[tuple[str, str]]]:
    """The quarter of `?quarter=`, or the current one, and those to choose from."""
    offered = [Quarter.of(clock.today())]
    while len(offered) < QUARTERS_OFFERED:
        offered.append(offered[-1].previous)
    choices = {str(quarter): quarter for quarter in offered}
    quarter_name = request.args.get("quarter", str(offered[0]))
    if quarter_name not in choices:
        abort(404)
    return choices[quarter_name], [(text, named(quarter)) for text, quarter in choices.items()]


def _request_choice(name: str, choices: Sequence[str]) -> str:
    """A value of the address: empty or one of the choices; for anything else 404."""
    value = request.args.get(name, "")
    if value not in ("", *choices):
        abort(404)
    return value


@bp.route("/v/<village>/disputes/new", methods=["GET", "POST"])
@access.allow(*OPENING)
def new_dispute(village: str) -> Answer:
    """Open a dispute: the worker in their own grid, the instructor in theirs, the clerk for anyone."""
    form = DisputeForm(opened_on=clock.today())
    if form.is_submitted():
        with attempt(form):
            terms = _offer_workers(form)
            if form.validate():
                term = terms[form.worker.data]
                dispute = verbs.open_dispute(
                    form.key.data,
                    term.grid,
                    term.person,
                    form.opened_on.data,
                    form.kind.data,
                    form.parties.data,
                    form.matter.data,
                    current_user,
                )
        if form.status == 200:
            flash(gettext("Opened. Now try to mediate, and write each attempt down."))
            return redirect(url_for("duties.dispute", village=village, ident=dispute.id))
    _offer_workers(form)
    return render_template("duties/disputes/new_dispute.html", form=form), form.status


def _offer_workers(form: DisputeForm) -> dict[int, Appointment]:
    """Let the form offer the workers for whom the reader may open a dispute; return their terms by id."""
    today = clock.today()
    serving = holders.serving_terms(g.area, today, today)
    may_open = verbs.may_open_in(current_user, g.area)
    terms = {term.id: term for term in serving if may_open(term.grid, term.person)}
    form.worker.choices = [(term.id, f"{term.grid.name} · {term.person.name}") for term in terms.values()]
    return terms


@bp.get("/v/<village>/disputes/<int:ident>")
@access.allow(*IN_A_COUNTY)
@excel(lists.ATTEMPTS)
def dispute(village: str, ident: int) -> tuple[str, int]:
    """A dispute with its ladder, its attempts, and what can be done next."""
    return _page(_dispute_or_404(ident))


def _dispute_or_404(ident: int, to_write: bool = False) -> Dispute:
    """The village's dispute with this id, to look at or locked, if the reader may know of it; or 404."""
    if to_write and fetch(Dispute, ident, lock=True, village_id=g.area.id) is None:
        abort(404)
    return verbs.find_dispute(current_user, g.area, ident) or abort(404)


def _page(
    dispute: Dispute,
    attempt_form: AttemptForm | None = None,
    undo_form: ReasonForm | None = None,
    report_form: ReportForm | None = None,
) -> tuple[str, int]:
    """The dispute's page with its forms; one that was refused keeps what was typed."""
    rung = ladder.current_rung(dispute.attempts)
    going_on = ladder.ending(dispute.attempts) is None
    attempt_form = attempt_form or AttemptForm(formdata=None, rung=rung, on=clock.today())
    attempt_form.rung.data = rung
    _offer_contacts(attempt_form)
    report_form = report_form or ReportForm(formdata=None)
    report_form.to.choices = [(to, labels.RUNGS[to]) for to in verbs.reportable_rungs(dispute, current_user)]
    forms: list[Form] = [attempt_form, undo_form or ReasonForm(formdata=None), report_form]
    page = render(
        "duties/disputes/dispute.html",
        dispute=dispute,
        rung=rung,
        ending=ladder.ending(dispute.attempts),
        failed_count=len(
            [
                valid_attempt
                for valid_attempt in ladder.valid_attempts(dispute.attempts)
                if valid_attempt.rung == rung
            ]
        ),
        may_act=going_on and rung in levels.rungs_held(current_user, dispute),
        undoable_attempt=verbs.undoable_attempt(dispute, current_user),
        attempt_form=attempt_form,
        undo_form=forms[1],
        report_form=report_form,
        ladder=ladder,
        labels=labels,
        words=words,
    )
    return page, max(form.status for form in forms)


def _offer_contacts(form: AttemptForm) -> Sequence[Contact]:
    """Let the form offer the village's contacts, and return them."""
    offered = contacts.of_village(g.area)
    form.contacts.choices = [
        SelectChoice(contact.id, f"{words.CONTACT_KINDS[contact.kind]} {contact.name}") for contact in offered
    ]
    return offered


@bp.post("/v/<village>/disputes/<int:ident>/attempts")
@access.allow(*MEDIATING)
def attempt_dispute(village: str, ident: int) -> Answer:
    """Write down an attempt to mediate."""
    form = AttemptForm()
    with attempt(form):
        dispute, offered = _dispute_or_404(ident, to_write=True), _offer_contacts(form)
        complete = form.validate() and form.rung.data in set(Rung)
        if complete:
            verbs.record_attempt(
                form.key.data,
                dispute,
                Rung(form.rung.data),
                form.on.data,
                form.mediators.data,
                form.result.data,
                form.note.data,
                [contact for contact in offered if contact.id in set(form.contacts.data)],
                current_user,
            )
    if form.status == 200 and complete:
        flash(gettext("Written down."))
        return _back(ident)
    return _page(_dispute_or_404(ident), attempt_form=form)


@bp.post("/v/<village>/disputes/<int:ident>/undo")
@access.allow(*MEDIATING)
def undo_attempt(village: str, ident: int) -> Answer:
    """Take back the last attempt, `attempt=` by its id, with a reason."""
    form = ReasonForm()
    with attempt(form):
        dispute = _dispute_or_404(ident, to_write=True)
        last_attempt = _attempt_of(dispute, request.form.get("attempt", type=int)) or abort(404)
        if form.validate():
            verbs.undo_attempt(last_attempt, form.reason.data, current_user)
    if form.status == 200:
        flash(gettext("Taken back. Both lines stay."))
        return _back(ident)
    return _page(_dispute_or_404(ident), undo_form=form)


def _attempt_of(dispute: Dispute, ident: int | None) -> Attempt | None:
    return next((candidate for candidate in dispute.attempts if candidate.id == ident), None)


@bp.post("/v/<village>/disputes/<int:ident>/report")
@access.allow(*MEDIATING)
def report_dispute(village: str, ident: int) -> Answer:
    """Report a severe dispute upward at once."""
    form = ReportForm()
    form.to.choices = [(to, labels.RUNGS[to]) for to in verbs.REPORTABLE_RUNGS]
    if form.validate_on_submit():
        with attempt(form):
            dispute = _dispute_or_404(ident, to_write=True)
            verbs.report_dispute(dispute, form.to.data, form.measures.data, current_user)
        if form.status == 200:
            flash(gettext("Reported. It stays on its level, and they know of it now."))
            return _back(ident)
    return _page(_dispute_or_404(ident), report_form=form)


def _back(ident: int) -> Response:
    return redirect(url_for("duties.dispute", village=g.area.code, ident=ident))
