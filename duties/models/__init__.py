"""The tables of the records of duties, each to be imported from here."""

from duties.models.disputes import (
    Attempt,
    AttemptContact,
    AttemptResult,
    AttemptUndone,
    Dispute,
    DisputeKind,
    DisputeReport,
    Rung,
)
from duties.models.records import (
    Gathering,
    GatheringKind,
    Incident,
    IncidentKind,
    IncidentStep,
    IncidentStepKind,
    Severity,
    Visit,
    VisitStep,
)

__all__ = [
    "Attempt",
    "AttemptContact",
    "AttemptResult",
    "AttemptUndone",
    "Dispute",
    "DisputeKind",
    "DisputeReport",
    "Gathering",
    "GatheringKind",
    "Incident",
    "IncidentKind",
    "IncidentStep",
    "IncidentStepKind",
    "Rung",
    "Severity",
    "Visit",
    "VisitStep",
]
