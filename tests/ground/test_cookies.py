"""What a browser keeps of ours: over HTTPS nobody else can plant it, and nothing is signed by SHA-1."""

from hashlib import sha1, sha256
from http.cookies import SimpleCookie

import pytest
from flask.sessions import TaggedJSONSerializer
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from ground import formkey
from tests.cast import PASSWORD, session_of

LEFT = {"session", "device", "language", "print"}
HTTPS = "https://localhost"


def sign_in_and_choose(client, base_url):
    """The cookies that are left by signing in, and by choosing English and a larger print."""
    sent = {
        "/sign-in": {"username": "clerk", "password": PASSWORD},
        "/language": {"language": "en"},
        "/print-size": {"size": "large"},
    }
    told = {}
    for address, form in sent.items():
        answer = client.post(address, data=form, base_url=base_url)
        assert answer.status_code == 302, address
        for line in answer.headers.getlist("Set-Cookie"):
            told |= SimpleCookie(line)
    return told


def test_over_https_every_cookie_is_of_this_host_alone(cast, client_of):
    client = client_of(None)
    told = sign_in_and_choose(client, HTTPS)
    assert set(told) == {f"__Host-{name}" for name in LEFT}
    for cookie in told.values():
        flags = [cookie[flag] for flag in ("secure", "httponly", "samesite", "path", "domain")]
        assert flags == [True, True, "Lax", "/", ""]
        assert len(cookie.OutputString()) < 4096
    front = client.get("/password", base_url=HTTPS)
    assert (front.status_code, 'lang="en"' in front.text, "large" in front.text) == (200, True, True)


def test_without_https_they_are_as_safe_as_it_gets(cast, client_of):
    told = sign_in_and_choose(client_of(None), None)
    assert set(told) == LEFT
    assert {cookie["httponly"] for cookie in told.values()} == {True}


def test_a_planted_cookie_opens_nothing_over_https(cast, client_of):
    """A network in between can set a cookie over plain HTTP, but none with this name."""
    client = client_of(cast.clerk)
    assert client.get("/password").status_code == 200
    assert client.get("/password", base_url=HTTPS).location.startswith("/sign-in")


@pytest.mark.parametrize(("digest", "is_ours"), [(sha1, False), (sha256, True)], ids=["sha1", "sha256"])
def test_what_is_signed_by_sha_1_is_not_ours(app, cast, client_of, digest, is_ours):
    by = {"key_derivation": "hmac", "digest_method": digest}
    sealed = {"salt": "cookie-session", "serializer": TaggedJSONSerializer(), "signer_kwargs": by}
    session = URLSafeTimedSerializer(app.secret_key, **sealed).dumps({"_user_id": session_of(cast.clerk)})
    client = client_of(None)
    client.set_cookie("session", session)
    assert (client.get("/password").status_code == 200) is is_ours
    key = URLSafeSerializer(app.secret_key, salt="form key", signer_kwargs=by)
    with app.test_request_context():
        assert (formkey.read(key.dumps(["k", None, False, True, []])) is not None) is is_ours
