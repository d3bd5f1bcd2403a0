"""For which quarters or months a village hangs up its five openings, by its own decision."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from ground import clock
from ground.clock import Month, Quarter
from ground.db import db, lock
from people import audit
from people.models import Area, User
from points import ledger
from reports.models import DisclosureInterval
from shop.stock import lots

Period = Quarter | Month


def parse(text: str) -> Period:
    """Read `2026Q4` or `2026-11`; ValueError for anything else."""
    return Quarter.parse(text) if "Q" in text else Month.parse(text)


def has_begun(period: Period) -> bool:
    """Whether its first day has come."""
    return period.first_day <= clock.today()


def is_over(period: Period) -> bool:
    """Whether its last day is over: then its sheet changes no more."""
    return period.last_day < clock.today()


def set_monthly(village: Area, monthly: bool, actor: User) -> None:
    """Decide that a village hangs them up each month, or each quarter, from the current quarter on.

    What is so already is not written again.
    """
    lock(village)
    if is_monthly(village) == monthly:
        return
    db.session.add(
        DisclosureInterval(village_id=village.id, monthly=monthly, actor_id=actor.id, at=clock.now())
    )
    db.session.flush()
    audit.note(actor, "disclosure.interval", village, village, monthly=monthly)


def is_monthly(village: Area) -> bool:
    """Whether the village hangs them up each month now."""
    decisions = _decisions(village)
    return bool(decisions) and decisions[-1].monthly


def periods_of(village: Area) -> list[Period]:
    """The periods of a village from its first entry or goods on, the latest first, the current one too.

    Months of the quarters in which it hung them up monthly.
    """
    begun = [moment for moment in (ledger.first_entry_at(village), lots.first_move_at(village)) if moment]
    if not begun:
        return []
    decisions = _decisions(village)
    return list(_periods(Quarter.of(clock.local(min(begun)).date()), decisions))[::-1]


def _periods(first: Quarter, decisions: Sequence[DisclosureInterval]) -> Iterator[Period]:
    quarter, today = first, clock.today()
    while quarter.first_day <= today:
        _begins, ends = clock.day_span(quarter.first_day, quarter.last_day)
        made = [decision.monthly for decision in decisions if decision.at < ends]
        if made and made[-1]:
            month = Month.of(quarter.first_day)
            while month.first_day <= min(today, quarter.last_day):
                yield month
                month = month.next
        else:
            yield quarter
        quarter = quarter.next


def _decisions(village: Area) -> Sequence[DisclosureInterval]:
    return db.session.scalars(
        select(DisclosureInterval)
        .where(DisclosureInterval.village_id == village.id)
        .order_by(DisclosureInterval.id)
    ).all()
