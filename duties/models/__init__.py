"""What a worker writes down; every table of the package is found here by name."""

from duties.models.disputes import (
    Attempt,
    AttemptContact,
    AttemptUndone,
    Dispute,
    DisputeKind,
    DisputeReport,
    Result,
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
    Step,
    Visit,
)

__all__ = [
    "Attempt",
    "AttemptContact",
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
    "Result",
    "Rung",
    "Severity",
    "Step",
    "Visit",
]
