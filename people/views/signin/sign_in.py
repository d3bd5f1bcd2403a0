"""The pages to sign in and out, and to change one's own password."""

from collections.abc import Callable
from secrets import token_hex

from flask import current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from ground import sending, web
from ground.db import get_locked, transaction
from ground.forms import ButtonForm, Form, attempt
from ground.refusal import Refused
from people import access
from people.forms.accounts import FirstPasswordForm, PasswordForm, SignInForm
from people.models import User
from people.signin import accounts, guard
from people.views.signin import bp

DEVICE_COOKIE = "device"
MOST_USERS_OF_DEVICE = (
    8  # an office PC knows the whole committee; who comes ninth displaces who was longest away
)
DEVICE_KEPT_SECONDS = 2 * 365 * 86400  # seconds


@bp.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> Response | tuple[str, int]:
    """Sign in by name or card, and go on to where one was headed."""
    form = SignInForm()
    if form.validate_on_submit():
        owner = accounts.find_signing_in(form.username.data)
        device = _devices().get(str(owner.id)) if owner else None
        name = accounts.sign_in_name(form.username.data)
        counts = guard.sign_in_counts(name, request.remote_addr, device)
        user = _check_proof(
            form, counts, owner, lambda: accounts.sign_in(form.username.data, form.password.data)
        )
        if user is not None:
            _begin(user)
            return _remember_device(_go_on(form, user), user)
    return _sign_in_page(form, request.args.get("next")), form.status


def _go_on(form: SignInForm | FirstPasswordForm, user: User) -> Response:
    """Go on to where one was headed; with a form that could not be sent, if it was one's own.

    Whoever first has to choose a password takes it along.
    """
    kept = sending.opened(form.kept.data)
    if kept is not None and kept.key is not None:
        if kept.key.person == user.id and user.temporary:
            return make_response(*_password_page(FirstPasswordForm(formdata=None, kept=form.kept.data)))
        if kept.key.person == user.id:
            return make_response(*sending.kept_page(kept, 200))
        flash(gettext("What was typed before was somebody else's. It was not sent."))
    return redirect(web.own_address(request.args.get("next")))


def _sign_in_page(form: SignInForm, headed_for: str | None, note: str = "") -> str:
    return render_template("people/signin/sign_in.html", form=form, next=headed_for, note=note)


def ask_to_sign_in() -> Response | tuple[str, int]:
    """Lead whoever is not signed in, or as somebody else, to the sign-in page; a form goes along with them.

    The form is only ever shown again to the person that it was shown to.
    """
    headed_for = sending.page_of_form()
    kept = sending.form_sent()
    if kept is None:
        return redirect(url_for("signin.sign_in", next=headed_for))
    if again := sending.answer_if_done():  # it may have been the form that signed them out
        return again
    is_small = kept.size <= sending.MOST_KEPT
    form = SignInForm(formdata=None, kept=kept.sealed() if is_small else "")
    if current_user.is_authenticated:
        note = gettext(
            "Somebody else is signed in now, so this was not sent. "
            "Whoever typed it can sign in here and go on."
        )
    elif is_small:
        note = gettext(
            "You are signed out and this was not sent yet. Sign in and go on: what you typed is kept."
        )
    else:
        note = gettext("You are signed out, so this was not sent, and it is too long to be kept.")
    page = make_response(_sign_in_page(form, headed_for, note), 401)
    page.headers["Cache-Control"] = "no-store"
    return page


def _check_proof(
    form: Form, counts: guard.Counts, owner: User | None, proof: Callable[[], User]
) -> User | None:
    """The user whose password was typed, by a proof that takes its time; None if the form refuses.

    The try is counted before the password is looked at, and given back if it was right.

    Two transactions, and none while the password is looked at: the first must last when the try fails,
    and a guesser must not keep the whole house waiting.
    """
    try:
        with transaction():
            counted_try = guard.count_try(counts, owner)
        user = proof()
        with transaction():
            guard.give_back_try(counted_try)
    except Refused as refusal:
        form.refuse(refusal)
        return None
    return user


def _begin(user: User) -> None:
    """Begin a new session; nothing of the one before is taken over."""
    session.clear()
    g.pop("csrf_token", None)  # the one of the session before
    login_user(user)


@bp.post("/sign-out")
@access.public
def sign_out() -> Response:
    """Sign out."""
    logout_user()
    session.clear()
    return redirect(url_for("signin.sign_in"))


@bp.route("/password", methods=["GET", "POST"])
@access.signed_in
def password() -> Response | tuple[str, int]:
    """Choose a password or PIN of one's own; at the first sign-in before anything else."""
    form = FirstPasswordForm() if current_user.temporary else PasswordForm()
    if form.validate_on_submit():
        if isinstance(form, PasswordForm):
            counts = guard.password_change_counts(current_user)
            _check_proof(
                form,
                counts,
                current_user,
                lambda: accounts.check_own_password(current_user, form.password.data),
            )
        if form.status == 200:
            with attempt(form):
                user = accounts.choose_password(get_locked(User, current_user.id), form.new.data)
        if form.status == 200:
            _begin(user)
            flash(gettext("Your new password holds from now on. Everywhere else you are signed out."))
            return _go_on(form, user)
    return _password_page(form)


def _password_page(form: FirstPasswordForm) -> tuple[str, int]:
    of_card = accounts.is_of_card(current_user)
    return render_template("people/signin/password.html", form=form, of_card=of_card), form.status


@bp.post("/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> Response:
    """Sign out here and on every other device."""
    if ButtonForm().validate_on_submit():
        with transaction():
            accounts.sign_out_everywhere(get_locked(User, current_user.id), current_user)
        logout_user()
        session.clear()
        flash(gettext("You are signed out everywhere."))
    return redirect(url_for("signin.sign_in"))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=DEVICE_COOKIE)


def _devices() -> dict[str, str]:
    """The device's mark for each sign-in that was used on this device, by the sign-in's id."""
    try:
        return dict(_signer().loads(request.cookies.get(DEVICE_COOKIE, "")))
    except BadData:
        return {}


def _remember_device(response: Response, user: User) -> Response:
    """Remember this device for the sign-in, so that wrong tries elsewhere do not lock it out."""
    devices = _devices()
    mark = devices.pop(str(user.id), None) or token_hex(8)
    latest = [*devices.items(), (str(user.id), mark)][-MOST_USERS_OF_DEVICE:]
    response.set_cookie(
        DEVICE_COOKIE,
        _signer().dumps(latest),
        max_age=DEVICE_KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response
