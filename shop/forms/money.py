"""Money in forms."""

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError

from ground.forms import AskingField, FigureInput, FiguresField, ask_about_figure


class MoneyField(AskingField, FiguresField):
    """Money as people write it, in yuan with at most two decimals; more than `usual` (fen) is asked about.

    `fen` is what was read, None if nothing.
    """

    widget = FigureInput()

    PATTERN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
    fen: int | None = None

    def __init__(self, label: Any, usual: int, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.usual = usual

    @property
    def tick_value(self) -> str:
        """The money that was typed, in fen, as the tick names it."""
        return str(self.fen)

    def pre_validate(self, form: Any) -> None:
        """Read the amount, or say how it is written."""
        text = self.data or ""
        match = self.PATTERN.fullmatch(text)
        if text and match is None:
            raise ValidationError(_("Write the money in yuan, like 12.50."))
        self.fen = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None
        if self.fen is not None and self.fen > self.usual:
            ask_about_figure(self, f"{self.fen // 100}.{self.fen % 100:02d}", self.fen // 100)
