"""People, grids and places of an area that fit what is looked for: closed grids and who left among them.

Everything is looked for as its reader sees it: whose name is masked, is not found by what is hidden.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import db
from people.finding.words import SearchWords
from people.models import Appointment, Area, Card, Grid, Person
from people.roster import holders, persons
from people.scanning.reading import Kind
from people.sight import Sight

# Of a county thousands are read: as rows, without what makes objects of them.
PERSON, TERM, GRID, AREA = (model.__table__.c for model in (Person, Appointment, Grid, Area))


@dataclass(frozen=True)
class FoundPerson:
    """An entry of the roster that was found: the village where it has a page, and its grids.

    `grids` are those where they serve today or, if they serve nowhere, served last (`serves` says which).
    """

    person: Person
    village: Area
    grids: Sequence[str]
    serves: bool


def people(area: Area, words: SearchWords, sight: Sight, within: Collection[int] | None = None) -> list[int]:
    """The ids of the entries in an area that fit, the best first: by name, pinyin, telephone's last four.

    `within` narrows it to who serves or served in these grids. They are read in one statement.
    """
    query = select(PERSON.id, PERSON.name, PERSON.phone, PERSON.area_id).where(_is_of(area, within))
    fitting = []
    for ident, name, phone, area_id in db.session.execute(query):
        seen = sight.name_in(name, area_id)
        if words.fit(seen) or words.fit_phone(phone):
            fitting.append((words.rank(seen), ident))
    return [ident for _rank, ident in sorted(fitting)]


def _is_of(area: Area, within: Collection[int] | None) -> ColumnElement[bool]:
    if within is not None:
        return PERSON.id.in_(select(TERM.person_id).where(TERM.grid_id.in_(within)))
    home = PERSON.area_id.in_(_places(area))
    if area.parent_id is None:  # whoever serves in a county is of it
        return home
    served = select(TERM.person_id).join(Grid.__table__, GRID.id == TERM.grid_id)
    return or_(home, PERSON.id.in_(served.where(GRID.village_id.in_(_places(area)))))


def _places(area: Area) -> Select[int]:
    return select(AREA.id).where(AREA.code.startswith(area.stem))


def holder_of(area: Area, words: SearchWords) -> Card | None:
    """The card of an area's people that was typed by its number, or scanned; with its holder."""
    code = words.value_of(Kind.CARD)
    if code is None:
        return None
    return db.session.scalar(
        select(Card)
        .join(Card.person)
        .options(contains_eager(Card.person))
        .where(or_(Card.number == code, Card.token == code), Person.area_id.in_(_places(area)))
    )


def described(area: Area, idents: Sequence[int], today: date) -> list[FoundPerson]:
    """What is known of these entries, in their order, each person once: a merged entry by the one kept.

    Where the one that is kept has no page in the area, the merged entry's own is left.
    """
    into = persons.current_entry_ids()
    wanted = list(dict.fromkeys([*(into.get(ident, ident) for ident in idents), *idents]))
    query = select(Person).options(joinedload(Person.area)).where(Person.id.in_(wanted))
    people_by_id = {person.id: person for person in db.session.scalars(query)}
    terms = _terms(area, wanted)
    found: dict[int, FoundPerson] = {}
    for ident in idents:
        current = into.get(ident, ident)
        for entry in (current, ident):
            village = _village_of(people_by_id[entry], terms[entry], area)
            if village is not None and current not in found:
                served = terms[current] + (terms[ident] if ident != current else [])
                found[current] = _described(people_by_id[entry], village, served, today)
    return list(found.values())


def _terms(area: Area, idents: Collection[int]) -> dict[int, list[Appointment]]:
    terms: dict[int, list[Appointment]] = defaultdict(list)
    query = (
        select(Appointment)
        .join(Appointment.grid)
        .join(Grid.village)
        .options(contains_eager(Appointment.grid).contains_eager(Grid.village))
        .where(Appointment.person_id.in_(idents), Area.code.startswith(area.stem))
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
    )
    for term in db.session.scalars(query):
        terms[term.person_id].append(term)
    return terms


def _village_of(person: Person, terms: Sequence[Appointment], area: Area) -> Area | None:
    """The village of the area on whose pages a person stands; None for who is on none."""
    if person.area.is_village and area.covers(person.area):
        return person.area
    return terms[0].grid.village if terms else None


def _described(person: Person, village: Area, terms: Sequence[Appointment], today: date) -> FoundPerson:
    running = [term for term in terms if holders.state_of(term, today) == holders.TermState.RUNNING]
    shown = running or terms[:1]
    return FoundPerson(person, village, list(dict.fromkeys(term.grid.name for term in shown)), bool(running))


def grids(area: Area, words: SearchWords, within: Collection[int] | None = None) -> list[int]:
    """The ids of an area's grids that fit by name or code, the best first; `within` narrows it to these."""
    query = select(GRID.id, GRID.name, GRID.code).where(GRID.village_id.in_(_places(area)))
    if within is not None:
        query = query.where(GRID.id.in_(within))
    fitting = [
        (words.rank(name), ident)
        for ident, name, code in db.session.execute(query)
        if words.fit(name) or words.fit_code(code)
    ]
    return [ident for _rank, ident in sorted(fitting)]


def grids_by_id(idents: Sequence[int]) -> list[Grid]:
    """These grids with their villages, in this order."""
    query = select(Grid).options(joinedload(Grid.village)).where(Grid.id.in_(idents))
    found = {grid.id: grid for grid in db.session.scalars(query)}
    return [found[ident] for ident in idents]


def places(area: Area, words: SearchWords) -> list[Area]:
    """The townships and villages below an area that fit by name or code, the best first."""
    below = db.session.scalars(
        select(Area).where(Area.code.startswith(area.stem), Area.id != area.id).order_by(Area.code)
    )
    return sorted(
        (place for place in below if words.fit(place.name) or words.fit_code(place.code)),
        key=lambda place: words.rank(place.name),
    )
