"""The day's closing, with the figures of the desk's page and the closing sheet."""

from typing import Any

from flask import g

from ground import clock, days
from people import access
from shop.api import bp, inputs
from shop.api.figures import points
from shop.desk import closing as verbs
from shop.desk.closing import Closing, Outflow


@bp.get("/closing")
@access.device
def closing() -> dict[str, Any]:
    """A day's figures, today's up to now: handed out, given back, and which goods left the shelf."""
    day = inputs.query()["day"] or clock.today()
    days.HAPPENED.check(day)
    return _as_json(verbs.close_day(g.device.shop, day))


def _as_json(closing: Closing) -> dict[str, Any]:
    numbers = [redemption.number for redemption in closing.redemptions]
    return {
        "day": closing.day.isoformat(),
        "receipts": len(numbers),
        "first_receipt": numbers[0] if numbers else None,
        "last_receipt": numbers[-1] if numbers else None,
        "voids": len(closing.voids),
        "handed_out": points(closing.total_out),
        "given_back": points(closing.total_back),
        "net": points(closing.total_out - closing.total_back),
        "goods": [_outflow(row) for row in closing.goods],
    }


def _outflow(row: Outflow) -> dict[str, Any]:
    return {
        "name": row.name,
        "unit": row.unit,
        "handed_out": row.handed_out,
        "given_back": row.given_back,
        "points": points(row.points),
    }
