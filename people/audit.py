"""The audit trail: one line for each change to people, roles and grids, in the same transaction."""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date
from typing import Any

from sqlalchemy import insert

from people import clock
from people.db import Base, db
from people.models import Area, AuditEvent, User

# The network address this request came from; without one it is the command line.
_origin: ContextVar[str | None] = ContextVar("origin", default=None)


def comes_from(address: str | None) -> None:
    """Remember where this request comes from, for every line it writes."""
    _origin.set(address)


def note(
    actor: User | None,
    action: str,
    subject: Base | str,
    area: Area | None,
    before: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """Write down who did what to whom, where its people may read it; actor None is the command line.

    `subject` is a row that has its id, or the name of one ("grid:12"); `before` and `detail` hold the
    values that were changed and what they became.
    """
    note_all(actor, action, [(subject, area, detail)], before)


def note_all(
    actor: User | None,
    action: str,
    changes: Iterable[tuple[Base | str, Area | None, dict[str, Any]]],
    before: dict[str, Any] | None = None,
) -> None:
    """The same done to many: for each its subject, area and detail. Sent at once, not row by row."""
    shared = {
        "at": clock.now(),
        "actor_id": actor.id if actor else None,
        "action": action,
        "origin": _origin.get(),
        "before": _plain(before) if before else None,
    }
    rows = [
        {
            "subject": subject if isinstance(subject, str) else name_of(subject),
            "area_id": area.id if area else None,
            "detail": _plain(detail),
            **shared,
        }
        for subject, area, detail in changes
    ]
    if rows:
        db.session.execute(insert(AuditEvent), rows)


def change(actor: User | None, action: str, row: Base, area: Area | None, **values: Any) -> list[str]:
    """Set these columns of a row and write down what they were and became; return what differed.

    What is the same already is left, and where nothing differs nothing is written.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        before = {name: getattr(row, name) for name in changed}
        for name in changed:
            setattr(row, name, values[name])
        db.session.flush()
        note(actor, action, row, area, before, **{name: values[name] for name in changed})
    return changed


def name_of(row: Base) -> str:
    """How the trail names a row: its table and id, without the words that only databases need."""
    return f"{SUBJECTS.get(row.__tablename__, row.__tablename__)}:{row.id}"  # type: ignore[attr-defined]


SUBJECTS = {"user_account": "user", "village_group": "group"}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
