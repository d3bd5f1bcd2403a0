"""How often a village hangs up its five openings."""

from flask_babel import lazy_gettext as _
from wtforms.validators import InputRequired

from ground.forms import Form, SelectField

QUARTERLY, MONTHLY = "quarter", "month"


class IntervalForm(Form):
    """Each quarter, or each month."""

    interval = SelectField(
        _("How often they hang"),
        choices=[(QUARTERLY, _("each quarter")), (MONTHLY, _("each month"))],
        validators=[InputRequired()],
    )

    @property
    def is_monthly(self) -> bool:
        """Whether each month was chosen."""
        return bool(self.interval.data == MONTHLY)
