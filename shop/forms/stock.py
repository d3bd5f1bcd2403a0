"""Forms about what comes in and goes out beside the desk."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from ground import days
from ground.forms import DayField, DaysForm, InWords, KeyedForm, NumberField, SelectField
from shop.forms.money import MoneyField
from shop.labels import SOURCES_TO_TAKE_IN, VOUCHERS
from shop.models import Shop, Source
from shop.stock.lots import MANY_UNITS
from shop.vouchers.voucher import VoucherKind


class ReceiveForm(KeyedForm):
    """A lot that comes in."""

    quantity = NumberField(_("How many"), usual=MANY_UNITS, validators=[InputRequired()])
    source = SelectField(_("Where from"), choices=SOURCES_TO_TAKE_IN.items(), coerce=Source)
    donor = StringField(_("Who gave it"), validators=[Length(max=100)])
    unit_cost = MoneyField(_("Cost of one unit in yuan"), usual=50_000, validators=[Length(max=12)])
    best_before = DayField(_("Best before"), days.GOOD_UNTIL, validators=[Optional()])


class OutForm(KeyedForm):
    """Units of a lot that leave beside the desk, and why."""

    quantity = NumberField(_("How many"), usual=MANY_UNITS, validators=[InputRequired()])
    reason = StringField(_("Reason"), validators=[InWords(), Length(max=200)])


class SendForm(KeyedForm):
    """Units of a lot for another shop."""

    to_shop = SelectField(_("To which shop"), coerce=int, validators=[InputRequired()])
    quantity = NumberField(_("How many"), usual=MANY_UNITS, validators=[InputRequired()])
    note = StringField(_("Note"), validators=[Length(max=200)])

    def offer_shops(self, shops: Iterable[Shop]) -> None:
        """Offer these shops to choose from."""
        self.to_shop.choices = [(shop.id, shop.name) for shop in shops]


class VouchersForm(DaysForm):
    """The days of which vouchers are looked for, and their kind; empty for all of them."""

    kind = SelectField(
        _("Kind"),
        choices=[
            ("", _("all")),
            *((kind, title) for kind, title in VOUCHERS.items() if kind != VoucherKind.RECEIPT),
        ],
        default="",
        validators=[Optional()],
    )
