"""The interface for programs, told as a till meets it: it asks, is answered, and is never left to guess."""

import json
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier

from sqlalchemy import select

from ground import clock
from ground.db import db, transaction
from people import cards
from people.roster import terms
from people.signin import keeping
from points import ledger
from points.models import TransferKind
from shop.api.document import CONTENT, OPERATIONS
from shop.desk import devices, redemptions
from shop.models import Device, Lot, Redemption, Source
from shop.shelf import goods as shelf
from shop.shelf import leases, shops
from shop.shelf.hours import Hours, Span
from shop.stock import counts, moves
from tests.cast import TODAY, counted
from tests.shop import till as tills
from tests.shop.offlinedesk import Browser
from tests.shop.till import SALT, SOAP
from tests.story import answer_lost, count, everything_fits
from tests.test_rules import methods


def codes_of(operation):
    """The codes that the document lists for an operation, by status."""
    return {
        (int(status), code)
        for status, answer in tills.resolved(operation["responses"]).items()
        for content in answer["content"].values()
        for code in content["schema"].get("properties", {}).get("code", {}).get("enum", ())
    }


DOCUMENTED = {
    code for path in CONTENT["paths"].values() for operation in path.values() for code in codes_of(operation)
}


def test_a_redemption_asks_for_nothing_twice(cast, till):
    """Device, card and lock; who stands there, the basket, the number; four inserts and two updates."""
    card = cast.card.number
    till.order(card, {SOAP: 1})
    with counted() as sent:
        assert till.order(card, {SOAP: 1, SALT: 1}).status_code == 201
    assert Counter(statement.split()[0] for statement in sent if "BEGIN" not in statement) == {
        "SELECT": 5,
        "INSERT": 4,
        "UPDATE": 3,
    }


def test_what_every_till_asks_goes_straight_to_the_driver(cast, till, monkeypatch):
    """Card and redemption send prepared statements alone (ground/db/prepared.py)."""
    card = cast.card.number
    till.order(card, {SOAP: 1})

    def execute(_connection, statement, *_values):
        raise AssertionError(f"not prepared: {statement}")

    monkeypatch.setattr("sqlalchemy.Connection.execute", execute)
    assert till.get(f"/cards/{card}").status_code == 200
    assert till.order(card, {SOAP: 1, SALT: 1}).status_code == 201


def test_a_basket_from_the_card_to_the_void(cast, till):
    number, token = cast.card.number, cast.card.token
    offered = till.get("/goods").json
    assert [(item["id"], item["price"], item["on_hand"]) for item in offered["items"]] == [
        (SOAP, 3.0, 20),
        (SALT, 2.5, 10),
    ]
    for given in (number, cast.card.grouped, token, f"HTTP%3A%2F%2FAIXIN.EXAMPLE%2FC%2F{token}"):
        assert till.get(f"/cards/{given}").json == {
            "number": number,
            "status": "active",
            "balance": 100.0,
            "worker": "李*明",
            "grid": "第01网格",
            "limits": [],
        }

    made = till.order(token, {SOAP: 2, SALT: 1}, key="basket-1")
    done = made.json
    assert (made.status_code, made.location) == (201, f"/api/v1/redemptions/{done['id']}")
    assert [(line["goods"], line["quantity"], line["amount"]) for line in done["items"]] == [
        (SOAP, 2, 6.0),
        (SALT, 1, 2.5),
    ]
    assert (done["balance_before"], done["total"], done["balance_after"]) == (100.0, 8.5, 91.5)
    assert (done["number"], done["at"]) == ("20261228-0001", "2026-12-28T09:00:00+08:00")
    assert (done["card"], done["worker"], done["served_by"]) == (number, "李*明", "门口收银台")
    assert token not in made.text
    assert till.client.get(done["check_url"].removeprefix("HTTP://LOCALHOST")).status_code == 200

    again = till.order(number, {SALT: 1, SOAP: 2}, key="basket-1")
    assert (again.status_code, again.json, again.location) == (200, done, None)
    other = till.order(number, {SOAP: 2}, key="basket-1")
    assert (other.status_code, other.json["code"]) == (409, "key_reused")
    assert (count(Redemption), ledger.balance_of(cast.worker)) == (1, 915)
    assert till.get(made.location.removeprefix(tills.ROOT)).json == done

    back = till.void(done["id"], "拿错了 😀").json
    assert back == done | {
        "voided": True,
        "void": {"reason": "拿错了 😀", "at": "2026-12-28T09:00:00+08:00", "by": "门口收银台"},
    }
    assert till.void(done["id"], "再来一次").json == back
    undone = till.order(number, {SALT: 1, SOAP: 2}, key="basket-1")
    assert (undone.status_code, undone.json["code"]) == (409, "voided")
    assert till.get(f"/cards/{number}").json["balance"] == 100.0
    assert till.get("/goods").json == offered
    assert everything_fits()


def test_what_the_desk_did_is_there_for_the_till_and_the_other_way_round(cast, till, client_of):
    with transaction():
        at_the_desk = redemptions.redeem("k" * 16, cast.shop, cast.card, {SOAP: 1}, cast.volunteer).id
    told = till.get(f"/redemptions/{at_the_desk}").json
    assert (told["served_by"], told["voided"]) == ("马志愿", False)
    with transaction():
        devices.give_voids(db.session.scalars(select(Device)).one(), cast.manager)
    assert till.void(at_the_desk, "退货").json["void"]["by"] == "门口收银台"
    by_till = till.order(cast.card.number, {SOAP: 1}).json
    page = client_of(cast.manager).get(f"/v/{cast.village.code}/redemptions/{by_till['id']}").text
    assert "门口收银台" in page
    assert by_till["number"] in page


def test_goods_come_in_pages_without_what_is_archived_or_expired(cast, till, clock):
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 105, spec="5kg", category="粮油", quota=2)
        moves.receive("rice", rice, 4, Source.PURCHASE, None, best_before=TODAY)
        moves.receive("more", rice, 3, Source.PURCHASE, None)
        shelf.archive(shelf.add_goods(cast.shop, "火柴", "盒", 5), cast.manager)
    names = [
        [item["name"] for item in till.get(f"/goods?per_page=2&page={page}").json["items"]]
        for page in (1, 2, 3, 1_000_000)
    ]
    assert names == [["肥皂", "食盐"], ["大米"], [], []]
    first = till.get("/goods?per_page=2").json
    assert (first["page"], first["pages"], first["total"]) == (1, 2, 3)
    assert till.get("/goods?page=2&per_page=2").json["items"] == [
        {
            "id": rice.id,
            "name": "大米",
            "spec": "5kg",
            "category": "粮油",
            "barcodes": [],
            "unit": "袋",
            "price": 10.5,
            "on_hand": 7,
            "limit": 2,
        }
    ]
    clock.days_on()
    assert till.get("/goods?page=2&per_page=2").json["items"][0]["on_hand"] == 3
    assert till.order(cast.card.number, {rice.id: 1}).status_code == 201
    assert till.get(f"/cards/{cast.card.number}").json["limits"] == [
        {"goods": rice.id, "name": "大米", "limit": 2, "taken": 1, "left": 1}
    ]


def test_every_code_in_the_document_happens(app, cast, till, monkeypatch):
    """And as documented: the till holds each answer's code against the document's list for that status."""
    happened = set()

    def meets(code, answer):
        assert answer.json["code"] == code, answer.text
        happened.add((answer.status_code, code))

    number, other = cast.card.number, cast.card_of(cast.neighbour).number
    _of_requests(meets, till, number)
    meets("unknown_card", till.get("/cards/123456789"))
    meets("unknown_redemption", till.get("/redemptions/1"))
    meets("unknown_card", till.order("123456789", {SOAP: 1}))
    meets("unknown_goods", till.order(number, {999: 1}))
    meets("insufficient_points", till.order(other, {SOAP: 1}))
    meets("out_of_stock", till.order(number, {SOAP: 21}))
    done = till.order(number, {SOAP: 1}, key="used").json["id"]
    meets("key_reused", till.order(number, {SOAP: 2}, key="used"))
    meets("price_changed", till.order(number, {SOAP: 2}, total=5.9))
    _of_who_comes(meets, till, cast, number)
    undone = till.order(number, {SALT: 1}, key="undone", total=2.5).json["id"]
    till.void(undone, "拿错了")
    meets("voided", till.order(number, {SALT: 1}, key="undone"))
    meets("reason_missing", till.void(done, " \n"))
    meets("identity_number", till.void(done, "拿错了，53232319680704106x"))
    with transaction():
        account = ledger.account_of(cast.worker)
        for key in ("a lot", "a lot more"):
            ledger.post(key, TransferKind.AWARD, account, 1_000_000, "", None)
        gold = shelf.add_goods(cast.shop, "金条", "根", 1_000_000, quota=5)
        moves.receive("gold", gold, 5, Source.PURCHASE, None)
    meets("bad_amount", till.order(number, {gold.id: 2}))
    meets("limit_reached", till.order(number, {gold.id: 6}))
    _of_a_desk_without_a_network(meets, till, cast, number, done)
    with monkeypatch.context() as patch:
        patch.setattr("shop.desk.redemptions._next_serial", lambda shop, day: 1)
        meets("conflict", till.order(number, {SOAP: 1}))
        patch.setattr("shop.desk.redemptions._next_serial", lambda shop, day: 1 / 0)
        patch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        meets("broken", till.order(number, {SOAP: 1}))
    with answer_lost("before"):
        meets("unknown_outcome", till.order(number, {SOAP: 1}))
    with clock.at(TODAY + timedelta(days=1)):
        meets("too_late", till.void(done, "太晚了"))
    with clock.at(date(2027, 1, 1)):
        meets("quarter_over", till.void(done, "太晚了"))
    with transaction():
        shops.set_hours(cast.shop, Hours(weekly={1: Span(time(14), time(17))}), cast.manager)
    closed = till.order(number, {SOAP: 1})
    meets("shop_closed", closed)
    assert "14:00" in closed.json["title"]
    with transaction():
        shops.set_hours(cast.shop, None, cast.manager)
        terms.end_term(cast.term_of(cast.neighbour), "搬走", cast.clerk)
    meets("term_ended", till.order(other, {SOAP: 1}))
    _of_the_manager(meets, till, cast, number)
    with transaction():
        cards.report_lost(cast.card, cast.clerk)
    meets("card_inactive", till.order(number, {SOAP: 1}))
    assert till.get(f"/cards/{number}").json["status"] == "lost"

    assert happened - DOCUMENTED == {(405, "method_not_allowed")}  # the document says it of every address
    assert DOCUMENTED - happened == set()


def _of_a_desk_without_a_network(meets, till, cast, number, done):
    """A desk holds the whole shop, so the till hands out and takes back nothing."""
    with transaction():
        lease = leases.take(cast.shop, cast.volunteer, Browser().public_key)
    held = till.order(number, {SOAP: 1})
    meets("leased", held)
    assert cast.volunteer.name in held.json["title"]
    meets("leased", till.void(done, "拿错了"))
    with transaction():
        leases.give_back(lease, cast.volunteer)


def _of_who_comes(meets, till, cast, number):
    """What can be wrong about who comes for the worker, who stands at the till, and what was scanned."""
    came = {"name": "李小明", "relation": "儿子"}
    meets("bad_proxy", till.order(number, {SOAP: 1}, collector=came | {"name": " "}))
    meets("bad_signature", till.order(number, {SOAP: 1}, collector=came | {"signature": [[1, 401, 3, 4]]}))
    meets("own_proxy", till.order(number, {SOAP: 1}, collector=came | {"name": cast.manager.name}))
    meets("bad_operator", till.order(number, {SOAP: 1}, operator="\u200b"))
    card = "532323196807041211"
    for wrong in (
        {"collector": came | {"name": card}},
        {"collector": came | {"relation": card}},
        {"operator": card},
    ):
        answer = till.order(number, {SOAP: 1}, **wrong)
        meets("identity_number", answer)
        assert answer.json["where"] in ("body/collector/name", "body/collector/relation", "body/operator")
    meets("unknown_goods", till.order(number, {card: 1}))  # what was scanned is not kept
    meets("expired", till.order(number, {"(01)06901028075831(17)261227": 1}))
    meets("in_future", till.get("/closing?day=2026-12-29"))
    meets("bad_day", till.get("/closing?day=1999-12-31"))
    with transaction():
        at_the_desk = redemptions.redeem("k" * 16, cast.shop, cast.card, {SOAP: 1}, cast.volunteer).id
    meets("not_yours", till.void(at_the_desk, "退货"))


def _of_the_manager(meets, till, cast, number):
    """What a device may not do because its manager may not."""
    taken = till.order(number, {SOAP: 1}).json["id"]
    with transaction():
        counts.record_count(
            "k", counts.begin_stock_take(cast.shop, cast.manager), cast.goods, 1, cast.manager
        )
    meets("counted_here", till.void(taken, "拿错了"))
    with transaction():
        keeping.link(cast.manager, cast.worker, None)
    meets("own_card", till.order(number, {SOAP: 1}))
    meets("own_card", till.void(taken, "拿错了"))


def _of_requests(meets, till, number):
    """What a request can do wrong before it is about anything."""
    meets("not_found", till.get("/nothing"))
    meets("not_found", till.get("/redemptions/2147483648"))
    wrong = till.ask("DELETE", "/goods")
    meets("method_not_allowed", wrong)
    assert set(wrong.allow) == {"GET", "HEAD", "OPTIONS"}
    for code, key in (("no_key", None), ("bad_key", "x"), ("bad_key", f"{till.key}x")):
        refused = tills.Till(till.client, key).get("/goods")
        meets(code, refused)
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    order = {"card": number, "items": [{"goods": SOAP, "quantity": 1}]}
    key = {"Idempotency-Key": "k"}
    meets("no_idempotency_key", till.ask("POST", "/redemptions", json=order))
    as_json = {"content_type": "application/json"}
    for path in ("/redemptions", "/redemptions/1/void"):
        meets("bad_json", till.ask("POST", path, data="{", headers=key, **as_json))
        meets("not_json", till.ask("POST", path, data=json.dumps(order), headers=key))
        meets("too_large", till.ask("POST", path, data=b" " * 70_000, headers=key, **as_json))
        meets("invalid", till.ask("POST", path, json={}, headers=key))
    for address in ("/goods?page=0", "/redemptions?per_page=0", "/closing?day=2026-02-30"):
        meets("invalid", till.get(address))
    meets(
        "bad_items", till.ask("POST", "/redemptions", headers=key, json=order | {"items": order["items"] * 2})
    )


ORDER = {"card": "x", "items": [{"goods": SOAP, "quantity": 1}]}


def item(**more):
    """An order with one line that is not as it should be."""
    return ORDER | {"items": [{"goods": SOAP, "quantity": 1} | more]}


NOT_AS_DESCRIBED = [
    ("", 400, None),
    ("\ufeff{}", 400, None),
    ('{"card": "\\ud800"}', 400, None),
    ('{"card": NaN}', 400, None),
    ("9" * 5000, 400, None),
    ("[" * 30_000, 400, None),
    (b'{"card": "\xc0\xaf"}', 400, None),
    ("null", 422, "body"),
    ("[" * 200 + "]" * 200, 422, "body"),
    ("[" * 300 + "]" * 300, 422, "body"),
    (ORDER | {"note": "?"}, 422, "body"),
    (ORDER | {"card": 123456789}, 422, "body/card"),
    (ORDER | {"card": ""}, 422, "body/card"),
    (ORDER | {"card": "1" * 201}, 422, "body/card"),
    (ORDER | {"items": []}, 422, "body/items"),
    (ORDER | {"items": ORDER["items"] * 101}, 422, "body/items"),
    (item(price=0), 422, "body/items/0"),
    *(
        (item(quantity=units), 422, "body/items/0/quantity")
        for units in (0, -1, 1000, 1.5, True, "1", None, 10**30, 1e300)
    ),
    *((item(goods=goods), 422, "body/items/0/goods") for goods in (0, 2**31, 2**63, "1")),
    (item(barcode="6901028075831"), 422, "body/items/0"),
    ({"card": "x", "items": [{"quantity": 1}]}, 422, "body/items/0"),
    ({"card": "x", "items": [{"barcode": "", "quantity": 1}]}, 422, "body/items/0/barcode"),
    *((ORDER | {"operator": name}, 422, "body/operator") for name in ("", "长" * 41, "\0", None, 1)),
    *((ORDER | {"collector": who}, 422, "body/collector") for who in ({}, {"name": "甲"}, None)),
    (
        ORDER | {"collector": {"name": "甲", "relation": "子", "signature": [[1, 2, 3, 4.5]]}},
        422,
        "body/collector/signature/0/3",
    ),
    (ORDER | {"card": "\0"}, 422, None),  # text, but no card
    (ORDER | {"card": "😀"}, 422, None),
]


def test_a_body_that_is_not_as_described(cast, till):
    """It is told where, and nothing of it reaches the shop."""
    headers = {"Idempotency-Key": "k"}
    for sent, status, where in NOT_AS_DESCRIBED:
        data = json.dumps(sent) if isinstance(sent, dict) else sent
        answer = till.ask("POST", "/redemptions", data=data, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json.get("where")) == (status, where), (sent, answer.text)
    assert count(Redemption) == 0
    done = till.order(cast.card.number, {SOAP: 2.0}).json  # in JSON a whole number all the same
    assert done["items"][0]["quantity"] == 2
    for reason in ("\0", "长" * 201, None, 1):
        assert till.void(done["id"], reason).json["where"] == "body/reason"
    for query in (
        "page=0",
        "page=1.0",
        "page=１",
        "page=",
        "page=1&page=2",
        "per_page=101",
        "page=" + "9" * 5000,
    ):
        assert till.get(f"/goods?{query}").json["where"] == f"query/{query.partition('=')[0]}", query


def test_what_is_no_card(cast, till):
    """Other QR codes, mistyped numbers and other villages' cards: one kind of no, whatever was scanned."""
    with transaction():
        old = cast.card.number
        cards.issue(cast.worker, cast.clerk)
    assert till.get(f"/cards/{old}").json["status"] == "replaced"
    stranger = cast.card_of(cast.stranger)
    wrong = f"{old[:-1]}{(int(old[-1]) + 1) % 10}"
    for given in (
        *(
            stranger.number,
            stranger.token,
            wrong,
            old[:-1],
            "０" * 9,
            "x" * 20,
            "x" * 5000,
            "%F0%9F%98%80",
            "",
        ),
        *("/", "//", "%2F..%2F", "%0A", f"{old}%00", "%FF", "https%3A%2F%2Fpay.example%2Fqr%2F1", " "),
    ):
        answer = till.get(f"/cards/{given}")
        assert answer.status_code == 404, given
        assert answer.json["code"] == ("not_found" if "%00" in given else "unknown_card"), given
    for number in (stranger.number, stranger.token, wrong):
        assert till.order(number, {SOAP: 1}).json["code"] == "unknown_card"


def test_keys_of_a_till_are_its_own(cast, till):
    """Any 1 to 200 visible characters; another till's same key is another basket."""
    number = cast.card.number
    second = tills.at(till.client, cast.shop, "后门收银台")
    keys = ("1", "~" * 200, '"8e03978e-40d5-43e8-bc93-6894a57f9324"', "a,b")
    made = [one.order(number, {SOAP: 1}, key) for key in keys for one in (till, second)]
    assert [answer.status_code for answer in made] == [201] * 8
    assert len({answer.json["id"] for answer in made}) == 8
    for key in ("", " ", "a b", "钥匙".encode().decode("latin-1"), "~" * 201, "\t"):
        answer = till.order(number, {SOAP: 1}, key or " ")
        assert (answer.status_code, answer.json["where"]) == (422, "header/Idempotency-Key"), key
    assert count(Redemption) == 8


def test_a_till_sees_its_own_shop_only(cast, till):
    elsewhere = tills.at(till.client, cast.next_shop)
    done = till.order(cast.card.number, {SOAP: 1}).json["id"]
    assert elsewhere.get(f"/redemptions/{done}").json["code"] == "unknown_redemption"
    assert elsewhere.void(done, "不是我们的").json["code"] == "unknown_redemption"
    assert elsewhere.get(f"/cards/{cast.card.number}").json["code"] == "unknown_card"
    assert elsewhere.order(cast.card.number, {SOAP: 1}).json["code"] == "unknown_card"
    theirs = elsewhere.get("/goods").json["items"][0]["id"]
    assert theirs not in (SOAP, SALT)
    assert till.order(cast.card.number, {theirs: 1}).json["code"] == "unknown_goods"
    assert count(Redemption) == 1


def test_a_key_that_was_taken_back_opens_nothing(cast, till):
    assert till.get("/goods").status_code == 200
    with transaction():
        devices.revoke(db.session.scalars(select(Device)).one(), cast.manager)
    answer = till.order(cast.card.number, {SOAP: 1})
    assert (answer.status_code, answer.json["code"]) == (401, "bad_key")
    assert count(Redemption) == 0


def test_a_key_is_kept_nowhere(app, cast, till, caplog, monkeypatch):
    """Not in the database, not in an answer, and not in what is logged when the program breaks."""
    monkeypatch.setattr("shop.desk.redemptions._next_serial", lambda shop, day: 1 / 0)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.DEBUG):
        broken = till.order(cast.card.number, {SOAP: 1})
    assert "ZeroDivisionError" in caplog.text
    assert till.key not in caplog.text + broken.text + str(broken.headers)
    assert broken.headers["Cache-Control"] == "no-store"
    kept = db.session.scalars(select(Device)).one()
    assert till.key not in (kept.digest, kept.name)
    assert len(kept.digest) == 64


def test_no_cookie_is_asked_for_and_none_is_given(app, cast, till, monkeypatch):
    """Programs send no CSRF token, and need none: what opens the door is no cookie."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    made = till.order(cast.card.number, {SOAP: 1})
    assert made.status_code == 201
    assert "Set-Cookie" not in made.headers


def test_tills_that_send_the_same_at_the_same_moment(cast, till):
    """One makes it, the others are told the same; nobody is told `made` twice."""
    number, together = cast.card.number, Barrier(6)
    db.session.rollback()

    def send(_number):
        together.wait(30)
        with clock.at(TODAY):
            own = tills.Till(till.client.application.test_client(), till.key)
            answer = own.order(number, {SOAP: 2}, key="at-once")
            return answer.status_code, answer.text

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert Counter(status for status, _text in answers) == {201: 1, 200: 5}, answers
    assert len({text for _status, text in answers}) == 1
    assert (count(Redemption), ledger.balance_of(cast.worker)) == (1, 940)
    assert db.session.scalar(select(Lot.on_hand).where(Lot.goods_id == SOAP)) == 18


def test_the_document_and_the_routes_are_the_same(plain_app):
    """What is in one is in the other: addresses, methods, and the names by which they find each other."""
    routed = {
        (route.endpoint, method, route.rule)
        for route in plain_app.url_map.iter_rules()
        if route.endpoint.startswith("api.")
        for method in methods(route)
    }
    described = {
        (f"api.{operation['operationId']}", method.upper(), tills.ROOT + path)
        for path, operations in CONTENT["paths"].items()
        for method, operation in operations.items()
    }
    plain = {"<anything:card>": "{card}", "<int:ident>": "{ident}"}
    for there, here in plain.items():
        routed = {(name, method, rule.replace(there, here)) for name, method, rule in routed}
    assert routed == described
    assert set(OPERATIONS) == {name.removeprefix("api.") for name, _method, _rule in routed}
    assert CONTENT["servers"] == [{"url": tills.ROOT}]
