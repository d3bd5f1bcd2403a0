"""The form about devices."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ground.forms import Form


class DeviceForm(Form):
    """The name of a device."""

    name = StringField(_("What it is called"), validators=[InputRequired(), Length(max=100)])
