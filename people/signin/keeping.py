"""Managing the sign-ins of an area: passwords and PINs, signing out, closing, opening again."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ground import clock, names
from ground.db import db, do_many, lock
from ground.refusal import Refused
from people import audit, cards
from people.models import VILLAGE_LEVELS, Area, Duty, Grant, Level, Person, Role, User
from people.roster import holders
from people.signin import accounts, humans, passwords, second_factor
from people.signin.passwords import Secret

KEEPERS = frozenset(accounts.ROLES_TO_GIVE)


def users_in(area: Area, role: Role | None = None, words: str = "", masked: bool = False) -> Select[User]:
    """The sign-ins that hold a role in an area or below it, by name; for paging.

    With `role` only its holders there, with `words` those whose name or sign-in name contains them. With
    `masked` nobody of a roster is found by words: their names are masked for the reader.
    """
    holds_role = User.grants.any(
        Grant.area.has(Area.code.startswith(area.stem)) & (Grant.role == role if role else True)
    )
    query = select(User).options(selectinload(User.grants), joinedload(User.person)).where(holds_role)
    if words:
        query = query.where(or_(*(names.has_in_name(column, words) for column in (User.name, User.username))))
        if masked:
            query = query.where(User.person_id.is_(None))
    return query.order_by(User.name, User.id)


def find(area: Area, ident: int) -> User | None:
    """The sign-in with this id, if it holds a role in an area or below it; otherwise None."""
    return db.session.scalar(users_in(area).where(User.id == ident))


def find_by_name(username: str) -> User:
    """The open sign-in with this name, all of it; no card's. Refused `no_such_user`."""
    user = accounts.find_signing_in(username)
    if user is None or user.username != accounts.sign_in_name(username):
        raise Refused("no_such_user", _("There is no sign-in with exactly this name."), "username")
    return user


def waiting_grants(area: Area) -> Sequence[Grant]:
    """The roles in an area and below that wait for somebody else to confirm them, by village and name."""
    return db.session.scalars(
        select(Grant)
        .join(Grant.area)
        .join(Grant.user)
        .options(joinedload(Grant.user), joinedload(Grant.given_by))
        .where(Grant.waits, Area.code.startswith(area.stem))
        .order_by(Area.code, User.name, Grant.id)
    ).all()


def likely_sign_ins(name: str, person: Person | None, unit: str, phone: str, area: Area) -> list[User]:
    """The sign-ins at a place, above or below it, of whoever may be the human with these details."""
    return humans.likely_same([(humans.identity(name, person, unit, phone), [area])])[0]


def likely_same(users: Sequence[User]) -> dict[int, list[User]]:
    """For each of these sign-ins, by id, the others that are the same human's, or look like it."""
    asked = [(humans.identity_of(user), [grant.area for grant in user.grants]) for user in users]
    found = zip(users, humans.likely_same(asked), strict=True)
    return {user.id: [other for other in others if other is not user] for user, others in found}


def places(area: Area, roles: Collection[Role]) -> Sequence[Area]:
    """The places in an area or below it where one of these roles can be held, by code."""
    levels = set[Level]().union(*(accounts.ROLE_LEVELS.get(role, VILLAGE_LEVELS) for role in roles))
    return db.session.scalars(
        select(Area).where(Area.code.startswith(area.stem), Area.level.in_(levels)).order_by(Area.code)
    ).all()


def serving_people(village: Area) -> list[Person]:
    """The people who serve in a village today: its workers, and the instructors of its grids."""
    today = clock.today()
    serving = (term.person for duty in Duty for term in holders.serving_terms(village, today, today, duty))
    return list(dict.fromkeys(serving))


def may_manage(actor: User, user: User) -> bool:
    """Whether somebody may manage a sign-in: another's, all of whose roles they could give."""
    return not humans.is_same(actor, user) and all(
        accounts.may_give(actor, role_grant.role, role_grant.area) for role_grant in user.grants
    )


def _manageable(user: User, actor: User | None) -> User:
    lock(user)
    if actor is not None and humans.is_same(actor, user):
        raise Refused("own_account", _("Your own sign-in is kept by somebody else."))
    if actor is not None and not may_manage(actor, user):
        raise Refused(
            "above_you",
            _(
                "This sign-in holds a role that you do not give. Ask above you; where nobody is above "
                "you, whoever looks after the program gives a new password there (accounts password)."
            ),
        )
    return user


def new_secret(user: User) -> Secret:
    """A new password for somebody, or a PIN for a card's sign-in. Made before the transaction."""
    if accounts.is_of_card(user):
        return passwords.secret_of(passwords.new_pin(accounts.personal_facts(user.person)))
    return passwords.secret_of(passwords.new_password())


def give_password(user: User, actor: User | None, secret: Secret) -> str:
    """Give a new password (a PIN, for a card's sign-in) of `new_secret` and return it, to be shown once.

    It is not kept. Its owner is signed out everywhere and chooses their own at the next sign-in.
    Refused `own_account`, `above_you`, `account_closed`, and a PIN as `passwords.check_pin`.
    """
    user = _manageable(user, actor)
    if user.closed_at is not None:
        raise Refused("account_closed", _("This sign-in is closed. Open it again first."))
    if accounts.is_of_card(user):  # what is known of its holder may have changed meanwhile
        passwords.check_pin(secret.plain, accounts.personal_facts(user.person))
    accounts.set_password(user, secret.hash, True, actor)
    return secret.plain


def new_pins(people: Sequence[Person]) -> list[Secret]:
    """A new PIN for each of these workers. Made before the transaction: the hashes take their time."""
    return passwords.secrets_of([passwords.new_pin(accounts.personal_facts(person)) for person in people])


def give_pins(
    pins: Mapping[Person, Secret], actor: User | None
) -> tuple[dict[Person, str], list[tuple[Person, Refused]]]:
    """Give each of these workers the PIN that was made for them: those given, and those left with the reason.

    Who can't have one holds up none of the others. Refused `none_ticked`.
    """
    return do_many(pins, lambda person: give_pin(person, actor, pins[person]))


def give_pin(person: Person, actor: User | None, secret: Secret) -> str:
    """Give a worker a PIN of `new_pins` for their card and return it, to be shown once; it is not kept.

    The sign-in is made the first time, with the worker's role in their village. Refused `no_card` for who
    has no active card, and as `accounts.grant` and `give_password` refuse.
    """
    lock(person)  # two at once find one sign-in
    if cards.active_card(person) is None:
        raise Refused("no_card", _("%(name)s has no card that is good. Issue one first.", name=person.name))
    user = user_of_card(person) or accounts.add_card_user(person, actor)
    if Role.WORKER not in user.roles_in(person.area):
        accounts.grant(user, Role.WORKER, person.area, actor)
    return give_password(user, actor, secret)


def user_of_card(person: Person) -> User | None:
    """The sign-in that was made for a worker's card, or None."""
    return db.session.scalar(select(User).where(User.username == f"{accounts.CARD_SIGN_IN}{person.id}"))


def users_of_cards(people: list[Person]) -> dict[int, User]:
    """The sign-ins that were made for the cards of these workers, by the person's id."""
    names = [f"{accounts.CARD_SIGN_IN}{person.id}" for person in people]
    users = db.session.scalars(select(User).where(User.username.in_(names)))
    return {user.person_id: user for user in users if user.person_id is not None}


def link(
    user: User, person: Person | None, actor: User | None, *, unit: str = "", phone: str | None = ""
) -> None:
    """Say who a sign-in is: a person of the roster, or somebody else by their unit; and their telephone.

    So that they decide nothing about themselves. Without a telephone (None) it stays as it is kept. Refused
    `own_account`, `above_you`, `card_sign_in` (a card's is its holder's), `bad_unit`, `bad_phone`,
    `roles_conflict` when the human would both score and redeem at one place.
    """
    user = _manageable(user, actor)
    if accounts.is_of_card(user):
        raise Refused("card_sign_in", _("The sign-in of a card belongs to whoever holds the card."))
    audit.change(
        actor,
        "user.link",
        user,
        accounts.widest_area(user),
        person_id=person.id if person else None,
        unit=accounts.kept_unit(unit),
        phone=user.phone if phone is None else accounts.kept_phone(phone),
    )
    db.session.expire(user, ["person"])
    for role_grant in user.grants:
        accounts.check_not_both(user, role_grant.role, role_grant.area)


def sign_out(user: User, actor: User | None) -> None:
    """End every session of somebody's sign-in. Refused `own_account`, `above_you`."""
    accounts.sign_out_everywhere(_manageable(user, actor), actor)


def take_off_second_factor(user: User, actor: User | None) -> None:
    """Take off somebody's second factor, whose telephone and recovery codes are lost; they are told.

    Refused `own_account` (one's own with a code), `above_you`.
    """
    second_factor.take_off(_manageable(user, actor), actor)


def close(user: User, actor: User | None) -> None:
    """Close a sign-in: nobody signs in by it, and its sessions end at once.

    A second time changes nothing. Refused `own_account`, `above_you`, `last_of_county`.
    """
    user = _manageable(user, actor)
    if user.closed_at is None:
        accounts.check_not_last(user, user.grants)
        accounts.set_closed(user, clock.now(), actor)


def reopen(user: User, actor: User | None) -> None:
    """Open a closed sign-in again, with the password it had. Refused `own_account`, `above_you`."""
    user = _manageable(user, actor)
    if user.closed_at is not None:
        accounts.set_closed(user, None, actor)
