"""The files of households: opened, corrected, put into another class, moved, and closed.

A household has one file in its grid, under a number. Its class is the last line of its own history, which
decides how often it is visited.

The audit trail is read by people who may not see these files. It names a household by its grid and number
and says which fields changed, never what stands in them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, days, names
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Attention, Grid, Household, HouseholdClass, User
from people.roster import changes, grids, households

MOST_RESIDENTS = 99
LONGEST_CHARACTERS = {
    "head": 200,
    "house": 100,
    "phone": 20,
    "composition": 200,
    "standing": 100,
    "situation": 500,
    "needs": 500,
}


@dataclass(frozen=True)
class Particulars:
    """The particulars of a household in its file (六清).

    Who and where, how to reach them, how many they are and who, their political status, how they live, and
    what they lack.
    """

    head: str
    house: str = ""
    phone: str | None = None
    residents: int = 1
    composition: str = ""
    standing: str = ""
    situation: str = ""
    needs: str = ""


def add_household(
    grid: Grid, particulars: Particulars, attention: Attention, reason: str, on: date, actor: User | None
) -> Household:
    """Open the file of a household, under the grid's next number and in its first class since a day.

    An ordinary household needs no reason for being one. Refused `grid_closed`, `bad_head`, `bad_residents`,
    `too_long`, `household_exists` where the same head lives in the same house of the grid already,
    `reason_missing`, `bad_day`, `in_future`.
    """
    grid = grids.lock_open_grid(grid)
    values = _checked_values(particulars)
    _check_no_other(grid, values["head"], values["house"])
    if attention != Attention.ORDINARY:
        reason = required_reason(reason)
    _check_past(on)
    household = Household(grid=grid, number=households.next_number(grid), **values)
    _classify(household, attention, reason, on, actor)
    db.session.add(household)
    db.session.flush()
    audit.note(actor, "household.add", household, grid.village, grid=grid.code, number=household.number)
    return household


def correct(household: Household, particulars: Particulars, actor: User | None) -> list[str]:
    """Correct a household's file; return the names of the fields that differed.

    Refused `moved_away`, and as `add_household` for the particulars.
    """
    grid = grids.lock_open_grid(household.grid)
    _lock_living(household)
    values = _checked_values(particulars)
    changed = [name for name, value in values.items() if getattr(household, name) != value]
    if {"head", "house"} & set(changed):
        _check_no_other(grid, values["head"], values["house"], household)
    for name in changed:
        setattr(household, name, values[name])
    if changed:
        db.session.flush()
        audit.note(actor, "household.correct", household, grid.village, fields=changed)
    return changed


def reclassify(
    household: Household, attention: Attention, on: date, reason: str, actor: User | None
) -> HouseholdClass:
    """Put a household into another class since a day, with the reason; what it was before stays written.

    Refused `moved_away`, `reason_missing`, `same_class`, `bad_day`, `in_future`, `before_last_class`.
    """
    _lock_living(household)
    reason = required_reason(reason)
    if attention == household.attention:
        raise Refused("same_class", _("That is its class already."), "attention")
    _check_day(household, on)
    line = _classify(household, attention, reason, on, actor)
    db.session.flush()
    audit.note(actor, "household.reclassify", household, household.grid.village)
    return line


def leave(household: Household, on: date, reason: str, actor: User | None) -> Household:
    """Write down that a household does not live here any more since a day, and why. Its file stays.

    Refused `moved_away` if that is written already, `reason_missing`, `bad_day`, `in_future`,
    `before_last_class`.
    """
    _lock_living(household)
    reason = required_reason(reason)
    _check_day(household, on)
    household.left_on, household.left_for = on, reason
    db.session.flush()
    audit.note(actor, "household.leave", household, household.grid.village)
    return household


def come_back(household: Household, actor: User | None) -> Household:
    """Open a household's file again: it lives here again, or never left.

    The file goes on as it was. Asked twice, it is done once. Refused `grid_closed`, `household_exists` if
    it has a new file already, `taken_back` for one that came with an import that was taken back.
    """
    grid = grids.lock_open_grid(household.grid)
    lock(household)
    if household.left_on is None:
        return household
    if household.is_retired:
        raise Refused("taken_back", _("This file came with an import that was taken back."))
    _check_no_other(grid, household.head, household.house)
    household.left_on = household.left_for = None
    db.session.flush()
    audit.note(actor, "household.come_back", household, grid.village)
    return household


def move(moving_households: Sequence[Household], into: Grid, actor: User | None) -> None:
    """Give households to another grid of the village, under its next numbers.

    Refused `grid_closed`, `moved_away`, `same_grid`, `other_village`, `household_exists`.
    """
    into = grids.lock_open_grid(into)
    for household in sorted(moving_households, key=lambda moving: moving.id):  # in one order for everybody
        _lock_living(household)
        if household.grid_id == into.id:
            raise Refused("same_grid", _("That is its grid already."), "into")
        if household.grid.village_id != into.village_id:
            raise Refused("other_village", _("The two grids belong to different villages."), "into")
        _check_no_other(into, household.head, household.house)
        households.move_household(household, into, actor)


def retire_all(retiring: Sequence[Household], number: int, reason: str, actor: User | None) -> None:
    """Put files out of use that should never have been opened; what stood in them is kept nowhere.

    Their numbers are free for others, the history of their classes stays. `number` tells the files of several
    times apart. Nothing names them: that was looked at before.
    """
    today, mark = clock.today(), changes.retired_mark(number)
    for household in retiring:
        for field, value in asdict(Particulars(head=mark, residents=0)).items():
            setattr(household, field, value)
        household.number, household.left_on, household.left_for = -household.id, today, reason
    db.session.flush()
    audit.note_all(
        actor, "household.retire", [(household, household.grid.village, {}) for household in retiring]
    )


def reclassify_as_before(line: HouseholdClass, household: Household, actor: User | None) -> None:
    """Put a household into the class that it was in before a line of its history, and for the same reason."""
    before = household.classes[household.classes.index(line) - 1]
    _classify(household, before.attention, before.reason, line.on, actor)
    db.session.flush()
    audit.note(actor, "household.reclassify", household, household.grid.village)


def _lock_living(household: Household) -> None:
    """Lock a household until the transaction ends. Refused `moved_away`."""
    lock(household)
    if household.left_on:
        raise Refused("moved_away", _("This household moved away."))


def _classify(
    household: Household, attention: Attention, reason: str, on: date, actor: User | None
) -> HouseholdClass:
    line = HouseholdClass(
        attention=attention,
        on=on,
        reason=reason.strip(),
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    household.classes.append(line)
    return line


def _checked_values(particulars: Particulars) -> dict[str, Any]:
    """The particulars as they are kept, each text on one line.

    Refused `bad_head`, `too_long`, `bad_residents`.
    """
    values = {
        name: names.tidy(value) if isinstance(value, str) else value
        for name, value in asdict(particulars).items()
    }
    values["head"], values["phone"] = names.kept(values["head"]), values["phone"] or None
    if not values["head"]:
        raise Refused("bad_head", _("Write down who the head of the household is."), "head")
    for name, longest in LONGEST_CHARACTERS.items():
        if len(values[name] or "") > longest:
            text = _("This is too long: at most %(count)s characters.", count=longest)
            raise Refused("too_long", text, name)
    if not 0 <= particulars.residents <= MOST_RESIDENTS:
        text = _("The number must be from %(low)s to %(high)s.", low=0, high=MOST_RESIDENTS)
        raise Refused("bad_residents", text, "residents")
    return values


def _check_no_other(grid: Grid, head: str, house: str, own: Household | None = None) -> None:
    """Check that a household has no file but its own in its locked grid. Refused `household_exists`."""
    other = db.session.scalar(
        select(Household.number).where(
            Household.grid_id == grid.id,
            Household.id != (own.id if own else None),
            names.is_name(Household.head, head),
            names.is_name(Household.house, house),
            Household.left_on.is_(None),
        )
    )
    if other is not None:
        raise household_exists(grid, other)


def household_exists(grid: Grid, number: int) -> Refused:
    """The refusal `household_exists`: a grid has this household already, under a number."""
    text = _("“%(name)s” has this household already, under number %(n)s.", name=grid.name, n=number)
    return Refused("household_exists", text, "head")


def _check_past(on: date) -> None:
    days.HAPPENED.check(on, "on")


def _check_day(household: Household, on: date) -> None:
    """Check that a day has come and is not before the last class began.

    Refused `bad_day`, `in_future`, `before_last_class`.
    """
    _check_past(on)
    last = household.classes[-1].on
    if on < last:
        raise Refused(
            "before_last_class",
            _("The class it is in was written down for %(day)s.", day=words.day(last)),
            "on",
        )
