"""The problem that answers a bad request, or one about something that is not there."""

from typing import Any, NoReturn

from flask import abort

from ground import web
from ground.refusal import Refused


def stop(status: int, code: str, message: Any, **more: object) -> NoReturn:
    """Answer with a problem at once; `message` is a sentence for the person in front of the program."""
    abort(web.problem(Refused(code, message), status, **more))
