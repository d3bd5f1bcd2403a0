"""The entries of `people`: sign-ins and roles, passwords given, people entered twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ground.db import db
from ground.paper.words import moment
from people import audit, labels
from people.models import Area, AuditEvent, Merge, Person, Role, User
from people.signin import accounts
from people.supervision.entries import DaySpan, Entry, EntryKind, EntryPage
from people.trail.words import all_words

# What changes who may come in, and as what: at a place, and wherever they hold a role.
PLACE_ACTIONS = ("user.add", "role.grant", "role.confirm", "role.revoke")
SIGN_IN_ACTIONS = ("user.link", "user.reopen", "user.second_factor_off")

USED_AT_ONCE = timedelta(hours=1)


def _is_of_somebody_in(village: Area) -> ColumnElement[bool]:
    """SQL condition: an event is about somebody who was ever given a role in the village.

    The event itself stands in the trail of one place only, also where they hold roles in two.
    """
    given = aliased(AuditEvent)
    return AuditEvent.subject.in_(
        select(given.subject).where(given.area_id == village.id, given.action == "role.grant")
    )


def _trail_page(village: Area, event: AuditEvent) -> EntryPage | None:
    """The trail of whom an event is about, if the event stands in the village's."""
    if event.area_id != village.id:
        return None
    return EntryPage("home.audit", {"area": village.code, "subject": event.subject})


def sign_ins(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Sign-ins and roles; not those that come with a worker's PIN."""
    query = (
        select(AuditEvent, User)
        .join(User, audit.is_about(User))
        .options(joinedload(AuditEvent.actor))
        .where(
            or_(
                AuditEvent.action.in_(PLACE_ACTIONS) & (AuditEvent.area_id == village.id),
                AuditEvent.action.in_(SIGN_IN_ACTIONS) & _is_of_somebody_in(village),
            ),
            ~User.username.startswith(accounts.CARD_SIGN_IN),
            period.holds(AuditEvent.at),
        )
        .order_by(AuditEvent.id.desc())
        .limit(period.most)
    )
    words = all_words().actions
    for event, user in db.session.execute(query):
        role = event.detail.get("role") or (event.before or {}).get("role")
        figure = str(labels.ROLES[Role(role)]) if role else ""
        page = _trail_page(village, event)
        yield Entry(event.id, event.at, event.actor, str(words[event.action]), user, figure, page=page)


def passwords_given(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Passwords and PINs that one gave to another; those used within the hour are to be looked into.

    Used is one at the first sign-in: there its owner, or whoever has it, chooses another.
    """
    later = aliased(AuditEvent)
    used_at = (
        select(func.min(later.at))
        .where(
            later.subject == AuditEvent.subject,
            later.action == AuditEvent.action,
            later.actor_id == User.id,
            later.id > AuditEvent.id,
        )
        .scalar_subquery()
    )
    query = (
        select(AuditEvent, User, used_at)
        .join(User, audit.is_about(User))
        .options(joinedload(AuditEvent.actor))
        .where(
            _is_of_somebody_in(village),
            AuditEvent.action == "user.password",
            or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != User.id),
            period.holds(AuditEvent.at),
        )
        .order_by(AuditEvent.id.desc())
        .limit(period.most)
    )
    for event, user, used in db.session.execute(query):
        is_used_at_once = used is not None and used - event.at <= USED_AT_ONCE
        yield Entry(
            row_id=event.id,
            at=event.at,
            done_by=event.actor,
            action=_given_words(accounts.is_of_card(user), is_used_at_once),
            subject=user,
            figure=_used_words(event.at, used),
            page=_trail_page(village, event),
            is_routine=not is_used_at_once,
        )


def _given_words(is_pin: bool, is_used_at_once: bool) -> str:
    if is_used_at_once:
        return (
            gettext("gave a PIN that was used within the hour")
            if is_pin
            else gettext("gave a password that was used within the hour")
        )
    return gettext("gave a PIN") if is_pin else gettext("gave a password")


def _used_words(given: datetime, used: datetime | None) -> str:
    """How long after it was given a password was used."""
    if used is None:
        return gettext("not used yet")
    if used - given <= USED_AT_ONCE:
        return gettext("after %(n)s min", n=int((used - given).total_seconds() // 60))
    return gettext("used %(moment)s", moment=moment(used))


def merges(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Two entries of one person that became one, with what each had."""
    query = (
        select(Merge, User)
        .join(Merge.kept)
        .outerjoin(User, User.id == Merge.actor_id)
        .options(joinedload(Merge.kept))
        .where(Person.area_id == village.id, period.holds(Merge.at))
        .order_by(Merge.id.desc())
        .limit(period.most)
    )
    for merge, actor in db.session.execute(query):
        yield Entry(
            row_id=merge.id,
            at=merge.at,
            done_by=actor,
            action=str(all_words().actions["person.merge"]),
            subject=merge.kept,
            figure=f"#{merge.duplicate_id} → #{merge.kept_id}",
            reason=merge.reason,
            page=EntryPage("roster.person", {"ident": merge.kept_id}),
        )


OWN_KINDS = (
    EntryKind(10, "sign-ins", _("Sign-ins and roles"), sign_ins),
    EntryKind(20, "passwords", _("Passwords and PINs given"), passwords_given),
    EntryKind(30, "merges", _("Entries merged"), merges),
)
