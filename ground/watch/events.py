"""The log: one JSON object on each line, for machines to read and without anybody's data.

    tell("signed_in", user=12)      an event of ours, with the facts that were named

What a line says is the program's own text, plus facts that were named where it was told: numbers, codes and
endpoints. Arguments are left out, unless they are numbers; of what others log there is who did, and of an
exception its kind and where it came from. Names, card numbers and telephones stand in arguments, addresses
and in what databases say about rows; so they never come in.

Every line of a request has its number, which its answer carries too; every line of a tenant has its code.
"""

import json
import logging
import logging.handlers
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from flask import current_app, has_app_context

from ground.refusal import Refused
from ground.watch import counters

log = logging.getLogger("aixin")

GIVEN_ID = re.compile("[A-Za-z0-9-]{8,64}")
READ_OUT = 8  # so much of a request's number is shown to people; it finds the request
MOST_FRAMES = 20
# The packages whose texts hold nothing but what the program says, or how the tables are.
OURS = {log.name, "ground", "people", "points", "duties", "shop", "demo", "alembic", "flask_migrate"}

# What is known of the request that is answered just now; empty in a command.
_request: ContextVar[dict[str, Any] | None] = ContextVar("request", default=None)

_handlers: list[logging.Handler] = []


def tell(event: str, level: int = logging.INFO, **facts: int | str | None) -> None:
    """Write an event into the log; its facts tell of nobody: numbers of rows, codes, endpoints."""
    log.log(level, event, extra={"facts": facts})


def tell_refusal(refusal: Refused) -> None:
    """Write into the log, and count, that somebody was told a refusal."""
    counters.REFUSALS.labels(refusal.code).inc()
    tell("refused", code=refusal.code)


def begin_request(given_id: str, endpoint: str | None) -> None:
    """Begin a request: under the number that a proxy gave it, or under a new one."""
    number = given_id if GIVEN_ID.fullmatch(given_id) else token_hex(16)
    _request.set({"request": number, "endpoint": endpoint})


def add_to_request(**facts: int | str | None) -> None:
    """Let every further line of this request have these facts."""
    if (known := _request.get()) is not None:
        known.update(facts)


def request_id() -> str:
    """The number of the request that is answered just now; empty in a command."""
    return str((_request.get() or {}).get("request", ""))


def user_of_request() -> int | None:
    """The number of the sign-in that asks, once it is known; None for nobody's and in a command."""
    return (_request.get() or {}).get("user")


def tenant() -> str | None:
    """The code of the tenant whose application runs just now; None where there is one alone, and outside."""
    return current_app.config.get("TENANT") if has_app_context() else None


def id_to_read_out() -> str:
    """The beginning of the request's number in groups of four, to be read out on the telephone."""
    return " ".join(re.findall(".{1,4}", request_id()[:READ_OUT]))


class JsonLines(logging.Formatter):
    """A line of the log as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line, without what may tell of somebody."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _text(record),
            "county": tenant(),
            **(_request.get() or {}),
            **getattr(record, "facts", {}),
        }
        if record.name != log.name:
            line["from"] = record.name
        if not _is_ours(record):
            line["by"] = f"{record.filename}:{record.lineno} {record.funcName}"
        if record.exc_info and (error := record.exc_info[1]) is not None:
            line["error"] = list(_kinds(error))
            line["where"] = list(_frames(error))
        return json.dumps({name: value for name, value in line.items() if value is not None})


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _text(record: logging.LogRecord) -> str:
    """The program's own text of a record; of its arguments only numbers are put in.

    Others put what they tell of into the text itself (Flask the address): of theirs there is nothing, unless
    it has arguments.
    """
    text, given = str(record.msg), record.args
    if not given and not _is_ours(record):
        return "broken" if record.exc_info else "noted"
    try:
        if isinstance(given, dict):
            return text % {name: _numbers_only(value) for name, value in given.items()}
        return text % tuple(map(_numbers_only, given)) if given else text
    except (TypeError, ValueError):
        return text


def _numbers_only(value: object) -> object:
    return value if isinstance(value, int | float) else "…"


def _kinds(error: BaseException) -> Iterator[str]:
    """The kind of an exception and of those it came of; of the database's, the code."""
    cause: BaseException | None = error
    while cause is not None:
        orig = getattr(cause, "orig", None)
        code = getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None)
        yield f"{type(cause).__name__} {code}" if code else type(cause).__name__
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _frames(error: BaseException) -> Iterator[str]:
    """The places that an exception came through, the innermost last."""
    for frame in traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]:
        yield f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"


def log_to(file: str, stream: Any) -> None:
    """Send the log to a file, or without one to a stream; in place of where it went before.

    Whoever rotates the file moves it away: the next line makes a new one. Where it goes there already,
    nothing is changed: the applications of one process share it.
    """
    root = logging.getLogger()
    if [handler.get_name() for handler in _handlers] == [f"to {file}"] and _handlers[0] in root.handlers:
        return
    for before in _handlers:
        root.removeHandler(before)
        before.close()
    handler: logging.Handler = logging.StreamHandler(stream)
    if file:
        handler = logging.handlers.WatchedFileHandler(file, encoding="utf-8")
    handler.setFormatter(JsonLines())
    handler.set_name(f"to {file}")
    root.addHandler(handler)
    _handlers[:] = [handler]
    log.setLevel(logging.INFO)
