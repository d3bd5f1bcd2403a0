"""The pages of goods: the list, an article and all that is done with it, its picture, and the labels."""

import io
import re
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from ground.db import db
from shop.models import Barcode, Goods, Price
from shop.shelf import codes, prices
from shop.shelf import goods as shelf
from shop.stock import moves
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.printed import codes as scanned
from tests.printed import read
from tests.story import count, do

HERE = f"/v/{VILLAGE}/goods"
EAN_8 = "96385074"


@pytest.fixture
def address(cast):
    """The page of the soap."""
    return f"{HERE}/{cast.goods.id}"


def named(page):
    """The articles of a list, in its order."""
    return re.findall(rf'<a href="{HERE}/\d+">(.*?)</a>', page)


def photo(colour="red"):
    file = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(file, "PNG")
    return {"photo": (io.BytesIO(file.getvalue()), "a.png")}


# The list


def test_the_list_is_searched_and_shows_what_runs_low(cast, manager):
    do(shelf.change_goods, cast.goods, "肥皂", "块", cast.manager, spec="两块装", category="日用", low_at=20)
    assert named(manager.get(HERE).text) == ["肥皂", "食盐"]
    assert manager.get(HERE).text.count("该补货") == 1
    for search, found in (
        ("category=日用", ["肥皂"]),
        ("words=盐", ["食盐"]),
        ("words=两块", ["肥皂"]),
        ("words=6901028075831", ["肥皂"]),
        ("words=%5DE0６９０１０２８０７５８３１", ["肥皂"]),
        ("words=010690102807583115270131", ["肥皂"]),
        ("words=5831", ["肥皂"]),
        ("words=831", []),
        ("words=%25", []),
        ("category=日用&words=盐", []),
        ("category=没有", []),
    ):
        page = manager.get(f"{HERE}?{search}")
        assert (page.status_code, named(page.text)) == (200, found), search


def test_the_archive_is_a_list_of_its_own(cast, manager):
    old = do(shelf.add_goods, cast.shop, "蜡烛", "支", 10)
    assert "show=archive" not in manager.get(HERE).text
    assert manager.post(f"{HERE}/{old.id}/archive").status_code == 302
    assert "蜡烛" not in manager.get(HERE).text
    assert named(manager.get(f"{HERE}?show=archive").text) == ["蜡烛"]
    assert manager.post(f"{HERE}/{old.id}/bring-back").status_code == 302
    assert named(manager.get(HERE).text)[-1] == "蜡烛"


def test_a_shop_without_goods_says_how_to_begin(cast, client_of):
    empty = f"/v/{cast.far_village.code}/goods"
    assert client_of(cast.county_user).get(empty).status_code == 200
    assert client_of(cast.county_user).get(f"{empty}/1").status_code == 404


def test_who_looks_does_not_change(cast, client_of, address):
    for reader in (cast.volunteer, cast.supervisor, cast.clerk, cast.township_user):
        client = client_of(reader)
        assert 'name="holds_from"' not in client.get(address).text
        for path in ("", "/price", "/codes", "/codes/own", "/codes/remove", "/set-picture", "/archive"):
            assert client.post(address + path).status_code == 403, path
    assert client_of(cast.worker_user).get(address).status_code == 403
    assert client_of(cast.outside_volunteer).get(address).status_code == 404
    foreign = f"/v/{NEXT_VILLAGE}/goods/{cast.goods.id}"
    assert client_of(cast.outside_volunteer).get(foreign).status_code == 404


# An article


def test_it_is_described_anew(cast, manager, address):
    form = {"name": "香皂", "spec": "120克", "unit": "块", "category": "日用", "quota": "3", "low_at": "5"}
    assert manager.post(address, data=form).status_code == 302
    page = manager.get(address).text
    assert all(f'value="{typed}"' in page for typed in form.values())
    assert (cast.shop.id, count(Goods)) == (cast.shop.id, 4)
    goods = db.session.scalars(select(Goods).where(Goods.name == "香皂")).one()
    assert (goods.spec, goods.category, goods.quota, goods.low_at) == ("120克", "日用", 3, 5)
    manager.post(address, data=form | {"quota": "", "low_at": ""})
    db.session.refresh(goods)
    assert (goods.quota, goods.low_at) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "食盐"},
        {"name": ""},
        {"unit": "箱"},
        {"quota": "0"},
        {"quota": "半"},
        {"low_at": "-1"},
        {"category": "长" * 41},
    ],
)
def test_a_description_that_is_refused_is_kept(cast, manager, address, wrong):
    form = {"name": "香皂", "spec": "", "unit": "块", "category": "", "quota": "", "low_at": ""} | wrong
    answer = manager.post(address, data=form)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    for typed in wrong.values():
        assert f'value="{typed}"' in answer.text
    assert cast.goods.name == "肥皂"


def test_a_price_to_come_stands_apart(cast, manager, address):
    for price in ("4", "4.5"):
        sent = manager.post(f"{address}/price", data={"price": price, "holds_from": "2027-01-05"})
        assert sent.status_code == 302
    assert prices.price_of(cast.goods) == 30
    coming, past = manager.get(address).text.split("现在和以前")
    assert "4.5" in coming
    assert "2027年1月5日" in coming
    assert "2027年1月5日" not in past
    for wrong in (
        {"price": "0", "holds_from": "2027-01-05"},
        {"price": "4.55", "holds_from": "2027-01-05"},
        {"price": "4", "holds_from": "2026-12-27"},
        {"price": "4", "holds_from": ""},
    ):
        answer = manager.post(f"{address}/price", data=wrong)
        assert answer.status_code == 422
        assert f'value="{wrong["price"]}"' in answer.text
    assert count(Price) == 6


def test_codes_are_scanned_given_and_taken_off(cast, manager, address):
    assert manager.post(f"{address}/codes", data={"barcode": "９６３８ 5074"}).status_code == 302
    assert manager.post(f"{address}/codes/own").status_code == 302
    assert cast.goods.codes == ["6901028075831", EAN_8, "00013"]
    assert "编一个店内短码" not in manager.get(address).text
    for wrong in ("96385075", "", "abc"):
        answer = manager.post(f"{address}/codes", data={"barcode": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
    salt = f"{HERE}/{cast.salt.id}"
    assert "肥皂" in manager.post(f"{salt}/codes", data={"barcode": EAN_8}).text
    assert manager.post(f"{salt}/codes/remove", data={"code": EAN_8}).status_code == 404
    assert manager.post(f"{address}/codes/remove", data={"code": EAN_8}).status_code == 302
    assert cast.goods.codes == ["6901028075831", "00013"]


def test_a_picture_is_kept_by_the_browser_under_its_digest(cast, client_of, manager, address):
    assert manager.get(f"{address}/picture").status_code == 404
    assert manager.post(f"{address}/set-picture", data=photo()).status_code == 302
    (source,) = re.findall(r'src="([^"]+/picture\?v=[^"]+)"', manager.get(HERE).text)
    answer = client_of(cast.volunteer).get(source)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (
        "image/jpeg",
        "private, max-age=31536000, immutable",
    )
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client_of(cast.volunteer).get(source, headers=tag).status_code == 304
    manager.post(f"{address}/set-picture", data=photo("blue"))
    assert source not in manager.get(address).text
    assert manager.get(source, headers=tag).headers["Cache-Control"] == "private, no-cache"
    refused = manager.post(f"{address}/set-picture", data={"photo": (io.BytesIO(b"GIF89a"), "a.gif")})
    assert refused.status_code == 422
    assert 'class="error"' in refused.text
    assert client_of(cast.outside_volunteer).get(source).status_code == 404
    assert manager.post(f"{address}/remove-picture").status_code == 302
    assert manager.get(f"{address}/picture").status_code == 404


def test_what_is_still_there_is_not_archived(cast, manager, address):
    answer = manager.post(f"{address}/archive")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    do(moves.write_off, "w" * 16, cast.lot_of(cast.goods), 20, "受潮", cast.manager, cast.chair)
    assert manager.post(f"{address}/archive").status_code == 302
    assert "下架" in manager.get(address).text


# Labels


def test_labels_can_be_scanned(cast, client_of, manager, address):
    volunteer = client_of(cast.volunteer)
    assert volunteer.get(f"{HERE}/labels.pdf?own=1").status_code == 404
    assert manager.post(f"{HERE}/codes").status_code == 302
    do(prices.set_price, cast.salt, 21, cast.manager)
    do(codes.give_own_code, cast.goods, cast.manager)
    salt, soap = codes.own_code(cast.salt).code, codes.own_code(cast.goods).code
    for query, expected in (
        ("", {salt, soap}),
        (f"?goods={cast.salt.id}", {salt}),
        (f"?goods={cast.salt.id}&goods={cast.goods.id}", {salt, soap}),
        ("?own=1", {salt, soap}),
    ):
        (page,), text = read(volunteer.get(f"{HERE}/labels.pdf{query}").data)
        assert scanned(page) == expected, query
        assert "2.1" in text
    do(codes.remove_code, codes.own_code(cast.goods), cast.manager)
    (page,), _text = read(volunteer.get(f"{HERE}/labels.pdf").data)
    assert scanned(page) == {salt, "6901028075831"}
    (page,), _text = read(volunteer.get(f"{HERE}/labels.pdf?own=1").data)
    assert scanned(page) == {salt}
    for onlooker in (cast.clerk, cast.township_user):
        assert client_of(onlooker).get(f"{HERE}/labels.pdf").status_code == 403
    assert volunteer.post(f"{HERE}/codes").status_code == 403
    assert manager.get(f"{HERE}/labels.pdf?goods=999999").status_code == 404


def test_the_button_for_codes_is_there_as_long_as_one_is_missing(cast, manager):
    assert "给没有条码的 1 种货品编码" in manager.get(HERE).text
    manager.post(f"{HERE}/codes")
    assert "给没有条码的" not in manager.get(HERE).text
    assert count(Barcode) == 3


def test_a_new_article_has_everything_at_once(cast, manager):
    form = {
        "name": "食用油",
        "spec": "1.8升",
        "unit": "桶",
        "category": "粮油",
        "quota": "2",
        "low_at": "10",
        "price": "28",
        "barcode": " 9638-5074 ",
    }
    assert manager.post(f"{HERE}/new", data=form | {"barcode": "96385075"}).status_code == 422
    assert manager.post(f"{HERE}/new", data=form).status_code == 302
    goods = db.session.scalars(select(Goods).where(Goods.name == "食用油")).one()
    assert (goods.spec, goods.quota, goods.low_at, goods.codes) == ("1.8升", 2, 10, [EAN_8])
    assert [(price.points, price.holds_from) for price in prices.price_history(goods)] == [
        (280, date(2026, 12, 28))
    ]
    assert "粮油" in manager.get(f"{HERE}/new").text  # offered as it is typed
