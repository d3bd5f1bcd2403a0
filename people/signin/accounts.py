"""Sign-ins, by name and password or by card number and PIN; and their roles, given and taken back."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock, names
from ground.db import add_rows, db, get_locked, lock
from ground.refusal import Refused
from people import audit, cards
from people.models import IN_A_COUNTY, VILLAGE_LEVELS, Area, Card, CardState, Grant, Level, Person, Role, User
from people.roster import persons
from people.scanning.reading import CARD_DIGITS
from people.signin import guard, humans, passwords
from people.signin.passwords import Secret

# A sign-in that was made for a card. Its name cannot be typed: whoever guesses PINs needs card numbers, and
# of those one in fifteen thousand is somebody's.
CARD_SIGN_IN = "worker-"

# Letters without accents, and Chinese characters: of these no two look the same and are two, but for the
# pairs below. So nobody is a `clerk` with a Cyrillic c.
SIGN_IN_NAME = re.compile("[a-z0-9._\u4e00-\u9fff-]{1,40}")
LONGEST_UNIT_CHARACTERS = 200
FIRST_PASSWORD_LASTS = timedelta(days=7)  # a slip that lies about opens nothing for long
ALIKE = (("0", "o"), ("1", "l"), ("丨", "l"), ("rn", "m"), ("vv", "w"), ("一", "-"), ("丶", "."))

# Who scores does not redeem: nobody holds one of each at the same place.
SCORING = {Role.CLERK, Role.CHAIR}
REDEEMING = {Role.MANAGER, Role.VOLUNTEER}

# Who does one of these is checked by who does another. So no hand gives two of them in one village: the
# second waits until somebody else above confirms it.
CHECKING_EACH_OTHER = {Role.CLERK, Role.SUPERVISOR, Role.MANAGER}
CONFIRMING = {Role.TOWNSHIP, Role.COUNTY}

# Who gives and takes back which roles, where they hold their own and below. A rule of this house: who is
# watched does not choose who watches, so no chair makes a supervisor or a second chair.
ROLES_TO_GIVE = {
    Role.PREFECTURE: frozenset({Role.PREFECTURE}),
    Role.COUNTY: IN_A_COUNTY,
    Role.TOWNSHIP: IN_A_COUNTY - {Role.COUNTY, Role.TOWNSHIP},
    Role.CHAIR: frozenset({Role.CLERK, Role.INSTRUCTOR, Role.MANAGER, Role.VOLUNTEER, Role.WORKER}),
    Role.CLERK: frozenset({Role.WORKER}),
}

ROLE_LEVELS = {
    Role.PREFECTURE: {Level.PREFECTURE},
    Role.COUNTY: {Level.COUNTY},
    Role.TOWNSHIP: {Level.TOWNSHIP},
}

# Who gives their own role to others: the last of them stays.
AT_THE_TOP = {Role.PREFECTURE, Role.COUNTY}


def add_user(
    username: str,
    name: str,
    secret: Secret,
    actor: User | None,
    person: Person | None = None,
    *,
    temporary: bool = True,
    area: Area | None = None,
    unit: str = "",
    phone: str = "",
) -> User:
    """Make a sign-in; with `temporary` its owner chooses another password at the first sign-in.

    `secret` was made before the transaction; whatever somebody thought of, by `passwords.own_secret`.
    The sign-in name is kept as names are compared, so that `Clerk` and `clerk` are one. `area` is whose
    people may read of it in the trail. Who is not on the roster is named by the `unit` they belong to;
    `phone` is their own mobile telephone. Refused `bad_username` (1 to 40 letters, figures or Chinese
    characters, no space, not a number that could be a card's, not `worker-…`), `username_taken`,
    `username_alike` when only a close look tells it from another, `bad_unit`, `bad_phone`.
    """
    is_one_word = len(username.split()) == 1
    username = names.folded(username)
    is_number = cards.card_digits(username) is not None
    is_plain = is_one_word and SIGN_IN_NAME.fullmatch(username)
    if not is_plain or is_number or username.startswith(CARD_SIGN_IN):
        raise Refused(
            "bad_username",
            _(
                "A sign-in name is up to 40 letters a to z, figures, dots and dashes, or Chinese characters, "
                "and not a number alone."
            ),
            "username",
        )
    if db.session.scalar(select(User.id).where(User.username == username)):
        raise Refused("username_taken", _("The sign-in name %(name)s is taken.", name=username), "username")
    _check_not_alike(username)
    described = {"unit": kept_unit(unit), "phone": kept_phone(phone)}
    return _insert_user(username, names.kept(name), secret.hash, actor, person, temporary, area, **described)


def kept_unit(unit: str) -> str:
    """A unit as it is kept. Refused `bad_unit` for more than 200 characters."""
    unit = names.tidy(unit)
    if len(unit) > LONGEST_UNIT_CHARACTERS:
        raise Refused(
            "bad_unit", _("A unit has at most %(n)s characters.", n=LONGEST_UNIT_CHARACTERS), "unit"
        )
    return unit


def kept_phone(phone: str) -> str:
    """A mobile telephone as it is kept, in eleven digits; empty for none. Refused `bad_phone`."""
    mobile = humans.mobile(phone)
    if not mobile and phone.strip():
        raise Refused("bad_phone", _("Write a mobile telephone of eleven digits, or none."), "phone")
    return mobile


def _check_not_alike(username: str) -> None:
    """Check that a new name does not look like another, as `wang1` does like `wangl`.

    Names of cards are no matter: nobody types or sees them.
    """
    column: Any = User.username
    drawn = username
    for sign, alike in ALIKE:
        column, drawn = func.replace(column, sign, alike), drawn.replace(sign, alike)
    others = select(User.username).where(column == drawn, ~User.username.startswith(CARD_SIGN_IN))
    if other := db.session.scalar(others.limit(1)):
        raise Refused(
            "username_alike",
            _("This looks too much like the sign-in name %(name)s. Take another one.", name=other),
            "username",
        )


def add_card_user(person: Person, actor: User | None) -> User:
    """Make the sign-in of a worker's card, without a PIN yet: nobody can sign in by it."""
    username = f"{CARD_SIGN_IN}{person.id}"
    return _insert_user(username, person.name, "", actor, person, True, person.area)


def _insert_user(
    username: str,
    name: str,
    password_hash: str,
    actor: User | None,
    person: Person | None,
    temporary: bool,
    area: Area | None,
    **described: str,
) -> User:
    user = User(
        username=username,
        name=name,
        password_hash=password_hash,
        temporary=temporary,
        given_at=clock.now() if temporary and password_hash else None,
        person_id=person.id if person else None,
        **described,
    )
    add_rows([user])
    details: dict[str, Any] = {"username": username, "name": name, "person": user.person_id}
    details |= {key: value for key, value in described.items() if value}
    audit.note(actor, "user.add", user, area, **details)
    return user


def is_of_card(user: User) -> bool:
    """Whether this is the sign-in of a card, entered by card number and PIN only."""
    return user.username.startswith(CARD_SIGN_IN)


def may_give(actor: User | None, role: Role, area: Area) -> bool:
    """Whether somebody may give this role there and take it back; the command line (None) may."""
    return actor is None or any(role in ROLES_TO_GIVE.get(own_role, ()) for own_role in actor.roles_in(area))


def exists_at(role: Role, area: Area) -> bool:
    """Whether a role is one of a county, a township or a village, as this area is."""
    return area.level in ROLE_LEVELS.get(role, VILLAGE_LEVELS)


def grant(user: User, role: Role, area: Area, actor: User | None) -> Grant:
    """Give a role for an area and all below it; the user's sessions end.

    Of clerk, supervisor and manager the second that one hand gives in a village waits, and has no effect
    until somebody else confirms it; what the command line gives has effect at once.

    Refused `own_role`, `not_yours_to_give`, `wrong_place` (a county's role for a county, a township's for a
    township, all others for a village), `card_sign_in` (behind a PIN is a worker, nothing more),
    `role_held`, `roles_conflict` when the human would hold two roles at one place that check each other,
    also by two sign-ins. Locks the sign-in, then the area.
    """
    lock(user)
    _check_giver(user, role, area, actor)
    if not exists_at(role, area):
        raise Refused("wrong_place", _("This role does not exist at that place."), "place")
    if is_of_card(user) and role != Role.WORKER:
        raise Refused(
            "card_sign_in", _("A sign-in by card and PIN is for grid workers. Add one with a password.")
        )
    if any((role_grant.role, role_grant.area_id) == (role, area.id) for role_grant in user.grants):
        raise Refused("role_held", _("They hold this role already."), "role")
    if role in CHECKING_EACH_OTHER | SCORING | REDEEMING:
        get_locked(Area, area.id)  # of two that are given at once, the second sees the first
    check_not_both(user, role, area)
    waits = actor is not None and _gave_another(actor, role, area)
    given_by_id = actor.id if actor else None
    new_grant = Grant(user=user, area=area, role=role, given_by_id=given_by_id, waits=waits)
    db.session.add(new_grant)
    user.session += 1
    db.session.flush()
    more: dict[str, Any] = {"waits": True} if waits else {}
    audit.note(actor, "role.grant", user, area, role=role, place=area.code, **more)
    return new_grant


def check_not_both(user: User, role: Role, area: Area) -> None:
    """Check that the human, by all their sign-ins, does not hold two roles at a place that check each other.

    Refused `roles_conflict`.
    """

    def holds(roles: Collection[Role]) -> bool:
        held_there = select(Grant.user_id).where(Grant.area_id == area.id, Grant.role.in_(roles))
        return humans.is_among(user, held_there)

    if (role in SCORING and holds(REDEEMING)) or (role in REDEEMING and holds(SCORING)):
        raise Refused("roles_conflict", _("Who awards points does not also hand out goods."), "role")
    if role in CHECKING_EACH_OTHER and holds(CHECKING_EACH_OTHER - {role}):
        raise Refused("roles_conflict", _("Clerk, manager and supervisor are three people."), "role")


def _gave_another(actor: User, role: Role, area: Area) -> bool:
    """Whether the hand that gives a role gave another one there that checks it, or is checked by it."""
    others = CHECKING_EACH_OTHER - {role}
    if role not in CHECKING_EACH_OTHER:
        return False
    return humans.is_among(
        actor, select(Grant.given_by_id).where(Grant.area_id == area.id, Grant.role.in_(others))
    )


def may_confirm(actor: User | None, role_grant: Grant) -> bool:
    """Whether somebody may confirm a role that waits: above the village, and neither who gave it nor whose
    it is; the command line (None) may.
    """
    if actor is None:
        return True
    parties = [user for user in (role_grant.user, role_grant.given_by) if user]
    return bool(actor.roles_in(role_grant.area) & CONFIRMING) and not any(
        humans.is_same(actor, user) for user in parties
    )


def confirm(role_grant: Grant, actor: User | None) -> None:
    """Confirm a role that waits: it has effect from now on, and the user's sessions end.

    Confirmed already, nothing more happens. Refused `not_yours_to_confirm` as `may_confirm` says.
    """
    user = role_grant.user
    lock(user)
    if not role_grant.waits:
        return
    if not may_confirm(actor, role_grant):
        raise Refused(
            "not_yours_to_confirm", _("Somebody else confirms it: of the township, or of the county.")
        )
    role_grant.waits = False
    user.session += 1
    db.session.flush()
    audit.note(
        actor,
        "role.confirm",
        user,
        role_grant.area,
        {"waits": True},
        role=role_grant.role,
        place=role_grant.area.code,
        waits=False,
    )


def revoke(role_grant: Grant, actor: User | None) -> None:
    """Take a role back; the user's sessions end.

    Refused `own_role`, `not_yours_to_give`, `last_of_county`.
    """
    user = role_grant.user
    lock(user)
    _check_giver(user, role_grant.role, role_grant.area, actor)
    check_not_last(user, [role_grant])
    audit.note(
        actor,
        "role.revoke",
        user,
        role_grant.area,
        {"role": role_grant.role, "place": role_grant.area.code},
        role=None,
    )
    db.session.delete(role_grant)
    user.session += 1
    db.session.flush()
    db.session.expire(user, ["grants"])


def _check_giver(user: User, role: Role, area: Area, actor: User | None) -> None:
    if actor is not None and humans.is_same(actor, user):
        raise Refused("own_role", _("Nobody changes their own roles."))
    if not may_give(actor, role, area):
        raise Refused("not_yours_to_give", _("This role is given by somebody above you."), "role")
    is_above = any(held.role in CONFIRMING for held in user.grants)
    if actor is not None and is_above and not actor.roles_in(area) & CONFIRMING:
        raise Refused("not_yours_to_give", _("Whoever is above you is given roles from above."), "username")


def check_not_last(user: User, losing: list[Grant]) -> None:
    """Check that a county or prefecture keeps somebody who manages its sign-ins. Refused `last_of_county`.

    Its row is locked, so that two who take each other's role at once do not both succeed.
    """
    for role_grant in losing:
        if role_grant.role not in AT_THE_TOP:
            continue
        get_locked(Area, role_grant.area_id)
        others = (
            select(func.count())
            .select_from(Grant)
            .join(Grant.user)
            .where(
                Grant.role == role_grant.role,
                Grant.area_id == role_grant.area_id,
                Grant.user_id != user.id,
                User.closed_at.is_(None),
            )
        )
        if not db.session.scalar(others):
            raise Refused(
                "last_of_county", _("This is the last sign-in of the place. Add another one first.")
            )


def widest_area(user: User) -> Area | None:
    """The widest area in which a sign-in holds a role; its people read of the sign-in in the trail."""
    return min(
        (role_grant.area for role_grant in user.grants),
        key=lambda area: (len(area.stem), area.code),
        default=None,
    )


def sign_in_name(typed: str) -> str:
    """What somebody signs in by, however it is written: a card's digits, or a name as names are compared."""
    digits = cards.card_digits(typed)
    return digits if digits and len(digits) == CARD_DIGITS else names.folded(typed)


def find_signing_in(typed: str) -> User | None:
    """The open sign-in with this name, or of the worker whose active card has this number; or None."""
    name = sign_in_name(typed)
    if name.isdecimal() and len(name) == CARD_DIGITS:
        return _user_of_card(name)
    user = db.session.scalar(select(User).where(User.username == name, User.closed_at.is_(None)))
    return None if user is None or is_of_card(user) else user


def _user_of_card(number: str) -> User | None:
    """The sign-in of a card's holder, the one made for the card first; none with other roles."""
    card = db.session.scalar(select(Card).where(Card.number == number, Card.state == CardState.ACTIVE))
    if card is None:
        return None
    ids = persons.entry_ids(persons.current_entry(card.person))
    users = db.session.scalars(select(User).where(User.person_id.in_(ids), User.closed_at.is_(None)))
    workers = [user for user in users if {role_grant.role for role_grant in user.grants} == {Role.WORKER}]
    return min(workers, key=lambda user: (not is_of_card(user), user.id), default=None)


def sign_in(typed: str, password: str) -> User:
    """The sign-in with this name (or card number) and password (or PIN).

    Refused `wrong_sign_in`, whichever of the two was wrong; `password_lapsed` for one that was given more
    than 7 days ago and never used. Changes nothing, and takes its time on
    purpose: to be called outside a transaction that writes.
    """
    user = find_signing_in(typed)
    if user is not None and is_of_card(user):
        password = passwords.plain_digits(password)
    if not passwords.matches(user.password_hash if user else None, password) or user is None:
        raise Refused("wrong_sign_in", _("The name or the password is not right."), "password")
    if user.given_at is not None and clock.now() - user.given_at > FIRST_PASSWORD_LASTS:
        raise Refused(
            "password_lapsed",
            _("It was given to you more than 7 days ago and is not good any more. Ask for a new one."),
            "password",
        )
    return user


def check_own_password(user: User, password: str) -> User:
    """Check the password of somebody at their open session; return the user. Refused `wrong_password`."""
    typed = passwords.plain_digits(password) if is_of_card(user) else password
    if not passwords.matches(user.password_hash, typed):
        raise Refused("wrong_password", _("The present password is not right."), "password")
    return user


def own_secret(user: User, new: str) -> Secret:
    """Somebody's new password or PIN of their own choice; to be made outside a transaction.

    Refused `password_not_new`, and as `passwords.check_password`; for a card's sign-in `pin_shape`,
    `pin_too_simple`.
    """
    if is_of_card(user):
        new = passwords.plain_digits(new)
        passwords.check_pin(new, personal_facts(user.person), "new")
    else:
        passwords.check_password(new, user.username, "new")
    if passwords.matches(user.password_hash, new):
        raise Refused("password_not_new", _("Take another one than before."), "new")
    return passwords.secret_of(new)


def choose_password(user: User, secret: Secret, number: int) -> User:
    """Change one's own password or PIN to one of `own_secret`; all other sessions end.

    `number` is the sign-in's `session` number before the secret was made. Refused `conflict` when it is
    another one by now: somebody gave a new password, or took or gave a role.
    """
    lock(user)
    if user.session != number:
        raise Refused("conflict", _("Somebody else did this at the same moment. Look again."))
    set_password(user, secret.hash, False, user)
    return user


def set_password(user: User, password_hash: str, temporary: bool, actor: User | None) -> None:
    """Replace a password by the hash of one that was checked, and end every session.

    Whoever waited as somebody guessed the one before comes in by the new one at once.
    """
    user.password_hash = password_hash
    user.given_at = clock.now() if temporary else None
    guard.forget_tries(user)
    audit.change(
        actor, "user.password", user, widest_area(user), temporary=temporary, session=user.session + 1
    )


def personal_facts(person: Person | None) -> list[str]:
    """Numbers that stand on a worker's card or are known of them, and therefore make no PIN."""
    if person is None:
        return []
    card = cards.active_card(person)
    facts = (card and card.number, person.phone and re.sub(r"\D", "", person.phone), person.birth_year)
    return [str(fact) for fact in facts if fact]


def sign_out_everywhere(user: User, actor: User | None) -> User:
    """End every session of a sign-in."""
    lock(user)
    audit.change(actor, "user.sign_out", user, widest_area(user), session=user.session + 1)
    return user


def set_closed(user: User, moment: datetime | None, actor: User | None) -> None:
    """Close a sign-in at a moment, which ends its sessions at once; or open it again (None)."""
    action = "user.close" if moment else "user.reopen"
    audit.change(actor, action, user, widest_area(user), closed_at=moment, session=user.session + 1)
