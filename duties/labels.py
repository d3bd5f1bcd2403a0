"""The words of the field for what the records of duties keep as codes."""

from datetime import date, timedelta

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from duties.models import (
    AttemptResult,
    DisputeKind,
    GatheringKind,
    IncidentKind,
    IncidentStepKind,
    Rung,
    Severity,
    VisitStep,
)
from ground.paper import words

# The steps of a visit, in the county's own words.
STEPS = {
    VisitStep.WALK: _("walked round the house"),
    VisitStep.MEET: _("met somebody"),
    VisitStep.ASK: _("asked how they are"),
    VisitStep.TALK: _("talked a while"),
    VisitStep.CHECK: _("checked for hazards"),
}

GATHERING_KINDS = {
    GatheringKind.LAW: _("learning the law"),
    GatheringKind.POLICY: _("learning policy"),
    GatheringKind.VILLAGE: _("the village's own matters"),
}

DISPUTE_KINDS = {
    DisputeKind.NEIGHBOURS: _("between neighbours"),
    DisputeKind.FAMILY: _("in a family"),
    DisputeKind.LAND: _("over land or boundaries"),
    DisputeKind.DEBT: _("over debts"),
    DisputeKind.WORK: _("over work or wages"),
    DisputeKind.OTHER: _("over something else"),
}

RUNGS = {
    Rung.GRID: _("The grid"),
    Rung.GROUP: _("The group"),
    Rung.VILLAGE: _("The village"),
    Rung.TOWNSHIP: _("The township's centre"),
    Rung.COUNTY: _("The county's centre"),
}

# Who mediates on each rung (county's rules).
MEDIATORS = {
    Rung.GRID: _("Worker and instructor mediate."),
    Rung.GROUP: _("The group mediates, with veteran members."),
    Rung.VILLAGE: _("The village committee mediates."),
    Rung.TOWNSHIP: _("The township's centre mediates."),
    Rung.COUNTY: _("The county's centre mediates."),
}

RESULTS = {
    AttemptResult.SETTLED: _("settled"),
    AttemptResult.FAILED: _("not settled"),
    AttemptResult.WITHDRAWN: _("withdrawn, or taken to court"),
}

INCIDENT_KINDS = {
    IncidentKind.HAZARD: _("Hazard"),
    IncidentKind.EMERGENCY: _("Emergency"),
}

SEVERITIES = {
    Severity.ORDINARY: _("ordinary"),
    Severity.MAJOR: _("major"),
    Severity.SEVERE: _("severe"),
    Severity.EXTREME: _("extremely severe"),
}

INCIDENT_STEPS = {
    IncidentStepKind.HANDED_OVER: _("handed over to others"),
    IncidentStepKind.DONE: _("something was done"),
    IncidentStepKind.CLOSED: _("it is over: closed"),
}


def due(on: date | None, today: date) -> str:
    """The words for when a visit is due: days overdue, a day of this week, or a date."""
    if on is None:
        return gettext("as needed")
    if on < today:
        days = (today - on).days
        return ngettext("%(num)s day overdue", "%(num)s days overdue", days)
    if on == today:
        return gettext("today")
    sunday = today + timedelta(6 - today.weekday())
    name = words.weekday(on.isoweekday()) if on <= sunday else words.day(on)
    return gettext("by %(day)s", day=name)
