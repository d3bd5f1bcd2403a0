"""The page of one's own second step of signing in: set up, looked at, taken off."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import get_locked
from ground.forms import attempt
from people import access
from people.forms.accounts import OneTimeCodeForm, SecondFactorForm
from people.models import User
from people.signin import accounts, guard, second_factor
from people.views.signin import bp, sign_in


@bp.route("/second-step", methods=["GET", "POST"])
@access.signed_in
def second_step() -> Response | tuple[str, int]:
    """Set up a second step of one's own signing in, or see how it stands."""
    if second_factor.find(current_user) is not None:
        return _held_page(OneTimeCodeForm(formdata=None))
    if not second_factor.may_have(current_user):
        abort(404)
    form = SecondFactorForm()
    if len(form.nonce.data) != second_factor.NONCE_LENGTH:
        form.nonce.data = second_factor.new_nonce()
    codes, user = list[str](), current_user
    if form.validate_on_submit() and sign_in.check_proof(
        form,
        guard.password_change_counts(user),
        user,
        lambda: accounts.check_own_password(user, form.password.data),
    ):
        with attempt(form):
            user = get_locked(User, current_user.id)
            codes = second_factor.set_up(user, form.nonce.data, form.code.data, _key())
        if codes:
            sign_in.begin(user, user.session)
            return web.secret_page(render_template("people/signin/recovery_codes.html", codes=codes))
    return _set_up_page(form)


def _key() -> bytes:
    return web.program_key(sign_in.SECOND_FACTOR)


def _set_up_page(form: SecondFactorForm) -> tuple[str, int]:
    secret = second_factor.secret_of(current_user, form.nonce.data, _key())
    address = second_factor.address_of(current_user, secret)
    page = render_template(
        "people/signin/second_step.html", form=form, secret=secret, address=address, factor=None
    )
    return page, form.status


def _held_page(form: OneTimeCodeForm) -> tuple[str, int]:
    page = render_template(
        "people/signin/second_step.html",
        form=form,
        factor=second_factor.find(current_user),
        codes_left=second_factor.codes_left(current_user),
    )
    return page, form.status


@bp.post("/second-step/off")
@access.signed_in
def second_step_off() -> Response | tuple[str, int]:
    """Take off one's own second step, with a code."""
    form, user = OneTimeCodeForm(), current_user
    if second_factor.find(user) is None:
        return redirect(url_for("signin.second_step"))
    if form.validate_on_submit() and sign_in.check_code(form, user):
        with attempt(form):
            second_factor.take_off(get_locked(User, user.id), user)
        if form.status == 200:
            flash(gettext("Taken off. From now on only your password is asked."))
            return redirect(url_for("signin.password"))
    return _held_page(form)
