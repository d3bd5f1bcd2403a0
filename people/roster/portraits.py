"""Portraits: photos by which the desk recognises who brings a card. Nobody has to have one."""

from collections.abc import Sequence

from sqlalchemy import select

from ground import clock, pictures
from ground.db import db, lock
from ground.pictures import Jpeg
from people import audit
from people.models import Person, Portrait, User
from people.roster import persons

LONGEST_SIDE_PIXELS = 400  # pixels on the longer side


def make(data: bytes) -> Jpeg:
    """A photo made small, to be kept of a person. Refused as `pictures.encode` is."""
    return pictures.encode(data, LONGEST_SIDE_PIXELS)


def set_portrait(person: Person, picture: Jpeg, actor: User | None) -> Portrait:
    """Keep a photo of a person, in place of the one before. Refused `was_merged`."""
    _delete(_locked(person))
    portrait = Portrait(
        person_id=person.id,
        content=picture.content,
        digest=picture.digest,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(portrait)
    db.session.flush()
    audit.note(actor, "person.portrait", person, person.area)
    return portrait


def remove_portrait(person: Person, actor: User | None) -> None:
    """Delete the photo of a person; where there is none, nothing happens. Refused `was_merged`."""
    if _delete(_locked(person)):
        audit.note(actor, "person.no_portrait", person, person.area)


def portrait_of(person: Person) -> Portrait | None:
    """The photo of a person, or None.

    Where their current entry has none, the latest of those merged into it.
    """
    entry = persons.current_entry(person)
    return max(
        portraits_of(entry), key=lambda portrait: (portrait.person_id == entry.id, portrait.at), default=None
    )


def _locked(person: Person) -> Person:
    lock(person)
    persons.check_not_merged(person)
    return person


def portraits_of(person: Person) -> Sequence[Portrait]:
    """Every photo under one of a person's entries."""
    return db.session.scalars(select(Portrait).where(Portrait.person_id.in_(persons.entry_ids(person)))).all()


def _delete(person: Person) -> int:
    """Delete a person's photos, those of merged entries too; return how many there were."""
    portraits = portraits_of(person)
    for portrait in portraits:
        db.session.delete(portrait)
    db.session.flush()
    return len(portraits)
