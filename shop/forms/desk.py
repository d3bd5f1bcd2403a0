"""The basket at the desk."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field

from people.forms import Form, key_field
from people.refused import Refused


class BasketField(Field):
    """How many of what, from one control `goods-<id>` for each article.

    `data` is goods id → units; `typed` keeps the words as they were, for the page after a refusal.
    """

    CONTROL = re.compile(r"goods-([1-9]\d{0,8})")

    def process(self, formdata: Mapping[str, str] | None, *given: Any, **more: Any) -> None:
        """Read all the controls; what is no whole number becomes an error of the field."""
        self.process_errors: list[Any] = []
        self.typed = {
            int(control[1]): formdata[name].strip()  # type: ignore[index]
            for name in formdata or ()
            if (control := self.CONTROL.fullmatch(name))
        }
        written = {goods_id: units for goods_id, units in self.typed.items() if units}
        self.data = {goods_id: int(units) for goods_id, units in written.items() if _is_count(units)}
        if len(self.data) < len(written):
            self.process_errors.append(_("How many is a whole number: 0, 1, 2 …"))


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) <= 6


class BasketForm(Form):
    """The goods for a card. The key is made once for a basket, so that sent twice it is handed out once."""

    key = key_field()
    basket = BasketField()
    used_before = False

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; a key that stands for another basket is used up, a new one takes its place."""
        super().refuse(refusal)
        if refusal.code == "key_reused":
            self.used_before = True
            self.key.data = self.key.default()
