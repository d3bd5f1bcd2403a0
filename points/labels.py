"""The words of the field for what the models keep as codes."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from people.clock import Quarter
from people.paper import words
from points.models import AssessmentState, Category, Found, ServiceState, Transfer, TransferKind, Voucher

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

VOUCHERS = {
    Voucher.SECOND_PERSON: _("a second person"),
    Voucher.HOUSEHOLD: _("the household that was helped"),
    Voucher.WITNESS: _("a witness"),
}

# What a service came of, by the kind of its evidence.
RECORDS = {
    "visit": _("Visit"),
    "gathering": _("Gathering"),
    "incident": _("Hazard or emergency"),
    "dispute": _("Dispute"),
    "attendance": _("Training"),
    "evaluation": _("Evaluation"),
    "service": _("Service"),
}

FINDINGS = {
    Found.SOUND: _("as written"),
    Found.DOUBTFUL: _("doubtful"),
    Found.FALSE: _("did not happen"),
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
