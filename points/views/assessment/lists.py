"""The lists of quarters, of a quarter's sheet, and of villages beside each other, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts, labels
from points.assessment.sheet import SheetRow
from points.models import Category

QUARTERS = Listing(
    _("Assessments"),
    context_records("listed"),
    (_("Quarter"), lambda assessment: assessment.quarter_name),
    (_("State"), lambda assessment: labels.ASSESSMENT_STATES[assessment.state]),
    (_("Booked at"), lambda assessment: assessment.booked_at),
    (_("Booked by"), lambda assessment: shown_name(assessment.booked_by)),
)


def _lines(context: Context) -> Iterator[tuple[int, SheetRow, str]]:
    """The lines with what the meeting said to them."""
    for number, row in enumerate(context["rows"], 1):
        notes = context["line_notes"].get(row.worker.id)
        adjustments = notes.standing_adjustments if notes else ()
        reasons = "；".join(
            f"{amounts.signed(each.amount)} {shown_text(each.reason)}" for each in adjustments
        )
        yield number, row, reasons


def _category(category: Category) -> Any:
    return lambda number, row, reasons: amounts.as_number(row.cells[category].capped)


SHEET = Listing(
    _("Assessment sheet"),
    _lines,
    (_("Line number"), lambda number, row, reasons: number),
    (_("Grid"), lambda number, row, reasons: row.grid.name),
    (_("Grid worker"), lambda number, row, reasons: shown_name(row.worker)),
    *((labels.DUTIES[category], _category(category)) for category in Category),
    (_("Deductions"), lambda number, row, reasons: amounts.as_number(row.deductions)),
    (_("Adjustments"), lambda number, row, reasons: amounts.as_number(row.adjustments)),
    (_("Up to 0"), lambda number, row, reasons: amounts.as_number(row.waived)),
    (_("Total"), lambda number, row, reasons: amounts.as_number(row.total)),
    (_("Why adjusted"), lambda number, row, reasons: reasons),
)

NOTICES = Listing(
    _("Notices"),
    lambda context: ((notice,) for notice in context["wall"].notices),
    (_("Number"), lambda notice: notice.number),
    (_("What hangs"), lambda notice: _("the whole sheet") if notice.whole else _("changes")),
    (_("Posted on"), lambda notice: notice.posted_on),
    (_("Hangs until"), lambda notice: notice.ends_on),
)


def _answer(objection: Any) -> Any:
    if objection.answer is None:
        return _("waits for its answer")
    return _("found right") if objection.answer.accepted else _("objection rejected")


OBJECTIONS = Listing(
    _("Objections"),
    lambda context: ((objection,) for objection in context["wall"].objections),
    (_("Number"), lambda objection: objection.code),
    (_("Line"), lambda objection: shown_name(objection.worker)),
    (_("How"), lambda objection: labels.OBJECTION_CHANNELS[objection.channel]),
    (_("Received"), lambda objection: objection.received_on),
    (_("Answer by"), lambda objection: objection.due_on),
    (_("State"), _answer),
)


def _signs(figures: Any) -> str:
    return "；".join(str(labels.REVIEW_SIGNS[sign]) for sign in figures.signs)


def _posted(value: Any) -> Any:
    """A figure of a posted sheet; before there is one, nothing."""
    return lambda figures: None if figures.total is None else value(figures)


AREA_QUARTER = Listing(
    _("Assessments of the villages"),
    context_records("figures"),
    (_("Code"), lambda figures: figures.progress.village.code),
    (_("Village or community"), lambda figures: figures.progress.village.name),
    (_("State"), lambda figures: labels.state_of(figures.progress.assessment)),
    (_("Late"), lambda figures: figures.progress.is_late),
    (_("Workers"), _posted(lambda figures: figures.workers)),
    (_("Total"), _posted(lambda figures: amounts.as_number(figures.total))),
    (
        _("Last quarter's total"),
        lambda figures: None if figures.last_total is None else amounts.as_number(figures.last_total),
    ),
    (_("Against last quarter %"), lambda figures: figures.change_percent),
    (_("Largest duty"), lambda figures: figures.category and labels.DUTIES[figures.category]),
    (_("Its share %"), _posted(lambda figures: figures.category_share)),
    (_("Adjusted %"), _posted(lambda figures: figures.adjusted_share)),
    (_("Who confirmed most"), lambda figures: figures.confirmer),
    (_("Confirmed by one %"), lambda figures: figures.confirmer and figures.confirmer_share),
    (_("Objections open"), lambda figures: figures.progress.open_objections),
    (_("Answers overdue"), lambda figures: figures.progress.overdue_objections),
    (_("Worth a look"), _signs),
)
