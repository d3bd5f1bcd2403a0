"""The pages of a file that is tried out and imported, the same for every kind of file."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import db, fetch, transaction
from ground.paper import words
from ground.refusal import Refused
from people import filing
from people.filing import CellChange
from people.forms.filing import ConfirmImportForm, ImportForm
from people.models import ImportFile, User

# How many changes the dry run shows in full, and how many bad cells; the rest is in the files.
ROWS_SHOWN = 200

EMPTY_STAYS = _("An empty cell leaves what is there.")

TAKEN = "taken"  # in the address: rows that Excel does not show are taken in too


@dataclass(frozen=True)
class Addresses:
    """The endpoints of the pages; `done` is where the reader goes on after an import.

    `imports` lists what was taken in, and `take_back` takes one of it back (people/views/takeback.py); None
    where that is done in the list.
    """

    choose: str
    look: str
    failed: str
    template: str
    done: str
    imports: str
    take_back: str | None = None

    def url(self, name: str, **arguments: Any) -> str:
        """The address of one of them, in the area of this request."""
        place = {key: value for key, value in (request.view_args or {}).items() if key != "ident"}
        return url_for(getattr(self, name), **place, **arguments)


@dataclass(frozen=True)
class FilePages:
    """The pages of a kind of file; the package that has it adds the routes and their rules.

    `title` is what they are called, `note` says what a row is, `subject_heading` heads what a row is about,
    `unchanged_note` is said of a file that would change nothing; `value_text` puts the value of a column in
    words, and `text_before` does so with what was there before. `empty_note` says what an empty cell means,
    and `asked_text` puts in words what is asked about.
    """

    kind: filing.FileType
    addresses: Addresses
    title: Any
    note: Any
    subject_heading: Any
    unchanged_note: Any
    value_text: Callable[[str, Any], str]
    text_before: Callable[[str, Any], str]
    empty_note: Any = EMPTY_STAYS
    asked_text: Callable[[str, Any], str] = lambda _column, value: str(value)

    def choose(self) -> Response | tuple[str, int]:
        """Choose a file; nothing is done with it yet."""
        form = ImportForm()
        if form.validate_on_submit():
            upload = form.file.data
            try:
                brought = filing.bring(self.kind, g.area, upload.filename or "", upload.read())
                with transaction():
                    file = filing.keep_file(brought, g.area, current_user)
                return redirect(self.addresses.url("look", ident=file.id))
            except Refused as refusal:
                form.refuse(refusal)
        return render_template("import.html", form=form, pages=self, urls=self.addresses), form.status

    def look(self, ident: int) -> Response | tuple[str, int]:
        """The dry run of a file, and the button that imports it."""
        file = self._file(ident)
        form = ConfirmImportForm()
        with_hidden = (form.hidden.data or request.args.get("hidden")) == TAKEN
        if form.validate_on_submit():
            steps = self._taking_in(
                file.id, form.fingerprint.data, with_hidden, form.sure.data, current_user.id
            )
            answer = web.tell_progress(steps, request.path)
            if isinstance(answer, Response):
                return answer
            form.refusal = answer
        plan = None
        if not file.applied_at:
            try:
                plan = filing.plan_file(self.kind, file, with_hidden)
            except Refused as refusal:
                form.refusal = form.refusal or refusal.message
        page = render_template(
            "import_file.html",
            file=file,
            plan=plan,
            form=form,
            pages=self,
            urls=self.addresses,
            most_changes=ROWS_SHOWN,
            hidden=TAKEN if with_hidden else "",
            hidden_value=TAKEN,
            text_before=self._text_before,
            text_after=self._text_after,
        )
        return page, form.status

    def failed(self, ident: int) -> Response:
        """The bad rows of a file, with the reasons, to be corrected and brought again."""
        file = self._file(ident)
        if file.content is None:
            abort(404)
        plan = filing.plan_file(self.kind, file, request.args.get("hidden") == TAKEN)
        return web.download(self.kind.layout.write_bad(plan.table, plan.bad_rows), "failed.xlsx")

    def template(self, name: str) -> Response:
        """An empty file of this kind."""
        return web.download(self.kind.layout.template(), name)

    def _file(self, ident: int) -> ImportFile:
        """One's own file of this kind: only who brought it may see what is in it."""
        belongs = {"kind": self.kind.name, "area_id": g.area.id, "actor_id": current_user.id}
        return fetch(ImportFile, ident, **belongs) or abort(404)

    def _text_before(self, line: CellChange) -> str:
        return _common_text(line.before) or self.text_before(line.column, line.before)

    def _text_after(self, line: CellChange) -> str:
        return _common_text(line.after) or self.value_text(line.column, line.after)

    def _taking_in(
        self, ident: int, fingerprint: str, with_hidden: bool, is_sure: bool, actor_id: int
    ) -> Generator[int, None, None]:
        """Import a file; yields how many rows are done."""
        file, actor = db.session.get_one(ImportFile, ident), db.session.get_one(User, actor_id)
        table = filing.read_file(self.kind, file)
        yield from filing.import_file(self.kind, file, table, fingerprint, actor, with_hidden, is_sure)


def _common_text(value: Any) -> str:
    """The text of a value that is written the same in every kind of file; empty for others."""
    if value is None:
        return "–"
    return words.day(value) if isinstance(value, date) else ""
