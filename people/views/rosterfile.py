"""The roster as a file: tried out, taken in with progress, and taken out."""

import json
from collections.abc import Generator
from datetime import date
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access, clock, pages
from people.db import db, fetch, transaction
from people.forms import ButtonForm, attempt
from people.forms.rosterfile import FileForm, TakeInForm
from people.models import ImportFile, User, mask_name, mask_phone
from people.paper import words
from people.refused import Refused
from people.rosterfile import columns, export, intake
from people.rosterfile.plan import Line
from people.views import IMPORTING, bp

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

# How many changes the dry run shows in full, and how many bad cells; the rest is in the files.
SHOWN = 200


@bp.route("/a/<area>/import", methods=["GET", "POST"])
@access.allow(*IMPORTING)
def import_roster(area: str) -> Response | tuple[str, int]:
    """Choose a roster file; nothing is done with it yet."""
    form = FileForm()
    if form.validate_on_submit():
        given = form.file.data
        with attempt(form):
            file = intake.keep(g.area, given.filename or "", given.read(), current_user)
        if form.status == 200:
            return redirect(url_for("people.import_file", area=area, ident=file.id))
    return render_template("people/import.html", form=form), form.status


@bp.route("/a/<area>/import/<int:ident>", methods=["GET", "POST"])
@access.allow(*IMPORTING)
def import_file(area: str, ident: int) -> Response | tuple[str, int]:
    """What the file would do, and the button that does it."""
    file = _file(ident)
    form = TakeInForm()
    if form.validate_on_submit():
        lines = _taking_in(file.id, form.fingerprint.data, current_user.id, request.path)
        if request.accept_mimetypes.best == pages.LINES:
            return pages.streamed(lines)
        last = json.loads(list(lines)[-1])
        if "go" in last:
            return redirect(last["go"])
        form.refusal = last["refused"]
    plan = None
    if not file.applied_at:
        try:
            plan = intake.plan_of(file)
        except Refused as refusal:
            form.refusal = form.refusal or refusal.message
    page = render_template(
        "people/import_file.html", file=file, plan=plan, form=form, shown=SHOWN, before=_before, after=_after
    )
    return page, form.status


def _before(line: Line) -> str:
    """What the roster says today, masked for readers above the village; the file's own words are theirs."""
    if line.before and not access.inside():
        if line.column == columns.PHONE:
            return mask_phone(line.before)
        if line.column in (columns.NAME, columns.INSTRUCTOR):
            return mask_name(line.before)
    return _said(line.column, line.before)


def _after(line: Line) -> str:
    return _said(line.column, line.after)


def _said(column: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return words.day(value)
    return columns.words_of(column)[value] if column in columns.CHOICES else str(value)


def _file(ident: int) -> ImportFile:
    """One's own file: the names in it are for who brought them."""
    return fetch(ImportFile, ident, area_id=g.area.id, actor_id=current_user.id) or abort(404)


def _taking_in(ident: int, fingerprint: str, actor_id: int, address: str) -> Generator[str, None, None]:
    """Take a file in, a line for each lot: what is done, and at the end where to go or why not."""
    try:
        with transaction():
            file, actor = db.session.get_one(ImportFile, ident), db.session.get_one(User, actor_id)
            for done in intake.take_in(file, fingerprint, actor):
                yield json.dumps({"done": done}) + "\n"
        yield json.dumps({"go": address}) + "\n"
    except Refused as refusal:
        yield json.dumps({"refused": str(refusal.message)}) + "\n"


@bp.get("/a/<area>/import/<int:ident>/failed.xlsx")
@access.allow(*IMPORTING)
def failed_rows(area: str, ident: int) -> Response:
    """The rows that can't be taken, with the reasons, to be mended and brought again."""
    file = _file(ident)
    if file.content is None:
        abort(404)
    return _download(export.failed_rows(intake.plan_of(file)), "xlsx", "failed.xlsx")


@bp.get("/a/<area>/import/template.xlsx")
@access.allow(*IMPORTING)
def roster_template(area: str) -> Response:
    """An empty roster."""
    return _download(export.template(), "xlsx", "roster-template.xlsx")


@bp.post("/a/<area>/roster.<any(xlsx, csv):kind>")
@access.allow(*access.ONLOOKERS)
def export_roster(area: str, kind: str) -> Response:
    """The roster as a file, masked for readers above the village; a button, because it is written down."""
    form = ButtonForm()
    form.validate_on_submit()
    with transaction():
        rows = export.take_out(g.area, kind, not access.inside(), current_user)
    return _download(export.written(rows, kind), kind, f"roster-{area}-{clock.today():%Y%m%d}.{kind}")


def _download(content: bytes, kind: str, name: str) -> Response:
    """A file to keep."""
    response = Response(content, mimetype=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
