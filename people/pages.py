"""What the pages of an area share: its navigation, and what has to be known there at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, request, url_for
from flask_login import current_user

from ground import web
from ground.contributions import Slot
from people import access
from people.cardsheet import CardFace
from people.models import Area, Card, Grid, Person, Role

T = TypeVar("T")

# Where an entry is found: in villages only, in every area, or in townships and counties only. The first
# names its place `village` in the address, the others `area`.
VILLAGES, EVERYWHERE, ABOVE = "villages", "everywhere", "above"


@dataclass(frozen=True)
class Entry:
    """A place in an area's navigation: its endpoint, label, icon, and the roles that find it there.

    In the rail and among rooms the entries of all packages stand in one `order`. One with `under` is a room
    of the first of those entries that is there: shown beside the others on its pages, not in the rail. Where
    none of them is, it stands in the rail itself.
    """

    order: int
    endpoint: str
    label: Any
    icon: str
    roles: frozenset[Role]
    where: str = VILLAGES
    under: tuple[str, ...] = ()

    def house(self, tops: set[str]) -> str:
        """The entry of the rail to which it belongs, one of `tops`, or itself."""
        return next((top for top in self.under if top in tops), self.endpoint)

    def url(self, area: Area) -> str:
        """Its address in an area."""
        place = "village" if self.where == VILLAGES else "area"
        return url_for(self.endpoint, **{place: area.code})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Link:
    """An entry as a page shows it."""

    url: str
    label: Any
    icon: str
    current: bool


@dataclass(frozen=True)
class Notice:
    """What those who answer for an area have to know at once, in one line, and the page about it."""

    text: Any
    url: str


@dataclass(frozen=True)
class Further:
    """A page of another package, as one of a lower package leads to it."""

    label: Any
    url: str


NAVIGATION: Slot[Entry] = Slot(by=lambda entry: entry.order)

# What has to be known at once about an area.
ALARMS: Slot[Callable[[Area], list[Notice]]] = Slot()

# Where the page of a person or of a grid leads, for its reader.
ABOUT_PERSON: Slot[Callable[[Person], list[Further]]] = Slot()
ABOUT_GRID: Slot[Callable[[Grid], list[Further]]] = Slot()

# The page that the code of a card opens: its endpoint, which takes the card's `token`.
CARD_PAGE: Slot[str] = Slot()

# Templates of what stands above every page.
BANNERS: Slot[str] = Slot()


def further(slot: Slot[Callable[[T], list[Further]]], about: T) -> list[Further]:
    """Where the page about something leads its reader."""
    return [page for told in slot.items() for page in told(about)]


def alarms() -> list[Notice] | None:
    """What every package has to say at once about the area the visitor is in; None for who does not answer
    for it."""
    area: Area | None = g.get("area")
    if area is None or not g.roles & access.ONLOOKERS:
        return None
    return [notice for told in ALARMS.items() for notice in told(area)]


def entries_for(area: Area, roles: set[Role]) -> list[Entry]:
    """The navigation of these roles in an area with all its rooms, the most important first."""
    found = (VILLAGES, EVERYWHERE) if area.is_village else (ABOVE, EVERYWHERE)
    return [entry for entry in NAVIGATION.items() if roles & entry.roles and entry.where in found]


def _links() -> tuple[list[Link], list[Link]]:
    """The navigation where the visitor is, and the rooms beside the one they are in.

    Current is the entry with the longest address that the page's begins with; a room makes the entry it
    is under current too. An entry alone is no choice of rooms, and a room whose house is not here stands
    in the rail itself.
    """
    area: Area | None = g.get("area")
    urls = {entry: entry.url(area) for entry in entries_for(area, g.roles)} if area else {}
    tops = {entry.endpoint for entry in urls if not entry.under}
    houses = {entry: entry.house(tops) for entry in urls}
    within = [entry for entry, url in urls.items() if request.path.startswith(url)]
    here = max(within, key=lambda entry: len(urls[entry]), default=None)
    rail = [
        Link(url, entry.label, entry.icon, here is not None and houses[here] == entry.endpoint)
        for entry, url in urls.items()
        if houses[entry] == entry.endpoint
    ]
    house = houses[here] if here else ""
    beside = sorted(
        (entry for entry in urls if houses[entry] == house), key=lambda room: room.endpoint != house
    )
    rooms = [Link(urls[entry], entry.label, entry.icon, entry == here) for entry in beside]
    return rail, rooms if len(rooms) > 1 else []


def card_face(card: Card, grid: str) -> CardFace:
    """What a card shows in print; its code leads to its holder's points, under PUBLIC_URL."""
    (page,) = CARD_PAGE.items()
    return CardFace(
        village=card.person.area.name,
        name=card.person.name,
        grid=grid,
        number=card.number,
        url=web.printed(url_for(page, token=card.token)),
    )


def shared() -> dict[str, Any]:
    """What every template knows: the navigation of its area, and who reads it there."""
    nav, rooms = _links() if current_user.is_authenticated else ([], [])
    return {
        "nav": nav,
        "rooms": rooms,
        "area": g.get("area"),
        "roles": g.get("roles", set()),
        "inside": access.inside(),
    }
