"""Steps of `reports` on the printed instructions of each role."""

from flask_babel import lazy_gettext as _

from people.guides.steps import GuideAnswer, GuideStep, Rhythm
from people.models import Role

GUIDE_STEPS = (
    GuideStep(
        27,
        "prefecture.counties",
        frozenset({Role.PREFECTURE}),
        _("Open %(page)s: what counties send comes there by itself, every few minutes."),
        Rhythm.DAILY,
    ),
    GuideStep(
        585,
        "disclosure.disclosures",
        frozenset({Role.CLERK}),
        _("Print last quarter's sheet in %(page)s and hang it up; once it is booked, make its packet."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        810,
        "prefecture.counties",
        frozenset({Role.PREFECTURE}),
        _("See in %(page)s who has not sent and is late, and telephone the county."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        820,
        None,
        frozenset({Role.PREFECTURE}),
        _("Compare each part with the quarter before. What is far from it, ask the county about."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        830,
        None,
        frozenset({Role.PREFECTURE}),
        _("Once all have sent, press Print, or take the Excel file, and hand it on."),
        Rhythm.QUARTERLY,
    ),
)

GUIDE_ANSWERS = (
    GuideAnswer(
        46,
        "prefecture.counties",
        frozenset({Role.PREFECTURE}),
        _("The county sends a correction; %(page)s shows both figures."),
        _("Something is entered wrongly"),
    ),
    GuideAnswer(
        53,
        None,
        frozenset({Role.PREFECTURE}),
        _("Send them to the county. Here are figures alone, and no names."),
        _("Somebody objects"),
    ),
)
