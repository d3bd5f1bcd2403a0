"""Who mediates on which rung of a dispute, and who may know of it.

A dispute is confidential to the rungs it has come to and those it was reported to, and to who entered it.
What came to a rung stays known there, also when an attempt is taken back.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from duties.disputes import ladder
from duties.models import Attempt, AttemptResult, AttemptUndone, Dispute, DisputeReport, Rung
from people.models import Area, Role, User
from people.roster import reach

# Worker and instructor mediate here, with the group's veteran members on the second rung.
GRID_RUNGS = frozenset({Rung.GRID, Rung.GROUP})

# Whose rung the others are.
RUNG_OF_ROLE = {
    Role.CLERK: Rung.VILLAGE,
    Role.CHAIR: Rung.VILLAGE,
    Role.TOWNSHIP: Rung.TOWNSHIP,
    Role.COUNTY: Rung.COUNTY,
}


def rungs_held(user: User, dispute: Dispute) -> set[Rung]:
    """The rungs on which a sign-in mediates in this dispute, wherever it stands."""
    roles = user.roles_in(dispute.village)
    rungs = {rung for role, rung in RUNG_OF_ROLE.items() if role in roles}
    is_opener = dispute.opened_by_id == user.id and bool(roles)
    if is_opener or dispute.grid_id in reach.served_grid_ids(user, dispute.village):
        rungs |= GRID_RUNGS
    return rungs


def visible_to(user: User, area: Area) -> ColumnElement[bool]:
    """SQL condition: a sign-in may know of a dispute of this area."""
    conditions = [Dispute.opened_by_id == user.id]
    grid_ids = reach.served_grid_ids(user, area) if area.is_village else []
    if grid_ids:
        conditions.append(Dispute.grid_id.in_(grid_ids))
    roles = user.roles_in(area)
    for rung in sorted({rung for role, rung in RUNG_OF_ROLE.items() if role in roles}):
        conditions += [_has_come_to(rung), _was_reported_to(rung)]
    return or_(*conditions)


def _has_come_to(rung: Rung) -> ColumnElement[bool]:
    """SQL condition: a dispute has come to this rung.

    Two attempts failed on the rung before, the first of which was not taken back when the second was made.
    Only the last attempt is ever taken back, so the first was there if it still is, or went after the
    second.
    """
    first, second = aliased(Attempt), aliased(Attempt)
    first_undone, second_undone = aliased(AttemptUndone), aliased(AttemptUndone)
    before = ladder.rung_below(rung)
    return exists(
        select(first.id)
        .join(second, and_(second.dispute_id == first.dispute_id, second.number > first.number))
        .outerjoin(first_undone, first_undone.attempt_id == first.id)
        .outerjoin(second_undone, second_undone.attempt_id == second.id)
        .where(
            first.dispute_id == Dispute.id,
            *(attempt.rung == before for attempt in (first, second)),
            *(attempt.result == AttemptResult.FAILED for attempt in (first, second)),
            or_(first_undone.id.is_(None), first_undone.id > second_undone.id),
        )
        .correlate(Dispute)
    )


def _was_reported_to(rung: Rung) -> ColumnElement[bool]:
    return exists(
        select(DisputeReport.id)
        .where(DisputeReport.dispute_id == Dispute.id, DisputeReport.to == rung)
        .correlate(Dispute)
    )
