"""Forms about purchases: what was asked for in vain, what is to be bought, which delivery brought it."""

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, StringField
from wtforms.validators import InputRequired, Length

from ground.figures import narrow
from ground.forms import Form, KeyedForm, SelectField
from shop.forms.articles import ArticleRow, ArticlesForm
from shop.purchases.requests import LONGEST_NOTE
from shop.purchases.wishes import LONGEST_WISH


class WishForm(KeyedForm):
    """What is missing, in words."""

    text = StringField(_("What is missing"), validators=[InputRequired(), Length(max=LONGEST_WISH)])


class TapForm(KeyedForm):
    """That an article of which none is left was asked for at the desk."""


class PurchaseRow(ArticleRow):
    """Something to be bought; without a number, or with 0, it is not."""

    @property
    def is_blank(self) -> bool:
        """Whether none of it is to be bought."""
        return all(narrow(str(typed)) in ("", "0") for typed in self.quantity.raw_data or ())


class PurchaseForm(ArticlesForm):
    """What is to be bought, and why."""

    lines = FieldList(FormField(PurchaseRow))
    note = StringField(_("Note"), validators=[Length(max=LONGEST_NOTE)])


class LinkForm(Form):
    """Which delivery brought what was asked for."""

    delivery = SelectField(_("Delivery"), coerce=int, validators=[InputRequired()])
