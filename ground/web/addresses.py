"""Addresses: the program's own, under which people find it, and what they ask for in them."""

import re
from typing import NoReturn

from flask import abort, current_app, request
from flask_babel import lazy_gettext as _
from werkzeug.routing import IntegerConverter, Map

from ground.computer.addresses import host_in, is_loopback
from ground.db import LARGEST_ID
from ground.refusal import Refused

LAST_PAGE = 10**6  # a page that no list reaches, and no database chokes on


class RowId(IntegerConverter):
    """The number of a row in an address; a number too large for any column is not found (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def number_asked(name: str) -> int | None:
    """The number that the address gives as `?name=`, or None; 404 for one too large for any column."""
    return next(iter(numbers_asked(name)), None)


def numbers_asked(name: str) -> list[int]:
    """All the numbers that the address gives as `?name=`; 404 if one is too large for any column."""
    numbers = request.args.getlist(name, type=int)
    return numbers if all(abs(number) <= LARGEST_ID for number in numbers) else abort(404)


def page_number() -> int:
    """The number of the page that is asked for by `?page=`, from 1 on; 404 below."""
    number = min(request.args.get("page", 1, type=int), LAST_PAGE)
    return number if number > 0 else abort(404)


def check_host() -> None:
    """Check that a request was sent to our own address. Refused `unknown_host`.

    Asked is what PUBLIC_URL says, or the computer itself by its loopback names: the office PC, and what
    watches over it. Without PUBLIC_URL nobody knows; then nothing is printed (`public_url`).
    """
    ours = current_app.config["PUBLIC_URL"]
    if ours and (asked := host_in(f"//{request.host}")) != host_in(ours) and not is_loopback(asked):
        raise Refused("unknown_host", _("This program is at another address: %(address)s", address=ours))


def known_url(path: str) -> str | None:
    """The full address of a path under PUBLIC_URL; without that setting only of this computer for itself.

    None where the address could only be guessed from what the browser says it asked.
    """
    base = current_app.config["PUBLIC_URL"]
    if not base and is_loopback(host_in(f"//{request.host}")):
        base = request.host_url.rstrip("/")
    return f"{base}{path}" if base else None


def public_url(path: str) -> str:
    """The full address of a path for print. Refused `no_address` where it could only be guessed."""
    return known_url(path) or _refuse_address()


def _refuse_address() -> NoReturn:
    raise Refused(
        "no_address",
        _(
            "This paper bears the program's address, and nobody has said which it is. The county or the "
            "chair chooses it (the page of the backups leads there), or whoever looks after the program "
            "sets PUBLIC_URL; then it can be printed."
        ),
    )


def printed_url(path: str) -> str:
    """The full address of a public page for a QR code, in capitals, which need fewer squares."""
    return public_url(path).upper()


def own_address(address: str | None) -> str:
    """The address if it is one of this site; the front page for any other, or for none.

    Browsers leave out tabs and line breaks, so that with one `//` may come to stand at the beginning.
    """
    is_ours = address and re.fullmatch(r"/(?![/\\])[^\x00-\x1f\x7f]*", address)
    return address if address and is_ours else f"{request.script_root}/"
