"""Duplicates: entries of the roster that look like one person, and those that were merged.

Merging moves points, so the verb is `points.merging.merge`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ground.db import db
from people.models import Area, Merge, Person


class Why(StrEnum):
    """By what two entries of one name look like one person."""

    PHONE = "phone"
    BIRTH_YEAR = "birth_year"


@dataclass(frozen=True)
class Pair:
    """Two entries that look like one person, the older one first, and why."""

    first: Person
    second: Person

    @property
    def why(self) -> list[Why]:
        """What they share beside the name."""
        a, b = self.first, self.second
        shared = {
            Why.PHONE: a.phone and a.phone == b.phone,
            Why.BIRTH_YEAR: a.birth_year and a.birth_year == b.birth_year and a.area_id == b.area_id,
        }
        return [why for why, same in shared.items() if same]


def suggested(area: Area) -> list[Pair]:
    """Pairs among the people of an area and below that may be one person and are not merged yet.

    The same name with the same phone, or with the same birth year in the same village. By village, then name.
    """
    first, second = aliased(Person), aliased(Person)
    home, other_home = aliased(Area), aliased(Area)
    same_phone = (first.phone == second.phone) & (first.phone != "")
    same_birth = (first.birth_year == second.birth_year) & (first.area_id == second.area_id)
    rows = db.session.execute(
        select(first, second)
        .join(second, and_(first.name == second.name, first.id < second.id, or_(same_phone, same_birth)))
        .join(home, first.area)
        .join(other_home, second.area)
        .options(contains_eager(first.area.of_type(home)), contains_eager(second.area.of_type(other_home)))
        .where(
            home.code.startswith(area.stem),
            other_home.code.startswith(area.stem),
            ~exists().where(Merge.duplicate_id == first.id),
            ~exists().where(Merge.duplicate_id == second.id),
        )
        .order_by(home.code, first.name, first.id, second.id)
    )
    return [Pair(a, b) for a, b in rows]


def others(person: Person) -> Sequence[Person]:
    """The entries of the same area that may be this person's: not merged, those of the same name first."""
    return db.session.scalars(
        select(Person)
        .where(
            Person.area_id == person.area_id,
            Person.id != person.id,
            ~exists().where(Merge.duplicate_id == Person.id),
        )
        .order_by((Person.name != person.name), Person.name, Person.id)
    ).all()


def merged_into(person: Person) -> Sequence[Merge]:
    """Every merge by which this entry became what it is: those into it, and those into them, by day."""
    found: list[Merge] = []
    last = [person.id]
    while last:
        merges = db.session.scalars(
            select(Merge)
            .options(joinedload(Merge.duplicate), joinedload(Merge.kept))
            .where(Merge.kept_id.in_(last))
            .order_by(Merge.id)
        ).all()
        found += merges
        last = [merge.duplicate_id for merge in merges]
    return sorted(found, key=lambda merge: merge.id)


def stood_for(people: Iterable[Person], at: datetime | None) -> dict[int, Person]:
    """Of these entries those that were merged by a moment (by now, if None): who stood for each then."""
    found: dict[int, Person] = {}
    for merge in db.session.scalars(
        select(Merge)
        .options(joinedload(Merge.kept))
        .where(Merge.duplicate_id.in_([person.id for person in people]))
    ):
        last: Merge | None = merge
        while last is not None and (at is None or last.at <= at):
            found[merge.duplicate_id] = last.kept
            last = merge_of(last.kept)
    return found


def merge_of(person: Person) -> Merge | None:
    """The merge by which an entry became history, read anew; None for one that stands for itself."""
    return db.session.scalar(select(Merge).where(Merge.duplicate_id == person.id))
