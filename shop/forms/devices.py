"""The form about devices."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ground.forms import Form


class DeviceForm(Form):
    """What people call a device."""

    name = StringField(_("What it is called"), validators=[InputRequired(), Length(max=100)])
