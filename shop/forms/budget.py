"""The forms of a year's budget and of the limit for write-offs."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ground.forms import Form, InWords, SelectField
from points.forms.fields import PointsField
from shop.forms.money import MoneyField


class LimitForm(Form):
    """The limit up to which one person alone writes off of an article in a day."""

    limit = PointsField(_("Points of an article in a day"), usual=1_000, validators=[InputRequired()])


class BudgetForm(Form):
    """The money that a village sets aside for its shop's goods in a year."""

    year = SelectField(_("Year"), coerce=int, validators=[InputRequired()])
    amount = MoneyField(_("Money in yuan"), usual=10_000_000, validators=[InputRequired(), Length(max=12)])
    decided_by = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])
