"""Shops: one for each village, opened on first use."""

from datetime import datetime

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, days
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused
from people import audit
from people.models import Area, User
from points import amounts
from shop.models import Shop
from shop.shelf.hours import Hours, opening_after

# Tenths of a point of an article in a day: what one person writes off where the village decided nothing,
# and the most that a village can decide.
USUAL_WRITE_OFF_LIMIT, LARGEST_WRITE_OFF_LIMIT = 500, 5_000


def open_shop(village: Area, name: str | None = None) -> Shop:
    """The village's shop, opened on first use; without a name of its own it is called after the village."""
    shop = of_village(village)
    if shop is None:
        with force_locale("zh"):
            usual = gettext("%(village)s love supermarket", village=village.name)
        shop = Shop(village_id=village.id, name=name or usual)
        db.session.add(shop)
        db.session.flush()
    return shop


def of_village(village: Area) -> Shop | None:
    """The village's shop, or None."""
    return db.session.scalar(select(Shop).where(Shop.village_id == village.id))


def hours_of(shop: Shop) -> Hours | None:
    """The opening hours of a shop, by the village's own decision; None: whenever somebody serves."""
    return Hours.from_json(shop.hours) if shop.hours else None


def write_off_limit_of(shop: Shop) -> int:
    """What one person alone writes off or returns of an article in a day, in tenths of a point."""
    return USUAL_WRITE_OFF_LIMIT if shop.write_off_limit is None else shop.write_off_limit


def set_write_off_limit(shop: Shop, tenths: int, actor: User | None) -> None:
    """Let one person alone write off up to so many tenths of a point of an article in a day.

    Refused `bad_amount` beyond 0 to 500 points.
    """
    lock(shop)
    if not 0 <= tenths <= LARGEST_WRITE_OFF_LIMIT:
        raise Refused(
            "bad_amount",
            _("The limit is from 0 to %(n)s points.", n=amounts.show(LARGEST_WRITE_OFF_LIMIT)),
            "limit",
        )
    audit.change(actor, "shop.limit", shop, shop.village, write_off_limit=tenths)


def set_hours(shop: Shop, hours: Hours | None, actor: User | None) -> None:
    """Write down when the shop is open from now on; None: whenever somebody serves.

    Refused `bad_day` for a single date that cannot be meant.
    """
    for day in hours.dates if hours else ():
        days.MARKED.check(day)
    lock(shop)
    audit.change(actor, "shelf.hours", shop, shop.village, hours=hours.to_json() if hours else None)


def is_open(shop: Shop) -> bool:
    """Whether goods are handed out now."""
    hours = hours_of(shop)
    return hours is None or hours.is_open(clock.local(clock.now()))


def check_open(shop: Shop) -> None:
    """Check that the shop is open now. Refused `shop_closed`, with the next opening."""
    if is_open(shop):
        return
    opening = next_opening(shop)
    if opening is None:
        raise Refused("shop_closed", _("The shop is closed."))
    raise Refused(
        "shop_closed",
        _("The shop is closed. It opens on %(moment)s.", moment=words.moment(opening)),
    )


def next_opening(shop: Shop) -> datetime | None:
    """The next opening of a closed shop, local time; None without one in the next two months."""
    hours = hours_of(shop)
    return opening_after(hours, clock.local(clock.now())) if hours else None
