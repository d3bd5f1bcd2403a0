"""The basket at the desk, and who collects it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, StringField
from wtforms.validators import Length, Optional, Regexp

from ground import names
from ground.figures import narrow
from ground.forms import KeyedForm
from ground.refusal import Refused
from shop.desk import proxies


class BasketField(Field):
    """The basket: units by article, from one control `goods-<id>` for each.

    `data` is goods id → units; `raw_units` keeps the words as they were, for the page after a refusal.
    """

    CONTROL = re.compile(r"goods-([1-9]\d{0,8})")

    def process(self, formdata: Mapping[str, str] | None, *args: Any, **kwargs: Any) -> None:
        """Read all the controls; what is no whole number becomes an error of the field."""
        self.process_errors: list[Any] = []
        self.raw_units = {
            int(control[1]): formdata[name].strip()  # type: ignore[index]
            for name in formdata or ()
            if (control := self.CONTROL.fullmatch(name))
        }
        filled = {goods_id: narrow(units) for goods_id, units in self.raw_units.items() if units}
        self.data = {goods_id: int(units) for goods_id, units in filled.items() if _is_count(units)}
        if len(self.data) < len(filled):
            self.process_errors.append(_("How many is a whole number: 0, 1, 2 …"))


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) <= 6


class BasketForm(KeyedForm):
    """The goods for a card. The key is made once for a basket, so that sent twice it is handed out once."""

    basket = BasketField()
    proxy_name = StringField(_("Name of who came"), validators=[Length(max=100)])
    proxy_relation = StringField(_("Who they are to the worker"), validators=[Length(max=40)])
    signature = HiddenField()
    total = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}$")])

    @property
    def expected_total(self) -> int | None:
        """What the page's script said that it comes to, in tenths of a point."""
        return int(self.total.data) if self.total.data else None

    @property
    def collector(self) -> proxies.Collector | None:
        """Who came for the worker, or None. Refused `bad_proxy`, `bad_signature`."""
        if not names.kept(self.proxy_name.data):
            if self.proxy_relation.data or self.signature.data:
                raise Refused("bad_proxy", _("Write down who came."), "proxy_name")
            return None
        return proxies.read_collector(self.proxy_name.data, self.proxy_relation.data, self._strokes())

    def _strokes(self) -> Any:
        try:
            return json.loads(self.signature.data or "[]")
        except (ValueError, RecursionError):
            return None

    @property
    def key_was_used(self) -> bool:
        """Whether the key stood for another basket, so that a new one had to take its place."""
        return self.refused is not None and self.refused.code == "key_reused"

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; a signature that was not one is asked for again."""
        super().refuse(refusal)
        if refusal.field == self.signature.name:
            self.signature.data = ""
