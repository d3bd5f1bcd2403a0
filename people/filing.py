"""Files that an office brings: tried out first, then imported in whole or not at all.

    bring         reads a file and says that it can be kept
    keep_file     keeps it for its dry run
    read_file     reads a kept file
    plan_file     says what it would do: an ImportPlan with a step for each row, and its bad cells
    import_file   does what the dry run showed
    import_table  does what a file says, by the command line, without a dry run

Files are read before a transaction begins: that takes seconds, and everybody would wait.

What the rows of a file mean, its `FileType` knows; the rest is the same for rosters and goods.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from ground import clock, tables
from ground.db import Base, db, get_locked
from ground.db.rehearsal import long_write
from ground.refusal import Refused
from ground.tables import BadCell, Table
from people.models import Area, AuditEvent, FileKind, ImportFile, User
from people.takeback.findings import NOTHING_RETIRED, Reversal
from people.takeback.trace import Recorder

# How many rows go to the database at once; after each lot the page and the command line are told.
ROWS_AT_ONCE = 500

LONGEST_KEPT = timedelta(days=1)

OUTCOMES = ("added", "changed", "left")


@dataclass(frozen=True)
class CellChange:
    """One change that a row would make: the column, its value before and after."""

    column: str
    before: Any
    after: Any


@dataclass
class ImportStep:
    """One row of a file and what it would do; `name` and `code` say to whom or what.

    `asked` is a change that is right in itself, but so unusual that somebody has to say that it is meant.
    """

    row: tables.Row
    is_new: bool
    name: str
    code: str
    changes: list[CellChange]
    asked: CellChange | None = field(default=None, kw_only=True)

    @property
    def outcome(self) -> str:
        """`added`, `changed` or `left`."""
        return "added" if self.is_new else "changed" if self.changes else "left"


AnyStep = TypeVar("AnyStep", bound=ImportStep)


@dataclass
class ImportPlan(Generic[AnyStep]):
    """The plan of a whole file; with a bad cell, nothing of it is done."""

    table: Table
    steps: list[AnyStep]
    bad_cells: list[BadCell]
    counts: Counter[str] = field(init=False)
    """How many rows add, change and leave, once the plan was made."""
    hidden_rows: tuple[int, ...] = ()
    """The numbers of the file's rows that Excel does not show, whether they are planned or not."""

    def __post_init__(self) -> None:
        order = {column.name: place for place, column in enumerate(self.table.columns)}
        self.bad_cells.sort(key=lambda cell: (cell.row.number, order.get(cell.column, 0)))
        self.counts = Counter(step.outcome for step in self.steps)

    @property
    def fingerprint(self) -> str:
        """A digest of the plan; it differs when the file would do something else by now."""
        outcomes = [(step.row.number, step.outcome, str(step.changes)) for step in self.steps]
        return hashlib.sha256(repr(outcomes).encode()).hexdigest()

    @property
    def counts_by_outcome(self) -> dict[str, Any]:
        """The number of rows that are `added`, `changed` and `left`; each may be 0."""
        return {outcome: self.counts[outcome] for outcome in OUTCOMES}

    @property
    def asked_steps(self) -> list[AnyStep]:
        """The rows that are asked about."""
        return [step for step in self.steps if step.asked]

    @property
    def bad_rows(self) -> list[tuple[tables.Row, list[BadCell]]]:
        """The rows with bad cells, each with all its bad cells, in the file's order."""
        by_row: dict[int, list[BadCell]] = defaultdict(list)
        for cell in self.bad_cells:
            by_row[cell.row.number].append(cell)
        return [(cells[0].row, cells) for _number, cells in sorted(by_row.items())]


class CellsRefused(Refused):
    """The refusal `bad_cells`, and which cells they are."""

    def __init__(self, cells: list[BadCell]) -> None:
        super().__init__("bad_cells", _("The file has cells that can't be taken. Nothing was done."))
        self.cells = cells


def check_cells(plan: ImportPlan[Any]) -> None:
    """Check that a plan has no bad cell. Refused `bad_cells` by a `CellsRefused`."""
    if plan.bad_cells:
        raise CellsRefused(plan.bad_cells)


@dataclass(frozen=True)
class FileType:
    """A kind of file: its layout, what it would do in an area, and how that is done.

    `make_plan` writes nothing and refuses nothing: what is bad is in the plan. `carry_out` does all that a
    plan says, inside one transaction, writes it into the audit trail, and yields how many rows are done.
    `implied_columns` names the columns that a file for an area may lack, as the area says the same.
    """

    name: FileKind
    layout: tables.Layout
    make_plan: Callable[[Table, Area], ImportPlan[Any]]
    carry_out: Callable[[ImportPlan[Any], Area, User | None], Iterator[int]]
    tables: Sequence[type[Base]]
    """What `make_plan` and `carry_out` read and write."""
    implied_columns: Callable[[Area], Collection[str]] = lambda area: ()
    dependencies: Callable[[Area], object] = lambda area: None
    """What else they rely on in an area, of tables that change all the time."""
    finish: Callable[[ImportPlan[Any], Area, User | None], None] = lambda plan, area, actor: None
    """What of a plan is done at last, in the same transaction: it writes into such tables."""
    reversal: Reversal = NOTHING_RETIRED
    """How it is taken back, where rows can't go as a journal names them."""

    def write(
        self,
        area: Area,
        work: Callable[[], Iterator[Any]],
        finish: Callable[[], None] = lambda: None,
        more_tables: Sequence[type[Base]] = (),
        dependencies: Callable[[], object] = lambda: None,
    ) -> Iterator[Any]:
        """Do what takes a file for an area in or back, then what finishes it, at once: others hardly wait.

        `more_tables` and `dependencies` are what the work needs beside what the kind says.
        """
        return long_write(
            work,
            finish,
            [*self.tables, *more_tables],
            [AuditEvent],
            lambda: (self.dependencies(area), dependencies()),
        )

    def read(self, content: bytes, name: str, area: Area) -> Table:
        """The table in a file for an area. Refused as `tables.read` is, when it has no such table."""
        return self.layout.read(content, name, self.implied_columns(area))

    def plan(self, content: bytes, name: str, area: Area, with_hidden: bool = False) -> ImportPlan[Any]:
        """The plan of a file in an area: the rows that Excel shows, or all. Refused as `read` is."""
        return self.plan_table(self.read(content, name, area), area, with_hidden)

    def plan_table(self, table: Table, area: Area, with_hidden: bool = False) -> ImportPlan[Any]:
        """The plan of a file's table in an area: the rows that Excel shows, or all."""
        plan = self.make_plan(table if with_hidden else table.without_hidden(), area)
        plan.hidden_rows = table.hidden_rows
        return plan


@dataclass(frozen=True)
class BroughtFile:
    """A file that can be kept: a table of its kind is in it."""

    kind: FileType
    name: str
    content: bytes
    digest: str


def bring(kind: FileType, area: Area, name: str, content: bytes) -> BroughtFile:
    """Read a file for an area. Refused as `tables.read`, when no table of its kind can be found in it."""
    kind.read(content, name, area)
    return BroughtFile(kind, name[-200:], content, hashlib.sha256(content).hexdigest())


def keep_file(file: BroughtFile, area: Area, actor: User) -> ImportFile:
    """Keep a file for its dry run.

    Earlier ones that were never imported are dropped: one's own, and any that is older than a day.
    """
    for waiting in db.session.scalars(
        select(ImportFile).where(
            ImportFile.content.is_not(None),
            or_(ImportFile.actor_id == actor.id, ImportFile.at < clock.now() - LONGEST_KEPT),
        )
    ):
        waiting.content = None
    kept_file = ImportFile(
        kind=file.kind.name,
        area_id=area.id,
        name=file.name,
        digest=file.digest,
        content=file.content,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(kept_file)
    db.session.flush()
    return kept_file


def read_file(kind: FileType, file: ImportFile) -> Table:
    """The table in a kept file.

    Refused `file_gone` once it was imported or dropped, `other_file` for a file of another kind.
    """
    return kind.read(_content(kind, file), file.name, file.area)


def _content(kind: FileType, file: ImportFile) -> bytes:
    if file.kind != kind.name:
        raise Refused("other_file", _("This is a file of another kind."))
    if file.content is None:
        raise Refused("file_gone", _("This file is not kept any more. Choose it again."))
    return file.content


def plan_file(kind: FileType, file: ImportFile, with_hidden: bool = False) -> ImportPlan[Any]:
    """The plan of a kept file as of today: the rows that Excel shows, or all. Refused as `read_file` is."""
    return kind.plan_table(read_file(kind, file), file.area, with_hidden)


def import_file(
    kind: FileType,
    file: ImportFile,
    table: Table,
    fingerprint: str,
    actor: User,
    with_hidden: bool = False,
    is_sure: bool = False,
) -> Iterator[int]:
    """Do what the dry run of a file with this table showed; yields how many rows are done, at last all.

    It is run to its end and opens the transaction itself. With `is_sure` what the plan asks about is meant.
    Refused `bad_cells`, `plan_changed` when the file would do something else by now, `unusual`, and as
    `read_file`.
    """
    ident, actor_id, plans, recorder = file.id, actor.id, list[ImportPlan[Any]](), Recorder()

    def work() -> Iterator[int]:
        recorder.forget()
        kept_file, by = db.session.get_one(ImportFile, ident), db.session.get_one(User, actor_id)
        plan = _checked_plan(kind, kept_file, table, fingerprint, with_hidden)
        if plan.asked_steps and not is_sure:
            raise Refused("unusual", _("Some figures are unusual here. Are they meant? Then tick the box."))
        with recorder.listening():
            yield from kind.carry_out(plan, kept_file.area, by)
        plans[:] = [plan]

    def finish() -> None:
        kept_file = get_locked(ImportFile, ident)
        _content(kind, kept_file)
        (plan,) = plans
        with recorder.listening():
            kind.finish(plan, kept_file.area, db.session.get_one(User, actor_id))
        kept_file.content = None
        kept_file.applied_at = clock.now()
        kept_file.added, kept_file.changed, kept_file.left = (plan.counts[outcome] for outcome in OUTCOMES)
        db.session.flush()
        recorder.write(kept_file)

    yield from kind.write(file.area, work, finish)


def _checked_plan(
    kind: FileType, file: ImportFile, table: Table, fingerprint: str, with_hidden: bool
) -> ImportPlan[Any]:
    """The plan of a file, which is what the dry run showed. Refused as `import_file` is."""
    _content(kind, file)
    plan = kind.plan_table(table, file.area, with_hidden)
    check_cells(plan)
    if plan.fingerprint != fingerprint:
        raise Refused("plan_changed", _("Something was changed meanwhile. Look at the dry run again."))
    return plan


def import_table(kind: FileType, table: Table, area: Area) -> Iterator[tuple[ImportPlan[Any], int]]:
    """Do what a table says, by the command line; yields its plan and how many rows are done, at last all.

    It is planned in the write alone, as nobody looked at a dry run. Refused `bad_cells` by a `CellsRefused`,
    and `plan_changed` when others never stopped writing.
    """
    plans = list[ImportPlan[Any]]()

    def work() -> Iterator[tuple[ImportPlan[Any], int]]:
        plan = kind.plan_table(table, area)
        check_cells(plan)
        for done in kind.carry_out(plan, area, None):
            yield plan, done
        plans[:] = [plan]

    return kind.write(area, work, lambda: kind.finish(plans[0], area, None))


def whole_name(cell: tables.Cell) -> str | None:
    """A person's name in a cell, as it is kept. Refused `bad_cell` for a masked one (李*明)."""
    name = tables.name(cell, 200)
    if name and "*" in name:
        raise tables.bad_cell(_("This name is masked. Write the whole name."))
    return name


def do_in_batches(plan: ImportPlan[AnyStep], do: Callable[[Sequence[AnyStep]], None]) -> Iterator[int]:
    """Do the steps of a plan in batches of 500 rows; yields how many of its rows are done."""
    steps = [step for step in plan.steps if step.outcome != "left"]
    done = len(plan.steps) - len(steps)
    for batch in (steps[first : first + ROWS_AT_ONCE] for first in range(0, len(steps), ROWS_AT_ONCE)):
        do(batch)
        done += len(batch)
        yield done
