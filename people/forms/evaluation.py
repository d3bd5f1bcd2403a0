"""The form of the two-way evaluation, short enough for a phone."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from ground.forms import Form
from people.conduct.evaluations import Grades

GRADES = {4: _("Very good"), 3: _("Good"), 2: _("Passable"), 1: _("Poor")}

# The three questions, by the name of the grade.
QUESTIONS = {
    "diligence": _("Does the duty faithfully"),
    "skill": _("Knows how"),
    "manner": _("Is good with people"),
}


def _grade_field(question: str) -> RadioField:
    choices = [SelectChoice(grade, word) for grade, word in GRADES.items()]
    needed = InputRequired(_("Choose one of the four."))
    return RadioField(QUESTIONS[question], choices=choices, coerce=int, validators=[needed])


class EvaluationForm(Form):
    """Three grades, and a remark if there is one."""

    diligence = _grade_field("diligence")
    skill = _grade_field("skill")
    manner = _grade_field("manner")
    remark = TextAreaField(_("Anything else"), validators=[Length(max=500)])

    @property
    def grades(self) -> Grades:
        """The grades that were chosen."""
        return Grades(self.diligence.data, self.skill.data, self.manner.data)
