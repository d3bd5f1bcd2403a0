"""The pages to sign in, by one step or two, and out, and to change one's own password."""

from collections.abc import Callable
from secrets import token_hex

from flask import (
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from ground import clock, cookies, sending, web
from ground.db import db, get_locked, transaction
from ground.forms import ButtonForm, Form, attempt
from ground.refusal import Refused
from ground.watch import events
from people import access
from people.forms.accounts import FirstPasswordForm, OneTimeCodeForm, PasswordForm, SignInForm
from people.models import User
from people.signin import accounts, guard, second_factor, sessions
from people.signin.passwords import Secret
from people.views.signin import bp

SESSION_KEY = "_user_id"  # where Flask-Login keeps whose session it is: with us the token that opens it
KNOWN = "knew_the_password"  # in the cookie while the second factor is asked
CODE_PATIENCE_SECONDS = 600
SECOND_FACTOR = "second factor"  # what the program's key is for
DEVICE_COOKIE = "device"
MOST_USERS_OF_DEVICE = (
    8  # an office PC knows the whole committee; who comes ninth displaces who was longest away
)
OWN_MARK = ""  # in place of a sign-in's id: the mark of the device itself
DEVICE_KEPT_SECONDS = 2 * 365 * 86400  # seconds


@bp.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> Response:
    """Sign in by name or card, and go on to where one was headed."""
    form = SignInForm()
    if form.validate_on_submit():
        owner = accounts.find_signing_in(form.username.data)
        number = owner.session if owner else 0
        user = check_proof(
            form,
            _counts(form.username.data, owner),
            owner,
            lambda: accounts.sign_in(form.username.data, form.password.data),
        )
        if user is not None and second_factor.find(user) is not None:
            return _ask_for_code(form, user, number)
        if user is not None:
            return _let_in(form, user, number)
    page = make_response(_sign_in_page(form, request.args.get("next")), form.status)
    return _mark_device(page) if request.method == "GET" else page


def _let_in(form: SignInForm | OneTimeCodeForm, user: User, number: int) -> Response:
    """Begin the session of who has proved everything that is asked."""
    begin(user, number)
    events.tell("signed_in", user=user.id)
    return _remember_device(_go_on(form, user), user)


def _ask_for_code(form: SignInForm, user: User, number: int) -> Response:
    """Ask for the second factor of who knew the password; nobody is signed in yet.

    That they knew it is remembered on this device alone, for some minutes.
    """
    session[KNOWN] = [user.id, number, int(clock.machine_now().timestamp())]
    code_form = OneTimeCodeForm(formdata=None, kept=form.kept.data)
    return make_response(_code_page(code_form), 200)


def _who_knew_the_password() -> tuple[User, int] | None:
    """Whose password was typed on this device a moment ago, and the number of their sessions then."""
    ident, number, at = session.get(KNOWN) or (0, 0, 0)
    user = (
        db.session.get(User, ident) if clock.machine_now().timestamp() - at < CODE_PATIENCE_SECONDS else None
    )
    is_as_before = user is not None and user.session == number and user.closed_at is None
    return (user, number) if user is not None and is_as_before else None


@bp.route("/sign-in/code", methods=["GET", "POST"])
@access.public
def sign_in_code() -> Response:
    """Type the code that is asked after the password, and go on to where one was headed."""
    form, known = OneTimeCodeForm(), _who_knew_the_password()
    if known is None:
        return _begin_anew(form)
    user, number = known
    if form.validate_on_submit() and check_code(form, user):
        return _let_in(form, user, number)
    return make_response(_code_page(form), form.status)


def _begin_anew(form: OneTimeCodeForm) -> Response:
    """Back to the password, which was typed too long ago or changed; a form that is carried goes along."""
    if request.method == "GET":
        return redirect(url_for("signin.sign_in", next=request.args.get("next")))
    again = SignInForm(formdata=None, kept=form.kept.data)
    note = gettext("Please begin once more with the name and the password.")
    return make_response(_sign_in_page(again, request.args.get("next"), note), 401)


def check_code(form: OneTimeCodeForm, user: User) -> User | None:
    """The user whose code was typed, which is used up; None if the form refuses."""
    typed, key = form.code.data, web.program_key(SECOND_FACTOR)

    def use_code() -> User:
        with transaction():
            return second_factor.use_code(get_locked(User, user.id), typed, key)

    return check_proof(form, guard.code_counts(user, _device_marks(user)), user, use_code)


def _code_page(form: OneTimeCodeForm) -> str:
    return render_template("people/signin/code.html", form=form, next=request.args.get("next"))


def _go_on(form: SignInForm | OneTimeCodeForm | FirstPasswordForm, user: User) -> Response:
    """Go on to where one was headed; with a form that could not be sent, if it was one's own.

    Whoever first has to choose a password takes it along.
    """
    kept = sending.opened(form.kept.data)
    if kept is not None and kept.key is not None:
        if kept.key.user_id == user.id and user.temporary:
            return make_response(*_password_page(FirstPasswordForm(formdata=None, kept=form.kept.data)))
        if kept.key.user_id == user.id:
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
    return _mark_device(page)


def _counts(typed: str, owner: User | None) -> guard.Counts:
    """The counts of a try to sign in on this device and from this address."""
    name = accounts.sign_in_name(typed)
    return guard.sign_in_counts(owner, name, request.remote_addr, _device_marks(owner))


def _device_marks(owner: User | None) -> guard.DeviceMarks:
    devices = _devices()
    return guard.DeviceMarks(devices.get(OWN_MARK, ""), devices.get(str(owner.id), "") if owner else "")


def check_proof(
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
        events.add_to_request(whose=owner.id if owner else None)
        form.refuse(refusal)
        return None
    return user


def begin(user: User, number: int) -> None:
    """Begin a new session; nothing of the one before is taken over."""
    with transaction():
        sessions.end(_token())
        token = sessions.begin(user, number, request.user_agent.string, _own_mark())
    session.clear()
    g.pop("csrf_token", None)  # the one of the session before
    login_user(user)
    session[SESSION_KEY] = token


def _token() -> str:
    """The token of the session that this device brought; empty if none."""
    return str(session.get(SESSION_KEY, ""))


def _leave() -> None:
    """Forget the session on this device too."""
    logout_user()
    session.clear()


@bp.post("/sign-out")
@access.public
def sign_out() -> Response:
    """Sign out."""
    with transaction():
        sessions.end(_token())
    _leave()
    return redirect(url_for("signin.sign_in"))


@bp.route("/password", methods=["GET", "POST"])
@access.signed_in
def password() -> Response | tuple[str, int]:
    """Choose a password or PIN of one's own; at the first sign-in before anything else."""
    form = FirstPasswordForm() if current_user.temporary else PasswordForm()
    if form.validate_on_submit():
        ident, number = current_user.id, current_user.session
        if isinstance(form, PasswordForm):
            counts = guard.password_change_counts(current_user)
            check_proof(
                form,
                counts,
                current_user,
                lambda: accounts.check_own_password(current_user, form.password.data),
            )
        secret = _own_secret(form) if form.status == 200 else None
        if secret:
            with attempt(form):
                user = accounts.choose_password(get_locked(User, ident), secret, number)
        if form.status == 200:
            begin(user, user.session)
            flash(gettext("Your new password holds from now on. Everywhere else you are signed out."))
            return _go_on(form, user)
    return _password_page(form)


def _own_secret(form: FirstPasswordForm) -> Secret | None:
    """The password that was typed as a new one, checked and hashed; None if the form refuses it."""
    try:
        return accounts.own_secret(current_user, form.new.data)
    except Refused as refusal:
        form.refuse(refusal)
        return None


def _password_page(form: FirstPasswordForm) -> tuple[str, int]:
    of_card = accounts.is_of_card(current_user)
    may_have = not current_user.temporary and (
        second_factor.may_have(current_user) or second_factor.find(current_user) is not None
    )
    page = render_template(
        "people/signin/password.html", form=form, is_of_card=of_card, may_have_second_step=may_have
    )
    return page, form.status


@bp.get("/sessions", endpoint="sessions")
@access.signed_in
def own_sessions() -> str:
    """Where one is signed in oneself."""
    return render_template(
        "people/signin/sessions.html",
        open_sessions=sessions.of_user(current_user),
        own_session=g.user_session,
        device_words=sessions.device_words,
    )


@bp.post("/sessions/<int:ident>/end")
@access.signed_in
def end_session(ident: int) -> Response:
    """Sign oneself out on another device."""
    if ButtonForm().validate_on_submit():
        with transaction():
            other_session = next((each for each in sessions.of_user(current_user) if each.id == ident), None)
            sessions.end_elsewhere(other_session or abort(404))
        flash(gettext("You are signed out there."))
    return redirect(url_for("signin.sessions"))


@bp.post("/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> Response:
    """Sign out here and on every other device."""
    if ButtonForm().validate_on_submit():
        with transaction():
            accounts.sign_out_everywhere(get_locked(User, current_user.id), current_user)
        _leave()
        flash(gettext("You are signed out everywhere."))
    return redirect(url_for("signin.sign_in"))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=DEVICE_COOKIE)


def _devices() -> dict[str, str]:
    """The device's mark for each sign-in that was used on it, by the sign-in's id; and its own mark."""
    try:
        return dict(_signer().loads(cookies.kept(DEVICE_COOKIE) or ""))
    except BadData:
        return {}


def _own_mark() -> str:
    """The device's own mark, by which it is known again; a new one if it brought none."""
    if "own_mark" not in g:
        g.own_mark = _devices().get(OWN_MARK) or token_hex(8)
    return str(g.own_mark)


def _remember_device(response: Response, user: User) -> Response:
    """Remember this device for the sign-in, so that wrong tries elsewhere do not lock it out."""
    devices = _devices()
    devices.pop(OWN_MARK, None)
    mark = devices.pop(str(user.id), None) or token_hex(8)
    latest = [*devices.items(), (str(user.id), mark)][-MOST_USERS_OF_DEVICE:]
    return _set_devices(response, [(OWN_MARK, _own_mark()), *latest])


def _mark_device(response: Response) -> Response:
    """Give a device that was never here a mark, by which its tries are told from others at its address."""
    return response if _devices() else _set_devices(response, [(OWN_MARK, _own_mark())])


def _set_devices(response: Response, devices: list[tuple[str, str]]) -> Response:
    cookies.keep(current_app, response, DEVICE_COOKIE, _signer().dumps(devices), DEVICE_KEPT_SECONDS)
    return response
