"""What the points on the wall weigh against what they are spent on; those who know it say it."""

from collections.abc import Callable

from markupsafe import Markup

from ground.contributions import Slot
from people.models import Area

# What a village's points weigh once so many tenths more are booked, as a part of a page.
WEIGHING: Slot[Callable[[Area, int], Markup]] = Slot()


def weighings(village: Area, new: int) -> list[Markup]:
    """What there is to weigh a village's points against, each as a part of a page."""
    return [weighed(village, new) for weighed in WEIGHING.items()]
