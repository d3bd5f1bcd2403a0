"""Forms about service records."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from ground import days
from ground.forms import DayField, FiguresField, Form, KeyedForm, NumberField, SelectField
from points import labels
from points.forms.fields import PhotoField
from points.models import MANY_TIMES, Voucher
from points.services.recording import MOST_TIMES

NO_HOUSEHOLD = 0  # no household is chosen


class ServiceDetailsForm(KeyedForm):
    """The details of a service: its day, how often, and a note."""

    done_on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
    count = NumberField(
        _("How often"), usual=MANY_TIMES, default=1, validators=[InputRequired(), NumberRange(1, MOST_TIMES)]
    )
    note = TextAreaField(_("What was done"), validators=[Length(max=500)])


class ServiceForm(ServiceDetailsForm):
    """A new service: worker, item and details; maybe a household, a photo and a paper slip.

    Besides recording there are two buttons: to record and go on with one more like it, and to have another
    worker's households to choose from.
    """

    worker = SelectField(
        _("Grid worker"),
        coerce=int,
        validators=[InputRequired(), NumberRange(min=1, message=_("Choose whom it is about."))],
    )
    item = SelectField(
        _("Service"),
        coerce=int,
        validators=[InputRequired(), NumberRange(min=1, message=_("Choose what was done."))],
    )
    photo = PhotoField()
    household = SelectField(_("Household"), coerce=int, default=NO_HOUSEHOLD)
    slip = HiddenField(validators=[Length(max=20)])
    more = SubmitField(_("Record, and one more"))
    other_worker = SubmitField(_("Show this worker's households"))


class ActivityForm(ServiceDetailsForm):
    """An activity of many: its item and details, who was there, and maybe a photo.

    Who was there is ticked; a card that is scanned ticks its holder, a list of names those it means. That
    has a button of its own.
    """

    item = SelectField(
        _("Service"),
        coerce=int,
        validators=[InputRequired(), NumberRange(min=1, message=_("Choose what was done."))],
    )
    count = NumberField(
        _("How often each"),
        usual=MANY_TIMES,
        default=1,
        validators=[InputRequired(), NumberRange(1, MOST_TIMES)],
    )
    here = SelectMultipleField(_("Who was there"), coerce=int)
    scan = StringField(_("Card"), validators=[Length(max=200)])
    names = TextAreaField(_("A list of names"), validators=[Length(max=4000)])
    tick_names = SubmitField(_("Tick these names"))
    photo = PhotoField()

    @property
    def only_ticks(self) -> bool:
        """Whether a card or names were sent, to tick whom they mean, or their button was pressed."""
        return bool(self.scan.data or self.names.data or self.tick_names.data)

    def tick(self, ids: Iterable[int]) -> int:
        """Tick these workers too; return how many of them were not ticked before."""
        before = self.here.data or []
        new = [ident for ident in ids if ident not in before]
        self.here.data = [*before, *new]
        return len(new)


class ConfirmForm(Form):
    """The voucher of a record: on whose word it is confirmed.

    Without a name it is the second person's own word. Of who is in no file of the village, their own village
    and a telephone are asked for.
    """

    voucher = SelectField(
        _("On whose word"), choices=labels.VOUCHERS.items(), coerce=Voucher, default=Voucher.SECOND_PERSON
    )
    name = StringField(_("Their name"), validators=[Length(max=200)])
    from_village = StringField(_("Their village"), validators=[Length(max=100)])
    phone = FiguresField(_("Their telephone"), validators=[Length(max=20)])

    @property
    def word(self) -> tuple[Voucher, str, str, str]:
        """On whose word, as the verb takes it."""
        return self.voucher.data, self.name.data, self.from_village.data, self.phone.data


class TogetherForm(KeyedForm):
    """The records that are ticked to be confirmed together, by their ids."""

    service = SelectMultipleField(coerce=int, validate_choice=False)
