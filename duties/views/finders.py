"""What is found of households: those of the grids whose files the reader may see."""

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from duties.households import listing
from duties.views.households import grids_in_scope
from ground.paper import words
from people.models import Household
from people.pages import Finder, Hit, Hits, Search
from people.views import GRID_ROLES


def find_households(search: Search) -> Hits:
    """Households by head, house or telephone's last four, those who moved away too; only in villages."""
    if not search.area.is_village:
        return Hits([], 0)
    grids = grids_in_scope()

    def hit(household: Household) -> Hit:
        note = " · ".join(filter(None, (grids[household.grid_id].name, household.house)))
        if household.left_on:
            note += " · " + gettext("moved away on %(day)s", day=words.day(household.left_on))
        url = url_for("duties.household", village=search.area.code, ident=household.id)
        return Hit(household.head, url, note)

    return Hits.of(listing.fitting(grids, search.words), hit)


FINDERS = (Finder(40, _("Household files"), GRID_ROLES, find_households),)
