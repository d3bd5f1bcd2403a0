"""The packages that are installed are those that pyproject.toml asks for, each file by its hash."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(r"^([\w.-]+)==.+?(?=^[\w.-]+==|\Z)", re.MULTILINE | re.DOTALL)


def asked_for(project: dict, extras: list[str]) -> set[str]:
    """The names in pyproject.toml, as they are written in a list of what is installed."""
    lines = project["dependencies"] + [
        line for extra in extras for line in project["optional-dependencies"][extra]
    ]
    return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in lines}


@pytest.mark.parametrize(("file", "extras"), [("requirements.txt", []), ("requirements-dev.txt", ["dev"])])
def test_what_is_installed_is_what_is_asked_for(file: str, extras: list[str]):
    """`make lock` writes both lists."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    entries = {entry[1].lower(): entry[0] for entry in ENTRY.finditer((ROOT / file).read_text())}
    assert {name for name, entry in entries.items() if "aixin (pyproject.toml)" in entry} == asked_for(
        project, extras
    )
    assert [name for name, entry in entries.items() if "--hash=sha256:" not in entry] == []


def test_what_browsers_load_from_elsewhere_is_brought_by_its_hash():
    """From whatever registry npm is told to ask: none is named."""
    lock = (ROOT / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    asked_for = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert packages.pop("")["dependencies"] == asked_for
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []
    assert "resolved" not in lock
