"""What points are made of, a file for each idea; every table of the package is found here by name."""

from points.models.aftermath import Award, Correction, Expiry, Lapse, MergeMove
from points.models.assessments import (
    Adjustment,
    Assessment,
    AssessmentState,
    Look,
    Member,
    Quorum,
    Recusal,
    Reminder,
    SentBack,
    Terms,
)
from points.models.ledger import GENESIS, Account, AccountKind, Transfer, TransferKind
from points.models.notices import Answer, How, Notice, NoticeLine, Objection
from points.models.rubrics import Category, FedBy, Rubric, RubricItem
from points.models.services import Finding, Found, Photo, Sample, Service, ServiceState, Slip, Voucher

__all__ = [
    "GENESIS",
    "Account",
    "AccountKind",
    "Adjustment",
    "Answer",
    "Assessment",
    "AssessmentState",
    "Award",
    "Category",
    "Correction",
    "Expiry",
    "FedBy",
    "Finding",
    "Found",
    "How",
    "Lapse",
    "Look",
    "Member",
    "MergeMove",
    "Notice",
    "NoticeLine",
    "Objection",
    "Photo",
    "Quorum",
    "Recusal",
    "Reminder",
    "Rubric",
    "RubricItem",
    "Sample",
    "SentBack",
    "Service",
    "ServiceState",
    "Slip",
    "Terms",
    "Transfer",
    "TransferKind",
    "Voucher",
]
