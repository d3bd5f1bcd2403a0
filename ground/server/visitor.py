"""Where a request comes from: this computer itself, or anywhere else."""

from collections.abc import Iterator

from flask import current_app, request

from ground.computer.addresses import host_in, is_loopback

# What a proxy adds to a request that it hands on.
PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


def is_from_here() -> bool:
    """Whether this request was sent from this computer, to it, and by nobody's hand in between.

    Behind a proxy everybody comes from this computer, so with one nobody does.
    """
    settings = current_app.config
    is_handed_on = any(name in request.headers for name in PROXY_HEADERS)
    return not (settings["TRUSTED_PROXIES"] or is_handed_on) and all(map(is_loopback, _places_of_request()))


def _places_of_request() -> Iterator[str]:
    """Every name by which a request says where it comes from and whom it asks."""
    yield request.remote_addr or ""
    yield host_in(request.host_url)
    for header in (request.headers.get("Origin"), request.headers.get("Referer")):
        if header and header != "null":
            yield host_in(header)
