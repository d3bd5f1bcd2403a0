"""What all pages of an area share: navigation, alarms, what waits there, help, links between packages.

NavigationEntry   a page in the navigation: its endpoint, and the roles that find it
rail              the entries that stand in the main navigation
rooms             the entries that belong to one of the rail, shown beside each other on its pages
Alarm             a line above every page, about something to be known at once
WaitingItem       a line on the front page: what waits for its reader, since when or until when
FurtherLink       a link from the page of a person or grid to one of another package
Finder            what a package finds by the words of the field in every page's head
asked_once        what several parts of a page show
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, TypeVar

from flask import g, request, url_for
from flask_babel import gettext
from flask_login import current_user

from ground import clock, web
from ground.contributions import Slot
from people import access, labels
from people.cardsheet import CardFace
from people.finding import SearchWords
from people.models import IN_A_COUNTY, Area, Card, Grid, Person, Role, User
from people.sight import Sight

T = TypeVar("T")

MOST_HITS = 20  # of one kind on a page: whoever finds more writes more of the name

# Where an entry is found: in villages only, in every area, or in townships and counties only. The first
# names its place `village` in the address, the others `area`.
VILLAGES, EVERYWHERE, ABOVE = "villages", "everywhere", "above"


@dataclass(frozen=True, eq=False)  # by what it says, its label would be translated for each comparison
class NavigationEntry:
    """A page in an area's navigation: its endpoint, label, icon, and the roles that find it there.

    In the rail and among rooms the entries of all packages stand in one `order`. One with `under` is a
    room of the first of those entries that is there: shown beside the others on its pages, not in the
    rail. Where none of them is, it stands in the rail itself.
    """

    order: int
    endpoint: str
    label: Any
    icon: str
    roles: frozenset[Role]
    where: str = VILLAGES
    under: tuple[str, ...] = ()

    def top_entry(self, tops: set[str]) -> str:
        """The endpoint of the rail's entry that this one belongs to, one of `tops`, or its own."""
        return next((top for top in self.under if top in tops), self.endpoint)

    def url(self, area: Area) -> str:
        """Its address in an area."""
        place = "village" if self.where == VILLAGES else "area"
        return url_for(self.endpoint, **{place: area.code})  # type: ignore[arg-type]


@dataclass(frozen=True)
class NavigationLink:
    """A navigation entry as a page shows it."""

    url: str
    label: Any
    icon: str
    current: bool


@dataclass(frozen=True)
class Alarm:
    """One line that those who answer for an area have to know at once, and the page about it."""

    text: Any
    url: str


class Urgency(IntEnum):
    """The urgency of something for its reader: at once, in its turn, or only to be known."""

    AT_ONCE = 0
    IN_TURN = 1
    TO_KNOW = 2


@dataclass(frozen=True)
class WaitingItem:
    """One line of the front page: what waits, the page where it is done, and the day by which.

    Above the villages it names the `village` it is about, unless it is about all of them.
    """

    text: Any
    url: str
    due_on: date | None = None
    urgency: Urgency = Urgency.IN_TURN
    village: Area | None = None

    @property
    def is_to_do(self) -> bool:
        """Whether its reader is the one who does it."""
        return self.urgency != Urgency.TO_KNOW

    def is_overdue(self, today: date) -> bool:
        """Whether the day by which it is to be done is over."""
        return self.is_to_do and self.due_on is not None and self.due_on < today

    def rank(self, today: date) -> tuple[Urgency, date]:
        """Its place among the others, the most urgent first; without a day it is due today."""
        return self.urgency, self.due_on or today


@dataclass(frozen=True)
class FurtherLink:
    """A link from a page of a lower package to a page of another package."""

    label: Any
    url: str


@dataclass(frozen=True)
class Search:
    """What is looked for over everything, by somebody with these roles in an area, and what they may see."""

    area: Area
    user: User
    roles: set[Role]
    sight: Sight
    words: SearchWords


@dataclass(frozen=True)
class Hit:
    """What a search found: as it is called, its page, and in a line what tells it from others of that name.

    One that `is_exact` has the very number that was typed, and no other thing of its kind has it.
    """

    text: Any
    url: str
    note: Any = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Hits:
    """The first hits of one kind, at most `MOST_HITS`, and how many fit in all."""

    first: Sequence[Hit]
    count: int

    @classmethod
    def of(cls, fitting: Sequence[T], hit: Callable[[T], Hit]) -> "Hits":
        """The hits for all that fits, the best first."""
        return cls([hit(one) for one in fitting[:MOST_HITS]], len(fitting))


@dataclass(frozen=True)
class Finder:
    """What a package finds of one kind for these roles, only what they may open; kinds stand in `order`."""

    order: int
    kind: Any
    roles: frozenset[Role]
    find: Callable[[Search], Hits]


NAVIGATION: Slot[NavigationEntry] = Slot(by=lambda entry: entry.order)

# What has to be known at once about an area.
ALARMS: Slot[Callable[[Area], list[Alarm]]] = Slot()

# What waits in an area for somebody with these roles there, for the front page. Nothing of it stands in two
# packages' lists: each says what is of its own.
WAITING: Slot[Callable[[Area, User, set[Role]], list[WaitingItem]]] = Slot()

# What is found from every page's head.
FINDERS: Slot[Finder] = Slot(by=lambda finder: finder.order)

# What a page is for, what to do first and what happens then, by its endpoint: for whoever opens its help.
HELP: Slot[Mapping[str, Any]] = Slot()

# Where the page of a person or of a grid leads, for its reader.
ABOUT_PERSON: Slot[Callable[[Person], list[FurtherLink]]] = Slot()
ABOUT_GRID: Slot[Callable[[Grid], list[FurtherLink]]] = Slot()

# Where the public notices of a village lead, for anyone.
ABOUT_VILLAGE: Slot[Callable[[Area], list[FurtherLink]]] = Slot()

# The page that the code of a card opens: its endpoint, which takes the card's `token`.
CARD_PAGE: Slot[str] = Slot()

# Where whoever comes in has to go before the first place of their role: an address, or None.
BEFORE_WORK: Slot[Callable[[], str | None]] = Slot()

# Templates of what stands above every page, and at the top of a front page.
BANNERS: Slot[str] = Slot()
FRONT_PARTS: Slot[str] = Slot()


def further_links(slot: Slot[Callable[[T], list[FurtherLink]]], about: T) -> list[FurtherLink]:
    """The links from the page about a person, a grid or whatever the slot is about, for its reader."""
    return [page for links_about in slot.items() for page in links_about(about)]


_ASKED = "aixin.asked"  # in the environment of a request


def asked_once(ask: Callable[..., T], *arguments: Any) -> T:
    """What a query answers, asked once for a page however many of its parts show it; not before a write."""
    answers = request.environ.setdefault(_ASKED, {})
    asked = (ask, *arguments)
    if asked not in answers:
        answers[asked] = ask(*arguments)
    answer: T = answers[asked]
    return answer


def alarms() -> list[Alarm] | None:
    """The alarms of all packages for the visitor's area; None for who does not answer for it."""
    area: Area | None = g.get("area")
    if area is None or not g.roles & access.ONLOOKERS:
        return None
    return [alarm for package_alarms in ALARMS.items() for alarm in package_alarms(area)]


def waiting_items(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """Everything that waits in an area for somebody with these roles there, the most urgent first."""
    items = [item for package_items in WAITING.items() for item in package_items(area, user, roles)]
    return sorted(items, key=lambda item: item.rank(clock.today()))


def count_to_do() -> int:
    """The number of things that wait for the visitor where they are."""
    return sum(item.is_to_do for item in waiting_items(g.area, current_user, g.roles))


def search_area() -> Area | None:
    """The area in which the field of every page's head searches: the page's, or else the visitor's first.

    None for a prefecture: it has none of the records.
    """
    area: Area | None = g.get("area")
    if area is not None:
        return area if g.roles & IN_A_COUNTY else None
    if current_user.is_authenticated:
        places = {grant.area for grant in current_user.grants_in_effect if grant.role in IN_A_COUNTY}
        area = min(places, key=lambda place: place.code, default=None)
    return area


def search_everything(search: Search) -> list[tuple[Any, Hits]]:
    """What all packages find, kind by kind; nothing of no words."""
    finders = [finder for finder in FINDERS.items() if search.roles & finder.roles]
    found = [(finder.kind, finder.find(search)) for finder in finders] if search.words else []
    return [(kind, hits) for kind, hits in found if hits.count]


def help_text() -> Any:
    """The help for the page that is shown; None for one that answers a button."""
    endpoint = request.endpoint or ""
    return next((texts[endpoint] for texts in HELP.items() if endpoint in texts), None)


def guide_links() -> list[FurtherLink]:
    """The links to the printed instructions of the roles that the visitor holds where they are."""
    return [
        FurtherLink(
            gettext("Print instructions: %(role)s", role=title), url_for("home.guide_sheet", role=role)
        )
        for role, title in labels.ROLES.items()
        if role in g.get("roles", ())
    ]


def page_name(endpoint: str, role: Role) -> str:
    """The name that the navigation of a role has for a page."""
    return next(
        str(entry.label) for entry in NAVIGATION.items() if entry.endpoint == endpoint and role in entry.roles
    )


def entries_for(area: Area, roles: set[Role]) -> list[NavigationEntry]:
    """The navigation of these roles in an area with all its rooms, the most important first."""
    places = (VILLAGES, EVERYWHERE) if area.is_village else (ABOVE, EVERYWHERE)
    return [entry for entry in NAVIGATION.items() if roles & entry.roles and entry.where in places]


def _navigation_links() -> tuple[list[NavigationLink], list[NavigationLink]]:
    """The links of the rail, and of the rooms beside the page that is shown.

    Current is the entry with the longest address that the page's begins with; a room makes the entry it
    is under current too. An entry alone is no choice of rooms, and a room whose entry is not here stands
    in the rail itself.
    """
    area: Area | None = g.get("area")
    urls = {entry: entry.url(area) for entry in entries_for(area, g.roles)} if area else {}
    tops = {entry.endpoint for entry in urls if not entry.under}
    houses = {entry: entry.top_entry(tops) for entry in urls}
    within = [entry for entry, url in urls.items() if request.path.startswith(url)]
    current = max(within, key=lambda entry: len(urls[entry]), default=None)
    rail: dict[str, NavigationLink] = {}  # whose page stands in several places has it once, in the first
    for entry, url in urls.items():
        if houses[entry] == entry.endpoint:
            is_current = current is not None and houses[current] == entry.endpoint
            rail.setdefault(url, NavigationLink(url, entry.label, entry.icon, is_current))
    house = houses[current] if current else ""
    beside = sorted(
        (entry for entry in urls if houses[entry] == house), key=lambda room: room.endpoint != house
    )
    rooms = [NavigationLink(urls[entry], entry.label, entry.icon, entry == current) for entry in beside]
    return list(rail.values()), rooms if len(rooms) > 1 else []


def card_face(card: Card, grid: str) -> CardFace:
    """The front of a card for print; its code leads to its holder's points, under PUBLIC_URL."""
    (page,) = CARD_PAGE.items()
    return CardFace(
        village=card.person.area.name,
        name=card.person.name,
        grid=grid,
        number=card.number,
        url=web.printed_url(url_for(page, token=card.token)),
    )


def template_context() -> dict[str, Any]:
    """The variables of every template: the navigation of its area, and who reads it there."""
    nav, rooms = _navigation_links() if current_user.is_authenticated else ([], [])
    return {
        "nav": nav,
        "rooms": rooms,
        "area": g.get("area"),
        "roles": g.get("roles", set()),
        "inside": access.is_insider(),
    }
