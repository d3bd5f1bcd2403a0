"""Forms about rubrics: a decision, and items line by line; a line without a name is left out."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from ground import days
from ground.forms import DayField, Form, InWords, NumberField, Rows, SelectField
from people.forms.filing import ImportForm
from points import amounts, labels
from points.forms.fields import PointsField
from points.models import Category, FedBy, RubricItem
from points.rubrics.template import MOST_ITEMS, Limits, NewItem

# Free lines below those that are filled in: a county writes a whole template, a village an item or two.
FREE_LINES = 5
FREE_LINES_OF_VILLAGE = 1


class OptionalPointsField(PointsField):
    """Points, or nothing where none are typed."""

    def pre_validate(self, form: Any) -> None:
        """Read the points if there are any."""
        if (self.data or "").strip():
            super().pre_validate(form)


class ItemLine(Rows):
    """One item of a rubric: its service, its unit, and what it is worth."""

    category = SelectField(_("Duty"), choices=labels.DUTIES.items(), default=Category.SERVICE)
    name = StringField(_("Service"), validators=[Length(max=100)])
    unit = StringField(_("Unit"), validators=[Length(max=20)])
    points = OptionalPointsField(_("Points"), usual=1_000, validators=[Length(max=12)])
    cap = OptionalPointsField(_("At most a quarter"), usual=5_000, validators=[Length(max=12)])
    evidence = StringField(_("Shown by"), validators=[Length(max=200)])
    source = SelectField(_("Fed by"), choices=labels.FED_BY.items(), default=FedBy.CLAIM)

    def validate_points(self, field: PointsField) -> None:
        """An item with a name has points and a unit."""
        if self.is_filled and not field.data:
            raise ValidationError(_("Say how many points."))

    def validate_unit(self, field: StringField) -> None:
        """An item with a name has points and a unit."""
        if self.is_filled and not (field.data or "").strip():
            raise ValidationError(_("Say the unit."))

    @property
    def is_filled(self) -> bool:
        """Whether this line has a name."""
        return bool((self.name.data or "").strip())

    @property
    def item(self) -> NewItem:
        """The item as the verbs take it."""
        return NewItem(
            category=Category(self.category.data),
            name=self.name.data.strip(),
            unit=self.unit.data.strip(),
            points=self.points.tenths,
            cap=self.cap.tenths if (self.cap.data or "").strip() else None,
            evidence=(self.evidence.data or "").strip(),
            source=FedBy(self.source.data),
        )


class AdoptForm(Form):
    """A village's decision to adopt the county's rubric, with items of its own."""

    in_force_from = DayField(_("In force from"), days.DECIDED, validators=[InputRequired()])
    approved_by = StringField(_("Approved by"), validators=[InWords(), Length(max=100)])
    lines = FieldList(FormField(ItemLine), max_entries=MOST_ITEMS)

    @property
    def items(self) -> list[NewItem]:
        """The items of the lines that are filled in."""
        return [line.form.item for line in self.lines if line.form.is_filled]

    def fill(self, items: Iterable[NewItem | RubricItem], free: int = FREE_LINES) -> None:
        """Show these items and some free lines."""
        for item in items:
            self.lines.append_entry(_item_text(item))
        self.add_lines(free)

    def add_lines(self, free: int = FREE_LINES) -> None:
        """Add free lines, up to the most that a form has."""
        for _number in range(min(free, MOST_ITEMS - len(self.lines))):
            self.lines.append_entry()


class PublishForm(AdoptForm):
    """A county's template: its items, and what villages may add."""

    most_bonuses = NumberField(_("Bonus items a village may add"), usual=20, validators=[NumberRange(0, 50)])
    most_deductions = NumberField(
        _("Deduction items a village may add"), usual=20, validators=[NumberRange(0, 50)]
    )
    most_points = PointsField(_("Points of such an item at most"), usual=1_000, validators=[Length(max=12)])

    @property
    def limits(self) -> Limits:
        """What a village may add."""
        return Limits(self.most_bonuses.data, self.most_deductions.data, self.most_points.tenths)


class RubricFileForm(ImportForm):
    """A rubric as a file, whose items the form of the decision then shows; nothing is written."""

    is_repeatable = True


def _item_text(item: NewItem | RubricItem) -> dict[str, Any]:
    return {
        "category": str(item.category),
        "name": item.name,
        "unit": item.unit,
        "points": amounts.show(item.points),
        "cap": amounts.show(item.cap) if item.cap else "",
        "evidence": item.evidence,
        "source": str(item.source),
    }
