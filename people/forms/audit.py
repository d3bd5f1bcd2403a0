"""The form that searches the trail."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SearchField
from wtforms.validators import Length

from ground.forms import DaysForm, SelectField
from people.trail.words import all_words


class SearchForm(DaysForm):
    """What to look for in the trail; it stands in the address, so a search can be kept and sent on."""

    q = SearchField(_("Name, sign-in name or action"), validators=[Length(max=100)])
    action = SelectField(_("Action"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = sorted(all_words().actions.items(), key=lambda item: item[0])
        self.action.choices = [("", _("every action")), *actions]
