"""A backup each evening, by the server itself, of a database that is a file: nobody has to think of it.

On PostgreSQL whoever looks after the machine plans them (docs/operations.md).
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from flask import Flask

from ground import clock
from ground.db import database_file
from ground.server import backups

log = logging.getLogger(__name__)

EVENING = time(18)
FIRST_LOOK_SECONDS = 600  # a computer that was just switched on has other things to do
LOOK_SECONDS = 1800  # a computer that slept through the evening makes it up soon after it woke

SETTING = "BACKUP_DAYS"


def last_evening(now: datetime) -> datetime:
    """The latest evening that has begun at a moment, by the clocks of Asia/Shanghai."""
    today = datetime.combine(clock.local(now).date(), EVENING, clock.SHANGHAI)
    return today if today <= now else today - timedelta(days=1)


def make_if_due(app: Flask, now: datetime) -> bool:
    """Make the backup of the last evening if there is none since, and delete what was kept long enough.

    Returns whether one was made. Raises `BackupFailed`, and `OSError` where the folder can't be used.
    """
    folder, days = backups.folder(app), app.config[SETTING]
    newest = backups.newest(folder)
    if newest is not None and backups.made_at(newest) >= last_evening(now):
        return False
    backups.make(folder, kept=None)
    # So many stay whatever their age: after weeks in which the computer was off there is more than one.
    for old in backups.all_in(folder)[:-days]:
        if now - backups.made_at(old) > timedelta(days=days):
            old.unlink(missing_ok=True)
    return True


def keep(app: Flask) -> threading.Thread | None:
    """Make the evenings' backups as long as this process lives; None where none are to be made."""
    return keep_all(lambda: [app]) if _is_to_be_made(app) else None


def keep_all(apps: Callable[[], Iterable[Flask]]) -> threading.Thread:
    """Make the evenings' backups of several applications, as they are then, one after the other."""
    thread = threading.Thread(target=_keep, args=(apps,), name="evening", daemon=True)
    thread.start()
    return thread


def _is_to_be_made(app: Flask) -> bool:
    with app.app_context():
        return database_file() is not None and bool(app.config[SETTING])


def _keep(apps: Callable[[], Iterable[Flask]]) -> None:
    patience = threading.Event()  # nobody sets it: the thread ends with the process
    patience.wait(FIRST_LOOK_SECONDS)
    while True:
        for app in apps():
            if _is_to_be_made(app):
                _try(app)
        patience.wait(LOOK_SECONDS)


def _try(app: Flask) -> None:
    with app.app_context():
        try:
            make_if_due(app, clock.machine_now())
        except (backups.BackupFailed, OSError):
            log.exception("no backup was made this evening")  # the front page tells how old the newest is
