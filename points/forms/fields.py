"""Fields that several forms have: points as people write them, and a photo."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import ValidationError

from ground.forms import AskingField, FigureInput, FiguresField, ask_about_figure
from ground.refusal import Refused
from people.forms.pictures import PictureField
from points import amounts
from points.services import photos


class PointsField(AskingField, FiguresField):
    """Points as people write them; `tenths` holds what was read, and more than `usual` is asked about.

    `usual` in tenths, either way; None where all points that its rule lets through can be meant.
    """

    widget = FigureInput()
    tenths: int = 0

    def __init__(self, label: Any, usual: int | None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.usual = usual

    @property
    def tick_value(self) -> str:
        """The points that were typed, as the tick names them."""
        return amounts.show(self.tenths)

    def is_usual(self) -> bool:
        """Whether so many points are usual here."""
        return self.usual is None or abs(self.tenths) <= self.usual

    def pre_validate(self, form: Any) -> None:
        """Read the points, or say what is wrong with them; ask about what is unusual."""
        try:
            self.tenths = amounts.parse(self.data or "")
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal
        if not self.is_usual():
            ask_about_figure(self, amounts.show(self.tenths), abs(self.tenths) // 10)


class MeantField(HiddenField):
    """The tenths that were asked about once more; sent again as they are, they are meant."""

    def ask_about(self, tenths: int) -> None:
        """Let the form be sent once more with these points."""
        self.data = str(tenths)

    def is_confirmed_for(self, tenths: int) -> bool:
        """Whether these points were asked about already."""
        return self.data == str(tenths)


class PhotoField(PictureField):
    """An optional photo, taken with the phone's camera; the page's form is sent as multipart."""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(
            label or _("Photo"),
            photos.make,
            description=_("Only if it helps; nobody has to. Where it was taken is not kept."),
            render_kw={
                "accept": "image/*",
                "capture": "environment",
                "data-longest": photos.LONGEST_SIDES_PIXELS[
                    0
                ],  # static/aixin.js makes it as small as it will be kept
            },
            **options,
        )
