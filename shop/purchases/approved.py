"""What was approved to be bought: the units that are still to come, and when what was asked for came."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from ground import names
from ground.db import db
from shop.models import (
    PurchaseApproval,
    PurchaseDelivery,
    PurchaseLine,
    PurchaseRequest,
    Shop,
    delivery_stands,
)
from shop.purchases import wishes


@dataclass(frozen=True)
class ApprovedGoods:
    """What requests name, by its folded name: the units that did not come yet, and when it came last."""

    awaited: Mapping[str, int]
    came: Mapping[str, datetime]


def approved_goods(shop: Shop) -> ApprovedGoods:
    """What was approved for a shop, or came for an approved request, in the last 90 days.

    For a request for which a delivery came nothing is awaited any more; one that was undone did not come.
    """
    since = wishes.counted_since()
    came_at = (
        select(func.max(PurchaseDelivery.at))
        .where(
            PurchaseDelivery.request_id == PurchaseLine.request_id,
            delivery_stands(PurchaseDelivery.delivery_id),
        )
        .scalar_subquery()
    )
    query = (
        select(PurchaseLine.name, PurchaseLine.quantity, came_at)
        .join(PurchaseRequest, PurchaseRequest.id == PurchaseLine.request_id)
        .join(PurchaseApproval, PurchaseApproval.request_id == PurchaseLine.request_id)
        .where(PurchaseRequest.shop_id == shop.id, or_(PurchaseApproval.at >= since, came_at >= since))
    )
    awaited, came = Counter[str](), dict[str, datetime]()
    for name, quantity, last_came_at in db.session.execute(query):
        folded = names.folded(name)
        if last_came_at is None:
            awaited[folded] += quantity
        else:
            came[folded] = max(last_came_at, came.get(folded, last_came_at))
    return ApprovedGoods(awaited, came)
