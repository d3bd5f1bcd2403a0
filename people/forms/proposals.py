"""The form with which a second person agrees."""

from wtforms import HiddenField

from ground.forms import Form


class AgreeForm(Form):
    """Agreeing to a proposal; `despite` is the code of a refusal that they know, by its tick."""

    despite = HiddenField()
