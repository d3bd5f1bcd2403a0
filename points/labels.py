"""The words of the field for what the models keep as codes."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from people.clock import Quarter
from people.paper import words
from points.models import (
    AssessmentState,
    Category,
    DisputeKind,
    IncidentKind,
    IncidentStepKind,
    Result,
    Rung,
    ServiceState,
    Severity,
    Transfer,
    TransferKind,
)

CATEGORIES = {
    Category.OPINION: _("Listening"),
    Category.PUBLICITY: _("Law and policy"),
    Category.SERVICE: _("Errands"),
    Category.HAZARD: _("Hazards"),
    Category.EMERGENCY: _("Emergencies"),
    Category.DISPUTE: _("Disputes"),
}

SERVICE_STATES = {
    ServiceState.RECORDED: _("waits for a second person"),
    ServiceState.CONFIRMED: _("confirmed"),
    ServiceState.REJECTED: _("rejected"),
}

ASSESSMENT_STATES = {
    AssessmentState.COLLECTING: _("Services are being collected."),
    AssessmentState.DELIBERATING: _("The meeting deliberates; the records are taken."),
    AssessmentState.ON_NOTICE: _("The notice is on the wall."),
    AssessmentState.BOOKED: _("The points are booked."),
}

TRANSFER_KINDS = {
    TransferKind.AWARD: _("Points of the quarter"),
    TransferKind.REDEMPTION: _("Goods from the shop"),
    TransferKind.EXPIRY: _("Points expired"),
    TransferKind.MERGE_OUT: _("Moved to the other entry of the same person"),
    TransferKind.MERGE_IN: _("Moved from the other entry of the same person"),
    TransferKind.REVERSAL: _("Taken back"),
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
    Result.SETTLED: _("settled"),
    Result.FAILED: _("not settled"),
    Result.WITHDRAWN: _("withdrawn, or taken to court"),
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


def why(transfer: Transfer) -> str:
    """Why points moved, as the worker reads it: the kind, and which quarter or receipt it was.

    A reversal says what it undid, what lapsed says whose leaving it was.
    """
    if transfer.kind == TransferKind.EXPIRY and transfer.reason:
        day = words.day(date.fromisoformat(transfer.reason))
        return gettext("Points expired: left on %(day)s", day=day)
    if transfer.reverses and transfer.reverses.kind == TransferKind.REDEMPTION:
        return gettext("Redemption %(number)s voided", number=transfer.reason)
    if transfer.kind == TransferKind.AWARD:
        return f"{TRANSFER_KINDS[transfer.kind]} {words.quarter(Quarter.parse(transfer.reason))}"
    return f"{TRANSFER_KINDS[transfer.kind]} {transfer.reason}"
