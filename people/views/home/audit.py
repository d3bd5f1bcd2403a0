"""The page of the audit trail, to be searched; nothing is written here."""

import re

from flask import abort, g, request

from ground import web
from people import access, trail
from people.forms.audit import SearchForm
from people.models import Role
from people.views.home import bp, lists
from people.views.listing import excel, render
from people.views.shown import sight, subject_link

KEPT_ARGUMENTS = ("q", "action", "subject", "since", "until")  # what the way to the next page carries along

_SUBJECT = re.compile(r"[a-z_]{1,30}:[0-9]{1,9}")


@bp.get("/a/<area>/audit")
@access.allow(Role.CLERK, Role.CHAIR, Role.SUPERVISOR, *access.ROLES_ABOVE)
@excel(lists.TRAIL)
def audit(area: str) -> tuple[str, int]:
    """Who changed what, in this area and below it, the latest first."""
    form = SearchForm(request.args)
    subject = request.args.get("subject", "")
    if subject and not _SUBJECT.fullmatch(subject):
        abort(404)
    reader = sight()
    search = trail.TrailSearch(subject=subject)
    if form.validate():
        search = trail.TrailSearch(
            form.q.data, form.action.data, subject, form.since.data, form.until.data, reader.masked
        )
    page = web.page_of(trail.search_trail(g.area, search))
    search_arguments = {name: request.args[name] for name in KEPT_ARGUMENTS if request.args.get(name)}
    lines = trail.trail_lines(page.items, reader)
    return render(
        "people/home/audit.html",
        page=page,
        lines=lines,
        links={line.key: link for line in lines if (link := subject_link(line.subject))},
        form=form,
        subject=subject,
        search_arguments=search_arguments,
        masked=reader.masked,
    ), form.status
