"""Somebody who is on the roster twice."""

from ground.db import db, transaction
from people import cards
from people.models import Duty, GridKind, Person, Sex
from people.roster import grids, persons, terms
from shop import verify
from tests.cast import BEGAN_ON, Cast

REASON = "同名同电话，本人确认"
DECISION = "村民代表会议2026年12月20日"


def enter_twins(cast: Cast) -> tuple[Person, Person]:
    """王芳, entered twice: as she always served, and again with a grid, a card and more to know of her."""
    kept = cast.neighbour
    with transaction():
        twin = persons.add_person(
            cast.village, kept.name, cast.clerk, kept.phone, sex=Sex.FEMALE, birth_year=1980
        )
        grid = grids.add_grid(cast.village, "09", "第09网格", GridKind.RURAL, 8, cast.clerk)
        terms.appoint(twin, grid, Duty.WORKER, BEGAN_ON, cast.clerk)
        cards.issue(twin, cast.clerk)
    return kept, twin


def problems() -> list[str]:
    """What does not fit, but for points that the test gave past the assessments."""
    db.session.rollback()
    return [line for line in verify.problems() if "an award without" not in line]
