"""Forms about sign-ins, passwords and roles."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from ground.forms import FiguresField, Form, NumberField, OneTimeCodeField, SelectField
from people.signin import passwords

LONGEST_PASSWORD = 200


class SignInForm(Form):
    """Name and password, or card number and PIN; `kept` is a form that could not be sent, or empty."""

    keeps_text = False

    username = StringField(_("Sign-in name or card number"), validators=[InputRequired(), Length(max=40)])
    password = PasswordField(_("Password or PIN"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)])
    kept = HiddenField()


class OneTimeCodeForm(Form):
    """The code that is asked after the password; `kept` as above."""

    code = OneTimeCodeField(_("The code of the telephone"), validators=[InputRequired(), Length(max=40)])
    kept = HiddenField()


class SecondFactorForm(Form):
    """A new second factor: one's password, and the first code of the telephone. `nonce` made the secret."""

    nonce = HiddenField()
    code = OneTimeCodeField(_("The code that it shows now"), validators=[InputRequired(), Length(max=40)])
    password = PasswordField(
        _("Present password"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)]
    )


class NewPasswordForm(Form):
    """A new password of one's own, typed twice."""

    new = PasswordField(_("New password"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)])
    again = PasswordField(_("The same once more"))

    def validate_again(self, field: PasswordField) -> None:
        """Check that the same was typed twice; the width of a PIN's digits does not count."""
        if passwords.plain_digits(field.data or "") != passwords.plain_digits(self.new.data or ""):
            raise ValidationError(_("The two are not the same."))


class FirstPasswordForm(NewPasswordForm):
    """A new password in place of a given one, which was typed a moment ago; `kept` as above."""

    kept = HiddenField()


class PasswordForm(FirstPasswordForm):
    """The present password and a new one."""

    password = PasswordField(
        _("Present password"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)]
    )


class RoleForm(Form):
    """A role at a place; the view sets which roles and places may be given."""

    role = SelectField(_("Role"), validators=[InputRequired()])
    place = SelectField(_("Where"), coerce=int, validators=[InputRequired()])


class RosterForm(Form):
    """Who a sign-in is: a person on the roster (0 is nobody), or somebody by their unit; the telephone."""

    person = SelectField(_("On the roster as"), coerce=int, default=0)
    unit = StringField(_("Unit, if not on the roster"), validators=[Length(max=200)])
    phone = FiguresField(_("Own mobile telephone"), validators=[Length(max=20)])


class NewAccountForm(RoleForm, RosterForm):
    """A new sign-in with its first role."""

    name = StringField(_("Name"), validators=[InputRequired(), Length(max=200)])
    username = StringField(_("Sign-in name"), validators=[InputRequired(), Length(max=40)])
    is_another = BooleanField(_("It is somebody else, or a second sign-in is meant"))

    def validate_unit(self, field: StringField) -> None:
        """Check that somebody who is not on the roster is named by their unit too."""
        if not self.person.data and not (field.data or "").strip():
            raise ValidationError(_("Write down the office or agency that they belong to."))


class FurtherRoleForm(RoleForm):
    """A role for somebody who has a sign-in already."""

    username = StringField(_("Their sign-in name, exactly"), validators=[InputRequired(), Length(max=40)])


class PinsForm(Form):
    """The workers who are ticked to be given a PIN, by their ids."""

    person = SelectMultipleField(coerce=int, validate_choice=False)


class GrantForm(Form):
    """The role of somebody that is confirmed or taken back."""

    grant = NumberField("", usual=None, validators=[InputRequired()])
