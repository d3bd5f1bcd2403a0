"""Money in forms."""

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError

from ground.forms import FiguresField


class MoneyField(FiguresField):
    """Money as people write it, in yuan with at most two decimals.

    `fen` is what was read, None if nothing.
    """

    PATTERN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
    fen: int | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the amount, or say how it is written."""
        text = self.data or ""
        match = self.PATTERN.fullmatch(text)
        if text and match is None:
            raise ValidationError(_("Write the money in yuan, like 12.50."))
        self.fen = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None
