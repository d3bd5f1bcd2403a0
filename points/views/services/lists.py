"""The lists of records, deductions, samples and slips, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from people import access
from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts, labels
from points.models import Deduction, Finding, Service
from points.samples.samples import SampleLine
from points.views.services.waiting import ServiceRow


def _inside(value: Any) -> Any:
    """What only those of the village read, as on the pages."""
    return value if access.is_insider() else None


def _records(context: Context) -> Iterator[tuple[Service, ServiceRow]]:
    """The records in the order of the list, whether they stand in a group on the page or alone."""
    shown = context["shown_records"]
    rows = (*shown.rows, *(row for group in shown.groups for row in group.rows))
    row_by_id = {row.service.id: row for row in rows}
    for service in context["page"]:
        yield service, row_by_id[service.id]


SERVICES = Listing(
    _("Service records"),
    _records,
    (_("Number"), lambda service, row: service.id),
    (_("Grid worker"), lambda service, row: shown_name(service.worker)),
    (_("Grid"), lambda service, row: service.grid.name),
    (_("Day"), lambda service, row: service.done_on),
    (_("Service"), lambda service, row: service.item.name),
    (_("How many"), lambda service, row: service.count),
    (_("Unit"), lambda service, row: service.item.unit),
    (_("In points"), lambda service, row: amounts.as_number(row.tenths)),
    (_("Note"), lambda service, row: _inside(service.note)),
    (_("Household"), lambda service, row: row.household and f"{row.household.number} {row.household.head}"),
    (_("What it came of"), lambda service, row: row.evidence and row.evidence.label),
    (_("Number of the activity"), lambda service, row: service.activity_id),
    (_("Recorded by"), lambda service, row: shown_name(service.recorded_by)),
    (_("Recorded at"), lambda service, row: service.recorded_at),
    (_("State"), lambda service, row: labels.SERVICE_STATES[service.state]),
    (_("Decided by"), lambda service, row: shown_name(service.decided_by)),
    (_("Decision"), lambda service, row: shown_text(service.decision)),
    (_("To be looked at"), lambda service, row: "；".join(str(flag.sentence) for flag in row.flags)),
)


def _deductions(context: Context) -> Iterator[tuple[Deduction, Service]]:
    for deduction in context["page"]:
        yield deduction, deduction.service


DEDUCTIONS = Listing(
    _("Deductions"),
    _deductions,
    (_("Grid worker"), lambda deduction, service: shown_name(service.worker)),
    (_("Grid"), lambda deduction, service: service.grid.name),
    (_("Day"), lambda deduction, service: service.done_on),
    (_("What points are taken for"), lambda deduction, service: service.item.name),
    (_("In points"), lambda deduction, service: amounts.as_number(deduction.tenths)),
    (_("What happened"), lambda deduction, service: _inside(service.note)),
    (_("What shows it"), lambda deduction, service: _inside(deduction.shown_by)),
    (_("The worker was heard"), lambda deduction, service: bool(deduction.statements)),
    (_("Proposed by"), lambda deduction, service: shown_name(service.recorded_by)),
    (_("State"), lambda deduction, service: labels.DEDUCTION_STATES[service.state]),
    (_("Decided by"), lambda deduction, service: shown_name(service.decided_by)),
    (_("Decision"), lambda deduction, service: _inside(service.decision)),
)

SAMPLES = Listing(
    _("Samples"),
    lambda context: context["samples"],
    (_("Quarter"), lambda sample, count: sample.quarter_name),
    (_("Drawn at"), lambda sample, count: sample.at),
    (_("Drawn by"), lambda sample, count: shown_name(sample.actor)),
    (_("Seed"), lambda sample, count: sample.seed),
    (_("Looked into"), lambda sample, count: count),
)


def _sample_lines(context: Context) -> Iterator[tuple[Service, Finding | None, Any]]:
    lines: list[SampleLine] = context["lines"]
    for line in lines:
        home = context["household"](line.service)
        yield line.service, line.finding, home and f"{home.number} {home.head}"


def _state(service: Service, finding: Finding | None, household: Any) -> Any:
    states = labels.DEDUCTION_STATES if service.item.points < 0 else labels.SERVICE_STATES
    return states[service.state]


SAMPLE_LINES = Listing(
    _("Sample"),
    _sample_lines,
    (_("Number"), lambda service, finding, household: service.id),
    (_("Grid worker"), lambda service, finding, household: shown_name(service.worker)),
    (_("Grid"), lambda service, finding, household: service.grid.name),
    (_("Day"), lambda service, finding, household: service.done_on),
    (_("Service"), lambda service, finding, household: service.item.name),
    (_("How many"), lambda service, finding, household: service.count),
    (_("Note"), lambda service, finding, household: _inside(service.note)),
    (_("Household"), lambda service, finding, household: household),
    (_("State"), _state),
    (_("Finding"), lambda service, finding, household: finding and labels.FINDINGS[finding.result]),
    (_("Note of the finding"), lambda service, finding, household: finding and _inside(finding.note)),
    (_("Looked into by"), lambda service, finding, household: finding and shown_name(finding.actor)),
    (_("Looked into on"), lambda service, finding, household: finding and finding.at),
)

SLIPS = Listing(
    _("Slips"),
    context_records("batches"),
    (_("Day"), lambda batch: batch.at),
    (_("For"), lambda batch: batch.worker.name if batch.worker else _("anyone")),
    (_("First slip"), lambda batch: batch.first_number),
    (_("Last slip"), lambda batch: batch.last_number),
    (_("How many"), lambda batch: batch.slip_count),
    (_("Keyed in"), lambda batch: batch.used_count),
)
