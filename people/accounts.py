"""Sign-ins and roles."""

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from people import audit
from people.db import db
from people.models import Area, Grant, Person, Role, User
from people.refused import Refused

SHORTEST_PASSWORD = 8

# Who scores does not redeem: nobody holds one of each at the same place.
SCORING = {Role.CLERK, Role.CHAIR}
REDEEMING = {Role.MANAGER, Role.VOLUNTEER}

# An unknown name costs the same time as a wrong password, so names cannot be found by the clock.
_NOBODY = generate_password_hash("nobody")


def add_user(
    username: str, name: str, password: str, actor: User | None, person: Person | None = None
) -> User:
    """Make a sign-in. Refused `username_taken`, `password_too_short` (under 8 characters)."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            "password_too_short",
            _("A password has at least %(n)s characters.", n=SHORTEST_PASSWORD),
            "password",
        )
    if db.session.scalar(select(User).where(User.username == username)):
        raise Refused("username_taken", _("The sign-in name %(name)s is taken.", name=username), "username")
    user = User(
        username=username,
        name=name,
        password_hash=generate_password_hash(password),
        person_id=person.id if person else None,
    )
    db.session.add(user)
    db.session.flush()
    audit.note(actor, "user.add", user, None, username=username, name=name)
    return user


def grant(user: User, role: Role, area: Area, actor: User | None) -> Grant:
    """Give a role for an area and all below it.

    Refused `roles_conflict` when the user would both score and redeem at one place.
    """
    others = REDEEMING if role in SCORING else SCORING if role in REDEEMING else set()
    for held in user.grants:
        if held.role in others and (held.area.covers(area) or area.covers(held.area)):
            raise Refused("roles_conflict", _("Who awards points does not also hand out goods."))
    given = Grant(user=user, area=area, role=role)
    db.session.add(given)
    db.session.flush()
    audit.note(actor, "role.grant", user, area, role=role, place=area.code)
    return given


def in_session(held: str) -> User | None:
    """Whose session this is, by what its cookie holds (`User.get_id`); None once it was signed out."""
    ident, _dot, session = held.partition(".")
    if not (ident.isdecimal() and session.isdecimal()):
        return None
    user = db.session.get(User, int(ident))
    return user if user and user.closed_at is None and user.session == int(session) else None


def sign_in(username: str, password: str) -> User:
    """The user with this name and password. Refused `wrong_sign_in`, whichever of the two was wrong."""
    user = db.session.scalar(select(User).where(User.username == username.strip()))
    matches = check_password_hash(user.password_hash if user else _NOBODY, password)
    if user is None or not matches:
        raise Refused("wrong_sign_in", _("The name or the password is not right."), "password")
    return user
