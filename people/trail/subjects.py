"""The subjects of the trail: the rows behind names such as "person:12"."""

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
    Proposal,
    Training,
    User,
)
from people.proposals import kinds
from people.roster import persons
from people.sight import Sight
from people.trail import words


@dataclass(frozen=True)
class SubjectPage:
    """The page about a row: its endpoint, the row's area, and that area's name in the address."""

    endpoint: str
    place: Area
    ident: int
    argument: str = "village"


@dataclass(frozen=True)
class Subject:
    """A row that a line of the trail is about; `person` is whom it belongs to, if it is personal."""

    kind: Any
    name: str
    row: Any = None
    person: Person | None = None
    page: SubjectPage | None = None

    @property
    def is_person(self) -> bool:
        """Whether it is a person, whose name needs no kind before it."""
        return isinstance(self.row, Person)

    def shown_name(self, sight: Sight, place: Area | None) -> str:
        """Its name as a reader may see it; `place` is where its name was written, if it has no page."""
        if self.person is None:
            own_place = self.page.place if self.page else place
            return self.name if isinstance(self.row, User | Contact) else sight.text(self.name, own_place)
        return sight.name(self.name) if sight.hides(self.person) else self.name


@dataclass(frozen=True)
class Naming:
    """The naming of rows of a kind: their name, whose they are, their page, and related rows to load."""

    kind: str
    model: type[Any]
    name_of: Callable[[Any], str]
    options: Sequence[Any] = ()
    owner: Callable[[Any], Person | None] = lambda row: None
    page: Callable[[Any], SubjectPage | None] = lambda row: None


NAMINGS: Slot[Naming] = Slot()

OWN_NAMINGS = (
    Naming(
        "person",
        Person,
        lambda row: row.name,
        (joinedload(Person.area),),
        lambda row: row,
        lambda row: SubjectPage("roster.person", row.area, row.id),
    ),
    Naming("user", User, lambda row: row.name, (joinedload(User.person),), lambda row: row.person),
    Naming(
        "card",
        Card,
        lambda row: row.person.name,
        (joinedload(Card.person).joinedload(Person.area),),
        lambda row: row.person,
        lambda row: SubjectPage("roster.person", row.person.area, row.person_id),
    ),
    Naming(
        "grid",
        Grid,
        lambda row: f"{row.name} {row.code}",
        (joinedload(Grid.village),),
        page=lambda row: SubjectPage("roster.grid", row.village, row.id),
    ),
    Naming("group", Group, lambda row: row.name),
    Naming("area", Area, lambda row: row.name),
    Naming("contact", Contact, lambda row: row.name),  # a duty contact: its name hangs on the wall
    Naming(
        "training",
        Training,
        lambda row: row.topic,
        (joinedload(Training.area),),
        page=lambda row: SubjectPage("conduct.training", row.area, row.id, "area"),
    ),
    Naming(
        "proposal",
        Proposal,
        lambda row: str(kinds.title_of(row.kind)),
        (joinedload(Proposal.area),),
        page=lambda row: SubjectPage("home.proposal", row.area, row.id),
    ),
    Naming("import_file", ImportFile, lambda row: row.name),
)


def find_subjects(subjects: Iterable[str]) -> dict[str, Subject]:
    """The subjects of these names, one query for each kind; an unknown one keeps its number."""
    namings, kinds = {naming.kind: naming for naming in NAMINGS.items()}, words.all_words().kinds
    ids_by_kind: dict[str, set[int]] = {}
    subjects_by_name: dict[str, Subject] = {}
    for subject in set(subjects):
        kind, _colon, number = subject.partition(":")
        subjects_by_name[subject] = Subject(kinds.get(kind, kind), number)
        if kind in namings and number.isdecimal():
            ids_by_kind.setdefault(kind, set()).add(int(number))
    for kind, ids in ids_by_kind.items():
        naming = namings[kind]
        query = select(naming.model).options(*naming.options)
        for row in db.session.scalars(query.where(naming.model.id.in_(ids))):
            owner, page = naming.owner(row), naming.page(row)
            subjects_by_name[f"{kind}:{row.id}"] = Subject(kinds[kind], naming.name_of(row), row, owner, page)
    return subjects_by_name


def subjects_of(person: Person) -> list[str]:
    """The names of a person in the trail: of all their entries, their cards and sign-ins."""
    ids = persons.entry_ids(persons.current_entry(person))
    names = [f"person:{ident}" for ident in ids]
    for kind, model in (("card", Card), ("user", User)):
        rows = db.session.scalars(select(model.id).where(model.person_id.in_(ids)).order_by(model.id))
        names += [f"{kind}:{ident}" for ident in rows]
    return names
