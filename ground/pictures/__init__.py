"""Pictures that people send: checked before they are decoded, made small, and without metadata.

JPEG, PNG, WebP, and HEIC, as iPhones take them. Metadata can say where a picture was taken; nothing of it
is kept. The work is done by `work` in processes of their own, which start with the first picture, and not
inside a transaction: a form's field makes its picture ready before the view writes
(people/forms/pictures.py).
"""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from queue import LifoQueue
from threading import Timer
from typing import IO, Any, cast

from flask_babel import lazy_gettext as _

from ground.refusal import Refused
from ground.slow import check_nobody_waits

log = logging.getLogger(__name__)

MOST_BYTES = 8 * 1024 * 1024  # more than that no request brings
MOST_PIXELS = 40_000_000
MOST_SECONDS = 8  # the largest picture that is taken needs two

# Pixels a side: a JPEG is decoded no larger than it takes to see a card held at arm's length.
DECODED_PIXELS = 2000

PROCESSES = 2
WORK = Path(__file__).with_name("work.py")


@dataclass(frozen=True)
class Jpeg:
    """A picture as it is kept."""

    content: bytes

    @cached_property
    def digest(self) -> str:
        """By which it is known again."""
        return sha256(self.content).hexdigest()


def encode(data: bytes, *sides: int, most_bytes: int = MOST_BYTES) -> Jpeg:
    """The picture as a JPEG without metadata, at most so many pixels on its longer side.

    Of several `sides` the first at which it takes at most `most_bytes`, or the last. It is turned upright,
    and what was transparent is white. Refused `not_an_image` for anything else than a picture in one of
    the four formats, for one that is broken, and for one that is too much work: more than 40 megapixels, or
    8 seconds.
    """
    _answer, content = _ask(data, task="encode", sides=sides, most_bytes=most_bytes)
    picture = Jpeg(content)
    assert picture.digest  # noqa: S101 -- computed here, where nobody waits
    return picture


def read_codes(data: bytes, kinds: Sequence[str]) -> list[str]:
    """The texts of the codes of these kinds in a picture. Refused as `encode` is."""
    answer, _content = _ask(data, task="read_codes", kinds=kinds, decoded=DECODED_PIXELS)
    texts: list[str] = answer["texts"]
    return texts


def _ask(data: bytes, **order: Any) -> tuple[dict[str, Any], bytes]:
    check_nobody_waits("a picture is decoded")
    if len(data) > MOST_BYTES:
        raise _too_large()
    with _BorrowedProcess() as process:
        answer, content = process.ask({"most_pixels": MOST_PIXELS, **order}, data)
    if answer.get("fault") == "too_large":
        raise _too_large()
    if "fault" in answer:
        raise Refused("not_an_image", _("This is not a picture that can be read here."), "photo")
    return answer, content


def _too_large() -> Refused:
    return Refused("not_an_image", _("This picture is too large. Take a smaller one."), "photo")


class _Process:
    """A process that works on pictures, one after the other; when it was ended, another one takes over."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to an order; that it took too long, or more memory than there is, is an answer too."""
        process = self._running = self._running or _start()
        orders, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        limit = Timer(MOST_SECONDS, process.kill)
        limit.start()
        try:
            orders.write(json.dumps({"size": len(data), **order}).encode() + b"\n" + data)
            orders.flush()
            answer = json.loads(answers.readline())
            content = answers.read(answer["size"])
            if len(content) < answer["size"]:
                raise EOFError
        except (OSError, ValueError, EOFError):  # it was ended
            log.warning("a picture of %d bytes was given up", len(data))
            process.kill()
            process.communicate()
            self._running = None
            return {"fault": "too_large"}, b""
        finally:
            limit.cancel()
        return answer, content


def _start() -> subprocess.Popen[bytes]:
    """A process that goes on until its orders end: when this one does, however it ends."""
    return subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-I", str(WORK)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl+C is for the server
    )


_processes: LifoQueue[_Process] = LifoQueue()
for _number in range(PROCESSES):
    _processes.put(_Process())


class _BorrowedProcess:
    """A process that is borrowed for one picture; a third borrower waits."""

    def __enter__(self) -> _Process:
        self._process = _processes.get()
        return self._process

    def __exit__(self, *exc: object) -> None:
        _processes.put(self._process)
