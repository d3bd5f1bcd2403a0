"""The points on the wall, compared with what they are spent on; those who know it say it."""

from collections.abc import Callable

from markupsafe import Markup

from ground.contributions import Slot
from people.models import Area

# What a village's points weigh once so many tenths more are booked, as a part of a page.
WEIGHING: Slot[Callable[[Area, int], Markup]] = Slot()


def weighings(village: Area, tenths: int) -> list[Markup]:
    """The parts of a page that weigh a village's points, one for each thing to weigh them against."""
    return [weighed(village, tenths) for weighed in WEIGHING.items()]
