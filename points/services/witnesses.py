"""Witnesses (证明人): on whose word a record is confirmed, from the village's files, or named from outside.

Who is in the files can be asked again: somebody of the roster, or the head of a household. Of anybody else
the village and a telephone are written down, and the records they vouch for are drawn more often
(`points.samples.samples`).
"""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import names
from ground.db import db
from ground.figures import narrow
from ground.refusal import Refused
from people.models import Area, Household, Person, User
from people.roster import persons, reach
from people.signin import humans
from points.models import Voucher, Witness

LEAST_PHONE_FIGURES = 7


def find_or_name(
    voucher: Voucher, name: str, from_village: str, phone: str, village: Area, actor: User
) -> Witness:
    """The witness of this name, from the files of a village as far as the actor reads them, or from outside.

    Of several with one name the telephone tells who it is. Refused `voucher_missing` without a name,
    `several_named`, `witness_unknown` for who is in no file without their village and telephone.
    """
    name, from_village, phone = names.kept(name), names.kept(from_village), narrow(phone)
    if not 1 <= len(name) <= 200:
        raise Refused("voucher_missing", _("Write down who confirms it."), "name")
    on_file = _on_file(voucher, name, village, actor)
    with_phone = [found for found in on_file if _figures(phone) and _figures(found.phone) == _figures(phone)]
    if with_phone or (len(on_file) == 1 and not phone):
        (found,) = (with_phone or on_file)[:1]
        is_person = isinstance(found, Person)
        return Witness(
            name=name,
            person_id=found.id if is_person else None,
            household_id=None if is_person else found.id,
        )
    if not from_village or len(_figures(phone)) < LEAST_PHONE_FIGURES:
        if len(on_file) > 1:
            raise Refused(
                "several_named", _("Several in the files have this name. Write their telephone."), "phone"
            )
        raise Refused(
            "witness_unknown",
            _("Nobody of this name and telephone is in the files. Write their village and telephone."),
            "from_village",
        )
    return Witness(name=name, village=from_village[:100], phone=phone[:20])


def _on_file(voucher: Voucher, name: str, village: Area, actor: User) -> Sequence[Person | Household]:
    """Who has this name in the files: for a household first its heads, for a witness first the roster."""
    people = db.session.scalars(
        select(Person)
        .where(Person.area_id == village.id, names.is_name(Person.name, name))
        .order_by(Person.id)
    ).all()
    current = {person.id: person for person in map(persons.current_entry, people)}
    heads = db.session.scalars(
        select(Household)
        .where(
            Household.grid_id.in_([grid.id for grid in reach.grids_of(actor, village)]),
            Household.left_on.is_(None),
            names.is_name(Household.head, name),
        )
        .order_by(Household.id)
    ).all()
    lists: list[Sequence[Person | Household]] = [list(current.values()), heads]
    first, second = lists if voucher == Voucher.WITNESS else lists[::-1]
    return first or second


def known_names(village: Area, grid_ids: Sequence[int], actor: User) -> list[str]:
    """The names of the village's files to choose from: its roster, and the heads in these grids."""
    readable = {grid.id for grid in reach.grids_of(actor, village)} & set(grid_ids)
    heads = select(Household.head).where(Household.grid_id.in_(readable), Household.left_on.is_(None))
    people = select(Person.name).where(Person.area_id == village.id)
    return sorted({*db.session.scalars(heads), *db.session.scalars(people)})


def is_of(witness: Witness, person: Person) -> bool:
    """Whether a witness is this person: by their file, or by the telephone of one from outside."""
    by_file = witness.person_id in persons.entry_ids(persons.current_entry(person))
    by_phone = bool(_figures(witness.phone)) and _figures(person.phone) == _figures(witness.phone)
    return by_file or by_phone


def is_behind(witness: Witness, user: User) -> bool:
    """Whether a witness is the human behind a sign-in: by their file, or by a telephone of theirs."""
    by_phone = humans.mobile(witness.phone or "") in humans.identity_of(user).phones
    return by_phone or (user.person is not None and is_of(witness, user.person))


def _figures(phone: str | None) -> str:
    """The figures of a telephone number, however it was typed; of a mobile one without the country's."""
    figures = "".join(sign for sign in narrow(phone or "") if sign.isdecimal())
    return humans.mobile(phone or "") or figures
