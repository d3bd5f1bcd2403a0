"""The desk without a network: it holds the shop alone, and all that it handed out comes in exactly once."""

import base64
import json
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select, update

from ground import clock
from ground.db import db, transaction
from ground.refusal import Refused
from people import cards
from points import ledger
from shop import verify
from shop.desk import redemptions, voids
from shop.models import Lease, LeaseEntry, Redemption, SetAside, Source, Wish
from shop.offline import journal
from shop.shelf import goods as shelf
from shop.shelf import hours, leases, prices, shops
from shop.stock import consignments, moves
from tests.cast import NEXT_VILLAGE, TODAY, VILLAGE
from tests.shop.offlinedesk import Browser
from tests.story import do

HERE = f"/v/{VILLAGE}"
OFFLINE = f"{HERE}/offline"
JSON = {"Accept": "application/json"}


@pytest.fixture
def browser(desk):
    """The volunteer's browser, which holds the shop."""
    browser = Browser()
    answer = desk.post(OFFLINE, json={"public_key": browser.public_key}, headers=JSON)
    assert answer.status_code == 200, answer.text
    browser.hold(answer.json["lease"])
    return browser


@pytest.fixture
def bring(desk, browser):
    """Bring in what the browser wrote down; the answer."""

    def bring(entries=None, client=desk, **more):
        body = {"entries": browser.journal if entries is None else entries, **more}
        body.setdefault("receipts_until", browser.receipts_until)
        return client.post(f"{OFFLINE}/{browser.held['id']}", json=body, headers=JSON)

    return bring


def now(**later):
    return int((clock.now() + timedelta(**later)).timestamp())


def lease_of(browser):
    return db.session.get_one(Lease, browser.held["id"], populate_existing=True)


def count(model=Redemption):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def spend_elsewhere_before(cast):
    """A redemption of another shop."""
    cast.earn(cast.stranger, 100)
    with transaction():
        other = cast.next_shop, cast.card_of(cast.stranger)
        soap = next(offer.goods for offer in shelf.offers(cast.next_shop) if offer.goods.name == "肥皂")
        return redemptions.redeem("before" * 3, *other, {soap.id: 1}, cast.outside_volunteer)


def spend_elsewhere(cast, soap=1, key="other"):
    with transaction():
        return redemptions.redeem(key, cast.shop, cast.card, {cast.goods.id: soap}, cast.manager)


# --- What the desk holds ---


def test_the_desk_holds_names_balances_shelf_and_receipts_but_no_secret(cast, browser):
    held = browser.held
    assert (held["holder"], held["day"]) == (cast.volunteer.name, TODAY.isoformat())
    [worker] = [each for each in held["people"] if each[0] == cast.worker.id]
    grid = cast.term_of(cast.worker).grid.name
    assert worker[1:] == [cast.worker.name, grid, 100, "", cast.worker.masked]
    [card] = [each for each in held["cards"] if each[0] == cast.card.number]
    assert card[2:] == [cast.worker.id, ""]
    assert cast.card.token not in json.dumps(held)
    assert [cast.goods.id, 30, 20] in held["shelf"]
    assert [serial for serial, _code, _qr in held["receipts"]] == list(range(1, 61))


def test_a_receipt_s_code_is_there_to_be_drawn_and_leads_to_its_page(cast, browser, desk, app):
    _serial, code, packed = browser.receipts[0]
    wide = browser.held["qr_modules"]
    bits = "".join(f"{byte:08b}" for byte in base64.b64decode(packed))[: wide * wide]
    picture = Image.new("L", (wide, wide), 255)
    picture.putdata([0 if bit == "1" else 255 for bit in bits])
    [read] = zxingcpp.read_barcodes(picture.resize((wide * 4, wide * 4), Image.Resampling.NEAREST))
    assert read.text.endswith(f"/R/{code}")
    told = desk.get(f"/r/{code}")
    assert told.status_code == 404
    assert "还没有传回来" in told.text
    assert "还没有传回来" not in desk.get("/r/0000000000000000").text
    scanned = desk.post(f"{HERE}/desk", data={"scan": read.text}, headers=JSON).json
    assert scanned["code"] == "not_in_yet"


def test_whoever_may_not_take_goods_is_held_with_the_reason(cast, desk):
    card = cast.card
    with transaction():
        cards.report_lost(card, cast.clerk)
    held = desk.post(OFFLINE, json={"public_key": Browser().public_key}, headers=JSON).json["lease"]
    [[*_known, why]] = [each for each in held["cards"] if each[0] == card.number]
    assert "挂失" in why


def test_the_next_village_holds_nothing_of_this_one(cast, browser, bring, client_of):
    outsider = client_of(cast.outside_volunteer)
    assert outsider.post(OFFLINE, json={"public_key": browser.public_key}, headers=JSON).status_code == 404
    address = f"/v/{NEXT_VILLAGE}/offline/{browser.held['id']}"
    body = {"entries": [], "receipts_until": 0}
    assert outsider.post(address, json=body, headers=JSON).status_code == 404


# --- Held alone ---


def test_while_it_is_held_nobody_else_takes_points_or_goods_out(cast, browser, manager):
    """Each verb that debits an account or a lot says who holds the shop, and until when."""
    [lot] = [cast.lot_of(cast.goods)]
    other = cast.shop, cast.card, {cast.goods.id: 1}
    refused = {
        "redeem": lambda: redemptions.redeem("a" * 16, *other, cast.manager),
        "write off": lambda: moves.write_off("b" * 16, lot, 1, "受潮了", cast.manager),
        "send": lambda: consignments.send("c" * 16, lot, cast.next_shop, 1, "", cast.manager),
        "post": lambda: ledger.post(
            "d", ledger.TransferKind.EXPIRY, ledger.account_of(cast.worker), 1, "", cast.chair
        ),
    }
    for name, verb in refused.items():
        with pytest.raises(Refused) as error, transaction():
            verb()
        assert error.value.code == "leased", name
        assert cast.volunteer.name in str(error.value.message)
        assert "23:59" in str(error.value.message)
    cast.earn(cast.neighbour, 50)  # credits go on
    with transaction():
        moves.receive("e" * 16, cast.goods, 5, Source.PURCHASE, cast.manager)
    page = manager.post(
        f"{HERE}/desk/{cast.card.number}", data={"key": "f" * 32, f"goods-{cast.goods.id}": "1"}
    )
    assert page.status_code == 409
    assert f"{cast.volunteer.name}" in page.text


def test_the_desk_says_who_holds_the_shop_before_anything_is_scanned(cast, browser, desk, manager):
    told = f"超市由{cast.volunteer.name}的设备离线服务到"
    assert told in manager.get(f"{HERE}/desk").text
    assert told not in desk.get(f"{HERE}/desk").text, "its own page"
    assert told not in manager.get(f"{HERE}/desk", headers={"X-Keep": "yes"}).text
    answer = manager.post(f"{HERE}/desk", data={"scan": cast.card.number}, headers=JSON).json
    assert answer["is_refused"]
    assert told in answer["person"]


def test_what_was_handed_out_before_is_not_voided_meanwhile(cast, desk):
    done = spend_elsewhere(cast)
    browser = Browser()
    desk.post(OFFLINE, json={"public_key": browser.public_key}, headers=JSON)
    with pytest.raises(Refused, match="leased"), transaction():
        voids.void(done, "拿错了", cast.manager)


def test_two_browsers_do_not_hold_one_shop(cast, browser, desk, client_of):
    other = Browser()
    refused = client_of(cast.manager).post(OFFLINE, json={"public_key": other.public_key}, headers=JSON)
    assert (refused.status_code, refused.json["code"]) == (409, "leased")
    again = desk.post(OFFLINE, json={"public_key": browser.public_key}, headers=JSON)
    assert again.json["lease"]["id"] == browser.held["id"]
    for key in ("", "no key", browser.public_key[:20], None, 7):
        answer = desk.post(OFFLINE, json={"public_key": key}, headers=JSON)
        assert answer.json["code"] == "bad_browser_key"


def test_a_shop_that_closes_is_held_until_then(cast, desk):
    span = hours.Span(clock.local(clock.now()).time().replace(second=0), hours.time(17, 30))
    with transaction():
        shops.set_hours(cast.shop, hours.Hours(weekly={TODAY.isoweekday(): span}), cast.manager)
    held = desk.post(OFFLINE, json={"public_key": Browser().public_key}, headers=JSON).json["lease"]
    until = clock.local(clock.datetime.fromtimestamp(held["until"], clock.UTC))
    assert f"{until:%Y-%m-%d %H:%M}" == f"{TODAY} 17:30"
    with clock.at(TODAY + timedelta(days=1)):
        refused = desk.post(OFFLINE, json={"public_key": Browser().public_key}, headers=JSON)
        assert refused.json["code"] == "shop_closed"


# --- Coming back ---


def test_what_was_handed_out_comes_in_once_with_the_receipt_it_had(cast, browser, bring):
    browser.hand_out(cast.card.number, {cast.goods.id: 2}, now(minutes=1))
    browser.hand_out(
        cast.card.number,
        {cast.salt.id: 1},
        now(minutes=2),
        {"name": "李小明", "relation": "儿子", "signature": []},
    )
    code = json.loads(browser.journal[0]["text"])["code"]
    for _time in range(2):
        answer = bring().json
        assert [result["state"] for result in answer["results"]] == ["taken", "taken"]
        assert [result["number"][-4:] for result in answer["results"]] == ["0001", "0002"]
    assert answer["lease"]["position"] == 2
    assert [serial for serial, *_rest in answer["lease"]["receipts"]] == [61, 62]
    first, second = db.session.scalars(select(Redemption).order_by(Redemption.id)).all()
    assert (first.code, first.total, first.clerk) == (code, 60, cast.volunteer)
    assert second.proxy.name == "李小明"
    assert ledger.balance_of(cast.worker) == 100 - 60 - 25
    assert (cast.on_hand(cast.goods), cast.on_hand(cast.salt)) == (18, 9)
    assert list(verify.problems()) == []


def test_a_desk_that_gives_the_shop_back_leaves_no_gap(cast, browser, bring):
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    browser.end(now(minutes=2))
    answer = bring().json
    assert (answer["lease"], answer["code"]) == (None, "lease_returned")
    assert spend_elsewhere(cast).serial == 2
    assert list(verify.problems()) == []


def test_nobody_but_the_desk_gives_the_shop_back(cast, browser, bring, client_of):
    """Else somebody could end a lease whose entries have not come in, and spend the same points."""
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    fields = {
        "lease": browser.held["id"],
        "position": 1,
        "previous": browser.held["head"],
        "kind": "end",
        "at": now(),
    }
    assert bring([Browser().sign(fields)], client=client_of(cast.manager)).json["code"] == "bad_entry"
    assert bring().json["lease"] is not None
    browser.end(now(minutes=2))
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=3))
    taken, end, late = bring().json["results"][-3:]
    assert (taken["state"], end["state"], late["state"], late["code"]) == (
        "taken",
        "taken",
        "kept",
        "lease_over",
    )
    assert list(verify.problems()) == []


def test_a_step_back_gives_points_and_goods_back(cast, browser, bring):
    out = browser.hand_out(cast.card.number, {cast.goods.id: 2}, now(minutes=1))
    browser.take_back(out, now(minutes=2))
    late = browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=3))
    browser.take_back(late, now(minutes=6))
    assert [result["state"] for result in bring().json["results"]] == ["taken", "taken", "taken", "kept"]
    assert bring().json["results"][3]["code"] == "too_late"
    assert ledger.balance_of(cast.worker) == 70
    assert cast.on_hand(cast.goods) == 19
    assert list(verify.problems()) == []


def test_only_the_last_is_taken_back_and_nothing_of_anybody_else_s(cast, browser, bring):
    """What the page would never write is kept, not done: an older one, an ordinary one, one of later days."""
    before = spend_elsewhere_before(cast)
    first = browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    browser.hand_out(cast.card.number, {cast.salt.id: 1}, now(minutes=1))
    browser.take_back(first, now(minutes=2))
    assert [result["state"] for result in bring().json["results"]] == ["taken", "taken", "kept"]
    for of in (0, 4, -1, "1", None):
        forged = browser.sign(
            {
                "lease": browser.held["id"],
                "position": 4,
                "previous": browser.head,
                "kind": "undo",
                "of": of,
                "at": now(minutes=2),
            }
        )
        assert bring([forged]).json["code"] == "bad_entry"
    assert before.void is None


def test_a_step_back_does_not_hide_what_waits(cast, browser, bring):
    with transaction():
        leases.break_off(lease_of(browser), "手机丢了", cast.manager)
    spend_elsewhere(cast, 3)
    late = browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    browser.take_back(late, now(minutes=30))
    assert [result["state"] for result in bring().json["results"]] == ["kept", "kept"]
    assert len(journal.waiting(cast.shop)) == 2


def test_another_volunteer_brings_it_in_when_the_first_is_signed_out(cast, browser, bring, client_of):
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    assert bring(client=client_of(cast.manager)).json["results"][0]["state"] == "taken"
    [done] = db.session.scalars(select(Redemption))
    assert done.clerk == cast.volunteer
    assert done.entry.received_by_id == cast.manager.id


def test_the_next_day_it_is_booked_by_the_day_it_was_handed_out(cast, browser, bring):
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    with transaction():
        prices.set_price(cast.goods, 50, cast.manager, TODAY + timedelta(days=1))
    with clock.at(TODAY + timedelta(days=1)):
        answer = bring().json
        assert (answer["results"][0]["state"], answer["code"]) == ("taken", "lease_over")
        [done] = db.session.scalars(select(Redemption))
        assert (done.day, done.total) == (TODAY, 30)
        assert spend_elsewhere(cast).number == f"{TODAY + timedelta(days=1):%Y%m%d}-0001"
        assert list(verify.problems()) == []


# --- What does not fit ---


def test_what_was_changed_left_out_or_signed_by_another_is_not_taken(cast, browser, bring):
    for units in (1, 2):
        browser.hand_out(cast.card.number, {cast.goods.id: units}, now(minutes=units))
    first, second = browser.journal
    fields = json.loads(first["text"])
    forged = [
        [second],
        [{**first, "text": first["text"].replace('"total": 30', '"total": 3')}],
        [Browser().sign(fields)],
        [browser.sign({**fields, "total": 3})],
        [browser.sign({**fields, "lines": [[cast.goods.id, 1, 3]], "total": 30})],
        [browser.sign({**fields, "serial": 2})],
        [browser.sign({**fields, "code": "0" * 16})],
        *[[browser.sign({**fields, "card": card})] for card in (None, 7, "", "九", "\ud800", "40217730\0")],
        [browser.sign({**fields, "lease": 99})],
        [browser.sign({**fields, "position": -1})],
        [browser.sign({**fields, "lines": [[cast.goods.id, -1, -30]]})],
        [
            browser.sign(
                {
                    "lease": browser.held["id"],
                    "position": 1,
                    "previous": fields["previous"],
                    "kind": "undo",
                    "of": 1,
                    "at": 1,
                }
            )
        ],
        [{**first, "signature": ""}],
        [{"text": "[1, 2", "signature": first["signature"]}],
    ]
    for entries in forged:
        answer = bring(entries)
        assert (answer.status_code, answer.json["code"]) == (422, "bad_entry"), entries
    assert count() == 0
    assert bring().status_code == 200
    other = browser.sign({**json.loads(first["text"]), "at": now(minutes=9)})
    assert bring([other]).json["code"] == "bad_entry"
    for body in ([1], [{}], "x", None, [first] * 21):
        assert bring(body).status_code == 422 if body is not None else True


def test_what_a_rule_refuses_is_kept_and_decided_by_a_person(cast, browser, bring, client_of):
    """The phone is lost, the manager breaks the lease, others spend the points; then the phone turns up."""
    browser.hand_out(cast.card.number, {cast.goods.id: 3}, now(minutes=1))
    manager, chair = client_of(cast.manager), client_of(cast.chair)
    assert "手机" not in bring([]).text
    page = manager.post(f"{OFFLINE}/{browser.held['id']}/break", data={"reason": "手机丢了"})
    assert page.status_code == 302
    elsewhere = spend_elsewhere(cast, 1)
    assert elsewhere.serial == 61, "the numbers that the phone may have used are not used again"
    answer = bring().json
    assert (answer["lease"], answer["code"]) == (None, "lease_broken")
    assert answer["results"] == bring().json["results"]
    [result] = answer["results"]
    assert (result["state"], result["code"]) == ("kept", "insufficient_points")
    assert ledger.balance_of(cast.worker) == 70
    assert list(verify.problems()) == []

    closing = manager.get(f"{HERE}/closing/{TODAY}").text
    assert f"{TODAY:%Y%m%d}-0001 – {TODAY:%Y%m%d}-0060" in closing
    listed = chair.get(OFFLINE).text
    assert "还差 2 分" in listed
    assert cast.worker.name in listed
    [row] = db.session.scalars(select(LeaseEntry))
    again = f"{OFFLINE}/entries/{row.id}/again"
    assert "还差 2 分" in chair.post(again).text
    cast.earn(cast.worker, 50)
    assert chair.post(again).status_code == 302
    assert ledger.balance_of(cast.worker) == 30
    assert "decided" in chair.post(again).text or count() == 2
    assert bring().json["results"][0]["state"] == "taken"
    assert list(verify.problems()) == []


def test_what_cannot_be_booked_is_set_aside_by_somebody_else_with_a_reason(cast, browser, bring, client_of):
    with transaction():
        leases.break_off(lease_of(browser), "手机坏了", cast.manager)
    spend_elsewhere(cast, 3)
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    bring()
    [row] = db.session.scalars(select(LeaseEntry))
    aside = f"{OFFLINE}/entries/{row.id}/aside"
    chair = client_of(cast.chair)
    assert client_of(cast.volunteer).post(aside, data={"reason": "货已发出"}).status_code == 403
    assert chair.post(aside, data={"reason": " "}).status_code == 422
    assert chair.post(aside, data={"reason": "货已发出，积分不够，村里承担"}).status_code == 302
    assert count(SetAside) == 1
    assert "村里承担" in client_of(cast.supervisor).get(f"{HERE}/supervision").text
    assert bring().json["results"][0]["state"] == "taken"
    assert cast.on_hand(cast.goods) == 17
    assert list(verify.problems()) == []


def test_who_handed_it_out_does_not_set_it_aside(cast, client_of):
    cast.earn(cast.worker, 100)
    manager, browser = client_of(cast.manager), Browser()
    browser.hold(manager.post(OFFLINE, json={"public_key": browser.public_key}, headers=JSON).json["lease"])
    browser.hand_out(cast.card.number, {cast.goods.id: 9}, now(minutes=1))
    address = f"{OFFLINE}/{browser.held['id']}"
    manager.post(address, json={"entries": browser.journal, "receipts_until": 60}, headers=JSON)
    [row] = db.session.scalars(select(LeaseEntry))
    with pytest.raises(Refused, match="own_entry"), transaction():
        journal.set_aside(row, "货已发出", cast.manager)


def test_a_redemption_after_the_time_of_the_lease_waits_for_a_person(cast, browser, bring):
    for at in (browser.held["now"] - 60, now(minutes=2), now(minutes=1), browser.held["until"] + 1):
        browser.hand_out(cast.card.number, {cast.goods.id: 1}, at)
    codes = [result.get("code") for result in bring().json["results"]]
    assert codes == ["lease_over", None, "bad_moment", "lease_over"]
    assert list(verify.problems()) == []


def test_a_second_lease_is_not_overdrawn_by_what_the_first_brings(cast, browser, bring, client_of):
    browser.hand_out(cast.card.number, {cast.goods.id: 3}, now(minutes=1))
    with transaction():
        leases.break_off(lease_of(browser), "手机丢了", cast.manager)
    second, manager = Browser(), client_of(cast.manager)
    second.hold(manager.post(OFFLINE, json={"public_key": second.public_key}, headers=JSON).json["lease"])
    second.hand_out(cast.card.number, {cast.goods.id: 3}, now(minutes=2))
    assert bring().json["results"][0]["code"] == "leased"
    address = f"{OFFLINE}/{second.held['id']}"
    taken = manager.post(address, json={"entries": second.journal, "receipts_until": 120}, headers=JSON)
    assert taken.json["results"][0]["state"] == "taken"
    assert ledger.balance_of(cast.worker) == 10
    assert list(verify.problems()) == []


def test_what_was_handed_out_was_not_asked_for_in_vain(cast, browser, bring):
    """The books have less by then, and whoever came for it has it: nobody wished for it."""
    browser.hand_out(cast.card.number, {cast.goods.id: 2}, now(minutes=1))
    with transaction():
        leases.break_off(lease_of(browser), "手机丢了", cast.manager)
    do(moves.write_off, "o" * 16, cast.lot_of(cast.goods), 19, "受潮", cast.manager, cast.chair)
    assert bring().json["results"][0]["code"] == "out_of_stock"
    assert count(Wish) == 0


def test_what_changed_meanwhile_is_decided_by_a_person(cast, browser, bring):
    """A price, a card, a term: at the desk it was right, and somebody says so."""
    with transaction():
        prices.set_price(cast.goods, 40, cast.manager, TODAY)
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    browser.hand_out(cast.card.number, {cast.salt.id: 1}, now(minutes=2))
    bring(browser.journal[:1])
    card = cast.card
    with transaction():
        cards.report_lost(card, cast.clerk)
    assert [result["code"] for result in bring().json["results"]] == ["price_changed", "card_inactive"]
    for row in journal.waiting(cast.shop):
        with transaction():
            journal.try_again(db.session.get_one(LeaseEntry, row.id), cast.chair)
    assert [done.total for done in db.session.scalars(select(Redemption).order_by(Redemption.id))] == [30, 25]
    assert list(verify.problems()) == []


def test_who_brings_in_what_they_took_themselves_does_not_book_it(cast, browser, bring, client_of):
    """On a desk that somebody else holds one does not serve oneself either."""
    with transaction():
        cast.manager.person_id = cast.worker.id
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    assert bring(client=client_of(cast.manager)).json["results"][0]["code"] == "own_card"


def test_a_collector_who_cannot_be_read_holds_nothing_else_up(cast, browser, bring):
    came = [{"name": name, "relation": "儿子", "signature": []} for name in ("\u200b", "\ud800", 7)] + ["x"]
    for each in came:
        browser.hand_out(cast.card.number, {cast.salt.id: 1}, now(minutes=1), each)
    browser.hand_out(cast.card.number, {cast.salt.id: 1}, now(minutes=2))
    states = [result["state"] for result in bring().json["results"]]
    assert states == ["kept", "kept", "taken", "kept", "taken"]


def test_prices_that_only_add_up_are_not_booked(cast, browser, bring):
    with transaction():
        prices.set_price(cast.salt, 30, cast.manager, TODAY)
    forged = {cast.goods.id: 29, cast.salt.id: 31}
    browser.hand_out(cast.card.number, {cast.goods.id: 1, cast.salt.id: 1}, now(minutes=1), prices=forged)
    assert bring().json["results"][0]["code"] == "price_changed"


def test_the_check_finds_an_entry_that_was_changed(cast, browser, bring):
    browser.hand_out(cast.card.number, {cast.goods.id: 1}, now(minutes=1))
    bring()
    assert list(verify.problems()) == []
    with transaction():
        db.session.execute(update(Lease).values(head="0" * 64))
    assert any("lease" in line for line in verify.problems())
