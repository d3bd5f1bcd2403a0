"""How many services of each duty were recorded, and what becomes of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from ground.db import among, db, inline
from points.models import Category, RubricItem, Service, ServiceState


@dataclass(frozen=True)
class ServiceCount:
    """The number of services of a duty in a state, and their points in tenths before the caps."""

    category: Category
    state: ServiceState
    services: int
    tenths: int


def services_by_duty(villages: Collection[int], first: date, last: date) -> Sequence[ServiceCount]:
    """The services of these days in these villages (by id), by duty and state.

    What takes points is no service, and one that nobody recorded has no row.
    """
    # By item first, from an index alone: what an item is and counts for is asked once for each, not for each
    # of a county's records.
    by_item = (
        select(
            Service.item_id,
            Service.state,
            func.count().label("services"),
            func.sum(Service.count).label("units"),
        )
        .where(
            among(Service.village_id, villages),
            Service.done_on.between(inline(Service.done_on, first), inline(Service.done_on, last)),
        )
        .group_by(Service.item_id, Service.state)
        .subquery()
    )
    rows = db.session.execute(
        select(
            RubricItem.category,
            by_item.c.state,
            func.sum(by_item.c.services),
            func.sum(by_item.c.units * RubricItem.points),
        )
        .join(by_item, by_item.c.item_id == RubricItem.id)
        .where(RubricItem.points > 0)
        .group_by(RubricItem.category, by_item.c.state)
    )
    return [ServiceCount(category, state, int(count), int(tenths)) for category, state, count, tenths in rows]
