"""The lists of what workers do, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _

from duties import labels
from duties.disputes import ladder
from duties.disputes.settling import DisputeFigures
from duties.models import Attempt, Dispute, Gathering, Incident, IncidentStepKind, Visit
from duties.visits import VisitDue
from people import access
from people import labels as who
from people.models import Area, Household
from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_text
from points.labels import SERVICE_STATES
from points.models import Service

# --- Households and visits ---

HOUSEHOLD_COLUMNS = (
    (_("Grid code"), lambda household: household.grid.code),
    (_("Grid"), lambda household: household.grid.name),
    (_("No."), lambda household: household.number),
    (_("Head of the household"), lambda household: household.head),
    (_("House"), lambda household: household.house),
    (_("Phone"), lambda household: household.phone),
    (_("Residents"), lambda household: household.residents),
    (_("Class"), lambda household: who.ATTENTIONS[household.attention]),
    (_("Problems and needs"), lambda household: household.needs),
    (_("Moved away on"), lambda household: household.left_on),
)

HOUSEHOLDS = Listing(_("Household files"), context_records("page"), *HOUSEHOLD_COLUMNS)


def _of_grid(context: Context) -> Iterator[tuple[Household]]:
    for household in (*context["living_households"], *context["moved_away"]):
        yield (household,)


GRID_HOUSEHOLDS = Listing(_("Households of the grid"), _of_grid, *HOUSEHOLD_COLUMNS)

HOUSEHOLD_CLASSES = Listing(
    _("History of its class"),
    lambda context: ((context["household"], line) for line in reversed(context["household"].classes)),
    (_("Head of the household"), lambda household, line: household.head),
    (_("Class"), lambda household, line: who.ATTENTIONS[line.attention]),
    (_("Since"), lambda household, line: line.on),
    (_("Reason"), lambda household, line: line.reason),
)


def _visits(context: Context) -> Iterator[tuple[Visit, Service | None]]:
    for visit in context["visits"]:
        yield visit, context["services"][visit.id]


def _steps(visit: Visit, service: Service | None) -> str:
    return "；".join(str(label) for step, label in labels.STEPS.items() if step in visit.steps)


VISITS = Listing(
    _("Visits"),
    _visits,
    (_("Day"), lambda visit, service: visit.visited_on),
    (_("Head of the household"), lambda visit, service: visit.household.head),
    (_("Grid"), lambda visit, service: visit.household.grid.name),
    (_("Grid worker"), lambda visit, service: visit.worker.name),
    (
        _("What was done"),
        lambda visit, service: "；".join(
            str(labels.STEPS[step]) for step in labels.STEPS if step in visit.steps
        ),
    ),
    (_("Seen"), lambda visit, service: visit.seen),
    (_("Needed"), lambda visit, service: visit.needs),
    (_("To be done"), lambda visit, service: visit.follow_up),
    (_("Done on"), lambda visit, service: visit.done_on),
    (_("Recorded by"), lambda visit, service: shown_name(visit.recorded_by)),
    (_("State"), lambda visit, service: service and SERVICE_STATES[service.state]),
)


def _due(context: Context) -> Iterator[tuple[VisitDue, Household, str]]:
    for due in context["due_visits"]:
        yield due, due.household, labels.due(due.due_on, context["today"])


VISITS_DUE = Listing(
    _("Visits due"),
    _due,
    (_("Head of the household"), lambda due, household, when: household.head),
    (_("House"), lambda due, household, when: household.house),
    (_("Grid"), lambda due, household, when: household.grid.name),
    (_("Class"), lambda due, household, when: who.ATTENTIONS[due.attention]),
    (_("Due"), lambda due, household, when: when),
    (_("Due on"), lambda due, household, when: due.due_on),
    (_("Last visit"), lambda due, household, when: due.last_on),
)

FOLLOW_UPS = Listing(
    _("Still to be done"),
    context_records("follow_ups"),
    (_("Head of the household"), lambda visit: visit.household.head),
    (_("Grid"), lambda visit: visit.household.grid.name),
    (_("To be done"), lambda visit: visit.follow_up),
    (_("Since the visit on"), lambda visit: visit.visited_on),
    (_("Grid worker"), lambda visit: visit.worker.name),
)

# --- Gatherings ---


def _gatherings(context: Context) -> Iterator[tuple[Gathering, Service | None]]:
    for gathering in context["page"]:
        yield gathering, context["services"][gathering.id]


GATHERINGS = Listing(
    _("Gatherings"),
    _gatherings,
    (_("Day"), lambda gathering, service: gathering.held_on),
    (_("Grid"), lambda gathering, service: gathering.grid.name),
    (_("Kind"), lambda gathering, service: labels.GATHERING_KINDS[gathering.kind]),
    (_("Topic"), lambda gathering, service: shown_text(gathering.topic)),
    (_("Present"), lambda gathering, service: gathering.present),
    (_("Note"), lambda gathering, service: gathering.note if access.is_insider() else None),
    (_("Grid worker"), lambda gathering, service: shown_name(gathering.worker)),
    (_("State"), lambda gathering, service: service and SERVICE_STATES[service.state]),
)

GATHERINGS_BY_GRID = Listing(
    _("This month"),
    lambda context: (
        ((grid, context["gathering_counts"][grid.id]) for grid in context["grids"])
        if len(context["grids"]) > 1
        else ()
    ),
    (_("Grid code"), lambda grid, held: grid.code),
    (_("Grid"), lambda grid, held: grid.name),
    (_("Held"), lambda grid, held: held),
    paged=False,
)

# --- Hazards and emergencies: the ledger (隐患台账) in the columns that offices use ---


def _course(incident: Incident) -> str:
    return "；".join(
        f"{step.on:%Y-%m-%d} {shown_text(step.note, incident.village)}"
        for step in incident.steps
        if step.note
    )


def _receivers(incident: Incident) -> str:
    handed_over = (step for step in incident.steps if step.kind == IncidentStepKind.HANDED_OVER)
    return "、".join(shown_text(step.to, incident.village) for step in handed_over)


INCIDENT_COLUMNS = (
    (_("Village or community"), lambda incident: incident.village.name),
    (_("Kind"), lambda incident: labels.INCIDENT_KINDS[incident.kind]),
    (_("How bad"), lambda incident: labels.SEVERITIES[incident.severity]),
    (_("Found on"), lambda incident: incident.found_on),
    (_("Grid code"), lambda incident: incident.grid.code),
    (_("Grid"), lambda incident: incident.grid.name),
    (_("Where"), lambda incident: shown_text(incident.place, incident.village)),
    (_("What happened"), lambda incident: shown_text(incident.what, incident.village)),
    (_("Done on the spot"), lambda incident: shown_text(incident.done, incident.village)),
    (_("Found by"), lambda incident: shown_name(incident.worker)),
    (_("Handed over to"), _receivers),
    (_("How it was dealt with"), _course),
    (_("Dealt with on"), lambda incident: incident.closed_on),
    (_("Recorded by"), lambda incident: shown_name(incident.recorded_by)),
)

INCIDENTS = Listing(_("Ledger of hazards and emergencies"), context_records("page"), *INCIDENT_COLUMNS)
EMERGENCIES = Listing(_("Emergencies reported"), context_records("page"), *INCIDENT_COLUMNS)

INCIDENT_STEPS = Listing(
    _("How it was dealt with"),
    lambda context: ((context["incident"], step) for step in context["incident"].steps),
    (_("Where"), lambda incident, step: shown_text(incident.place, incident.village)),
    (_("Day"), lambda incident, step: step.on),
    (_("What"), lambda incident, step: labels.INCIDENT_STEPS[step.kind]),
    (_("Handed over to"), lambda incident, step: shown_text(step.to, incident.village)),
    (_("Note"), lambda incident, step: shown_text(step.note, incident.village)),
    (_("Recorded by"), lambda incident, step: shown_name(step.actor)),
)

# --- Disputes: what their list says; what they are about stays on their pages ---


def _state(dispute: Dispute) -> Any:
    ending = ladder.ending(dispute.attempts)
    return labels.RESULTS[ending.result] if ending else labels.RUNGS[ladder.current_rung(dispute.attempts)]


DISPUTES = Listing(
    _("Disputes and mediation"),
    context_records("page"),
    (_("Village or community"), lambda dispute: dispute.village.name),
    (_("Opened on"), lambda dispute: dispute.opened_on),
    (_("Grid"), lambda dispute: dispute.grid.name),
    (_("Kind"), lambda dispute: labels.DISPUTE_KINDS[dispute.kind]),
    (_("Parties"), lambda dispute: dispute.parties),
    (_("How it stands"), _state),
    (_("Reported upward"), lambda dispute: bool(dispute.reports)),
)


def _attempts(context: Context) -> Iterator[tuple[Dispute, Attempt]]:
    for attempt in context["dispute"].attempts:
        yield context["dispute"], attempt


ATTEMPTS = Listing(
    _("Attempts"),
    _attempts,
    (_("Parties"), lambda dispute, attempt: dispute.parties),
    (_("Which attempt"), lambda dispute, attempt: attempt.number),
    (_("Day"), lambda dispute, attempt: attempt.on),
    (_("Who mediates"), lambda dispute, attempt: labels.RUNGS[attempt.rung]),
    (_("Mediators"), lambda dispute, attempt: attempt.mediators),
    (_("Took part"), lambda dispute, attempt: "、".join(contact.name for contact in attempt.contacts)),
    (_("How it ended"), lambda dispute, attempt: labels.RESULTS[attempt.result]),
    (_("Note"), lambda dispute, attempt: attempt.note),
    (
        _("Written down by mistake"),
        lambda dispute, attempt: attempt.undone and attempt.undone.reason,
    ),
    (_("Recorded by"), lambda dispute, attempt: shown_name(attempt.actor)),
)


def _figures(context: Context) -> Iterator[tuple[Area, DisputeFigures]]:
    """The figures of each village; in a village those of itself."""
    if "figures_by_village" not in context:
        if context["figures"]:
            yield g.area, context["figures"]
        return
    for village in context["villages"]:
        if village.id in context["figures_by_village"]:
            yield village, context["figures_by_village"][village.id]


DISPUTE_FIGURES = Listing(
    _("Figures of disputes"),
    _figures,
    (_("Village or community"), lambda village, figures: village.name),
    (_("Opened"), lambda village, figures: figures.opened),
    (_("At hand"), lambda village, figures: figures.at_hand),
    *(
        (label, lambda village, figures, rung=rung: figures.settled[rung])
        for rung, label in labels.RUNGS.items()
    ),
    (_("Rate %"), lambda village, figures: figures.rate),
    (_("Days to settle"), lambda village, figures: figures.days_to_settle),
    paged=False,
)

# --- A quarter in figures ---

REPORT = Listing(
    _("Figures"),
    lambda context: (
        (context["quarter"], part.title, label, figure)
        for part in context["parts"]
        for label, figure in part.figures
    ),
    (_("Quarter"), lambda quarter, title, label, figure: str(quarter)),
    (_("Part"), lambda quarter, title, label, figure: title),
    (_("What"), lambda quarter, title, label, figure: label),
    (_("Figure"), lambda quarter, title, label, figure: figure),
)
