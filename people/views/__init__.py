"""Pages about who and where."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import ABOVE, Entry

bp = Blueprint("people", __name__)

WATCHING = frozenset(access.ONLOOKERS)

NAVIGATION = [
    Entry("people.area", _("Villages"), "geo-alt", frozenset(access.ABOVE), ABOVE),
    Entry("people.grids", _("Roster"), "people", WATCHING | {Role.INSTRUCTOR}),
    Entry("people.cards", _("Cards"), "person-vcard", frozenset(access.COMMITTEE)),
]

from people.views import cards, grids, home, sign_in  # noqa: E402, F401 -- they register their routes
