"""A copy that can't be written, as on a stick: it is read and verified, and says that it takes nothing."""

import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ground import clock
from ground.db import db, troubles
from ground.db.troubles import SENTENCES, Trouble
from tests.cast import VILLAGE, Cast, new_app, session_of

pytestmark = pytest.mark.only_on("sqlite")

NOBODY = 65534  # for root everything can be written
MARKS = re.compile(r'value="[^"]{40,}"')  # keys of forms, which are new on each page


def copied(source, target):
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as copy:
        there.backup(copy)


def vacuumed(source, target):
    with closing(sqlite3.connect(source)) as there:
        there.execute("VACUUM INTO ?", (str(target),))


def pages(app, session):
    """What a clerk with this session reads, and anyone with a card."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = session
    addresses = (f"/v/{VILLAGE}/services", f"/v/{VILLAGE}/grids", f"/c/{Cast().card.token}")
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * len(addresses)
    return client, [MARKS.sub("", answer.text) for answer in answers]


@pytest.fixture(params=["file and folder", "file", "folder", "without a log"])
def copy(request, app, cast):
    """The application on a copy, as somebody who can't write there; a clerk's session and what they read."""
    troubles._last_met.clear()
    session = session_of(cast.clerk)
    _client, read = pages(app, session)
    folder = Path(tempfile.mkdtemp(prefix="aixin-copy-"))
    file = folder / "aixin.sqlite"
    (vacuumed if request.param == "without a log" else copied)(db.engine.url.database, file)
    db.session.remove()
    file.chmod(0o444 if request.param != "folder" else 0o666)
    folder.chmod(0o555 if request.param != "file" else 0o777)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        there = new_app(f"sqlite:///{file}")
        with there.app_context():
            yield there, session, read, file
            db.session.remove()
            db.engine.dispose()
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_copy_is_verified_and_read_and_says_that_it_takes_nothing(copy, monkeypatch):
    app, session, read, file = copy
    content = file.read_bytes()
    run = app.test_cli_runner().invoke
    verified = run(args=("ledger", "verify"))
    assert (verified.exit_code, verified.exception) == (0, None), verified.output
    now = clock.machine() + timedelta(minutes=11)  # a page would note that the session is used
    monkeypatch.setattr(clock, "machine", lambda: now)
    client, read_here = pages(app, session)
    assert read_here == read
    said = client.post(f"/v/{VILLAGE}/pins/{Cast().worker.id}")
    assert (said.status_code, str(SENTENCES[Trouble.READ_ONLY]) in said.text) == (503, True)
    refused = run(args=("accounts", "password", "clerk"))
    assert (refused.exit_code, str(SENTENCES[Trouble.READ_ONLY]) in refused.output) == (1, True)
    db.session.remove()
    db.engine.dispose()
    assert file.read_bytes() == content
