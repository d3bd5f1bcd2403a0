"""Forms about articles."""

import re

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from people.forms import Form
from points.forms import PointsField


class GoodsForm(Form):
    """An article for the shelf."""

    name = StringField(_("What it is"), validators=[InputRequired(), Length(max=200)])
    unit = StringField(_("Unit"), validators=[InputRequired(), Length(max=20)])
    price = PointsField(_("Price in points"), validators=[InputRequired(), Length(max=12)])
    barcode = StringField(
        _("Barcode"), validators=[Length(max=13)], filters=[lambda text: re.sub(r"[\s-]", "", text or "")]
    )
