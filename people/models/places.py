"""Areas under their official codes, groups, micro-grids, and the history of grids."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column


class Level(StrEnum):
    """The levels of the official area codes (国家统计局统计用区划代码).

    A prefecture stands in a database of its own, with its counties by name alone.
    """

    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    COMMUNITY = "community"


# Where grids, assessments and a shop hang.
VILLAGE_LEVELS = frozenset({Level.VILLAGE, Level.COMMUNITY})

# How many of a code's 12 digits say something at each level; the rest are zeros.
CODE_DIGITS = {
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
    Level.COMMUNITY: 12,
}


class Area(Base):
    """A prefecture, a county, a township, or a village or community, under its official 12-digit code.

    Nothing of it ever changes: a list that says otherwise is refused.
    """

    __tablename__ = "area"
    lasting = ("id", "code", "level", "name", "parent_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    level: Mapped[Level] = mapped_column(enum_column(Level))
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))

    parent: Mapped["Area | None"] = relationship(remote_side=[id])

    __table_args__ = (CheckConstraint("length(code) = 12", name="code"),)

    @property
    def stem(self) -> str:
        """The digits that every code below this area begins with."""
        return self.code[: CODE_DIGITS[self.level]]

    @property
    def is_village(self) -> bool:
        """Whether it is a village or community, which has grids, assessments and a shop."""
        return self.level in VILLAGE_LEVELS

    def covers(self, other: "Area") -> bool:
        """Whether the other area is this one or lies below it."""
        return other.code.startswith(self.stem)


class Group(Base):
    """A villagers' group (村民小组) or a community's quarter; it has a name and no official code."""

    __tablename__ = "village_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(100))

    __table_args__ = (UniqueConstraint("village_id", "name"),)


class GridKind(StrEnum):
    """The kind of a micro-grid: village houses, town houses, or an office, school or market."""

    RURAL = "rural"
    URBAN = "urban"
    DEDICATED = "dedicated"


class Grid(Base):
    """A micro-grid (微网格) under the county's own code, which is unique in its village.

    `place` is the building or place of an urban or dedicated one, `agency` who answers for a dedicated
    one. From `closed_on` on it is history.
    """

    __tablename__ = "grid"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("village_group.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[GridKind] = mapped_column(enum_column(GridKind))
    households: Mapped[int | None]
    place: Mapped[str | None] = mapped_column(String(100))
    agency: Mapped[str | None] = mapped_column(String(100))
    closed_on: Mapped[date | None]

    village: Mapped[Area] = relationship()
    group: Mapped[Group | None] = relationship()

    __table_args__ = (UniqueConstraint("village_id", "code"),)


class GridChangeKind(StrEnum):
    """The kind of a change of a grid."""

    OPENED = "opened"
    RENAMED = "renamed"
    SPLIT = "split"
    MERGED = "merged"
    CLOSED = "closed"


class GridChange(Base):
    """One line of a grid's history; never changed.

    `other` is the grid that was split off, the one it was split from, or the one it was merged into;
    `was` is the name before a renaming.
    """

    __tablename__ = "grid_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    kind: Mapped[GridChangeKind] = mapped_column(enum_column(GridChangeKind))
    on: Mapped[date]
    was: Mapped[str | None] = mapped_column(String(100))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    grid: Mapped[Grid] = relationship(foreign_keys=[grid_id])
    other: Mapped[Grid | None] = relationship(foreign_keys=[other_id])

    __table_args__ = (
        CheckConstraint("kind <> 'merged' OR other_id IS NOT NULL", name="into"),
        CheckConstraint("(kind = 'renamed') = (was IS NOT NULL)", name="was"),
    )
