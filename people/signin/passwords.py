"""Rules for passwords and PINs, and new ones that are given to somebody.

A hash is slow on purpose, so all of it is done before a write begins: verbs take a finished `Secret`.

A PIN opens a worker's own page only, together with the card's number; it is six digits because that is
what people know from their bank card.
"""

import secrets
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from os import cpu_count
from typing import NamedTuple

from flask_babel import lazy_gettext as _
from werkzeug.security import check_password_hash, generate_password_hash
from zxcvbn import zxcvbn

from ground import names
from ground.figures import narrow
from ground.refusal import Refused
from ground.slow import check_nobody_waits

SHORTEST_CHARACTERS = 8
PIN_DIGITS = 6
FEWEST_DIFFERENT_DIGITS = 3  # 111111, 121212 and 112211 are the first that anyone tries

# A password that is found by fewer guesses is one of those that are tried first. Fifty a day can be tried.
FEWEST_GUESSES = 10**6
MOST_CHARACTERS_RATED = 72  # the rest makes it only better, and takes long
# What is tried first here, beside the list of 30 000 that zxcvbn brings.
TRIED_HERE = (
    "aixin",
    "aixin-demo",
    "woaini",
    "wo ai ni",
    "1314",
    "5201314",
    "woaizhongguo",
    "yunnan",
    "mima",
    "爱心",
    "密码",
)

# Nothing that is misread when it is copied from paper: no 0 and o, 1, l and i, no capitals.
READABLE_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"

# Slow on purpose: 32 MB, three times over, the least that OWASP's ASVS 5.0 (appendix C) approves of scrypt.
# Tests that sign in a hundred times make it fast.
HASH_METHOD = "scrypt:32768:8:3"


class Secret(NamedTuple):
    """A password or PIN for somebody, and its hash, which is what is kept; `own_secret` checks one."""

    plain: str
    hash: str


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash never, and it takes just as long to find out."""
    check_nobody_waits("a password is compared")
    same = check_password_hash(password_hash or _hash_of_nobody(HASH_METHOD), password)
    return same and bool(password_hash)


@cache
def _hash_of_nobody(method: str) -> str:
    """A hash for unknown names, so that the time of the answer does not show which names exist."""
    return generate_password_hash("nobody", method)


def secret_of(plain: str) -> Secret:
    """A password or PIN that was made here, with its hash. It takes about 150 ms of a core."""
    check_nobody_waits("a password is hashed")
    return Secret(plain, generate_password_hash(plain, HASH_METHOD))


def secrets_of(plain: Collection[str]) -> list[Secret]:
    """Many passwords or PINs with their hashes, made on all cores; 70 take about six seconds on two."""
    check_nobody_waits("passwords are hashed")
    with ThreadPoolExecutor(cpu_count()) as threads:
        return list(threads.map(secret_of, plain))


def own_secret(new: str, username: str) -> Secret:
    """A password that somebody thought of, with its hash. Refused as `check_password`."""
    check_password(new, username)
    return secret_of(new)


def check_password(new: str, username: str, field: str = "password") -> None:
    """Check a new password.

    Refused `password_too_short` (under 8 characters), `password_is_name`, `password_too_common` when it is
    among the first that anyone tries, also with a year or a figure behind it. It takes up to 50 ms.
    """
    check_nobody_waits("a password is rated")
    if len(new) < SHORTEST_CHARACTERS or not new.strip():
        raise Refused(
            "password_too_short", _("A password has at least %(n)s characters.", n=SHORTEST_CHARACTERS), field
        )
    if names.same(new, username):
        raise Refused("password_is_name", _("The password must not be the sign-in name."), field)
    rating = zxcvbn(narrow(new)[:MOST_CHARACTERS_RATED], user_inputs=[username, *TRIED_HERE])
    if rating["guesses"] < FEWEST_GUESSES:
        raise Refused(
            "password_too_common",
            _("Many people have this password, so it is guessed quickly. Take three words that you know."),
            field,
        )


def check_pin(new: str, facts: Collection[str] = (), field: str = "password") -> None:
    """Check a new PIN. Refused `pin_shape` unless it is six digits, `pin_too_simple`.

    Too simple are fewer than three different digits, a run like 123456, three digits twice, or anything
    of `facts`: what stands on the card or is known of its holder (birth year, phone).
    """
    if len(new) != PIN_DIGITS or not (new.isascii() and new.isdecimal()):
        raise Refused("pin_shape", _("A PIN has six digits."), field)
    steps = {int(after) - int(before) for before, after in pairwise(new)}
    is_run = steps in ({1}, {-1})
    is_twice = new[:3] == new[3:]
    is_known = any(len(word) >= 4 and (word in new or new in word) for word in facts)
    if len(set(new)) < FEWEST_DIFFERENT_DIGITS or is_run or is_twice or is_known:
        raise Refused(
            "pin_too_simple", _("This PIN is too easy to guess. Mix the digits, and take no year."), field
        )


def plain_digits(text: str) -> str:
    """Digits as a Chinese keyboard types them (１２３) as plain ones; other text as it is."""
    plain = narrow(text)
    return plain if plain.isascii() and plain.isdecimal() else text


def new_password() -> str:
    """A random password to give to somebody, in three groups that can be read out: 40 bits and more."""
    return "-".join("".join(secrets.choice(READABLE_CHARACTERS) for _each in range(3)) for _group in range(3))


def new_pin(facts: Collection[str] = ()) -> str:
    """A random PIN to give to somebody, which `check_pin` allows."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
        try:
            check_pin(pin, facts)
        except Refused:
            continue
        return pin
