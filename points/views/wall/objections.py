"""Objections on pages: brought online by anyone, brought at the counter, and answered."""

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
from people.models import Area, Role
from people.sight import outside
from people.signin import guard
from points import labels
from points.assessment import assessments, sheet, usual
from points.forms.objections import ACCEPTED, AnswerForm, CounterObjectionForm, ObjectionForm, TokenForm
from points.models import Assessment, NoticeLine, Objection, ObjectionChannel
from points.views.assessment.quarters import quarter_or_404
from points.views.wall import bp
from points.views.wall.notices import public_village
from points.wall import booking, objections
from points.wall import wall_state as wall
from points.wall.replysheet import ObjectionPaper, Reply, objection_pdf

# Who writes objections down, and sees who brought them.
RECEIVING = access.COMMITTEE | {Role.SUPERVISOR}


def _offer_lines(form: ObjectionForm, assessment: Assessment) -> dict[int, NoticeLine]:
    """Let a form choose among the lines that are still open, and return them by number.

    Who comes from a line finds it chosen (`?line=`).
    """
    lines = {line.number: line for line in wall.open_lines(assessment)}
    choices = [(number, f"{number}. {line.name} · {line.grid}") for number, line in lines.items()]
    form.line.choices = [(0, gettext("Choose a line")), *choices] if choices else []
    if not form.is_submitted():
        number = web.number_asked("line")
        form.line.data = number if number in lines else None
    return lines


# For anyone.


@bp.route("/n/<village>/<quarter>/object", methods=["GET", "POST"])
@access.public
def object_online(village: str, quarter: str) -> Response:
    """Object to a line of the notice, without sign-in and without giving a name."""
    area, form, ticket = public_village(village), ObjectionForm(), ""
    if form.is_submitted():
        with attempt(form):  # also the choice among the lines is one of now
            assessment = _posted_or_404(quarter, area, to_write=True)
            lines = _offer_lines(form, assessment)
            if form.validate():
                ticket = objections.bring(
                    form.key.data,
                    assessment,
                    lines[form.line.data].worker,
                    ObjectionChannel.ONLINE,
                    form.text.data,
                    None,
                    form.name.data,
                    form.contact.data,
                    origin=guard.network(request.remote_addr),
                ).token
        if form.status == 200:
            return redirect(url_for("wall.followed", ticket=ticket))
    assessment = _posted_or_404(quarter, area)
    _offer_lines(form, assessment)
    page = render_template(
        "points/wall/object_online.html",
        village=area,
        assessment=assessment,
        form=form,
        answer_workdays=objections.ANSWER_WITHIN_WORKDAYS,
        most_characters=objections.MOST_CHARACTERS,
    )
    return web.unlisted_page(page, form.status)


def _posted_or_404(quarter: str, village: Area, to_write: bool = False) -> Assessment:
    """The village's assessment of the quarter in the address, if its sheet was ever posted; otherwise 404."""
    assessment = quarter_or_404(quarter, village, to_write)
    return assessment if assessments.whole_notice(assessment) is not None else abort(404)


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
        line=_contested_line(objection),
        address=_status_url(objection),
        today=clock.today(),
        **_line_progress(objection),
    )
    return web.unlisted_page(page)


@bp.get("/o/")
@access.public
def follow() -> Response | tuple[str, int]:
    """Type the number one was given for an objection, and go to where it stands."""
    form = TokenForm(request.args, meta={"csrf": False})
    if "token" in request.args and form.validate():
        objection = objections.by_token("".join(sign for sign in form.token.data if sign.isalnum()))
        if objection:
            return redirect(url_for("wall.followed", ticket=objection.token))
        words = gettext("There is no objection under this number. Compare it with the paper, sign by sign.")
        form.refuse(Refused("not_found", words, "token"))
    return render_template("points/wall/follow.html", form=form), form.status


# At the counter.


@bp.route("/v/<village>/quarters/<quarter>/objections/new", methods=["GET", "POST"])
@access.allow(*RECEIVING)
def new_objection(village: str, quarter: str) -> Response | tuple[str, int]:
    """Write down an objection that was brought by word or on paper."""
    form, number = CounterObjectionForm(received_on=clock.today()), 0
    if form.is_submitted():
        with attempt(form):  # also the choice among the lines is one of now
            assessment = quarter_or_404(quarter, g.area, to_write=True)
            lines = _offer_lines(form, assessment)
            if form.validate():
                number = objections.bring(
                    form.key.data,
                    assessment,
                    lines[form.line.data].worker,
                    form.channel.data,
                    form.text.data,
                    current_user,
                    form.name.data,
                    form.contact.data,
                    form.received_on.data,
                ).number
        if form.status == 200:
            flash(gettext("Written down. Print the receipt and hand it over."))
            return _redirect_to_objection(quarter, number)
    assessment = quarter_or_404(quarter, g.area)
    _offer_lines(form, assessment)
    page = render_template("points/wall/new_objection.html", assessment=assessment, form=form)
    return page, form.status


@bp.get("/v/<village>/quarters/<quarter>/objections/<int:objection>")
@access.allow(*access.ONLOOKERS)
def objection(village: str, quarter: str, objection: int) -> tuple[str, int]:
    """An objection with everything about it, and its answer; above the village not who brought it."""
    return _objection_page(_objection_or_404(quarter, objection), AnswerForm(formdata=None))


@bp.post("/v/<village>/quarters/<quarter>/objections/<int:objection>")
@access.allow(*access.COMMITTEE)
def answer_objection(village: str, quarter: str, objection: int) -> Response | tuple[str, int]:
    """Answer an objection: right or rejected, with the reason and who decided."""
    form = AnswerForm()
    if form.validate_on_submit():
        with attempt(form):
            stored_objection = _objection_or_404(quarter, objection, to_write=True)
            is_accepted = form.outcome.data == ACCEPTED
            objections.answer(
                stored_objection,
                is_accepted,
                form.change.tenths,
                form.reason.data,
                form.decided_by.data,
                current_user,
            )
            if is_accepted and not form.meant.is_confirmed_for(
                form.change.tenths
            ):  # asked last, as for an adjustment
                usual.check_usual(stored_objection.assessment, stored_objection.worker, form.change.tenths)
        if form.status == 200:
            flash(gettext("Answered. Print the reply, put the seal on it and hand it over."))
            return _redirect_to_objection(quarter, objection)
    return _objection_page(_objection_or_404(quarter, objection), form)


@bp.get("/v/<village>/quarters/<quarter>/objections/<int:objection>/paper.pdf")
@access.allow(*RECEIVING)
def objection_paper(village: str, quarter: str, objection: int) -> Response:
    """The reply to hand over, or before there is one the receipt."""
    stored_objection = _objection_or_404(quarter, objection)
    with force_locale("zh"):
        paper = paper_of(stored_objection)
    return web.pdf(objection_pdf(paper), f"{village}-{stored_objection.code}.pdf")


def _objection_or_404(quarter: str, number: int, to_write: bool = False) -> Objection:
    """The objection of this number to a quarter of the village, or 404; to write with the quarter locked."""
    assessment = quarter_or_404(quarter, g.area, to_write)
    return next(
        (objection for objection in objections.objections_of(assessment) if objection.number == number), None
    ) or abort(404)


def _redirect_to_objection(quarter: str, number: int) -> Response:
    return redirect(url_for("wall.objection", village=g.area.code, quarter=quarter, objection=number))


def _objection_page(objection: Objection, form: AnswerForm) -> tuple[str, int]:
    is_receiving = bool(g.roles & RECEIVING)
    line = _contested_line(objection)
    may_answer = bool(g.roles & access.COMMITTEE) and objection.answer is None
    row = sheet.find_row(objection.assessment, objection.worker) if may_answer else None
    page = render_template(
        "points/wall/objection.html",
        assessment=objection.assessment,
        objection=objection,
        line=line,
        total=row.total if row else line.total,
        form=form,
        may_answer=may_answer,
        may_receive=is_receiving,
        channels=labels.OBJECTION_CHANNELS,
        today=clock.today(),
        **_line_progress(objection),
    )
    return page, form.status


def _contested_line(objection: Objection) -> NoticeLine:
    """The line that is objected to, as it hung last."""
    return assessments.latest_lines(objection.assessment)[objection.worker_id]


def _line_progress(objection: Objection) -> dict[str, Any]:
    """The booking of the line that is objected to.

    What is still to be booked of it, and whether it is in the ledger.
    """
    assessment, worker = objection.assessment, objection.worker
    waiting = {line.posted_line.worker_id: line for line in booking.bookable_lines(assessment)}
    is_booked = assessments.award_of(assessment, worker) is not None
    return {"waits": waiting.get(worker.id), "is_booked": is_booked}


def _status_url(objection: Objection) -> str:
    """The address that tells where an objection stands, as it is printed in a QR code."""
    return web.printed_url(url_for("wall.followed", ticket=objection.token))


def paper_of(objection: Objection) -> ObjectionPaper:
    """What the receipt of an objection says, or its reply."""
    assessment, line, answer = objection.assessment, _contested_line(objection), objection.answer
    village = assessment.village
    reply = None
    if answer is not None:
        day = local(answer.at).date()
        reply = Reply(
            answer.accepted, answer.change, outside().text(answer.reason, village), answer.decided_by, day
        )
    return ObjectionPaper(
        village=village.name,
        township=village.parent.name if village.parent else "",
        quarter=assessment.quarter,
        code=objection.code,
        line=f"{line.number}. {line.name} · {line.grid}",
        name=objection.name,
        channel=str(labels.OBJECTION_CHANNELS[objection.channel]),
        received_on=objection.received_on,
        due_on=objection.due_on,
        text=objection.text,
        token=objection.token,
        url=_status_url(objection),
        reply=reply,
    )
