"""What points are made of, a file for each idea; every table of the package is found here by name."""

from points.models.assessments import Adjustment, Assessment, AssessmentState, Notice
from points.models.disputes import (
    Attempt,
    AttemptContact,
    AttemptUndone,
    Dispute,
    DisputeKind,
    DisputeReport,
    Result,
    Rung,
)
from points.models.ledger import GENESIS, Account, AccountKind, Transfer, TransferKind
from points.models.records import (
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
from points.models.rubrics import Category, FedBy, Rubric, RubricItem
from points.models.services import Finding, Found, Photo, Sample, Service, ServiceState, Slip, Voucher

__all__ = [
    "GENESIS",
    "Account",
    "AccountKind",
    "Adjustment",
    "Assessment",
    "AssessmentState",
    "Attempt",
    "AttemptContact",
    "AttemptUndone",
    "Category",
    "Dispute",
    "DisputeKind",
    "DisputeReport",
    "FedBy",
    "Finding",
    "Found",
    "Gathering",
    "GatheringKind",
    "Incident",
    "IncidentKind",
    "IncidentStep",
    "IncidentStepKind",
    "Notice",
    "Photo",
    "Result",
    "Rubric",
    "RubricItem",
    "Rung",
    "Sample",
    "Service",
    "ServiceState",
    "Severity",
    "Slip",
    "Step",
    "Transfer",
    "TransferKind",
    "Visit",
    "Voucher",
]
