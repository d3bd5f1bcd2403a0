"""The desk on pages: one redemption whatever happens on the way, who came for whom, and what may be taken."""

import io
import json
from datetime import time, timedelta
from uuid import uuid4

import pytest
import qrcode
import zxingcpp
from PIL import Image
from sqlalchemy import func, select

from ground import clock as calendar
from ground.db import db, transaction
from ground.pictures import Jpeg
from people import cards
from people.roster import portraits
from points import ledger
from shop.desk import redemptions
from shop.models import Redemption
from shop.shelf import codes, pictures, prices, shops
from shop.shelf import goods as shelf
from shop.shelf.hours import Hours, Span
from shop.stock import counts
from tests import printed
from tests.cast import NEXT_VILLAGE, VILLAGE, a_picture

HERE = f"/v/{VILLAGE}"
JSON = {"Accept": "application/json"}
SIGNED = [[100, 100, 500, 300, 900, 100]]


@pytest.fixture
def page(cast):
    """The address of the worker's page at the desk."""
    return f"{HERE}/desk/{cast.card.number}"


def basket(cast, soap, **more):
    return {"key": uuid4().hex, f"goods-{cast.goods.id}": str(soap), **more}


def key_on(client, page):
    """The key that a page was made with."""
    return client.get(page).text.split('name="key" type="hidden" value="')[1].partition('"')[0]


def count(model=Redemption):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_two_volunteers_with_one_card_at_the_same_second_make_one_redemption(cast, client_of, desk, page):
    other = client_of(cast.manager)
    keys = [key_on(client, page) for client in (desk, other)]
    assert keys[0] == keys[1]
    form = basket(cast, 2, key=keys[0])
    places = [client.post(page, data=form).headers["Location"] for client in (desk, other)]
    assert places[0] == places[1]
    assert count() == 1
    assert ledger.balance_of(cast.worker) == 100 - 60
    told = f"已由{cast.volunteer.name}在"
    assert told in other.get(places[1]).text
    assert told not in desk.get(places[0]).text
    assert key_on(desk, page) != keys[0]


def test_who_comes_second_with_other_goods_is_told_and_can_go_on(cast, client_of, desk, page):
    other, key = client_of(cast.manager), key_on(desk, page)
    desk.post(page, data=basket(cast, 1, key=key))
    late = other.post(page, data=basket(cast, 2, key=key))
    assert late.status_code == 409
    assert "已经兑换过" in late.text
    assert f'value="{key}"' not in late.text
    assert 'value="2"' in late.text
    assert count() == 1
    again = late.text.split('name="key" type="hidden" value="')[1].partition('"')[0]
    assert other.post(page, data=basket(cast, 2, key=again)).status_code == 302


def test_a_script_is_answered_in_json(cast, desk, page):
    form = basket(cast, 4)
    short = desk.post(page, data=form, headers=JSON)
    assert (short.status_code, short.json["code"]) == (422, "insufficient_points")
    assert "还差 2 分" in short.json["title"]
    assert desk.post(page, data=basket(cast, "x"), headers=JSON).json["code"] == "bad_form"
    form[f"goods-{cast.goods.id}"] = "1"
    done = [desk.post(page, data=form, headers=JSON).json for _tap in range(2)]
    made = db.session.scalars(select(Redemption)).one()
    assert [(each["card"], each["key"]) for each in done] == [(cast.card.number, made.key)] * 2
    assert all(made.number in each["done"] for each in done)


def test_what_may_be_taken_stands_on_the_tile_and_more_is_refused_there(cast, desk, page):
    with transaction():
        shelf.change_goods(cast.goods, "肥皂", "块", cast.manager, spec="两块装", quota=3)
    text = desk.get(page).text
    assert "限兑：本季度还可兑 3" in text
    assert "两块装" in text
    told = desk.post(page, data=basket(cast, 4), headers=JSON).json
    assert (told["code"], told["field"]) == ("limit_reached", f"goods-{cast.goods.id}")
    refused = desk.post(page, data=basket(cast, 4)).text
    assert refused.count('tile chosen refused"') == 1
    assert told["title"] in refused
    desk.post(page, data=basket(cast, 3), follow_redirects=True)
    text = desk.get(page).text
    assert "限兑：本季度已兑满" in text


def test_categories_help_from_the_thirteenth_article_on(cast, desk, page):
    assert "data-categories" not in desk.get(page).text
    with transaction():
        for number in range(11):
            shelf.add_goods(cast.shop, f"货品{number}", "件", 10, category="日化" if number else "粮油")
    text = desk.get(page).text
    assert text.index('data-category="粮油" aria-pressed') < text.index('data-category="日化" aria-pressed')


def test_photo_and_pictures_are_shown_in_their_versions(cast, desk, page):
    with transaction():
        face = portraits.set_portrait(cast.worker, Jpeg(a_picture()), cast.clerk).digest[:8]
        soap = pictures.set_picture(cast.goods, Jpeg(a_picture(300, 300)), cast.manager).digest
    text = desk.get(page).text
    for address in (
        f"{HERE}/people/{cast.worker.id}/portrait?v={face}",
        f"{HERE}/goods/{cast.goods.id}/picture?v={soap}",
    ):
        assert f'src="{address}"' in text
        assert desk.get(address).mimetype == "image/jpeg"


def test_a_lost_card_is_kept_and_the_committee_hears_of_it(cast, client_of, desk, page):
    assert client_of(cast.clerk).post(f"{HERE}/cards/{cast.card.number}/lost").status_code == 302
    lost = cards.of_person(cast.worker)[0]
    assert cards.lost_and_turned_up(cast.village) == []
    for _scan in range(2):
        assert desk.post(f"{HERE}/desk", data={"scan": lost.token}).headers["Location"] == page
    [(seen, at)] = cards.lost_and_turned_up(cast.village)
    assert (seen, at) == (lost, calendar.now())
    text = desk.get(page).text
    assert "请留下卡，告诉村委会" in text
    assert 'data-sound="refused"' in text
    assert "data-basket hidden" in text


def came(**changed):
    return {"proxy_name": "李小明", "proxy_relation": "子女", "signature": json.dumps(SIGNED)} | changed


def test_who_came_for_whom_stays_with_the_redemption_and_its_paper(cast, client_of, desk, page):
    done = desk.post(page, data=basket(cast, 1, **came())).headers["Location"]
    assert "李小明 · 子女" in desk.get(done).text
    place = f"{HERE}/redemptions/{done.partition('done=')[2]}"
    shown = desk.get(place).text
    assert "李小明 · 子女" in shown
    assert '<polyline points="100 100 500 300 900 100"/>' in shown
    paper = desk.get(f"{place}/receipt.pdf?paper=A4x2")
    assert "李小明" in "".join(printed.texts(paper.data))
    above = client_of(cast.township_user).get(place).text
    assert "李*明 · 子女" in above
    assert "李小明" not in above
    assert "polyline" not in above


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"proxy_name": ""}, "proxy_name"),
        ({"proxy_name": " ", "proxy_relation": ""}, "proxy_name"),
        ({"proxy_relation": ""}, "proxy_relation"),
        ({"proxy_name": "长" * 101}, "proxy_name"),
        ({"signature": "[[1, 2, 3]]"}, "signature"),
        ({"signature": "{"}, "signature"),
        ({"signature": "[" * 100_000}, "signature"),
    ],
)
def test_somebody_who_is_not_said_well_collects_nothing_and_what_was_filled_in_is_kept(
    cast, desk, page, wrong, field
):
    form = basket(cast, 1, **came(**wrong))
    answer = desk.post(page, data=form)
    assert answer.status_code == 422
    assert count() == 0
    assert '<details class="proxy" open>' in answer.text
    assert f'value="{form["proxy_name"].strip()}"' in answer.text
    assert desk.post(page, data=form, headers=JSON).json["title"]
    if field == "signature":
        assert 'name="signature" type="hidden" value=""' in answer.text
        assert desk.post(page, data=form, headers=JSON).json["field"] == field


def ean13(code):
    """A photo of an article with this barcode."""
    drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    high, wide = drawn.shape
    return photo(Image.frombytes("L", (wide, high), bytes(memoryview(drawn))))


def photo(image):
    file, frame = io.BytesIO(), Image.new("L", (image.width + 200, image.height + 200), "white")
    frame.paste(image, (100, 100))
    frame.save(file, "PNG")
    return file.getvalue()


def test_the_camera_reads_articles_too_and_the_card_comes_first(cast, desk):
    with transaction():
        own = codes.give_own_code(cast.salt, cast.manager).code
    label = photo(qrcode.make(own, box_size=6).convert("L"))
    for image, code in ((ean13("6901028075831"), "6901028075831"), (label, own)):
        frame = {"photo": (io.BytesIO(image), "frame.png")}
        assert desk.post(f"{HERE}/desk/read", data=frame).json == {"texts": [code]}
    assert desk.post(f"{HERE}/desk/read").json["code"] == "bad_form"
    for answer in (
        desk.post(f"{HERE}/desk", data={"scan": "6901028075831"}),
        desk.post(f"{HERE}/desk", data={"scan": own}),
        desk.post(f"{HERE}/desk/photo", data={"photo": (io.BytesIO(label), "label.png")}),
    ):
        assert answer.status_code == 422
        assert "请先扫爱心卡" in answer.text


def offers(cast):
    return shelf.offers(cast.shop)


def test_the_page_s_script_learns_who_stands_there_or_why_not_without_leaving(cast, desk, page):
    def answer(scanned):
        return desk.post(f"{HERE}/desk", data={"scan": scanned}, headers=JSON)

    for sent in (f"】Q1https：、、aixin。example、c、{cast.card.token.lower()}", cast.card.number[1:]):
        found = answer(sent).json
        assert (found["card"], found["balance"], found["is_refused"]) == (cast.card.number, 100, False)
        assert found["shelf"] == [[offer.goods.id, offer.price, offer.usable_units] for offer in offers(cast)]
        assert cast.worker.name in found["person"]
    for scanned, code in (
        ("6901028075831", "article_first"),
        ("aixin-ok", "nothing_to_redeem"),
        ("3*", "nothing_to_redeem"),
        ("123456789", "bad_card_number"),
        ("爱心", "swallowed"),
        ("WIFI:S:village;;", "not_a_card"),
        ("https://aixin.example/R/0123456789ABCDEF", "unknown_receipt"),
        ("x" * 300, "bad_form"),
    ):
        told = answer(scanned)
        assert (told.status_code, told.json["code"]) == (422, code), scanned
        assert told.json["title"] in desk.post(f"{HERE}/desk", data={"scan": scanned}).text


def test_a_receipt_that_is_scanned_leads_to_it_in_its_own_shop_alone(cast, desk, client_of):
    with transaction():
        done = redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    scanned = {"scan": f"HTTPS://AIXIN.EXAMPLE/R/{done.code}"}
    place = f"{HERE}/redemptions/{done.id}"
    assert desk.post(f"{HERE}/desk", data=scanned).headers["Location"] == place
    shown = desk.post(f"{HERE}/desk", data=scanned, headers=JSON).json["receipt"]  # the script's page stays
    assert f'target="_blank" rel="noopener" href="{place}"' in shown
    assert done.number in shown
    answer = client_of(cast.outside_volunteer).post(f"/v/{NEXT_VILLAGE}/desk", data=scanned)
    assert answer.status_code == 422
    assert "可能是假的" in answer.text


def test_the_sheet_for_the_desk_holds_both_commands(desk):
    [picture], text = printed.read(desk.get(f"{HERE}/desk/codes.pdf").data)
    assert printed.codes(picture) == {"AIXIN-OK", "AIXIN-CANCEL"}
    assert "确认兑换" in text


def test_only_the_paper_printed_with_the_goods_is_the_original(cast, desk, clock):
    with transaction():
        done = redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    paper = f"{HERE}/redemptions/{done.id}/receipt.pdf?paper=58"

    def is_reprint(address):
        return "补打" in "".join(printed.texts(desk.get(address).data))

    clock.turn_to(done.at + timedelta(minutes=15))
    assert not is_reprint(paper)
    assert is_reprint(f"{paper}&reprint=1")
    clock.turn_to(done.at + timedelta(minutes=15, seconds=1))
    assert is_reprint(paper)


def test_after_its_quarter_a_redemption_stands_and_the_page_says_why(cast, client_of, desk, clock):
    with transaction():
        done = redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    page, manager = f"{HERE}/redemptions/{done.id}", client_of(cast.manager)
    assert f'action="{page}/void"' in manager.get(page).text
    clock.turn_to(calendar.Quarter(2027, 1).first_day)
    after = manager.get(page).text
    assert f'action="{page}/void"' not in after
    assert "不能再作废" in after
    late = manager.post(f"{page}/void", data={"reason": "拿错了"})
    assert (late.status_code, 'role="alert"' in late.text) == (422, True)
    assert ledger.balance_of(cast.worker) == 70


def test_who_counted_the_stock_is_refused_beside_the_reason_that_was_typed(cast, client_of, desk):
    with transaction():
        done = redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
        counts.record_count(
            uuid4().hex, counts.begin_stock_take(cast.shop, cast.manager), cast.salt, 10, cast.manager
        )
    void = f"{HERE}/redemptions/{done.id}/void"
    refused = client_of(cast.manager).post(void, data={"reason": "拿错了"})
    assert refused.status_code == 422
    assert "盘点" in refused.text.partition('class="note note-refused"')[2].partition("</p>")[0]
    assert '<details class="mb-4" open>' in refused.text
    assert 'value="拿错了"' in refused.text


def undone(client, done):
    return client.post(f"{HERE}/desk/undo/{done.id}", headers=JSON)


def handed_out(cast, by, person=None):
    with transaction():
        card = cast.card_of(person or cast.worker)
        return redemptions.redeem(uuid4().hex, cast.shop, card, {cast.goods.id: 1}, by)


def test_a_volunteer_takes_back_their_own_last_one_within_two_minutes(cast, client_of, desk, clock):
    first, done = handed_out(cast, cast.volunteer), handed_out(cast, cast.volunteer)
    other = client_of(cast.manager)
    assert "撤回" in desk.get(f"{HERE}/desk?done={done.id}").text
    assert 'data-undo="' not in other.get(f"{HERE}/desk?done={done.id}").text
    assert [undone(client, each).json["code"] for client, each in ((other, done), (desk, first))] == [
        "not_yours",
        "too_late",
    ]
    for _tap in range(2):
        assert "已撤回" in undone(desk, done).json["done"]
    assert ledger.balance_of(cast.worker) == 70
    late = handed_out(cast, cast.volunteer)
    clock.turn_to(late.at + timedelta(minutes=2))
    assert undone(desk, late).json["code"] == "too_late"
    answer = desk.post(f"{HERE}/desk/undo/{late.id}", follow_redirects=True)
    assert "只能撤回" in answer.text
    assert ledger.balance_of(cast.worker) == 40


def test_what_was_taken_back_is_told_in_chinese_whoever_reads_english_at_the_desk(cast, client_of, desk):
    done = handed_out(cast, cast.volunteer)
    desk.set_cookie("language", "en")
    assert "Taken back" in undone(desk, done).json["done"]
    assert done.void.reason == "当场撤回"


def test_a_price_that_changed_meanwhile_is_told_before_goods_go(cast, desk, page):
    with transaction():
        prices.set_price(cast.goods, 40, cast.manager)
    told = desk.post(page, data=basket(cast, 2, total="60"), headers=JSON)
    assert (told.status_code, told.json["code"]) == (422, "price_changed")
    assert "8 分" in told.json["title"]
    assert desk.post(page, data=basket(cast, 2, total="80"), headers=JSON).status_code == 200
    assert ledger.balance_of(cast.worker) == 20


def test_what_is_handed_out_most_comes_first(cast, desk, page):
    handed_out(cast, cast.volunteer)
    text = desk.get(f"{HERE}/desk/shelf").text
    assert text.index("肥皂") < text.index("食盐")
    with transaction():
        redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.salt.id: 2}, cast.volunteer)
    text = desk.get(page).text
    assert text.index('class="name">食盐') < text.index('class="name">肥皂')


def test_a_key_whose_redemption_was_undone_says_so(cast, desk, page):
    form = basket(cast, 1)
    done = db.session.get_one(
        Redemption, int(desk.post(page, data=form).headers["Location"].partition("done=")[2])
    )
    assert undone(desk, done).status_code == 200
    told = desk.post(page, data=form, headers=JSON)
    assert (told.status_code, told.json["code"]) == (409, "voided")
    assert count() == 1


def test_a_forged_receipt_is_told_to_whoever_asks(client_of):
    answer = client_of(None).get("/R/0123456789ABCDEF")
    assert (answer.status_code, "可能是假的" in answer.text) == (404, True)


def test_the_desk_s_script_is_answered_in_json_whatever_goes_wrong(cast, client_of, desk, page):
    """It puts no page into its page; what it can't read it takes for no answer, and says so."""

    def told(answer):
        assert answer.mimetype == "application/problem+json", answer.text
        return answer.status_code, answer.json["code"]

    too_large = {"scan": "x" * 9_000_000}
    assert told(desk.post(f"{HERE}/desk/999999999", headers=JSON)) == (404, "not_found")
    assert told(desk.post(f"/v/{NEXT_VILLAGE}/desk", headers=JSON)) == (404, "not_found")
    assert told(desk.get(f"{HERE}/desk/undo/1", headers=JSON)) == (405, "method_not_allowed")
    assert told(desk.post(f"{HERE}/desk", data=too_large, headers=JSON)) == (413, "too_large")
    clerk = client_of(cast.clerk)
    assert told(clerk.post(page, data=basket(cast, 1), headers=JSON)) == (403, "not_allowed")
    assert count() == 0


def test_each_card_says_which_day_it_is_and_whether_the_shop_is_open(cast, desk, clock):
    """The page may be open for days."""
    scanned = {"scan": cast.card.number}
    told = desk.post(f"{HERE}/desk", data=scanned, headers=JSON).json
    assert (told["day"], told["closed"]) == ("2026-12-28", None)
    with transaction():
        shops.set_hours(cast.shop, Hours(weekly={1: Span(time(9), time(17))}), cast.manager)
    clock.days_on()
    told = desk.post(f"{HERE}/desk", data=scanned, headers=JSON).json
    assert (told["day"], "1月4日" in told["closed"]) == ("2026-12-29", True)
    assert "data-closed><span>" in desk.get(f"{HERE}/desk").text
