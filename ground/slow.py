"""Slow work is not done inside a write: while one is open, everybody else waits for it.

What decodes, parses or draws begins with `check_nobody_waits`; `ground.db.transaction` says when they do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_in_write: ContextVar[bool] = ContextVar("in_write", default=False)


@contextmanager
def write() -> Iterator[None]:
    """Mark what runs inside as a write.

    A stream may go on in another context than it began in, so the mark is taken away, not reset.
    """
    _in_write.set(True)
    try:
        yield
    finally:
        _in_write.set(False)


def check_nobody_waits(what: str) -> None:
    """Check that slow work of this kind is done outside of writes; RuntimeError, a mistake of the program."""
    if _in_write.get():
        raise RuntimeError(f"{what} inside a transaction, where everybody waits for it")
