"""Forms of many rows, each with an article of the shop, how many of it, and what one costs."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, StringField, SubmitField
from wtforms.validators import Length, Optional

from ground.figures import narrow
from ground.forms import KeyedForm, NumberField, Rows
from ground.refusal import Refused
from shop.forms.money import MoneyField
from shop.stock.deliveries import LinesRefused
from shop.stock.lots import MANY_UNITS

BLANK_ROWS = 5  # that stand ready, and as many more at a press
MOST_ROWS = 150


class ArticleRow(Rows):
    """A row; what is left empty is none."""

    article = StringField(_("Article"), validators=[Length(max=330)])
    quantity = NumberField(_("How many"), usual=MANY_UNITS, validators=[Optional()])
    unit_cost = MoneyField(_("Cost of one unit in yuan"), usual=50_000, validators=[Length(max=12)])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not any(narrow(str(typed)) for field in self for typed in field.raw_data or ())

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that a row with anything in it says what, and how many."""
        if not super().validate(*args, **kwargs):
            return False
        if self.is_blank:
            return True
        if not narrow(self.article.data or ""):
            self.article.errors = [_("Which article?")]
        if self.quantity.data is None:
            self.quantity.errors = [self.quantity_missing]
        return not self.errors

    quantity_missing = _("How many?")


class ArticlesForm(KeyedForm):
    """A form whose `lines` are rows; whoever inherits it may say of which kind."""

    lines = FieldList(FormField(ArticleRow))
    more = SubmitField(_("More rows"))

    most_rows = MOST_ROWS
    marked = _("Something in the rows cannot be taken; it is marked there.")

    @property
    def rows(self) -> Sequence[Any]:
        """The rows in which something was typed."""
        return [entry.form for entry in self.lines if not entry.form.is_blank]

    @property
    def wants_more(self) -> bool:
        """Whether it was sent for more rows alone."""
        return self.is_submitted() and bool(self.more.data)

    def add_rows(self, *, least: int = BLANK_ROWS) -> None:
        """Let at least so many blank rows stand ready, as far as there is room."""
        blank = len(self.lines) - len(self.rows)
        for _row in range(min(least - blank, MOST_ROWS - len(self.lines))):
            self.lines.append_entry()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check the head and all rows; more than can be sent at once are too many."""
        is_valid = super().validate(*args, **kwargs)
        if len(self.rows) > MOST_ROWS:
            self.refuse(Refused("too_many_lines", _("At most %(n)s lines at once.", n=MOST_ROWS)))
        elif not is_valid and self.lines.errors and not self.refusal:
            self.refusal = self.marked
        return is_valid and self.status == 200

    def mark(self, refusals: Mapping[int, Refused]) -> None:
        """Show each of these refusals in the row with something in it that has this place."""
        for place, refusal in refusals.items():
            self.rows[place][refusal.field or "article"].errors = [refusal.message]

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal beside its field; that of a line in its row."""
        if isinstance(refusal, LinesRefused):
            self.mark(refusal.refusals)
            super().refuse(Refused(refusal.code, self.marked))
        else:
            super().refuse(refusal.with_field("from_whom") if refusal.field == "donor" else refusal)
