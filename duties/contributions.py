"""What `duties` adds to the application: the pages about what a worker does, beside those of others."""

from flask import g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user

from duties import cli, held, trailwords, views
from duties.views import incidents
from ground import clock
from ground.contributions import Package
from people import access
from people.held import HELD, Part
from people.models import Area, Grid, Role
from people.pages import ABOUT_GRID, ABOVE, ALARMS, NAVIGATION, Entry, Further
from people.roster import holders, persons, reach
from people.trail.subjects import NAMINGS
from people.trail.words import WORDS
from people.views import IN_GRIDS, ROSTER
from points.models import Slip
from points.views import RECORDS, WATCHING
from points.views.ledger.book import ABOUT_MINE
from points.views.services import evidence
from points.views.services.slips import ABOUT_SLIP

IN_THE_FIELD = WATCHING | {Role.INSTRUCTOR, Role.WORKER}

# What is written down has its rooms beside the services, for a worker beside what is to do.
FIELD = ("duties.due", *RECORDS)


def about_grid(grid: Grid) -> list[Further]:
    """The files of a grid's households, for those who work in it."""
    if not (g.roles & access.COMMITTEE or reach.reaches(current_user, grid)):
        return []
    address = url_for("duties.grid_households", village=g.area.code, ident=grid.id)
    return [Further(gettext("Household files"), address)]


def about_mine(village: Area) -> list[Further]:
    """From their own page a worker reports what cannot wait."""
    return [Further(gettext("Report an emergency"), url_for("duties.new_emergency", village=village.code))]


def about_slip(slip: Slip) -> list[Further]:
    """A slip may be that of a visit, which is keyed in for the grid of its worker."""
    term = slip.worker and holders.latest_served(persons.selves(persons.kept(slip.worker)), clock.today())
    grid = term.grid_id if term else None
    address = url_for("duties.due", village=g.area.code, slip=slip.number, grid=grid)
    return [Further(gettext("Key in a visit"), address)]


DUTIES = Package(
    name="duties",
    title="What a worker does",
    pages=[views.bp],
    commands=[cli.services_cli],
    fillings=[
        ABOUT_GRID.of(about_grid),
        ABOUT_MINE.of(about_mine),
        ABOUT_SLIP.of(about_slip),
        ALARMS.of(incidents.alarms),
        WORDS.of(trailwords.WORDS),
        NAMINGS.of(trailwords.HOUSEHOLD),
        HELD.of(Part(30, held.about)),
        evidence.RECORDS.of(
            evidence.Record("visit", _("Visit"), "duties.visit", is_personal=True),
            evidence.Record("gathering", _("Gathering")),
            evidence.Record("incident", _("Hazard or emergency"), "duties.incident"),
            evidence.Record("dispute", _("Dispute"), "duties.dispute", is_personal=True),
        ),
        NAVIGATION.of(
            Entry(10, "duties.due", _("To do"), "calendar-check", frozenset({Role.WORKER})),
            Entry(30, "duties.new_emergency", _("Urgent report"), "megaphone", frozenset({Role.WORKER})),
            Entry(
                60, "duties.due", _("Visits due"), "calendar-check", IN_GRIDS - {Role.WORKER}, under=RECORDS
            ),
            Entry(70, "duties.gatherings", _("Gatherings"), "people-fill", IN_THE_FIELD, under=FIELD),
            Entry(
                80,
                "duties.disputes",
                _("Disputes and mediation"),
                "chat-left-dots",
                IN_THE_FIELD,
                under=FIELD,
            ),
            Entry(90, "duties.incidents", _("Hazards"), "cone-striped", IN_THE_FIELD, under=FIELD),
            Entry(
                120, "duties.report", _("Figures"), "bar-chart", WATCHING | {Role.INSTRUCTOR}, under=RECORDS
            ),
            Entry(450, "duties.households", _("Household files"), "houses", IN_GRIDS, under=ROSTER),
            Entry(
                610,
                "duties.area_disputes",
                _("Disputes and mediation"),
                "chat-left-dots",
                frozenset(access.ABOVE),
                ABOVE,
                ROSTER,
            ),
            Entry(
                620,
                "duties.emergencies",
                _("Emergencies reported"),
                "megaphone",
                frozenset(access.ABOVE),
                ABOVE,
                ROSTER,
            ),
        ),
    ],
)
