"""The households of the grids that somebody works in: lists, files, and what becomes of them."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from duties.forms import households as forms
from duties.forms.records import GatheringForm
from duties.households import files, listing
from duties.views import bp, lists
from ground import clock, web
from ground.db import fetch
from ground.forms import ButtonForm, attempt
from people import access, labels
from people.models import Attention, Grid, Household
from people.roster import grids, reach
from people.views import GRID_ROLES
from people.views.listing import excel, render

Answer = Response | tuple[str, int]


def grids_in_scope() -> dict[int, Grid]:
    """The grids whose files the reader may see, by id.

    These are the grids where they work; for the committee also closed ones.
    """
    reachable = list(reach.grids_of(current_user, g.area))
    if g.roles & access.COMMITTEE:
        reachable += grids.of_village(g.area, closed=True)
    return {grid.id: grid for grid in reachable}


def grid_in_scope(ident: int) -> Grid:
    """The grid with this id, if the reader may see its files; otherwise 404."""
    return grids_in_scope().get(ident) or abort(404)


def _household_in_scope(ident: int, to_write: bool = False) -> Household:
    """The household with this id, to look at or locked, if the reader may see its grid's files.

    Otherwise 404.
    """
    household = fetch(Household, ident, lock=to_write)
    if household is None or household.is_retired or household.grid_id not in grids_in_scope():
        abort(404)
    return household


@bp.get("/v/<village>/households")
@access.allow(*GRID_ROLES)
@excel(lists.HOUSEHOLDS)
def households(village: str) -> Response | str:
    """The households of all grids that the reader works in; with a single grid, that grid's page.

    By `?class=`, `?grid=`, `?q=` (in the head's name or the house), and `?show=left` for who moved away.
    """
    own_grids = grids_in_scope()
    if len(own_grids) == 1:
        return redirect(url_for("duties.grid_households", village=village, ident=next(iter(own_grids))))
    search, within = _search(own_grids)
    page = web.page_of(listing.search_households(within, search))
    return render(
        "duties/households/households.html",
        page=page,
        figures=listing.figures(within),
        search=search,
        grid=own_grids[within[0]] if request.args.get("grid") else None,
        grids=list(own_grids.values()),
        labels=labels,
        may_print_all=bool(g.roles & access.COMMITTEE),
    )


def _search(own_grids: dict[int, Grid]) -> tuple[listing.HouseholdSearch, list[int]]:
    """The search that the address asks for, and its grids; for what is none of the choices 404."""
    attention_name, grid = request.args.get("class"), request.args.get("grid")
    if attention_name and attention_name not in set(Attention):
        abort(404)
    within = [ident for ident in own_grids if not grid or str(ident) == grid]
    if grid and not within:
        abort(404)
    search = listing.HouseholdSearch(
        attention=Attention(attention_name) if attention_name else None,
        text=request.args.get("q", "").replace("\0", "").strip()[:200],
        moved_away=request.args.get("show") == "left",
    )
    return search, within


@bp.get("/v/<village>/households/grids/<int:ident>")
@access.allow(*GRID_ROLES)
@excel(lists.GRID_HOUSEHOLDS, subject_key="grid")
def grid_households(village: str, ident: int) -> str:
    """The households of one grid, and those who moved away from it."""
    grid, own_grids = grid_in_scope(ident), grids_in_scope()
    return render(
        "duties/households/grid_households.html",
        grid=grid,
        living_households=listing.households_of_grid(grid),
        moved_away=listing.households_of_grid(grid, moved_away=True),
        figures=listing.figures([ident]),
        other_grids=_other_grids(grid),
        has_several_grids=len(own_grids) > 1,
        may_import=len(own_grids) == 1 and bool(g.roles & access.COMMITTEE),  # else the list leads there
        labels=labels,
    )


def _other_grids(grid: Grid) -> list[Grid]:
    """The grids to which the reader can give this one's households: they work in both."""
    return [other for other in reach.grids_of(current_user, g.area) if other.id != grid.id]


@bp.route("/v/<village>/households/new", methods=["GET", "POST"])
@access.allow(*GRID_ROLES)
def new_household(village: str) -> Answer:
    """Open the file of a household, in the grid of `?grid=` or another that the reader works in."""
    form = forms.NewFileForm(grid=web.number_asked("grid"), on=clock.today())
    if form.is_submitted():
        with attempt(form):
            own_grids = offer_own_grids(form)
            if form.validate():
                grid = own_grids[form.grid.data]
                household = files.add_household(
                    grid, form.particulars, form.attention.data, form.reason.data, form.on.data, current_user
                )
        if form.status == 200:
            flash(gettext("Added: %(name)s.", name=household.head))
            return redirect(url_for("duties.household", village=village, ident=household.id))
    offer_own_grids(form)
    page = render_template("duties/households/household_form.html", form=form, household=None)
    return page, form.status


def offer_own_grids(form: forms.NewFileForm | GatheringForm) -> dict[int, Grid]:
    """Let the form offer the grids that the reader works in, and return them by id; 404 without any."""
    own_grids = reach.grids_of(current_user, g.area) or abort(404)
    form.grid.choices = forms.grid_choices(own_grids)
    return {grid.id: grid for grid in own_grids}


@bp.get("/v/<village>/households/<int:ident>")
@access.allow(*GRID_ROLES)
@excel(lists.HOUSEHOLD_CLASSES, subject_key="household")
def household(village: str, ident: int) -> tuple[str, int]:
    """The file of a household, and the history of its class."""
    return _file_page(_household_in_scope(ident), ButtonForm(formdata=None))


def _file_page(household: Household, form: ButtonForm) -> tuple[str, int]:
    return render(
        "duties/households/household.html",
        household=household,
        form=form,
        other_grids=_other_grids(household.grid),
        labels=labels,
    ), form.status


@bp.route("/v/<village>/households/<int:ident>/correct", methods=["GET", "POST"])
@access.allow(*GRID_ROLES)
def correct_household(village: str, ident: int) -> Answer:
    """Write down what is true of a household."""
    form = forms.HouseholdForm()
    if form.validate_on_submit():
        with attempt(form):
            household = _household_in_scope(ident)  # locked after its grid
            files.correct(household, form.particulars, current_user)
        if form.status == 200:
            flash(gettext("Written down."))
            return redirect(url_for("duties.household", village=village, ident=ident))
    household = _household_in_scope(ident)
    if not form.is_submitted():
        form = forms.HouseholdForm(obj=household)
    page = render_template("duties/households/household_form.html", form=form, household=household)
    return page, form.status


@bp.route("/v/<village>/households/<int:ident>/class", methods=["GET", "POST"])
@access.allow(*GRID_ROLES)
def reclassify_household(village: str, ident: int) -> Answer:
    """Put a household into another class, with the day and the reason."""
    form = forms.ClassForm(on=clock.today())

    def offer(household: Household) -> None:
        current = household.attention
        form.attention.choices = [pair for pair in labels.ATTENTIONS_VISITED.items() if pair[0] != current]

    def act(household: Household) -> None:
        files.reclassify(household, form.attention.data, form.on.data, form.reason.data, current_user)

    return _change_page(ident, form, "class", act, offer)


@bp.route("/v/<village>/households/<int:ident>/leave", methods=["GET", "POST"])
@access.allow(*GRID_ROLES)
def household_leaves(village: str, ident: int) -> Answer:
    """Write down that a household moved away."""
    form = forms.HouseholdLeaveForm(on=clock.today())

    def act(household: Household) -> None:
        files.leave(household, form.on.data, form.reason.data, current_user)

    return _change_page(ident, form, "leave", act)


def _change_page(
    ident: int,
    form: Any,
    change: str,
    carry_out: Callable[[Household], None],
    offer_choices: Callable[[Household], None] = lambda household: None,
) -> Answer:
    """The page of one change, with what it offers for the household; when it is done, back to the file."""
    if form.is_submitted():
        with attempt(form):
            household = _household_in_scope(ident, to_write=True)
            offer_choices(household)
            if form.validate():
                carry_out(household)
        if form.status == 200:
            flash(gettext("Written down."))
            return redirect(url_for("duties.household", village=g.area.code, ident=ident))
    household = _household_in_scope(ident)
    offer_choices(household)
    page = render_template(
        "duties/households/household_change.html",
        form=form,
        household=household,
        change=change,
        labels=labels,
    )
    return page, form.status


@bp.post("/v/<village>/households/<int:ident>/back")
@access.allow(*GRID_ROLES)
def household_back(village: str, ident: int) -> Answer:
    """Open a household's file again: it lives here again, or never left."""
    form = ButtonForm()
    with attempt(form):
        files.come_back(_household_in_scope(ident), current_user)  # locked after its grid
    if form.status != 200:
        return _file_page(_household_in_scope(ident), form)
    flash(gettext("Written down."))
    return redirect(url_for("duties.household", village=village, ident=ident))


@bp.route("/v/<village>/households/grids/<int:ident>/move", methods=["GET", "POST"])
@access.allow(*GRID_ROLES)
def move_households(village: str, ident: int) -> Answer:
    """Give the ticked households of a grid to another; `?household=` is ticked beforehand."""
    form = forms.MoveForm(household=web.numbers_asked("household"))
    if form.is_submitted():
        with attempt(form):
            grid = grid_in_scope(ident)
            others = _offer_other_grids(form, grid)
            if form.validate():
                into, chosen = others[form.into.data], set(form.household.data)
                ticked = [
                    candidate for candidate in listing.households_of_grid(grid) if candidate.id in chosen
                ]
                files.move(ticked, into, current_user)  # locked after the grid
        if form.status == 200:
            flash(
                ngettext(
                    "%(num)s household now belongs to %(into)s.",
                    "%(num)s households now belong to %(into)s.",
                    len(ticked),
                    into=into.name,
                )
            )
            return redirect(url_for("duties.grid_households", village=village, ident=into.id))
    grid = grid_in_scope(ident)
    _offer_other_grids(form, grid)
    page = render_template(
        "duties/households/household_move.html",
        form=form,
        grid=grid,
        living_households=listing.households_of_grid(grid),
    )
    return page, form.status


def _offer_other_grids(form: forms.MoveForm, grid: Grid) -> dict[int, Grid]:
    """Let the form offer the grids that households can go to, and return them by id; 404 without any."""
    others = _other_grids(grid) or abort(404)
    form.into.choices = forms.grid_choices(others)
    return {other.id: other for other in others}
