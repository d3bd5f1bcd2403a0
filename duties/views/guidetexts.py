"""Steps of `duties` on the printed instructions of each role."""

from flask_babel import lazy_gettext as _

from people.guides.steps import GuideStep, Rhythm
from people.models import Role

GUIDE_STEPS = (
    GuideStep(
        30,
        "duties.due",
        frozenset({Role.WORKER}),
        _("Open %(page)s, and visit those who stand first. Then press what you did."),
        Rhythm.DAILY,
    ),
    GuideStep(
        180,
        "duties.due",
        frozenset({Role.INSTRUCTOR}),
        _("See in %(page)s who is to be visited, and remind the worker."),
        Rhythm.DAILY,
    ),
    GuideStep(
        190,
        "duties.gatherings",
        frozenset({Role.WORKER}),
        _("After a gathering write topic and number of people into %(page)s on the same day."),
        Rhythm.DAILY,
    ),
    GuideStep(
        200,
        "duties.disputes",
        frozenset({Role.WORKER, Role.INSTRUCTOR}),
        _("Neighbours quarrel: open it in %(page)s, and write down each attempt."),
        Rhythm.DAILY,
    ),
    GuideStep(
        210,
        "duties.area_disputes",
        frozenset({Role.TOWNSHIP, Role.COUNTY}),
        _("What came to your level: write down each attempt in %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        220,
        "duties.incidents",
        frozenset({Role.WORKER, Role.INSTRUCTOR}),
        _("You see something dangerous: report it in %(page)s and write down each step."),
        Rhythm.DAILY,
    ),
    GuideStep(
        230,
        "duties.new_emergency",
        frozenset({Role.WORKER}),
        _("It has happened: first call 110, 119 or 120, then press %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        240,
        "duties.emergencies",
        frozenset({Role.TOWNSHIP}),
        _("A village reports an emergency: press it in %(page)s and write down who goes there."),
        Rhythm.DAILY,
    ),
    GuideStep(
        250,
        "duties.emergencies",
        frozenset({Role.COUNTY}),
        _("See in %(page)s how far an emergency is dealt with, and call the township."),
        Rhythm.DAILY,
    ),
)
