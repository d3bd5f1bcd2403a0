"""The two kinds of database that tests ask, and how each test finds one as if nobody had used it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import sqlalchemy as sa


class SQLiteFiles:
    """Databases that are files in a folder; a copy takes no time."""

    keeps_connections = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def uri(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.sqlite"

    def create(self, name: str) -> None:
        """A file comes by itself."""

    def copy(self, template: str, name: str | None = None) -> str:
        name = name or f"copy{next(self._numbers)}"
        shutil.copy(self._folder / f"{template}.sqlite", self._folder / f"{name}.sqlite")
        return name

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A copy for one test, always of the same name."""
        name = self.copy(template, f"{template}_lent")
        yield name
        self.drop(name)

    def settle(self, name: str) -> None:
        """Bring everything from the write-ahead log into the file, so that the file can be copied alone."""
        with sa.create_engine(self.uri(name)).connect() as connection:
            busy, *_pages = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            assert busy == 0

    def drop(self, name: str) -> None:
        for file in self._folder.glob(f"{name}.sqlite*"):
            file.unlink()


class PostgreSQLServer:
    """Databases on a server of our own; nothing on it outlives the tests, so it need not reach the disk.

    A copy takes longer than most tests. So one is lent to test after test, and put back in between.
    """

    keeps_connections = True

    def __init__(self, uri: str) -> None:
        self._admin = psycopg.connect(uri, autocommit=True)
        self._base = sa.make_url(uri).set(drivername="postgresql+psycopg")
        self._numbers = count(1)
        self._lent: dict[str, Lent] = {}
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
        self._admin.execute("SELECT pg_reload_conf()")

    def uri(self, name: str) -> str:
        return self._base.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str) -> None:
        self._admin.execute(f"CREATE DATABASE {name}")

    def copy(self, template: str, name: str | None = None) -> str:
        name = name or f"copy{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY = FILE_COPY")
        return name

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """The copy that one test after the other works in, each as if it were the first."""
        name = f"{template}_lent"
        if name not in self._lent:
            address = self._base.set(drivername="postgresql", database=self.copy(template, name))
            self._lent[name] = Lent(address.render_as_string(hide_password=False))
        yield name
        self._lent[name].put_back()

    def settle(self, name: str) -> None:
        """A template is copied as it stands, once nobody is connected to it."""

    def drop(self, name: str) -> None:
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        for lent in self._lent.values():
            lent.close()
        self._admin.close()


ASK_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), start_value, last_value FROM pg_sequences"


class Lent:
    """A database that is put back as it was, whoever wrote to it and over however many connections.

    Tables in which rows came, went or changed are filled anew; ids are counted from where they were.
    """

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        execute = self._connection.execute
        tables = [name for (name,) in execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        execute("SET session_replication_role = replica")  # no triggers, no foreign keys
        execute("SET lock_timeout = '20s'")  # who still holds a row after its test is a mistake of the test
        execute("CREATE SCHEMA as_lent")
        for name in tables:
            execute(f'CREATE TABLE as_lent."{name}" AS TABLE public."{name}"')
        # Of each table: how many rows it has, and the last transaction that wrote one of them.
        self._ask_rows = " UNION ALL ".join(
            f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM public.\"{name}\"" for name in tables
        )
        self._rows = set(execute(self._ask_rows))
        self._sequences = set(execute(ASK_SEQUENCES))

    def put_back(self) -> None:
        execute = self._connection.execute
        changed = set(execute(self._ask_rows)) - self._rows
        counted = self._sequences - set(execute(ASK_SEQUENCES))
        if not changed and not counted:
            return
        names = [f'"{name}"' for name, _count, _written in changed]
        with self._connection.transaction():
            for name in names:
                execute(f"DELETE FROM public.{name}")
        if names:
            execute(f"VACUUM {', '.join(names)}")  # emptied to the first page: rows will lie as they did
        with self._connection.transaction():
            for name in names:
                execute(f"INSERT INTO public.{name} OVERRIDING SYSTEM VALUE TABLE as_lent.{name}")
            for name, first, last in counted:
                execute("SELECT setval(%s, %s, %s)", (name, last or first, last is not None))
        self._rows = set(execute(self._ask_rows))

    def close(self) -> None:
        self._connection.close()


Databases = SQLiteFiles | PostgreSQLServer
