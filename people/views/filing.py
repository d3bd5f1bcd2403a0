"""What the pages of a file that is tried out and taken in have in common, whatever kind of file it is."""

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import db, fetch, get_locked, transaction
from ground.forms import attempt
from ground.paper import words
from ground.refusal import Refused
from people import filing
from people.filing import Line
from people.forms.filing import FileForm, TakeInForm
from people.models import ImportFile, User

# How many changes the dry run shows in full, and how many bad cells; the rest is in the files.
SHOWN = 200


@dataclass(frozen=True)
class Addresses:
    """The endpoints of the pages; `done` is where somebody goes on from a file that was taken in."""

    choose: str
    look: str
    failed: str
    template: str
    done: str

    def of(self, name: str, **more: Any) -> str:
        """The address of one of them in the place this request is about."""
        place = {key: value for key, value in (request.view_args or {}).items() if key != "ident"}
        return url_for(getattr(self, name), **place, **more)


@dataclass(frozen=True)
class FilePages:
    """The pages of a kind of file. Their routes and rules are the package's that has it.

    `title` is what they are called, `note` says what a row is, `about` heads what a row is about, `settled`
    is said of a file that would change nothing; `said` puts the value of a column in words, and `known` does
    so with what was there before.
    """

    kind: filing.Kind
    addresses: Addresses
    title: Any
    note: Any
    about: Any
    settled: Any
    said: Callable[[str, Any], str]
    known: Callable[[str, Any], str]

    def choose(self) -> Response | tuple[str, int]:
        """Choose a file; nothing is done with it yet."""
        form = FileForm()
        if form.validate_on_submit():
            given = form.file.data
            with attempt(form):
                file = filing.keep(self.kind, g.area, given.filename or "", given.read(), current_user)
            if form.status == 200:
                return redirect(self.addresses.of("look", ident=file.id))
        return render_template("import.html", form=form, about=self, urls=self.addresses), form.status

    def look(self, ident: int) -> Response | tuple[str, int]:
        """What the file would do, and the button that does it."""
        file = self._file(ident)
        form = TakeInForm()
        if form.validate_on_submit():
            lines = self._taking_in(file.id, form.fingerprint.data, current_user.id, request.path)
            if request.accept_mimetypes.best == web.LINES:
                return web.streamed(lines)
            last = json.loads(list(lines)[-1])
            if "go" in last:
                return redirect(last["go"])
            form.refusal = last["refused"]
        plan = None
        if not file.applied_at:
            try:
                plan = filing.plan_of(self.kind, file)
            except Refused as refusal:
                form.refusal = form.refusal or refusal.message
        page = render_template(
            "import_file.html",
            file=file,
            plan=plan,
            form=form,
            about=self,
            urls=self.addresses,
            shown=SHOWN,
            before=self._before,
            after=self._after,
        )
        return page, form.status

    def failed(self, ident: int) -> Response:
        """The rows that can't be taken, with the reasons, to be mended and brought again."""
        file = self._file(ident)
        if file.content is None:
            abort(404)
        made = filing.plan_of(self.kind, file)
        return web.download(self.kind.layout.write_bad(made.table, made.bad_rows), "failed.xlsx")

    def template(self, name: str) -> Response:
        """An empty file of this kind."""
        return web.download(self.kind.layout.template(), name)

    def _file(self, ident: int) -> ImportFile:
        """One's own file of this kind: what is in it is for who brought it."""
        belongs = {"kind": self.kind.name, "area_id": g.area.id, "actor_id": current_user.id}
        return fetch(ImportFile, ident, **belongs) or abort(404)

    def _before(self, line: Line) -> str:
        return _written(line.before) or self.known(line.column, line.before)

    def _after(self, line: Line) -> str:
        return _written(line.after) or self.said(line.column, line.after)

    def _taking_in(
        self, ident: int, fingerprint: str, actor_id: int, address: str
    ) -> Generator[str, None, None]:
        """Take a file in, a line for each lot: what is done, and at the end where to go or why not."""
        try:
            with transaction():
                file, actor = get_locked(ImportFile, ident), db.session.get_one(User, actor_id)
                for done in filing.take_in(self.kind, file, fingerprint, actor):
                    yield json.dumps({"done": done}) + "\n"
            yield json.dumps({"go": address}) + "\n"
        except Refused as refusal:
            yield json.dumps({"refused": str(refusal.message)}) + "\n"


def _written(value: Any) -> str:
    """What is written the same in every kind of file; empty: the kind knows."""
    if value is None:
        return "–"
    return words.day(value) if isinstance(value, date) else ""
