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
from duties.views import bp
from ground import clock, web
from ground.clock import Quarter
from ground.forms import Form, ReasonForm, attempt
from ground.paper.words import quarter as named
from people import access, areas, contacts
from people import labels as words
from people.models import Appointment, Role
from people.roster import holders, reach

Answer = Response | tuple[str, int]

MEDIATING = frozenset({*levels.HELD_BY, *reach.DUTIES})
OPENING = frozenset({Role.WORKER, Role.INSTRUCTOR, Role.CLERK})
QUARTERS = 4  # that the figures can be asked for


@bp.get("/v/<village>/disputes")
@access.allow(*Role)
def disputes(village: str) -> str:
    """The village's disputes that the reader may know of; figures of a quarter for those who watch."""
    quarter, choices = _quarter()
    only_figures = not g.roles & MEDIATING
    shown = _asked("state", ("open", "ended"))
    query = verbs.found(current_user, g.area)
    if shown:
        query = query.where(verbs.is_ended() if shown == "ended" else ~verbs.is_ended())
    figures = settling.figures([g.area], quarter.first_day, quarter.last_day)
    return render_template(
        "duties/disputes/disputes.html",
        page=None if only_figures else web.page_of(query),
        shown=shown,
        figures=figures if only_figures or g.roles & access.ONLOOKERS else None,
        quarter=str(quarter),
        quarters=choices,
        may_open=Role.CLERK in g.roles or bool(reach.grids_served(current_user, g.area)),
        ladder=ladder,
        labels=labels,
    )


@bp.get("/a/<area>/disputes")
@access.allow(*access.ABOVE)
def area_disputes(area: str) -> str:
    """The disputes that came or were reported to the township or county, and each village's figures."""
    quarter, choices = _quarter()
    villages, days = areas.below(g.area), (quarter.first_day, quarter.last_day)
    return render_template(
        "duties/disputes/area_disputes.html",
        page=web.page_of(verbs.found(current_user, g.area)),
        villages=villages,
        each=settling.of_each(villages, *days),
        total=settling.figures(villages, *days),
        quarter=str(quarter),
        quarters=choices,
        ladder=ladder,
        labels=labels,
    )


def _quarter() -> tuple[Quarter, list[tuple[str, str]]]:
    """The quarter of `?quarter=`, or this one; and those there are to choose from."""
    offered = [Quarter.of(clock.today())]
    while len(offered) < QUARTERS:
        offered.append(offered[-1].previous)
    choices = {str(quarter): quarter for quarter in offered}
    wanted = request.args.get("quarter", str(offered[0]))
    if wanted not in choices:
        abort(404)
    return choices[wanted], [(text, named(quarter)) for text, quarter in choices.items()]


def _asked(name: str, choices: Sequence[str]) -> str:
    """What the address asks for; none of the choices is not there (404)."""
    wanted = request.args.get(name, "")
    if wanted not in ("", *choices):
        abort(404)
    return wanted


@bp.route("/v/<village>/disputes/new", methods=["GET", "POST"])
@access.allow(*OPENING)
def new_dispute(village: str) -> Answer:
    """Open a dispute: the worker in their own grid, the instructor in theirs, the clerk for anyone."""
    form = DisputeForm(opened_on=clock.today())
    terms = {term.id: term for term in _serving() if verbs.may_open(current_user, term.grid, term.person)}
    form.worker.choices = [(term.id, f"{term.grid.name} · {term.person.name}") for term in terms.values()]
    if form.validate_on_submit():
        term = terms[form.worker.data]
        with attempt(form):
            made = verbs.open_dispute(
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
            return redirect(url_for("duties.dispute", village=village, ident=made.id))
    return render_template("duties/disputes/new_dispute.html", form=form), form.status


def _serving() -> Sequence[Appointment]:
    today = clock.today()
    return holders.serving(g.area, today, today)


@bp.get("/v/<village>/disputes/<int:ident>")
@access.allow(*Role)
def dispute(village: str, ident: int) -> tuple[str, int]:
    """A dispute with its ladder, its attempts, and what can be done next."""
    return _page(_known(ident))


def _known(ident: int) -> Dispute:
    """The village's dispute with this id, if the reader may know of it; otherwise 404."""
    return verbs.seen(current_user, g.area, ident) or abort(404)


def _page(
    dispute: Dispute,
    trying: AttemptForm | None = None,
    undoing: ReasonForm | None = None,
    reporting: ReportForm | None = None,
) -> tuple[str, int]:
    """The dispute's page with its forms; one that was refused keeps what was typed."""
    rung = ladder.rung_of(dispute.attempts)
    going_on = ladder.ending(dispute.attempts) is None
    trying = trying or AttemptForm(formdata=None, rung=rung, on=clock.today())
    trying.rung.data = rung
    trying.contacts.choices = _contacts()
    reporting = reporting or ReportForm(formdata=None)
    reporting.to.choices = [(to, labels.RUNGS[to]) for to in verbs.reportable(dispute, current_user)]
    forms: list[Form] = [trying, undoing or ReasonForm(formdata=None), reporting]
    page = render_template(
        "duties/disputes/dispute.html",
        dispute=dispute,
        rung=rung,
        ending=ladder.ending(dispute.attempts),
        failed=len([each for each in ladder.standing(dispute.attempts) if each.rung == rung]),
        may_act=going_on and rung in levels.rungs_held(current_user, dispute),
        undoable=verbs.undoable(dispute, current_user),
        trying=trying,
        undoing=forms[1],
        reporting=reporting,
        ladder=ladder,
        labels=labels,
        words=words,
    )
    return page, max(form.status for form in forms)


def _contacts() -> list[SelectChoice]:
    return [
        SelectChoice(contact.id, f"{words.CONTACT_KINDS[contact.kind]} {contact.name}")
        for contact in contacts.of_village(g.area)
    ]


@bp.post("/v/<village>/disputes/<int:ident>/attempts")
@access.allow(*MEDIATING)
def attempt_dispute(village: str, ident: int) -> Answer:
    """Write down an attempt to mediate."""
    dispute, form = _known(ident), AttemptForm()
    form.contacts.choices = _contacts()
    if form.validate_on_submit() and form.rung.data in set(Rung):
        chosen = [each for each in contacts.of_village(g.area) if each.id in set(form.contacts.data)]
        with attempt(form):
            verbs.attempt(
                form.key.data,
                dispute,
                Rung(form.rung.data),
                form.on.data,
                form.mediators.data,
                form.result.data,
                form.note.data,
                chosen,
                current_user,
            )
        if form.status == 200:
            flash(gettext("Written down."))
            return _back(ident)
    return _page(_known(ident), trying=form)


@bp.post("/v/<village>/disputes/<int:ident>/undo")
@access.allow(*MEDIATING)
def undo_attempt(village: str, ident: int) -> Answer:
    """Take back the last attempt, `attempt=` by its id, with a reason."""
    dispute, form = _known(ident), ReasonForm()
    made = _attempt_of(dispute, request.form.get("attempt", type=int)) or abort(404)
    if form.validate_on_submit():
        with attempt(form):
            verbs.undo(made, form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Taken back. Both lines stay."))
            return _back(ident)
    return _page(_known(ident), undoing=form)


def _attempt_of(dispute: Dispute, ident: int | None) -> Attempt | None:
    return next((each for each in dispute.attempts if each.id == ident), None)


@bp.post("/v/<village>/disputes/<int:ident>/report")
@access.allow(*MEDIATING)
def report_dispute(village: str, ident: int) -> Answer:
    """Report a severe dispute upward at once."""
    dispute, form = _known(ident), ReportForm()
    form.to.choices = [(to, labels.RUNGS[to]) for to in verbs.UPWARD]
    if form.validate_on_submit():
        with attempt(form):
            verbs.report(dispute, form.to.data, form.measures.data, current_user)
        if form.status == 200:
            flash(gettext("Reported. It stays on its level, and they know of it now."))
            return _back(ident)
    return _page(_known(ident), reporting=form)


def _back(ident: int) -> Response:
    return redirect(url_for("duties.dispute", village=g.area.code, ident=ident))
