"""The audit trail: one line for each change to people, roles and grids, in the same transaction."""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date
from typing import Any

from sqlalchemy import insert

from ground import clock
from ground.db import Base, db
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
    _write(actor, action, [(subject, area, before, detail) for subject, area, detail in changes])


def change(actor: User | None, action: str, row: Base, area: Area | None, **values: Any) -> list[str]:
    """Set these columns of a row and write down what they were and became; return what differed.

    What is the same already is left, and where nothing differs nothing is written.
    """
    (changed,) = change_all(actor, action, [(row, area, values)])
    return changed


def change_all(
    actor: User | None, action: str, wanted: Iterable[tuple[Base, Area | None, dict[str, Any]]]
) -> list[list[str]]:
    """The same for many rows, each with its area and values; sent at once, not row by row."""
    told, lines = [], []
    for row, area, values in wanted:
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        before = {name: getattr(row, name) for name in changed}
        for name in changed:
            setattr(row, name, values[name])
        told.append(changed)
        if changed:
            lines.append((row, area, before, {name: values[name] for name in changed}))
    if lines:
        db.session.flush()
    _write(actor, action, lines)
    return told


def _write(
    actor: User | None,
    action: str,
    lines: Iterable[tuple[Base | str, Area | None, dict[str, Any] | None, dict[str, Any]]],
) -> None:
    """Lines of the trail: for each its subject, area, and what there was before and is now."""
    shared = {
        "at": clock.now(),
        "actor_id": actor.id if actor else None,
        "action": action,
        "origin": _origin.get(),
    }
    rows = [
        {
            "subject": subject if isinstance(subject, str) else name_of(subject),
            "area_id": area.id if area else None,
            "before": _plain(before) if before else None,
            "detail": _plain(detail),
            **shared,
        }
        for subject, area, before, detail in lines
    ]
    if rows:
        db.session.execute(insert(AuditEvent), rows)


def name_of(row: Base) -> str:
    """How the trail names a row: its table and id, without the words that only databases need."""
    return f"{SUBJECTS.get(row.__tablename__, row.__tablename__)}:{row.id}"  # type: ignore[attr-defined]


SUBJECTS = {"user_account": "user", "village_group": "group"}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
