"""Points as people write them."""

from typing import Any

from wtforms import StringField
from wtforms.validators import ValidationError

from people.refused import Refused
from points import amounts


class PointsField(StringField):
    """Points as people write them; `tenths` holds what was read."""

    tenths: int = 0

    def pre_validate(self, form: Any) -> None:
        """Read the points, or say what is wrong with them."""
        try:
            self.tenths = amounts.parse(self.data or "")
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal
