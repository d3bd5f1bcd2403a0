"""Objections on pages: brought online by anyone, brought at the counter, and answered."""

import unicodedata
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import local
from ground.forms import attempt
from ground.refusal import Refused
from people import access
from people.models import Role
from people.signin import guard
from points import labels
from points.assessment import finding
from points.forms.objections import ACCEPTED, AnswerForm, CounterForm, ObjectionForm, TokenForm
from points.models import Assessment, How, NoticeLine, Objection
from points.views import WATCHING
from points.views.assessment.quarters import quarter_or_404
from points.views.wall import bp
from points.views.wall.notices import public_village
from points.wall import booking, objections, wording
from points.wall import standing as wall
from points.wall.replysheet import ObjectionPaper, Reply, objection_pdf

# Who writes objections down, and sees who brought them.
RECEIVING = frozenset(access.COMMITTEE | {Role.SUPERVISOR})


def _offer(form: ObjectionForm, assessment: Assessment) -> dict[int, NoticeLine]:
    """Let a form choose among the lines that are still open, and return them by number."""
    lines = {line.number: line for line in wall.open_lines(assessment)}
    shown = [(number, f"{number}. {line.name} · {line.grid}") for number, line in lines.items()]
    form.line.choices = [(0, gettext("Choose a line")), *shown] if shown else []
    return lines


# For anyone.


@bp.route("/n/<village>/<quarter>/object", methods=["GET", "POST"])
@access.public
def object_online(village: str, quarter: str) -> Response:
    """Object to a line of the notice, without sign-in and without giving a name."""
    area = public_village(village)
    assessment = quarter_or_404(quarter, area)
    if finding.whole_notice(assessment) is None:
        abort(404)
    form = ObjectionForm()
    lines = _offer(form, assessment)
    if form.validate_on_submit():
        with attempt(form):
            made = objections.bring(
                form.key.data,
                assessment,
                lines[form.line.data].worker,
                How.ONLINE,
                form.text.data,
                None,
                form.name.data,
                form.contact.data,
                origin=guard.network(request.remote_addr),
            )
        if form.status == 200:
            return redirect(url_for("wall.followed", ticket=made.token))
    page = render_template(
        "points/wall/object_online.html",
        village=area,
        assessment=assessment,
        form=form,
        within=objections.ANSWER_WITHIN,
        most=objections.MOST_TEXT,
    )
    return web.unlisted(page, form.status)


@bp.get("/O/<ticket>")
@bp.get("/o/<ticket>")
@access.public
def followed(ticket: str) -> Response:
    """Where an objection stands, for who was given its number; never who brought it."""
    objection = objections.by_token(ticket) or abort(404)
    page = render_template(
        "points/wall/followed.html",
        objection=objection,
        village=objection.assessment.village,
        line=_line(objection),
        masked=_masked(objection),
        address=_address(objection),
        today=clock.today(),
        **_standing(objection),
    )
    return web.unlisted(page)


@bp.get("/o/")
@access.public
def follow() -> Response | tuple[str, int]:
    """Type the number one was given for an objection, and go to where it stands."""
    form = TokenForm(request.args, meta={"csrf": False})
    if "token" in request.args and form.validate():
        typed = unicodedata.normalize("NFKC", form.token.data)
        found = objections.by_token("".join(sign for sign in typed if sign.isalnum()))
        if found:
            return redirect(url_for("wall.followed", ticket=found.token))
        words = gettext("There is no objection under this number. Compare it with the paper, sign by sign.")
        form.refuse(Refused("not_found", words, "token"))
    return render_template("points/wall/follow.html", form=form), form.status


# At the counter.


@bp.route("/v/<village>/quarters/<quarter>/objections/new", methods=["GET", "POST"])
@access.allow(*RECEIVING)
def new_objection(village: str, quarter: str) -> Response | tuple[str, int]:
    """Write down an objection that was brought by word or on paper."""
    assessment = quarter_or_404(quarter, g.area)
    form = CounterForm(received_on=clock.today())
    lines = _offer(form, assessment)
    if form.validate_on_submit():
        with attempt(form):
            made = objections.bring(
                form.key.data,
                assessment,
                lines[form.line.data].worker,
                form.how.data,
                form.text.data,
                current_user,
                form.name.data,
                form.contact.data,
                form.received_on.data,
            )
        if form.status == 200:
            flash(gettext("Written down. Print the receipt and hand it over."))
            return _to(made)
    page = render_template("points/wall/new_objection.html", assessment=assessment, form=form)
    return page, form.status


@bp.get("/v/<village>/quarters/<quarter>/objections/<int:objection>")
@access.allow(*WATCHING)
def objection(village: str, quarter: str, objection: int) -> tuple[str, int]:
    """An objection with everything about it, and its answer; above the village not who brought it."""
    return _page(_fetched(quarter, objection), AnswerForm(formdata=None))


@bp.post("/v/<village>/quarters/<quarter>/objections/<int:objection>")
@access.allow(*access.COMMITTEE)
def answer_objection(village: str, quarter: str, objection: int) -> Response | tuple[str, int]:
    """Answer an objection: right or rejected, with the reason and who decided."""
    found, form = _fetched(quarter, objection), AnswerForm()
    if form.validate_on_submit():
        with attempt(form):
            objections.answer(
                found,
                form.outcome.data == ACCEPTED,
                form.change.tenths,
                form.reason.data,
                form.decided_by.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("Answered. Print the reply, put the seal on it and hand it over."))
            return _to(found)
    return _page(found, form)


@bp.get("/v/<village>/quarters/<quarter>/objections/<int:objection>/paper.pdf")
@access.allow(*RECEIVING)
def objection_paper(village: str, quarter: str, objection: int) -> Response:
    """The reply to hand over, or before there is one the receipt."""
    found = _fetched(quarter, objection)
    with force_locale("zh"):
        paper = _paper(found)
    return web.pdf(objection_pdf(paper), f"{village}-{found.code}.pdf")


def _fetched(quarter: str, number: int) -> Objection:
    """The objection of this number to a quarter of the village, or 404."""
    assessment = quarter_or_404(quarter, g.area)
    return next((each for each in objections.of(assessment) if each.number == number), None) or abort(404)


def _to(objection: Objection) -> Response:
    return redirect(
        url_for(
            "wall.objection",
            village=g.area.code,
            quarter=objection.assessment.quarter_name,
            objection=objection.number,
        )
    )


def _page(objection: Objection, form: AnswerForm) -> tuple[str, int]:
    is_receiving = bool(g.roles & RECEIVING)
    masked = _masked(objection)
    page = render_template(
        "points/wall/objection.html",
        assessment=objection.assessment,
        objection=objection,
        line=_line(objection),
        form=form,
        may_answer=bool(g.roles & access.COMMITTEE) and objection.answer is None,
        is_receiving=is_receiving,
        told=(lambda text: text) if access.inside() else masked,
        hows=labels.HOWS,
        address=_address(objection),
        today=clock.today(),
        **_standing(objection),
    )
    return page, form.status


def _line(objection: Objection) -> NoticeLine:
    """The line that is objected to, as it hung last."""
    return finding.lines(objection.assessment)[objection.worker_id]


def _standing(objection: Objection) -> dict[str, Any]:
    """Where its line stands by now: what is still to be booked of it, and whether it is in the ledger."""
    assessment, worker = objection.assessment, objection.worker
    waiting = {line.posted.worker_id: line for line in booking.to_book(assessment)}
    is_booked = finding.award_of(assessment, worker) is not None
    return {"waits": waiting.get(worker.id), "is_booked": is_booked}


def _masked(objection: Objection) -> wording.Masked:
    """Masks the names of those on the sheet in what was said and answered."""
    lines = finding.lines(objection.assessment).values()
    return wording.masking(objection.assessment, (line.worker for line in lines))


def _address(objection: Objection) -> str:
    """Where it stands, as it is printed in a QR code."""
    return web.printed(url_for("wall.followed", ticket=objection.token))


def _paper(objection: Objection) -> ObjectionPaper:
    """What the receipt or the reply says."""
    assessment, line, given = objection.assessment, _line(objection), objection.answer
    village, masked = assessment.village, _masked(objection)
    reply = None
    if given is not None:
        day = local(given.at).date()
        reply = Reply(given.accepted, given.change, masked(given.reason), given.decided_by, day)
    return ObjectionPaper(
        village=village.name,
        township=village.parent.name if village.parent else "",
        quarter=assessment.quarter,
        code=objection.code,
        line=f"{line.number}. {line.name} · {line.grid}",
        name=objection.name,
        how=str(labels.HOWS[objection.how]),
        received_on=objection.received_on,
        due_on=objection.due_on,
        text=objection.text,
        token=objection.token,
        url=_address(objection),
        reply=reply,
    )
