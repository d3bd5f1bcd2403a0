"""Files that only their owner reads: the database, the program's secret, backups, the log."""

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

log = logging.getLogger(__name__)

OTHERS = 0o077  # what the group and everybody else may do with a file

# What SQLite and our own server keep beside a database's file; each holds rows of it, or says who has it.
BESIDE_DATABASE = ("", "-wal", "-shm", "-journal", "-server")


def keep_new_files_private() -> None:
    """Let every file that this process makes from now on be its owner's alone."""
    os.umask(OTHERS)


def files_of_database(file: Path | None) -> Iterator[Path]:
    """The file of a SQLite database and what lies beside it; of another database none."""
    if file is not None:
        yield from (file.with_name(f"{file.name}{ending}") for ending in BESIDE_DATABASE)


def _facts(file: Path) -> dict[str, dict[str, str]]:
    return {"facts": {"file": file.name}}


def close_to_others(files: Iterable[Path]) -> list[Path]:
    """Take from everybody else what they may do with these files, if they are ours; those that stayed open.

    Both are said in the log: who could read them before may have a copy. What is not there is left, and what
    is no file: a log may go to /dev/null, which is everybody's.
    """
    left_open = []
    for file in files:
        try:
            mode = file.stat().st_mode
            if os.name == "nt" or not stat.S_ISREG(mode) or not mode & OTHERS:
                continue
            file.chmod(mode & ~OTHERS & 0o7777)
            log.warning("others could read a file; now only its owner can", extra=_facts(file))
        except FileNotFoundError:
            continue
        except OSError:
            log.warning("others can read a file; its owner can mend that: chmod 600", extra=_facts(file))
            left_open.append(file)
    return left_open
