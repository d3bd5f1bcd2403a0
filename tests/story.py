"""What the tests tell their stories with: a verb is done, a verb is refused, and what there is afterwards."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, select

from ground.db import db, transaction
from ground.refusal import Refused
from people.filing import ImportPlan
from people.models import Person, User
from people.signin import accounts, keeping
from points import ledger
from points.models import Transfer, TransferKind
from shop import verify
from shop.models import Goods, Lot


def do(verb: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
    """A verb in a transaction of its own; what it returns."""
    with transaction():
        return verb(*args, **named)


def refused(code: str, verb: Callable[..., Any], /, *args: Any, **named: Any) -> Refused:
    """A verb that is refused, in a transaction of its own; what it says."""
    with refusal(code) as told:
        do(verb, *args, **named)
    return told.value


@contextmanager
def refusal(code: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """What is inside ends in this refusal."""
    with pytest.raises(Refused) as told:
        yield told
    assert told.value.code == code, f"{told.value.code} instead of {code}"


def new_password(user: User, actor: User | None) -> str:
    """A new password that somebody gives."""
    return do(keeping.give_password, user, actor, keeping.new_secret(user))


def new_pin(person: Person, actor: User | None) -> str:
    """A new PIN that somebody gives to a worker."""
    (pin,) = keeping.new_pins([person])
    return do(keeping.give_pin, person, actor, pin)


def own_password(user: User, new: str) -> None:
    """A password or PIN that somebody chooses."""
    number, secret = user.session, accounts.own_secret(user, new)
    do(accounts.choose_password, user, secret, number)


def give(worker: Person, tenths: int) -> Transfer:
    """Points out of nothing, today; inside a transaction. `verify` has no assessment to it."""
    return ledger.post(uuid4().hex, TransferKind.AWARD, ledger.account_of(worker), tenths, "2026Q4", None)


def count(model: type) -> int:
    """How many rows there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def on_hand(goods: Goods) -> list[int]:
    """Units by lot, in the order they came in."""
    return list(db.session.scalars(select(Lot.on_hand).where(Lot.goods_id == goods.id).order_by(Lot.id)))


def everything_fits() -> bool:
    """Whether `verify` finds nothing wrong."""
    db.session.rollback()
    return list(verify.problems()) == []


def told(made: ImportPlan[Any]) -> list[tuple[str, str]]:
    """The bad cells of a table as a page or the command line names them."""
    return [(cell.where, cell.column) for cell in made.bad_cells]


@contextmanager
def answer_lost(side: str) -> Iterator[None]:
    """The next commit gets no answer: it was not sent (`before`), or it was done (`after`)."""
    dialect = db.engine.dialect
    on_sqlite = dialect.name == "sqlite"
    error = sqlite3.OperationalError if on_sqlite else psycopg.OperationalError
    commit = type(dialect).do_commit

    def lose(connection: Any) -> None:
        del dialect.do_commit
        if side == "after":
            commit(dialect, connection)
        raise error("the connection is lost")

    dialect.do_commit = lose
    try:
        yield
    finally:
        vars(dialect).pop("do_commit", None)
