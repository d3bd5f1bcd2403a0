"""Contacts of a village: the officials attached to it (挂联), and 一村一警一法官一调解员."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import days, names
from ground.db import among, db, lock
from ground.figures import narrow
from ground.refusal import Refused
from people import audit
from people.models import Area, Contact, ContactKind, User

# A mobile, a landline with its area code, or a service number such as 12348.
_PHONE = re.compile(r"\+?[0-9][0-9 -]{1,17}[0-9]")


def attach(
    village: Area, kind: ContactKind, name: str, agency: str, phone: str, since: date, actor: User | None
) -> Contact:
    """Attach somebody to a village from a day on.

    There may be several officials, and one of each other kind. Refused `not_a_village`, `bad_name`,
    `bad_phone`, `bad_day`, `in_future`, `kind_taken` while the village has one.
    """
    if not village.is_village:
        raise Refused("not_a_village", _("Contacts belong to a village or community."))
    lock(village)  # so that two at once do not both find the place free
    if kind != ContactKind.OFFICIAL and any(contact.kind == kind for contact in of_village(village)):
        raise Refused("kind_taken", _("The village has one already. Change that one."), "kind")
    contact = _add_contact(village.id, kind, name, agency, phone, since)
    audit.note(actor, "contact.attach", contact, village, **audit_values(contact))
    return contact


def replace(contact: Contact, name: str, agency: str, phone: str, since: date, actor: User | None) -> Contact:
    """End a contact and attach the next in its place from the same day on; return the new one.

    A wrong name or number is put right in the same way: the line is ended, not changed.
    Refused `already_ended`, `out_of_order` for a day before the old one began, and as for `attach`.
    """
    contact = _end_contact(contact, since, "since")
    new = _add_contact(contact.village_id, contact.kind, name, agency, phone, since)
    village = db.session.get_one(Area, contact.village_id)
    audit.note(actor, "contact.replace", new, village, audit_values(contact), **audit_values(new))
    return new


def detach(contact: Contact, until: date, actor: User | None) -> None:
    """End a contact; `until` is the first day it no longer holds.

    Refused `already_ended`, `bad_day`, `in_future`, `out_of_order` for a day before it began.
    """
    contact = _end_contact(contact, until, "until")
    village = db.session.get_one(Area, contact.village_id)
    audit.note(actor, "contact.detach", contact, village, audit_values(contact), until=until)


def of_village(village: Area) -> Sequence[Contact]:
    """The contacts of a village today: the officials first, then officer, judge and mediator."""
    contacts = db.session.scalars(
        select(Contact)
        .where(Contact.village_id == village.id, Contact.until.is_(None))
        .order_by(Contact.since, Contact.id)
    ).all()
    return sorted(contacts, key=lambda contact: list(ContactKind).index(contact.kind))


def missing_kinds(villages: Collection[int]) -> dict[int, list[ContactKind]]:
    """The kinds of contact that each of these villages (by id) has nobody of today."""
    attached = {
        (village_id, kind)
        for village_id, kind in db.session.execute(
            select(Contact.village_id, Contact.kind).where(
                among(Contact.village_id, villages), Contact.until.is_(None)
            )
        )
    }
    return {
        village_id: [kind for kind in ContactKind if (village_id, kind) not in attached]
        for village_id in villages
    }


def _end_contact(contact: Contact, on: date, field: str) -> Contact:
    lock(contact)
    if contact.until:
        raise Refused("already_ended", _("Somebody has changed this contact already."))
    days.HELD_SINCE.check(on, field)
    if on < contact.since:
        raise Refused("out_of_order", _("This is before the day it began."), field)
    contact.until = on
    db.session.flush()
    return contact


def _add_contact(
    village_id: int, kind: ContactKind, name: str, agency: str, phone: str, since: date
) -> Contact:
    name, phone = names.kept(name), narrow(phone)
    if not 1 <= len(name) <= 200:
        raise Refused("bad_name", _("The name must have 1 to 200 characters."), "name")
    if not _PHONE.fullmatch(phone):
        raise Refused("bad_phone", _("Write one telephone number, in digits."), "phone")
    days.HELD_SINCE.check(since, "since")
    contact = Contact(
        village_id=village_id, kind=kind, name=name, agency=agency.strip(), phone=phone, since=since
    )
    db.session.add(contact)
    db.session.flush()
    return contact


def audit_values(contact: Contact) -> dict[str, Any]:
    """The values of a contact for the audit trail."""
    return {
        "kind": contact.kind,
        "name": contact.name,
        "agency": contact.agency,
        "phone": contact.phone,
        "since": contact.since,
    }
