"""How long every page takes: whatever a role reaches by links, from its front page on.

Of each page up to two addresses are asked for by each role, in a database that `bench/history.py` filled.
What is measured is processor time, on PostgreSQL with that of its processes.
"""

import re
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.exceptions import HTTPException

from bench.history import user_name
from ground.db import db, transaction
from ground.server import serving
from people import access
from people.models import IN_A_COUNTY, Role, User
from people.signin import sessions

MOST_MS_OF_PAGE, MOST_MS_OF_FILE = 100, 500
TOLD_AT_LEAST = 5
ADDRESSES_A_PAGE = 2
RUNS = 5  # of what is near the limit; the others are asked for once
LINK = re.compile(r'href="(/[^"#]*)"')
ABOVE = (Role.TOWNSHIP, Role.COUNTY)
USERNAMES = {role: str(role) if role in ABOVE else user_name(role) for role in IN_A_COUNTY}


@dataclass
class Look:
    """A page as somebody looked at it: milliseconds, and each statement with its own."""

    endpoint: str
    role: Role
    path: str
    times: list[float] = field(default_factory=list)
    statements: list[tuple[float, str]] = field(default_factory=list)
    html: str = ""
    is_file: bool = False

    @property
    def ms(self) -> float:
        """The median of the milliseconds that it took."""
        return statistics.median(self.times)

    @property
    def is_over(self) -> bool:
        """Whether it takes longer than a page, or a file, is to take."""
        return self.ms > (MOST_MS_OF_FILE if self.is_file else MOST_MS_OF_PAGE)


def look_at_all(app: Flask) -> list[Look]:
    """Every page that a role reaches, inside the application's context."""
    serving.calm_collector()  # as a server does: what filled the database is not looked through
    return [look for role, username in USERNAMES.items() for look in _look_around(app, role, username)]


def _look_around(app: Flask, role: Role, username: str) -> Iterator[Look]:
    """The pages that one role reaches."""
    addresses = app.url_map.bind("localhost")
    counts: Counter[str] = Counter()
    waiting = {"/": None}
    seen: set[str] = set()
    with signed_in(app, username) as client:
        while waiting:
            path = next(iter(waiting))
            del waiting[path]
            seen.add(path)
            try:
                endpoint, _arguments = addresses.match(path.partition("?")[0], "GET")
            except HTTPException:  # only sent, or to another server's address
                continue
            kind = f"{endpoint} as a file" if "as=" in path else endpoint
            counts[kind] += 1
            if counts[kind] <= ADDRESSES_A_PAGE and endpoint not in access.ASSETS:
                look = _look(client, Look(endpoint, role, path))
                yield look
                links = map(unescape, LINK.findall(look.html))
                waiting |= dict.fromkeys(link for link in links if link not in seen)


@contextmanager
def signed_in(app: Flask, username: str) -> Iterator[FlaskClient]:
    """A browser in which somebody is signed in."""
    with transaction():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        token = sessions.begin(user, user.session, "")
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    yield client


def _look(client: FlaskClient, look: Look) -> Look:
    """Look at a page, once more and again if it is slow. RuntimeError for an error of the server."""
    with _statements() as look.statements:
        while not look.times or (look.ms > MOST_MS_OF_PAGE / 2 and len(look.times) < RUNS):
            look.statements.clear()
            began = processor_ms()
            with client.application.app_context():  # of its own, as in a server
                answer = client.get(look.path)
                content = answer.data
            look.times.append(processor_ms() - began)
            if answer.status_code >= 500:
                raise RuntimeError(f"{look.path}: {answer.status}")
    look.is_file = answer.mimetype != "text/html"
    look.html = "" if look.is_file else content.decode()
    return look


@contextmanager
def _statements() -> Iterator[list[tuple[float, str]]]:
    """The statements that are sent meanwhile, each with its milliseconds."""
    sent: list[tuple[float, str]] = []
    began = 0.0

    def before(*_arguments: Any) -> None:
        nonlocal began
        began = processor_ms()

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append((processor_ms() - began, " ".join(statement.split())))

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "after_cursor_execute", after)
    yield sent
    event.remove(db.engine, "before_cursor_execute", before)
    event.remove(db.engine, "after_cursor_execute", after)


_backends: set[int] = set()


def watch_backends() -> None:
    """Notice the processes by which PostgreSQL serves this one, from here on on another database."""
    _backends.clear()

    def notice(connection: Any, *_rest: Any) -> None:
        _backends.add(connection.info.backend_pid)

    if db.engine.dialect.name == "postgresql":
        event.listen(db.engine, "checkout", notice)


def processor_ms() -> float:
    """Milliseconds of processor time of this process, and on PostgreSQL of those that serve it."""
    spent = time.process_time() * 1000
    for pid in _backends:
        spent += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    return spent


def median_ms(looks: Sequence[Look]) -> float:
    """The median over pages."""
    return statistics.median(look.ms for look in looks)


def tell(looks: Iterable[Look]) -> None:
    """Print the pages and then the files that take longest, with the statements that take long.

    All that are over the limit, and in any case a few.
    """
    slowest = sorted(looks, key=lambda look: -look.ms)
    for word, is_file in (("Pages", False), ("Files", True)):
        of_kind = [look for look in slowest if look.is_file == is_file]
        over = sum(look.is_over for look in of_kind)
        print(f"\n{word}, {over} of {len(of_kind)} over the limit:")
        for look in of_kind[: max(over, TOLD_AT_LEAST)]:
            sql = sum(spent for spent, _statement in look.statements)
            sent = f"{len(look.statements)} statements of {sql:.0f} ms"
            print(f"{look.ms:7.0f} ms, {sent}: {look.role} {look.path}")
            for spent, statement in sorted(look.statements, reverse=True)[:2]:
                if spent > 10:
                    print(f"           {spent:6.0f} ms  {statement[:200]}")
