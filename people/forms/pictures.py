"""The field for a picture, which is ready for the view before anything is written; the form of a portrait."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import ValidationError

from ground.forms import Form
from ground.pictures import Jpeg
from ground.refusal import Refused
from people.roster import portraits


class PictureField(FileField):
    """A picture that was sent; `picture` is what was made of it, or None.

    It is made while the form is checked, so that nobody waits for it in a write. What is no picture is said
    beside the field.
    """

    picture: Any = None  # a Jpeg, if one was sent

    def __init__(self, label: Any, make_picture: Callable[[bytes], Jpeg], **options: Any) -> None:
        super().__init__(label, **options)
        self._make = make_picture

    def pre_validate(self, form: Any) -> None:
        """Make the picture, or say why there is none."""
        if not self.data:
            return
        try:
            self.picture = self._make(self.data.read())
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal


class PortraitForm(Form):
    """A photo as a phone or a scanner makes it."""

    photo = PictureField(
        _("Photo"), portraits.make, validators=[FileRequired(_("Take or choose a photo first."))]
    )
