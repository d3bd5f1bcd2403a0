"""Forms of the quarterly return."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length

from ground.forms import InWords, KeyedForm


class ReturnForm(KeyedForm):
    """Send a quarter's return for the first time."""


class CorrectedReturnForm(ReturnForm):
    """Send it once more, and say why."""

    reason = StringField(_("Why it is corrected"), validators=[InWords(), Length(max=200)])
