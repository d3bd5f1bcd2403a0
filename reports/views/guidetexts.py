"""Steps of `reports` on the printed instructions of each role."""

from flask_babel import lazy_gettext as _

from people.guides.steps import GuideStep, Rhythm
from people.models import Role

GUIDE_STEPS = (
    GuideStep(
        585,
        "disclosure.disclosures",
        frozenset({Role.CLERK}),
        _("Print last quarter's sheet in %(page)s and hang it up; once it is booked, make its packet."),
        Rhythm.QUARTERLY,
    ),
)
