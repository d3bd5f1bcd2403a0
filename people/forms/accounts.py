"""Forms about signing in, and about who may."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from ground.forms import Form, SelectField

LONGEST_PASSWORD = 200


class SignInForm(Form):
    """Name and password, or card number and PIN."""

    username = StringField(_("Sign-in name or card number"), validators=[InputRequired(), Length(max=40)])
    password = PasswordField(_("Password or PIN"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)])


class FirstPasswordForm(Form):
    """A password of one's own in place of one that was given; the given one was typed a moment ago."""

    new = PasswordField(_("New password"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)])
    again = PasswordField(
        _("The same once more"), validators=[EqualTo("new", message=_("The two are not the same."))]
    )


class PasswordForm(FirstPasswordForm):
    """The present password and a new one."""

    password = PasswordField(
        _("Present password"), validators=[InputRequired(), Length(max=LONGEST_PASSWORD)]
    )


class RoleForm(Form):
    """A role at a place; the view says which of both may be given."""

    role = SelectField(_("Role"), validators=[InputRequired()])
    place = SelectField(_("Where"), coerce=int, validators=[InputRequired()])


class RosterForm(Form):
    """Who on the roster somebody is: 0 is nobody."""

    person = SelectField(_("On the roster as"), coerce=int, default=0)


class NewAccountForm(RoleForm, RosterForm):
    """A new sign-in with its first role."""

    name = StringField(_("Name"), validators=[InputRequired(), Length(max=200)])
    username = StringField(_("Sign-in name"), validators=[InputRequired(), Length(max=40)])


class FurtherRoleForm(RoleForm):
    """A role for somebody who has a sign-in elsewhere."""

    username = StringField(_("Their sign-in name, exactly"), validators=[InputRequired(), Length(max=40)])


class TakeRoleForm(Form):
    """Which of somebody's roles is taken back."""

    grant = IntegerField(validators=[InputRequired()])
