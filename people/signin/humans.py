"""Who is the same human: the one place for every rule that asks for somebody else.

Such rules are about people, and a sign-in is no person: somebody may have two, and a device acts for
whoever set it up. So they all ask here, and never compare sign-ins themselves.

    is_same    two sign-ins are one human's
    is_own     a person of the roster is the human behind a sign-in; `own_people` asks for many
    is_among   the human did it, by whichever of their sign-ins; who did it is given by the sign-ins' ids
               (`own_among` says by which)
    has_name   a name that was written down is the human's
    behind     whoever a device acts for

Who the roster names twice is two people, until the two entries are merged. Of somebody it does not name,
the mobile telephone tells who it is, else the name; two of one name are told apart by their units.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from ground import names
from ground.db import db
from ground.figures import narrow
from people.models import Area, Person, User
from people.roster import persons

# Landlines are left aside: an office shares one. What stands in front of the eleven digits is China's 86.
MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[0-9]{10})")
ON_THE_ROSTER = "*"  # in place of a unit


# Sign-ins with what tells whose they are, so that each takes no question of its own.
_SIGN_INS = select(User).options(joinedload(User.person).joinedload(Person.merge))


class ActsForSomebody(Protocol):
    """A device, or whatever else acts for the human who set it up."""

    @property
    def added_by(self) -> User | None:
        """The sign-in that set it up."""


class RosterEntry(Protocol):
    """What an entry of the roster says of who somebody is: a `Person`, or the columns of one."""

    @property
    def id(self) -> int:
        """The number of its row."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def phone(self) -> str | None:
        """The telephone, if it is known."""


class EntryColumns(NamedTuple):
    """A `RosterEntry` out of a statement of one's own."""

    id: int
    name: str
    phone: str | None


@dataclass(frozen=True)
class Identity:
    """The identity of a human: the current entry's id, folded names, mobile telephones, and the unit."""

    entry_id: int | None
    names: frozenset[str]
    phones: frozenset[str]
    unit: str

    def is_same(self, other: "Identity") -> bool:
        """Whether the two are one human; somebody without entry and unit is whoever has their name."""
        if self.entry_id is not None and other.entry_id is not None:
            return self.entry_id == other.entry_id
        if self.phones & other.phones:
            return True
        units = {self.unit, other.unit} - {""}
        return bool(self.names & other.names) and len(units) < 2

    def owns(self, entry: "Identity", naming: Iterable["Identity"]) -> bool:
        """Whether an entry of the roster is this human; `naming` are the sign-ins that name it."""
        if self.entry_id is not None:
            return self.entry_id == entry.entry_id
        return self.is_same(entry) or any(map(self.is_same, naming))

    def is_like(self, other: "Identity") -> bool:
        """Whether somebody should look if the two are one human: also with two units."""
        both_on_roster = self.entry_id is not None and other.entry_id is not None
        return self.is_same(other) or (not both_on_roster and bool(self.names & other.names))


def identity(name: str, person: Person | None = None, unit: str = "", phone: str = "") -> Identity:
    """The identity of a sign-in with these details; of a person of the roster with their own."""
    return identity_with(name, persons.current_entry(person) if person else None, unit, phone)


def identity_with(name: str, entry: RosterEntry | None, unit: str = "", phone: str = "") -> Identity:
    """The identity of a sign-in with these details that names this current entry, if any."""
    written = {name, entry.name} if entry else {name}
    phones = {mobile(phone), mobile(entry.phone or "") if entry else ""}
    return Identity(
        entry_id=entry.id if entry else None,
        names=frozenset(map(names.folded, written)),
        phones=frozenset(phones - {""}),
        unit=ON_THE_ROSTER if entry else names.folded(unit),
    )


def mobile(phone: str) -> str:
    """The eleven digits of a mobile telephone, however it is written; empty for anything else."""
    match = MOBILE.fullmatch(re.sub(r"[\s()-]", "", narrow(phone)))
    return match[1] if match else ""


def identity_of(user: User) -> Identity:
    """The identity of the human behind a sign-in."""
    return identity(user.name, user.person, user.unit, user.phone)


def behind(by: User | ActsForSomebody) -> User | None:
    """The sign-in that acts, by itself or through a device; None for a device that nobody answers for."""
    return by if isinstance(by, User) else by.added_by


def is_same(one: User, other: User) -> bool:
    """Whether two sign-ins are one human's."""
    return one.id == other.id or identity_of(one).is_same(identity_of(other))


def is_own(user: User | None, person: Person) -> bool:
    """Whether a person of the roster is the human behind a sign-in; the command line (None) is nobody.

    Also where only another sign-in of the same human names the person.
    """
    return user is not None and bool(_own_entries(user, {person.id: persons.current_entry(person)}))


def own_people(user: User, people: Collection[Person]) -> set[int]:
    """Those of these people, by the ids of the entries given, who are the human behind a sign-in.

    As many questions for a village as for one.
    """
    return _own_entries(user, persons.current_entries(people))


def _own_entries(user: User, entries: Mapping[int, Person]) -> set[int]:
    """Those of these entries, each with the current one, that are the human behind a sign-in; by id."""
    own = identity_of(user)
    naming: dict[int | None, list[Identity]] = {}
    if own.entry_id is None:
        current = {entry.id for entry in entries.values()}
        for other in db.session.scalars(_SIGN_INS.where(User.person_id.in_(current))):
            naming.setdefault(other.person_id, []).append(identity_of(other))
    return {
        ident
        for ident, entry in entries.items()
        if own.owns(identity_with(entry.name, entry), naming.get(entry.id, ()))
    }


def is_among(user: User | None, ids: Any) -> bool:
    """Whether one of these sign-ins is the human's own, by their ids: a collection, or a query for them."""
    return user is not None and bool(own_among(user, ids))


def own_among(user: User, ids: Any) -> set[int]:
    """Those of these sign-ins that are the human's own, by their ids: a collection, or a query for them."""
    others = db.session.scalars(_SIGN_INS.where(User.id.in_(ids)))
    own = identity_of(user)
    return {other.id for other in others if other.id == user.id or own.is_same(identity_of(other))}


def has_name(user: User, name: str) -> bool:
    """Whether a name that somebody wrote down is the human's."""
    return names.folded(name) in identity_of(user).names


def likely_same(identities: Sequence[tuple[Identity, Collection[Area]]]) -> list[list[User]]:
    """For each of these identities, at its places, the sign-ins that may be the same human's, by name.

    A place of one is the same as, above or below a place of the other. Of a sign-in itself it is one.
    """
    name_columns, wanted = (User.name, Person.name), [each for each, _places in identities]
    written = {name for each in wanted for name in each.names}
    phones = {phone for each in wanted for phone in each.phones}
    entries = {each.entry_id for each in wanted if each.entry_id is not None}
    query = (
        _SIGN_INS.outerjoin(User.person)
        .options(selectinload(User.grants))
        .where(
            or_(
                *(names.FoldedColumn(column).in_(written) for column in name_columns),
                *(column.in_(phones) for column in (User.phone, Person.phone)),
                User.person_id.in_(entries),
            )
        )
        .order_by(User.name, User.id)
    )
    candidates = [(user, identity_of(user)) for user in db.session.scalars(query)]
    return [
        [user for user, other in candidates if own.is_like(other) and _is_at(user, places)]
        for own, places in identities
    ]


def _is_at(user: User, places: Collection[Area]) -> bool:
    """Whether a sign-in holds a role at one of these places, above or below it."""
    return any(
        grant.area.covers(place) or place.covers(grant.area) for grant in user.grants for place in places
    )
