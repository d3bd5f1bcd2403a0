"""What waits, for the front page: terms that end, vacant duties, roles, proposals, one's own sign-in."""

from datetime import timedelta

from flask import current_app, url_for
from flask_babel import gettext, ngettext

from ground import clock
from ground.paper import words
from ground.server import backups
from people import access
from people.models import Area, Proposal, ProposalState, Role, User
from people.pages import Urgency, WaitingItem, asked_once
from people.proposals import kinds, proposing
from people.roster import staffing
from people.signin import accounts, keeping, second_factor
from people.views.proposing import READERS
from people.views.shown import shown_name

OLDEST_BACKUP = timedelta(days=2)


def waiting(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits in a village for its committee or a second person, and above for all villages together.

    And what was done about one's own sign-in.
    """
    items = _second_step(user) if roles & second_factor.FOR_ROLES else []
    items += _backup(area) if access.keeps_backups(area, roles) else []
    if not area.is_village:
        items += _roles(area, user) + _in_villages(area)
    elif roles & access.COMMITTEE:
        items += _roles(area, user) + _terms(area)
    return items + _proposals(area, user, roles)


def _backup(area: Area) -> list[WaitingItem]:
    """How old the newest backup is: to be done where there is none, or none of the last two days."""
    age, url = backups.age_of_newest(current_app), url_for("upkeep.backups", area=area.code)
    if age is None:
        return [WaitingItem(gettext("There is no backup yet: make one"), url)]
    if age > OLDEST_BACKUP:
        text = ngettext(
            "The newest backup is %(num)s day old: make one",
            "The newest backup is %(num)s days old: make one",
            age.days,
        )
        return [WaitingItem(text, url)]
    hours = age // timedelta(hours=1)
    text = ngettext("The newest backup is %(num)s hour old", "The newest backup is %(num)s hours old", hours)
    return [WaitingItem(text, url, urgency=Urgency.TO_KNOW)]


def _proposals(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits for the reader as its second person, and what became of what they proposed themselves."""
    if not roles & READERS:
        return []
    waiting = [(each, Urgency.IN_TURN) for each in proposing.waiting_for(area, user, roles)]
    decided = [(each, Urgency.TO_KNOW) for each in proposing.decided_unread(area, user)]
    return [
        WaitingItem(
            _proposal_text(proposal),
            url_for("home.proposal", village=proposal.area.code, ident=proposal.id),
            urgency=urgency,
            village=None if area.is_village else proposal.area,
        )
        for proposal, urgency in waiting + decided
    ]


def _proposal_text(proposal: Proposal) -> str:
    what, by = kinds.kind_of(proposal).title, proposal.decided_by or proposal.proposed_by
    if proposal.waits:
        return gettext("%(what)s: %(name)s asks for a second person", what=what, name=shown_name(by))
    if proposal.state == ProposalState.AGREED:
        return gettext("%(what)s: %(name)s agreed, it is done", what=what, name=shown_name(by))
    return gettext("%(what)s: %(name)s did not agree, nothing was done", what=what, name=shown_name(by))


def _terms(area: Area) -> list[WaitingItem]:
    items = []
    terms_url = url_for("roster.terms", village=area.code)
    if ending := staffing.ending_terms(area):
        text = ngettext("%(num)s term ends soon", "%(num)s terms end soon", len(ending))
        items.append(WaitingItem(text, terms_url, ending[0].ends_on))
    (staffed,) = asked_once(staffing.figures, area)
    if vacant := sum(staffed.vacancies.values()):
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


def _second_step(user: User) -> list[WaitingItem]:
    """That somebody else took the second step of one's own signing in off."""
    event = second_factor.taken_off_by_another(user)
    if event is None:
        return []
    text = gettext(
        "The second step of your signing in was taken off by %(name)s on %(day)s. You did not ask for it? "
        "Then change your password.",
        name=event.actor.name if event.actor else gettext("whoever looks after the program"),
        day=words.day(clock.local(event.at).date()),
    )
    return [WaitingItem(text, url_for("signin.second_step"), urgency=Urgency.TO_KNOW)]


def _in_villages(area: Area) -> list[WaitingItem]:
    """The vacant duties and the terms that end in the villages below: their committees see to them."""
    figures = asked_once(staffing.figures, area)
    items = []
    if vacant := sum(sum(village.vacancies.values()) for village in figures):
        items.append(
            WaitingItem(
                _vacant_text(vacant), url_for("roster.staffing", area=area.code), urgency=Urgency.TO_KNOW
            )
        )
    if ran_out := sum(village.terms_run_out for village in figures):
        text = ngettext("%(num)s term ran out", "%(num)s terms ran out", ran_out)
        url = url_for("roster.staffing", area=area.code)
        items.append(WaitingItem(text, url, urgency=Urgency.TO_KNOW))
    return items


def _vacant_text(vacant: int) -> str:
    return ngettext("%(num)s duty in a grid has nobody", "%(num)s duties in grids have nobody", vacant)
