"""What `points` adds to the application: the pages about points, and where those about a person lead."""

from flask import g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from ground.contributions import Package
from ground.db import NEWEST
from ground.server.metrics import FIGURES, Figure, rows_of
from people import access
from people.guides.steps import ANSWERS, STEPS
from people.held import HELD, HeldPart
from people.models import Person, Role
from people.pages import ABOUT_PERSON, ABOVE, FINDERS, HELP, NAVIGATION, WAITING, FurtherLink, NavigationEntry
from people.proposals.kinds import KINDS
from people.sight import NAMES_KEPT
from people.supervision.entries import ENTRY_KINDS
from people.takeback.dependents import DEPENDENTS
from people.takeback.undoing import CLOSED
from people.trail.words import WORDS
from people.views import ROSTER
from points import amounts, cli, held, supervision, trailwords
from points import ledger as ledger_verbs
from points.assessment import members
from points.models import Transfer
from points.models.dependents import DEPENDENTS_OF_POINTS
from points.openings import objections as opening_objections
from points.services import reading
from points.views import (
    KEYING_IN,
    RECORD_PAGES,
    assessment,
    finders,
    guidetexts,
    helptexts,
    ledger,
    meeting,
    openings,
    proposals,
    rubrics,
    services,
    waiting,
    wall,
)
from points.views.services import evidence
from points.views.wall import weighing
from points.wall import booking, objections


def about_person(person: Person) -> list[FurtherLink]:
    """How the chair settles that one of the village's own leaves or was entered twice."""
    if Role.CHAIR not in g.roles or person.area_id != g.area.id:
        return []
    place = {"village": g.area.code, "ident": person.id}
    return [
        FurtherLink(gettext("Leaves"), url_for("ledger.leave", **place)),
        FurtherLink(gettext("Entered twice"), url_for("ledger.merge", **place)),
    ]


POINTS = Package(
    name="points",
    title="Points",
    pages=[room.bp for room in (assessment, meeting, wall, ledger, openings, rubrics, services)],
    commands=[cli.ledger_cli, cli.assessments_cli],
    filters={"points": amounts.show},
    globals={"weighings": weighing.weighings},
    fillings=[
        NEWEST.filling(ledger_verbs.newest),
        DEPENDENTS.filling(*DEPENDENTS_OF_POINTS),
        CLOSED.filling(booking.is_booked_in),
        FIGURES.filling(Figure("aixin_entries", "Entries of the ledger.", rows_of(Transfer))),
        ABOUT_PERSON.filling(about_person),
        NAMES_KEPT.filling(
            members.names_kept,
            objections.names_kept,
            opening_objections.names_kept,
            reading.names_kept,
        ),
        ENTRY_KINDS.filling(*supervision.SUPERVISED),
        WORDS.filling(trailwords.WORDS),
        HELD.filling(HeldPart(20, held.services_held), HeldPart(40, held.points_held)),
        evidence.RECORDS.filling(
            evidence.RecordKind("attendance", _("Training")),
            evidence.RecordKind("evaluation", _("Evaluation")),
        ),
        WAITING.filling(waiting.waiting),
        KINDS.filling(*proposals.PROPOSAL_KINDS),
        FINDERS.filling(*finders.FINDERS),
        HELP.filling(helptexts.HELP_TEXTS),
        STEPS.filling(*guidetexts.GUIDE_STEPS),
        ANSWERS.filling(*guidetexts.GUIDE_ANSWERS),
        NAVIGATION.filling(
            NavigationEntry(20, "ledger.mine", _("My points"), "heart", frozenset({Role.WORKER})),
            NavigationEntry(
                50, "services.services", _("Services"), "journal-check", access.ONLOOKERS | {Role.INSTRUCTOR}
            ),
            NavigationEntry(
                95,
                "services.deductions",
                _("Deductions"),
                "dash-circle",
                access.ONLOOKERS | {Role.INSTRUCTOR},
                under=RECORD_PAGES,
            ),
            NavigationEntry(100, "services.slips", _("Slips"), "receipt", KEYING_IN, under=RECORD_PAGES),
            NavigationEntry(
                110, "services.samples", _("Samples"), "search", access.ONLOOKERS, under=RECORD_PAGES
            ),
            NavigationEntry(130, "assessment.quarters", _("Assessments"), "clipboard-data", access.ONLOOKERS),
            NavigationEntry(140, "ledger.accounts", _("Ledger book"), "book", access.ONLOOKERS),
            NavigationEntry(
                150,
                "ledger.expiry",
                _("Expiry"),
                "hourglass-split",
                access.ONLOOKERS,
                under=("ledger.accounts",),
            ),
            NavigationEntry(
                155,
                "openings.openings",
                _("Opening balances"),
                "journal-arrow-down",
                access.ONLOOKERS,
                under=("ledger.accounts",),
            ),
            NavigationEntry(
                160,
                "rubrics.rubric",
                _("Rubric"),
                "list-check",
                access.ONLOOKERS | {Role.INSTRUCTOR, Role.WORKER},
            ),
            NavigationEntry(
                170,
                "assessment.area_quarters",
                _("Assessments"),
                "clipboard-data",
                access.ROLES_ABOVE,
                ABOVE,
            ),
            NavigationEntry(
                180,
                "assessment.assessment_terms",
                _("Terms of the assessment"),
                "sliders",
                access.ROLES_ABOVE,
                ABOVE,
                ("assessment.area_quarters",),
            ),
            NavigationEntry(
                630,
                "rubrics.template",
                _("Rubric"),
                "list-check",
                access.ROLES_ABOVE,
                ABOVE,
                ROSTER,
            ),
            NavigationEntry(
                640, "ledger.leaving", _("Leaving"), "box-arrow-right", access.ONLOOKERS, under=ROSTER
            ),
            NavigationEntry(
                650, "ledger.duplicates", _("Duplicates"), "person-plus", access.ONLOOKERS, under=ROSTER
            ),
            NavigationEntry(
                660,
                "ledger.area_duplicates",
                _("Duplicates"),
                "person-plus",
                access.ROLES_ABOVE,
                ABOVE,
                ROSTER,
            ),
        ),
    ],
)
