"""The register of the tenants: a file beside the instance, which a running server reads anew once it changed.

A file, as it is read before any database: it says in which one a tenant's rows are. Beside it each tenant
has a folder of its own, for its secret, its settings, its backups and, on SQLite, its database.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_type_hints

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ground.computer.addresses import host_in
from ground.computer.settings import is_public_url
from ground.server import claims

FILE = "counties.json"  # in the instance folder
FOLDERS = "counties"  # there too: a folder for each

CODE = re.compile("[a-z0-9]{1,20}")  # it is a part of names of folders and schemas


class BadRegister(Exception):
    """The register can't be read, or not be changed as was asked; the message says why."""


@dataclass(frozen=True)
class Tenant:
    """A tenant by its code; `address` is where its people come, like https://mouding.example.

    `database` is the address of the PostgreSQL database that its schema is in; empty: the host's own, or a
    SQLite file in its folder. One that `is_closed` is answered that it is, and can be restored. One that
    `is_prefecture` is no county: what its counties sent is brought to it.
    """

    code: str
    address: str
    name: str = ""
    database: str = ""
    is_closed: bool = False
    is_prefecture: bool = False

    @property
    def schema(self) -> str:
        """The name of its schema on PostgreSQL."""
        return f"aixin_{self.code}"

    @property
    def host(self) -> str:
        """The name of the host by which it is asked."""
        return host_in(self.address)

    def folder(self, instance: Path) -> Path:
        """Its folder, beside the register in the host's instance folder."""
        return instance / FOLDERS / self.code


class Register:
    """The register of an instance folder; without its file there is one tenant, and nothing to know."""

    def __init__(self, instance: Path) -> None:
        self.instance, self.file = instance, instance / FILE
        self._read: tuple[object, dict[str, Tenant], dict[str, Tenant]] = (None, {}, {})

    def tenants(self) -> dict[str, Tenant]:
        """The tenants by their codes, as the file has them now. Raises `BadRegister`."""
        return self._now()[1]

    def at_host(self, host: str) -> Tenant | None:
        """The tenant that is asked by this host; None if it is nobody's. Raises `BadRegister`."""
        return self._now()[2].get(host)

    def tenant(self, code: str) -> Tenant:
        """The tenant of this code. Raises `BadRegister` if there is none."""
        found = self.tenants().get(code)
        if found is None:
            raise BadRegister(f"there is no county {code} in {self.file}")
        return found

    def _now(self) -> tuple[object, dict[str, Tenant], dict[str, Tenant]]:
        """The file as it is, read anew only where it is another one: it is replaced, never written into.

        Where the folder is none, or may not be read as on a copy, there are no tenants.
        """
        try:
            found = self.file.stat()
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            self._read = None, {}, {}
            return self._read
        version = found.st_ino, found.st_mtime_ns, found.st_size
        if self._read[0] != version:
            tenants = self._written()
            self._read = version, tenants, {tenant.host: tenant for tenant in tenants.values()}
        return self._read

    def _written(self) -> dict[str, Tenant]:
        """The tenants that stand in the file, which somebody may have written by hand."""
        try:
            facts = json.loads(self.file.read_text())
            tenants = {code: Tenant(code, **of_it) for code, of_it in facts.items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise BadRegister(f"{self.file} can't be read: {error}") from error
        check(tenants)
        return tenants

    @contextmanager
    def changing(self) -> Iterator[dict[str, Tenant]]:
        """Change the tenants, by their codes; written when all went well. One command at a time.

        Raises `BadRegister`.
        """
        self.instance.mkdir(parents=True, exist_ok=True)
        with claims.turn(self.file.with_name(f"{FILE}-change")) as is_ours:
            if not is_ours:
                raise BadRegister("another command changes the register at the moment")
            tenants = dict(self.tenants())
            yield tenants
            check(tenants)
            new = self.file.with_name(f"{FILE}.new")
            new.write_text(json.dumps({code: _facts(tenants[code]) for code in sorted(tenants)}, indent=1))
            new.replace(self.file)


def _facts(tenant: Tenant) -> dict[str, str | bool]:
    facts = asdict(tenant)
    del facts["code"]
    return {name: value for name, value in facts.items() if value}


def is_postgresql(database: str) -> bool:
    """Whether the address of a database is one of PostgreSQL, in which every tenant has its own schema."""
    try:
        make_url(database)
    except (ArgumentError, ValueError):
        return False
    return database.partition("://")[0] in ("postgres", "postgresql", "postgresql+psycopg")


def check(tenants: dict[str, Tenant]) -> None:
    """Check that each tenant is whole and can be told from the others. Raises `BadRegister`."""
    hosts = dict[str, Tenant]()
    for tenant in tenants.values():
        for name, kind in get_type_hints(Tenant).items():
            if not isinstance(getattr(tenant, name), kind):
                raise BadRegister(f"{tenant.code}: {name} can't be {getattr(tenant, name)!r}")
        if not CODE.fullmatch(tenant.code):
            raise BadRegister(f"{tenant.code} is no code: small letters and digits, 20 at the most")
        if not is_public_url(tenant.address):
            raise BadRegister(
                f"{tenant.address} is no address like https://mouding.example; a name in characters is "
                "written as browsers send it: xn--…"
            )
        if tenant.database and not is_postgresql(tenant.database):  # a file would be one for all who name it
            raise BadRegister(f"the database of {tenant.code} has to be like postgresql://user@host/aixin")
        if hosts.setdefault(tenant.host, tenant) is not tenant:
            raise BadRegister(f"{tenant.host} is the host of {hosts[tenant.host].code} already")
