"""The databases' own drivers, with one way to write a statement: names as `:name`."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg.rows import dict_row

_writing = threading.Lock()  # SQLite has one writer: who waits, waits here


class Database:
    """A connection for each thread, to either kind of database."""

    def __init__(self, uri: str) -> None:
        self.is_sqlite = uri.startswith("sqlite")
        self._address = uri.partition(":///")[2] if self.is_sqlite else uri.replace("+psycopg", "")
        self._here = threading.local()

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Carry out a statement; the rows that it returns, by their columns' names."""
        cursor = self._connection().execute(self._written(statement), values)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything inside, or nothing; at its end it is on the disk."""
        if not self.is_sqlite:
            with self._connection().transaction():
                yield
            return
        with _writing, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def _connection(self) -> Any:
        if not hasattr(self._here, "connection"):
            self._here.connection = self._connect()
        return self._here.connection

    def _connect(self) -> Any:
        if not self.is_sqlite:
            return psycopg.connect(self._address, autocommit=True, row_factory=dict_row)
        connection = sqlite3.connect(self._address, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _written(self, statement: str) -> str:
        """A statement as the driver wants it; SQLite locks all there is when a transaction begins."""
        return _for_sqlite(statement) if self.is_sqlite else _for_psycopg(statement)


@cache
def _for_sqlite(statement: str) -> str:
    return re.sub(r"FOR NO KEY UPDATE( OF \w+)?", "", statement)


@cache
def _for_psycopg(statement: str) -> str:
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement)
