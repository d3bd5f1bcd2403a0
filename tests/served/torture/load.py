"""Clients at their work, who keep a journal: the key comes before the request, the answer after it.

Where no answer comes, or one that leaves it open, they ask again by the same key, as a till does. So at the
end it is known of each operation whether it was done, and the database can be compared with it
(reckoning.py).
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from http.client import HTTPException
from random import Random
from threading import Event, Thread
from typing import Any

from flask import current_app, g, session
from flask_wtf.csrf import generate_csrf

from ground.clock import Quarter
from people.models import Area, User
from points.rubrics import versions
from tests.cast import TODAY, VILLAGE, session_of
from tests.served.house import House
from tests.served.server import Till

CLIENTS = 6
BASKET = 1  # units of salt
# What a page says that leaves it open, by its code.
OPEN = {"unknown_outcome": "不知道有没有记上", "conflict": "同一时刻有别人办了这件事"}
# What a till is rightly told, whatever goes wrong: who has spent all points gets nothing more.
RIGHTLY_REFUSED = {"insufficient_points"}
AGAIN_AFTER = 0.02  # seconds until a client asks again


class Kind(StrEnum):
    """What a client asks for."""

    REDEMPTION = "redemption"
    VOID = "void"
    SERVICE = "service"


class Fate(StrEnum):
    """What a client knows of what it asked."""

    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"


@dataclass
class Asked:
    """An operation: its key, at whose seat, and what is known of it.

    `ident` is the redemption's number: of one that is to be voided, or that was done.
    """

    kind: Kind
    key: str
    seat: "Seat"
    ident: int = 0
    fate: Fate = Fate.UNKNOWN

    @property
    def kept_key(self) -> str:
        """The key as the database has it: a till's goes together with the number of its device."""
        if self.kind == Kind.SERVICE:
            return self.key
        return sha256(f"{self.seat.till.device}:{self.key}".encode()).hexdigest()


@dataclass(frozen=True)
class TillKey:
    """A till of a village's shop: the number and key of its device, and the article that it hands out.

    `price` in tenths of a point for a unit.
    """

    device: int
    key: str
    goods: int
    price: int


@dataclass(frozen=True)
class Browser:
    """A browser in which somebody is signed in: its cookie, and the token of its pages."""

    cookie: str
    token: str


@dataclass(frozen=True)
class Seat:
    """A worker whose card is redeemed at a till, and whose services a clerk records."""

    village: str
    worker: int
    card: str
    item: int
    till: TillKey
    clerk: Browser


@dataclass
class Desk:
    """What the clients need to know; read once, as they run in threads of their own."""

    house: House
    seats: list[Seat]


def desk_of(house: House) -> Desk:
    """The desk of the cast's village."""
    cast = house.cast
    till, item = TillKey(1, house.key, cast.salt.id, 25), item_of(cast.village)
    clerk, workers = signed_in(cast.clerk), [(each.id, cast.card_of(each).number) for each in cast.workers]
    return Desk(house, [Seat(VILLAGE, ident, card, item, till, clerk) for ident, card in workers])


def item_of(village: Area) -> int:
    """An item that is claimed for every household."""
    items = versions.in_force(village, Quarter.of(TODAY)).items
    return next(item.id for item in items if "入户发放" in item.name)


def signed_in(user: User) -> Browser:
    """A browser in which somebody is signed in."""
    with current_app.test_request_context():
        session["_user_id"] = session_of(user)
        g.pop("csrf_token", None)  # of the one before
        token = generate_csrf()
        cookie = current_app.session_interface.get_signing_serializer(current_app).dumps({**session})
    return Browser(cookie, token)


@dataclass
class Journal:
    """What all clients asked, and every answer that no operation should get, by status."""

    asked: list[Asked] = field(default_factory=list)
    broken: Counter[tuple[int, str]] = field(default_factory=Counter)


class Client(Thread):
    """One client: a till that redeems and voids, and a clerk who records services."""

    def __init__(self, desk: Desk, journal: Journal, number: int, name: str) -> None:
        super().__init__(daemon=True)
        self._desk, self._journal, self._number = desk, journal, number
        self._name = f"{name.replace('_', '-')}-{number}"
        self._chance = Random(self._name)
        self._done: list[Asked] = []
        self.stopped = Event()

    def run(self) -> None:
        """Ask for one thing after the other until it is stopped."""
        count = 0
        while not self.stopped.is_set():
            asked = self._next(count)
            self._journal.asked.append(asked)
            self.ask_until_known(asked, self.stopped)
            count += 1

    def _next(self, count: int) -> Asked:
        key, seats = f"{self._name}-{count:05}".rjust(16, "0"), self._desk.seats[self._number :: CLIENTS]
        kind = self._chance.choice((Kind.REDEMPTION, Kind.REDEMPTION, Kind.SERVICE, Kind.VOID))
        if kind == Kind.VOID and self._done:
            done = self._done.pop()
            return Asked(kind, key, done.seat, done.ident)
        kind = Kind.SERVICE if kind == Kind.SERVICE else Kind.REDEMPTION
        return Asked(kind, key, self._chance.choice(seats))

    def ask_until_known(self, asked: Asked, stopped: Event) -> None:
        """Ask, and ask again, until it is known what became of it, or until the client is stopped."""
        while asked.fate == Fate.UNKNOWN:
            try:
                status, body = self._ask(asked)
            except (OSError, HTTPException, ValueError):
                status, body = 0, None
            code = str(body.get("code", "")) if isinstance(body, dict) else ""
            if status in (200, 201, 302):
                asked.fate, asked.ident = Fate.DONE, body["id"] if body else 0
                if asked.kind == Kind.REDEMPTION:
                    self._done.append(asked)
            elif status == 500 or (400 <= status < 500 and code != "conflict"):
                if code not in {"unknown_outcome", *RIGHTLY_REFUSED}:
                    self._journal.broken[status, code] += 1
                if status != 500:
                    asked.fate = Fate.REFUSED
            if asked.fate == Fate.UNKNOWN and stopped.wait(AGAIN_AFTER):
                return

    def _ask(self, asked: Asked) -> tuple[int, Any]:
        server, seat = self._desk.house.server, asked.seat
        till = Till(server, seat.till.key)
        if asked.kind == Kind.REDEMPTION:
            return till.redeem(asked.key, seat.card, {seat.till.goods: BASKET})
        if asked.kind == Kind.VOID:
            return till.void(asked.ident)
        fields = {
            "key": asked.key,
            "worker": seat.worker,
            "item": seat.item,
            "done_on": TODAY.isoformat(),
            "count": 1,
            "csrf_token": seat.clerk.token,
        }
        status, page = server.fill_in(f"/v/{seat.village}/services/new", fields, seat.clerk.cookie)
        return status, next(({"code": code} for code, words in OPEN.items() if words in page), None)


class Load:
    """So many clients at their work, from here to the end of what is inside."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.journal = Journal()
        self._clients = [Client(desk, self.journal, number, name) for number in range(CLIENTS)]

    def __enter__(self) -> "Load":
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop them; what is not known yet is asked for once more."""
        for client in self._clients:
            client.stopped.set()
        for client in self._clients:
            client.join()
        at_the_end = Event()
        unknown = [asked for asked in self.journal.asked if asked.fate == Fate.UNKNOWN]
        for asked in unknown:
            tries = Thread(target=self._clients[0].ask_until_known, args=(asked, at_the_end))
            tries.start()
            tries.join(30)
        at_the_end.set()

    def wait_for(self, more: int, seconds: float = 60) -> None:
        """Wait until so many more operations are done."""
        wanted, patience = self.done + more, Event()
        for _try in range(int(seconds / 0.01)):
            if self.done >= wanted:
                return
            patience.wait(0.01)
        raise AssertionError(f"{self.done} operations were done and not {wanted}: {self.journal.broken}")

    @property
    def done(self) -> int:
        """How many operations were acknowledged until now."""
        return sum(asked.fate == Fate.DONE for asked in [*self.journal.asked])
