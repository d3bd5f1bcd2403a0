"""Duplicates: entries of the roster that look like one person, and those that were merged.

Merging moves points, so it is done in `points.merging.merge`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, combinations
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import joinedload

from ground import names
from ground.db import db
from people import audit
from people.models import Area, AuditEvent, Merge, Person


class DuplicateSign(StrEnum):
    """A sign that two entries of one name are one person: something they share."""

    PHONE = "phone"
    BIRTH_YEAR = "birth_year"


@dataclass(frozen=True)
class DuplicatePair:
    """Two entries that look like one person, the older one first, and why."""

    first: Person
    second: Person

    @property
    def signs(self) -> list[DuplicateSign]:
        """The signs that the two are one person, beside the name."""
        return _shared_signs(self.first, self.second)


def _shared_signs(
    a: Person | Row[*tuple[Any, ...]], b: Person | Row[*tuple[Any, ...]]
) -> list[DuplicateSign]:
    """The signs that two entries of one name, or rows of their columns, share."""
    shared = {
        DuplicateSign.PHONE: a.phone and a.phone == b.phone,
        DuplicateSign.BIRTH_YEAR: a.birth_year and a.birth_year == b.birth_year and a.area_id == b.area_id,
    }
    return [why for why, same in shared.items() if same]


# What tells two people apart, by the column of each.
TELLING_FIELDS = ("name", "phone", "birth_year")


def differences(kept: Person, duplicate: Person) -> list[str]:
    """The columns in which two entries say that they are two people: name, telephone, year of birth.

    What an entry said before it was corrected counts too, so that nobody is made like another to be merged.
    What one of the two never said tells nothing.
    """
    values = [_values_ever(person) for person in (kept, duplicate)]
    return [
        name
        for name in TELLING_FIELDS
        if all(each[name] for each in values) and len(values[0][name] | values[1][name]) > 1
    ]


def _values_ever(person: Person) -> dict[str, set[object]]:
    """All values that an entry has and had in the telling columns, by column; names in one form."""
    corrections = select(AuditEvent.before).where(
        AuditEvent.subject == audit.name_of(person), AuditEvent.action == "person.correct"
    )
    before = [values or {} for values in db.session.scalars(corrections)]
    values_by_column: dict[str, set[object]] = {}
    for name in TELLING_FIELDS:
        values = {getattr(person, name), *(each.get(name) for each in before)} - {None, ""}
        values_by_column[name] = {names.folded(str(value)) for value in values}
    return values_by_column


def suggested_pairs(area: Area) -> list[DuplicatePair]:
    """Pairs of entries in an area and below that may be one person and are not merged yet.

    The same name with the same phone, or with the same birth year in the same village. By village, then
    name. Namesakes are found here and not by the database, which would compare everybody with everybody.
    """
    entries = db.session.execute(
        select(Person.id, Person.name, Person.phone, Person.birth_year, Person.area_id)
        .join(Person.area)
        .where(Area.code.startswith(area.stem), ~exists().where(Merge.duplicate_id == Person.id))
        .order_by(Person.id)
    )
    namesakes = defaultdict(list)
    for entry in entries:
        namesakes[names.folded(entry.name)].append(entry)
    alike = [
        (first.id, second.id)
        for same in namesakes.values()
        for first, second in combinations(same, 2)
        if _shared_signs(first, second)
    ]
    of_pairs = select(Person).options(joinedload(Person.area)).where(Person.id.in_(set(chain(*alike))))
    people = {person.id: person for person in db.session.scalars(of_pairs)}
    pairs = [DuplicatePair(people[first], people[second]) for first, second in alike]
    return sorted(
        pairs, key=lambda pair: (pair.first.area.code, pair.first.name, pair.first.id, pair.second.id)
    )


def possible_duplicates(person: Person) -> Sequence[Person]:
    """The entries of the same area that may be this person's, those of the same name first.

    Entries that were merged are left out.
    """
    return db.session.scalars(
        select(Person)
        .where(
            Person.area_id == person.area_id,
            Person.id != person.id,
            ~exists().where(Merge.duplicate_id == Person.id),
        )
        .order_by(~names.is_name(Person.name, person.name), Person.name, Person.id)
    ).all()


def merges_into(person: Person) -> Sequence[Merge]:
    """Every merge that led to this entry: those into it, and those into them, by day."""
    all_merges: list[Merge] = []
    last = [person.id]
    while last:
        merges = db.session.scalars(
            select(Merge)
            .options(joinedload(Merge.duplicate), joinedload(Merge.kept))
            .where(Merge.kept_id.in_(last))
            .order_by(Merge.id)
        ).all()
        all_merges += merges
        last = [merge.duplicate_id for merge in merges]
    return sorted(all_merges, key=lambda merge: merge.id)


def replacing_entries(people: Iterable[Person], at: datetime | None) -> dict[int, Person]:
    """For each of these entries that was merged by a moment, the entry that stood for it then.

    By the merged entry's id; the moment is now, if None.
    """
    entries: dict[int, Person] = {}
    for merge in db.session.scalars(
        select(Merge)
        .options(joinedload(Merge.kept))
        .where(Merge.duplicate_id.in_([person.id for person in people]))
    ):
        last: Merge | None = merge
        while last is not None and (at is None or last.at <= at):
            entries[merge.duplicate_id] = last.kept
            last = merge_of(last.kept)
    return entries


def merge_of(person: Person) -> Merge | None:
    """The merge of an entry into another, read anew; None for one that was not merged."""
    return db.session.scalar(select(Merge).where(Merge.duplicate_id == person.id))
