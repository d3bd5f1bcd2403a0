"""What waits of a worker's duties, for the front page: visits, promises, disputes, hazards, gatherings."""

from datetime import timedelta

from flask import url_for
from flask_babel import ngettext

from duties import gatherings, incidents, visits
from duties.disputes import disputes, ladder, levels
from duties.models import IncidentKind
from duties.views.disputes import MEDIATING
from duties.views.incidents import READING
from ground import clock
from ground.db import db
from people.models import Area, Role, User
from people.pages import Urgency, WaitingItem
from people.roster import reach


def waiting(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits of the duties in an area for somebody: each sees what is for them to do, and to know."""
    items = _incidents(area, user, roles)
    if roles & MEDIATING:
        items += _disputes(area, user)
    if area.is_village and roles & {Role.WORKER, Role.INSTRUCTOR}:
        items += _in_own_grids(area, user, Role.WORKER in roles)
    elif area.is_village and Role.CLERK in roles:
        items += _visits(area, user, Urgency.TO_KNOW)
    return items


def _incidents(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """The open emergencies and hazards that a reader knows of, the longest open first."""
    if not roles & READING:
        return []
    items = []
    for kind, urgency in ((IncidentKind.EMERGENCY, Urgency.AT_ONCE), (IncidentKind.HAZARD, Urgency.IN_TURN)):
        if kind == IncidentKind.HAZARD and not area.is_village:
            continue  # a village sees to them; above only emergencies have a page
        search = incidents.IncidentSearch(kind=kind, closed=False)
        found = db.session.scalars(incidents.search_incidents(user, area, search)).all()
        if not found:
            continue
        if not any(incidents.may_act(user, incident) for incident in found):
            urgency = Urgency.TO_KNOW
        if kind == IncidentKind.EMERGENCY:
            text = ngettext("%(num)s emergency goes on", "%(num)s emergencies go on", len(found))
        else:
            text = ngettext("%(num)s hazard is open", "%(num)s hazards are open", len(found))
        if area.is_village:
            url = url_for("duties.incidents", village=area.code, kind=kind, show="open")
        else:
            url = url_for("duties.emergencies", area=area.code)
        items.append(WaitingItem(text, url, urgency=urgency))
    return items


def _disputes(area: Area, user: User) -> list[WaitingItem]:
    """The disputes that stand on a level where this reader mediates, and others that they know of."""
    known = db.session.scalars(disputes.search_disputes(user, area).where(~disputes.is_ended())).all()
    own = [
        dispute
        for dispute in known
        if ladder.current_rung(dispute.attempts) in levels.rungs_held(user, dispute)
    ]
    if area.is_village:
        url = url_for("duties.disputes", village=area.code, state="open")
    else:
        url = url_for("duties.area_disputes", area=area.code)
    items = []
    if own:
        text = ngettext(
            "%(num)s dispute waits for you to mediate", "%(num)s disputes wait for you to mediate", len(own)
        )
        items.append(WaitingItem(text, url))
    if others := len(known) - len(own):
        text = ngettext(
            "%(num)s dispute stands on another level", "%(num)s disputes stand on another level", others
        )
        items.append(WaitingItem(text, url, urgency=Urgency.TO_KNOW))
    return items


def _in_own_grids(village: Area, user: User, is_worker: bool) -> list[WaitingItem]:
    """The items that wait in the grids that somebody serves in."""
    items = _visits(village, user, Urgency.IN_TURN)
    today, ids = clock.today(), [grid.id for grid in reach.grids_of(user, village)]
    if promised := visits.open_follow_ups(village, ids):
        text = ngettext(
            "%(num)s thing that was promised at a visit is still to be done",
            "%(num)s things that were promised at visits are still to be done",
            len(promised),
        )
        items.append(WaitingItem(text, url_for("duties.due", village=village.code)))
    held = gatherings.month_counts(ids, today)
    missing = sum(max(0, gatherings.GATHERINGS_A_MONTH - held[ident]) for ident in ids)
    if is_worker and missing:
        text = ngettext("%(num)s more gathering this month", "%(num)s more gatherings this month", missing)
        month_ends_on = (today.replace(day=1) + timedelta(31)).replace(day=1) - timedelta(1)
        items.append(WaitingItem(text, url_for("duties.gatherings", village=village.code), month_ends_on))
    return items


def _visits(village: Area, user: User, urgency: Urgency) -> list[WaitingItem]:
    """The households in the reader's grids that wait for a visit by Sunday, the longest due first."""
    ids = [grid.id for grid in reach.grids_of(user, village)]
    pressing = visits.pressing_days(ids, clock.today())
    if not pressing:
        return []
    due_on = pressing[0] if urgency != Urgency.TO_KNOW else None
    text = ngettext(
        "%(num)s household waits for a visit", "%(num)s households wait for a visit", len(pressing)
    )
    return [WaitingItem(text, url_for("duties.due", village=village.code), due_on, urgency)]
