"""The built wheel: everything is in it, and installed outside the checkout it serves."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distributions
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.product import PACKAGES
from tests.served.server import PATIENCE, ROOT, free_port

DATA = ("templates", "static", "migrations", "data")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `pip wheel .` builds it, without asking any registry for the builder."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def files_of_the_checkout():
    """What an installed program needs, by where it lies."""
    for folder in (*PACKAGES, *DATA):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(ROOT))
    for catalogue in (ROOT / "translations").rglob("*.po"):
        yield str(catalogue.with_suffix(".mo").relative_to(ROOT))
    built = ROOT / "build" / "static"
    for file in built.rglob("*"):
        if file.is_file():
            yield str("static" / file.relative_to(built))


def test_all_that_the_program_needs_is_in_the_wheel_and_nothing_else(wheel):
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {"app.py", *files_of_the_checkout()}


def test_no_package_beside_it_has_a_name_of_its_own(wheel):
    """They lie beside each other where they are installed."""
    with ZipFile(wheel) as archive:
        ours = {name.partition("/")[0].removesuffix(".py") for name in archive.namelist()}
    theirs = {
        file.parts[0].removesuffix(".py")
        for each in distributions()
        if each.name != "aixin"
        for file in each.files or ()
    }
    assert len(theirs) > 50
    assert ours & theirs == set()


@pytest.mark.at_length
def test_installed_outside_the_checkout_it_serves(wheel, tmp_path):
    """By the command `aixin`, from an environment that knows our dependencies and nothing of the checkout."""
    home = tmp_path / "home"
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python, aixin = tmp_path / "venv/bin/python", tmp_path / "venv/bin/aixin"
    beside = sysconfig.get_paths(vars={"base": str(tmp_path / "venv")})["purelib"]
    (Path(beside) / "dependencies.pth").write_text("\n".join(each for each in sys.path if "site-" in each))
    install = ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, *install], check=True, cwd=tmp_path)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "AIXIN_FONTS": str(ROOT / "instance" / "fonts"),
        "PORT": str(port),
    }
    told = {"cwd": tmp_path, "env": environment, "text": True, "stdout": subprocess.PIPE}
    with subprocess.Popen([aixin, "start"], **told) as server:
        try:
            while (line := server.stdout.readline()) and "Ctrl+C" not in line:
                pass
            page = urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=PATIENCE).read().decode()
            style = re.search(r'href="([^"]+\.css)"', page)[1]
            styles = urlopen(f"http://127.0.0.1:{port}{style}", timeout=PATIENCE).read()
            second = subprocess.run([aixin, "start"], stderr=subprocess.PIPE, check=False, **told)
        finally:
            server.terminate()
    assert ("登录" in page, len(styles) > 1000) == (True, True)
    assert (second.returncode, f"http://127.0.0.1:{port}/" in second.stderr) == (1, True)
    assert sorted(file.name for file in (home / "data/aixin").glob("aixin.sqlite")) == ["aixin.sqlite"]
    verified = subprocess.run([aixin, "ledger", "verify"], check=True, **told)
    assert "everything fits" in verified.stdout
