"""The lists of opening balances as they are taken out: the sheets, the lines of one, its objections."""

from decimal import Decimal

from flask_babel import lazy_gettext as _

from people.views.listing import Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts, labels
from points.models import OpeningAnswer
from points.openings import wording

SHEETS = Listing(
    _("Opening balances"),
    context_records("states"),
    (_("Sheet"), lambda state: state.sheet.number),
    (_("How many lines"), lambda state: len(state.lines)),
    (_("In points"), lambda state: amounts.as_number(state.total_tenths)),
    (_("State"), lambda state: wording.sheet_state(state)),
    (_("Imported at"), lambda state: state.sheet.brought_at),
    (_("Imported by"), lambda state: shown_name(state.sheet.brought_by)),
    (_("Taken back by"), lambda state: shown_name(state.sheet.withdrawn_by)),
    (_("Reason"), lambda state: shown_text(state.sheet.withdrawn_reason)),
)

LINES = Listing(
    _("Lines"),
    lambda context: ((each,) for each in context["state"].lines),
    (_("Line number"), lambda each: each.line.number),
    (_("Grid worker"), lambda each: shown_name(each.line.worker)),
    (_("Grid"), lambda each: each.line.grid),
    (_("In points"), lambda each: amounts.as_number(each.tenths)),
    (_("What it stands on"), lambda each: shown_text(each.line.basis)),
    (_("State"), lambda each: wording.line_state(each)),
    (_("Booked at"), lambda each: each.booking and each.booking.transfer.at),
)

NOTICES = Listing(
    _("Notices"),
    lambda context: ((notice,) for notice in context["state"].notices),
    (_("Number"), lambda notice: notice.code),
    (_("What hangs"), lambda notice: _("the whole sheet") if notice.number == 1 else _("changes")),
    (_("Posted on"), lambda notice: notice.posted_on),
    (_("Hangs until"), lambda notice: notice.ends_on),
)


def _right_points(answer: OpeningAnswer | None) -> Decimal | None:
    return None if answer is None or answer.right_tenths is None else amounts.as_number(answer.right_tenths)


OBJECTIONS = Listing(
    _("Objections"),
    context_records("objections"),
    (_("Number"), lambda objection: objection.code),
    (_("Grid worker"), lambda objection: shown_name(objection.line.worker)),
    (_("How"), lambda objection: labels.OBJECTION_CHANNELS[objection.channel]),
    (_("What was said"), lambda objection: shown_text(objection.text)),
    (_("Received"), lambda objection: objection.received_on),
    (_("Answer by"), lambda objection: objection.due_on),
    (_("The right points"), lambda objection: _right_points(objection.answer)),
    (_("The reason"), lambda objection: objection.answer and shown_text(objection.answer.reason)),
)
