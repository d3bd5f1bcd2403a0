"""Signing in and out."""

from flask import redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from people import access, accounts, pages
from people.forms import attempt
from people.forms.accounts import SignInForm
from people.views import bp


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
