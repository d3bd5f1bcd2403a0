"""Taking an import back: all of it or nothing, in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import Table, delete, select

from ground import clock
from ground.contributions import Slot
from ground.db import Base, db, get_locked
from ground.refusal import Refused, required_reason
from people import audit
from people.filing import FileType
from people.models import Area, ImportFile, User
from people.takeback import trace
from people.takeback.dependents import DEPENDENTS, Fate
from people.takeback.findings import TOLD_BY, Findings, Traced, chunks, find, terms_begun, traced_rows

# From when on nothing is taken back in an area: each says whether it has come.
CLOSED: Slot[Callable[[Area], bool]] = Slot()


def check_may_be_taken_back(file: ImportFile) -> None:
    """Check that an import may be taken back at all.

    Refused `not_imported`, `taken_back` already, `too_late` once points were booked in the area, `not_traced`
    for an import of before it was written down what one does.
    """
    _check_stands(file)
    if (file.added or file.changed) and not trace.is_traced(file):
        raise Refused(
            "not_traced", _("When this file was taken in, it was not written down yet what it changed.")
        )


def _check_stands(file: ImportFile) -> None:
    """Check that an import was done and not taken back, and that no points were booked since."""
    if file.applied_at is None:
        raise Refused("not_imported", _("This file was not taken in."))
    if file.taken_back_at is not None:
        raise Refused("taken_back", _("This import is taken back already."))
    if any(is_closed(file.area) for is_closed in CLOSED.items()):
        raise Refused(
            "too_late",
            _("Points were booked since. From then on an import is not taken back; correct what is wrong."),
        )


def findings_of(kind: FileType, file: ImportFile) -> tuple[Traced, Findings]:
    """What an import did, and what taking it back would do as of now; writes nothing."""
    traced = traced_rows(file)
    return traced, find(traced, kind.reversal)


def take_back(kind: FileType, file: ImportFile, reason: str, actor: User) -> None:
    """Take an import back; opens the transaction itself.

    Refused `reason_missing`, `in_the_way` when something hangs on a row or was changed since, as
    `check_may_be_taken_back`, and as the kind's `Reversal.finish` is.
    """
    reason = required_reason(reason)
    ident, actor_id, traced = file.id, actor.id, traced_rows(file)
    check_may_be_taken_back(file)
    gone_along: dict[str, set[int]] = {}

    def work() -> Iterator[None]:
        kept_file = _lock_file(ident)
        _lock_rows(traced, kind.reversal.locked_first)
        findings = find(traced, kind.reversal)
        if findings.obstacles:
            raise _in_the_way(len(findings.obstacles))
        gone_along.clear()
        gone_along.update(findings.along)
        _undo(kind, kept_file, traced, findings, reason, db.session.get_one(User, actor_id))
        yield

    def finish() -> None:
        kept_file = _lock_file(ident)
        kind.reversal.finish(traced, reason, db.session.get_one(User, actor_id))
        kept_file.taken_back_at, kept_file.taken_back_by_id = clock.now(), actor_id
        kept_file.taken_back_for = reason
        db.session.flush()
        for table, idents in gone_along.items():
            trace.write_gone(kept_file, table, idents)

    along = [dependent.model for dependent in DEPENDENTS.items() if dependent.fate is Fate.GOES_ALONG]
    for _done in kind.write(file.area, work, finish, along, lambda: _as_found(find(traced, kind.reversal))):
        pass


def _as_found(findings: Findings) -> object:
    """What stands in the way, to be compared: a rehearsal relies on it."""
    return [(obstacle.subject, str(obstacle.words), obstacle.count) for obstacle in findings.obstacles]


def _in_the_way(number: int) -> Refused:
    return Refused(
        "in_the_way",
        lazy_ngettext(
            "%(num)s thing stands in the way. Nothing was taken back.",
            "%(num)s things stand in the way. Nothing was taken back.",
            number,
        ),
    )


def _lock_file(ident: int) -> ImportFile:
    file = get_locked(ImportFile, ident)
    _check_stands(file)
    return file


def _lock_rows(traced: Traced, locked_first: Sequence[type[Base]]) -> None:
    """Lock all rows of an import, and who serves where by it, against whoever names them in a new row.

    But for some tables, each after those that it names, so people before the grids that a record names.
    """
    to_lock = {
        table: {*traced.added.get(table, ()), *traced.changed.get(table, ())}
        for table in traced.added.keys() | traced.changed.keys()
    }
    for person_id, grid_id in terms_begun(traced):
        to_lock.setdefault("person", set()).add(person_id)
        to_lock.setdefault("grid", set()).add(grid_id)
    first = [Base.metadata.tables[model.__tablename__] for model in locked_first]
    for table in [*first, *Base.metadata.sorted_tables]:
        for ids in chunks(sorted(to_lock.get(table.key, ()))):
            rows = select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()
            db.session.execute(rows).all()


def _undo(
    kind: FileType, file: ImportFile, traced: Traced, findings: Findings, reason: str, actor: User
) -> None:
    """Let new rows go and what goes along, retire what a journal names, set back what was changed."""
    kept = {dependent.target for dependent in DEPENDENTS.items() if dependent.fate is Fate.KEEPS}
    going = {
        name: findings.going.get(name, set()) | findings.along.get(name, set())
        for name in findings.going.keys() | findings.along.keys()
    }
    tables = [table for table in reversed(Base.metadata.sorted_tables) if table.key in going]
    for table in tables:
        if table.key not in kept:
            _delete(table, going[table.key])
    db.session.expire_all()
    kind.reversal.retire(traced, reason, actor)
    _set_back(kind, file, traced, actor)
    for table in tables:
        if table.key in kept:
            _delete(table, going[table.key] - _used(table, going[table.key]))
    rows = sum(map(len, traced.added.values())) + sum(map(len, traced.changed.values()))
    audit.note(actor, "import.take_back", file, file.area, name=file.name, rows=rows, reason=reason)


def _delete(table: Table, idents: set[int]) -> None:
    for ids in chunks(sorted(idents)):
        db.session.execute(delete(table).where(table.c.id.in_(ids)))


def _used(table: Table, idents: set[int]) -> set[int]:
    """The rows that others use by now: they stay."""
    columns = [
        dependent.column
        for dependent in DEPENDENTS.items()
        if dependent.fate is Fate.KEEPS and dependent.target == table.key
    ]
    return {
        ident
        for column in columns
        for ids in chunks(idents)
        for ident in db.session.scalars(select(column).where(column.in_(ids)))
    }


def _set_back(kind: FileType, file: ImportFile, traced: Traced, actor: User) -> None:
    """Give the rows that were changed the values from before."""
    confidential = {model.__tablename__ for model in kind.reversal.confidential}
    for table, rows in traced.changed.items():
        model: Any = trace.model_of(table)
        columns = model.__table__.columns
        lines: list[tuple[Any, Area, dict[str, Any]]] = []
        for ids in chunks(sorted(rows)):
            for row in db.session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)):
                before = rows[row.id][0]
                values = {key: trace.value_of(columns[key], value) for key, value in before.items()}
                place = getattr(row, "area", None) or getattr(row, "village", None) or file.area
                lines.append((row, place, values))
        if table not in {*TOLD_BY, *confidential}:
            audit.change_all(actor, "import.set_back", lines)
            continue
        for row, _place, values in lines:
            for key, value in values.items():
                setattr(row, key, value)
        db.session.flush()
        if table in confidential:  # the others are told by the row that they belong to
            fields = [(row, place, {"fields": sorted(values)}) for row, place, values in lines]
            audit.note_all(actor, "import.set_back", fields)
