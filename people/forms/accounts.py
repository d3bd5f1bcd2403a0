"""Forms about signing in, and about who may."""

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from people.forms import Form


class SignInForm(Form):
    """Name and password."""

    username = StringField(_("Sign-in name"), validators=[InputRequired(), Length(max=40)])
    password = PasswordField(_("Password"), validators=[InputRequired(), Length(max=200)])
