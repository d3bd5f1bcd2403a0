"""The forms of the first day."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_wtf.file import FileField
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    PasswordField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from ground.forms import Form, OneTimeCodeField, Rows, SelectField
from ground.paper import words
from ground.refusal import Refused
from people import areas, labels
from people.forms.accounts import LONGEST_PASSWORD, NewPasswordForm
from people.forms.upkeep import PrintedAddressForm
from people.models import Area, Role
from people.signin import passwords
from setup.beginning import BESIDE_THE_CHAIR, FURTHER_IN_A_VILLAGE, NewSignIn, first_role
from shop.shelf.hours import Hours, Span

EXCEL = b"PK"  # how its files begin

# The rows of those who have to be named: of a village's, and of a township's.
ROWS_BESIDE = {role: labels.ROLES[role] for role in BESIDE_THE_CHAIR}
ROWS_BESIDE |= {Role.TOWNSHIP: _("Township office: a colleague, where a township begins")}
FURTHER_ROLES = [role for role in Role if role in {*FURTHER_IN_A_VILLAGE, Role.TOWNSHIP}]
FURTHER_ROWS = 4  # that stand below, and as many more at a press
MOST_FURTHER = 40


class SetupCodeForm(Form):
    """The code that `start` printed."""

    code = OneTimeCodeField(
        _("The code that was printed at the start"), validators=[InputRequired(), Length(max=40)]
    )


class DemoForm(Form):
    """The button that makes a demo."""


class SkipForm(Form):
    """The step of the first day that a place does without."""

    step = HiddenField()


class SignInRow(Rows):
    """Somebody beside whoever begins; both empty: nobody yet."""

    name = StringField(_("Name"), validators=[Length(max=200)])
    username = StringField(_("Sign-in name"), validators=[Length(max=40)])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that a row has both or none."""
        if super().validate(*args, **kwargs) and bool(self.name.data) != bool(self.username.data):
            self.username.errors = [_("Write down the name and the sign-in name.")]
        return not (self.name.errors or self.username.errors)


class FurtherRow(SignInRow):
    """Somebody else, of whatever role."""

    role = SelectField(_("Role"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(role.value, labels.ROLES[role]) for role in FURTHER_ROLES]
        self.role.choices = [("", _("Choose the role.")), *titles]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that whoever is named has a role."""
        if super().validate(*args, **kwargs) and self.name.data and not self.role.data:
            self.role.errors = [_("Choose the role.")]
        return not self.errors


class EndDemoForm(Form):
    """The button that puts the demo aside at the next start."""

    is_repeatable = True


class BeginForm(NewPasswordForm, PrintedAddressForm):
    """What a place begins with: its first sign-ins, the printed address, the shop's hours.

    `listed` is the list that was brought, as it goes through the page; empty for the one of the program.
    """

    most_further = MOST_FURTHER

    listed = HiddenField()
    file = FileField(_("Another county's list: code,level,name,parent_code"))
    use_list = SubmitField(_("Take this list"))
    place = SelectField(_("Which place begins"), validators=[InputRequired()])
    name = StringField(_("Your name"), validators=[InputRequired(), Length(max=200)])
    username = StringField(_("Your sign-in name"), validators=[InputRequired(), Length(max=40)])
    new = PasswordField(_("Your password"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)])
    beside = FieldList(FormField(SignInRow), min_entries=len(ROWS_BESIDE), max_entries=len(ROWS_BESIDE))
    further = FieldList(FormField(FurtherRow), min_entries=FURTHER_ROWS, max_entries=MOST_FURTHER)
    more = SubmitField(_("More rows"))
    weekdays = SelectMultipleField(_("The shop is open on"), coerce=int)
    opens = TimeField(_("Opens"), validators=[Optional()])
    closes = TimeField(_("Closes"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays.choices = [(number, words.weekday(number)) for number in range(1, 8)]

    def validate_weekdays(self, field: SelectMultipleField) -> None:
        """Check that days and times come together, and the times in their order."""
        opens, closes = self.opens.data, self.closes.data
        given = [bool(field.data), opens is not None, closes is not None]
        if any(given) and not all(given):
            raise ValidationError(_("Choose the days, and write from when until when."))
        try:
            if all(given):
                Span(opens, closes)
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal

    @property
    def hours(self) -> Hours | None:
        """The opening hours; None where none were written."""
        if not self.weekdays.data:
            return None
        return Hours(dict.fromkeys(self.weekdays.data, Span(self.opens.data, self.closes.data)))

    @property
    def rows_beside(self) -> list[tuple[Any, Any]]:
        """The rows of those who have to be named, each with its title."""
        return [*zip(ROWS_BESIDE.values(), self.beside, strict=True)]

    @property
    def has_further(self) -> bool:
        """Whether somebody stands in the rows below, or is to."""
        return self.wants_more or any(row.form.name.data or row.form.username.data for row in self.further)

    @property
    def wants_more(self) -> bool:
        """Whether it was sent for more rows alone."""
        return bool(self.is_submitted() and self.more.data)

    def add_rows(self) -> None:
        """Let more rows stand ready, as far as there is room."""
        for _row in range(min(FURTHER_ROWS, MOST_FURTHER - len(self.further))):
            self.further.append_entry()

    @property
    def has_new_list(self) -> bool:
        """Whether another list was chosen: then its places are shown before anything is done."""
        return bool(self.is_submitted() and (self.use_list.data or self.file.data))

    def read_list(self) -> list[Area]:
        """The places to choose from: of the list that is brought now, or before, or of the program's own.

        Refused as `areas.read_list`.
        """
        if self.has_new_list and self.file.data:
            content = brought = self.file.data.read()
        else:
            brought = _decoded(self.listed.data or "")
            content = brought or areas.COUNTY_FILE.read_bytes()
        if content.startswith(EXCEL):
            raise Refused("unreadable_file", _("This is an Excel file. Save it as CSV, and choose that."))
        listed = areas.read_list(content)
        if not listed:
            raise Refused("no_places", _("There is no place in this list."))
        self.listed.data = base64.b64encode(brought).decode()
        return listed

    def offer_places(self, listed: Sequence[Area]) -> None:
        """Offer the counties, townships and villages of a list, each below what it lies in."""
        by_code = sorted(listed, key=lambda area: area.code)
        places = [(area.code, place_label(area, listed)) for area in by_code]
        self.place.choices = [("", _("Choose the place.")), *places]

    def sign_ins(self, place: Area) -> tuple[NewSignIn, list[NewSignIn]]:
        """Who begins, with their own password, and who beside them is given one that opens once.

        Refused as `passwords.own_secret`.
        """
        secret = passwords.own_secret(self.new.data, self.username.data)
        own = NewSignIn(first_role(place), self.name.data, self.username.data, secret)
        named = [
            *zip(ROWS_BESIDE, self.beside, strict=True),
            *((row.form.role.data, row) for row in self.further),
        ]
        beside = [
            NewSignIn(
                Role(role),
                row.form.name.data,
                row.form.username.data,
                passwords.secret_of(passwords.new_password()),
            )
            for role, row in named
            if row.form.name.data
        ]
        return own, beside


def place_label(area: Area, listed: Sequence[Area]) -> str:
    """A place in the list of places: a county or township says how many villages begin with it."""
    if area.is_village:
        return f"{area.parent.name} · {area.name}" if area.parent else area.name
    count = sum(area.covers(other) for other in listed if other.is_village)
    return ngettext("%(name)s: %(num)s village", "%(name)s: all %(num)s villages", count, name=area.name)


def _decoded(listed: str) -> bytes:
    try:
        return base64.b64decode(listed, validate=True)
    except binascii.Error as error:
        raise Refused("unreadable_file", _("Choose the list again.")) from error
