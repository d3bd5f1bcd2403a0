"""Who may set the program up: whoever sits at this computer, or knows the code that `start` printed."""

import hmac
import secrets
from hashlib import sha256

from flask import abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from ground.server import visitor
from people import access
from people.cards import random_characters

CODE = "SETUP_CODE"  # in the configuration, from `start` on until its end
CODE_CHARACTERS = 8  # 40 bits; it is asked for until the first day is over
KNOWN = "setup_code"  # in the cookie of who typed it

# What a visitor chooses on any page.
CHOICES = {"home.language", "home.print_size"}


def new_code() -> str:
    """A new code for who sets the program up from elsewhere, in two groups; the one before opens nothing."""
    code = random_characters(CODE_CHARACTERS, secrets.SystemRandom())
    current_app.config[CODE] = code
    return f"{code[:4]}-{code[4:]}"


def is_begun() -> bool:
    """Whether there is anything in the database that this request asks."""
    return bool(g.is_demo or current_app.config["IN_EARNEST"])


def lead_to_setup() -> Response | None:
    """Lead every request to the set-up page as long as nothing is in the database."""
    if is_begun() or request.endpoint in access.ASSETS | CHOICES or request.blueprint == "setup":
        return None
    return redirect(url_for("setup.choose"))


def check_may_set_up() -> Response | None:
    """Lead whoever comes from elsewhere to where the code is asked; 404 once something is there."""
    if is_begun():
        abort(404)
    if visitor.is_from_here() or _knows_code():
        return None
    return redirect(url_for("setup.code"))


def _mark() -> str:
    """What stands in the cookie of who knows the code; empty where there is none."""
    code = current_app.config.get(CODE, "")
    return sha256(code.encode()).hexdigest() if code else ""


def _knows_code() -> bool:
    mark = _mark()
    return bool(mark) and hmac.compare_digest(session.get(KNOWN, ""), mark)


def try_code(typed: str) -> bool:
    """Whether this is the code; it is then remembered on this device."""
    code = current_app.config.get(CODE, "")
    plain = "".join(character for character in typed.upper() if character.isalnum())
    if not code or not hmac.compare_digest(plain.encode(), code.encode()):
        return False
    session[KNOWN] = _mark()
    return True
