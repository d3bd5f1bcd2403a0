"""What `duties` adds to the application: the pages about what a worker does, beside those of others."""

from flask import g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user

from duties import cli, held, trailwords, views
from duties.models.dependents import DEPENDENTS_OF_DUTIES
from duties.views import finders, guidetexts, helptexts, incidents, waiting
from ground import clock
from ground.contributions import Package
from people import access
from people.guides.steps import STEPS
from people.held import HELD, HeldPart
from people.models import Area, Grid, Role
from people.pages import (
    ABOUT_GRID,
    ABOVE,
    ALARMS,
    FINDERS,
    HELP,
    NAVIGATION,
    WAITING,
    FurtherLink,
    NavigationEntry,
)
from people.roster import holders, persons, reach
from people.takeback.dependents import DEPENDENTS
from people.trail.subjects import NAMINGS
from people.trail.words import WORDS
from people.views import GRID_ROLES, ROSTER
from points.models import Slip
from points.views import RECORD_PAGES
from points.views.ledger.book import ABOUT_MINE
from points.views.services import evidence
from points.views.services.slips import ABOUT_SLIP

IN_THE_FIELD = access.ONLOOKERS | {Role.INSTRUCTOR, Role.WORKER}

# What is written down has its rooms beside the services, for a worker beside what is to do.
FIELD = ("duties.due", *RECORD_PAGES)


def grid_links(grid: Grid) -> list[FurtherLink]:
    """The link to the household files of a grid, for those who work in it."""
    if not (g.roles & access.COMMITTEE or reach.works_in(current_user, grid)):
        return []
    address = url_for("duties.grid_households", village=g.area.code, ident=grid.id)
    return [FurtherLink(gettext("Household files"), address)]


def own_page_links(village: Area) -> list[FurtherLink]:
    """The link on a worker's own page to report an emergency."""
    return [
        FurtherLink(gettext("Report an emergency"), url_for("duties.new_emergency", village=village.code))
    ]


def slip_links(slip: Slip) -> list[FurtherLink]:
    """The link to key in a visit from a slip, for the grid of its worker."""
    term = slip.worker and holders.latest_worker_term(
        persons.entry_ids(persons.current_entry(slip.worker)), clock.today()
    )
    grid = term.grid_id if term else None
    address = url_for("duties.due", village=g.area.code, slip=slip.number, grid=grid)
    return [FurtherLink(gettext("Key in a visit"), address)]


DUTIES = Package(
    name="duties",
    title="What a worker does",
    pages=[views.bp],
    commands=[cli.services_cli],
    fillings=[
        DEPENDENTS.filling(*DEPENDENTS_OF_DUTIES),
        ABOUT_GRID.filling(grid_links),
        ABOUT_MINE.filling(own_page_links),
        ABOUT_SLIP.filling(slip_links),
        ALARMS.filling(incidents.alarms),
        WORDS.filling(trailwords.WORDS),
        NAMINGS.filling(trailwords.HOUSEHOLD),
        HELD.filling(HeldPart(30, held.about)),
        evidence.RECORDS.filling(
            evidence.RecordKind("visit", _("Visit"), "duties.visit", is_personal=True),
            evidence.RecordKind("gathering", _("Gathering")),
            evidence.RecordKind("incident", _("Hazard or emergency"), "duties.incident"),
            evidence.RecordKind("dispute", _("Dispute"), "duties.dispute", is_personal=True),
        ),
        WAITING.filling(waiting.waiting),
        FINDERS.filling(*finders.FINDERS),
        HELP.filling(helptexts.HELP_TEXTS),
        STEPS.filling(*guidetexts.GUIDE_STEPS),
        NAVIGATION.filling(
            NavigationEntry(10, "duties.due", _("To do"), "calendar-check", frozenset({Role.WORKER})),
            NavigationEntry(
                30, "duties.new_emergency", _("Urgent report"), "megaphone", frozenset({Role.WORKER})
            ),
            NavigationEntry(
                60,
                "duties.due",
                _("Visits due"),
                "calendar-check",
                GRID_ROLES - {Role.WORKER},
                under=RECORD_PAGES,
            ),
            NavigationEntry(
                70, "duties.gatherings", _("Gatherings"), "people-fill", IN_THE_FIELD, under=FIELD
            ),
            NavigationEntry(
                80,
                "duties.disputes",
                _("Disputes and mediation"),
                "chat-left-dots",
                IN_THE_FIELD,
                under=FIELD,
            ),
            NavigationEntry(90, "duties.incidents", _("Hazards"), "cone-striped", IN_THE_FIELD, under=FIELD),
            NavigationEntry(
                120,
                "duties.report",
                _("Figures"),
                "bar-chart",
                access.ONLOOKERS | {Role.INSTRUCTOR},
                under=RECORD_PAGES,
            ),
            NavigationEntry(
                450, "duties.households", _("Household files"), "houses", GRID_ROLES, under=ROSTER
            ),
            NavigationEntry(
                610,
                "duties.area_disputes",
                _("Disputes and mediation"),
                "chat-left-dots",
                access.ROLES_ABOVE,
                ABOVE,
                ROSTER,
            ),
            NavigationEntry(
                620,
                "duties.emergencies",
                _("Emergencies reported"),
                "megaphone",
                access.ROLES_ABOVE,
                ABOVE,
                ROSTER,
            ),
        ),
    ],
)
