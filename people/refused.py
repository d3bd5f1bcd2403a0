"""A rule said no."""

from typing import Any


class Refused(Exception):
    """A rule of the field was broken; nothing was changed.

    `code` is stable and in English (`insufficient_points`), for programs and tests; `message` is a
    lazily translated sentence for the person; `field` names the form field it stands next to, if one.
    """

    def __init__(self, code: str, message: Any, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
