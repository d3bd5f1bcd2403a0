"""Claims of one server: to the file of its database, and to its port.

A claim is the operating system's lock on a small file. It ends with the process, also when that is killed,
so no claim is ever left behind. The file says who holds it, for whoever comes second.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import lazy_gettext as _

from ground.clock import SHANGHAI

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 1024, os.SEEK_SET)  # beyond what the file says: a locked byte can't be read
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True)
class Holder:
    """The server that holds a claim: its address, its process number, and since when."""

    address: str
    process: int
    since: datetime


class AlreadyClaimed(Exception):
    """Another server that runs holds the claim; `holder` is None while it has not said who it is."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(holder)
        self.holder = holder

    @property
    def message(self) -> object:
        """The sentence for whoever came second."""
        if self.holder is None:
            return _("Another server works on this database already. Stop it first.")
        return _(
            "A server works on this database already: %(address)s, process %(process)s, since %(since)s. "
            "Use that one, or stop it first.",
            address=self.holder.address,
            process=self.holder.process,
            since=f"{self.holder.since:%Y-%m-%d %H:%M}",
        )


# The open files of our claims by their places: they stay open as long as the process lives.
_held: dict[Path, int] = {}


def claim(place: Path, address: str) -> None:
    """Claim a place for this process until it ends; Taken if another one has it.

    Where nothing can be written, nothing is claimed: nobody else can write there either.
    """
    place = place.absolute()
    if place in _held:
        return
    try:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError:
        return
    try:
        _lock(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise AlreadyClaimed(holder_of(place)) from error
    _held[place] = descriptor
    with suppress(OSError):  # a full disk: the lock holds all the same
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps({"address": address, "process": os.getpid()}).encode())


@contextmanager
def turn(place: Path) -> Iterator[bool]:
    """Have a place for as long as what is inside takes; whether nobody else has it just now."""
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(descriptor)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def holder_of(place: Path) -> Holder | None:
    """The holder of a place, or the last one; None if nobody says so."""
    try:
        holder = json.loads(place.read_bytes())
        since = datetime.fromtimestamp(place.stat().st_mtime, SHANGHAI)
        return Holder(str(holder["address"]), int(holder["process"]), since)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def place_of_file(database: Path) -> Path:
    """The place at which the server of a SQLite file claims it: beside it."""
    return database.with_name(f"{database.name}-server")


def place_of_port(port: int) -> Path:
    """Where the server of a port says who it is, for other servers of the same user on this machine."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"aixin-{user}-{port}-server"
