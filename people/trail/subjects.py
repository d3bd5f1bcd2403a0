"""Whom a line of the trail is about: the rows behind names such as "person:12"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground.db import db
from people.models import (
    Area,
    Card,
    Contact,
    Grid,
    Group,
    Household,
    ImportFile,
    Person,
    Training,
    User,
    mask_name,
)
from people.roster import persons
from people.trail.words import KINDS


@dataclass(frozen=True)
class Subject:
    """A row of which the trail speaks; `person` is whoever it belongs to, whose name then is personal."""

    kind: Any
    name: str
    row: Any = None
    person: Person | None = None

    @property
    def is_somebody(self) -> bool:
        """Whether it is a person themself: a name needs no kind before it."""
        return isinstance(self.row, Person)

    def shown(self, masked: bool) -> str:
        """Its name as a reader may see it."""
        return mask_name(self.name) if masked and self.person else self.name


# Where a kind's rows are, what else is read with them, how they are called, and whose they are.
_Naming = tuple[type[Any], tuple[Any, ...], Callable[[Any], str], Callable[[Any], Person | None]]


def _nobody(row: object) -> None:
    return None


_NAMINGS: dict[str, _Naming] = {
    "person": (Person, (joinedload(Person.area),), lambda row: row.name, lambda row: row),
    "user": (User, (joinedload(User.person),), lambda row: row.name, lambda row: row.person),
    "card": (
        Card,
        (joinedload(Card.person).joinedload(Person.area),),
        lambda row: row.person.name,
        lambda row: row.person,
    ),
    "grid": (Grid, (joinedload(Grid.village),), lambda row: f"{row.name} {row.code}", _nobody),
    "household": (  # nothing of its file: who reads the trail need not be one who may see that
        Household,
        (joinedload(Household.grid).joinedload(Grid.village),),
        lambda row: f"{row.grid.name} {row.grid.code} · {row.number}",
        _nobody,
    ),
    "group": (Group, (), lambda row: row.name, _nobody),
    "area": (Area, (), lambda row: row.name, _nobody),
    "contact": (Contact, (), lambda row: row.name, _nobody),  # a duty contact: its name hangs on the wall
    "training": (Training, (joinedload(Training.area),), lambda row: row.topic, _nobody),
    "import_file": (ImportFile, (), lambda row: row.name, _nobody),
}


def named(subjects: Iterable[str]) -> dict[str, Subject]:
    """The rows behind these names, one query for each kind; one that is unknown keeps its bare number."""
    wanted: dict[str, set[int]] = {}
    known: dict[str, Subject] = {}
    for subject in set(subjects):
        kind, _colon, number = subject.partition(":")
        known[subject] = Subject(KINDS.get(kind, kind), number)
        if kind in _NAMINGS and number.isdecimal():
            wanted.setdefault(kind, set()).add(int(number))
    for kind, ids in wanted.items():
        model, along, called, owner = _NAMINGS[kind]
        rows = db.session.scalars(select(model).options(*along).where(model.id.in_(ids)))
        for row in rows:
            known[f"{kind}:{row.id}"] = Subject(KINDS[kind], called(row), row, owner(row))
    return known


def subjects_of(person: Person) -> list[str]:
    """Under which names the trail speaks of a person: all entries of theirs, their cards and sign-ins."""
    ids = persons.selves(persons.kept(person))
    found = [f"person:{ident}" for ident in ids]
    for kind, model in (("card", Card), ("user", User)):
        rows = db.session.scalars(select(model.id).where(model.person_id.in_(ids)).order_by(model.id))
        found += [f"{kind}:{ident}" for ident in rows]
    return found
