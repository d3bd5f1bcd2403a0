"""The making of a demo in an empty database, and of the rest of the county beside it."""

from collections.abc import Iterator, Sequence
from typing import cast

from sqlalchemy import select

from demo import calendar, neighbours, returns, roll
from demo.story import PARTS_OF_A_VILLAGE, SECRET, Story
from ground.db import db
from ground.refusal import Refused
from people import areas
from people.models import Area, Grid, Role
from people.signin import accounts

DEMO_VILLAGES = ("532323101001", "532323101201", "532323102215")
TOWNSHIP = "532323101"  # of the first two


def steps(codes: Sequence[str] = DEMO_VILLAGES) -> int:
    """How often `make` yields."""
    return len(codes) * (PARTS_OF_A_VILLAGE + 1)


def make(codes: Sequence[str] = DEMO_VILLAGES) -> Iterator[int]:
    """Make a demo: the real county's areas, invented people, three quarters of history in some villages.

    Inside a transaction; yields which step is done, from 1 to `steps`. Refused `not_empty` over anything but
    an empty database.
    """
    if not calendar.is_empty():
        raise Refused("not_empty", "This database is in use. The demo needs an empty one.")
    done = 0
    areas.import_areas(areas.COUNTY_FILE.read_bytes())
    calendar.start_calendar()
    villages = {village.code: village for village in areas.villages_in(cast(Area, areas.by_code("532323")))}
    plans = roll.plans(list(villages.values()))
    story = Story()
    for level, code in ((Role.COUNTY, "532323"), (Role.TOWNSHIP, TOWNSHIP)):
        office, name = cast(Area, areas.by_code(code)), roll.name(story.chance)
        unit = f"{office.name}平安办"
        user = accounts.add_user(level, name, SECRET, None, temporary=False, unit=unit)
        accounts.grant(user, level, office, None)
    clerks = []
    for number, code in enumerate(codes, 1):
        village = story.village(villages[code], plans[code], "" if number == 1 else str(number))
        clerks.append((village.area, village.users[Role.CLERK]))
        yield (done := done + 1)
        for _part in story.tell_village(village):
            yield (done := done + 1)
    neighbours.train_at_township_and_county([villages[code] for code in codes])
    returns.send_last_quarter(clerks, office, user)


def empty_villages() -> list[Area]:
    """The villages of a demo in which nobody lives yet."""
    settled = set(db.session.scalars(select(Grid.village_id).distinct()))
    return [village for village in _villages() if village.id not in settled]


def _villages() -> Sequence[Area]:
    return areas.villages_in(cast(Area, areas.by_code("532323")))


def settle(villages: Sequence[Area]) -> Iterator[Area]:
    """Make grids, workers and instructors in villages of a demo; yields each village when it is done."""
    plans = roll.plans(list(_villages()))
    story = Story()
    for village in villages:
        story.people(village, plans[village.code])
        db.session.flush()
        db.session.expunge_all()
        yield village
