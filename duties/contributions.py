"""What `duties` adds to the application: the pages about what a worker does, beside those of others."""

from flask import g, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user

from duties import cli, held, trailwords, views
from duties.views import incidents
from ground.contributions import Package
from people import access
from people.held import HELD, Part
from people.models import Grid, Role
from people.pages import ABOUT_GRID, ABOVE, ALARMS, NAVIGATION, Entry, Further
from people.roster import reach
from people.trail.subjects import NAMINGS
from people.trail.words import WORDS
from people.views import IN_GRIDS, ROSTER
from points.views import RECORDS, WATCHING
from points.views.services import evidence

IN_THE_FIELD = WATCHING | {Role.INSTRUCTOR, Role.WORKER}

# What is written down has its rooms beside the services, for a worker beside what is to do.
FIELD = ("duties.due", *RECORDS)


def about_grid(grid: Grid) -> list[Further]:
    """The files of a grid's households, for those who work in it."""
    if not (g.roles & access.COMMITTEE or reach.reaches(current_user, grid)):
        return []
    address = url_for("duties.grid_households", village=g.area.code, ident=grid.id)
    return [Further(gettext("Household files"), address)]


DUTIES = Package(
    name="duties",
    title="What a worker does",
    pages=[views.bp],
    commands=[cli.services_cli],
    fillings=[
        ABOUT_GRID.of(about_grid),
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
