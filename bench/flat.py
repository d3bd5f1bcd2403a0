"""What is asked most, in processor time: with ten years behind the county it is to cost what it did with one.

A redemption, a balance, a card at the desk, the chair's front page and a worker's points, in the first
village that `bench/history.py` filled.
"""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench import pages
from bench.history import user_name
from ground.db import db, transaction
from ground.server import serving
from people.models import Card, Role, User
from points import ledger
from points.models import TransferKind
from shop.desk import redemptions
from shop.models import Goods
from shop.shelf import shops

RUNS = 41
ENOUGH = 10_000  # tenths of a point


def costs(app: Flask) -> dict[str, float]:
    """The milliseconds of each, inside the application's context: the least of many turns.

    What else the machine does only adds to it.
    """
    serving.calm_collector()
    volunteer = _user(Role.VOLUNTEER)
    village = volunteer.grants[0].area
    worker = _user(Role.WORKER).person
    assert worker is not None
    shop = shops.of_village(village)
    assert shop is not None
    card = db.session.scalars(select(Card).where(Card.person_id == worker.id)).one()
    goods = db.session.scalars(select(Goods).where(Goods.shop_id == shop.id).limit(1)).one()

    with transaction():  # the history has spent almost everything
        ledger.post(uuid4().hex, TransferKind.AWARD, ledger.account_of(worker), ENOUGH, "评定入账", None)

    def redeem() -> None:
        with transaction():
            redemptions.redeem(uuid4().hex, shop, card, {goods.id: 1}, volunteer)

    measured = {"redemption": _least_ms(redeem), "balance": _least_ms(lambda: ledger.balance_of(worker))}
    place = f"/v/{village.code}"
    for name, role, path in (
        ("card at the desk", Role.VOLUNTEER, f"{place}/desk/{card.number}"),
        ("chair's front page", Role.CHAIR, f"{place}/"),
        ("worker's points", Role.WORKER, f"{place}/mine"),
    ):
        measured[name] = page_ms(app, user_name(role), path)
    return measured


def page_ms(app: Flask, username: str, path: str) -> float:
    """The milliseconds of a page for somebody: the least of many turns."""
    with pages.signed_in(app, username) as client:
        return _least_ms(partial(_ask, client, path))


def _user(role: Role) -> User:
    return db.session.scalars(select(User).where(User.username == user_name(role))).one()


def _ask(client: FlaskClient, path: str) -> None:
    with client.application.app_context():  # of its own, as in a server
        answer = client.get(path)
    assert answer.status_code == 200, answer.status


def _least_ms(do: Callable[[], object]) -> float:
    times = []
    for _turn in range(RUNS):
        began = pages.processor_ms()
        do()
        times.append(pages.processor_ms() - began)
    return min(times)
