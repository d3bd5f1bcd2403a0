"""The form of the printed address."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from ground.computer.settings import is_public_url
from ground.forms import Form, SelectField

# Where the codes on papers lead.
HERE, NETWORK, ADDRESS = "here", "network", "address"


class PrintedAddressForm(Form):
    """Where the codes on papers lead: to this computer, also over its network, or to an own address."""

    printed = SelectField(_("Where the codes on papers lead"), default=HERE)
    address = StringField(_("The address"), validators=[Length(max=200)])

    def offer(self, network_url: str | None) -> None:
        """Offer the choices; the network's only where there is one."""
        choices: list[tuple[str, Any]] = [(HERE, _("to this computer alone: they are printed as samples"))]
        if network_url:
            text = _("to this computer, for phones on the same network too: %(address)s", address=network_url)
            choices.append((NETWORK, text))
        self.printed.choices = [*choices, (ADDRESS, _("to the address that I write here"))]

    def validate_address(self, field: StringField) -> None:
        """Check that there is an address where one is to be printed, and else none but that of before."""
        field.data = (field.data or "").strip().rstrip("/")
        if self.printed.data != ADDRESS and field.data not in ("", field.object_data):
            raise ValidationError(_("Choose that the papers lead to this address, or leave it empty."))
        if self.printed.data == ADDRESS and not is_public_url(field.data):
            raise ValidationError(_("Write it like https://aixin.example."))
