"""Sign-ins: by name and password, or by card number and PIN; and the roles that are given and taken back."""

import re
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground.db import db, get_locked, lock
from ground.refusal import Refused
from people import audit, cards
from people.models import VILLAGE_LEVELS, Area, Card, CardState, Grant, Level, Person, Role, User
from people.roster import persons
from people.signin import passwords

# A sign-in that was made for a card. Its name cannot be typed: whoever guesses PINs needs card numbers, and
# of those one in fifteen thousand is somebody's.
CARD_SIGN_IN = "worker-"
CARD_DIGITS = 9

# Who scores does not redeem: nobody holds one of each at the same place.
SCORING = {Role.CLERK, Role.CHAIR}
REDEEMING = {Role.MANAGER, Role.VOLUNTEER}

# Who gives and takes back which roles, where they hold their own and below. A rule of this house: who is
# watched does not choose who watches, so no chair makes a supervisor or a second chair.
GIVES = {
    Role.COUNTY: frozenset(Role),
    Role.TOWNSHIP: frozenset(Role) - {Role.COUNTY, Role.TOWNSHIP},
    Role.CHAIR: frozenset({Role.CLERK, Role.INSTRUCTOR, Role.MANAGER, Role.VOLUNTEER, Role.WORKER}),
    Role.CLERK: frozenset({Role.WORKER}),
}

LEVELS = {Role.COUNTY: {Level.COUNTY}, Role.TOWNSHIP: {Level.TOWNSHIP}}


def add_user(
    username: str,
    name: str,
    password: str,
    actor: User | None,
    person: Person | None = None,
    *,
    temporary: bool = True,
    area: Area | None = None,
) -> User:
    """Make a sign-in; `temporary` if its owner shall choose a password of their own at the first sign-in.

    `area` is whose people may read of it in the trail. Refused `bad_username` (1 to 40 characters, no
    space, not only digits, not `worker-…`), `username_taken`, `password_too_short`, `password_is_name`.
    """
    username = username.strip()
    digits_only = passwords.figures(username).isdecimal()
    if not re.fullmatch(r"\S{1,40}", username) or digits_only or username.startswith(CARD_SIGN_IN):
        raise Refused(
            "bad_username",
            _("A sign-in name has 1 to 40 characters, no space, and is not a number."),
            "username",
        )
    passwords.check_password(password, username)
    if db.session.scalar(select(User.id).where(User.username == username)):
        raise Refused("username_taken", _("The sign-in name %(name)s is taken.", name=username), "username")
    return _add(username, name.strip(), password, actor, person, temporary, area)


def add_card_user(person: Person, actor: User | None) -> User:
    """Make the sign-in of a worker's card; without a PIN as yet, so nobody gets in by it."""
    username = f"{CARD_SIGN_IN}{person.id}"
    return _add(username, person.name, None, actor, person, True, person.area)


def _add(
    username: str,
    name: str,
    password: str | None,
    actor: User | None,
    person: Person | None,
    temporary: bool,
    area: Area | None,
) -> User:
    user = User(
        username=username,
        name=name,
        password_hash=passwords.hashed(password) if password else "",
        temporary=temporary,
        person_id=person.id if person else None,
    )
    db.session.add(user)
    db.session.flush()
    audit.note(actor, "user.add", user, area, username=username, name=name, person=user.person_id)
    return user


def is_of_card(user: User) -> bool:
    """Whether this sign-in is entered by card number and PIN only."""
    return user.username.startswith(CARD_SIGN_IN)


def may_give(actor: User | None, role: Role, area: Area) -> bool:
    """Whether somebody may give this role there, and take it back; the command line (None) may."""
    return actor is None or any(role in GIVES.get(held, ()) for held in actor.roles_in(area))


def grant(user: User, role: Role, area: Area, actor: User | None) -> Grant:
    """Give a role for an area and all below it.

    Refused `own_role`, `not_yours_to_give`, `wrong_place` (a county's role for a county, a township's for a
    township, all others for a village), `card_sign_in` (behind a PIN is a worker, nothing more),
    `role_held`, `roles_conflict` when the user would both score and redeem at one place.
    """
    lock(user)
    _check_giver(user, role, area, actor)
    if area.level not in LEVELS.get(role, VILLAGE_LEVELS):
        raise Refused("wrong_place", _("This role does not exist at that place."), "place")
    if is_of_card(user) and role != Role.WORKER:
        raise Refused(
            "card_sign_in", _("A sign-in by card and PIN is for grid workers. Add one with a password.")
        )
    if any((held.role, held.area_id) == (role, area.id) for held in user.grants):
        raise Refused("role_held", _("They hold this role already."), "role")
    others = REDEEMING if role in SCORING else SCORING if role in REDEEMING else set()
    for held in user.grants:
        if held.role in others and (held.area.covers(area) or area.covers(held.area)):
            raise Refused("roles_conflict", _("Who awards points does not also hand out goods."), "role")
    given = Grant(user=user, area=area, role=role)
    db.session.add(given)
    db.session.flush()
    audit.note(actor, "role.grant", user, area, role=role, place=area.code)
    return given


def revoke(given: Grant, actor: User | None) -> None:
    """Take a role back. Refused `own_role`, `not_yours_to_give`, `last_of_county`."""
    user = given.user
    lock(user)
    _check_giver(user, given.role, given.area, actor)
    check_last(user, [given])
    audit.note(
        actor, "role.revoke", user, given.area, {"role": given.role, "place": given.area.code}, role=None
    )
    db.session.delete(given)
    db.session.flush()
    db.session.expire(user, ["grants"])


def _check_giver(user: User, role: Role, area: Area, actor: User | None) -> None:
    if actor is not None and actor.id == user.id:
        raise Refused("own_role", _("Nobody changes their own roles."))
    if not may_give(actor, role, area):
        raise Refused("not_yours_to_give", _("This role is given by somebody above you."), "role")


def check_last(user: User, losing: list[Grant]) -> None:
    """Refused `last_of_county` when a county would be left without anyone who keeps its accounts.

    The county's row is locked, so that two who take each other's role at once do not both succeed.
    """
    for held in losing:
        if held.role != Role.COUNTY:
            continue
        get_locked(Area, held.area_id)
        others = (
            select(func.count())
            .select_from(Grant)
            .join(Grant.user)
            .where(
                Grant.role == Role.COUNTY,
                Grant.area_id == held.area_id,
                Grant.user_id != user.id,
                User.closed_at.is_(None),
            )
        )
        if not db.session.scalar(others):
            raise Refused("last_of_county", _("This is the county's last sign-in. Add another one first."))


def place_of(user: User) -> Area | None:
    """Whose people may read of a sign-in in the trail: the widest of its places."""
    return min(
        (held.area for held in user.grants), key=lambda area: (len(area.stem), area.code), default=None
    )


def in_session(held: str) -> User | None:
    """Whose session this is, by what its cookie holds (`User.get_id`); None once it was signed out."""
    ident, _dot, session = held.partition(".")
    if not (ident.isdecimal() and session.isdecimal()):
        return None
    user = db.session.get(User, int(ident))
    return user if user and user.closed_at is None and user.session == int(session) else None


def known(given: str) -> User | None:
    """The open sign-in that was typed: its name, or the number of the worker's active card; or None."""
    text = given.strip()
    number = cards.digits_in(text)
    if number is not None and len(number) == CARD_DIGITS:
        return _of_card(number)
    user = db.session.scalar(select(User).where(User.username == text, User.closed_at.is_(None)))
    return None if user is None or is_of_card(user) else user


def _of_card(number: str) -> User | None:
    """The worker's sign-in; of several the one that was made for the card, and none with other roles."""
    card = db.session.scalar(select(Card).where(Card.number == number, Card.state == CardState.ACTIVE))
    if card is None:
        return None
    ids = persons.selves(persons.kept(card.person))
    found = db.session.scalars(select(User).where(User.person_id.in_(ids), User.closed_at.is_(None)))
    workers = [user for user in found if {held.role for held in user.grants} == {Role.WORKER}]
    return min(workers, key=lambda user: (not is_of_card(user), user.id), default=None)


def sign_in(given: str, password: str) -> User:
    """Whose name (or card number) and password (or PIN) these are.

    Refused `wrong_sign_in`, whichever of the two was wrong. Changes nothing, and takes its time on purpose:
    to be called outside a transaction that writes.
    """
    user = known(given)
    if user is not None and is_of_card(user):
        password = passwords.figures(password)
    if not passwords.matches(user.password_hash if user else None, password) or user is None:
        raise Refused("wrong_sign_in", _("The name or the password is not right."), "password")
    return user


def prove(user: User, password: str) -> User:
    """The user again, if somebody at their open session knows the password. Refused `wrong_password`."""
    typed = passwords.figures(password) if is_of_card(user) else password
    if not passwords.matches(user.password_hash, typed):
        raise Refused("wrong_password", _("The present password is not right."), "password")
    return user


def choose_password(user: User, new: str) -> User:
    """Change one's own password or PIN; everywhere else one is signed out.

    Refused `password_too_short`, `password_is_name`, `password_not_new`; for a card's sign-in `pin_shape`,
    `pin_too_simple`.
    """
    lock(user)
    if is_of_card(user):
        new = passwords.figures(new)
        passwords.check_pin(new, facts_of(user.person), "new")
    else:
        passwords.check_password(new, user.username, "new")
    if passwords.matches(user.password_hash, new):
        raise Refused("password_not_new", _("Take another one than before."), "new")
    set_password(user, new, False, user)
    return user


def set_password(user: User, password: str, temporary: bool, actor: User | None) -> None:
    """Put a password that was checked in place of the old one, and end every session."""
    user.password_hash = passwords.hashed(password)
    audit.change(actor, "user.password", user, place_of(user), temporary=temporary, session=user.session + 1)


def facts_of(person: Person | None) -> list[str]:
    """What stands on a worker's card or is known of them, and is therefore no PIN."""
    if person is None:
        return []
    card = cards.active(person)
    facts = (card and card.number, person.phone and re.sub(r"\D", "", person.phone), person.birth_year)
    return [str(fact) for fact in facts if fact]


def sign_out_everywhere(user: User, actor: User | None) -> User:
    """End every session of a sign-in."""
    lock(user)
    audit.change(actor, "user.sign_out", user, place_of(user), session=user.session + 1)
    return user


def set_closed(user: User, moment: datetime | None, actor: User | None) -> None:
    """Close a sign-in, which ends its sessions at once, or open it again (None)."""
    action = "user.close" if moment else "user.reopen"
    audit.change(actor, action, user, place_of(user), closed_at=moment, session=user.session + 1)
