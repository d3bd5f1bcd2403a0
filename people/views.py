"""Signing in and out, the way to one's own pages, and the roster."""

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from people import access, accounts, areas, clock, pages, roster
from people.forms import SignInForm, attempt
from people.models import Duty, GridKind, Role

bp = Blueprint("people", __name__)

GRID_KINDS = {
    GridKind.RURAL: _("rural"),
    GridKind.URBAN: _("urban"),
    GridKind.DEDICATED: _("dedicated"),
}

NAVIGATION = [
    pages.Entry("people.grids", _("Roster"), "people", frozenset(access.ONLOOKERS)),
]


@bp.get("/")
@access.signed_in
def home() -> Response | str:
    """Straight to the first place of one's role; who has several areas chooses."""
    places = sorted({grant.area for grant in current_user.grants}, key=lambda area: area.code)
    if len(places) == 1:
        return redirect(url_for("people.enter", area=places[0].code))
    return render_template("people/home.html", places=places)


@bp.get("/a/<area>/enter")
@access.allow(*Role)
def enter(area: str) -> Response:
    """The first place of one's role in a village; in a township or county, its villages."""
    entries = pages.entries_for(g.area, g.roles)
    if entries:
        return redirect(url_for(entries[0].endpoint, village=area))
    return redirect(url_for("people.area", area=area))


@bp.get("/a/<area>/")
@access.allow(Role.COUNTY, Role.TOWNSHIP)
def area(area: str) -> str:
    """The villages of a county or township."""
    return render_template("people/area.html", villages=areas.below(g.area))


@bp.get("/v/<village>/grids")
@access.allow(*access.ONLOOKERS, Role.INSTRUCTOR)
def grids(village: str) -> str:
    """The grids of a village, with who serves in each today."""
    today = clock.today()
    serving = {
        (term.grid_id, term.duty): term
        for duty in Duty
        for term in roster.serving(g.area, today, today, duty)
    }
    return render_template("people/grids.html", grids=roster.grids(g.area), serving=serving, kinds=GRID_KINDS)


@bp.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> Response | tuple[str, int]:
    """Sign in, and go on to where one was headed."""
    form = SignInForm()
    if form.validate_on_submit():
        with attempt(form):
            user = accounts.sign_in(form.username.data, form.password.data)
        if form.status == 200:
            session.clear()
            login_user(user)
            return redirect(pages.inside(request.args.get("next")))
    return render_template("people/sign_in.html", form=form), form.status


@bp.post("/sign-out")
@access.public
def sign_out() -> Response:
    """Sign out."""
    logout_user()
    session.clear()
    return redirect(url_for("people.sign_in"))


@bp.post("/language")
@access.public
def language() -> Response:
    """Switch between Chinese and English."""
    chosen = request.form.get("language")
    if chosen not in pages.LANGUAGES:
        abort(400)
    return pages.switch("language", chosen)


@bp.post("/print-size")
@access.public
def print_size() -> Response:
    """Switch the large print on or off."""
    return pages.switch("print", "large" if request.form.get("size") == "large" else "normal")
