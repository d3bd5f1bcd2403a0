"""What a volunteer waits for at the desk: a scanned card and its redemption, and the pages without script."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from itertools import cycle, repeat
from urllib.request import Request, urlopen
from uuid import uuid4

from sqlalchemy import select

from bench.clients import form_request, request
from bench.county import Village
from bench.figures import Figure, at_most
from bench.sites import Site
from ground.db import db, transaction
from people.models import Area, Card, User
from people.signin import sessions
from shop.desk import redemptions
from shop.models import Shop

SCAN_MS, REDEMPTION_MS, RECEIPT_MS = 12, 10, 10

# What a form of the desk carries along: the session's token, and the form's own key.
CARRIED = re.compile(r'name="(csrf_token|once)"[^>]* value="([^"]*)"')


def measure(site: Site) -> Iterator[Figure]:
    """The time until one client has an answer, from the program as it is served."""
    village = site.villages[0]
    place = f"/v/{village.code}/desk"
    cookie, scan, basket = _signed_in(site, _volunteer(village), f"{place}/{village.cards[0]}")
    receipt = f"/v/{village.code}/redemptions/{_redeem(village)}"
    head = {"Cookie": f"session={cookie}", "Accept": "application/json"}

    def scans() -> Iterator[bytes]:
        for card in cycle(village.cards):
            yield form_request(place, {**scan, "scan": card}, **head)

    def baskets() -> Iterator[bytes]:
        for card in cycle(village.cards):
            goods = {"key": uuid4().hex, f"goods-{village.goods[0]}": "1"}
            yield form_request(f"{place}/{card}", {**basket, **goods}, **head)

    page = request("GET", f"{place}/{village.cards[0]}", Cookie=head["Cookie"])
    for name, requests, most in (
        ("a card scanned at the desk: answer", scans(), at_most(SCAN_MS)),
        ("a redemption at the desk: answer", baskets(), at_most(REDEMPTION_MS)),
        ("a receipt: page", repeat(request("GET", receipt, Cookie=head["Cookie"])), at_most(RECEIPT_MS)),
        ("the desk with a card: page", repeat(page), None),
    ):
        yield Figure(name, site.ask(requests, clients_at_once=1).median, "ms", site.kind, goal=most)


def _volunteer(village: Village) -> User:
    return db.session.scalars(select(User).where(User.username == f"volunteer-{village.code}")).one()


def _redeem(village: Village) -> int:
    """A redemption at the desk; its id."""
    with transaction():
        shop = db.session.scalars(select(Shop).join(Shop.village).where(Area.code == village.code)).one()
        card = db.session.scalars(select(Card).where(Card.number == village.cards[0])).one()
        basket = dict.fromkeys(village.goods[:2], 1)
        return redemptions.redeem(uuid4().hex, shop, card, basket, _volunteer(village)).id


def _signed_in(site: Site, user: User, page: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """The cookie of a browser in which somebody is signed in, and what a card's forms carry along."""
    with transaction():
        token = sessions.begin(user, user.session, "")
    client = site.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    began = client.get_cookie("session")
    headers = {"Cookie": f"session={began.value if began else ''}"}
    with urlopen(Request(f"http://127.0.0.1:{site.program.port}{page}", headers=headers)) as answer:
        text, cookie = answer.read().decode(), SimpleCookie(answer.headers["Set-Cookie"])["session"].value
    scan, basket = (
        dict(CARRIED.findall(text.partition(form)[2].partition("</form>")[0]))
        for form in ("data-scan", "data-basket")
    )
    return cookie, scan, basket
