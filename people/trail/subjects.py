"""Whom a line of the trail is about: the rows behind names such as "person:12"."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground.contributions import Slot
from ground.db import db
from people.models import (
    Area,
    Card,
    Contact,
    Grid,
    Group,
    ImportFile,
    Person,
    Training,
    User,
    mask_name,
)
from people.roster import persons
from people.trail import words


@dataclass(frozen=True)
class Page:
    """The page about a row: its endpoint, the row's place, and as what the address names that."""

    endpoint: str
    place: Area
    ident: int
    argument: str = "village"


@dataclass(frozen=True)
class Subject:
    """A row of which the trail speaks; `person` is whoever it belongs to, whose name then is personal."""

    kind: Any
    name: str
    row: Any = None
    person: Person | None = None
    page: Page | None = None

    @property
    def is_somebody(self) -> bool:
        """Whether it is a person themself: a name needs no kind before it."""
        return isinstance(self.row, Person)

    def shown(self, masked: bool) -> str:
        """Its name as a reader may see it."""
        return mask_name(self.name) if masked and self.person else self.name


@dataclass(frozen=True)
class Naming:
    """How rows of a kind are named: what is read along, what they are called, whose they are, their page."""

    kind: str
    model: type[Any]
    called: Callable[[Any], str]
    along: Sequence[Any] = ()
    owner: Callable[[Any], Person | None] = lambda row: None
    page: Callable[[Any], Page | None] = lambda row: None


NAMINGS: Slot[Naming] = Slot()

OWN = (
    Naming(
        "person",
        Person,
        lambda row: row.name,
        (joinedload(Person.area),),
        lambda row: row,
        lambda row: Page("roster.person", row.area, row.id),
    ),
    Naming("user", User, lambda row: row.name, (joinedload(User.person),), lambda row: row.person),
    Naming(
        "card",
        Card,
        lambda row: row.person.name,
        (joinedload(Card.person).joinedload(Person.area),),
        lambda row: row.person,
        lambda row: Page("roster.person", row.person.area, row.person_id),
    ),
    Naming(
        "grid",
        Grid,
        lambda row: f"{row.name} {row.code}",
        (joinedload(Grid.village),),
        page=lambda row: Page("roster.grid", row.village, row.id),
    ),
    Naming("group", Group, lambda row: row.name),
    Naming("area", Area, lambda row: row.name),
    Naming("contact", Contact, lambda row: row.name),  # a duty contact: its name hangs on the wall
    Naming(
        "training",
        Training,
        lambda row: row.topic,
        (joinedload(Training.area),),
        page=lambda row: Page("conduct.training", row.area, row.id, "area"),
    ),
    Naming("import_file", ImportFile, lambda row: row.name),
)


def named(subjects: Iterable[str]) -> dict[str, Subject]:
    """The rows behind these names, one query for each kind; one that is unknown keeps its bare number."""
    namings, kinds = {naming.kind: naming for naming in NAMINGS.items()}, words.known().kinds
    wanted: dict[str, set[int]] = {}
    known: dict[str, Subject] = {}
    for subject in set(subjects):
        kind, _colon, number = subject.partition(":")
        known[subject] = Subject(kinds.get(kind, kind), number)
        if kind in namings and number.isdecimal():
            wanted.setdefault(kind, set()).add(int(number))
    for kind, ids in wanted.items():
        naming = namings[kind]
        query = select(naming.model).options(*naming.along)
        for row in db.session.scalars(query.where(naming.model.id.in_(ids))):
            owner, page = naming.owner(row), naming.page(row)
            known[f"{kind}:{row.id}"] = Subject(kinds[kind], naming.called(row), row, owner, page)
    return known


def subjects_of(person: Person) -> list[str]:
    """Under which names the trail speaks of a person: all entries of theirs, their cards and sign-ins."""
    ids = persons.selves(persons.kept(person))
    found = [f"person:{ident}" for ident in ids]
    for kind, model in (("card", Card), ("user", User)):
        rows = db.session.scalars(select(model.id).where(model.person_id.in_(ids)).order_by(model.id))
        found += [f"{kind}:{ident}" for ident in rows]
    return found
