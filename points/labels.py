"""Labels, in the words of the field, for what the models keep as codes."""

from flask_babel import force_locale, gettext, ngettext
from flask_babel import lazy_gettext as _

from ground.paper import words
from points import amounts
from points.assessment.meeting_rules import MeetingRules
from points.models import (
    Assessment,
    AssessmentState,
    Category,
    FedBy,
    FindingResult,
    ObjectionChannel,
    Quorum,
    ReviewSign,
    ServiceState,
    Transfer,
    TransferKind,
    Voucher,
    Witness,
)

# As the county's rules call the six duties.
DUTIES = {
    Category.OPINION: _("Collecting what people think"),
    Category.PUBLICITY: _("Making law and policy known"),
    Category.SERVICE: _("Services for people's daily lives"),
    Category.HAZARD: _("Looking for hazards"),
    Category.EMERGENCY: _("Reporting emergencies"),
    Category.DISPUTE: _("Finding and settling disputes"),
}

# Where six of them stand side by side above figures.
SHORT_DUTIES = {
    Category.OPINION: _("Listening"),
    Category.PUBLICITY: _("Law and policy"),
    Category.SERVICE: _("Errands"),
    Category.HAZARD: _("Hazards"),
    Category.EMERGENCY: _("Emergencies"),
    Category.DISPUTE: _("Disputes"),
}

FED_BY = {
    FedBy.CLAIM: _("claimed directly"),
    FedBy.VISIT: _("visits"),
    FedBy.GATHERING: _("gatherings"),
    FedBy.HAZARD: _("hazards found"),
    FedBy.EMERGENCY: _("emergencies reported"),
    FedBy.DISPUTE: _("disputes settled by worker and instructor"),
    FedBy.DISPUTE_GROUP: _("disputes settled by the group"),
    FedBy.TRAINING: _("trainings attended"),
    FedBy.EVALUATION: _("evaluations with the best grades"),
}

SERVICE_STATES = {
    ServiceState.RECORDED: _("waits for a second person"),
    ServiceState.CONFIRMED: _("confirmed"),
    ServiceState.REJECTED: _("rejected"),
}

# The same of a deduction.
DEDUCTION_STATES = {
    ServiceState.RECORDED: _("proposed, not decided yet"),
    ServiceState.CONFIRMED: _("deducted"),
    ServiceState.REJECTED: _("not deducted"),
}

VOUCHERS = {
    Voucher.SECOND_PERSON: _("a second person"),
    Voucher.HOUSEHOLD: _("the household that was helped"),
    Voucher.WITNESS: _("a witness"),
}

FINDINGS = {
    FindingResult.SOUND: _("as written"),
    FindingResult.DOUBTFUL: _("doubtful"),
    FindingResult.FALSE: _("did not happen"),
}

ASSESSMENT_STATES = {
    AssessmentState.COLLECTING: _("Services are being collected."),
    AssessmentState.DELIBERATING: _("The meeting deliberates; the records are taken."),
    AssessmentState.ON_NOTICE: _("The notice is on the wall."),
    AssessmentState.BOOKED: _("The points are booked."),
}

# The same in two words, for a table of many villages.
SHORT_STATES = {
    None: _("not opened"),
    AssessmentState.COLLECTING: _("collecting"),
    AssessmentState.DELIBERATING: _("deliberating"),
    AssessmentState.ON_NOTICE: _("on notice"),
    AssessmentState.BOOKED: _("booked"),
}

QUORUMS = {
    Quorum.MORE_THAN_HALF: _("more than half"),
    Quorum.TWO_THIRDS: _("two thirds or more"),
}

# Why a sheet deserves a look; each stands beside the figure it is about.
REVIEW_SIGNS = {
    ReviewSign.FAR_FROM_LAST: _("far from last quarter"),
    ReviewSign.ONE_CATEGORY: _("one duty makes up most"),
    ReviewSign.MUCH_ADJUSTED: _("much was adjusted"),
    ReviewSign.ONE_CONFIRMER: _("one person confirmed nearly all"),
    ReviewSign.OVERDUE: _("an answer to an objection is overdue"),
}

OBJECTION_CHANNELS = {
    ObjectionChannel.ORAL: _("by word"),
    ObjectionChannel.WRITTEN: _("in writing"),
    ObjectionChannel.ONLINE: _("online"),
}

TRANSFER_KINDS = {
    TransferKind.AWARD: _("Points of the quarter"),
    TransferKind.OPENING: _("Opening balance"),
    TransferKind.REDEMPTION: _("Goods from the shop"),
    TransferKind.EXPIRY: _("Points expired"),
    TransferKind.MERGE_OUT: _("Moved to the other entry of the same person"),
    TransferKind.MERGE_IN: _("Moved from the other entry of the same person"),
    TransferKind.REVERSAL: _("Taken back"),
}


def state_of(assessment: Assessment | None) -> str:
    """The state of a village's assessment, in two words."""
    return str(SHORT_STATES[assessment.state if assessment else None])


def quorum_text(rules: MeetingRules) -> str:
    """The quorum of a meeting, as a sentence."""
    return ngettext(
        "To decide, %(share)s of those invited have to be there, and at least %(num)s person.",
        "To decide, %(share)s of those invited have to be there, and at least %(num)s people.",
        rules.least_present,
        share=QUORUMS[rules.quorum],
    )


def explain_transfer(transfer: Transfer) -> str:
    """Why points moved, as the worker reads it: the kind, and which quarter or receipt it was.

    A reversal says what it undid. What lapsed says on which day they left, or until when it could be spent.
    For many at once they are read with `ledger.with_causes`.
    """
    lapse, line, undone = transfer.lapse, transfer.line, transfer.reverses
    if lapse and lapse.expiry:
        day = words.day(lapse.expiry.expires_on)
        return gettext("Points expired: could be spent until %(day)s", day=day)
    if lapse and lapse.departure:
        return gettext("Points expired: left on %(day)s", day=words.day(lapse.departure.on))
    if undone and undone.kind == TransferKind.REDEMPTION:
        return gettext("Redemption %(number)s voided", number=transfer.reason)
    if undone and undone.kind == TransferKind.OPENING:
        return gettext("Opening balance taken back: %(reason)s", reason=transfer.reason)
    if transfer.kind == TransferKind.OPENING:
        return gettext("Opening balance, from sheet %(number)s of them", number=transfer.reason)
    if line is None:
        return f"{TRANSFER_KINDS[transfer.kind]} {transfer.reason}"
    quarter = words.quarter(line.assessment.quarter)
    if undone:
        return gettext("Corrected, %(quarter)s: %(reason)s", quarter=quarter, reason=transfer.reason)
    if transfer.corrects:
        return gettext("Right points, %(quarter)s", quarter=quarter)
    return f"{TRANSFER_KINDS[transfer.kind]} {quarter}"


def points_in_words(tenths: int) -> str:
    """Points as a line of text says them, with their unit: +9 points, minus 5 points."""
    sign = "+" if tenths > 0 else gettext("minus") + " " if tenths < 0 else ""
    return f"{sign}{amounts.show(abs(tenths))} {gettext('pts')}"


def spoken_balance(holder: str, tenths: int) -> str:
    """Whose points they are and how many can be spent, as it is read out: in Mandarin.

    What is masked of the holder's name is said as 某.
    """
    with force_locale("zh"):
        return gettext(
            "%(name)s has %(points)s points to spend.",
            name=holder.replace("*", "某"),
            points=amounts.show(tenths),
        )


def witness_text(witness: Witness) -> str:
    """A witness in one line; of who is in no file also where to find them."""
    return " · ".join(filter(None, (witness.name, witness.village, witness.phone)))
