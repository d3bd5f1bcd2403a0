"""The pages of sign-ins: their roles, new ones, new passwords, and the PINs of cards."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import db, fetch, lock
from ground.forms import ButtonForm, Form, attempt
from ground.refusal import Refused
from people import access, cards, labels
from people.forms.accounts import (
    FurtherRoleForm,
    GrantForm,
    NewAccountForm,
    PinsForm,
    RoleForm,
    RosterForm,
)
from people.models import IN_A_COUNTY, Area, Grant, Level, Person, Role, User
from people.signin import accounts, humans, keeping, passwords, second_factor
from people.views.listing import excel, render
from people.views.shown import phone_from_form, phone_in_form, shown_name, sight
from people.views.signin import bp, lists


@bp.get("/a/<area>/accounts", endpoint="accounts")
@access.allow(*keeping.KEEPERS)
@excel(lists.SIGN_INS)
def listed(area: str) -> str:
    """Who holds a role here or below, and how their sign-ins stand."""
    chosen, words = request.args.get("role", ""), request.args.get("words", "").replace("\0", "").strip()
    if chosen not in ("", *Role):
        abort(404)
    page = web.page_of(keeping.users_in(g.area, Role(chosen) if chosen else None, words, sight().masked))
    waiting = keeping.waiting_grants(g.area)
    return render(
        "people/signin/accounts.html",
        page=page,
        chosen_role=chosen,
        search_words=words,
        titles=labels.ROLES,
        asked_roles=_roles_below(g.area),
        may_add=bool(_roles_to_give()),
        likely_same=keeping.likely_same(list(page)),
        waiting=[(role_grant, _may_confirm(role_grant)) for role_grant in waiting],
        is_of_card=accounts.is_of_card,
    )


@bp.route("/a/<area>/accounts/new", methods=["GET", "POST"])
@access.allow(*keeping.KEEPERS - {Role.CLERK})
def new_account(area: str) -> Response | tuple[str, int]:
    """Add a sign-in with its first role; its password is made here and shown once."""
    form = _with_choices(NewAccountForm())
    if form.validate_on_submit():
        secret = passwords.secret_of(passwords.new_password())
        with attempt(form):
            place, person = _place(form), _person(form)
            described = {"unit": "" if person else form.unit.data, "phone": form.phone.data}
            if not form.is_another.data:
                _check_not_known(keeping.likely_sign_ins(form.name.data, person, area=place, **described))
            user = accounts.add_user(
                form.username.data, form.name.data, secret, current_user, person, area=place, **described
            )
            accounts.grant(user, Role(form.role.data), place, current_user)
        if form.status == 200:
            return _secret_page(user, secret.plain)
    return render_template("people/signin/new_account.html", form=form), form.status


def _check_not_known(others: Sequence[User]) -> None:
    """Check that nobody there looks like whom a sign-in is made for; the tick goes on without this check.

    Refused `sign_in_alike`.
    """
    if others:
        held = "；".join(f"{shown_name(other)}：{lists.roles_of(other)}" for other in others)
        text = gettext(
            "%(names)s may be the same person, who then needs no second sign-in: give them a further role.",
            names=held,
        )
        raise Refused("sign_in_alike", text, "is_another")


@bp.route("/a/<area>/accounts/further", methods=["GET", "POST"])
@access.allow(*keeping.KEEPERS - {Role.CLERK})
def further_role(area: str) -> Response | tuple[str, int]:
    """Give a role here to somebody who has a sign-in already, by its exact name."""
    form = _with_choices(FurtherRoleForm())
    if form.validate_on_submit():
        with attempt(form):
            user = keeping.find_by_name(form.username.data)
            given = accounts.grant(user, Role(form.role.data), _place(form), current_user)
        if form.status == 200:
            flash(_role_given_text(given))
            return redirect(url_for("signin.account", area=area, ident=user.id))
    return render_template("people/signin/further_role.html", form=form), form.status


@bp.get("/a/<area>/accounts/<int:ident>")
@access.allow(*keeping.KEEPERS)
@excel(lists.ROLES_HELD, subject_key="user")
def account(area: str, ident: int) -> tuple[str, int]:
    """A sign-in: its roles and its state, and what its keeper may do."""
    return _account(_user(ident))


def _account(user: User, refused: Form | None = None) -> tuple[str, int]:
    """The page of a sign-in; a refusal is shown on it."""
    form = refused if isinstance(refused, RoleForm) else _with_choices(RoleForm(formdata=None))
    is_own = humans.is_same(user, current_user)
    known = {"person": user.person_id or 0, "unit": user.unit, "phone": phone_in_form(user.phone)}
    roster = refused if isinstance(refused, RosterForm) else RosterForm(formdata=None, **known)
    page = render(
        "people/signin/account.html",
        user=user,
        form=form,
        roster=_with_choices(roster, user),
        refused=None if refused in (form, roster) else refused,
        is_own=is_own,
        likely_same=keeping.likely_same([user])[user.id],
        may_confirm=_may_confirm,
        titles=labels.ROLES,
        may_manage=keeping.may_manage(current_user, user),
        is_of_card=accounts.is_of_card(user),
        has_second_step=second_factor.find(user) is not None,
        may_give=lambda role_grant: (
            not is_own and accounts.may_give(current_user, role_grant.role, role_grant.area)
        ),
    )
    return page, refused.status if refused else 200


@bp.post("/a/<area>/accounts/<int:ident>/roles")
@access.allow(*keeping.KEEPERS - {Role.CLERK})
def give_role(area: str, ident: int) -> Response | tuple[str, int]:
    """Give a further role."""
    form, words = _with_choices(RoleForm()), ""
    if form.validate_on_submit():
        with attempt(form):
            given = accounts.grant(_user(ident), Role(form.role.data), _place(form), current_user)
            words = _role_given_text(given)
    return _finish(ident, form, words)


def _role_given_text(role_grant: Grant) -> str:
    if role_grant.waits:
        return gettext("The role is written down. It has no effect until somebody else above confirms it.")
    return gettext("The role is given.")


@bp.post("/a/<area>/accounts/<int:ident>/roles/confirm")
@access.allow(*accounts.CONFIRMING)
def confirm_role(area: str, ident: int) -> Response | tuple[str, int]:
    """Confirm a role that waits for somebody else than the hand that gave it."""
    form = GrantForm()
    if form.validate_on_submit():
        with attempt(form):
            accounts.confirm(_role_grant(ident, form.grant.data), current_user)
    return _finish(ident, form, gettext("The role has effect from now on."))


def _may_confirm(role_grant: Grant) -> bool:
    return role_grant.waits and accounts.may_confirm(current_user, role_grant)


def _role_grant(ident: int, grant_id: int) -> Grant:
    """A role of a sign-in that is kept here, read under its lock, or 404."""
    user = _user(ident)
    lock(user)
    return next((role_grant for role_grant in user.grants if role_grant.id == grant_id), None) or abort(404)


@bp.post("/a/<area>/accounts/<int:ident>/roles/take")
@access.allow(*keeping.KEEPERS)
def take_role(area: str, ident: int) -> Response | tuple[str, int]:
    """Take a role back."""
    form = GrantForm()
    if form.validate_on_submit():
        with attempt(form):
            accounts.revoke(_role_grant(ident, form.grant.data), current_user)
    return _finish(ident, form, gettext("The role is taken back."))


@bp.post("/a/<area>/accounts/<int:ident>/person")
@access.allow(*keeping.KEEPERS - {Role.CLERK})
def link_account(area: str, ident: int) -> Response | tuple[str, int]:
    """Say who on the roster somebody is."""
    form = _with_choices(RosterForm(), _user(ident))
    if form.validate_on_submit():
        with attempt(form):
            person = _person(form)
            unit, phone = "" if person else form.unit.data, phone_from_form(form.phone.data)
            keeping.link(_user(ident), person, current_user, unit=unit, phone=phone)
    return _finish(ident, form, gettext("Written down."))


@bp.post("/a/<area>/accounts/<int:ident>/password")
@access.allow(*keeping.KEEPERS)
def give_password(area: str, ident: int) -> Response | tuple[str, int]:
    """Give a new password or PIN, which is shown once."""
    form, new_password = ButtonForm(), ""
    if form.validate_on_submit():
        secret = keeping.new_secret(_user(ident))
        with attempt(form):
            new_password = keeping.give_password(_user(ident), current_user, secret)
    user = _user(ident)
    return _secret_page(user, new_password) if new_password else _account(user, form)


@bp.post("/a/<area>/accounts/<int:ident>/sign-out")
@access.allow(*keeping.KEEPERS)
def sign_out_account(area: str, ident: int) -> Response | tuple[str, int]:
    """Sign somebody out on every device."""
    form = ButtonForm()
    with attempt(form):
        keeping.sign_out(_user(ident), current_user)
    return _finish(ident, form, gettext("%(name)s is signed out everywhere.", name=shown_name(_user(ident))))


@bp.post("/a/<area>/accounts/<int:ident>/second-step/off")
@access.allow(*keeping.KEEPERS)
def take_off_second_step(area: str, ident: int) -> Response | tuple[str, int]:
    """Take off somebody's second step of signing in; they are told."""
    form = ButtonForm()
    with attempt(form):
        keeping.take_off_second_factor(_user(ident), current_user)
    return _finish(ident, form, gettext("Taken off. The password alone is asked now, and they are told."))


@bp.post("/a/<area>/accounts/<int:ident>/close")
@access.allow(*keeping.KEEPERS)
def close_account(area: str, ident: int) -> Response | tuple[str, int]:
    """Close a sign-in; nobody gets in by it any more."""
    form = ButtonForm()
    with attempt(form):
        keeping.close(_user(ident), current_user)
    return _finish(ident, form, gettext("The sign-in is closed."))


@bp.post("/a/<area>/accounts/<int:ident>/reopen")
@access.allow(*keeping.KEEPERS)
def reopen_account(area: str, ident: int) -> Response | tuple[str, int]:
    """Open a closed sign-in again."""
    form = ButtonForm()
    with attempt(form):
        keeping.reopen(_user(ident), current_user)
    return _finish(ident, form, gettext("The sign-in is open again."))


@bp.get("/v/<village>/pins")
@access.allow(*access.COMMITTEE)
@excel(lists.PINS)
def pins(village: str) -> tuple[str, int]:
    """Who serves today, each with the state of the PIN that goes with their card."""
    return _pins(PinsForm(formdata=None))


def _pins(form: Form) -> tuple[str, int]:
    pairs = cards.holders_with_cards(g.area)
    users = keeping.users_of_cards([term.person for term, _card in pairs])
    without = {
        term.person_id for term, card in pairs if card and card.is_active and term.person_id not in users
    }
    ticked = set(form.person.data or ()) if isinstance(form, PinsForm) and form.is_submitted() else without
    page = render(
        "people/signin/pins.html",
        holders=pairs,
        users=users,
        without_pin=without,
        ticked_ids=ticked,
        form=form,
    )
    return page, form.status


@bp.post("/v/<village>/pins")
@access.allow(*access.COMMITTEE)
def give_pins(village: str) -> Response | tuple[str, int]:
    """Give the ticked workers a PIN each, shown once, on slips to cut; it is told who can't have one."""
    form, given, left = PinsForm(), dict[Person, str](), list[str]()
    if form.validate_on_submit():
        ticked, serving = set(form.person.data or ()), cards.holders_with_cards(g.area)
        people = list({term.person for term, _card in serving if term.person_id in ticked})
        pins = dict(zip(people, keeping.new_pins(people), strict=True))
        with attempt(form):
            given, refused = keeping.give_pins(pins, current_user)
            left = web.refusal_summaries((person.name, refusal) for person, refusal in refused)
    if form.status != 200:
        return _pins(form)
    slips = [(person, cards.active_card(person), pin) for person, pin in given.items()]
    address = web.public_url(url_for("signin.sign_in"))
    return web.secret_page(
        render_template("people/signin/pin_slips.html", slips=slips, refusals=left, address=address)
    )


@bp.post("/v/<village>/pins/<int:ident>")
@access.allow(*access.COMMITTEE)
def give_pin(village: str, ident: int) -> Response | tuple[str, int]:
    """Give a worker a PIN for their card, which is shown once."""
    form, new_pin = ButtonForm(), ""
    (pin,) = keeping.new_pins([fetch(Person, ident, area_id=g.area.id) or abort(404)])
    with attempt(form):
        person = fetch(Person, ident, lock=True, area_id=g.area.id) or abort(404)
        new_pin = keeping.give_pin(person, current_user, pin)
    if not new_pin:
        return _pins(form)
    return _secret_page(keeping.user_of_card(person), new_pin)


def _user(ident: int) -> User:
    return keeping.find(g.area, ident) or abort(404)


def _roles_below(area: Area) -> list[Role]:
    """The roles that somebody may hold in an area or below it, as one can ask for them."""
    is_prefecture = area.level == Level.PREFECTURE
    return [role for role in labels.ROLES if (role not in IN_A_COUNTY) == is_prefecture]


def _roles_to_give() -> list[Role]:
    """The roles that the reader may give here or below; a worker's comes with the card's PIN."""
    given_roles = {role for own_role in g.roles for role in accounts.ROLES_TO_GIVE.get(own_role, ())}
    return [role for role in Role if role in given_roles - {Role.WORKER}]


def _with_choices(form: Any, user: User | None = None) -> Any:
    """The form with its choices: roles that the reader may give, places, and people of the roster."""
    if isinstance(form, RoleForm):
        places = keeping.places(g.area, _roles_to_give())
        roles = [role for role in _roles_to_give() if any(accounts.exists_at(role, each) for each in places)]
        form.role.choices = [(str(role), labels.ROLES[role]) for role in roles]
        form.place.choices = [(place.id, place.name) for place in places]
    if isinstance(form, RosterForm):
        people = keeping.serving_people(g.area) if g.area.is_village else []
        if user and user.person and user.person not in people:
            people = [user.person, *people]
        form.person.choices = [
            (0, gettext("not on the roster")),
            *((person.id, shown_name(person)) for person in people),
        ]
    return form


def _place(form: RoleForm) -> Area:
    return db.session.get_one(Area, form.place.data)


def _person(form: RosterForm) -> Person | None:
    return db.session.get_one(Person, form.person.data) if form.person.data else None


def _secret_page(user: User | None, secret: str) -> Response:
    """The one page on which a new password or PIN is seen."""
    card = cards.active_card(user.person) if user and user.person and accounts.is_of_card(user) else None
    return web.secret_page(render_template("people/signin/given.html", user=user, secret=secret, card=card))


def _finish(ident: int, form: Form, words: str) -> Response | tuple[str, int]:
    if form.status != 200:
        return _account(_user(ident), form)
    flash(words)
    if keeping.find(g.area, ident) is None:  # the last role here was taken back
        return redirect(url_for("signin.accounts", area=g.area.code))
    return redirect(url_for("signin.account", area=g.area.code, ident=ident))
