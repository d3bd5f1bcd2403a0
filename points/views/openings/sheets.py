"""Sheets of opening balances on pages: all of a village's, and one with the next thing to do."""

from collections.abc import Callable

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import lock
from ground.forms import ButtonForm, Form, ReasonForm, attempt
from people import access
from people.models import Role, User
from people.views.listing import excel, render
from points import labels
from points.assessment import meeting_rules
from points.models import OpeningSheet
from points.openings import booking, objections, posting, wording
from points.openings import sheets as verbs
from points.views.openings import bp, lists
from points.wall.booking import WaitReason

# Who writes objections down.
RECEIVING = access.COMMITTEE | {Role.SUPERVISOR}


@bp.get("/v/<village>/openings")
@access.allow(*access.ONLOOKERS)
@excel(lists.SHEETS)
def openings(village: str) -> str:
    """The village's sheets of opening balances, the latest first, and the way to bring one."""
    return render(
        "points/openings/openings.html",
        states=verbs.states_of(verbs.sheets_of(g.area)),
        wording=wording,
    )


def sheet_or_404(sheet: int, to_write: bool = False) -> OpeningSheet:
    """The village's sheet of this number, to look at or locked to write; or 404."""
    found = verbs.find(g.area, sheet) or abort(404)
    if to_write:
        lock(found)
    return found


@bp.get("/v/<village>/openings/<int:sheet>")
@access.allow(*access.ONLOOKERS)
@excel(lists.LINES, lists.NOTICES, lists.OBJECTIONS, subject_key="sheet")
def sheet(village: str, sheet: int) -> tuple[str, int]:
    """A sheet, its lines and where each stands, its notices and objections, and what happens next."""
    return _sheet_page(sheet)


def _sheet_page(sheet: int, form: Form | None = None) -> tuple[str, int]:
    """The sheet; a form that was refused is shown again as it was sent."""
    state = verbs.state_of(sheet_or_404(sheet))
    page = render(
        "points/openings/sheet.html",
        state=state,
        sheet=state.sheet,
        to_post=state.count(WaitReason.TO_POST),
        contested=state.count(WaitReason.OBJECTION),
        runs_until=max(
            (
                each.posted.notice.ends_on
                for each in state.lines
                if each.posted and each.wait_reason == WaitReason.NOTICE_RUNS
            ),
            default=None,
        ),
        objections=objections.objections_of(state.sheet),
        channels=labels.OBJECTION_CHANNELS,
        wording=wording,
        withdrawal=form if isinstance(form, ReasonForm) else ReasonForm(formdata=None),
        refusal=form.refusal if form else None,
        notice_days=meeting_rules.rules_of(g.area).notice_days,
        receiving=bool(g.roles & RECEIVING),
        today=clock.today(),
    )
    return page, form.status if form else 200


@bp.post("/v/<village>/openings/<int:sheet>/post")
@access.allow(Role.CLERK)
def post_notice(village: str, sheet: int) -> Response | tuple[str, int]:
    """Post the sheet, or the lines that objections changed."""
    message = gettext("The notice is posted. Print the sheet and hang it up today.")
    return _press_button(sheet, posting.post_notice, message)


@bp.post("/v/<village>/openings/<int:sheet>/book")
@access.allow(Role.CHAIR)
def book(village: str, sheet: int) -> Response | tuple[str, int]:
    """Book the lines that nothing stands in the way of."""
    return _press_button(sheet, booking.book, gettext("Booked. The points can be spent at the shop."))


def _press_button(
    sheet: int, verb: Callable[[OpeningSheet, User], object], message: str
) -> Response | tuple[str, int]:
    """Do the verb behind a button of the sheet and say so, or show the sheet with the refusal."""
    form = ButtonForm()
    with attempt(form):
        verb(sheet_or_404(sheet, to_write=True), current_user)
    if form.status != 200:
        return _sheet_page(sheet, form)
    flash(message)
    return redirect(url_for("openings.sheet", village=g.area.code, sheet=sheet))


@bp.post("/v/<village>/openings/<int:sheet>/withdraw")
@access.allow(Role.CLERK)
def withdraw(village: str, sheet: int) -> Response | tuple[str, int]:
    """Take the whole sheet back, with the reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.withdraw(sheet_or_404(sheet, to_write=True), form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Taken back. Its workers can stand on another sheet."))
            return redirect(url_for("openings.sheet", village=village, sheet=sheet))
    return _sheet_page(sheet, form)
