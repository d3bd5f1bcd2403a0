"""Who may set the program up: whoever sits at this computer, or knows the code that a command prints."""

import hmac

from flask import abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from ground import web
from ground.server import visitor
from people import access
from people.scanning.reading import ALPHABET

CODE_CHARACTERS = 8  # 40 bits; it is asked for until the first day is over
KNOWN = "knows_setup_code"  # in the cookie of who typed it

# What a visitor chooses on any page.
CHOICES = {"home.language", "home.print_size"}


def code() -> str:
    """The code for who sets the program up from elsewhere, in two groups.

    It comes of the program's secret, so that a command can say what every process of a server asks for.
    """
    key = web.program_key("setup code")
    drawn = "".join(ALPHABET[byte % len(ALPHABET)] for byte in key[:CODE_CHARACTERS])
    return f"{drawn[:4]}-{drawn[4:]}"


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
    if visitor.is_from_here() or session.get(KNOWN):
        return None
    return redirect(url_for("setup.code"))


def try_code(typed: str) -> bool:
    """Whether this is the code; it is then remembered on this device."""
    plain = "".join(character for character in typed.upper() if character.isalnum())
    if not hmac.compare_digest(plain.encode(), code().replace("-", "").encode()):
        return False
    session[KNOWN] = True
    return True
