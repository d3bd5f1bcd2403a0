"""Beginning in earnest: the places, the first sign-ins and the shops' hours, all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError

from demo import calendar
from ground import names
from ground.db import db
from ground.refusal import Refused
from people import areas, labels
from people.models import Area, Level, Role, User
from people.signin import accounts
from people.signin.passwords import Secret
from shop.shelf import shops
from shop.shelf.hours import Hours

# Who has the first sign-in of a place: a village that begins alone has nobody above who would give it.
FIRST_ROLES = {Level.COUNTY: Role.COUNTY, Level.TOWNSHIP: Role.TOWNSHIP}

# Who is named at once beside the first sign-in, as that one could not give the role, or not without
# somebody to confirm it: who checks a chair is not chosen by the chair, and one hand alone gives no two roles
# that check each other (`people.signin.accounts`).
BESIDE_THE_CHAIR = (Role.CLERK, Role.SUPERVISOR, Role.MANAGER)
BESIDE = {Level.COUNTY: (), Level.TOWNSHIP: (Role.TOWNSHIP,)}

# Who else may be named at once. Workers are not: they come with the roster, and sign in by their cards.
FURTHER_IN_A_VILLAGE = frozenset({Role.CLERK, Role.INSTRUCTOR, Role.MANAGER, Role.VOLUNTEER})
FURTHER = {Level.COUNTY: frozenset[Role](), Level.TOWNSHIP: frozenset({Role.TOWNSHIP})}


@dataclass(frozen=True)
class NewSignIn:
    """A sign-in to be made; `secret` was made before the transaction."""

    role: Role
    name: str
    username: str
    secret: Secret


def first_role(place: Area) -> Role:
    """The role of a place's first sign-in: its county's, its township's, or the chair's of a village."""
    return FIRST_ROLES.get(place.level, Role.CHAIR)


def roles_beside(place: Area) -> tuple[Role, ...]:
    """The roles of those who have to be named beside the first sign-in of a place, one of each."""
    return BESIDE.get(place.level, BESIDE_THE_CHAIR)


def further_roles(place: Area) -> frozenset[Role]:
    """The roles of those who may be named besides, as many as there are."""
    return FURTHER.get(place.level, FURTHER_IN_A_VILLAGE)


def places_of(listed: Sequence[Area], code: str) -> list[Area]:
    """What is taken of a list for a place: what lies in it, and what it lies in. Refused `no_such_place`."""
    place = next((area for area in listed if area.code == code), None)
    if place is None:
        raise Refused("no_such_place", _("Choose a place of the list."), "place")
    return [area for area in listed if place.covers(area) or area.covers(place)]


def begin(
    listed: Sequence[Area],
    code: str,
    own: NewSignIn,
    beside: Sequence[NewSignIn] = (),
    hours: Hours | None = None,
) -> User:
    """Begin in an empty database with a place of a county's list; return the first sign-in.

    `own` is who sits there, with a password of their own; those `beside` choose theirs at the first sign-in.
    The `hours` are those of every shop there. Refused `not_empty` where somebody has begun already,
    `no_such_place`, `same_name`, `others_needed` where one of `roles_beside` is missing, `others_later` for
    somebody else whose role is none of `further_roles`, and as `accounts.add_user` and `accounts.grant` say.
    """
    if not calendar.is_empty():
        raise _begun_already()
    taken = places_of(listed, code)
    try:
        with db.session.begin_nested():
            areas.add_areas(taken)
    except IntegrityError as error:  # somebody began at the same moment
        raise _begun_already() from error
    place = next(area for area in taken if area.code == code)
    _check_roles(place, Counter(new.role for new in beside))
    everybody = [names.folded(new.name) for new in (own, *beside)]
    if len(set(everybody)) < len(everybody):
        raise Refused("same_name", _("One name stands here twice. Whoever has another's name adds a word."))
    user = _sign_in(place, own, is_own=True)
    for other in beside:
        _sign_in(place, other, is_own=False)
    if hours:
        for village in areas.villages_in(place):
            shops.set_hours(shops.open_shop(village), hours, user)
    return user


def _check_roles(place: Area, named: Counter[Role]) -> None:
    needed = Counter(roles_beside(place))
    if missing := needed - named:
        text = _("%(place)s can't begin without: %(roles)s.", place=place.name, roles=_titles(missing))
        raise Refused("others_needed", text)
    if others := set(named - needed) - further_roles(place):
        text = _(
            "Not written down here in %(place)s: %(roles)s. Their sign-ins come afterwards.",
            place=place.name,
            roles=_titles(others),
        )
        raise Refused("others_later", text)


def _titles(roles: Iterable[Role]) -> str:
    return "、".join(str(labels.ROLES[role]) for role in Role if role in {*roles})


def _begun_already() -> Refused:
    return Refused("not_empty", _("Somebody has begun already. Sign in."))


def _sign_in(place: Area, new: NewSignIn, is_own: bool) -> User:
    user = accounts.add_user(
        new.username, new.name, new.secret, None, temporary=not is_own, area=place, unit=place.name
    )
    accounts.grant(user, new.role, place, None)
    return user
