"""Steps and answers of `points` on the printed instructions of each role."""

from flask_babel import lazy_gettext as _

from people.guides.steps import GuideAnswer, GuideStep, Rhythm
from people.models import Role

GUIDE_STEPS = (
    GuideStep(
        110,
        "services.services",
        frozenset({Role.CLERK, Role.CHAIR, Role.INSTRUCTOR}),
        _(
            "In %(page)s first look at what needs a look, then confirm the others together. What you "
            "recorded yourself somebody else confirms."
        ),
        Rhythm.DAILY,
    ),
    GuideStep(
        120,
        "services.services",
        frozenset({Role.SUPERVISOR}),
        _("See in %(page)s what was recorded lately, and ask the village where in doubt."),
        Rhythm.DAILY,
    ),
    GuideStep(
        130,
        "services.slips",
        frozenset({Role.CLERK, Role.INSTRUCTOR}),
        _("A slip comes back: key it in at %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        140,
        "services.deductions",
        frozenset({Role.CHAIR}),
        _("A deduction is proposed: read in %(page)s what the worker says, then decide."),
        Rhythm.DAILY,
    ),
    GuideStep(
        510,
        "ledger.mine",
        frozenset({Role.WORKER}),
        _("Look into %(page)s. What was rejected: add what is missing, and hand it in again."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        520,
        None,
        frozenset({Role.WORKER}),
        _("Once the notice hangs, look at your line. If it is wrong, object before it is booked."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        530,
        "assessment.quarters",
        frozenset({Role.CLERK}),
        _("When the quarter is over: open it in %(page)s, hold the meeting, post the notice."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        540,
        "assessment.quarters",
        frozenset({Role.CLERK}),
        _("Write objections down in %(page)s and answer in time. After the notice ask the chair to book."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        550,
        "assessment.quarters",
        frozenset({Role.CHAIR}),
        _("At the meeting go through %(page)s line by line, then see that the notice hangs."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        560,
        "assessment.quarters",
        frozenset({Role.CHAIR}),
        _("After the notice book in %(page)s. Who prepared the sheet does not book it."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        570,
        "services.samples",
        frozenset({Role.SUPERVISOR}),
        _("Draw some records in %(page)s, go from house to house with the list, write down what you found."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        580,
        "assessment.quarters",
        frozenset({Role.SUPERVISOR}),
        _("Be at the meeting and look at the notice. Objections that come to you go into %(page)s."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        590,
        "assessment.area_quarters",
        frozenset({Role.TOWNSHIP, Role.COUNTY}),
        _("In %(page)s open the quarter for villages that have not, and remind those that have not booked."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        600,
        "assessment.area_quarters",
        frozenset({Role.TOWNSHIP, Role.COUNTY}),
        _(
            "While notices hang, look at the sheets in %(page)s. What is wrong goes back to the meeting "
            "with the reason."
        ),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        610,
        "ledger.accounts",
        frozenset({Role.CHAIR}),
        _("Too much was booked: press the name in %(page)s and correct it."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        620,
        "ledger.accounts",
        frozenset({Role.SUPERVISOR}),
        _("After the booking see in %(page)s what was issued and spent."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        630,
        "ledger.leaving",
        frozenset({Role.CHAIR}),
        _("Somebody leaves: do it in %(page)s, which says first what becomes of the points."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        640,
        "rubrics.rubric",
        frozenset({Role.CHAIR}),
        _("A new rubric is decided by the meeting first, then written down in %(page)s."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        650,
        "rubrics.template",
        frozenset({Role.COUNTY}),
        _("Publish a new version in %(page)s; villages adopt it by their meetings."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        660,
        "assessment.assessment_terms",
        frozenset({Role.COUNTY}),
        _("How many have to come and how long a notice hangs you decide in %(page)s."),
        Rhythm.QUARTERLY,
    ),
)

GUIDE_ANSWERS = (
    GuideAnswer(
        32,
        None,
        frozenset({Role.WORKER}),
        _(
            "Open your list once before you leave: then it can be written down without a network. Or write "
            "it on paper first, and record it later."
        ),
        _("No network"),
    ),
    GuideAnswer(
        40,
        "ledger.mine",
        frozenset({Role.WORKER}),
        _("Ask the clerk to reject it, put it right, and hand it in again in %(page)s."),
        _("Something is entered wrongly"),
    ),
    GuideAnswer(
        41,
        "services.services",
        frozenset({Role.CLERK, Role.CHAIR, Role.INSTRUCTOR}),
        _("Until the notice hangs, take the confirmation back in %(page)s."),
        _("Something is entered wrongly"),
    ),
    GuideAnswer(
        42,
        "services.samples",
        frozenset({Role.SUPERVISOR}),
        _("Write the finding down anew in %(page)s; both stay."),
        _("Something is entered wrongly"),
    ),
    GuideAnswer(
        43,
        None,
        frozenset({Role.TOWNSHIP, Role.COUNTY}),
        _("The village puts it right itself; you see it in its audit trail."),
        _("Something is entered wrongly"),
    ),
    GuideAnswer(
        50,
        None,
        frozenset({Role.WORKER, Role.INSTRUCTOR, Role.MANAGER, Role.VOLUNTEER}),
        _("They tell the village committee, or scan the code on the notice. Hinder nobody."),
        _("Somebody objects"),
    ),
    GuideAnswer(
        51,
        "assessment.quarters",
        frozenset({Role.CLERK, Role.CHAIR, Role.SUPERVISOR}),
        _("Write it down in %(page)s in their words, and give them the receipt."),
        _("Somebody objects"),
    ),
    GuideAnswer(
        52,
        "assessment.area_quarters",
        frozenset({Role.TOWNSHIP, Role.COUNTY}),
        _("See in %(page)s which answers are overdue, and remind the village."),
        _("Somebody objects"),
    ),
)
