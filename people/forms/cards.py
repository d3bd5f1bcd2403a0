"""Forms by which a card comes in: the scanner gun, the keyboard, a photo."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired, Length

from ground.forms import FiguresField, Form


class ScanForm(Form):
    """The text from the scanner gun, or a number typed by hand."""

    is_repeatable = True

    scan = FiguresField(
        _("Card"), validators=[InputRequired(_("Scan a card or type its number.")), Length(max=200)]
    )


class PhotoForm(Form):
    """A photo with a card on it."""

    is_repeatable = True

    photo = FileField(
        _("Photo of the card"), validators=[FileRequired(_("Take or choose a photo of the card first."))]
    )
