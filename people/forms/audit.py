"""The form that searches the trail."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, SearchField
from wtforms.validators import Length, Optional, ValidationError

from ground.forms import Form, SelectField
from people.trail.words import known


class SearchForm(Form):
    """What to look for; it is read from the address, so a search can be kept and sent on."""

    class Meta:
        """Nothing is written: no token is needed."""

        csrf = False

    q = SearchField(_("Name, sign-in name or action"), validators=[Length(max=100)])
    action = SelectField(_("Action"), default="")
    since = DateField(_("From"), validators=[Optional()])
    until = DateField(_("To"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = sorted(known().actions.items(), key=lambda item: item[0])
        self.action.choices = [("", _("every action")), *found]

    def validate_since(self, field: DateField) -> None:
        """A year with four digits that calendars reckon with."""
        if field.data and not date(2000, 1, 1) <= field.data <= date(2200, 1, 1):
            raise ValidationError(_("There is no such day."))

    validate_until = validate_since
