"""A file that an office brings: tried out, kept until somebody says yes, then taken in whole or not at all.

What is in it, its `Kind` knows; the rest is the same for rosters and goods.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from ground import clock, tables
from ground.db import db, lock
from ground.refusal import Refused
from ground.tables import BadCell
from people.models import Area, FileKind, ImportFile, User

# How many rows go to the database at once; after each lot the page and the command line are told.
LOT = 500

LONGEST_KEPT = timedelta(days=1)

OUTCOMES = ("added", "changed", "left")


@dataclass(frozen=True)
class Line:
    """One thing that a row would do, for the page: a column, what it was and what it becomes."""

    column: str
    before: Any
    after: Any


@dataclass
class Step:
    """What one row of a file would do; `name` and `code` say to whom or what."""

    row: tables.Row
    is_new: bool
    name: str
    code: str
    lines: list[Line]

    @property
    def outcome(self) -> str:
        """`added`, `changed` or `left`."""
        return "added" if self.is_new else "changed" if self.lines else "left"


AnyStep = TypeVar("AnyStep", bound=Step)


@dataclass
class Plan(Generic[AnyStep]):
    """What a whole file would do; with a bad cell, nothing of it is done."""

    table: tables.Table
    steps: list[AnyStep]
    bad: list[BadCell]
    counts: Counter[str] = field(init=False)
    """How many rows add, change and leave, once the plan was made."""

    def __post_init__(self) -> None:
        order = {column.name: place for place, column in enumerate(self.table.columns)}
        self.bad.sort(key=lambda cell: (cell.row.number, order.get(cell.column, 0)))
        self.counts = Counter(step.outcome for step in self.steps)

    @property
    def fingerprint(self) -> str:
        """Changes when things have changed so that the file would do something else."""
        said = [(step.row.number, step.outcome, str(step.lines)) for step in self.steps]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @property
    def counted(self) -> dict[str, Any]:
        """How many rows are `added`, `changed` and `left`, also where it is none."""
        return {outcome: self.counts[outcome] for outcome in OUTCOMES}

    @property
    def bad_rows(self) -> list[tuple[tables.Row, list[BadCell]]]:
        """The rows with a bad cell, each with all of them, in the file's order."""
        by_row: dict[int, list[BadCell]] = defaultdict(list)
        for cell in self.bad:
            by_row[cell.row.number].append(cell)
        return [(cells[0].row, cells) for _number, cells in sorted(by_row.items())]


@dataclass(frozen=True)
class Kind:
    """A kind of file: how its table looks, what it would do in an area, and how that is done.

    `make` writes nothing and refuses nothing: what is bad is in the plan. `carry_out` does all that a plan
    says, inside one transaction, writes it into the audit trail, and yields how many rows are done.
    """

    name: FileKind
    layout: tables.Layout
    make: Callable[[tables.Table, Area], Plan[Any]]
    carry_out: Callable[[Plan[Any], Area, User | None], Iterator[int]]

    def plan(self, content: bytes, name: str, area: Area) -> Plan[Any]:
        """What a file would do in an area. Refused as `tables.read`, when no such table is in it."""
        return self.make(self.layout.read(content, name), area)


def keep(kind: Kind, area: Area, name: str, content: bytes, actor: User) -> ImportFile:
    """Keep a file for its dry run. Earlier ones that were never imported are dropped: one's own, and any
    that is older than a day.

    Refused as `tables.read`, when no table of its kind can be found in it.
    """
    kind.layout.read(content, name)
    for waiting in db.session.scalars(
        select(ImportFile).where(
            ImportFile.content.is_not(None),
            or_(ImportFile.actor_id == actor.id, ImportFile.at < clock.now() - LONGEST_KEPT),
        )
    ):
        waiting.content = None
    file = ImportFile(
        kind=kind.name,
        area_id=area.id,
        name=name[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    return file


def plan_of(kind: Kind, file: ImportFile) -> Plan[Any]:
    """What a kept file would do today.

    Refused `file_gone` once it was imported or dropped, `other_file` for a file of another kind.
    """
    if file.kind != kind.name:
        raise Refused("other_file", _("This is a file of another kind."))
    if file.content is None:
        raise Refused("file_gone", _("This file is not kept any more. Choose it again."))
    return kind.plan(file.content, file.name, file.area)


def take_in(kind: Kind, file: ImportFile, fingerprint: str, actor: User) -> Iterator[int]:
    """Do what the dry run showed; yields how many of the file's rows are done, the last time all of them.

    Run to its end inside one transaction. Refused `bad_cells`, `plan_changed` when the file would do
    something else by now, and as `plan_of`.
    """
    lock(file)
    made = plan_of(kind, file)
    if made.bad:
        raise Refused("bad_cells", _("The file has cells that can't be taken. Nothing was done."))
    if made.fingerprint != fingerprint:
        raise Refused("plan_changed", _("Something was changed meanwhile. Look at the dry run again."))
    yield from kind.carry_out(made, file.area, actor)
    file.content = None
    file.applied_at = clock.now()
    file.added, file.changed, file.left = made.counted.values()
    db.session.flush()


def by_lots(made: Plan[AnyStep], do: Callable[[Sequence[AnyStep]], None]) -> Iterator[int]:
    """Do what a plan's rows would, a lot at a time; yields how many of its rows are done."""
    steps = [step for step in made.steps if step.outcome != "left"]
    done = len(made.steps) - len(steps)
    for lot in (steps[first : first + LOT] for first in range(0, len(steps), LOT)):
        do(lot)
        done += len(lot)
        yield done
