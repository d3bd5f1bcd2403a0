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

FAR_TIMES = 3  # a price so many times another is far from it


class GoodsForm(Form):
    """The words and figures that describe an article."""

    name = StringField(_("What it is"), validators=[InputRequired(), Length(max=200)])
    spec = StringField(_("Specification"), validators=[Length(max=100)])
    unit = StringField(_("Unit"), validators=[InputRequired(), Length(max=20)])
    category = StringField(_("Category"), validators=[Length(max=40)])
    quota = NumberField(_("Limit for each person and quarter"), usual=200, validators=[Optional()])
    low_at = NumberField(_("Low at"), usual=500, validators=[Optional()])


class NewGoodsForm(GoodsForm):
    """A new article for the shelf."""

    price = PointsField(_("Price in points"), usual=2_000, validators=[InputRequired(), Length(max=12)])
    barcode = FiguresField(_("Barcode"), validators=[Length(max=60)])


class PriceField(PointsField):
    """A price that takes the place of another; three times that, or a third, is asked about."""

    before: int | None = None  # tenths of a point

    def is_usual(self) -> bool:
        """Whether it is near the price before, and no more than an article usually costs."""
        if self.before is None:
            return super().is_usual()
        return self.before < FAR_TIMES * self.tenths < FAR_TIMES**2 * self.before


class PriceForm(Form):
    """A new price of an article, from a day on."""

    price = PriceField(_("New price in points"), usual=2_000, validators=[InputRequired(), Length(max=12)])
    holds_from = DayField(
        _("Holds from"), days.FROM_NOW_ON, default=clock.today, validators=[InputRequired()]
    )


class CodeForm(Form):
    """One more code of an article."""

    barcode = FiguresField(
        _("Barcode"), validators=[InputRequired(_("Scan the barcode or type it.")), Length(max=60)]
    )


class PictureForm(Form):
    """A picture of an article."""

    photo = PictureField(
        _("Picture"), pictures.make, validators=[FileRequired(_("Take or choose a picture first."))]
    )
