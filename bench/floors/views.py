"""The bare views: a redemption, and a card looked up."""

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, abort, request

from bench.floors.rows import Database
from people.models import mask_name
from people.scanning.reading import ALPHABET

CHINA = timedelta(hours=8)

DEVICE = """
    SELECT device.id, device.shop_id, device.name, shop.village_id FROM device JOIN shop ON shop.id = shop_id
    WHERE digest = :digest AND revoked_at IS NULL"""

CARD = """
    SELECT card.id, card.number, card.state, person.name, balance, grid.name AS grid
    FROM card JOIN person ON person.id = card.person_id
    JOIN account ON account.person_id = person.id
    LEFT JOIN appointment ON appointment.person_id = person.id AND duty = 'worker' AND ended_on IS NULL
    LEFT JOIN grid ON grid.id = grid_id
    WHERE card.number = :number AND area_id = :village_id"""

HOLDER = """
    SELECT card.id, name, account.id AS account_id, account.balance, account.transfers, account.head,
        redeemed.id AS redeemed_id
    FROM card JOIN person ON person.id = card.person_id
    JOIN account ON account.person_id = person.id
    JOIN account AS redeemed ON redeemed.village_id = area_id AND redeemed.kind = 'redeemed'
        AND redeemed.person_id IS NULL
    WHERE card.number = :number AND area_id = :village_id AND state = 'active'
    FOR NO KEY UPDATE OF account"""

LOTS = """
    SELECT lot.id, on_hand, goods_id, name, spec, unit,
        (SELECT points FROM price WHERE price.goods_id = goods.id AND holds_from <= :day
         ORDER BY holds_from DESC, id DESC LIMIT 1) AS price
    FROM lot JOIN goods ON goods.id = goods_id
    WHERE goods_id IN (:one, :two) AND shop_id = :shop_id AND on_hand > 0
    ORDER BY lot.id
    FOR NO KEY UPDATE OF lot"""

SERIAL = """
    UPDATE shop SET numbered_on = :day,
        last_serial = CASE WHEN numbered_on = :day THEN last_serial + 1 ELSE
            (SELECT coalesce(max(serial), 0) + 1 FROM redemption WHERE shop_id = :shop_id AND day = :day) END
    WHERE id = :shop_id RETURNING last_serial"""

TRANSFER = """
    INSERT INTO transfer
        (key, kind, debit_id, credit_id, amount, reason, at, account_id, position, balance_after, hash)
    VALUES (:key, 'redemption', :debit, :credit, :amount, :reason, :at, :debit, :position, :after, :hash)
    RETURNING id"""

REDEMPTION = """
    INSERT INTO redemption (key, shop_id, card_id, day, serial, code, total, transfer_id, device_id, at)
    VALUES (:key, :shop_id, :card_id, :day, :serial, :code, :total, :transfer_id, :device_id, :at)
    RETURNING id"""

LINES = """
    INSERT INTO redemption_line (redemption_id, goods_id, name, spec, unit, price, quantity)
    VALUES (:redemption_id, :one, :one_name, :one_spec, :one_unit, :one_price, :one_quantity),
        (:redemption_id, :two, :two_name, :two_spec, :two_unit, :two_price, :two_quantity)"""

MOVES = """
    INSERT INTO stock_move (key, lot_id, kind, quantity, redemption_id, at)
    VALUES (:one_key, :one_lot, 'redemption', -:one_quantity, :redemption_id, :at),
        (:two_key, :two_lot, 'redemption', -:two_quantity, :redemption_id, :at)"""

LEAVE = """
    UPDATE lot SET on_hand = on_hand - CASE id WHEN :one_lot THEN :one_quantity ELSE :two_quantity END
    WHERE id IN (:one_lot, :two_lot)"""

PAY = """
    UPDATE account SET balance = balance - :amount, transfers = :position, head = :hash
    WHERE id = :debit AND transfers = :position - 1"""


def make(uri: str) -> Flask:
    """The application of the floors on a database."""
    app, database = Flask(__name__), Database(uri)

    def device() -> Any:
        key = request.headers["Authorization"].removeprefix("Bearer ")
        return (database.rows(DEVICE, digest=hashlib.sha256(key.encode()).hexdigest()) or abort(401))[0]

    @app.get("/api/v1/cards/<number>")
    def card(number: str) -> dict[str, Any]:
        (row,) = database.rows(CARD, number=number, village_id=device()["village_id"]) or abort(404)
        return {
            "number": row["number"],
            "status": row["state"],
            "balance": row["balance"] / 10,
            "worker": mask_name(row["name"]),
            "grid": row["grid"],
            "limits": [],
        }

    @app.post("/api/v1/redemptions")
    def redeem() -> tuple[dict[str, Any], int]:
        till, order, key = device(), request.get_json(), request.headers["Idempotency-Key"]
        with database.transaction():
            return _redeem(database, till, order, f"{till['id']}:{key}"), 201

    return app


def _redeem(database: Database, till: Any, order: dict[str, Any], key: str) -> dict[str, Any]:
    """Two articles against a card, one lot of each."""
    now = datetime.now(UTC).replace(microsecond=0)
    day, at = (now + CHINA).date().isoformat(), now.strftime("%Y-%m-%d %H:%M:%S.000000")
    (holder,) = database.rows(HOLDER, number=order["card"], village_id=till["village_id"]) or abort(422)
    quantities = {item["goods"]: item["quantity"] for item in order["items"]}
    one, two = sorted(quantities)
    lots = {
        lot["goods_id"]: lot
        for lot in database.rows(LOTS, one=one, two=two, shop_id=till["shop_id"], day=day)
        if lot["on_hand"] >= quantities[lot["goods_id"]]
    }
    total = sum(lots[goods]["price"] * quantity for goods, quantity in quantities.items())
    if holder["balance"] < total:
        abort(422)
    (serial,) = database.rows(SERIAL, day=day, shop_id=till["shop_id"])
    number = f"{day.replace('-', '')}-{serial['last_serial']:04d}"
    paid = {
        "key": f"redemption:{key}",
        "debit": holder["account_id"],
        "credit": holder["redeemed_id"],
        "amount": total,
        "reason": number,
        "at": at,
        "position": holder["transfers"] + 1,
        "after": holder["balance"] - total,
    }
    paid["hash"] = _hash(holder["head"], paid, now)
    (transfer,) = database.rows(TRANSFER, **paid)
    code = "".join(secrets.choice(ALPHABET) for _character in range(16))
    (redemption,) = database.rows(
        REDEMPTION,
        key=key,
        shop_id=till["shop_id"],
        card_id=holder["id"],
        day=day,
        serial=serial["last_serial"],
        code=code,
        total=total,
        transfer_id=transfer["id"],
        device_id=till["id"],
        at=at,
    )
    values = {"redemption_id": redemption["id"], "one": one, "two": two, "at": at}
    for name, goods in (("one", one), ("two", two)):
        lot = lots[goods]
        values |= {f"{name}_{column}": lot[column] for column in ("name", "spec", "unit", "price")}
        values |= {f"{name}_lot": lot["id"], f"{name}_quantity": quantities[goods]}
        values |= {f"{name}_key": f"redemption:{key}:{lot['id']}"}
    database.rows(LINES, **values)
    database.rows(MOVES, **values)
    database.rows(LEAVE, **values)
    database.rows(PAY, **paid)
    return {
        "id": redemption["id"],
        "number": number,
        "card": order["card"],
        "worker": mask_name(holder["name"]),
        "items": [
            {
                "goods": goods,
                "name": lots[goods]["name"],
                "spec": lots[goods]["spec"],
                "unit": lots[goods]["unit"],
                "quantity": quantities[goods],
                "price": lots[goods]["price"] / 10,
                "amount": lots[goods]["price"] * quantities[goods] / 10,
            }
            for goods in (one, two)
        ],
        "total": total / 10,
        "balance_before": holder["balance"] / 10,
        "balance_after": paid["after"] / 10,
        "day": day,
        "at": (now + CHINA).strftime("%Y-%m-%dT%H:%M:%S+08:00"),
        "served_by": till["name"],
        "operator": None,
        "collector": None,
        "check_url": f"HTTP://{request.host.upper()}/R/{code}",
        "voided": False,
        "void": None,
    }


def _hash(head: str, paid: dict[str, Any], now: datetime) -> str:
    """The chain's next head, as docs/verifying.md says."""
    fields = [head, paid["position"], paid["key"], "redemption", paid["debit"], paid["credit"]]
    fields += [paid["amount"], paid["reason"], None, now.strftime("%Y-%m-%dT%H:%M:%SZ"), None]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
