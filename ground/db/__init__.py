"""The database, and the one place where anything is written.

    with transaction():                        the only commit, opened by a view, a command or a job
        row = fetch(Grid, ident, lock=True)    the row as it is now, locked until the end
        ...                                    who may do this, and the function that does it

What decodes, parses or draws comes before or after it (ground/slow.py): everybody waits for a write.

Functions that write compose freely inside it. `Refused` or any other exception undoes all of it. A
function that needs its row locked calls `lock(row)`, which does nothing where the view has locked it
already. A page to look at, and one that is shown again after a refusal, loads by `fetch` outside.

    connections   how each begins, waits and ends, on both kinds of database
    tables        the base class of every table, and what columns hold
    writing       `transaction`, and what it promises
    rows          single rows: fetched, locked, changed
    reading       what is read at once, or more than fits into memory
    prepared      statements that are compiled once, for what has to be quick
    copies, rehearsal, troubles
"""

from ground.db.connections import LIMITS, engine_options, limit_waiting
from ground.db.prepared import Prepared
from ground.db.reading import (
    among,
    inline,
    read_snapshot,
    rows_with_sums,
    stop_reading,
    stream,
    sums_of,
)
from ground.db.rows import (
    LAST_GONE,
    add_rows,
    draw_ids,
    fetch,
    get_locked,
    insert_row,
    insert_rows,
    know,
    largest_id,
    lock,
    lock_all,
)
from ground.db.tables import COUNTS_ON, LARGEST_ID, Base, Moment, database_file, db, enum_column
from ground.db.writing import (
    CALENDARS,
    NEWEST,
    UNKNOWN_OUTCOME,
    check_clock,
    did_first,
    do_first,
    do_many,
    may_have_written,
    note_in_passing,
    rehearsal_session,
    savepoint,
    transaction,
    write_nothing,
)

__all__ = [
    "CALENDARS",
    "COUNTS_ON",
    "LARGEST_ID",
    "LAST_GONE",
    "LIMITS",
    "NEWEST",
    "UNKNOWN_OUTCOME",
    "Base",
    "Moment",
    "Prepared",
    "add_rows",
    "among",
    "check_clock",
    "database_file",
    "db",
    "did_first",
    "do_first",
    "do_many",
    "draw_ids",
    "engine_options",
    "enum_column",
    "fetch",
    "get_locked",
    "inline",
    "insert_row",
    "insert_rows",
    "know",
    "largest_id",
    "limit_waiting",
    "lock",
    "lock_all",
    "may_have_written",
    "note_in_passing",
    "read_snapshot",
    "rehearsal_session",
    "rows_with_sums",
    "savepoint",
    "stop_reading",
    "stream",
    "sums_of",
    "transaction",
    "write_nothing",
]
