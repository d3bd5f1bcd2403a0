"""Cookies: what we leave with a browser and know again as ours.

Over HTTPS a cookie's name begins with `__Host-`. Browsers take such a cookie from this host alone and over
HTTPS alone, so that no neighbouring site and nobody on the way can plant one.
"""

from hashlib import sha256

import flask
import itsdangerous
from flask import Flask, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response

HOST_ONLY = "__Host-"


class SignedSessions(SecureCookieSessionInterface):
    """The cookie of the session: Flask's, with our name, signed by SHA-256."""

    digest_method = staticmethod(sha256)

    def get_cookie_name(self, app: Flask) -> str:
        """Its name in this request."""
        return _name_here(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the browser sends it over HTTPS alone."""
        return request.is_secure or super().get_cookie_secure(app)

    def open_session(self, app: Flask, request: flask.Request) -> SecureCookieSession | None:
        """The session that the browser brought; of a program, which brings none, an empty one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: flask.Response) -> None:
        """Keep the session with the browser, but not with an answer for everybody, which any cache keeps."""
        is_touched = session or session.modified or session.accessed
        if is_touched and not response.cache_control.public:
            super().save_session(app, session, response)


def keep(app: Flask, response: Response, name: str, value: str, seconds: int) -> None:
    """Leave a cookie with the browser for so many seconds; no script reads it and no other site sends it."""
    is_secure = app.session_interface.get_cookie_secure(app)
    response.set_cookie(
        _name_here(name), value, max_age=seconds, httponly=True, samesite="Lax", secure=is_secure
    )


def kept(name: str) -> str | None:
    """The value of a cookie of ours that the browser brought, or None."""
    return request.cookies.get(_name_here(name))


def _name_here(name: str) -> str:
    return f"{HOST_ONLY}{name}" if request.is_secure else name


def init_app(app: Flask) -> None:
    """Sign by SHA-256 whatever leaves the program and comes back: the libraries would take SHA-1."""
    app.session_interface = SignedSessions()
    itsdangerous.Signer.default_digest_method = staticmethod(sha256)
    itsdangerous.Signer.default_key_derivation = "hmac"
