"""The entries of `people`: sign-ins and roles, passwords used at once, people entered twice."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ground.db import db
from people import audit, labels
from people.models import Area, AuditEvent, Merge, Person, Role, User
from people.signin.accounts import CARD_SIGN_IN
from people.supervision.entries import DaySpan, Entry, EntryKind, EntryPage
from people.trail.words import all_words

# What changes who may come in, and as what.
SIGN_IN_ACTIONS = {
    *("user.add", "user.link", "user.reopen", "user.second_factor_off"),
    *("role.grant", "role.confirm", "role.revoke"),
}

USED_AT_ONCE = timedelta(hours=1)


def sign_ins(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Sign-ins and roles; not those that come with a worker's PIN."""
    query = (
        select(AuditEvent, User)
        .join(User, AuditEvent.subject == audit.names_of(User))
        .options(joinedload(AuditEvent.actor))
        .where(
            AuditEvent.area_id == village.id,
            AuditEvent.action.in_(SIGN_IN_ACTIONS),
            ~User.username.startswith(CARD_SIGN_IN),
            period.holds(AuditEvent.at),
        )
        .order_by(AuditEvent.id.desc())
        .limit(period.most)
    )
    words = all_words().actions
    for event, user in db.session.execute(query):
        role = event.detail.get("role") or (event.before or {}).get("role")
        figure = str(labels.ROLES[Role(role)]) if role else ""
        page = EntryPage("home.audit", {"area": village.code, "subject": event.subject})
        yield Entry(event.id, event.at, event.actor, str(words[event.action]), user, figure, page=page)


def passwords_used_at_once(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Passwords and PINs that one gave to another, and that were used within the hour.

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
        .join(User, AuditEvent.subject == audit.names_of(User))
        .options(joinedload(AuditEvent.actor))
        .where(
            AuditEvent.area_id == village.id,
            AuditEvent.action == "user.password",
            or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != User.id),
            used_at.is_not(None),
            period.holds(AuditEvent.at),
        )
        .order_by(AuditEvent.id.desc())
        .limit(period.most)
    )
    for event, user, used in db.session.execute(query):
        if used - event.at <= USED_AT_ONCE:
            is_pin = user.username.startswith(CARD_SIGN_IN)
            yield Entry(
                row_id=event.id,
                at=event.at,
                done_by=event.actor,
                action=gettext("gave a PIN that was used within the hour")
                if is_pin
                else gettext("gave a password that was used within the hour"),
                subject=user,
                figure=gettext("after %(n)s min", n=int((used - event.at).total_seconds() // 60)),
                page=EntryPage("home.audit", {"area": village.code, "subject": event.subject}),
            )


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
    EntryKind(20, "passwords", _("Passwords used at once"), passwords_used_at_once),
    EntryKind(30, "merges", _("Entries merged"), merges),
)
