"""Search of households by grid, class or words, and how many there are of each class."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, lazyload, load_only

from ground import names
from ground.db import db
from people.finding import SearchWords
from people.models import Attention, Grid, Household, HouseholdClass


@dataclass(frozen=True)
class HouseholdSearch:
    """A search for households; what is left out does not narrow it.

    `text` is in the head's name or the house; `moved_away` asks for those who moved away instead of those who
    live there.
    """

    attention: Attention | None = None
    text: str = ""
    moved_away: bool = False


@dataclass(frozen=True)
class HouseholdFigures:
    """The number of households that live somewhere, of people, and of households of each class."""

    households: int
    residents: int
    classes: Counter[Attention]


# A household's class is the last line of its history.
LATEST_CLASS = (
    select(func.max(HouseholdClass.id))
    .where(HouseholdClass.household_id == Household.id)
    .correlate(Household)
    .scalar_subquery()
)


def is_latest_class(day: date) -> ColumnElement[bool]:
    """The query condition for the lines of `HouseholdClass` that none of their household followed by a day.

    As `LATEST_CLASS` of today, for whoever goes through the classes of many households.
    """
    later = aliased(HouseholdClass)
    return ~exists().where(
        later.household_id == HouseholdClass.household_id, later.id > HouseholdClass.id, later.on <= day
    )


def search_households(grids: Collection[int], search: HouseholdSearch) -> Select[Household]:
    """The households of these grids (by id) that fit, by grid and number; for paging."""
    query = (
        select(Household)
        .join(Household.grid)
        .options(contains_eager(Household.grid))
        .where(
            Household.grid_id.in_(grids),
            ~Household.is_retired,
            Household.left_on.is_not(None) if search.moved_away else Household.left_on.is_(None),
        )
        .order_by(Grid.code, Household.number)
    )
    if search.attention:
        query = query.join(HouseholdClass, HouseholdClass.id == LATEST_CLASS).where(
            HouseholdClass.attention == search.attention
        )
    if search.text:
        named = (names.has_in_name(column, search.text) for column in (Household.head, Household.house))
        query = query.where(or_(*named))
    return query


def fitting(grids: Collection[int], words: SearchWords) -> list[Household]:
    """The households of these grids (by id) that fit by head, house or telephone, the best first.

    Those who moved away are among them.
    """
    query = (
        select(Household)
        .options(load_only(Household.head, Household.house, Household.phone, Household.grid_id))
        .options(load_only(Household.left_on), lazyload(Household.classes))
        .where(Household.grid_id.in_(grids))
    )
    found = [
        household
        for household in db.session.scalars(query)
        if words.fit(household.head) or words.fit(household.house) or words.fit_phone(household.phone)
    ]
    return sorted(found, key=lambda household: words.rank(household.head))


def households_of_grid(grid: Grid, moved_away: bool = False) -> Sequence[Household]:
    """The households that live in a grid (or moved away from it), by number."""
    return db.session.scalars(search_households([grid.id], HouseholdSearch(moved_away=moved_away))).all()


def figures(grids: Collection[int]) -> HouseholdFigures:
    """The figures of all who live in these grids."""
    rows = db.session.execute(
        select(HouseholdClass.attention, func.count(), func.sum(Household.residents))
        .join(Household, HouseholdClass.household_id == Household.id)
        .where(
            HouseholdClass.id == LATEST_CLASS,
            Household.grid_id.in_(grids),
            Household.left_on.is_(None),
        )
        .group_by(HouseholdClass.attention)
    ).all()
    return HouseholdFigures(
        households=sum(households for _class, households, _residents in rows),
        residents=sum(residents for _class, _households, residents in rows),
        classes=Counter({attention: households for attention, households, _residents in rows}),
    )
