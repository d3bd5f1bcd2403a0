"""Sessions: where somebody is signed in, from the sign-in to its end.

A session ends by signing out, after 12 hours without use, and after 7 days in any case. Whatever counts up
its sign-in's `session` number, as a new password, another role or closing do, ends them all.

Its times are the machine's: neither the demo's calendar nor a story that is told anew ends anything.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from secrets import token_urlsafe

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, bindparam, delete, func, select, update

from ground import clock
from ground.db import Moment, Prepared, db, know, note_in_passing
from people import audit
from people.models import Area, Grant, Role, User, UserSession
from people.signin import accounts

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=10)  # more often it is not written down: reading pages writes hardly anything
KEPT = timedelta(days=30)
MARK_CHARACTERS = 32

# The mark of the device from which this request came; empty where it brought none, and on the command line.
_here: ContextVar[str] = ContextVar("here", default="")

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


def begin(user: User, number: int, user_agent: str, mark: str = "") -> str:
    """Begin a session and return its token, for the cookie of this device.

    `number` is the sign-in's `session` number as it was before the password was looked at: who came in by one
    that was changed meanwhile is out again. `mark` is that by which the device is known again.
    """
    now, token = clock.machine_now(), token_urlsafe(24)
    db.session.execute(
        delete(UserSession).where(UserSession.user_id == user.id, UserSession.seen_at < now - KEPT)
    )
    device = " ".join(
        filter(None, (_first_word_in(user_agent, BROWSERS), _first_word_in(user_agent, SYSTEMS)))
    )
    db.session.add(
        UserSession(
            user_id=user.id,
            digest=_digest(token),
            number=number,
            device=device,
            device_mark=_digest(mark)[:MARK_CHARACTERS] if mark else "",
            began_at=now,
            seen_at=now,
        )
    )
    db.session.flush()
    return token


_IS_OPEN = and_(
    UserSession.ended_at.is_(None),
    UserSession.seen_at > bindparam("used_since", type_=Moment),
    UserSession.began_at > bindparam("begun_since", type_=Moment),
    UserSession.number == User.session,
    User.closed_at.is_(None),
)

_BY_DIGEST = Prepared(
    select(UserSession, User)
    .join(UserSession.user)
    .where(UserSession.digest == bindparam("digest"), _IS_OPEN)
)


def find(token: str) -> UserSession | None:
    """The open session with this token, with its user; None once it has ended."""
    found = _BY_DIGEST.first(digest=_digest(token), **_since())
    if found is None:
        return None
    know(found.UserSession, user=found.User)
    session: UserSession = found.UserSession
    return session


def of_user(user: User) -> Sequence[UserSession]:
    """The open sessions of somebody, the one that was used last first."""
    query = select(UserSession).join(UserSession.user).where(UserSession.user_id == user.id, _IS_OPEN)
    latest_first = UserSession.seen_at.desc(), UserSession.id.desc()
    return db.session.scalars(query.order_by(*latest_first), _since()).all()


def count_open() -> int:
    """The number of open sessions, of everybody together."""
    query = select(func.count()).select_from(UserSession).join(UserSession.user).where(_IS_OPEN)
    return db.session.scalar(query, _since()) or 0


def _since() -> dict[str, datetime]:
    """What `_IS_OPEN` is asked with: the moments since which an open session was used and begun."""
    now = clock.machine_now()
    return {"used_since": now - IDLE, "begun_since": now - LONGEST}


def set_device_mark(session: UserSession | None) -> None:
    """Remember the device of this request, for what is claimed on it."""
    _here.set(session.device_mark if session else "")


def mark_here() -> str | None:
    """The mark of the device of this request, or None."""
    return _here.get() or None


def users_on(marks: Collection[str], area: Area, roles: Collection[Role]) -> dict[str, list[User]]:
    """For each of these marks of devices, who signs in on it and holds one of these roles in a village."""
    query = (
        select(UserSession.device_mark, User)
        .join(UserSession.user)
        .where(
            UserSession.device_mark.in_(marks),
            User.grants.any((Grant.area_id == area.id) & Grant.role.in_(roles) & ~Grant.waits),
        )
        .distinct()
        .order_by(User.id)
    )
    found: dict[str, list[User]] = defaultdict(list)
    for mark, user in db.session.execute(query):
        found[mark].append(user)
    return found


def note_use(session: UserSession) -> None:
    """Note now and then that a session is used, by itself; pages are read without it too."""
    now = clock.machine_now()
    if now - session.seen_at >= SEEN_EVERY:
        statement = update(UserSession).where(UserSession.id == session.id)
        note_in_passing(statement.values(seen_at=now))


def end(token: str) -> None:
    """End the session with this token; without one nothing happens."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.digest == _digest(token), UserSession.ended_at.is_(None))
        .values(ended_at=clock.machine_now())
    )


def end_elsewhere(session: UserSession) -> None:
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


def _first_word_in(text: str, words: dict[str, object]) -> str | None:
    return next((word for word in words if word in text), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
