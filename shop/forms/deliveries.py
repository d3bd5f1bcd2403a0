"""The form of a delivery: where it came from, and a row for each of its lines."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, StringField
from wtforms.validators import InputRequired, Length, Optional

from ground import clock, days
from ground.forms import DayField, SelectField
from shop.forms.articles import ArticleRow, ArticlesForm
from shop.labels import SOURCES_TO_TAKE_IN
from shop.models import Source
from shop.stock.deliveries import LONGEST_INVOICE_NUMBER, LONGEST_NAME, Origin


class DeliveryRow(ArticleRow):
    """A line of a delivery."""

    best_before = DayField(_("Best before"), days.GOOD_UNTIL, validators=[Optional()])

    quantity_missing = _("How many came in?")


class DeliveryForm(ArticlesForm):
    """A delivery: its head, and its rows."""

    source = SelectField(_("Where from"), choices=SOURCES_TO_TAKE_IN.items(), coerce=Source)
    from_whom = StringField(_("Supplier or donor"), validators=[Length(max=LONGEST_NAME)])
    invoice_number = StringField(_("Invoice number"), validators=[Length(max=LONGEST_INVOICE_NUMBER)])
    shares_invoice = BooleanField(_("This is another delivery on the same invoice"))
    received_on = DayField(_("Received on"), days.HAPPENED, default=clock.today, validators=[InputRequired()])
    lines = FieldList(FormField(DeliveryRow))

    @property
    def origin(self) -> Origin:
        """What the head says."""
        return Origin(
            self.source.data,
            self.from_whom.data,
            self.invoice_number.data,
            self.received_on.data,
            self.shares_invoice.data,
        )

    marked = _("Something in the rows cannot be taken in; it is marked there. Nothing came in yet.")
