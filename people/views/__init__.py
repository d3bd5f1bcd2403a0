"""Pages about who and where, a package for each room, each with its blueprint."""

from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import ABOVE, EVERYWHERE, Entry
from people.signin import keeping

# Who brings a roster as a file; it names people, whom their village knows and a county appointed.
IMPORTING = frozenset({Role.CLERK, Role.TOWNSHIP, Role.COUNTY})

FROM_ABOVE = frozenset(access.ABOVE)
WATCHING = frozenset(access.ONLOOKERS)
TAUGHT = WATCHING | {Role.INSTRUCTOR}
IN_GRIDS = frozenset(access.COMMITTEE | {Role.INSTRUCTOR, Role.WORKER})
SPEAKING = (WATCHING - access.ABOVE) | {Role.INSTRUCTOR, Role.WORKER}

# Where the rooms are: on a village's pages, or else on those of a township or county.
ROSTER = ("roster.grids", "home.area")
CONDUCT = ("conduct.trainings",)
OFFICE = ("signin.accounts", *ROSTER)

NAVIGATION = [
    Entry("home.area", _("Villages"), "geo-alt", FROM_ABOVE, ABOVE),
    Entry("roster.grids", _("Roster"), "people", TAUGHT),
    Entry("roster.persons", _("People"), "person-lines-fill", TAUGHT, under=ROSTER),
    Entry("roster.terms", _("Terms"), "calendar-range", TAUGHT, under=ROSTER),
    Entry("duties.households", _("Household files"), "houses", IN_GRIDS, under=ROSTER),
    Entry("roster.staffing", _("Staffing"), "person-exclamation", FROM_ABOVE, ABOVE, ROSTER),
    Entry("roster.import_roster", _("From a file"), "file-earmark-excel", IMPORTING, EVERYWHERE, ROSTER),
    Entry("conduct.trainings", _("Training"), "mortarboard", TAUGHT, EVERYWHERE),
    Entry("conduct.evaluations", _("Evaluation"), "chat-square-heart", SPEAKING, under=CONDUCT),
    Entry("conduct.evaluation_results", _("Evaluation"), "chat-square-heart", FROM_ABOVE, ABOVE, CONDUCT),
    Entry("conduct.growth", _("Growth"), "tree", WATCHING, under=CONDUCT),
    Entry("conduct.growth_figures", _("Growth"), "tree", FROM_ABOVE, ABOVE, CONDUCT),
    Entry("conduct.negative_list", _("Negative list"), "slash-circle", FROM_ABOVE, ABOVE, CONDUCT),
    Entry("cards.cards", _("Cards"), "person-vcard", frozenset(access.COMMITTEE)),
    Entry("signin.pins", _("PINs"), "123", frozenset(access.COMMITTEE), under=("cards.cards",)),
    Entry("signin.accounts", _("Sign-ins"), "key", keeping.KEEPERS, EVERYWHERE),
    Entry("home.audit", _("Audit trail"), "clock-history", WATCHING, EVERYWHERE, OFFICE),
    Entry("home.contacts", _("Contacts"), "telephone", frozenset(Role), under=OFFICE),
]
