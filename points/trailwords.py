"""The trail's words for points: assessment, rubric, opening balances, points that expire, entries merged."""

from flask_babel import lazy_gettext as _

from people.trail.words import Words
from points import amounts

WORDS = Words(
    actions={
        "assessment.export": _("took a quarter's sheet out as a file"),
        "assessment.lift": _("took back that a member is left out of a line"),
        "assessment.minutes": _("wrote the minutes of a meeting anew"),
        "assessment.reopen": _("took a quarter back to collecting"),
        "award.correct": _("corrected points that were booked"),
        "expiry.cancel": _("took back that points expire"),
        "expiry.resolve": _("wrote down that points expire"),
        "openings.import": _("took opening balances in from a file"),
        "openings.reverse": _("took back an opening balance that was booked"),
        "openings.withdraw": _("took back a sheet of opening balances"),
        "person.fill": _("completed a person's details from the other entry"),
        "person.merge": _("merged two entries of one person"),
        "rubric.adopt": _("adopted a rubric"),
        "rubric.publish": _("published a template of the rubric"),
        "service.take_back": _("took back that a record was confirmed"),
        "rubric.withdraw": _("withdrew a version of the rubric"),
        "slip.print": _("printed paper slips"),
    },
    kinds={
        "account": _("Account"),
        "assessment": _("Assessment"),
        "expiry": _("Expiry of points"),
        "opening_line": _("Opening balance"),
        "opening_sheet": _("Sheet of opening balances"),
        "service": _("Record"),
    },
    fields={
        "booked_until": _("Booked until"),
        "confirmed_by": _("Confirmed by"),
        "decided_by": _("Decided by"),
        "expires_on": _("Last day to spend them"),
        "kept": _("Entry kept"),
        "member": _("Member"),
        "points": _("Points"),
        "quarter": _("Quarter"),
        "relation": _("Relation"),
        "services": _("Services"),
        "slips": _("Paper slips"),
        "users": _("Sign-ins"),
        "version": _("Version"),
    },
    id_fields={"confirmed_by": "user", "kept": "person", "users": "user"},
    describers={"points": amounts.show},
)
