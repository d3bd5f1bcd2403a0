"""The photo of a person."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from ground.forms import Form


class PortraitForm(Form):
    """A photo as a phone or a scanner makes it."""

    photo = FileField(_("Photo"), validators=[FileRequired(_("Take or choose a photo first."))])
