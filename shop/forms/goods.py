"""Forms about articles: their description, price, codes and picture."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from ground import clock, days
from ground.forms import DayField, FiguresField, Form, NumberField
from people.forms.pictures import PictureField
from points.forms.fields import PointsField
from shop.shelf import pictures


class GoodsForm(Form):
    """The words and figures that describe an article."""

    name = StringField(_("What it is"), validators=[InputRequired(), Length(max=200)])
    spec = StringField(_("Specification"), validators=[Length(max=100)])
    unit = StringField(_("Unit"), validators=[InputRequired(), Length(max=20)])
    category = StringField(_("Category"), validators=[Length(max=40)])
    quota = NumberField(_("Limit for each person and quarter"), validators=[Optional()])
    low_at = NumberField(_("Low at"), validators=[Optional()])


class NewGoodsForm(GoodsForm):
    """A new article for the shelf."""

    price = PointsField(_("Price in points"), validators=[InputRequired(), Length(max=12)])
    barcode = FiguresField(_("Barcode"), validators=[Length(max=40)])


class PriceForm(Form):
    """A new price of an article, from a day on."""

    price = PointsField(_("New price in points"), validators=[InputRequired(), Length(max=12)])
    holds_from = DayField(
        _("Holds from"), days.FROM_NOW_ON, default=clock.today, validators=[InputRequired()]
    )


class CodeForm(Form):
    """One more code of an article."""

    barcode = FiguresField(
        _("Barcode"), validators=[InputRequired(_("Scan the barcode or type it.")), Length(max=40)]
    )


class PictureForm(Form):
    """A picture of an article."""

    photo = PictureField(
        _("Picture"), pictures.make, validators=[FileRequired(_("Take or choose a picture first."))]
    )
