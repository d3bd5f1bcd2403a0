"""The models of people: a file for each idea; every table of the package is found here by name.

Area       a prefecture, county, township, village or community, under its official code
Grid       a micro-grid of a village; Household, its households
Person     a worker or instructor; Appointment, their term in a grid; Card, by which they are known
User       a sign-in; Grant, a role it holds in an area and below; UserSession, where it is in use;
           SecondFactor, what is asked after its password, and RecoveryCode, for a lost telephone
Proposal   what needs a second person
AuditEvent a line of the audit trail
"""

from people.models.accounts import (
    IN_A_COUNTY,
    AuditEvent,
    Grant,
    RecoveryCode,
    Role,
    SecondFactor,
    SignInFailure,
    User,
    UserSession,
)
from people.models.cards import Card, CardState
from people.models.conduct import (
    Departure,
    DepartureKind,
    Evaluation,
    EvaluationSide,
    LeavingRule,
    NegativeItem,
    Outcome,
)
from people.models.files import FileKind, ImportFile, ImportTrace
from people.models.growth import Contact, ContactKind, GrowthStep, Stage
from people.models.households import Attention, Household, HouseholdClass
from people.models.persons import (
    Appointment,
    Background,
    ChosenBy,
    Duty,
    Merge,
    Person,
    PoliticalStatus,
    Portrait,
    Sex,
    mask_name,
    mask_phone,
    name_mask,
)
from people.models.places import (
    CODE_DIGITS,
    VILLAGE_LEVELS,
    Area,
    Grid,
    GridChange,
    GridChangeKind,
    GridKind,
    Group,
    Level,
)
from people.models.proposals import Proposal, ProposalState
from people.models.supervision import Inquiry
from people.models.training import Attendance, Training

__all__ = [
    "CODE_DIGITS",
    "IN_A_COUNTY",
    "VILLAGE_LEVELS",
    "Appointment",
    "Area",
    "Attendance",
    "Attention",
    "AuditEvent",
    "Background",
    "Card",
    "CardState",
    "ChosenBy",
    "Contact",
    "ContactKind",
    "Departure",
    "DepartureKind",
    "Duty",
    "Evaluation",
    "EvaluationSide",
    "FileKind",
    "Grant",
    "Grid",
    "GridChange",
    "GridChangeKind",
    "GridKind",
    "Group",
    "GrowthStep",
    "Household",
    "HouseholdClass",
    "ImportFile",
    "ImportTrace",
    "Inquiry",
    "LeavingRule",
    "Level",
    "Merge",
    "NegativeItem",
    "Outcome",
    "Person",
    "PoliticalStatus",
    "Portrait",
    "Proposal",
    "ProposalState",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "Sex",
    "SignInFailure",
    "Stage",
    "Training",
    "User",
    "UserSession",
    "mask_name",
    "mask_phone",
    "name_mask",
]
