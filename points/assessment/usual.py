"""What is usual: an adjustment far beyond it may be a slip, and is asked for once more.

The county's limits are for rubrics; a meeting may decide what it likes. So nothing is forbidden here.
"""

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground.clock import Quarter
from ground.db import db
from ground.refusal import Refused
from people.models import Person
from people.roster import persons
from points import amounts
from points.models import Assessment, Award, Transfer

QUARTERS = 4  # so many booked quarters are looked back on


def usual_total(worker: Person, before: Quarter) -> int | None:
    """The mean of a worker's last four booked quarters before this one, in tenths; None without any."""
    booked = db.session.scalars(
        select(Transfer.amount)
        .join(Transfer.award)
        .join(Award.assessment)
        .where(Award.worker_id.in_(persons.entry_ids(worker)), Assessment.quarter_name < str(before))
        .order_by(Assessment.quarter_name.desc())
        .limit(QUARTERS)
    ).all()
    return sum(booked) // len(booked) if booked else None


def check_usual(assessment: Assessment, worker: Person, amount: int) -> None:
    """Check that tenths of a point, given or taken beside the rubric, are not far beyond what is usual.

    Usual is what one service brings at most, or half of the worker's usual quarter. Refused
    `unusual_amount`, with both, for the person to look at and press again.
    """
    dearest = max((item.points for item in assessment.rubric.items), default=0)
    usual = usual_total(worker, assessment.quarter)
    if abs(amount) <= max(dearest, (usual or 0) // 2):
        return
    points, most = amounts.signed(amount), amounts.show(dearest)
    words = (
        _(
            "%(points)s points is a lot: by the rubric one service brings %(most)s at most. Press the button"
            " once more if it is meant.",
            points=points,
            most=most,
        )
        if usual is None
        else _(
            "%(points)s points is a lot: by the rubric one service brings %(most)s at most, and %(name)s's"
            " usual quarter comes to %(usual)s. Press the button once more if it is meant.",
            points=points,
            most=most,
            name=worker.name,
            usual=amounts.show(usual),
        )
    )
    raise Refused("unusual_amount", words, "amount")
