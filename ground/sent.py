"""Notes of the forms that were carried out, so that what was sent twice is done once.

The note is written first in the transaction of what the form does, so that both are there or neither. Who
sends the same form at the same moment waits at the note's key for the first to end.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from ground import clock
from ground.db import Base, Moment, db, transaction
from ground.refusal import check_repeated

KEPT = timedelta(days=30)  # far longer than a page stays open

# How long a second sender waits for the page that the first one was led to, which is noted a moment after
# what was done.
PATIENCE = 2.0  # seconds
STEP = 0.05  # seconds

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class SentForm(Base):
    """The note of a form that was carried out.

    `key` stands for the form's key and its address, `content` for who sent it and what was in it; neither
    can be read back. `led_to` is the address that was shown next: None until it is noted, empty for a page
    without one.
    """

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    led_to: Mapped[str | None] = mapped_column(String(2000))


class SentBefore(Exception):
    """This very form was carried out already; the transaction does nothing."""


def is_done(key: str, content: str) -> bool:
    """Whether a form was carried out with just this in it."""
    return db.session.scalar(select(SentForm.content).where(SentForm.key == key)) == content


def write_down(key: str, content: str) -> None:
    """Write down that a form is carried out, in the transaction of what it does.

    If another request does the same just now, wait for its end. Raises `SentBefore` if it was carried out;
    Refused `key_reused` if that was with something else in it.
    """
    row = {"key": key, "content": content, "at": clock.now()}
    insert = INSERT[db.engine.dialect.name](SentForm).values(row).on_conflict_do_nothing()
    if db.session.connection().execute(insert.returning(SentForm.key)).first():
        return
    check_repeated(db.session.scalar(select(SentForm.content).where(SentForm.key == key)), content)
    raise SentBefore


def note_page(key: str, address: str) -> None:
    """Note which page a form led to, and drop the notes that are too old to meet their form again."""
    old = select(SentForm.key).where(SentForm.at < clock.now() - KEPT).with_for_update(skip_locked=True)
    with transaction() as session:
        session.execute(update(SentForm).where(SentForm.key == key).values(led_to=address[:2000]))
        session.execute(delete(SentForm).where(SentForm.key.in_(old)))


def page_after(key: str) -> str:
    """The address that a form led to; empty if none is known."""
    for _step in range(int(PATIENCE / STEP)):
        db.session.rollback()  # each look is a new one
        address = db.session.scalar(select(SentForm.led_to).where(SentForm.key == key))
        if address is not None:
            return address
        time.sleep(STEP)
    return ""
