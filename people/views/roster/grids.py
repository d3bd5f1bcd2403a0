"""The pages of grids: the roster's own page, each grid's, and the changes of grids."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import fetch
from ground.forms import attempt
from people import access, labels, pages
from people.forms import roster as forms
from people.models import Appointment, Duty, Grid, Group, Role
from people.roster import changes, holders, staffing
from people.roster import grids as verbs
from people.views.listing import excel, render
from people.views.roster import bp, lists

READERS = (*access.ONLOOKERS, Role.INSTRUCTOR)
KEEPERS = (*access.COMMITTEE, *access.ROLES_ABOVE)

Answer = Response | tuple[str, int]


@bp.get("/v/<village>/grids")
@access.allow(*READERS)
@excel(lists.GRIDS)
def grids(village: str) -> str:
    """The grids of a village, with who serves in each today."""
    today = clock.today()
    open_grids = verbs.of_village(g.area)
    serving = {
        (term.grid_id, term.duty): term
        for duty in Duty
        for term in holders.serving_terms(g.area, today, today, duty)
    }
    without = {duty: sum((grid.id, duty) not in serving for grid in open_grids) for duty in Duty}
    return render(
        "people/roster/grids.html",
        groups=_by_group(open_grids),
        closed_grids=verbs.of_village(g.area, closed=True),
        state=_village_state_text(len(open_grids), without, len(staffing.ending_terms(g.area))),
        serving=serving,
        kinds=labels.GRID_KINDS,
        is_usual=verbs.is_usual,
        has_unusual_grids=not all(map(verbs.is_usual, open_grids)),
        may_keep=_has_role(KEEPERS),
        may_take_out=_has_role(access.ONLOOKERS),
    )


def _by_group(open_grids: Any) -> list[tuple[Group | None, list[Grid]]]:
    """The grids under their groups, in the order of the codes; those of no group come last."""
    under: dict[Group | None, list[Grid]] = {}
    for grid in open_grids:
        under.setdefault(grid.group, []).append(grid)
    return sorted(under.items(), key=lambda item: item[0] is None)


def _village_state_text(count: int, without: dict[Duty, int], ending: int) -> str:
    """The staffing of the village in one sentence."""
    missing = [
        ngettext("%(num)s has no worker", "%(num)s have no worker", without[Duty.WORKER]),
        ngettext("%(num)s has no instructor", "%(num)s have no instructor", without[Duty.INSTRUCTOR]),
        ngettext("%(num)s term ends soon", "%(num)s terms end soon", ending),
    ]
    facts = [text for text, number in zip(missing, (*without.values(), ending), strict=True) if number]
    if not facts:
        return ngettext(
            "%(num)s micro-grid, each with a worker and an instructor.",
            "%(num)s micro-grids, each with a worker and an instructor.",
            count,
        )
    head = ngettext("%(num)s micro-grid", "%(num)s micro-grids", count)
    return gettext("%(grids)s: %(missing)s.", grids=head, missing=gettext(", ").join(facts))


@bp.route("/v/<village>/grids/new", methods=["GET", "POST"])
@access.allow(*KEEPERS)
def new_grid(village: str) -> Answer:
    """Add a grid."""
    form = forms.GridForm()
    if form.validate_on_submit():
        with attempt(form):
            grid = verbs.add_grid(
                g.area, form.code.value or "", form.name.value or "", form.kind.data, **_grid_values(form)
            )
        if form.status == 200:
            flash(gettext("Added: %(name)s.", name=grid.name))
            return redirect(url_for("roster.grid", village=village, ident=grid.id))
    page = render_template("people/roster/grid_form.html", form=form, grid=None, groups=verbs.groups(g.area))
    return page, form.status


@bp.get("/v/<village>/grids/<int:ident>")
@access.allow(*READERS)
@excel(lists.HOLDERS, lists.GRID_HISTORY, subject_key="grid")
def grid(village: str, ident: int) -> str:
    """A grid: what it is, who serves and served in it, and its history."""
    grid = fetch(Grid, ident, village_id=g.area.id) or abort(404)
    today = clock.today()
    served = holders.terms_of_grid(grid)
    duties = {duty: _current_holders([term for term in served if term.duty == duty]) for duty in Duty}
    current_terms = {term for of_duty in duties.values() for term in of_duty.values()}
    return render(
        "people/roster/grid.html",
        grid=grid,
        state=_missing_duties_text([duty for duty in Duty if holders.TermState.RUNNING not in duties[duty]]),
        duties=duties,
        past_terms=[term for term in served if term not in current_terms],
        history=changes.history(grid),
        is_usual=grid.closed_on or verbs.is_usual(grid),
        state_of=lambda term: holders.state_of(term, today),
        labels=labels,
        may_keep=_has_role(KEEPERS) and not grid.closed_on,
        may_appoint=_has_role(access.COMMITTEE) and not grid.closed_on,
        further_links=pages.further_links(pages.ABOUT_GRID, grid),
    )


def _missing_duties_text(missing: list[Duty]) -> str:
    """Who is missing in a grid, in one sentence."""
    if len(missing) == len(Duty):
        return gettext("It has neither a worker nor an instructor.")
    if Duty.WORKER in missing:
        return gettext("It has no worker.")
    if Duty.INSTRUCTOR in missing:
        return gettext("It has no instructor.")
    return gettext("It has its worker and its instructor.")


def _current_holders(of_duty: list[Appointment]) -> dict[str, Appointment]:
    """The terms that matter today, of a grid's terms for a duty.

    They are the running one, the one that ran out, and the coming one, by the state's name or `ran_out`.
    """
    today = clock.today()
    current: dict[str, Appointment] = {}
    for term in sorted(of_duty, key=lambda term: term.starts_on):
        state = holders.state_of(term, today)
        if state in (holders.TermState.RUNNING, holders.TermState.COMING):
            current[state] = term
        elif term.ended_on is None:
            current["ran_out"] = term
    return current


@bp.route("/v/<village>/grids/<int:ident>/correct", methods=["GET", "POST"])
@access.allow(*KEEPERS)
def correct_grid(village: str, ident: int) -> Answer:
    """Write down what a grid really is."""
    form = forms.GridDetailsForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.correct(open_grid(ident, to_write=True), form.kind.data, **_grid_values(form))
        if form.status == 200:
            flash(gettext("Written down."))
            return redirect(url_for("roster.grid", village=village, ident=ident))
    grid = open_grid(ident)
    if not form.is_submitted():
        form = _described(grid)
    page = render_template("people/roster/grid_form.html", form=form, grid=grid, groups=verbs.groups(g.area))
    return page, form.status


def _described(grid: Grid) -> forms.GridDetailsForm:
    group = grid.group.name if grid.group else ""
    return forms.GridDetailsForm(
        kind=grid.kind, group=group, households=grid.households, place=grid.place, agency=grid.agency
    )


def _grid_values(form: forms.GridDetailsForm) -> dict[str, Any]:
    """The values of the form as arguments for `add_grid` and `correct`."""
    name = form.group.value
    return {
        "households": form.households.data,
        "actor": current_user,
        "group": verbs.find_or_add_group(g.area, name, current_user) if name else None,
        "place": form.place.value,
        "agency": form.agency.value,
    }


@bp.route("/v/<village>/grids/<int:ident>/rename", methods=["GET", "POST"])
@access.allow(*KEEPERS)
def rename_grid(village: str, ident: int) -> Answer:
    """Give a grid another name from a day on."""
    form = forms.RenameForm(on=clock.today())

    def act() -> str:
        grid = open_grid(ident, to_write=True)
        changes.rename(grid, form.name.value or "", form.on.data, form.reason.data, current_user)
        return gettext("The grid is now called %(name)s.", name=grid.name)

    return _change(ident, form, "rename", act)


@bp.route("/v/<village>/grids/<int:ident>/split", methods=["GET", "POST"])
@access.allow(*KEEPERS)
def split_grid(village: str, ident: int) -> Answer:
    """Split a new grid off."""
    form = forms.SplitForm(on=clock.today())

    def act() -> str:
        new = changes.split(
            open_grid(ident, to_write=True),
            form.code.value or "",
            form.name.value or "",
            form.households.data,
            form.on.data,
            form.reason.data,
            current_user,
            place=form.place.value,
        )
        return gettext("%(name)s is a grid of its own now. Appoint its people next.", name=new.name)

    return _change(ident, form, "split", act)


@bp.route("/v/<village>/grids/<int:ident>/merge", methods=["GET", "POST"])
@access.allow(*KEEPERS)
def merge_grid(village: str, ident: int) -> Answer:
    """Merge a grid into another one of the village."""
    form = forms.MergeForm(on=clock.today())
    others = [other for other in verbs.of_village(g.area) if other.id != ident]
    form.into.choices = [(other.id, f"{other.name} {other.code}") for other in others]

    def act() -> str:
        grid, into = open_grid(ident), fetch(Grid, form.into.data, village_id=g.area.id) or abort(404)
        changes.merge(grid, into, form.on.data, form.reason.data, current_user)
        return gettext("%(name)s now belongs to %(into)s.", name=grid.name, into=into.name)

    return _change(ident, form, "merge", act, is_closing=True)


@bp.route("/v/<village>/grids/<int:ident>/close", methods=["GET", "POST"])
@access.allow(*KEEPERS)
def close_grid(village: str, ident: int) -> Answer:
    """Close a grid from a day on."""
    form = forms.GridChangeForm(on=clock.today())

    def act() -> str:
        grid = open_grid(ident, to_write=True)
        changes.close(grid, form.on.data, form.reason.data, current_user)
        return gettext("%(name)s is closed. All that happened in it stays.", name=grid.name)

    return _change(ident, form, "close", act, is_closing=True)


def _change(
    ident: int, form: Any, change: str, carry_out: Callable[[], str], is_closing: bool = False
) -> Answer:
    """The page of one change; when it is done, back to the grid with a message."""
    if form.validate_on_submit():
        with attempt(form):
            message = carry_out()
        if form.status == 200:
            flash(message)
            return redirect(url_for("roster.grid", village=g.area.code, ident=ident))
    grid = open_grid(ident)
    blocking_terms = (
        changes.blocking_terms(grid, min(form.on.data or clock.today(), clock.today())) if is_closing else []
    )
    page = render_template(
        "people/roster/grid_change.html",
        grid=grid,
        form=form,
        change=change,
        blocking_terms=blocking_terms,
        state_of=lambda term: holders.state_of(term, clock.today()),
        labels=labels,
        may_appoint=_has_role(access.COMMITTEE),
    )
    return page, form.status


def open_grid(ident: int, to_write: bool = False) -> Grid:
    """The village's grid with this id, unless it is history: to look at, or locked to change it."""
    grid = fetch(Grid, ident, lock=to_write, village_id=g.area.id)
    if grid is None or grid.closed_on:
        abort(404)
    return grid


def _has_role(roles: Any) -> bool:
    return bool(g.roles & set(roles))
