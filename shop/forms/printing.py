"""The form about how receipts are printed."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from ground.forms import FiguresField, Form, SelectField
from shop import labels
from shop.models import ReceiptPrinter, Shop
from shop.shelf.printing import Printing

BROWSER = ""


class PrintingForm(Form):
    """Paper, printer, and whether the desk prints by itself."""

    paper = SelectField(
        _("Paper of the receipts"), choices=[("", _("Choose each time")), *labels.PAPERS.items()]
    )
    printer = RadioField(
        _("What prints"),
        choices=[
            SelectChoice(BROWSER, _("The browser, on the printer of this computer")),
            *(SelectChoice(kind.value, text) for kind, text in labels.PRINTERS.items()),
        ],
        default=BROWSER,
    )
    address = FiguresField(_("Address of the network printer"), validators=[Length(max=40)])
    by_itself = BooleanField(_("The desk prints each receipt by itself"))

    @classmethod
    def of_shop(cls, shop: Shop | None) -> "PrintingForm":
        """The form as the shop decided, or as it was sent."""
        if shop is None:
            return cls()
        return cls(
            paper=shop.paper or "",
            printer=shop.printer or BROWSER,
            address=shop.printer_address,
            by_itself=shop.prints_itself,
        )

    @property
    def printing(self) -> Printing:
        """What was chosen."""
        return Printing(
            self.paper.data or None,
            ReceiptPrinter(self.printer.data) if self.printer.data else None,
            self.address.data,
            self.by_itself.data,
        )
