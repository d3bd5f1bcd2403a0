"""Pages about service records, the quarter, and the ledger book."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import ABOVE, Entry
from people.views import IN_GRIDS, ROSTER

bp = Blueprint("points", __name__)

WATCHING = frozenset(access.ONLOOKERS)
IN_THE_FIELD = WATCHING | {Role.INSTRUCTOR, Role.WORKER}

# What is written down in the grids has its rooms beside the services, for a worker beside what is to do.
RECORDS = ("points.due", "points.services")

# Who prints slips and keys them in.
KEYING_IN = frozenset(access.COMMITTEE | {Role.INSTRUCTOR})

NAVIGATION = [
    Entry("points.due", _("To do"), "calendar-check", frozenset({Role.WORKER})),
    Entry("points.mine", _("My points"), "heart", frozenset({Role.WORKER})),
    Entry("points.new_emergency", _("Urgent report"), "megaphone", frozenset({Role.WORKER})),
    Entry("points.front", _("This quarter"), "house", WATCHING),
    Entry("points.services", _("Services"), "journal-check", WATCHING | {Role.INSTRUCTOR}),
    Entry("points.due", _("Visits due"), "calendar-check", IN_GRIDS - {Role.WORKER}, under=RECORDS[1:]),
    Entry("points.gatherings", _("Gatherings"), "people-fill", IN_THE_FIELD, under=RECORDS),
    Entry("points.disputes", _("Disputes and mediation"), "chat-left-dots", IN_THE_FIELD, under=RECORDS),
    Entry("points.incidents", _("Hazards"), "cone-striped", IN_THE_FIELD, under=RECORDS),
    Entry(
        "points.area_disputes",
        _("Disputes and mediation"),
        "chat-left-dots",
        frozenset(access.ABOVE),
        ABOVE,
        ROSTER,
    ),
    Entry(
        "points.emergencies", _("Emergencies reported"), "megaphone", frozenset(access.ABOVE), ABOVE, ROSTER
    ),
    Entry("points.slips", _("Slips"), "receipt", KEYING_IN, under=RECORDS[1:]),
    Entry("points.samples", _("Samples"), "search", WATCHING, under=RECORDS[1:]),
    Entry("points.report", _("Figures"), "bar-chart", WATCHING | {Role.INSTRUCTOR}, under=RECORDS[1:]),
    Entry("points.quarters", _("Assessments"), "clipboard-data", WATCHING),
    Entry("points.accounts", _("Ledger book"), "book", WATCHING),
    Entry("points.expiry", _("Expiry"), "hourglass-split", WATCHING, under=("points.accounts",)),
    Entry("points.rubric", _("Rubric"), "list-check", WATCHING | {Role.INSTRUCTOR, Role.WORKER}),
    Entry("points.template", _("Rubric"), "list-check", frozenset(access.ABOVE), ABOVE, ROSTER),
    Entry("points.area_quarters", _("Assessments"), "clipboard-data", frozenset(access.ABOVE), ABOVE),
    Entry(
        "points.assessment_terms",
        _("Terms of the assessment"),
        "sliders",
        frozenset(access.ABOVE),
        ABOVE,
        ("points.area_quarters",),
    ),
    Entry("points.leaving", _("Leaving"), "box-arrow-right", WATCHING, under=ROSTER),
    Entry("points.duplicates", _("Duplicates"), "person-plus", WATCHING, under=ROSTER),
    Entry("points.area_duplicates", _("Duplicates"), "person-plus", frozenset(access.ABOVE), ABOVE, ROSTER),
]

# They register their routes.
from points.views import (
    book,
    corrections,
    disputes,
    duplicates,
    expiry,
    gatherings,
    incidents,
    leaving,
    lines,
    meeting,
    mine,
    new_services,
    notices,
    objections,
    oversight,
    proof,
    quarters,
    report,
    rubrics,
    samples,
    services,
    slips,
    visits,
    weighing,
)
