"""What a password or a PIN must be, and new ones that somebody is given.

A PIN opens a worker's own page only, together with the card's number; it is six digits because that is
what people know from their bank card.
"""

import secrets
import unicodedata
from collections.abc import Collection
from functools import cache
from itertools import pairwise

from flask_babel import lazy_gettext as _
from werkzeug.security import check_password_hash, generate_password_hash

from ground.refusal import Refused

SHORTEST = 8
PIN_DIGITS = 6
FEWEST_DIFFERENT = 3  # 111111, 121212 and 112211 are the first that anyone tries

# Nothing that is misread when it is copied from paper: no 0 and o, 1, l and i, no capitals.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

METHOD = "scrypt"  # slow on purpose; tests that sign in a hundred times make it fast


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash it never is, which takes just as long to find out."""
    same = check_password_hash(password_hash or _of_nobody(METHOD), password)
    return same and bool(password_hash)


@cache
def _of_nobody(method: str) -> str:
    """What an unknown name is compared with, so that names cannot be found by the clock."""
    return generate_password_hash("nobody", method)


def hashed(password: str) -> str:
    """The password as it is kept."""
    return generate_password_hash(password, METHOD)


def check_password(new: str, username: str, field: str = "password") -> None:
    """Refused `password_too_short` (under 8 characters), `password_is_name`."""
    if len(new) < SHORTEST:
        raise Refused("password_too_short", _("A password has at least %(n)s characters.", n=SHORTEST), field)
    if new.casefold() == username.casefold():
        raise Refused("password_is_name", _("The password must not be the sign-in name."), field)


def check_pin(new: str, known: Collection[str] = (), field: str = "password") -> None:
    """Refused `pin_shape` unless it is six digits, `pin_too_simple` for what is tried first.

    That is: fewer than three different digits, a run like 123456, three digits twice, or anything of
    `known`: what stands on the card or is known of its holder (birth year, phone).
    """
    if len(new) != PIN_DIGITS or not (new.isascii() and new.isdecimal()):
        raise Refused("pin_shape", _("A PIN has six digits."), field)
    steps = {int(after) - int(before) for before, after in pairwise(new)}
    is_run = steps in ({1}, {-1})
    is_twice = new[:3] == new[3:]
    is_known = any(len(word) >= 4 and (word in new or new in word) for word in known)
    if len(set(new)) < FEWEST_DIFFERENT or is_run or is_twice or is_known:
        raise Refused(
            "pin_too_simple", _("This PIN is too easy to guess. Mix the digits, and take no year."), field
        )


def figures(text: str) -> str:
    """Digits as a Chinese keyboard types them (１２３) in plain ones; other text is left."""
    plain = unicodedata.normalize("NFKC", text)
    return plain if plain.isascii() and plain.isdecimal() else text


def new_password() -> str:
    """A password to be given to somebody, in three groups that can be read out: 40 bits and more."""
    return "-".join("".join(secrets.choice(READABLE) for _each in range(3)) for _group in range(3))


def new_pin(known: Collection[str] = ()) -> str:
    """A PIN to be given to somebody that they could also have chosen."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
        try:
            check_pin(pin, known)
        except Refused:
            continue
        return pin
