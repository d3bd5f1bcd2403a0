"""Pages about who and where."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import ABOVE, EVERYWHERE, Entry
from people.signin import keeping

bp = Blueprint("people", __name__)

# Who brings a roster as a file; it names people, whom their village knows and a county appointed.
IMPORTING = frozenset({Role.CLERK, Role.TOWNSHIP, Role.COUNTY})

FROM_ABOVE = frozenset(access.ABOVE)
WATCHING = frozenset(access.ONLOOKERS)
TAUGHT = WATCHING | {Role.INSTRUCTOR}
IN_GRIDS = frozenset(access.COMMITTEE | {Role.INSTRUCTOR, Role.WORKER})
SPEAKING = (WATCHING - access.ABOVE) | {Role.INSTRUCTOR, Role.WORKER}

# Where the rooms are: on a village's pages, or else on those of a township or county.
ROSTER = ("people.grids", "people.area")
CONDUCT = ("people.trainings",)
OFFICE = ("people.accounts", *ROSTER)

NAVIGATION = [
    Entry("people.area", _("Villages"), "geo-alt", FROM_ABOVE, ABOVE),
    Entry("people.grids", _("Roster"), "people", TAUGHT),
    Entry("people.persons", _("People"), "person-lines-fill", TAUGHT, under=ROSTER),
    Entry("people.terms", _("Terms"), "calendar-range", TAUGHT, under=ROSTER),
    Entry("people.households", _("Household files"), "houses", IN_GRIDS, under=ROSTER),
    Entry("people.staffing", _("Staffing"), "person-exclamation", FROM_ABOVE, ABOVE, ROSTER),
    Entry("people.import_roster", _("From a file"), "file-earmark-excel", IMPORTING, EVERYWHERE, ROSTER),
    Entry("people.trainings", _("Training"), "mortarboard", TAUGHT, EVERYWHERE),
    Entry("people.evaluations", _("Evaluation"), "chat-square-heart", SPEAKING, under=CONDUCT),
    Entry("people.evaluation_results", _("Evaluation"), "chat-square-heart", FROM_ABOVE, ABOVE, CONDUCT),
    Entry("people.growth", _("Growth"), "tree", WATCHING, under=CONDUCT),
    Entry("people.growth_figures", _("Growth"), "tree", FROM_ABOVE, ABOVE, CONDUCT),
    Entry("people.negative_list", _("Negative list"), "slash-circle", FROM_ABOVE, ABOVE, CONDUCT),
    Entry("people.cards", _("Cards"), "person-vcard", frozenset(access.COMMITTEE)),
    Entry("people.pins", _("PINs"), "123", frozenset(access.COMMITTEE), under=("people.cards",)),
    Entry("people.accounts", _("Sign-ins"), "key", keeping.KEEPERS, EVERYWHERE),
    Entry("people.audit", _("Audit trail"), "clock-history", WATCHING, EVERYWHERE, OFFICE),
    Entry("people.contacts", _("Contacts"), "telephone", frozenset(Role), under=OFFICE),
]

# They register their routes.
from people.views import (
    accounts,
    audit,
    cards,
    contacts,
    evaluations,
    grids,
    growth,
    held,
    home,
    household_ledgers,
    households,
    negative_list,
    persons,
    portraits,
    rosterfile,
    sign_in,
    terms,
    trainings,
)
