"""The audit trail: one line for each change to people, roles and grids, in the same transaction.

    note      something was done to one row
    note_all  the same was done to many rows
    change    set columns of a row, and note what they were and became

Reading the trail is in people/trail.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, cast, func, insert, literal, select

from ground import clock
from ground.db import Base, db
from people.models import Area, AuditEvent, User

# The network address this request came from; without one it is the command line.
_origin: ContextVar[str | None] = ContextVar("origin", default=None)


def set_origin(address: str | None) -> None:
    """Remember the network address of this request, for every line it writes."""
    _origin.set(address)


def note(
    actor: User | None,
    action: str,
    subject: Base | str,
    area: Area | None,
    before: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    """Write down who did what to whom, and in which area; actor None is the command line.

    The people of the area may read the line. `subject` is a row that has its id, or the name of one
    ("grid:12"); `before` and `detail` hold the values that were changed and what they became.
    """
    note_all(actor, action, [(subject, area, detail)], before)


def note_all(
    actor: User | None,
    action: str,
    changes: Iterable[tuple[Base | str, Area | None, dict[str, Any]]],
    before: dict[str, Any] | None = None,
) -> None:
    """Write down the same action for many subjects, each with its area and detail, at once."""
    _write(actor, action, [(subject, area, before, detail) for subject, area, detail in changes])


def change(actor: User | None, action: str, row: Base, area: Area | None, **values: Any) -> list[str]:
    """Set columns of a row, write down what they were and became, and return which of them differed.

    A column that has its value already is left; where nothing differs nothing is written.
    """
    (changed,) = change_all(actor, action, [(row, area, values)])
    return changed


def change_all(
    actor: User | None, action: str, changes: Iterable[tuple[Base, Area | None, dict[str, Any]]]
) -> list[list[str]]:
    """Set columns of many rows as `change` does; each row comes with its area and values.

    The lines are sent at once, not row by row.
    """
    changed_names, lines = [], []
    for row, area, values in changes:
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        before = {name: getattr(row, name) for name in changed}
        for name in changed:
            setattr(row, name, values[name])
        changed_names.append(changed)
        if changed:
            lines.append((row, area, before, {name: values[name] for name in changed}))
    if lines:
        db.session.flush()
    _write(actor, action, lines)
    return changed_names


def newest() -> datetime | None:
    """The moment at which the newest line was written."""
    return db.session.scalar(select(AuditEvent.at).order_by(AuditEvent.id.desc()).limit(1))


def _write(
    actor: User | None,
    action: str,
    lines: Iterable[tuple[Base | str, Area | None, dict[str, Any] | None, dict[str, Any]]],
) -> None:
    """Write lines of the trail: for each its subject, its area, and the values before and after."""
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
            "before": _json_values(before) if before else None,
            "detail": _json_values(detail),
            **shared,
        }
        for subject, area, before, detail in lines
    ]
    if rows:
        db.session.execute(insert(AuditEvent), rows)


def name_of(row: Base) -> str:
    """The name of a row in the trail: its table and id, like "grid:12"."""
    return f"{_kind_of(row)}:{row.id}"  # type: ignore[attr-defined]


def is_about(model: type[Base]) -> ColumnElement[bool]:
    """SQL condition that joins a line of the trail with the row of a table that it is about.

    The number is read out of the name, so that the row is found by its key; the names of all rows would be
    built to compare them.
    """
    beginning = f"{_kind_of(model)}:"
    number = cast(func.substr(AuditEvent.subject, len(beginning) + 1), Integer)
    return AuditEvent.subject.startswith(beginning) & (model.id == number)  # type: ignore[attr-defined]


def names_of(model: type[Base]) -> ColumnElement[str]:
    """The names in the trail of a table's rows, as SQL."""
    return literal(f"{_kind_of(model)}:") + cast(model.id, String)  # type: ignore[attr-defined]


def _kind_of(row: Base | type[Base]) -> str:
    return SUBJECT_NAMES.get(row.__tablename__, row.__tablename__)


def id_of(name: str) -> int:
    """The id of the row that has a name in the trail: 12 of "grid:12"."""
    return int(name.partition(":")[2])


SUBJECT_NAMES = {"user_account": "user", "village_group": "group"}


def _json_values(values: dict[str, Any]) -> dict[str, Any]:
    """Values in the form in which JSON keeps them: dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
