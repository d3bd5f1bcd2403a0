"""The people of the roster: their details, and which entries are one person.

Two entries of one person are merged: both stay, and one of them is the current one. History stands under
all of a person's entries (`entry_ids`).
"""

from collections.abc import Collection, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from ground import clock, days, names
from ground.db import add_rows, db, lock
from ground.refusal import Refused
from people import audit
from people.models import Appointment, Area, Background, Grid, Merge, Person, PoliticalStatus, Sex, User

# How old somebody is who serves: the year of birth tells a slip of the hand from a year.
AGE_YEARS = (16, 100)


def add_person(
    area: Area,
    name: str,
    actor: User | None,
    phone: str | None = None,
    agency: str | None = None,
    *,
    sex: Sex | None = None,
    birth_year: int | None = None,
    standing: PoliticalStatus | None = None,
    background: Background | None = None,
) -> Person:
    """Enter a worker at their village, or an instructor at the place their agency answers to.

    Refused `bad_name`, `bad_birth_year`.
    """
    person = Person(
        area=area,
        name=_checked_name(name),
        phone=phone,
        agency=agency,
        sex=sex,
        birth_year=birth_year,
        standing=standing,
        background=background,
    )
    add_people([person], actor)
    return person


def add_people(arriving: Sequence[Person], actor: User | None) -> None:
    """Enter many people at once, of any areas. Refused as `add_person` is."""
    for person in arriving:
        check_birth_year(person.birth_year)
    add_rows(arriving)
    audit.note_all(
        actor,
        "person.add",
        [
            (person, person.area, {"name": person.name, "phone": person.phone, "agency": person.agency})
            for person in arriving
        ],
    )


def correct(
    person: Person,
    name: str,
    actor: User | None,
    *,
    phone: str | None,
    agency: str | None,
    sex: Sex | None,
    birth_year: int | None,
    standing: PoliticalStatus | None,
    background: Background | None,
    law_mark_on: date | None,
) -> list[str]:
    """Correct the details of a person; return which of the columns differed.

    Refused `bad_name`, `bad_birth_year`, `bad_day`, `in_future` for a mark (法律明白人) of a day to come,
    `was_merged`.
    """
    lock(person)
    check_not_merged(person)
    name = _checked_name(name)
    check_birth_year(birth_year)
    if law_mark_on:
        days.HELD_SINCE.check(law_mark_on, "law_mark_on")
    return audit.change(
        actor,
        "person.correct",
        person,
        person.area,
        name=name,
        phone=phone,
        agency=agency,
        sex=sex,
        birth_year=birth_year,
        standing=standing,
        background=background,
        law_mark_on=law_mark_on,
    )


def check_birth_year(year: int | None) -> None:
    """Check that somebody who serves can be born in this year. Refused `bad_birth_year`."""
    this_year = clock.today().year
    youngest, oldest = (this_year - age for age in AGE_YEARS)
    if year is not None and not oldest <= year <= youngest:
        raise Refused(
            "bad_birth_year",
            _("The year must be from %(low)s to %(high)s.", low=oldest, high=youngest),
            "birth_year",
        )


def check_not_merged(person: Person) -> None:
    """Check that an entry was not merged into another one. Refused `was_merged`."""
    check_none_merged({person.id})


def check_none_merged(ids: Collection[int]) -> None:
    """Check that none of these entries, by id, was merged into another one. Refused `was_merged`."""
    if db.session.scalars(select(Merge.id).where(Merge.duplicate_id.in_(ids))).first():
        raise Refused(
            "was_merged", _("This entry was joined with another one of the same person. Use that one.")
        )


def find_by_name_and_phone(area: Area, name: str, phone: str | None) -> Person | None:
    """The person entered in an area under this name and phone, or None.

    If that entry was merged, the current one.
    """
    if not phone:
        return None
    person = db.session.scalars(
        select(Person)
        .where(Person.area_id == area.id, names.is_name(Person.name, name), Person.phone == phone)
        .order_by(Person.id)
        .limit(1)
    ).first()
    return person and current_entry(person)


def find(area: Area, ident: int) -> Person | None:
    """The person with this id, if an area's people may know of them; otherwise None.

    They belong to the area or a place below it, or serve or served in one of its grids.
    """
    served = (
        select(Appointment.id)
        .join(Appointment.grid)
        .join(Grid.village)
        .where(Appointment.person_id == Person.id, Area.code.startswith(area.stem))
    )
    home = select(Area.id).where(Area.code.startswith(area.stem))
    return db.session.scalar(
        select(Person).where(Person.id == ident, or_(Person.area_id.in_(home), served.exists()))
    )


def current_entry(person: Person) -> Person:
    """The current entry of a person: the entry itself, or the one it was merged into."""
    while person.merge:
        person = person.merge.kept
    return person


def current_entries(people: Collection[Person]) -> dict[int, Person]:
    """The current entry of each of these people, by the id of the entry that was given."""
    into = current_entry_ids()
    ids = {into.get(person.id, person.id) for person in people}
    entries = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return {person.id: entries[into.get(person.id, person.id)] for person in people}


def is_sign_in_of(user: User, person: Person) -> bool:
    """Whether a sign-in names this person, whichever of their entries: it reads and writes what is theirs.

    What somebody may not do about themselves asks `people.signin.humans.is_own`.
    """
    return user.person is not None and current_entry(user.person).id == current_entry(person).id


def kept_by_duplicate() -> dict[int, int]:
    """The id of the entry that each merged entry was merged into, by the merged one's id."""
    return dict(iter(db.session.execute(select(Merge.duplicate_id, Merge.kept_id))))


def current_entry_ids() -> dict[int, int]:
    """The id of the current entry, by the id of each entry that was merged."""
    into = kept_by_duplicate()

    def last(ident: int) -> int:
        while ident in into:
            ident = into[ident]
        return ident

    return {ident: last(ident) for ident in into}


def stands_under(entry_id: int, owner_id: int | None, into: dict[int, int]) -> bool:
    """Whether an entry is this owner's, or was merged into it, over however many others.

    `into` is what `kept_by_duplicate` says; asked for many entries at once, it is read only once.
    """
    while entry_id != owner_id and entry_id in into:
        entry_id = into[entry_id]
    return entry_id == owner_id


def entry_ids(person: Person) -> list[int]:
    """The ids of a person's entries: this one and those merged into it."""
    ids, last = [person.id], [person.id]
    while last:
        last = list(db.session.scalars(select(Merge.duplicate_id).where(Merge.kept_id.in_(last))))
        ids += last
    return ids


def direct_merges(person: Person) -> list[Merge]:
    """The merges into this entry, each with its reason, the latest first."""
    query = select(Merge).options(joinedload(Merge.duplicate)).where(Merge.kept_id == person.id)
    return list(db.session.scalars(query.order_by(Merge.at.desc(), Merge.id.desc())))


def _checked_name(name: str) -> str:
    name = names.kept(name)
    if not 1 <= len(name) <= 200:
        raise Refused("bad_name", _("The name must have 1 to 200 characters."), "name")
    return name
