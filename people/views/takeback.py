"""The pages of what files brought in, the same for every kind of file: the list, and taking one back."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import abort, flash, g, redirect, render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch
from ground.forms import ReasonForm
from ground.refusal import Refused, refusal_of
from people import audit, trail
from people.models import AuditEvent, ImportFile
from people.takeback import undoing
from people.takeback.findings import TOLD_BY, Findings, Traced, names_of_rows
from people.trail.words import all_words
from people.views.filing import ROWS_SHOWN, FilePages
from people.views.listing import Context, Listing, render
from people.views.shown import shown_name, shown_text, sight, subject_link


def _files(context: Context) -> Iterator[tuple[ImportFile, Any]]:
    for file in context["page"]:
        yield file, context["pages_of_kind"].title


IMPORTS = Listing(
    _("Files that were taken in"),
    _files,
    (_("File"), lambda file, kind: shown_text(file.name)),
    (_("Kind"), lambda file, kind: kind),
    (_("Taken in"), lambda file, kind: file.applied_at),
    (_("By"), lambda file, kind: shown_name(file.actor)),
    (_("Added"), lambda file, kind: file.added),
    (_("Changed"), lambda file, kind: file.changed),
    (_("Unchanged"), lambda file, kind: file.left),
    (_("Import taken back"), lambda file, kind: file.taken_back_at),
    (_("Import taken back by"), lambda file, kind: shown_name(file.taken_back_by)),
    (_("Reason"), lambda file, kind: shown_text(file.taken_back_for)),
)


def imports(pages: FilePages) -> str:
    """The files of a kind that were taken in for this area, the latest first."""
    return render("imports.html", page=web.page_of(_imported(pages)), pages_of_kind=pages)


def _imported(pages: FilePages) -> Select[ImportFile]:
    return (
        select(ImportFile)
        .options(joinedload(ImportFile.actor), joinedload(ImportFile.taken_back_by))
        .where(
            ImportFile.kind == pages.kind.name,
            ImportFile.area_id == g.area.id,
            ImportFile.applied_at.is_not(None),
        )
        .order_by(ImportFile.applied_at.desc(), ImportFile.id.desc())
    )


def take_back(pages: FilePages, ident: int) -> Response | tuple[str, int]:
    """What taking an import back would do, what stands in the way, and the button that does it."""
    file = fetch(ImportFile, ident, kind=pages.kind.name, area_id=g.area.id)
    if file is None or file.applied_at is None:
        abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            undoing.take_back(pages.kind, file, form.reason.data, current_user)
        except Refused as told:
            form.refuse(told)
        else:
            flash(gettext("The file is taken back. The right one can be taken in now."))
            return redirect(pages.addresses.url("imports"))
    refusal = refusal_of(undoing.check_may_be_taken_back, file)
    dry_run = {} if refusal else _dry_run(*undoing.findings_of(pages.kind, file))
    return render_template(
        "take_back.html",
        file=file,
        form=form,
        pages=pages,
        urls=pages.addresses,
        refusal=refusal,
        most_rows=ROWS_SHOWN,
        **dry_run,
    ), form.status


def _dry_run(traced: Traced, findings: Findings) -> dict[str, Any]:
    """What taking an import back would do, as its page shows it: counts, rows, and what stands in the way."""
    tables = findings.going | findings.along | findings.retired | findings.undone
    kinds = all_words().kinds
    in_words = {kinds[name]: idents for table, idents in tables.items() if (name := _kind_of(table)) in kinds}
    own_pages = [table for table in tables.keys() - findings.along.keys() if table not in TOLD_BY]
    gone = [
        f"{_kind_of(table)}:{ident}"
        for table in sorted(own_pages)
        for ident in sorted(tables[table])[:ROWS_SHOWN]
    ]
    shown = findings.obstacles[:ROWS_SHOWN]
    subjects = trail.find_subjects([*gone, *(obstacle.subject for obstacle in shown)])
    changed = _changed_rows(traced)
    return {
        "counts": [(kind, len(idents)) for kind, idents in in_words.items() if idents],
        "changed": sum(map(len, traced.changed.values())),
        "rows_gone": _named(gone[:ROWS_SHOWN], subjects),
        "rows_set_back": trail.trail_lines(changed[:ROWS_SHOWN], sight()),
        "obstacles": [
            (*named, shown_text(str(obstacle.words)), obstacle.count)
            for named, obstacle in zip(
                _named([obstacle.subject for obstacle in shown], subjects), shown, strict=True
            )
        ],
        "has_retired": any(findings.retired.values()),
        "hidden": len(findings.obstacles) - len(shown),
    }


def _named(names: Iterable[str], subjects: dict[str, trail.Subject]) -> list[tuple[Any, str, str | None]]:
    """Rows by their names in the trail: their kind, their name as the reader may see it, and their page."""
    return [
        (subject.kind, subject.shown_name(sight(), g.area), subject_link(subject))
        for subject in map(subjects.__getitem__, names)
    ]


def _changed_rows(traced: Traced) -> list[AuditEvent]:
    """What would be set back, as lines that the trail would have of it: from what is now to what was."""
    return [
        AuditEvent(at=clock.now(), action="import.set_back", subject=subject, before=after, detail=before)
        for table, rows in sorted(traced.changed.items())
        for ident, subject in sorted(names_of_rows(table, sorted(rows)[:ROWS_SHOWN]).items())
        for before, after in [rows[ident]]
    ]


def _kind_of(table: str) -> str:
    return audit.SUBJECT_NAMES.get(table, table)
