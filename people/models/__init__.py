"""Who and where, a file for each idea; every table of the package is found here by name."""

from people.models.accounts import AuditEvent, Grant, Role, SignInFailure, User
from people.models.cards import Card, CardState
from people.models.conduct import (
    Departure,
    DepartureKind,
    Evaluation,
    LeavingRule,
    NegativeItem,
    Outcome,
    Side,
)
from people.models.files import FileKind, ImportFile
from people.models.growth import Contact, ContactKind, GrowthStep, Stage
from people.models.households import Attention, Household, HouseholdClass
from people.models.persons import (
    Appointment,
    Background,
    ChosenBy,
    Duty,
    Merge,
    Person,
    Portrait,
    Sex,
    Standing,
    mask_name,
    mask_phone,
)
from people.models.places import (
    CODE_DIGITS,
    VILLAGE_LEVELS,
    Area,
    Change,
    Grid,
    GridChange,
    GridKind,
    Group,
    Level,
)
from people.models.training import Attendance, Training

__all__ = [
    "CODE_DIGITS",
    "VILLAGE_LEVELS",
    "Appointment",
    "Area",
    "Attendance",
    "Attention",
    "AuditEvent",
    "Background",
    "Card",
    "CardState",
    "Change",
    "ChosenBy",
    "Contact",
    "ContactKind",
    "Departure",
    "DepartureKind",
    "Duty",
    "Evaluation",
    "FileKind",
    "Grant",
    "Grid",
    "GridChange",
    "GridKind",
    "Group",
    "GrowthStep",
    "Household",
    "HouseholdClass",
    "ImportFile",
    "LeavingRule",
    "Level",
    "Merge",
    "NegativeItem",
    "Outcome",
    "Person",
    "Portrait",
    "Role",
    "Sex",
    "Side",
    "SignInFailure",
    "Stage",
    "Standing",
    "Training",
    "User",
    "mask_name",
    "mask_phone",
]
