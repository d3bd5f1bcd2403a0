"""The search of the trail: by place, by who did it, by subject, by action and day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, false, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from ground import names
from ground.clock import SHANGHAI
from ground.db import db
from people import audit
from people.models import Area, AuditEvent, Card, Contact, Grid, Group, Level, Person, User
from people.roster import persons
from people.scanning.reading import read_scan
from people.trail.subjects import subjects_of
from people.trail.words import all_words


@dataclass(frozen=True)
class TrailSearch:
    """A search of the trail; what is left out does not narrow it.

    `text` is in the name or sign-in name of who did it, in the name of whom it is about, or in the words
    of the action. With `masked` no name is looked for that its reader sees masked: by what is found they
    would learn it. Days are those of Asia/Shanghai, both of them included.
    """

    text: str = ""
    action: str | None = None
    subject: str | None = None
    first: date | None = None
    last: date | None = None
    masked: bool = False


def search_trail(area: Area, search: TrailSearch) -> Select[AuditEvent]:
    """The events of an area and below that a search finds, the latest first; for paging.

    Events of no area (a sign-in that was made, for nowhere yet) are the county's to read.
    """
    query = _events()
    if not _covers_everything(area):
        below = AuditEvent.area_id.in_(select(Area.id).where(Area.code.startswith(area.stem)))
        nowhere = AuditEvent.area_id.is_(None)
        query = query.where(or_(below, nowhere) if area.level == Level.COUNTY else below)
    if search.subject:
        query = query.where(AuditEvent.subject.in_(_with_all_names(area, search.subject)))
    if search.action:
        query = query.where(AuditEvent.action == search.action)
    if search.first:
        query = query.where(AuditEvent.at >= _midnight(search.first))
    if search.last:
        query = query.where(AuditEvent.at < _midnight(search.last + timedelta(days=1)))
    if search.text.strip():
        query = query.where(_matches_text(search.text.strip(), search.masked))
    return query


def _covers_everything(area: Area) -> bool:
    """Whether no area lies outside this one, so that its events need no condition."""
    outside = select(Area.id).where(~Area.code.startswith(area.stem)).limit(1)
    return area.level == Level.COUNTY and db.session.scalar(outside) is None


def events_about_person(person: Person) -> Select[AuditEvent]:
    """The events about a person in any area, the latest first."""
    return events_about(subjects_of(person))


def events_about(subjects: Iterable[str]) -> Select[AuditEvent]:
    """The events about these subjects, by their names in the trail, the latest first."""
    return _events().where(AuditEvent.subject.in_(subjects))


def _events() -> Select[AuditEvent]:
    # Read apart from the lines: joined, a page far back would join all the lines before it too.
    loaded = (selectinload(AuditEvent.actor), selectinload(AuditEvent.area))
    return select(AuditEvent).options(*loaded).order_by(AuditEvent.id.desc())


def _with_all_names(area: Area, subject: str) -> list[str]:
    """All names of a person in the trail, if they may be known here; of others the given name."""
    kind, _colon, number = subject.partition(":")
    person = persons.find(area, int(number)) if kind == "person" else None
    return subjects_of(person) if person else [subject]


def _matches_text(text: str, masked: bool) -> ColumnElement[bool]:
    def holds(*columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return or_(*(names.has_in_name(column, text) for column in columns))

    of_villager = select(Person.id).where(holds(Person.name))
    if masked:
        of_villager = of_villager.where(false())
    actions = [
        action
        for action, words in all_words().actions.items()
        if names.folded(text) in names.folded(str(words)) or text == action
    ]
    users = select(User.id).where(holds(User.name, User.username))
    if masked:
        users = users.where(User.person_id.is_(None))
    about = union_all(
        *(
            select(audit.names_of(model)).where(condition)
            for model, condition in (
                (Person, Person.id.in_(of_villager)),
                (User, User.id.in_(users)),
                (Card, Card.person_id.in_(of_villager)),
                (Card, Card.number == read_scan(text).value),
                (Grid, holds(Grid.name, Grid.code)),
                (Group, holds(Group.name)),
                (Contact, holds(Contact.name)),
                (Area, holds(Area.name)),
            )
        )
    )
    return or_(AuditEvent.action.in_(actions), AuditEvent.actor_id.in_(users), AuditEvent.subject.in_(about))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
