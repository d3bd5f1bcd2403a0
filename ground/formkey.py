"""The key that every form carries: made when its page is shown, signed, and sent along with it.

It says whom the form was shown to and what it is, so that a form is done once (`ground.sent`), and what
was typed comes back to that person alone when it can't be taken (`ground.sending`).
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from uuid import uuid4

from flask import current_app, g, request
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer

from ground import db

FIELD = "once"  # what the key is called among the fields of a form


@dataclass(frozen=True)
class FormKey:
    """The key of a form.

    `user_id` is the id of the sign-in it was shown to, None for nobody's. With `is_repeatable` it may be
    done as often as it is sent: it only reads, or its verb has a key of its own. With `is_redisplayed` it is
    a form that can be shown again with what was typed, and not just a button. `secrets` names the fields
    that are never kept.
    """

    key: str
    user_id: int | None
    is_repeatable: bool
    is_redisplayed: bool
    secrets: Sequence[str] = ()

    def signed(self) -> str:
        """The key as text for the page."""
        return _signer().dumps(astuple(self))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="form key")


def read(text: str) -> FormKey | None:
    """The key that was made here and sent as this text, or None."""
    try:
        return FormKey(*_signer().loads(text))
    except BadData:
        return None


def person_here() -> int | None:
    """The id of the sign-in that asks, or None."""
    return current_user.id if current_user.is_authenticated else None


def new(is_repeatable: bool = False, is_redisplayed: bool = True, secrets: Sequence[str] = ()) -> str:
    """A new key for whoever asks, as text for the page."""
    return FormKey(uuid4().hex, person_here(), is_repeatable, is_redisplayed, secrets).signed()


def sent() -> FormKey | None:
    """The key of the form that was sent with this request, or None."""
    if "form_key" not in g:
        g.form_key = read(request.form.get(FIELD, "")) if request.method == "POST" else None
    key: FormKey | None = g.form_key
    return key


def is_good_again() -> bool:
    """Whether the key that was sent may stand in the form when it is shown again.

    Not if it is another person's, or used up: by this request or by another one before.
    """
    key = sent()
    return (
        key is not None and key.user_id == person_here() and not g.get("key_is_used") and not db.did_first()
    )
