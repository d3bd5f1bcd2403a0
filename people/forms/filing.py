"""Forms about files that an office brings."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from ground.forms import Form


class ImportForm(Form):
    """A file to try out."""

    file = FileField(_("Excel or CSV file"), validators=[FileRequired(_("Choose a file first."))])


class ConfirmImportForm(Form):
    """The confirmation that what the dry run showed shall be done; `sure` of what it asks about."""

    fingerprint = HiddenField(validators=[InputRequired()])
    hidden = HiddenField()
    sure = BooleanField()
