"""The supervisor's page: what deserves a second pair of eyes, and what was looked into."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground.forms import attempt
from people import access
from people.forms.supervision import InquiryForm, SupervisionForm
from people.models import Role
from people.supervision import inquiries
from people.supervision.entries import MOST_OF_A_KIND, Entry, EntryPage, own_test
from people.views.home import bp, lists
from people.views.listing import excel, render

SUPERVISING = (Role.SUPERVISOR, *access.ROLES_ABOVE)


@bp.get("/v/<village>/supervision")
@access.allow(*SUPERVISING)
@excel(lists.SUPERVISION)
def supervision(village: str) -> tuple[str, int]:
    """What was done in the village that supervision may look into, the latest first."""
    return _page()


def _page(refused: tuple[str, int, InquiryForm] | None = None) -> tuple[str, int]:
    """The page of the days in the address; a refusal stands at its entry."""
    form = SupervisionForm(request.args)
    chosen = request.args.get("show", "")
    watched = inquiries.entries_of(g.area, form.period, chosen) if form.has_days() else []
    kinds = inquiries.figures(watched, form.period, chosen)
    if chosen not in ("", *(each.kind.code for each in kinds)):
        abort(404)
    shown = [each for each in watched if chosen in ("", each.kind.code)]
    page = render(
        "people/home/supervision.html",
        form=form,
        period=form.period,
        kinds=kinds,
        chosen_kind=chosen,
        most_entries=MOST_OF_A_KIND,
        watched_entries=shown,
        is_own=own_test([each.entry for each in shown], current_user),
        links=_link,
        search_arguments=_kept(form),
        refused=refused,
        inquiry_form=refused[2] if refused else InquiryForm(formdata=None),
    )
    return page, refused[2].status if refused else form.status


def _kept(form: SupervisionForm) -> dict[str, Any]:
    """The days and the kind that are shown; they go along to what is sent, also from a page of yesterday."""
    shown = {"since": form.period.first.isoformat(), "until": form.period.last.isoformat()}
    return {**shown, "show": request.args.get("show") or None}


def _link(page: EntryPage | None) -> str | None:
    """The address of the page that tells more, if the reader may open it."""
    rule = access.rule_of(page.endpoint) if page else None
    if page is None or not (rule and rule.roles and rule.roles & g.roles):
        return None
    arguments: dict[str, Any] = {"village": g.area.code, **page.arguments}
    if "area" in arguments:
        del arguments["village"]
    return url_for(page.endpoint, **arguments)


def _entry_or_404(kind_name: str, row: int) -> Entry:
    """The entry of this kind and row among those of the days in the address, or 404."""
    days = SupervisionForm(request.args)
    found = inquiries.find_entry(g.area, days.period, kind_name, row) if days.has_days() else None
    return found or abort(404)


@bp.post("/v/<village>/supervision/<kind>/<int:ident>")
@access.allow(*SUPERVISING)
def look_into(village: str, kind: str, ident: int) -> Response | tuple[str, int]:
    """Write down that one looked into an entry, and what was found."""
    form = InquiryForm()
    if form.validate_on_submit():
        with attempt(form):
            entry = _entry_or_404(kind, ident)
            inquiries.look_into(g.area, kind, entry, form.note.data, current_user)
    if form.status != 200:
        _entry_or_404(kind, ident)
        return _page(refused=(kind, ident, form))
    flash(gettext("Written down. It stays, and those above the village read it too."))
    kept = _kept(SupervisionForm(request.args))
    return redirect(url_for("home.supervision", village=village, **kept))
