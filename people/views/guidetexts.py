"""Steps and answers of `people` on the printed instructions of each role."""

from flask_babel import lazy_gettext as _

from people.guides.steps import GuideAnswer, GuideStep, Rhythm
from people.models import Role

GUIDE_STEPS = (
    GuideStep(
        10,
        "home.front",
        frozenset({Role.CLERK, Role.CHAIR, Role.SUPERVISOR, Role.INSTRUCTOR}),
        _("Open %(page)s and begin with the first line."),
        Rhythm.DAILY,
    ),
    GuideStep(
        20,
        "home.area",
        frozenset({Role.TOWNSHIP, Role.COUNTY}),
        _("Open %(page)s: first what waits for you, then which villages are late."),
        Rhythm.DAILY,
    ),
    GuideStep(
        25,
        "home.supervision",
        frozenset({Role.SUPERVISOR}),
        _("Once a week look through %(page)s, ask about it, and write down what you found."),
        Rhythm.DAILY,
    ),
    GuideStep(
        150,
        "roster.grids",
        frozenset({Role.CLERK}),
        _("Somebody is appointed or hands over: do it in %(page)s on the same day."),
        Rhythm.DAILY,
    ),
    GuideStep(
        160,
        "cards.cards",
        frozenset({Role.CLERK}),
        _("Who is new gets a card: issue and print it in %(page)s and hand it over."),
        Rhythm.DAILY,
    ),
    GuideStep(
        165,
        "signin.accounts",
        frozenset({Role.PREFECTURE}),
        _("Who comes is given a sign-in in %(page)s on the same day; who goes has it closed."),
        Rhythm.DAILY,
    ),
    GuideStep(
        170,
        "roster.staffing",
        frozenset({Role.TOWNSHIP}),
        _("See in %(page)s which grids have nobody, and ask the village to appoint."),
        Rhythm.DAILY,
    ),
    GuideStep(
        710,
        "conduct.trainings",
        frozenset({Role.TOWNSHIP}),
        _("Write a session down in %(page)s first; people are let in on its day."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        720,
        "conduct.evaluations",
        frozenset({Role.INSTRUCTOR}),
        _("Once a year speak about each worker in %(page)s; what was sent stays."),
        Rhythm.QUARTERLY,
    ),
)

GUIDE_ANSWERS = (
    GuideAnswer(
        10,
        None,
        frozenset({Role.WORKER}),
        _("Tell the clerk at once: the card is stopped and you get a new one. The points stay."),
        _("A card is lost"),
    ),
    GuideAnswer(
        11,
        "cards.cards",
        frozenset({Role.CLERK, Role.CHAIR}),
        _("Press the name in %(page)s, report the card lost, issue a new one. The points stay."),
        _("A card is lost"),
    ),
    GuideAnswer(
        20,
        None,
        frozenset({Role.WORKER}),
        _("Ask the clerk for a new one; the old one holds no more."),
        _("The PIN is forgotten"),
    ),
    GuideAnswer(
        21,
        "signin.pins",
        frozenset({Role.CLERK, Role.CHAIR}),
        _("Give a new one in %(page)s, and hand it over at once."),
        _("The PIN is forgotten"),
    ),
    GuideAnswer(
        22,
        None,
        frozenset(
            {
                Role.SUPERVISOR,
                Role.INSTRUCTOR,
                Role.MANAGER,
                Role.VOLUNTEER,
                Role.TOWNSHIP,
                Role.COUNTY,
                Role.PREFECTURE,
            }
        ),
        _("Ask whoever gave you the sign-in for a new one."),
        _("The password is forgotten"),
    ),
    GuideAnswer(
        30,
        None,
        frozenset(
            {
                Role.CLERK,
                Role.CHAIR,
                Role.SUPERVISOR,
                Role.INSTRUCTOR,
                Role.TOWNSHIP,
                Role.COUNTY,
                Role.PREFECTURE,
            }
        ),
        _("Leave the page open and press again once there is a network."),
        _("No network"),
    ),
    GuideAnswer(
        60,
        None,
        frozenset({Role.WORKER, Role.INSTRUCTOR, Role.MANAGER}),
        _("Ask the village's clerk."),
        _("Still not clear"),
    ),
    GuideAnswer(
        61,
        None,
        frozenset({Role.VOLUNTEER}),
        _("Ask the manager, then the village's clerk."),
        _("Still not clear"),
    ),
    GuideAnswer(
        62,
        None,
        frozenset({Role.CLERK, Role.CHAIR, Role.SUPERVISOR}),
        _("Ask the township."),
        _("Still not clear"),
    ),
    GuideAnswer(
        63,
        None,
        frozenset({Role.TOWNSHIP}),
        _("Ask the county."),
        _("Still not clear"),
    ),
    GuideAnswer(
        64,
        None,
        frozenset({Role.COUNTY, Role.PREFECTURE}),
        _("Ask whoever runs the system."),
        _("Still not clear"),
    ),
)
