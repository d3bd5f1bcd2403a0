"""What taking an import back would do as of now, and what stands in the way."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import RowMapping, Table, select, tuple_

from ground.db import Base, db
from people import audit
from people.models import (
    Appointment,
    Grid,
    ImportFile,
    ImportTrace,
    Person,
    Proposal,
    ProposalState,
)
from people.takeback import trace
from people.takeback.dependents import Dependent, Fate, dependents_on
from people.takeback.trace import Values

# How many ids go into one statement.
IDS_AT_ONCE = 1000

CHANGED_SINCE = _("changed since the import")
GONE_SINCE = _("gone since the import")
WAITING_PROPOSAL = _("a proposal that waits for a second person")


@dataclass(frozen=True, order=True)
class Obstacle:
    """Something that stands in the way: on which row (its name in the trail), what in words, how often."""

    subject: str
    words: Any = field(compare=False)
    count: int = 1


@dataclass
class Traced:
    """What an import did: the rows it added and those it changed, by table and id."""

    file: ImportFile
    added: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    """The digest of each new row as the import left it."""
    changed: dict[str, dict[int, tuple[Values, Values]]] = field(default_factory=lambda: defaultdict(dict))
    """What each changed row was before and after, as far as it differs."""

    def ids_added(self, model: type[Base]) -> Collection[int]:
        """The ids of the new rows of a table."""
        return self.added.get(model.__tablename__, {}).keys()


def traced_rows(file: ImportFile) -> Traced:
    """What an import did; nothing of one that is of a time before it was written down."""
    traced = Traced(file)
    columns = (ImportTrace.table_name, ImportTrace.row_id, ImportTrace.digest)
    rows = select(*columns, ImportTrace.before, ImportTrace.after).where(ImportTrace.file_id == file.id)
    for table, ident, digest, before, after in db.session.execute(rows.order_by(ImportTrace.id)):
        if digest is not None:
            traced.added[table][ident] = digest
        elif before is not None:
            traced.changed[table][ident] = before, after
    return traced


@dataclass(frozen=True)
class Reversal:
    """How an import of a kind is taken back, beside what goes and what is set back.

    The new rows of `retired` are named by a journal, so they can't go: `retire` puts them out of use by
    further lines, as it reverses journals that were written for others. The new rows of `left` stay as they
    are: journals, and what nobody sees alone. Of the rows of `confidential` the trail says which columns were
    set back, never what stood in them. `obstacles` finds what else stands in the way.

    `finish` reverses at last what the import's `finish` wrote, in tables that change all the time: the new
    rows of `undone`. Whoever works there locks some rows first, so the taking back does too: `locked_first`.
    """

    retired: Sequence[type[Base]] = ()
    left: Sequence[type[Base]] = ()
    confidential: Sequence[type[Base]] = ()
    retire: Callable[[Traced, str, Any], None] = lambda traced, reason, actor: None
    obstacles: Callable[[Traced], Iterator[Obstacle]] = lambda traced: iter(())
    finish: Callable[[Traced, str, Any], None] = lambda traced, reason, actor: None
    undone: Sequence[type[Base]] = ()
    locked_first: Sequence[type[Base]] = ()


NOTHING_RETIRED = Reversal()


@dataclass
class Findings:
    """The rows that would go, by table: those that came with the file and those that go along with them.

    Those that a journal names are `retired` in place of it, and some are `undone` by further rows. With an
    obstacle nothing is done.
    """

    going: dict[str, set[int]]
    along: dict[str, set[int]]
    retired: dict[str, set[int]]
    undone: dict[str, set[int]]
    obstacles: list[Obstacle]


def find(traced: Traced, reversal: Reversal) -> Findings:
    """What taking an import back would do as of now; writes nothing."""
    left = {model.__tablename__ for model in reversal.left}
    retired = {model.__tablename__ for model in reversal.retired}
    undone = {model.__tablename__: {*traced.ids_added(model)} for model in reversal.undone}
    examined = {table: {*rows} for table, rows in traced.added.items() if table not in {*left, *undone}}
    search = _Search(traced)
    for table in examined:
        search.compare_new(_table(table), traced.added[table])
    for table, pairs in traced.changed.items():
        search.compare_changed(_table(table), pairs)
    along = search.look_at_dependents(examined)
    search.look_at_terms()
    search.look_at_proposals(examined)
    search.obstacles += reversal.obstacles(traced)
    return Findings(
        going={table: ids for table, ids in examined.items() if table not in retired},
        along=along,
        retired={table: ids for table, ids in examined.items() if table in retired},
        undone=undone,
        obstacles=sorted(search.obstacles),
    )


class _Search:
    """The search for what hangs on the rows of an import."""

    def __init__(self, traced: Traced) -> None:
        self._traced = traced
        self.obstacles: list[Obstacle] = []

    def compare_new(self, table: Table, digests: dict[int, str]) -> None:
        """Compare new rows with what the import left."""
        rows = self._rows_as_now(table, digests)
        self._note_changed(table, [row for row in rows if trace.digest(row.values()) != digests[row["id"]]])

    def compare_changed(self, table: Table, pairs: dict[int, tuple[Values, Values]]) -> None:
        """Compare what an import changed in other rows with what it left there."""
        differing = []
        for row in self._rows_as_now(table, pairs):
            _before, after = pairs[row["id"]]
            if any(trace.plain(row[name]) != value for name, value in after.items()):
                differing.append(row)
        self._note_changed(table, differing)

    def _note_changed(self, table: Table, rows: Sequence[RowMapping]) -> None:
        later = self._later_files(table.key, [row["id"] for row in rows])
        for row in rows:
            self._note(_name_of_row(table, row), later.get(row["id"], CHANGED_SINCE))

    def _later_files(self, table: str, idents: Collection[int]) -> dict[int, Any]:
        """Which of a table's rows a later file brought or changed, in words, by id."""
        lines = (
            select(ImportTrace.row_id, ImportFile.name)
            .join(ImportTrace.file)
            .where(
                ImportTrace.table_name == table,
                ImportTrace.file_id > self._traced.file.id,
                ImportFile.taken_back_at.is_(None),
            )
        )
        return {
            ident: _("of a file that was taken in later: %(name)s", name=file_name)
            for ids in chunks(idents)
            for ident, file_name in db.session.execute(lines.where(ImportTrace.row_id.in_(ids)))
        }

    def _rows_as_now(self, table: Table, idents: Collection[int]) -> Iterator[RowMapping]:
        """These rows as they are now; what is gone is noted."""
        missing = {*idents}
        for ids in chunks(idents):
            for row in db.session.execute(select(table).where(table.c.id.in_(ids))).mappings():
                missing.discard(row["id"])
                yield row
        for ident in missing:
            self._note(_name_of_row(table, {"id": ident}), GONE_SINCE)

    def _note(self, subject: str, words: Any, times: int = 1) -> None:
        self.obstacles.append(Obstacle(subject, words, times))

    def look_at_dependents(self, examined: dict[str, set[int]]) -> dict[str, set[int]]:
        """Look at all that names these rows; returns the rows that go along with them, by table."""
        along: dict[str, set[int]] = defaultdict(set)
        waiting = [*examined.items()]
        while waiting:
            name, idents = waiting.pop()
            for dependent in dependents_on(name):
                new = self._look_at_dependent(dependent, name, idents)
                if new:
                    along[dependent.table.key] |= new
                    waiting.append((dependent.table.key, new))
        return along

    def _look_at_dependent(self, dependent: Dependent, name: str, idents: Collection[int]) -> set[int]:
        """Note what hangs on rows by one column and stands in the way; returns the rows that go along."""
        if dependent.fate is Fate.KEEPS:
            return set()
        own_rows = self._traced.added.get(dependent.table.key, {})
        may_go_or_stay = dependent.fate in (Fate.GOES_ALONG, Fate.STAYS)
        key = dependent.table.primary_key.columns[0]
        columns = [dependent.column, key, *([dependent.unused] if dependent.unused is not None else ())]
        along, hanging = set(), dict[int, int]()
        for ids in chunks(idents):
            for target, ident, *unused in db.session.execute(
                select(*columns).where(dependent.column.in_(ids))
            ):
                if ident in own_rows:
                    continue
                if not (may_go_or_stay and all(unused)):
                    hanging[ident] = target
                elif dependent.fate is Fate.GOES_ALONG:
                    along.add(ident)
        names = names_of_rows(name, {*hanging.values()})
        later = self._later_files(dependent.table.key, hanging)
        for ident in later:
            self._note(names[hanging[ident]], later[ident])
        for target, times in Counter(hanging[ident] for ident in hanging.keys() - later.keys()).items():
            self._note(names[target], dependent.words, times)
        return along

    def look_at_terms(self) -> None:
        """Note what was done in a term that the import began, by somebody and in a grid that were there."""
        new_people, new_grids = self._traced.ids_added(Person), self._traced.ids_added(Grid)
        terms = {
            (person_id, grid_id)
            for person_id, grid_id in terms_begun(self._traced)
            if person_id not in new_people and grid_id not in new_grids
        }
        in_grids = {dependent.table: dependent.column for dependent in dependents_on("grid")}
        for dependent in dependents_on("person"):
            grid_column = in_grids.get(dependent.table)
            if grid_column is None or dependent.table is Appointment.__table__:
                continue
            done = Counter[int]()
            for pairs in chunks(terms):
                pair = tuple_(dependent.column, grid_column)
                done.update(db.session.scalars(select(dependent.column).where(pair.in_(pairs))))
            for person_id, times in done.items():
                self._note(f"person:{person_id}", dependent.words, times)

    def look_at_proposals(self, examined: dict[str, set[int]]) -> None:
        """Note what somebody proposed about one of these rows and nobody decided yet."""
        waiting = select(Proposal.subject).where(Proposal.state == ProposalState.WAITING)
        for subject in db.session.scalars(waiting):
            kind, _colon, number = subject.partition(":")
            if any(
                audit.SUBJECT_NAMES.get(table, table) == kind and int(number) in idents
                for table, idents in examined.items()
            ):
                self._note(subject, WAITING_PROPOSAL)


def terms_begun(traced: Traced) -> list[tuple[int, int]]:
    """Who serves in which grid by a term that an import began: the ids of the person and the grid."""
    terms = select(Appointment.person_id, Appointment.grid_id)
    return [
        (person_id, grid_id)
        for ids in chunks(traced.ids_added(Appointment))
        for person_id, grid_id in db.session.execute(terms.where(Appointment.id.in_(ids)))
    ]


# Rows that have no page are told by another one: whose or which one it is.
TOLD_BY = {
    "appointment": ("person", "person_id"),
    "barcode": ("goods", "goods_id"),
    "card": ("person", "person_id"),
    "account": ("person", "person_id"),
    "role_grant": ("user", "user_id"),
}


def _name_of_row(table: Table, row: Any) -> str:
    """The name in the trail of a row, or of the one by which it is told."""
    if table.key in TOLD_BY and TOLD_BY[table.key][1] in row:
        kind, column = TOLD_BY[table.key]
        return f"{kind}:{row[column]}"
    return f"{audit.SUBJECT_NAMES.get(table.key, table.key)}:{row['id']}"


def names_of_rows(name: str, idents: Collection[int]) -> dict[int, str]:
    """The names in the trail of a table's rows, or of those by which they are told, by their ids."""
    table = _table(name)
    if table.key not in TOLD_BY:
        return {ident: _name_of_row(table, {"id": ident}) for ident in idents}
    return {
        row["id"]: _name_of_row(table, row)
        for ids in chunks(idents)
        for row in db.session.execute(select(table).where(table.c.id.in_(ids))).mappings()
    }


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def chunks(items: Collection[Any]) -> Iterator[list[Any]]:
    """The items in lots of a thousand."""
    listed = list(items)
    yield from (listed[first : first + IDS_AT_ONCE] for first in range(0, len(listed), IDS_AT_ONCE))
