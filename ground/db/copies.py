"""A SQLite file that can't be written, such as a copy on a stick, is opened all the same: to be read.

SQLite wants to keep notes beside a file even to read it. Where it can't, and no notes of a server lie there,
the file is at rest, and is opened as one that nobody changes (https://www.sqlite.org/wal.html, "Read-Only
Databases").
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, event


@event.listens_for(Engine, "do_connect")
def _connect(dialect: Dialect, _record: object, arguments: list[Any], parameters: dict[str, Any]) -> Any:
    """A connection to a file that can only be read; None lets the driver connect as ever."""
    if dialect.name != "sqlite" or not is_read_only(file := Path(arguments[0])):
        return None
    plain = sqlite3.connect(*arguments, **parameters)
    try:
        plain.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError:
        if _has_notes(file):
            raise
        plain.close()
        return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True, **parameters)
    return plain


def is_read_only(file: Path) -> bool:
    """Whether a file is there, and it or its folder can't be written by whoever runs the program."""
    effective = os.access in os.supports_effective_ids
    places = (file, file.absolute().parent)
    return file.is_file() and not all(os.access(place, os.W_OK, effective_ids=effective) for place in places)


def _has_notes(file: Path) -> bool:
    """Whether something was written that is not in the file yet."""
    notes = file.with_name(f"{file.name}-wal")
    return notes.exists() and notes.stat().st_size > 0
