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
from shop.models import Shop
from shop.shelf.hours import Hours, opening_after


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
    """When the shop is open, by the village's own decision; None: whenever somebody serves."""
    return Hours.from_json(shop.hours) if shop.hours else None


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
    """When a shop that is closed opens next, local time; None without an opening in the next two months."""
    hours = hours_of(shop)
    return opening_after(hours, clock.local(clock.now())) if hours else None
