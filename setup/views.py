"""The pages of the first day: the choice, the demo, and the form by which a place begins in earnest."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from demo import making
from ground import web
from ground.computer import settings
from ground.db import database_file, transaction
from ground.forms import attempt
from ground.refusal import Refused
from ground.server import nearby, visitor
from ground.server.cli import default_port
from people import access, areas, labels
from people.forms.upkeep import HERE
from people.models import Area, Role, User
from people.views.signin import sign_in
from people.views.upkeep import address
from setup import gate, steps
from setup.beginning import NewSignIn, begin
from setup.forms import (
    BeginForm,
    DemoForm,
    EndDemoForm,
    SetupCodeForm,
    SkipForm,
)

# Whose work the first day is.
STEP_ROLES = access.COMMITTEE | access.ROLES_ABOVE | {Role.MANAGER}

PageResponse = Response | str | tuple[str, int]

bp = Blueprint("setup", __name__)


@bp.route("/setup", methods=["GET", "POST"])
@access.public
def choose() -> PageResponse:
    """Try the program out with a demo, which the button makes, or begin in earnest."""
    if elsewhere := gate.check_may_set_up():
        return elsewhere
    form = DemoForm()
    if form.validate_on_submit() and _may_try():
        answer = web.tell_progress(_making(), url_for("signin.sign_in"))
        if isinstance(answer, Response):
            return answer
        form.refuse(Refused("not_empty", answer))
    page = render_template("setup/choose.html", form=form, steps=making.steps(), may_try=_may_try())
    return page, form.status


def _may_try() -> bool:
    """Whether a demo would answer who asks for it."""
    config = current_app.config
    return bool(config["PUBLIC_DEMO"] or (visitor.is_from_here() and not config["PUBLIC_URL"]))


@bp.route("/setup/code", methods=["GET", "POST"])
@access.public
def code() -> PageResponse:
    """Type the code of the set-up page, on another computer or a telephone."""
    if gate.is_begun() or gate.check_may_set_up() is None:
        return redirect(url_for("setup.choose") if not gate.is_begun() else "/")
    form = SetupCodeForm()
    if form.validate_on_submit():
        if gate.try_code(form.code.data):
            return redirect(url_for("setup.choose"))
        text = gettext("This is not the code. Whoever started the program, or runs the server, has it.")
        form.refuse(Refused("wrong_code", text, "code"))
    return render_template("setup/code.html", form=form), form.status


def _making() -> Generator[int, None, None]:
    """Make the demo; yields which step is done."""
    with transaction():
        yield from making.make()


@bp.route("/setup/begin", methods=["GET", "POST"])
@access.public
@web.takes_list
def begin_in_earnest() -> PageResponse:
    """Begin with a place: its list, its first sign-ins, the printed address, the shop's hours."""
    if elsewhere := gate.check_may_set_up():
        return elsewhere
    form = BeginForm()
    asks_address = not current_app.config["PUBLIC_URL"]
    network_url = nearby.network_url(default_port())
    form.offer(network_url)
    listed, is_readable = _offer_places(form)
    if form.wants_more:
        form.add_rows()
    is_shown_again = is_readable and (form.has_new_list or form.wants_more)
    if is_readable and not is_shown_again and form.validate_on_submit():
        place = next((area for area in listed if area.code == form.place.data), None) or abort(404)
        sign_ins = _sign_ins(form, place)
        if sign_ins and (user := _begin(form, listed, place, *sign_ins)):
            if asks_address:
                address.keep_address(form)
            sign_in.begin(user, user.session)
            return _begun(place, sign_ins[1], restart=form.printed.data != HERE)
    page = render_template(
        "setup/begin.html",
        form=form,
        asks_address=asks_address,
        network_url=network_url,
        is_shown_again=is_shown_again,
    )
    return page, 200 if is_shown_again else form.status


def _sign_ins(form: BeginForm, place: Area) -> tuple[NewSignIn, list[NewSignIn]] | None:
    """The sign-ins that are to be made, with their passwords; None if the form refuses."""
    try:
        address.check_address(form)
        return form.sign_ins(place)
    except Refused as refusal:
        form.refuse(refusal)
        return None


def _begin(
    form: BeginForm, listed: list[Area], place: Area, own: NewSignIn, beside: list[NewSignIn]
) -> User | None:
    """Begin; returns the first sign-in, or None if it is refused."""
    user = None
    with attempt(form):
        user = begin(listed, place.code, own, beside, form.hours)
    return user


def _offer_places(form: BeginForm) -> tuple[list[Area], bool]:
    """The places to choose from, and whether the list that was brought could be read.

    Where it could not, the places are those of the program's own list.
    """
    is_readable = True
    try:
        listed = form.read_list()
    except Refused as refusal:
        is_readable = False
        form.refuse(Refused(refusal.code, refusal.message, "file"))
        form.listed.data = ""
        listed = areas.read_list(areas.COUNTY_FILE.read_bytes())
    form.offer_places(listed)
    return listed, is_readable


def _begun(place: Area, beside: list[NewSignIn], restart: bool) -> Response:
    """On to the front page; before it, the first passwords, which are shown once, and what is to be done."""
    front = url_for("home.enter", area=place.code)
    if not beside and not restart:
        flash(gettext("It has begun. What is to be done first stands here."))
        return redirect(front)
    page = render_template(
        "setup/begun.html", beside=beside, titles=labels.ROLES, restart=restart, front=front
    )
    return web.secret_page(page)


@bp.route("/setup/end-demo", methods=["GET", "POST"])
@access.public
def end_demo() -> PageResponse:
    """Put the demo aside at the next start, to begin in earnest."""
    if not may_end_demo():
        abort(404)
    form = EndDemoForm()
    if form.validate_on_submit():
        folder = Path(current_app.instance_path)
        settings.keep(folder, replace(settings.read(folder), ends_demo=True))
        return web.secret_page(render_template("setup/demo_ends.html"))
    return render_template("setup/end_demo.html", form=form), form.status


def may_end_demo() -> bool:
    """Whether this is a demo in a file of this computer, and who asks sits at it."""
    return bool(g.get("is_demo")) and database_file() is not None and visitor.is_from_here()


@dataclass(frozen=True)
class ShownStep:
    """A step of the first day as a front page shows it: the page where it is done, and by whom.

    `is_ours`: whether the reader is one of them.
    """

    state: steps.StepState
    url: str
    who: str
    is_ours: bool


def first_steps() -> list[ShownStep]:
    """The steps of the first day where the reader is; empty for whose work they are not."""
    return [_shown(state) for state in steps.states(g.area)] if g.roles & STEP_ROLES else []


def lead_to_first_steps() -> str | None:
    """The front page, as long as steps of the first day are the reader's own; None otherwise.

    A manager begins at the desk, and would find no word of them there.
    """
    is_left = any(shown.is_ours and not shown.state.is_over for shown in first_steps())
    return url_for("home.area", area=g.area.code) if is_left else None


def _shown(state: steps.StepState) -> ShownStep:
    endpoint = state.step.endpoint
    place = "village" if current_app.url_map.is_endpoint_expecting(endpoint, "village") else "area"
    nearest_first = reversed(labels.ROLES.items())
    who = "、".join(str(title) for role, title in nearest_first if role in state.step.roles)
    is_ours = bool(g.roles & state.step.roles)
    return ShownStep(state, url_for(endpoint, **{place: g.area.code}), who, is_ours)


@bp.post("/a/<area>/first-day/skip")
@access.allow(*STEP_ROLES)
def skip_step(area: str) -> Response:
    """Say that a step of the first day is not needed here."""
    form = SkipForm()
    with attempt(form):
        steps.skip(g.area, form.step.data, current_user)
    if form.refusal:
        flash(form.refusal, "warning")
        return redirect(url_for("home.area", area=area))
    flash(gettext("It does not stand on the front page any more. Its page is where it always was."))
    return redirect(url_for("home.area", area=area))
