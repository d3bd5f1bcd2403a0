"""The demo whose figures are counted again: what reports add up is there in it already."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from ground.db import db
from tests.cast import new_app


@pytest.fixture(scope="module")
def demo(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a demo of two villages, in Chinese; the tests of a file share it."""
    file = tmp_path_factory.mktemp("reports") / "demo.sqlite"
    shutil.copy(demo_file, file)
    app = new_app(f"sqlite:///{file}")
    with app.app_context(), force_locale("zh"):
        yield app
        db.session.remove()
        db.engine.dispose()
