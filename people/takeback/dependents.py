"""What may hang on a row that came with a file: every column that names such a row.

Each package says it of its own tables; a test walks all foreign keys and finds the one that was forgotten.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from flask_babel import lazy_gettext as _
from sqlalchemy import Column, ColumnElement, Table
from sqlalchemy.orm import InstrumentedAttribute

from ground.contributions import Slot
from ground.db import Base
from people.models import (
    Appointment,
    Attendance,
    Card,
    CardState,
    Departure,
    Evaluation,
    Grant,
    Grid,
    GridChange,
    GrowthStep,
    Household,
    Merge,
    Portrait,
    User,
)


class Fate(StrEnum):
    """What becomes of a row that names one which came with a file and goes again."""

    IN_THE_WAY = "in_the_way"
    GOES_ALONG = "goes_along"
    KEEPS = "keeps"
    """The row that it names stays with it."""
    STAYS = "stays"
    """It stays with the row that it names, which is only put out of use as a journal names it."""


@dataclass(frozen=True)
class Dependent:
    """A column that names a row which a file may bring in, and what stands there in words.

    What goes along does so while `unused` holds and nothing hangs on it in its turn; what stays, while
    `unused` holds.
    """

    column: InstrumentedAttribute[Any]
    words: Any
    fate: Fate = Fate.IN_THE_WAY
    unused: ColumnElement[bool] | None = None

    @property
    def model(self) -> type[Base]:
        """The model whose rows hang on the others."""
        return cast(type[Base], self.column.class_)

    @property
    def table(self) -> Table:
        """The table whose rows hang on the others."""
        return Base.metadata.tables[self.model.__tablename__]

    @property
    def target(self) -> str:
        """The name of the table on whose rows they hang."""
        (key,) = self.column.property.columns[0].foreign_keys
        return str(key.column.table.key)


DEPENDENTS: Slot[Dependent] = Slot()

# What was done under a sign-in that was made for somebody who goes; a hundred columns name one.
DONE_UNDER_SIGN_IN = _("the sign-in is in use")

OWN_DEPENDENTS = (
    Dependent(Portrait.person_id, _("a photo")),
    Dependent(Merge.kept_id, _("joined with another entry")),
    Dependent(Merge.duplicate_id, _("joined with another entry")),
    Dependent(Appointment.person_id, _("a term that was begun since")),
    Dependent(User.person_id, DONE_UNDER_SIGN_IN, Fate.GOES_ALONG, User.temporary & User.closed_at.is_(None)),
    Dependent(Grant.user_id, DONE_UNDER_SIGN_IN, Fate.GOES_ALONG),
    Dependent(
        Card.person_id,
        _("a card that is not as it was issued"),
        Fate.GOES_ALONG,
        Card.state == CardState.ACTIVE,
    ),
    Dependent(Evaluation.person_id, _("an evaluation")),
    Dependent(Departure.person_id, _("a departure")),
    Dependent(GrowthStep.person_id, _("a stage of growth")),
    Dependent(Attendance.person_id, _("an attendance at a training")),
    Dependent(GridChange.grid_id, _("a change of the grid")),
    Dependent(GridChange.other_id, _("a change of the grid")),
    Dependent(Appointment.grid_id, _("a term that was begun since")),
    Dependent(Household.grid_id, _("a household's file"), Fate.STAYS, Household.is_retired.is_(True)),
    Dependent(Appointment.follows_id, _("a term that was begun since")),
    Dependent(Grid.group_id, _("a grid"), Fate.KEEPS),
)


def dependents_on(target: str) -> list[Dependent]:
    """All that may hang on a table's rows; of a sign-in also each further column that names one."""
    own = [dependent for dependent in DEPENDENTS.items() if dependent.target == target]
    if target != User.__tablename__:
        return own
    return own + [Dependent(column, DONE_UNDER_SIGN_IN) for column in unsaid_columns(target)]


def unsaid_columns(target: str) -> list[InstrumentedAttribute[Any]]:
    """The columns that name a table's rows and that no package says anything of."""
    said = {(dependent.table.key, dependent.column.key) for dependent in DEPENDENTS.items()}
    return [
        getattr(mapper.class_, mapper.get_property_by_column(column).key)
        for mapper in Base.registry.mappers
        for column in mapper.columns
        if isinstance(column, Column) and (mapper.class_.__tablename__, column.key) not in said
        if any(key.column.table.key == target for key in column.foreign_keys)
    ]
