"""Refusals: a rule of the field said no, and nothing was changed."""

import re
from collections.abc import Callable
from typing import Any, ParamSpec

from flask_babel import lazy_gettext as _

P = ParamSpec("P")

# The HTTP status of what is not simply a request that can't be done (422): nobody is known to ask, a clash
# with what is there, not from there; 503 until the clock is set right.
STATUSES = {
    "no_key": 401,
    "bad_key": 401,
    "conflict": 409,
    "key_reused": 409,
    "voided": 409,
    "leased": 409,
    "demo_is_local": 403,
    "clock_back": 503,
    "unknown_host": 400,
    "unknown_outcome": 500,
}


class Refused(Exception):
    """A rule of the field was broken; nothing was changed.

    `code` is stable and in English (`insufficient_points`), for programs and tests; `message` is a
    lazily translated sentence for the person; `field` names the form field it stands next to, if one.
    """

    def __init__(self, code: str, message: Any, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return STATUSES.get(self.code, 422)

    def with_field(self, field: str) -> "Refused":
        """The same refusal, to stand next to another field."""
        return Refused(self.code, self.message, field)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def refusal_of(check: Callable[P, object], *values: P.args, **named: P.kwargs) -> Refused | None:
    """The refusal of a check, for a page that says beforehand what is not done; None if it would be."""
    try:
        check(*values, **named)
    except Refused as refusal:
        return refusal
    return None


def check_repeated(stored: object, requested: object) -> None:
    """Check that a key that was sent again comes with the same request. Refused `key_reused`."""
    if stored != requested:
        raise Refused("key_reused", _("This form was sent before with something else in it."))


def says_something(text: str, least_letters: int = 2) -> bool:
    """Whether a text can give a reason or show something: not with one letter, as 无无无无, or none."""
    letters = re.sub(r"[\W_]+", "", text.casefold())
    return len(letters) >= least_letters and len(set(letters)) > 1


def required_reason(reason: str, field: str = "reason") -> str:
    """A reason without the space around it. Refused `reason_missing` if it does not say anything."""
    if not says_something(reason):
        raise Refused("reason_missing", _("Say why, in a few words."), field)
    return reason.strip()
