"""The shop itself, as programs read it: where it is, when it is open, and which day it is there."""

from typing import Any

from flask import g

from ground import clock
from people import access
from shop import labels
from shop.api import bp
from shop.api.figures import moment
from shop.shelf import shops
from shop.shelf.hours import Hours, Span


@bp.get("/shop")
@access.device
def shop() -> dict[str, Any]:
    """The shop that the device serves, with its opening hours and the program's clock."""
    shop, now = g.device.shop, clock.now()
    hours, is_open = shops.hours_of(shop), shops.is_open(shop)
    closes = hours.closing_time(clock.local(now)) if hours else None
    opening = None if is_open else shops.next_opening(shop)
    return {
        "name": shop.name,
        "village": shop.village.name,
        "today": clock.today().isoformat(),
        "now": moment(now),
        "is_open": is_open,
        "closes_at": f"{closes:%H:%M}" if closes else None,
        "opens_at": moment(opening) if opening else None,
        "state": labels.opening_text(shop),
        "hours": _hours(hours) if hours else None,
    }


def _hours(hours: Hours) -> dict[str, Any]:
    """When the shop is open: line by line to show, and as data; a single date outweighs the others."""
    today = clock.today()
    return {
        "text": [f"{day} {times}" for day, times in labels.hours_lines(hours, today)],
        "weekly": [{"weekday": day, **_span(span)} for day, span in sorted(hours.weekly.items())],
        "monthly": [{"day": day, **_span(span)} for day, span in sorted(hours.monthly.items())],
        "dates": [
            {"date": day.isoformat(), **_span(span)}
            for day, span in sorted(hours.dates.items())
            if day >= today
        ],
    }


def _span(span: Span | None) -> dict[str, str | None]:
    """From when to when; neither on a day on which the shop stays closed."""
    return {
        "opens": f"{span.opens:%H:%M}" if span else None,
        "closes": f"{span.closes:%H:%M}" if span else None,
    }
