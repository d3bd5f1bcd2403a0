"""Pages about service records, the quarter, and the ledger book."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import ABOVE, Entry
from people.views import ROSTER

bp = Blueprint("points", __name__)

WATCHING = frozenset(access.ONLOOKERS)

# Who prints slips and keys them in.
KEYING_IN = frozenset(access.COMMITTEE | {Role.INSTRUCTOR})

NAVIGATION = [
    Entry("points.mine", _("My points"), "heart", frozenset({Role.WORKER})),
    Entry("points.front", _("This quarter"), "house", WATCHING),
    Entry("points.services", _("Services"), "journal-check", WATCHING | {Role.INSTRUCTOR}),
    Entry("points.slips", _("Slips"), "receipt", KEYING_IN, under=("points.services",)),
    Entry("points.samples", _("Samples"), "search", WATCHING, under=("points.services",)),
    Entry("points.quarters", _("Assessments"), "clipboard-data", WATCHING),
    Entry("points.accounts", _("Ledger book"), "book", WATCHING),
    Entry("points.rubric", _("Rubric"), "list-check", WATCHING | {Role.INSTRUCTOR, Role.WORKER}),
    Entry("points.leaving", _("Leaving"), "box-arrow-right", WATCHING, under=ROSTER),
    Entry("points.duplicates", _("Duplicates"), "person-plus", WATCHING, under=ROSTER),
    Entry("points.area_duplicates", _("Duplicates"), "person-plus", frozenset(access.ABOVE), ABOVE, ROSTER),
]

# They register their routes.
from points.views import (
    assessments,
    book,
    duplicates,
    leaving,
    new_services,
    public,
    samples,
    services,
    slips,
)
