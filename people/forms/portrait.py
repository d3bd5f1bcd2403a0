"""The photo of a person."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileRequired

from ground.forms import Form
from people.forms.pictures import PictureField
from people.roster import portraits


class PortraitForm(Form):
    """A photo as a phone or a scanner makes it."""

    photo = PictureField(
        _("Photo"), portraits.make, validators=[FileRequired(_("Take or choose a photo first."))]
    )
