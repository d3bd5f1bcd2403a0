"""What is asked for in vain and what runs out is suggested, asked for, approved by another, and comes in."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ground.db import db
from people.models import Proposal
from people.proposals import proposing
from shop import backing
from shop.desk import redemptions
from shop.models import PurchaseRequest, Source, Wish, WishKind
from shop.purchases import requests, suggestions, wishes
from shop.purchases.approved import approved_goods
from shop.purchases.requests import Wanted
from shop.shelf import goods
from shop.stock import moves
from tests.cast import VILLAGE, counted
from tests.printed import texts
from tests.story import count, do, refused

HERE = f"/v/{VILLAGE}"


def plan(cast):
    """What should be bought, by name."""
    return {each.name: each for each in suggestions.plan_of(cast.village).suggestions}


def wished(shop):
    """What was asked for in vain and counts today."""
    return wishes.wished(shop, approved_goods(shop).came)


def asked(cast, *wanted, key="a" * 16):
    """A purchase that the manager asks for; without anything said, 12 pieces of soap at 2.80 yuan."""
    wanted = wanted or (Wanted(cast.goods, "", 12, 280),)
    return do(requests.ask, key, cast.shop, wanted, "下季度用", cast.manager)


def proposal_for(cast, request):
    """The proposal by which the manager lets a second person approve it."""
    needed = refused("second_person", requests.approve, request, cast.manager)
    return do(proposing.propose, needed, cast.manager)


# --- Wishes ---


def test_a_wish_is_of_an_article_or_in_words(cast):
    """What is written like an article's name is that article; a key sent twice is one wish."""
    for _twice in range(2):
        do(wishes.note_words, "w1", cast.shop, " 肥 皂 ", cast.worker_user)
    for number, text in enumerate(("雨靴", "雨  靴", "胶鞋")):
        do(wishes.note_words, f"w2-{number}", cast.shop, text, cast.volunteer)
    do(wishes.note_article, "w3", cast.goods, WishKind.TAPPED, cast.volunteer)
    assert wished(cast.shop).articles == {cast.goods.id: 2}
    assert wished(cast.shop).words == [("雨 靴", 2), ("胶鞋", 1)]
    refused("key_reused", wishes.note_words, "w1", cast.shop, "别的", cast.volunteer)
    refused("wish_missing", wishes.note_words, "w4", cast.shop, " 。 ", cast.volunteer)
    refused("bad_name", wishes.note_words, "w4", cast.shop, "靴" * 101, cast.volunteer)
    assert wished(cast.next_shop).articles == {}


def test_a_wish_counts_until_it_came_in_and_for_90_days(cast, clock):
    do(wishes.note_article, "w1", cast.goods, WishKind.TAPPED, cast.volunteer)
    do(wishes.note_words, "w2", cast.shop, "雨靴", cast.volunteer)
    clock.days_on()
    do(moves.receive, "more" * 4, cast.goods, 5, Source.PURCHASE, cast.manager)
    assert wished(cast.shop).articles == {}
    clock.days_on()
    do(wishes.note_article, "w3", cast.goods, WishKind.TAPPED, cast.volunteer)
    clock.days_on(89)
    assert (wished(cast.shop).articles, wished(cast.shop).words) == ({cast.goods.id: 1}, [])
    clock.days_on(2)
    assert wished(cast.shop).articles == {}


def test_a_wish_for_an_article_by_its_name_alone_or_before_it_was_there_counts_for_it(cast, clock):
    """Who says 洗衣粉 means the one of a kilogram; what nobody had is wished for until it comes in."""
    for number, text in enumerate(("洗衣粉", "洗衣")):
        do(wishes.note_words, f"w{number}", cast.shop, text, cast.worker_user)
    powder = do(goods.add_goods, cast.shop, "洗衣粉", "袋", 90, actor=cast.manager, spec="1千克")
    do(wishes.note_words, "w9", cast.shop, "洗衣粉", cast.worker_user)
    found = wished(cast.shop)
    assert (found.articles, found.words) == ({powder.id: 2}, [("洗衣", 1)])
    assert [(name, each.wished) for name, each in plan(cast).items()] == [("洗衣粉 1千克", 2), ("洗衣", 1)]
    clock.days_on()
    do(moves.receive, "powder" * 3, powder, 5, Source.PURCHASE, cast.manager)
    assert wished(cast.shop).articles == {}


def test_what_a_till_refuses_for_want_of_stock_was_asked_for(cast, till):
    """Once for its key, though it asks again; nothing is asked for in vain by any other refusal."""
    cast.earn(cast.worker, 1000)
    for _twice in range(2):
        answer = till.order(cast.card.number, {cast.goods.id: 21, cast.salt.id: 1}, key="till")
        assert (answer.status_code, answer.json["code"]) == (422, "out_of_stock")
    till.order(cast.card.number, {cast.goods.id: 1, cast.salt.id: 11}, key="other", total=1)
    [wish] = db.session.scalars(select(Wish))
    assert (wish.goods, wish.kind, wish.actor) == (cast.goods, WishKind.REFUSED, None)


def test_what_was_undone_neither_grants_a_wish_nor_says_what_a_unit_costs(cast, clock):
    do(moves.receive, "right" * 3, cast.goods, 1, Source.PURCHASE, cast.manager, unit_cost=280)
    do(wishes.note_article, "w1", cast.goods, WishKind.TAPPED, cast.volunteer)
    clock.days_on()
    wrong = do(moves.receive, "wrong" * 3, cast.goods, 5, Source.PURCHASE, cast.manager, unit_cost=28_000)
    do(moves.reverse_delivery, wrong.delivery, "多写了两个零", cast.manager)
    known = suggestions.known_of(cast.shop)["肥皂"]
    assert (known.wished, known.unit_cost) == (1, 280)


# --- What should be bought ---


def test_what_does_not_last_a_quarter_is_suggested_with_what_was_asked_for(cast):
    """Of 20 pieces 12 went in the quarter and 8 are left; four more, and one for each wish."""
    cast.earn(cast.worker, 1000)
    do(backing.set_budget, cast.shop, 2026, 1000, "村民代表会议", cast.chair)
    do(moves.receive, "costs" * 3, cast.goods, 1, Source.PURCHASE, cast.manager, unit_cost=280)
    do(redemptions.redeem, "r" * 16, cast.shop, cast.card, {cast.goods.id: 13}, cast.volunteer)
    assert {name: each.quantity for name, each in plan(cast).items()} == {"肥皂": 5}
    for number in range(2):
        do(wishes.note_article, f"w{number}", cast.goods, WishKind.REFUSED, cast.volunteer)
    do(wishes.note_words, "w9", cast.shop, "雨靴", cast.volunteer)
    soap, boots = plan(cast)["肥皂"], plan(cast)["雨靴"]
    assert (soap.on_hand, soap.handed_out, soap.wished, soap.quantity, soap.cost) == (8, 13, 2, 7, 7 * 280)
    assert (boots.goods, boots.wished, boots.quantity, boots.cost) == (None, 1, 1, None)
    whole = suggestions.plan_of(cast.village)
    assert (whole.cost, whole.worth, whole.over_budget) == (1960, 7 * 30, 1960 - (1000 - 280))
    assert whole.uncovered == max(0, (1000 - 390) - (8 * 30 + 10 * 25) - 210)


def test_what_was_approved_is_read_once_for_the_whole_plan(cast):
    asked(cast)
    with counted() as sent:
        plan(cast)
    assert sum("FROM purchase_line" in statement for statement in sent) == 1


# --- Requests ---


def test_requests_are_numbered_and_checked(cast):
    first = asked(cast)
    assert asked(cast).id == first.id
    second = asked(cast, Wanted(None, "雨靴", 3), key="b" * 16)
    assert (first.number, second.number, first.cost, second.cost) == (
        "CG2026-0001",
        "CG2026-0002",
        3360,
        None,
    )
    (line,) = first.lines
    assert (line.on_hand, line.handed_out, line.wished) == (20, 0, 0)
    next_soap = do(moves.receive, "n" * 16, cast.goods, 1, Source.PURCHASE, cast.manager).goods
    for code, wanted in (
        ("no_lines", ()),
        ("bad_quantity", (Wanted(next_soap, "", 0),)),
        ("bad_cost", (Wanted(next_soap, "", 1, 10_000_001),)),
        ("bad_name", (Wanted(None, " ", 1),)),
        ("twice", (Wanted(next_soap, "", 1), Wanted(None, "肥 皂", 2))),
    ):
        refused(code, requests.ask, "c" * 16, cast.shop, wanted, "", cast.manager)
    refused(
        "unknown_goods",
        requests.ask,
        "c" * 16,
        cast.next_shop,
        (Wanted(cast.goods, "", 1),),
        "",
        cast.manager,
    )
    refused("key_reused", requests.ask, "a" * 16, cast.shop, (Wanted(cast.goods, "", 1),), "", cast.manager)


def test_who_asks_does_not_approve_and_a_delivery_belongs_to_one_request(cast):
    request, other = asked(cast), asked(cast, Wanted(None, "雨靴", 3), key="b" * 16)
    delivery = do(moves.receive, "d" * 16, cast.goods, 12, Source.PURCHASE, cast.manager).delivery
    refused("not_approved", requests.link, request, delivery, cast.manager)
    refused("own_request", requests.approve, request, cast.clerk, cast.manager)
    refused("same_person", requests.approve, request, cast.manager, cast.manager)
    for each in (request, other):
        do(proposing.agree, proposal_for(cast, each), cast.chair)
        assert each.approval.actor.name == cast.chair.name
    assert requests.deliveries_to_link(request) == [delivery]
    for _twice in range(2):
        do(requests.link, request, delivery, cast.manager)
    refused("other_request", requests.link, other, delivery, cast.manager)
    assert requests.deliveries_to_link(request) == []


def test_what_was_approved_and_is_not_here_yet_is_not_suggested_again(cast, clock):
    do(moves.write_off, "o" * 16, cast.lot_of(cast.salt), 10, "受潮", cast.manager)
    for number in range(3):
        do(wishes.note_article, f"w{number}", cast.salt, WishKind.TAPPED, cast.volunteer)
        do(wishes.note_words, f"b{number}", cast.shop, "雨靴", cast.volunteer)
    wanted = (Wanted(cast.salt, "", 2), Wanted(None, "雨靴", 5))
    request = asked(cast, *wanted)
    assert {name: each.quantity for name, each in plan(cast).items()} == {"食盐": 3, "雨靴": 3}
    do(proposing.agree, proposal_for(cast, request), cast.chair)
    assert {name: each.quantity for name, each in plan(cast).items()} == {"食盐": 1}
    clock.days_on()
    came = do(moves.receive, "d" * 16, cast.goods, 2, Source.PURCHASE, cast.manager).delivery
    do(requests.link, request, came, cast.manager)
    assert {name: each.quantity for name, each in plan(cast).items()} == {"食盐": 3}  # boots came, no salt
    do(wishes.note_words, "b9", cast.shop, "雨靴", cast.volunteer)
    assert plan(cast)["雨靴"].quantity == 1


def test_what_was_approved_long_ago_is_awaited_no_more_and_grants_wishes_when_it_comes(cast, clock):
    request = asked(cast, Wanted(None, "雨靴", 5))
    do(proposing.agree, proposal_for(cast, request), cast.chair)
    clock.days_on(100)
    do(wishes.note_words, "b1", cast.shop, "雨靴", cast.volunteer)
    assert (plan(cast)["雨靴"].ordered, plan(cast)["雨靴"].quantity) == (0, 1)
    clock.days_on()
    came = do(moves.receive, "d" * 16, cast.goods, 2, Source.PURCHASE, cast.manager).delivery
    do(requests.link, request, came, cast.manager)
    assert wished(cast.shop).words == []


def test_what_was_undone_brought_nothing(cast):
    """The request is as open as before, and the delivery that is written down right can be linked."""
    request, other = asked(cast), asked(cast, Wanted(None, "雨靴", 3), key="b" * 16)
    for each in (request, other):
        do(proposing.agree, proposal_for(cast, each), cast.chair)
    wrong, right, undone = (
        do(moves.receive, key * 16, cast.goods, 12, Source.PURCHASE, cast.manager).delivery for key in "wru"
    )
    do(requests.link, request, wrong, cast.manager)
    for delivery in (wrong, undone):
        do(moves.reverse_delivery, delivery, "写错了", cast.manager)
    found = requests.find_request(cast.shop, request.id)
    assert (found.deliveries, requests.deliveries_to_link(found)) == ([], [right])
    refused("undone", requests.link, other, undone, cast.manager)
    do(requests.link, request, right, cast.manager)
    assert [linked.delivery for linked in request.deliveries] == [right]


# --- On the pages ---


def test_from_the_empty_shelf_to_the_delivery(cast, client_of, desk):
    """The desk refuses, a volunteer taps, a worker writes; the manager asks, the chair approves, it comes."""
    card = cast.card.number
    page = desk.get(f"{HERE}/desk/{card}").text
    assert '/wish" tabindex="-1" aria-label="记一笔：食盐缺货" hidden' in page  # ten are left
    do(moves.write_off, "o" * 16, cast.lot_of(cast.salt), 9, "受潮", cast.manager)
    sent = {"key": "basket" * 4, f"goods-{cast.salt.id}": "2"}
    assert desk.post(f"{HERE}/desk/{card}", data=sent).status_code == 422
    tapped = desk.post(f"{HERE}/goods/{cast.salt.id}/wish", data={"key": "tap" * 6})
    assert tapped.json == {"told": "已记缺货：食盐。"}
    assert desk.post(f"{HERE}/goods/99/wish", data={"key": "tap" * 7}).status_code == 404
    worker = client_of(cast.worker_user)
    assert f'href="{HERE}/wish"' in worker.get(f"{HERE}/mine").text
    assert worker.post(f"{HERE}/wish", data={"key": "write" * 4, "text": "雨靴"}).status_code == 302
    assert worker.post(f"{HERE}/wish", data={"key": "write" * 5, "text": ""}).status_code == 422
    assert {wish.kind for wish in db.session.scalars(select(Wish))} == set(WishKind)

    manager, chair = client_of(cast.manager), client_of(cast.chair)
    book = load_workbook(BytesIO(chair.get(f"{HERE}/purchases?as=xlsx").data)).active
    _head, *rows = book.iter_rows(values_only=True)
    assert [row[:7] for row in rows] == [("食盐", "袋", 1, 0, 2, 0, 1), ("雨靴", None, 0, 0, 1, 0, 1)]
    form = manager.get(f"{HERE}/purchases/new").text
    for shown in ('value="食盐"', 'value="雨靴"', "有人要而没有：2 次"):
        assert shown in form
    lines = {
        "lines-0-article": "食盐",
        "lines-0-quantity": "30",
        "lines-0-unit_cost": "1.80",
        "lines-1-article": "雨靴",
        "lines-1-quantity": "",
        "lines-2-article": "毛巾",
        "lines-2-quantity": "5",
    }
    assert client_of(cast.volunteer).post(f"{HERE}/purchases/new", data=lines).status_code == 403
    made = manager.post(f"{HERE}/purchases/new", data={"key": "p" * 16, "note": "过年用", **lines})
    address = f"{HERE}/purchases/requests/1"
    assert (made.status_code, made.location) == (302, address)
    request = db.session.scalars(select(PurchaseRequest)).one()
    assert [(line.name, line.quantity, line.unit_cost, line.wished) for line in request.lines] == [
        ("食盐", 30, 180, 2),
        ("毛巾", 5, None, 0),
    ]
    page = manager.get(address).text
    arriving = f"{HERE}/deliveries/new?request=1"
    proposal = db.session.scalars(select(Proposal)).one()
    decide = f"{HERE}/proposals/{proposal.id}"
    assert [shown in page for shown in ("CG2026-0001", decide, arriving)] == [True, True, False]
    for shown in ("CG2026-0001", "食盐 30 袋", "54.00", "过年用"):
        assert shown in chair.get(decide).text
    assert chair.post(f"{decide}/agree").status_code == 302
    assert arriving in manager.get(address).text

    form = manager.get(arriving).text
    assert ('value="食盐"' in form, 'value="毛巾"' in form) == (True, False)  # no such article yet
    sent = {"key": "d" * 16, "source": "purchase", "from_whom": "县供销社", "received_on": "2026-12-28"}
    sent |= {"lines-0-article": "食盐", "lines-0-quantity": "30", "lines-0-unit_cost": "1.80"}
    came = manager.post(arriving, data=sent)
    assert came.status_code == 302
    assert all(words in manager.get(address).text for words in ("已入库", "2026-0001"))
    listed = load_workbook(BytesIO(chair.get(f"{HERE}/purchases/requests?as=xlsx").data)).active
    _head, row = listed.iter_rows(values_only=True)
    assert (row[0], row[4], row[5], row[6], row[7]) == (
        "CG2026-0001",
        54,
        "入库",
        cast.chair.name,
        "2026-0001",
    )
    (paper,) = texts(chair.get(f"{address}/sheet.pdf").data)
    for shown in ("采购申请审批单", "CG2026-0001", "人民币伍拾肆元整", "孙店长", "陈主任", "过年用", "毛巾"):
        assert shown in paper, shown


@pytest.mark.usefixtures("cast")
def test_a_delivery_that_came_already_is_linked_by_hand(cast, client_of):
    request = asked(cast)
    manager = client_of(cast.manager)
    address = f"{HERE}/purchases/requests/{request.id}"
    assert manager.post(f"{address}/propose").location == address
    assert count(Proposal) == 1
    delivery = do(moves.receive, "d" * 16, cast.goods, 12, Source.PURCHASE, cast.manager).delivery_id
    assert manager.post(f"{address}/link", data={"delivery": str(delivery)}).status_code == 422
    do(proposing.agree, db.session.scalars(select(Proposal)).one(), cast.chair)
    assert "就是这张入库单" in manager.get(address).text
    assert manager.post(f"{address}/link", data={"delivery": str(delivery)}).status_code == 302
    assert "就是这张入库单" not in manager.get(address).text


def test_a_part_of_a_name_is_no_article_and_what_comes_goes_by_todays_names(cast, client_of):
    """Who asks for 皂 does not ask for 肥皂; a new article comes in by the name that was asked for."""
    manager = client_of(cast.manager)
    lines = {
        "lines-0-article": "皂",
        "lines-0-quantity": "2",
        "lines-1-article": "雨靴",
        "lines-1-quantity": "3",
    }
    lines |= {"lines-2-article": "肥皂", "lines-2-quantity": "4"}
    assert manager.post(f"{HERE}/purchases/new", data={"key": "p" * 16, **lines}).status_code == 302
    request = db.session.scalars(select(PurchaseRequest)).one()
    assert [(line.name, line.goods_id) for line in request.lines] == [
        ("皂", None),
        ("雨靴", None),
        ("肥皂", cast.goods.id),
    ]
    do(proposing.agree, db.session.scalars(select(Proposal)).one(), cast.chair)
    do(goods.add_goods, cast.shop, "雨靴", "双", 300, actor=cast.manager, spec="41码")
    do(goods.change_goods, cast.goods, "香皂", cast.goods.unit, cast.manager)
    form = manager.get(f"{HERE}/deliveries/new?request={request.id}").text
    assert [f'value="{name}"' in form for name in ("皂", "雨靴 41码", "香皂")] == [False, True, True]


def test_what_cannot_be_asked_for_is_told_in_its_row(cast, client_of):
    """Of many rows each says itself what is wrong with it."""
    lines = {
        "lines-0-article": "雨靴",
        "lines-0-quantity": "3",
        "lines-1-article": "肥皂",
        "lines-1-quantity": "-1",
    }
    lines |= {"lines-2-article": "雨 靴", "lines-2-quantity": "1"}
    page = client_of(cast.manager).post(f"{HERE}/purchases/new", data={"key": "p" * 16, **lines})
    assert page.status_code == 422
    rows = page.text.split("<li>")[1:4]
    told = ("数量要在 1 到 100,000 之间。", "写了两行")
    assert [[words in row for words in told] for row in rows] == [
        [False, False],
        [True, False],
        [False, True],
    ]


def test_what_was_refused_says_so_with_the_reason(cast, client_of):
    """Until it is proposed anew; meanwhile it is not under way."""
    request, manager = asked(cast), client_of(cast.manager)
    do(proposing.refuse, proposal_for(cast, request), "今年不买了", cast.chair)
    address = f"{HERE}/purchases/requests/{request.id}"
    (paper,) = texts(manager.get(f"{address}/sheet.pdf").data)
    for said in (manager.get(address).text, paper):
        assert "今年不买了" in said
    assert "没有同意" in manager.get(f"{HERE}/purchases/requests").text
    assert requests.under_way(cast.shop) == []
    do(proposing.agree, proposal_for(cast, request), cast.chair)
    page = manager.get(address).text
    assert ("已审批" in page, "今年不买了" in page) == (True, False)


def test_a_budget_that_is_overspent_is_the_same_minus_everywhere(cast, client_of):
    """Of 1.00 yuan 2.50 are spent: 1.50 too many, and not 2.50 as the remainder of a division has it."""
    do(backing.set_budget, cast.shop, 2026, 100, "村民代表会议", cast.chair)
    do(moves.receive, "costs" * 3, cast.goods, 1, Source.PURCHASE, cast.manager, unit_cost=250)
    request, manager = asked(cast), client_of(cast.manager)
    address = f"{HERE}/purchases/requests/{request.id}"
    proposal = proposal_for(cast, request)
    pages = [
        f"{HERE}/budget",
        f"{HERE}/purchases",
        f"{HERE}/purchases/new",
        address,
        f"{HERE}/proposals/{proposal.id}",
    ]
    (paper,) = texts(manager.get(f"{address}/sheet.pdf").data)
    said = {page: manager.get(page).text for page in pages} | {"paper": paper}
    assert [page for page, text in said.items() if "−1.50" not in text] == []


def test_what_was_asked_for_is_told_before_it_is_asked_for_again(cast, client_of):
    """Until it comes in; what was undone did not."""
    request, manager = asked(cast), client_of(cast.manager)
    told = "已申请，还没到货"
    assert told in manager.get(f"{HERE}/purchases").text
    form = manager.get(f"{HERE}/purchases/new").text
    assert [words in form for words in (told, request.number)] == [True, True]
    do(proposing.agree, proposal_for(cast, request), cast.chair)
    delivery = do(moves.receive, "d" * 16, cast.goods, 12, Source.PURCHASE, cast.manager).delivery
    do(requests.link, request, delivery, cast.manager)
    assert told not in manager.get(f"{HERE}/purchases").text
    do(moves.reverse_delivery, delivery, "写错了", cast.manager)
    assert [each.number for each in requests.under_way(cast.shop)] == [request.number]


def test_what_has_no_price_yet_is_said_beside_every_sum(cast, client_of):
    """Nothing costs 0.00 yuan because nobody knows what it costs."""
    manager = client_of(cast.manager)
    do(wishes.note_words, "w1", cast.shop, "雨靴", cast.volunteer)
    suggested = manager.get(f"{HERE}/purchases").text
    assert ("0.00 元" in suggested, "还不知道" in suggested) == (False, True)
    request = asked(cast, Wanted(cast.goods, "", 12, 280), Wanted(None, "雨靴", 3), Wanted(None, "手电筒", 1))
    address = f"{HERE}/purchases/requests/{request.id}"
    waiting = f"{HERE}/proposals/{proposal_for(cast, request).id}"
    (paper,) = texts(manager.get(f"{address}/sheet.pdf").data)
    for said in (manager.get(address).text, client_of(cast.chair).get(waiting).text, paper):
        assert "其中2种还没有进价，没算在内" in said.replace(" ", "")
    assert "合计（元）" not in paper  # the units stand in its row, too
    assert "雨靴 3、手电筒 1" in manager.get(f"{HERE}/purchases/requests").text
