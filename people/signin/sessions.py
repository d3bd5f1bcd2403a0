"""Sessions: where somebody is signed in, from the sign-in to its end.

A session ends by signing out, after 12 hours without use, and after 7 days in any case. Whatever counts up
its sign-in's `session` number, as a new password, another role or closing do, ends them all.

Its times are the machine's: neither the demo's calendar nor a story that is told anew ends anything.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from secrets import token_urlsafe

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import contains_eager

from ground import clock
from ground.db import db, transaction
from ground.refusal import Refused
from people import audit
from people.models import User, UserSession
from people.signin import accounts

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=10)  # more often it is not written down: reading pages writes nothing else
KEPT = timedelta(days=30)

# What browsers say of themselves, and the words for it. The first that fits: most claim to be others too.
BROWSERS = {
    "MicroMessenger": _("WeChat"),
    "DingTalk": _("DingTalk"),
    "HuaweiBrowser": _("Huawei browser"),
    "MiuiBrowser": _("Xiaomi browser"),
    "UCBrowser": "UC",
    "QQBrowser": "QQ",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "HarmonyOS": _("Huawei phone"),
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": _("Android phone"),
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def begin(user: User, number: int, user_agent: str) -> str:
    """Begin a session and return its token, for the cookie of this device.

    `number` is the sign-in's `session` number as it was before the password was looked at: who came in by one
    that was changed meanwhile is out again.
    """
    now, token = clock.machine_now(), token_urlsafe(24)
    db.session.execute(
        delete(UserSession).where(UserSession.user_id == user.id, UserSession.seen_at < now - KEPT)
    )
    device = " ".join(filter(None, (_first_in(user_agent, BROWSERS), _first_in(user_agent, SYSTEMS))))
    db.session.add(
        UserSession(
            user_id=user.id, digest=_digest(token), number=number, device=device, began_at=now, seen_at=now
        )
    )
    db.session.flush()
    return token


def find(token: str) -> UserSession | None:
    """The open session with this token, with its user; None once it has ended."""
    query = select(UserSession).join(UserSession.user).options(contains_eager(UserSession.user))
    return db.session.scalar(query.where(UserSession.digest == _digest(token), _is_open()))


def of_user(user: User) -> Sequence[UserSession]:
    """Where somebody is signed in now, the place that was used last first."""
    query = select(UserSession).join(UserSession.user).where(UserSession.user_id == user.id, _is_open())
    return db.session.scalars(query.order_by(UserSession.seen_at.desc(), UserSession.id.desc())).all()


def count_open() -> int:
    """How many sessions are open, of everybody together."""
    query = select(func.count()).select_from(UserSession).join(UserSession.user).where(_is_open())
    return db.session.scalar(query) or 0


def _is_open() -> ColumnElement[bool]:
    now = clock.machine_now()
    return and_(
        UserSession.ended_at.is_(None),
        UserSession.seen_at > now - IDLE,
        UserSession.began_at > now - LONGEST,
        UserSession.number == User.session,
        User.closed_at.is_(None),
    )


def note_seen(session: UserSession) -> None:
    """Note now and then that a session is used, in a transaction of its own."""
    now, ident = clock.machine_now(), session.id
    if now - session.seen_at < SEEN_EVERY:
        return
    try:
        with transaction():
            db.session.execute(update(UserSession).where(UserSession.id == ident).values(seen_at=now))
    except Refused:
        return  # somebody writes; the next page notes it


def end(token: str) -> None:
    """End the session with this token; without one nothing happens."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.digest == _digest(token), UserSession.ended_at.is_(None))
        .values(ended_at=clock.machine_now())
    )


def end_there(session: UserSession) -> None:
    """End a session of one's own on another device."""
    session.ended_at = clock.machine_now()
    db.session.flush()
    audit.note(session.user, "user.end_session", session.user, accounts.widest_area(session.user))


def device_words(session: UserSession) -> str:
    """The device of a session in words, such as “WeChat · iPhone”."""
    words = BROWSERS | SYSTEMS
    return " · ".join(str(words[name]) for name in session.device.split()) or str(
        _("a device without a name")
    )


def _first_in(text: str, words: dict[str, object]) -> str | None:
    return next((word for word in words if word in text), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
