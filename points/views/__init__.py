"""Pages about points, a package for each room, each with its blueprint."""

from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import ABOVE, Entry
from people.views import IN_GRIDS, ROSTER

WATCHING = frozenset(access.ONLOOKERS)
IN_THE_FIELD = WATCHING | {Role.INSTRUCTOR, Role.WORKER}

# What is written down in the grids has its rooms beside the services, for a worker beside what is to do.
RECORDS = ("duties.due", "services.services")

# Who prints slips and keys them in.
KEYING_IN = frozenset(access.COMMITTEE | {Role.INSTRUCTOR})

NAVIGATION = [
    Entry("duties.due", _("To do"), "calendar-check", frozenset({Role.WORKER})),
    Entry("ledger.mine", _("My points"), "heart", frozenset({Role.WORKER})),
    Entry("duties.new_emergency", _("Urgent report"), "megaphone", frozenset({Role.WORKER})),
    Entry("assessment.front", _("This quarter"), "house", WATCHING),
    Entry("services.services", _("Services"), "journal-check", WATCHING | {Role.INSTRUCTOR}),
    Entry("duties.due", _("Visits due"), "calendar-check", IN_GRIDS - {Role.WORKER}, under=RECORDS[1:]),
    Entry("duties.gatherings", _("Gatherings"), "people-fill", IN_THE_FIELD, under=RECORDS),
    Entry("duties.disputes", _("Disputes and mediation"), "chat-left-dots", IN_THE_FIELD, under=RECORDS),
    Entry("duties.incidents", _("Hazards"), "cone-striped", IN_THE_FIELD, under=RECORDS),
    Entry(
        "duties.area_disputes",
        _("Disputes and mediation"),
        "chat-left-dots",
        frozenset(access.ABOVE),
        ABOVE,
        ROSTER,
    ),
    Entry(
        "duties.emergencies", _("Emergencies reported"), "megaphone", frozenset(access.ABOVE), ABOVE, ROSTER
    ),
    Entry("services.slips", _("Slips"), "receipt", KEYING_IN, under=RECORDS[1:]),
    Entry("services.samples", _("Samples"), "search", WATCHING, under=RECORDS[1:]),
    Entry("duties.report", _("Figures"), "bar-chart", WATCHING | {Role.INSTRUCTOR}, under=RECORDS[1:]),
    Entry("assessment.quarters", _("Assessments"), "clipboard-data", WATCHING),
    Entry("ledger.accounts", _("Ledger book"), "book", WATCHING),
    Entry("ledger.expiry", _("Expiry"), "hourglass-split", WATCHING, under=("ledger.accounts",)),
    Entry("rubrics.rubric", _("Rubric"), "list-check", WATCHING | {Role.INSTRUCTOR, Role.WORKER}),
    Entry("rubrics.template", _("Rubric"), "list-check", frozenset(access.ABOVE), ABOVE, ROSTER),
    Entry("assessment.area_quarters", _("Assessments"), "clipboard-data", frozenset(access.ABOVE), ABOVE),
    Entry(
        "assessment.assessment_terms",
        _("Terms of the assessment"),
        "sliders",
        frozenset(access.ABOVE),
        ABOVE,
        ("assessment.area_quarters",),
    ),
    Entry("ledger.leaving", _("Leaving"), "box-arrow-right", WATCHING, under=ROSTER),
    Entry("ledger.duplicates", _("Duplicates"), "person-plus", WATCHING, under=ROSTER),
    Entry("ledger.area_duplicates", _("Duplicates"), "person-plus", frozenset(access.ABOVE), ABOVE, ROSTER),
]
