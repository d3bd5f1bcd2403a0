"""The form of a stock-take: what was counted on the shelf."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, StringField
from wtforms.validators import Length, Optional

from ground import days
from ground.figures import narrow
from ground.forms import DayField, Form, KeyedForm, Rows
from ground.paper import words
from shop.stock.lots import MANY_UNITS

OLDEST_SECONDS = 43_200  # seconds: what was counted longer ago is counted again


@dataclass(frozen=True)
class CountedUnits:
    """Units that were counted, and until when they are good, if somebody said.

    The first of them so many seconds ago and the last; None: just now.
    """

    units: int
    first_seconds_ago: int | None
    last_seconds_ago: int | None
    best_before: date | None = None

    def moments(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """The moments from which to which it was counted."""
        if self.first_seconds_ago is None or self.last_seconds_ago is None:
            return None, None
        first, last = timedelta(seconds=self.first_seconds_ago), timedelta(seconds=self.last_seconds_ago)
        return now - first, now - last


class CountedDay(Rows):
    """The day that stands on an article that never came in."""

    best_before = DayField(_("Best before, if it has one"), days.FOUND_GOOD_UNTIL, validators=[Optional()])


class CountsField(Field):
    """The counted units, from controls of articles: `units-<id>`, `began-<id>`, `ended-<id>`, and their day.

    `data` is goods id → `CountedUnits`; `raw_units` keeps the words as they were, and `faults` says by goods
    id what is wrong with them. What was left empty was not counted. Unusually many units are `asked` about,
    with the words beside their tick, until the tick `sure-<id>` comes along.
    """

    CONTROL = re.compile(r"units-([1-9]\d{0,8})|until-([1-9]\d{0,8})-best_before")

    def process(self, formdata: Mapping[str, str] | None, *args: Any, **kwargs: Any) -> None:
        """Read all the controls; one that makes no sense does not spoil the other articles."""
        self.process_errors: list[Any] = []
        self.data: dict[int, CountedUnits] = {}
        self.raw_units: dict[int, str] = {}
        self._days: dict[int, CountedDay] = {}
        self.faults: dict[int, Any] = {}
        self.asked: dict[int, Any] = {}
        typed = formdata or {}
        controls = [control for name in typed if (control := self.CONTROL.fullmatch(name))]
        for goods_id in dict.fromkeys(int(control[1] or control[2]) for control in controls):
            self._read(goods_id, typed)

    def day(self, goods_id: int, is_kept: bool) -> Field:
        """The field for the day that stands on an article, with what was typed if it is kept."""
        read = self._days.get(goods_id) if is_kept else None
        return (read or CountedDay(prefix=f"until-{goods_id}")).best_before

    def _read(self, goods_id: int, formdata: Mapping[str, str]) -> None:
        raw = formdata.get(f"units-{goods_id}", "").strip()
        day = self._days[goods_id] = CountedDay(formdata, prefix=f"until-{goods_id}")
        if not raw and not day.best_before.raw_data:
            return
        self.raw_units[goods_id] = raw
        units, began, ended = (
            _whole_number(formdata.get(f"{name}-{goods_id}", "")) for name in ("units", "began", "ended")
        )
        if units is None:
            self.faults[goods_id] = _("How many is a whole number: 0, 1, 2 …")
        elif max(began or 0, ended or 0) > OLDEST_SECONDS:
            self.faults[goods_id] = _("This was counted long ago. Count it again.")
        elif units > MANY_UNITS and formdata.get(f"sure-{goods_id}") != str(units):
            figure_in_words = {"figure": units, "words": words.figure_in_words(units)}
            self.faults[goods_id] = _(
                "%(figure)s (%(words)s) is unusual here. Is it meant? Then tick the box.", **figure_in_words
            )
            self.asked[goods_id] = _("Yes, it is %(figure)s (%(words)s).", **figure_in_words)
        elif not day.validate():
            self.faults[goods_id] = day.best_before.errors[0]
        else:
            self.data[goods_id] = CountedUnits(units, began, ended, day.best_before.data)


def _whole_number(text: str) -> int | None:
    figures = narrow(text)
    return int(figures) if figures.isdecimal() and len(figures) <= 9 else None


class CountForm(KeyedForm):
    """The units counted since the last saving. The key is made once, so that sent twice it is saved once."""

    counts = CountsField()


class BookForm(Form):
    """Booking the differences; where goods of a void are missing, why."""

    explanation = StringField(_("Why they are missing"), validators=[Length(max=200)])
