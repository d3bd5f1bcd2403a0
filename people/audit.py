"""The audit trail: one line for each change to people, roles and grids, in the same transaction."""

from typing import Any

from people import clock
from people.db import db
from people.models import AuditEvent, User


def note(actor: User | None, action: str, subject: str, **detail: Any) -> None:
    """Write down who did what to whom; actor None is the command line.

    `subject` names a row ("grid:12"); `detail` holds the values that were set.
    """
    db.session.add(
        AuditEvent(
            at=clock.now(),
            actor_id=actor.id if actor else None,
            action=action,
            subject=subject,
            detail=detail,
        )
    )
