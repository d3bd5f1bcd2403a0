"""Stock on pages: who sees and does what, what is typed is kept, and nothing moves twice."""

import io
import re
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ground.clock import SHANGHAI
from ground.db import db, transaction
from people.models import Role
from people.signin import accounts
from shop.desk import redemptions
from shop.models import Consignment, Count, Donation, Lot, Source, StockMove, StockTake
from shop.shelf import goods as shelf
from shop.stock import consignments, counts, moves
from tests.cast import HASHED, NEXT_VILLAGE, TODAY, VILLAGE
from tests.story import count

HERE, THERE = f"/v/{VILLAGE}", f"/v/{NEXT_VILLAGE}"


@pytest.fixture
def there(cast, client_of):
    """The manager of the next village's shop, in their browser."""
    with transaction():
        user = accounts.add_user("manager_there", "钱店长", HASHED, None, None, temporary=False)
        accounts.grant(user, Role.MANAGER, cast.next_village, None)
    return client_of(user)


def sent(client, address, **form):
    """Send a form twice, as a hurried finger does; the status of both answers and the last one."""
    form = {"key": uuid4().hex, **form}
    first, last = (client.post(address, data=form) for _tap in range(2))
    return (first.status_code, last.status_code), last


def test_a_donation_taken_in_leads_to_its_receipt(cast, manager):
    address = f"{HERE}/goods/{cast.goods.id}/receive"
    form = {
        "quantity": "12",
        "source": "donation",
        "donor": "云岭饼屋",
        "unit_cost": "1．5",
        "best_before": "",
    }
    statuses, last = sent(manager, address, **form)
    lot = db.session.scalars(select(Lot).order_by(Lot.id.desc())).first()
    assert (statuses, lot.unit_cost, lot.on_hand) == ((302, 302), 150, 12)
    page = manager.get(last.headers["Location"]).text
    assert f"{HERE}/donations/{lot.donation_id}/receipt.pdf" in page
    assert "入库：肥皂 12 块。" in page
    assert '<option value="云岭饼屋">' in manager.get(address).text


def test_the_donor_of_what_was_bought_is_refused_and_kept(cast, manager):
    form = {"key": uuid4().hex, "quantity": "5", "source": "purchase", "donor": "云岭饼屋"}
    answer = manager.post(f"{HERE}/goods/{cast.goods.id}/receive", data=form)
    assert (answer.status_code, count(Lot)) == (422, 4)
    assert re.search(r'value="云岭饼屋"[^>]*>\s*<p class="error" id="donor-error">', answer.text)


@pytest.mark.parametrize("cost", ["1.505", "-1", "一元", "1e3", "100000.01", "99999999999"])
def test_a_cost_that_is_none_is_refused_and_kept(cast, manager, cost):
    form = {"key": uuid4().hex, "quantity": "5", "source": "purchase", "unit_cost": cost}
    answer = manager.post(f"{HERE}/goods/{cast.goods.id}/receive", data=form)
    assert (answer.status_code, count(Lot)) == (422, 4)
    assert 'id="unit_cost-error"' in answer.text
    assert f'value="{cost}"' in answer.text


def test_a_key_that_was_used_for_something_else_gets_a_new_one(cast, manager):
    address, key = f"{HERE}/goods/{cast.goods.id}/receive", uuid4().hex
    form = {"key": key, "quantity": "5", "source": "purchase"}
    manager.post(address, data=form)
    again = manager.post(address, data=form | {"quantity": "6"})
    assert again.status_code == 409
    assert key not in again.text


def test_an_article_s_stock_says_what_lies_there_and_why(cast, manager, client_of, clock):
    cast.earn(cast.worker, 100)
    with transaction():
        old = moves.receive(
            "old", cast.goods, 5, Source.DONATION, cast.manager, "供销社", TODAY + timedelta(days=1), 1250
        )
        done = redemptions.redeem("k", cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
        out = moves.write_off("w", old, 1, "包装破了", cast.manager)
        moves.reverse(out, "还能用", cast.manager)
    clock.days_on(2)
    address = f"{HERE}/goods/{cast.goods.id}/stock"
    page = manager.get(address).text
    for shown in (
        "能发放的有 20 块，另有 4 块已过期",
        "捐赠 · 供销社",
        "12.50 元",
        "撤销：报损",
        "还能用",
        "包装破了",
        "现有 24 块",
        f"{HERE}/redemptions/{done.id}",
        f"{HERE}/goods/lots/{old.id}/write-off",
    ):
        assert shown in page, shown
    assert f"{HERE}/goods/lots/{old.id}/send" not in page  # what has expired stays
    assert f"{HERE}/goods/moves/{out.id}/undo" not in page
    looking = client_of(cast.supervisor).get(address).text
    assert "12.50 元" in looking
    assert "/write-off" not in looking
    assert client_of(cast.outside_volunteer).get(address).status_code == 404


def test_the_journal_has_pages(cast, manager):
    with transaction():
        for number in range(31):
            moves.receive(f"n{number}", cast.goods, 1, Source.PURCHASE, cast.manager)
    address = f"{HERE}/goods/{cast.goods.id}/stock"
    assert f"{address}?page=2" in manager.get(address).text
    assert "第 2 页" in manager.get(f"{address}?page=2").text
    assert manager.get(f"{address}?page=9").status_code == 404


def test_write_off_return_and_undo(cast, manager):
    lot = cast.lot_of(cast.goods)
    back_to = f"{HERE}/goods/{cast.goods.id}/stock"
    for way, left in (("write-off", 18), ("give-back", 16)):
        statuses, last = sent(manager, f"{HERE}/goods/lots/{lot.id}/{way}", quantity="2", reason="破损")
        assert (statuses, last.headers["Location"]) == ((302, 302), back_to)
        assert cast.lot_of(cast.goods).on_hand == left
    move = db.session.scalars(select(StockMove).order_by(StockMove.id.desc())).first()
    undo = f"{HERE}/goods/moves/{move.id}/undo"
    assert manager.post(undo, data={"reason": ""}).status_code == 422
    assert [manager.post(undo, data={"reason": "记错"}).status_code for _tap in range(2)] == [302, 302]
    assert cast.lot_of(cast.goods).on_hand == 18


def test_more_than_is_left_is_refused_beside_the_number(cast, manager):
    lot = cast.lot_of(cast.goods)
    form = {"key": uuid4().hex, "quantity": "21", "reason": "破损"}
    answer = manager.post(f"{HERE}/goods/lots/{lot.id}/write-off", data=form)
    assert answer.status_code == 422
    assert re.search(r'id="quantity-error">\s*这批货只剩 20 块', answer.text)
    assert 'value="21"' in answer.text


def test_what_has_expired_is_written_off_from_the_list(cast, manager, clock):
    assert "没有缺货" in manager.get(f"{HERE}/stock").text
    clock.turn_to(date(2027, 7, 1))
    lot = cast.lot_of(cast.salt)
    assert "有 1 种货品要看一看" in manager.get(f"{HERE}/goods").text
    address = f"{HERE}/goods/lots/{lot.id}/write-off?look=1"
    assert address in manager.get(f"{HERE}/stock").text
    form = manager.get(address).text
    assert 'value="10"' in form
    assert 'value="已过期"' in form
    done = manager.post(address, data={"key": uuid4().hex, "quantity": "10", "reason": "已过期"})
    assert done.headers["Location"] == f"{HERE}/stock"


def test_goods_go_from_shop_to_shop(cast, manager, there, client_of):
    lot = cast.lot_of(cast.goods)
    form = {"to_shop": cast.next_shop.id, "quantity": "5", "note": "老王的车"}
    statuses, _last = sent(manager, f"{HERE}/goods/lots/{lot.id}/send", **form)
    assert (statuses, count(Consignment)) == ((302, 302), 1)
    ident = db.session.scalars(select(Consignment.id)).one()
    assert "有 1 批别店调来的货等您收" in there.get(f"{THERE}/goods").text
    page = there.get(f"{THERE}/consignments").text
    for shown in ("肥皂 5 块", "柳树村爱心超市", "老王的车", f"{THERE}/consignments/{ident}/accept"):
        assert shown in page
    assert "/accept" not in manager.get(f"{HERE}/consignments").text
    assert manager.post(f"{HERE}/consignments/{ident}/accept").status_code == 404  # not theirs to take in
    for client, here in ((manager, HERE), (there, THERE)):
        note = client.get(f"{here}/consignments/{ident}/note.pdf")
        assert note.data.startswith(b"%PDF")
    accept = f"{THERE}/consignments/{ident}/accept"
    assert client_of(cast.outside_volunteer).post(accept).status_code == 403
    assert [there.post(accept).status_code for _tap in range(2)] == [302, 302]
    assert [offer.usable_units for offer in shelf.offers(cast.next_shop)] == [25, 10]
    late = manager.post(f"{HERE}/consignments/{ident}/send-back")
    assert late.status_code == 422
    assert "已经" in late.text
    assert "已收下" in manager.get(f"{HERE}/consignments").text


def test_what_was_sent_is_called_off(cast, manager, there):
    with transaction():
        lot = cast.lot_of(cast.goods)
        made = consignments.send("k", lot, cast.next_shop, 5, "", cast.manager)
    assert manager.post(f"{HERE}/consignments/{made.id}/send-back").status_code == 302
    assert cast.lot_of(cast.goods).on_hand == 20
    answer = there.post(f"{THERE}/consignments/{made.id}/accept")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_impossible_consignment_is_refused_and_kept(cast, manager):
    address = f"{HERE}/goods/lots/{cast.lot_of(cast.goods).id}/send"
    good = {"key": uuid4().hex, "to_shop": cast.next_shop.id, "quantity": "5", "note": "顺路"}
    for wrong in ({"to_shop": cast.shop.id}, {"to_shop": "x"}, {"quantity": "21"}, {"note": "长" * 201}):
        answer = manager.post(address, data=good | wrong)
        assert answer.status_code == 422
        assert f'value="{(good | wrong)["note"]}"' in answer.text
    assert count(Consignment) == 0


# --- Stock-takes ---


@pytest.fixture
def volunteer(cast, client_of):
    return client_of(cast.volunteer)


@pytest.fixture
def take(volunteer):
    """A stock-take that the volunteer has begun; its id."""
    begun = [volunteer.post(f"{HERE}/stock-takes/begin").headers["Location"] for _tap in range(2)]
    assert begun[0] == begun[1]
    assert count(StockTake) == 1
    return int(begun[0].split("/")[-2])


def counted(cast, **units):
    """The form with what was counted of soap and salt, and its ages: `soap="19", soap_ago=("9", "5")`."""
    form = {"key": uuid4().hex}
    for name, goods in (("soap", cast.goods), ("salt", cast.salt)):
        form[f"units-{goods.id}"] = units.get(name, "")
        began, ended = units.get(f"{name}_ago", ("", ""))
        form |= {f"began-{goods.id}": began, f"ended-{goods.id}": ended}
    return form


def test_a_volunteer_counts_without_seeing_the_books(cast, volunteer, take):
    page = volunteer.get(f"{HERE}/stock-takes/{take}")
    assert page.headers["Location"] == f"{HERE}/stock-takes/{take}/count"
    blind = volunteer.get(page.headers["Location"]).text
    assert f'name="units-{cast.goods.id}"' in blind
    assert not re.search(r">\s*20\b|\b20 块|>\s*10\b|\b10 袋", blind)
    form = counted(cast, soap="19", salt="１０")
    address = f"{HERE}/stock-takes/{take}/count"
    assert [volunteer.post(address, data=form).status_code for _tap in range(2)] == [302, 302]
    assert count(Count) == 2
    assert "已保存 19 块" in volunteer.get(address).text
    assert volunteer.get(f"{HERE}/stock-takes/{take}?as=xlsx").headers["Location"] == address
    assert volunteer.post(f"{HERE}/stock-takes/{take}/book").status_code == 403


def test_what_was_refused_comes_back_marked_and_the_rest_is_saved(cast, volunteer, take, clock):
    """Soap was sold while it was counted; of salt somebody wrote nonsense first."""
    cast.earn(cast.worker, 100)
    clock.turn_to(clock_at(10))
    with transaction():
        redemptions.redeem("k", cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    clock.turn_to(clock_at(11))
    address = f"{HERE}/stock-takes/{take}/count"
    form = counted(cast, soap="19", soap_ago=("3700", "3500"), salt="10", salt_ago=("60", "30"))
    answer = volunteer.post(address, data=form)
    assert answer.status_code == 422
    assert re.search(r'value="19"[^>]* aria-invalid="true"', answer.text)
    assert "清点肥皂的时候有进出" in answer.text
    assert "已保存 1 种货品" in answer.text
    assert form["key"] not in answer.text.replace(f'data-key="{form["key"]}"', "")
    made = db.session.scalars(select(Count)).one()
    assert (made.goods_id, made.at) == (cast.salt.id, clock_at(10, 59, 30))
    again = volunteer.post(address, data=counted(cast, soap="19", soap_ago=("50", "20"), salt="zehn"))
    assert again.status_code == 422
    assert 'value="zehn"' in again.text
    assert count(Count) == 2


def clock_at(*of_day):
    """A moment of the test's day."""
    return datetime.combine(TODAY, time(*of_day), SHANGHAI)


@pytest.mark.parametrize("ago", [("43201", "10"), ("43201", "43201"), ("9" * 9, "0")])
def test_what_was_counted_half_a_day_ago_is_counted_again(cast, volunteer, take, ago):
    form = counted(cast, soap="19", soap_ago=ago)
    answer = volunteer.post(f"{HERE}/stock-takes/{take}/count", data=form)
    assert (answer.status_code, count(Count)) == (422, 0)


def test_an_empty_sheet_and_one_that_is_over(cast, volunteer, manager, take):
    address = f"{HERE}/stock-takes/{take}/count"
    assert volunteer.post(address, data=counted(cast)).status_code == 422
    without_key = volunteer.post(address, data={"units-1": "3"})
    assert (without_key.status_code, 'role="alert"' in without_key.text) == (422, True)
    assert manager.post(f"{HERE}/stock-takes/{take}/call-off").status_code == 302
    answer = volunteer.post(address, data=counted(cast, soap="19"))
    assert answer.status_code == 422
    assert "这次盘点已结束" in answer.text
    assert volunteer.get(address).headers["Location"] == f"{HERE}/stock-takes/{take}"


def test_what_never_came_in_is_counted_with_its_day(cast, volunteer, manager, take):
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 100)
    address = f"{HERE}/stock-takes/{take}/count"
    page = volunteer.get(address).text
    assert (
        f'name="until-{rice.id}-best_before"' in page,
        f'name="until-{cast.goods.id}-best_before"' in page,
    ) == (True, False)
    for units, day in (("", "2027-12-31"), ("4", "2027-02-30"), ("4", "2020-12-27")):
        form = {"key": uuid4().hex, f"units-{rice.id}": units, f"until-{rice.id}-best_before": day}
        refused = volunteer.post(address, data=form)
        assert (refused.status_code, f'id="wrong-{rice.id}"' in refused.text) == (422, True), (units, day)
        assert f'value="{day}"' in refused.text
    good = form | {"key": uuid4().hex, f"until-{rice.id}-best_before": "２０２７-12-31"}
    assert [volunteer.post(address, data=good).status_code for _tap in range(2)] == [302, 302]
    assert "保质期至 2027年12月31日" in volunteer.get(address).text
    assert manager.post(f"{HERE}/stock-takes/{take}/book").status_code == 302
    assert "期初" in manager.get(f"{HERE}/goods/{rice.id}/stock").text
    assert cast.on_hand(rice) == 4


def test_a_manager_looks_books_and_everybody_reads_it_afterwards(cast, manager, volunteer, client_of, take):
    volunteer.post(f"{HERE}/stock-takes/{take}/count", data=counted(cast, soap="18"))
    address = f"{HERE}/stock-takes/{take}"
    page = manager.get(address).text
    for shown in ("18 块", "20 块", "少 2", "减 6", "马志愿", "还有 1 种没有清点", "食盐", "入账差异"):
        assert shown in page, shown
    supervisor = client_of(cast.supervisor)
    assert "少 2" not in supervisor.get(address).text
    blind = load_workbook(io.BytesIO(supervisor.get(f"{address}?as=xlsx").data)).active
    assert blind.max_row == 1
    assert manager.post(f"{address}/book").status_code == 302
    assert cast.on_hand(cast.goods) == 18
    for reader in (supervisor, volunteer, client_of(cast.clerk), client_of(cast.township_user)):
        assert "少 2" in reader.get(address).text
    book = load_workbook(io.BytesIO(supervisor.get(f"{address}?as=xlsx").data)).active
    header, line = book.iter_rows(values_only=True)
    assert line[:7] == ("肥皂", "块", 18, 20, -2, -6, "马志愿")
    assert len(header) == 8
    assert client_of(cast.outsider).get(address).status_code == 404


def test_who_counted_is_told_why_they_do_not_book(cast, manager, take):
    assert manager.post(f"{HERE}/stock-takes/{take}/book").status_code == 422
    manager.post(f"{HERE}/stock-takes/{take}/count", data=counted(cast, soap="20"))
    answer = manager.post(f"{HERE}/stock-takes/{take}/book")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "少" not in answer.text.partition('role="alert"')[0]
    assert counts.open_stock_take(cast.shop) is not None


def test_counting_is_offered_to_a_manager_as_long_as_somebody_else_can_book(cast, manager, client_of):
    """The only manager is told so; counted all the same, the page says who is missing."""
    led_to = manager.post(f"{HERE}/stock-takes/begin").location
    counting = f"{led_to}/count"
    page = manager.get(led_to).text
    assert (counting in page, "没有别人能入账" in page) == (False, True)
    assert "没有别人能给这次盘点入账" in manager.get(counting).text
    manager.post(counting, data=counted(cast, soap="20"))
    page = manager.get(led_to).text
    assert (f"{led_to}/book" in page, "没有别的店长" in page, "取消这次盘点" in page) == (False, True, True)
    with transaction():
        other = accounts.add_user("manager2", "钱店长", HASHED, None, None, temporary=False)
        accounts.grant(other, Role.MANAGER, cast.village, None)
    page = manager.get(led_to).text
    assert (f"{led_to}/book" in page, counting in page, "请另一位店长入账" in page) == (False, True, True)
    page = client_of(other).get(led_to).text
    assert (f"{led_to}/book" in page, counting in page) == (True, False)  # they are the only one left


def test_a_village_without_a_shop_sees_what_will_be_there(cast, client_of):
    far = cast.far_village.code
    client = client_of(cast.county_user)
    for place in ("stock", "consignments", "donations", "stock-takes"):
        assert client.get(f"/v/{far}/{place}").status_code == 200
    assert client.post(f"/v/{far}/stock-takes/begin").status_code == 403


def test_another_shop_s_rows_are_not_there(cast, there, take):
    """Under one's own address another shop's lot, move, donation or stock-take does not exist."""
    lot = cast.lot_of(cast.goods)
    move = db.session.scalars(select(StockMove.id).where(StockMove.lot_id == lot.id)).first()
    gift = db.session.scalars(select(Donation.id).where(Donation.shop_id == cast.shop.id)).one()
    with transaction():
        far = consignments.send("k", lot, cast.next_shop, 1, "", cast.manager)
        consignments.send_back(far, cast.manager)
    for path in (
        f"goods/{cast.goods.id}/stock",
        f"goods/{cast.goods.id}/receive",
        f"goods/lots/{lot.id}/write-off",
        f"goods/lots/{lot.id}/give-back",
        f"goods/lots/{lot.id}/send",
        f"goods/moves/{move}/undo",
        f"donations/{gift}/receipt.pdf",
        f"stock-takes/{take}",
        f"stock-takes/{take}/count",
        f"stock-takes/{take}?as=xlsx",
    ):
        assert there.get(f"{THERE}/{path}").status_code == 404, path
