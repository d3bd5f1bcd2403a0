"""What waits of the roster, for the front page: terms that end, and duties that nobody has."""

from flask import url_for
from flask_babel import ngettext

from people import access
from people.models import Area, Role, User
from people.pages import Urgency, WaitingItem
from people.roster import staffing


def waiting(area: Area, _user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits of the roster in a village for its committee, and above for all villages together."""
    if not area.is_village:
        return _in_villages(area)
    if not roles & access.COMMITTEE:
        return []
    items = []
    terms_url = url_for("roster.terms", village=area.code)
    if ending := staffing.ending_terms(area):
        text = ngettext("%(num)s term ends soon", "%(num)s terms end soon", len(ending))
        items.append(WaitingItem(text, terms_url, ending[0].ends_on))
    if vacant := len(staffing.vacancies(area)):
        items.append(WaitingItem(_vacant_text(vacant), terms_url))
    return items


def _in_villages(area: Area) -> list[WaitingItem]:
    """The vacant duties and the terms that end in the villages below: their committees see to them."""
    figures = staffing.figures(area)
    items = []
    if vacant := sum(sum(village.without.values()) for village in figures):
        items.append(
            WaitingItem(
                _vacant_text(vacant), url_for("roster.staffing", area=area.code), urgency=Urgency.TO_KNOW
            )
        )
    if ran_out := sum(village.ran_out for village in figures):
        text = ngettext("%(num)s term ran out", "%(num)s terms ran out", ran_out)
        url = url_for("roster.staffing", area=area.code)
        items.append(WaitingItem(text, url, urgency=Urgency.TO_KNOW))
    return items


def _vacant_text(vacant: int) -> str:
    return ngettext("%(num)s duty in a grid has nobody", "%(num)s duties in grids have nobody", vacant)
