"""What waits of roster and sign-ins, for the front page: terms that end, vacant duties, roles to confirm."""

from flask import url_for
from flask_babel import ngettext

from people import access
from people.models import Area, Role, User
from people.pages import Urgency, WaitingItem
from people.roster import staffing
from people.signin import accounts, keeping


def waiting(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits of the roster in a village for its committee, and above for all villages together."""
    if not area.is_village:
        return _roles(area, user) + _in_villages(area)
    if not roles & access.COMMITTEE:
        return []
    items = _roles(area, user)
    terms_url = url_for("roster.terms", village=area.code)
    if ending := staffing.ending_terms(area):
        text = ngettext("%(num)s term ends soon", "%(num)s terms end soon", len(ending))
        items.append(WaitingItem(text, terms_url, ending[0].ends_on))
    if vacant := len(staffing.vacancies(area)):
        items.append(WaitingItem(_vacant_text(vacant), terms_url))
    return items


def _roles(area: Area, user: User) -> list[WaitingItem]:
    """The roles that wait: to be confirmed by the reader, or by somebody else."""
    grants, url = keeping.waiting_grants(area), url_for("signin.accounts", area=area.code)
    own = sum(accounts.may_confirm(user, role_grant) for role_grant in grants)
    items = []
    if own:
        text = ngettext("Confirm %(num)s role", "Confirm %(num)s roles", own)
        items.append(WaitingItem(text, url))
    if others := len(grants) - own:
        text = ngettext(
            "%(num)s role waits until somebody else above confirms it",
            "%(num)s roles wait until somebody else above confirms them",
            others,
        )
        items.append(WaitingItem(text, url, urgency=Urgency.TO_KNOW))
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
