"""The form that searches the trail."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, SearchField
from wtforms.validators import Length, Optional, ValidationError

from ground.forms import Form, SelectField
from people.trail.words import all_words


class SearchForm(Form):
    """What to look for in the trail; it stands in the address, so a search can be kept and sent on."""

    class Meta:
        """Settings of the form: no token, as nothing is written."""

        csrf = False

    q = SearchField(_("Name, sign-in name or action"), validators=[Length(max=100)])
    action = SelectField(_("Action"), default="")
    since = DateField(_("From"), validators=[Optional()])
    until = DateField(_("To"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = sorted(all_words().actions.items(), key=lambda item: item[0])
        self.action.choices = [("", _("every action")), *actions]

    def validate_since(self, field: DateField) -> None:
        """Check that the year has four digits and lies from 2000 to 2200."""
        if field.data and not date(2000, 1, 1) <= field.data <= date(2200, 1, 1):
            raise ValidationError(_("There is no such day."))

    validate_until = validate_since
