"""How many services of each duty were recorded, and what becomes of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from ground.db import among, db
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
    rows = db.session.execute(
        select(
            RubricItem.category,
            Service.state,
            func.count(Service.id),
            func.sum(Service.count * RubricItem.points),
        )
        .join(Service.item)
        .where(
            among(Service.village_id, villages),
            Service.done_on.between(first, last),
            RubricItem.points > 0,
        )
        .group_by(RubricItem.category, Service.state)
    )
    return [ServiceCount(category, state, count, int(tenths)) for category, state, count, tenths in rows]
