"""The people of the roster: who they are, and the one person behind two entries."""

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from people import audit
from people.db import db
from people.models import Appointment, Area, Background, Grid, Merge, Person, Sex, Standing, User
from people.refused import Refused


def add_person(
    area: Area,
    name: str,
    actor: User | None,
    phone: str | None = None,
    agency: str | None = None,
    *,
    sex: Sex | None = None,
    birth_year: int | None = None,
    standing: Standing | None = None,
    background: Background | None = None,
) -> Person:
    """Enter a worker at their village, or an instructor at the place their agency answers to.

    Refused `bad_name`.
    """
    name = name.strip()
    if not 1 <= len(name) <= 200:
        raise Refused("bad_name", _("The name must have 1 to 200 characters."), "name")
    person = Person(
        area_id=area.id,
        name=name,
        phone=phone,
        agency=agency,
        sex=sex,
        birth_year=birth_year,
        standing=standing,
        background=background,
    )
    db.session.add(person)
    db.session.flush()
    audit.note(actor, "person.add", person, area, name=name, phone=phone, agency=agency)
    return person


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


def kept(person: Person) -> Person:
    """The entry that stands for this person today: itself, or the one it was merged into."""
    while person.merge:
        person = person.merge.kept
    return person


def selves(person: Person) -> list[int]:
    """The ids under which this person's history is kept: its own and those merged into it."""
    ids, last = [person.id], [person.id]
    while last:
        last = list(db.session.scalars(select(Merge.duplicate_id).where(Merge.kept_id.in_(last))))
        ids += last
    return ids
