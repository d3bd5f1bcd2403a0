"""Donors: a receipt for what was given, and a page that says what became of it, and of whom nothing."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ground.db import db, transaction
from people.models import User
from shop import verify
from shop.desk import redemptions, voids
from shop.models import Donation, Goods, MoveKind, Source, StockMove
from shop.shelf import goods as shelf
from shop.stock import consignments, counts, donations, moves
from tests.cast import TODAY, VILLAGE

HERE = f"/v/{VILLAGE}"


@pytest.fixture
def gift(cast):
    """Twenty bags of rice and, under the same receipt, five bottles of oil."""
    cast.earn_each({cast.worker.id: 1000, cast.neighbour.id: 1000})
    cast.earn(cast.stranger, 1000)
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 10, spec="5千克")
        oil = shelf.add_goods(cast.shop, "菜油", "桶", 20)
        until = date(2027, 12, 31)
        lot = moves.receive("a", rice, 20, Source.DONATION, cast.manager, "县供销社", until)
        moves.receive("b", oil, 5, Source.DONATION, cast.manager, "县供销社", until)
        moves.receive("c", rice, 88, Source.DONATION, cast.manager, "云岭饼屋", date(2028, 1, 1))
    return lot.donation


def hand_out(cast, key, goods, units, worker=None, shop=None):
    with transaction():
        shop = shop or cast.shop
        card = cast.card_of(worker or cast.worker)
        actor = cast.volunteer if shop.id == cast.shop.id else cast.outside_volunteer
        return redemptions.redeem(key, shop, card, {goods.id: units}, actor)


def told(donation):
    """By article: given, handed out, elsewhere, still there."""
    return {
        gift.goods.name: (gift.units_given, gift.handed_out, gift.gone_otherwise, gift.units_left)
        for gift in donations.donated_lots(donation)
    }


def days(donation):
    found = donations.handed_out_by_day(donations.donated_lots(donation))
    return [(day, [(goods.name, units) for goods, units in given]) for day, given in found]


def test_what_was_given_is_accounted_for_wherever_it_went(cast, gift, clock):
    """Handed out, voided, written off, returned, undone, sent on, counted; and each unit in one place."""
    rice = db.session.scalars(select(Goods).where(Goods.name == "大米")).one()
    lot = gift.lots[0]
    assert told(gift) == {"大米": (20, 0, 0, 20), "菜油": (5, 0, 0, 5)}
    hand_out(cast, "k1", rice, 3)
    wrong = hand_out(cast, "k2", rice, 2, cast.neighbour)
    clock.days_on()
    with transaction():
        voids.void(wrong, "拿错了", cast.manager)
    hand_out(cast, "k3", rice, 1)
    assert told(gift)["大米"] == (20, 4, 0, 16)
    assert days(gift) == [(TODAY + timedelta(days=1), [("大米", 1)]), (TODAY, [("大米", 3)])]
    with transaction():
        moves.write_off("w", lot, 2, "受潮", cast.manager)
        out = moves.write_off("w2", lot, 4, "受潮", cast.manager)
        moves.reverse(out, "记错了", cast.manager)
        sent = consignments.send("s", lot, cast.next_shop, 6, "", cast.manager)
        consignments.send("s2", lot, cast.next_shop, 1, "", cast.manager)
    assert told(gift)["大米"] == (20, 4, 2 + 6 + 1, 7)  # two consignments are on their way
    with transaction():
        there = shelf.add_goods(cast.next_shop, "东北大米", "袋", 30)
        there.name = "大米"
        db.session.flush()
        arrived = consignments.accept(sent, cast.outside_volunteer)
        there.name = "东北大米"
    hand_out(cast, "k4", there, 2, cast.stranger, cast.next_shop)
    assert told(gift)["大米"] == (20, 6, 3, 11)  # under the name the donor knows
    with transaction():
        take = counts.begin_stock_take(cast.next_shop, cast.manager)
        counts.record_count("c", take, arrived.goods, 3, cast.outside_volunteer)
        counts.book(take, cast.manager)
    assert told(gift) == {"大米": (20, 6, 4, 10), "菜油": (5, 0, 0, 5)}
    assert sum(dict(days(gift)[0][1]).values()) == 3
    assert list(verify.problems()) == []


def test_what_was_taken_in_by_mistake_was_not_given(cast, gift):
    with transaction():
        moves.reverse(db.session.scalars(select(StockMove).where(StockMove.key == "b")).one(), "看错", None)
    assert told(gift) == {"大米": (20, 0, 0, 20)}
    assert [move.lot.goods.name for move in donations.deliveries_of([gift])[gift.id]] == ["大米"]


def test_what_was_found_over_is_no_more_than_was_given(cast, gift):
    oil = gift.lots[1].goods
    with transaction():
        take = counts.begin_stock_take(cast.shop, cast.manager)
        counts.record_count("c", take, oil, 6, cast.volunteer)
        counts.book(take, cast.manager)
    assert told(gift)["菜油"] == (5, 0, -1, 6)


def test_the_donor_s_page_needs_no_sign_in_and_names_nobody(cast, gift, client_of):
    rice = db.session.scalars(select(Goods).where(Goods.name == "大米")).one()
    hand_out(cast, "k", rice, 3)
    answer = client_of(None).get(f"/d/{gift.code.lower()}")
    assert client_of(None).get(f"/D/{gift.code}").status_code == answer.status_code == 200
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    for shown in ("县供销社", gift.number, "大米 5千克", "20 袋", "3 袋", "17 袋", "菜油", "2026年12月28日"):
        assert shown in answer.text
    users = [name for name in db.session.scalars(select(User.name)) if name in answer.text]
    assert users == []
    text = answer.text.replace(gift.code, "").replace(gift.code.lower(), "")  # drawn at random
    for hidden in (cast.worker.name, cast.worker.masked, cast.card.number, "云岭饼屋", "88 袋", "食盐"):
        assert hidden not in text
    assert client_of(None).get("/d/0000000000000000").status_code == 404


def test_nothing_has_gone_out_yet_or_nothing_was_given_says_so(cast, gift, client_of):
    assert "还没有发出" in client_of(None).get(f"/D/{gift.code}").text
    with transaction():
        for move in db.session.scalars(select(StockMove).where(StockMove.key.in_(["a", "b"]))):
            moves.reverse(move, "看错", cast.manager)
    assert "已经撤销" in client_of(None).get(f"/D/{gift.code}").text
    assert client_of(cast.manager).get(f"{HERE}/donations/{gift.id}/receipt.pdf").status_code == 404


def test_the_list_says_who_gave_what_and_prints_the_receipt(cast, gift, client_of):
    page = client_of(cast.supervisor).get(f"{HERE}/donations").text
    assert re.search(r"大米 5千克 20 袋、\s*菜油 5 桶", re.sub("</?a[^>]*>", "", page))
    assert f"/d/{gift.code}" in page
    receipt = client_of(cast.supervisor).get(f"{HERE}/donations/{gift.id}/receipt.pdf")
    assert receipt.data.startswith(b"%PDF")
    assert client_of(cast.outsider).get(f"{HERE}/donations/{gift.id}/receipt.pdf").status_code == 404
    other = db.session.scalars(select(Donation).where(Donation.shop_id == cast.next_shop.id)).one()
    assert client_of(cast.manager).get(f"{HERE}/donations/{other.id}/receipt.pdf").status_code == 404


def test_a_receipt_for_what_came_in_over_the_command_line_names_nobody(cast, client_of):
    """The first salt was taken in by nobody who signs in."""
    salt = cast.lot_of(cast.salt)
    move = db.session.scalars(
        select(StockMove).where(StockMove.lot_id == salt.id, StockMove.kind == MoveKind.RECEIPT)
    ).one()
    assert move.actor_id is None
    address = f"{HERE}/donations/{salt.donation_id}/receipt.pdf"
    assert client_of(cast.manager).get(address).data.startswith(b"%PDF")
