"""What visitors choose for themselves: the language, and the size of print."""

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from ground import cookies
from ground.web.addresses import own_address

LANGUAGES = ("zh", "en")
PRINT_SIZES = ("normal", "large", "largest")
CHOICE_KEPT_SECONDS = 365 * 86400


def locale() -> str:
    """The visitor's language: Chinese, unless they chose English."""
    chosen = cookies.kept("language") if request else None
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def print_size(chosen: str | None) -> str:
    """The size of print that somebody chose, or the normal one."""
    return chosen if chosen in PRINT_SIZES else PRINT_SIZES[0]


def remember_choice(cookie: str, value: str) -> Response:
    """Remember a choice of the visitor's for a year, and return to the page they were on."""
    response = redirect(own_address(request.form.get("next")))
    cookies.keep(current_app, response, cookie, value, CHOICE_KEPT_SECONDS)
    return response
