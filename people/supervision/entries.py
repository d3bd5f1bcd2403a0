"""The entries of the supervisor's page: who did what, when, to whom, with its figure.

They are facts without a judgement. Names and free text stand in them as they are kept; the page masks them
for its reader.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ground import clock
from ground.contributions import Slot
from people.models import Area, Person, User
from people.sight import Named
from people.signin import humans

USUAL_DAYS = 30  # looked at when nobody asks for other days
MOST_DAYS = 366
MOST_OF_A_KIND = 100  # the newest of a period; of more the page says so
MOST_OF_ONE = 5_000  # where one kind is looked at alone


@dataclass(frozen=True)
class DaySpan:
    """Days in Asia/Shanghai, the first and the last included; at most so many entries of a kind are found."""

    first: date
    last: date
    most: int = MOST_OF_A_KIND

    def with_all(self) -> "DaySpan":
        """The same days, with all the entries of a kind."""
        return replace(self, most=MOST_OF_ONE)

    @classmethod
    def usual(cls) -> "DaySpan":
        """The last thirty days, today included."""
        today = clock.today()
        return cls(today - timedelta(days=USUAL_DAYS - 1), today)

    def holds(self, moment: Any) -> Any:
        """SQL condition: a column of moments lies in it."""
        begin, end = clock.day_span(self.first, self.last)
        return (moment >= begin) & (moment < end)


@dataclass(frozen=True)
class EntryPage:
    """The page that tells more of an entry: its endpoint, and what its address needs beside the village."""

    endpoint: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """Something that was done: `row_id` is the id of the row it comes from, which names it among its kind.

    `action` is said in the program's words, `subject` is to whom it was done, `reason` the reason that was
    given. `done_by` is a sign-in, or the name of a device; without one the program itself did it. What
    `is_routine` stands among the others to be read, and nobody is asked to look into it.
    """

    row_id: int
    at: datetime
    done_by: User | str | None
    action: str
    subject: Named | str | None = None
    figure: str = ""
    reason: str | None = None
    page: EntryPage | None = None
    is_routine: bool = False

    def concerns(self, user: User) -> bool:
        """Whether somebody did it themselves, or it was done to them or to a sign-in of theirs."""
        return own_test([self], user)(self)

    @property
    def parties(self) -> tuple[User | Named | str | None, ...]:
        """Who did it, and to whom it was done."""
        return self.done_by, self.subject


def own_test(entries: Collection[Entry], user: User) -> Callable[[Entry], bool]:
    """A test whether one of these entries is of somebody, as `Entry.concerns` says; it asks once for all."""
    parties = [party for entry in entries for party in entry.parties]
    sign_ins = humans.own_among(user, {party.id for party in parties if isinstance(party, User)})
    people = humans.own_people(user, {party for party in parties if isinstance(party, Person)})

    def is_own(party: object) -> bool:
        if isinstance(party, User):
            return party.id in sign_ins
        return isinstance(party, Person) and party.id in people

    return lambda entry: any(map(is_own, entry.parties))


@dataclass(frozen=True)
class EntryKind:
    """A kind of entries: its code in addresses and inquiries, its title, and how they are found.

    `find` gives the newest of a village in a period, at most `most` of them, the latest first, by one
    statement.
    """

    order: int
    code: str
    title: Any
    find: Callable[[Area, DaySpan], Iterable[Entry]]


ENTRY_KINDS: Slot[EntryKind] = Slot(by=lambda kind: kind.order)
