"""Who mediates on which rung of a dispute, and who may know of it.

A dispute is confidential to the rungs it has come to and those it was reported to, and to who entered it.
What came to a rung stays known there, also when an attempt is taken back.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from duties.disputes import ladder
from duties.models import Attempt, AttemptUndone, Dispute, DisputeReport, Result, Rung
from people.models import Area, Role, User
from people.roster import reach

# Worker and instructor mediate here, with the group's veteran members on the second rung.
IN_THE_GRID = frozenset({Rung.GRID, Rung.GROUP})

# Whose rung the others are.
HELD_BY = {
    Role.CLERK: Rung.VILLAGE,
    Role.CHAIR: Rung.VILLAGE,
    Role.TOWNSHIP: Rung.TOWNSHIP,
    Role.COUNTY: Rung.COUNTY,
}


def rungs_held(user: User, dispute: Dispute) -> set[Rung]:
    """The rungs on which a sign-in mediates in this dispute, wherever it stands."""
    roles = user.roles_in(dispute.village)
    held = {rung for role, rung in HELD_BY.items() if role in roles}
    entered = dispute.opened_by_id == user.id and bool(roles)
    if entered or dispute.grid_id in reach.grids_served(user, dispute.village):
        held |= IN_THE_GRID
    return held


def seen_by(user: User, area: Area) -> ColumnElement[bool]:
    """What a query asks of an area's disputes so that only those are found that a sign-in may know of."""
    known = [Dispute.opened_by_id == user.id]
    served = reach.grids_served(user, area) if area.is_village else []
    if served:
        known.append(Dispute.grid_id.in_(served))
    roles = user.roles_in(area)
    for rung in sorted({rung for role, rung in HELD_BY.items() if role in roles}):
        known += [_came_to(rung), _reported_to(rung)]
    return or_(*known)


def _came_to(rung: Rung) -> ColumnElement[bool]:
    """Two attempts failed on the rung before, the first of which was not taken back when the second was made.

    Only the last attempt is ever taken back, so the first was there if it still is, or went after the second.
    """
    first, second = aliased(Attempt), aliased(Attempt)
    first_undone, second_undone = aliased(AttemptUndone), aliased(AttemptUndone)
    before = ladder.below(rung)
    return exists(
        select(first.id)
        .join(second, and_(second.dispute_id == first.dispute_id, second.number > first.number))
        .outerjoin(first_undone, first_undone.attempt_id == first.id)
        .outerjoin(second_undone, second_undone.attempt_id == second.id)
        .where(
            first.dispute_id == Dispute.id,
            *(each.rung == before for each in (first, second)),
            *(each.result == Result.FAILED for each in (first, second)),
            or_(first_undone.id.is_(None), first_undone.id > second_undone.id),
        )
        .correlate(Dispute)
    )


def _reported_to(rung: Rung) -> ColumnElement[bool]:
    return exists(
        select(DisputeReport.id)
        .where(DisputeReport.dispute_id == Dispute.id, DisputeReport.to == rung)
        .correlate(Dispute)
    )
