"""The front page, and the choices a visitor has on every page."""

from flask import abort, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from people import access, areas, pages
from people.models import IN_A_COUNTY, Area, Role
from people.views.home import bp


@bp.get("/")
@access.signed_in
def home() -> Response | str:
    """Straight to the first place of one's role; who has several areas chooses."""
    places = sorted({grant.area for grant in current_user.grants_in_effect}, key=lambda area: area.code)
    if len(places) == 1:
        return redirect(url_for("home.enter", area=places[0].code))
    waiting = {place.id: sum(item.is_to_do for item in _waiting_in(place)) for place in places}
    return render_template("people/home/home.html", places=places, waiting=waiting)


def _waiting_in(place: Area) -> list[pages.WaitingItem]:
    return pages.waiting_items(place, current_user, current_user.roles_in(place))


@bp.get("/v/<village>/")
@access.allow(*IN_A_COUNTY)
def front(village: str) -> str:
    """Everything that waits in the village for its reader, and what goes on there."""
    items = pages.waiting_items(g.area, current_user, g.roles)
    return render_template("people/home/front.html", items=items, today=clock.today())


@bp.get("/a/<area>/enter")
@access.allow(*Role)
def enter(area: str) -> Response:
    """The first place of one's role in a village, or what comes before; above the villages the first page."""
    if before := next(filter(None, (ask() for ask in pages.BEFORE_WORK.items())), None):
        return redirect(before)
    entries = [entry for entry in pages.entries_for(g.area, g.roles) if not entry.under]
    if entries:
        return redirect(entries[0].url(g.area))
    return redirect(url_for("home.home"))


@bp.get("/a/<area>/")
@access.allow(*IN_A_COUNTY)
def area(area: str) -> Response | str:
    """What waits in a county or township, late villages, then all; of a village its front page."""
    if g.area.is_village:
        return redirect(url_for("home.front", village=area))
    return render_template(
        "people/home/area.html",
        villages=areas.villages_in(g.area),
        items=pages.waiting_items(g.area, current_user, g.roles),
        today=clock.today(),
    )


@bp.get("/a/<area>/alarms")
@access.allow(*access.ONLOOKERS)
def alarms(area: str) -> str:
    """What the area's pages show above everything else, for a page that stays open."""
    return render_template("alarms.html", notices=pages.alarms())


@bp.get("/offline")
@access.public
def offline() -> str:
    """What a browser shows without a network in place of a page that it did not keep: those that it did."""
    return render_template("offline/index.html")


@bp.post("/language")
@access.public
def language() -> Response:
    """Switch between Chinese and English."""
    chosen = request.form.get("language")
    if chosen not in web.LANGUAGES:
        abort(400)
    return web.remember_choice("language", chosen)


@bp.post("/print-size")
@access.public
def print_size() -> Response:
    """Choose how large the print is."""
    return web.remember_choice("print", web.print_size(request.form.get("size")))
