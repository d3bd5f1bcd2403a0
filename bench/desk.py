"""The pages that a volunteer waits for at the desk: a scanned card, and its receipt."""

from collections.abc import Iterator
from itertools import repeat
from uuid import uuid4

from sqlalchemy import select

from bench.clients import request
from bench.county import Village
from bench.figures import Figure, at_most
from bench.sites import Site
from ground.db import db, transaction
from people.models import Area, Card, User
from people.signin import sessions
from shop.desk import redemptions
from shop.models import Shop

CARD_MS, RECEIPT_MS = 12, 10


def measure(site: Site) -> Iterator[Figure]:
    """The time until one client has a page, from the program as it is served."""
    village = site.villages[0]
    cookie = _signed_in(site, _volunteer(village))
    pages = (
        ("a card at the desk", f"/v/{village.code}/desk/{village.cards[0]}", CARD_MS),
        ("a receipt", f"/v/{village.code}/redemptions/{_redeem(village)}?done=1", RECEIPT_MS),
    )
    for name, path, most in pages:
        page = request("GET", path, Cookie=f"session={cookie}")
        asked = site.ask(repeat(page), clients_at_once=1)
        yield Figure(f"{name}: page", asked.median, "ms", site.kind, goal=at_most(most))


def _volunteer(village: Village) -> User:
    return db.session.scalars(select(User).where(User.username == f"volunteer-{village.code}")).one()


def _redeem(village: Village) -> int:
    """A redemption at the desk; its id."""
    with transaction():
        shop = db.session.scalars(select(Shop).join(Shop.village).where(Area.code == village.code)).one()
        card = db.session.scalars(select(Card).where(Card.number == village.cards[0])).one()
        basket = dict.fromkeys(village.goods[:2], 1)
        return redemptions.redeem(uuid4().hex, shop, card, basket, _volunteer(village)).id


def _signed_in(site: Site, user: User) -> str:
    """The cookie of a browser in which somebody is signed in."""
    with transaction():
        token = sessions.begin(user, user.session, "")
    client = site.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""
