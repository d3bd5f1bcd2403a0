"""What happens to a form on its way from a page to its view: nothing is done twice, nothing typed is lost.

Sent for the second time, a form leads to where it led the first time. A form that can't be taken, as the
sign-in or its page is over, comes back to the person it was shown to, with what was typed: with the next
sign-in, or at once. Only its key opens this way, which nobody else can have made (docs/decisions.md).
"""

import hmac
import logging
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from flask import (
    Flask,
    current_app,
    flash,
    g,
    get_flashed_messages,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from ground import formkey, sent, web
from ground.db import did_first, do_first, write_nothing
from ground.formkey import FormKey
from ground.refusal import Refused

log = logging.getLogger(__name__)

MOST_KEPT = 200_000  # bytes, as a browser sends them
KEPT_SECONDS = 12 * 3600  # as long as a sign-in lasts without being used
CSRF_FIELD = "csrf_token"
LOOK_FIELD = "look"  # sent along: the form is to be shown again, not taken
SHOWN_ONCE = "shown once"  # noted in place of an address: the form led to a page that is shown once


@dataclass(frozen=True)
class KeptForm:
    """A form that was not taken: where it was sent to and what was typed, without passwords and files."""

    address: str
    fields: list[tuple[str, str]]
    had_file: bool

    @property
    def key(self) -> FormKey | None:
        """The form's key; nothing is kept without one."""
        return formkey.read(dict(self.fields).get(formkey.FIELD, ""))

    @property
    def size(self) -> int:
        """The number of bytes that a browser sends for it."""
        return len(urlencode(self.fields))

    def sealed(self) -> str:
        """The form as text for the sign-in page, which nobody else can make."""
        return _seal().dumps([self.address, self.fields, self.had_file])


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept form")


def opened(text: str) -> KeptForm | None:
    """The form that was sealed as this text, or None: there is none, or it is too old."""
    try:
        address, fields, had_file = _seal().loads(text, max_age=KEPT_SECONDS)
    except BadData:
        return None
    return KeptForm(address, [(name, value) for name, value in fields], had_file)


def form_sent() -> KeptForm | None:
    """The form that was sent with this request, if it has a key; None without."""
    key = formkey.sent()
    if key is None:
        return None
    left_out = {CSRF_FIELD, LOOK_FIELD, *key.secrets}
    fields = [(name, text) for name, text in request.form.items(multi=True) if name not in left_out]
    return KeptForm(_address(), fields, _has_file())


def _has_file() -> bool:
    return any(file.filename for file in request.files.values())


def _address() -> str:
    return web.own_address(f"{request.script_root}{request.full_path.removesuffix('?')}")


def page_of_form() -> str:
    """The page of ours from which this request was sent, as far as the browser tells; or the front page."""
    if request.method == "GET":
        return _address()
    came_from = urlsplit(request.referrer or "")
    is_ours = came_from.netloc == request.host
    return web.own_address(came_from._replace(scheme="", netloc="").geturl() if is_ours else None)


# --- Before the view ---


def check_token(tokens: CSRFProtect) -> None:
    """Check that a form was sent from a page of this session.

    With a key of ours, a form of another session goes on to `check_form`, which lets nothing be done.
    """
    if request.endpoint is None or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        tokens.protect()
    except CSRFError:
        if formkey.sent() is None:
            raise
        g.is_stale = True


def check_form(is_public: bool) -> Response | tuple[str, int] | None:
    """Let a form go on to its view, or answer it here; after access was checked.

    Shown to one person and sent as another it goes to the sign-in page; a public page's may be shown to
    nobody known, or sent by them. Of another session it is shown again and nothing is written. Done before
    it leads to where it led.
    """
    key = formkey.sent()
    if key is None or request.endpoint is None:
        return None
    here = formkey.person_here()
    if key.user_id != here and not (is_public and None in (key.user_id, here)):
        answer: Response | tuple[str, int] = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return answer
    is_stale = "is_stale" in g
    if is_stale and not key.is_redisplayed:
        return kept_page(form_sent())
    if is_stale or (key.is_redisplayed and LOOK_FIELD in request.form):
        g.only_shown = _reason_to_look()
        write_nothing(g.only_shown)
    elif not key.is_repeatable:
        note, content = _fingerprints(key)
        if sent.is_done(note, content):
            return _answer_again(note)
        g.note = note
        do_first(lambda: _write_down(note, content))
    return None


class LookAgain(Refused):
    """A form is shown again with what was typed, and nothing of it is done."""


def _reason_to_look() -> LookAgain:
    text = gettext(
        "Nothing was done yet: the page was open too long, or you signed in anew. "
        "Look it over and send it once more."
    )
    if _has_file() or request.form.get(LOOK_FIELD) == "file":
        text = f"{text} {gettext('The file has to be chosen again.')}"
    return LookAgain("look_again", text)


def _write_down(note: str, content: str) -> None:
    try:
        sent.write_down(note, content)
    except Refused as refusal:  # at the end, where the form can show it
        g.key_is_used = True
        write_nothing(refusal)


def _fingerprints(key: FormKey) -> tuple[str, str]:
    """The digests of a form, its key at its address, and of what was in it; neither can be read back."""
    content = sha256()
    left_out = (CSRF_FIELD, LOOK_FIELD, formkey.FIELD)
    fields = [(name, text) for name, text in request.form.items(multi=True) if name not in left_out]
    content.update(repr([key.user_id, sorted(fields)]).encode())
    for name, file in request.files.items(multi=True):
        content.update(repr((name, file.filename)).encode())
        content.update(file.stream.read())
        file.stream.seek(0)
    return _hash(repr((key.key, _address())).encode()), _hash(content.digest())


def _hash(content: bytes) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, content, sha256).hexdigest()


# --- Instead of the view's answer, and after it ---


def answer_if_done() -> Response | None:
    """The page that the form of this request led to when it was sent before; None if it was not."""
    key = formkey.sent()
    if key is None or key.is_repeatable:
        return None
    note, content = _fingerprints(key)
    return _answer_again(note) if sent.is_done(note, content) else None


def _answer_again(note: str) -> Response:
    page = sent.page_after(note)
    if page == SHOWN_ONCE:
        text = gettext(
            "This is done already and was not done a second time. The password, PIN or key was shown that "
            "one time only. If nobody wrote it down, give a new one."
        )
        flash(text, "warning")
        return redirect(page_of_form())
    flash(gettext("This was sent before and is done. It was not done a second time."))
    return redirect(page or page_of_form())


def kept_page(form: KeptForm | None, status: int = 400, is_shown: bool = True) -> tuple[str, int]:
    """The page that carries a form through; its button leads back into the form with what was typed.

    Where there is only a button, or with `is_shown` False, it sends the form on.
    """
    if form is None or form.key is None or form.size > MOST_KEPT:
        return stale_page()
    looks = {LOOK_FIELD: "file" if form.had_file else "yes"} if form.key.is_redisplayed and is_shown else {}
    return render_template("kept.html", form=form, look_fields=looks), status


def stale_page(_error: CSRFError | None = None) -> tuple[str, int]:
    """The page that says that something can't be taken, where nothing was typed."""
    text = gettext("This page was open too long, or somebody signed in anew. Begin at the front page.")
    title = gettext("That was not done")
    return render_template("error.html", code=400, title=title, text=text), 400


def _send_on(_error: LookAgain) -> tuple[str, int]:
    """The page for a form whose view can't show it again: one button sends it on."""
    return kept_page(form_sent(), is_shown=False)


def note_next_page(response: Response) -> Response:
    """Note the page that follows a form, once it is carried out; without that it stays done all the same."""
    if "note" in g and did_first():
        try:
            sent.note_page(g.note, SHOWN_ONCE if g.get("shows_secret") else response.location or "")
        except Refused:
            log.warning("the page after a form could not be noted")
    return response


def answer_script(response: Response) -> Response:
    """Tell a page's script where a form led, in place of going there (`X-Answer: go`).

    Or, as it stays where it is, what would be said there (`X-Answer: said`).
    """
    wanted = request.headers.get("X-Answer")
    if wanted is None or formkey.sent() is None or response.location is None:
        return response
    return jsonify({"said": get_flashed_messages()} if wanted == "said" else {"go": response.location})


def init_app(app: Flask) -> None:
    """Answer for the application whatever forms meet on their way, and give templates their keys."""
    app.register_error_handler(sent.SentBefore, lambda _error: _answer_again(g.note))
    app.register_error_handler(LookAgain, _send_on)
    app.register_error_handler(CSRFError, stale_page)
    app.after_request(answer_script)
    app.after_request(note_next_page)  # before the one above
    app.add_template_global(formkey.new, "new_form_key")
