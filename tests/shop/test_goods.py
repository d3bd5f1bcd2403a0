"""Articles of a shop: what they cost on which day, what they are scanned by, and how they leave the shelf."""

import io
from datetime import date
from itertools import product

import pytest
from PIL import Image
from sqlalchemy import func, select
from stdnum import damm, ean

from ground.db import db, transaction
from ground.refusal import Refused
from people.models import AuditEvent
from people.scanning.reading import OWN_CODE_DIGITS
from points import amounts
from shop.desk import redemptions
from shop.models import Barcode, Goods, Picture, Source
from shop.shelf import codes, pictures, prices
from shop.shelf import goods as shelf
from shop.stock import moves
from tests.cast import TODAY
from tests.story import do, refusal, refused

EAN_13, EAN_8 = "6901028075831", "96385074"


def offer_of(goods):
    (offer,) = shelf.offers_of([goods])
    return offer


def events(action):
    return db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()


# Prices


def test_a_price_holds_from_its_day(cast, clock):
    soap, salt = cast.goods, cast.salt
    do(prices.set_price, soap, 40, cast.manager, date(2027, 1, 5))
    assert (prices.price_of(soap), offer_of(soap).price) == (30, 30)
    clock.turn_to(date(2027, 1, 4))
    assert prices.price_of(soap) == 30
    clock.turn_to(date(2027, 1, 5))
    assert prices.prices_on([soap.id, salt.id], date(2027, 1, 5)) == {soap.id: 40, salt.id: 25}
    assert [price.points for price in prices.price_history(soap)] == [40, 30]
    assert prices.price_history(soap)[0].actor.name == cast.manager.name


def test_of_two_prices_from_one_day_the_later_counts(cast, clock):
    day = date(2027, 1, 5)
    for points in (40, 35):
        do(prices.set_price, cast.goods, points, cast.manager, day)
    do(prices.set_price, cast.goods, 31, cast.manager, date(2027, 1, 1))
    clock.turn_to(day)
    assert prices.price_of(cast.goods) == 35


def test_who_buys_pays_the_price_of_the_day(cast, clock):
    cast.earn(cast.worker, 1000)
    do(prices.set_price, cast.goods, 40, cast.manager, date(2027, 1, 5))
    totals = []
    for day in (TODAY, date(2027, 1, 5)):
        clock.turn_to(day)
        made = do(redemptions.redeem, f"key-{day}", cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
        totals.append(made.total)
    assert totals == [60, 80]


def test_prices_that_are_none(cast):
    for points in (0, -5, amounts.LARGEST_TENTHS + 1):
        refused("bad_amount", prices.set_price, cast.goods, points, cast.manager)
        refused("bad_amount", shelf.add_goods, cast.shop, "雨伞", "把", points)
    refused("in_past", prices.set_price, cast.goods, 40, cast.manager, date(2026, 12, 27))
    assert [price.points for price in prices.price_history(cast.goods)] == [30]


# Codes


def wrong_digits(code):
    """The code with each one of its digits wrong in each way."""
    for place, digit in product(range(len(code)), "0123456789"):
        if digit != code[place]:
            yield code[:place] + digit + code[place + 1 :]


def own(number):
    return f"{number:04}" + damm.calc_check_digit(f"{number:04}")


@pytest.mark.parametrize("code", [EAN_13, EAN_8, own(1), own(4711), own(9999)])
def test_every_wrong_digit_is_caught(code):
    assert codes.clean(code) == code
    for wrong in wrong_digits(code):
        with pytest.raises(Refused, match="bad_barcode"):
            codes.clean(wrong)


def test_every_swap_of_neighbours_in_an_own_code_is_caught():
    """Damm's promise, for each of the codes a shop can give."""
    for number in range(1, codes.OWN_CODES):
        code = own(number)
        for place in range(len(code) - 1):
            left, right = code[place], code[place + 1]
            swapped = code[:place] + right + left + code[place + 2 :]
            assert left == right or not damm.is_valid(swapped), (code, swapped)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("６９０１０２８０７５８３１", EAN_13),
        (" 6 901028-075831\n", EAN_13),
        ("036000291452", "0036000291452"),  # UPC-A
        (f" {EAN_8} ", EAN_8),
        ("0001-3", "00013"),
        (f"]E0{EAN_13}", EAN_13),
        (f"{EAN_13} 05", EAN_13),
        (f"010{EAN_13}15270131", EAN_13),
    ],
)
def test_a_code_is_kept_as_it_is_scanned(typed, kept):
    assert codes.clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "5",
        f"3*{EAN_13}",
        EAN_13[1:],
        "690102807583A",
        "69010280758310",
        "402177309",
        "六九零一零",
        "x" * 400,
    ],
)
def test_what_is_no_code(typed):
    with pytest.raises(Refused, match="bad_barcode"):
        codes.clean(typed)


def test_an_article_has_several_codes_each_its_own(cast):
    soap, salt = cast.goods, cast.salt
    do(codes.add_code, soap, EAN_8, cast.manager)
    do(codes.add_code, soap, EAN_13, cast.manager)  # it has that one
    assert soap.codes == [EAN_13, EAN_8]
    assert [event.detail["code"] for event in events("goods.code")][-1] == EAN_8
    assert "肥皂" in str(refused("barcode_taken", codes.add_code, salt, EAN_8, cast.manager).message)
    refused("barcode_taken", shelf.add_goods, cast.shop, "雨伞", "把", 30, EAN_8)
    assert do(codes.add_code, next_soap(cast), EAN_8, None)  # another shop's shelf is its own
    do(codes.remove_code, codes.find_barcode(cast.shop.id, EAN_8), cast.manager)
    do(codes.add_code, salt, EAN_8, cast.manager)
    assert (soap.codes, salt.codes) == ([EAN_13], [EAN_8])


def next_soap(cast):
    return db.session.scalars(
        select(Goods).where(Goods.shop_id == cast.next_shop.id, Goods.name == "肥皂")
    ).one()


def test_a_code_in_the_archive_is_taken_and_says_where(cast):
    old = do(shelf.add_goods, cast.shop, "蜡烛", "支", 10, EAN_8)
    do(shelf.archive, old, cast.manager)
    assert "下架" in str(refused("barcode_taken", codes.add_code, cast.goods, EAN_8, cast.manager).message)


def test_loose_goods_get_short_codes_in_turn(cast):
    first = do(codes.give_own_code, cast.goods, cast.manager)
    assert (first.code, cast.goods.codes) == (own(1), [EAN_13, own(1)])
    assert do(codes.give_own_code, cast.goods, cast.manager).code == own(1)
    do(codes.remove_code, first, cast.manager)
    do(codes.give_own_code, cast.salt, cast.manager)
    assert do(codes.give_own_code, cast.goods, cast.manager).code == own(2)


def test_what_has_no_code_gets_one_at_once(cast):
    eggs = do(shelf.add_goods, cast.shop, "鸡蛋", "个", 10)
    gone = do(shelf.add_goods, cast.shop, "蜡烛", "支", 10)
    do(shelf.archive, gone, cast.manager)
    assert [given.goods_id for given in do(codes.give_missing_codes, cast.shop, cast.manager)] == [
        cast.salt.id,
        eggs.id,
    ]
    assert (cast.goods.codes, cast.salt.codes, eggs.codes, gone.codes) == ([EAN_13], [own(1)], [own(2)], [])
    assert do(codes.give_missing_codes, cast.shop, cast.manager) == []


def test_codes_that_were_left_out_are_used_before_there_are_none(cast, monkeypatch):
    monkeypatch.setattr(codes, "OWN_CODES", 3)
    do(codes.add_code, cast.goods, own(2), cast.manager)  # written by hand
    assert do(codes.give_own_code, cast.salt, cast.manager).code == own(1)
    eggs = do(shelf.add_goods, cast.shop, "鸡蛋", "个", 10)
    refused("no_code_left", codes.give_own_code, eggs, cast.manager)


def test_codes_from_a_shop_are_no_ean_and_no_card():
    assert not any(ean.is_valid(own(number)) for number in range(1, codes.OWN_CODES))
    assert len(own(1)) == OWN_CODE_DIGITS


# What an article is


def test_an_article_is_described_in_tidy_words(cast):
    rice = do(shelf.add_goods, cast.shop, " 大米 \u200b 东北 ", "袋", 350, spec=" 5千克", quota=2, low_at=3)
    assert (rice.name, rice.spec, rice.category) == ("大米 东北", "5千克", None)
    assert do(shelf.change_goods, rice, "大米", "袋", cast.manager, spec="5千克", quota=3, low_at=3) == [
        "name",
        "quota",
    ]
    (event,) = events("goods.change")
    assert (event.before, event.detail) == ({"name": "大米 东北", "quota": 2}, {"name": "大米", "quota": 3})


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("bad_name", {"name": " "}),
        ("bad_name", {"name": "长" * 201}),
        ("bad_name", {"unit": ""}),
        ("bad_name", {"unit": "长" * 21}),
        ("bad_name", {"spec": "长" * 101}),
        ("bad_name", {"category": "长" * 41}),
        ("bad_quantity", {"quota": 0}),
        ("bad_quantity", {"quota": 1000}),
        ("bad_quantity", {"low_at": -1}),
        ("bad_quantity", {"low_at": 100_001}),
    ],
)
def test_descriptions_that_are_refused(plain_app, code, wrong):
    given = {"name": "雨伞", "unit": "把"} | wrong
    with pytest.raises(Refused, match=code):
        shelf.new_article(shelf.Shop(id=1), **given)


def test_a_name_is_there_once_in_a_shop(cast):
    assert "货架" in str(refused("goods_exists", shelf.add_goods, cast.shop, " 肥皂", "块", 30).message)
    refused("goods_exists", shelf.change_goods, cast.salt, "肥皂", "袋", cast.manager)
    old = do(shelf.add_goods, cast.shop, "蜡烛", "支", 10)
    do(shelf.archive, old, cast.manager)
    assert "下架" in str(refused("goods_exists", shelf.add_goods, cast.shop, "蜡烛", "支", 10).message)


def test_one_name_may_have_several_specifications(cast):
    rice = do(shelf.add_goods, cast.shop, "大米", "袋", 350, spec="5千克")
    more = do(shelf.add_goods, cast.shop, "大米", "袋", 650, spec="10千克")
    assert [rice.title, more.title] == ["大米 5千克", "大米 10千克"]
    refused("goods_exists", shelf.add_goods, cast.shop, "大米", "袋", 350, spec="5千克")
    refused("goods_exists", shelf.change_goods, more, "大米", "袋", cast.manager, spec="5千克")
    with refusal("conflict"), transaction() as session:
        session.add_all([Goods(shop_id=cast.shop.id, name="茶", unit="包") for _each in range(2)])


def test_the_specification_stays_as_long_as_some_of_it_lies_there(cast):
    rice = do(shelf.add_goods, cast.shop, "大米", "袋", 350)
    lot = do(moves.receive, "rice", rice, 3, Source.PURCHASE, cast.manager)
    assert do(shelf.change_goods, rice, "大米", "袋", cast.manager, spec="5千克") == ["spec"]
    assert do(shelf.change_goods, rice, "大米", "袋", cast.manager, spec="５千克") == ["spec"]
    for other in ("10千克", None):
        refused("spec_in_use", shelf.change_goods, rice, "大米", "袋", cast.manager, spec=other)
    do(moves.write_off, "gone", lot, 3, "受潮", cast.manager, cast.chair)
    assert do(shelf.change_goods, rice, "大米", "袋", cast.manager, spec="10千克") == ["spec"]


def test_the_unit_stays_once_something_came_in(cast):
    refused("unit_in_use", shelf.change_goods, cast.goods, "肥皂", "箱", cast.manager)
    rice = do(shelf.add_goods, cast.shop, "大米", "袋", 350)
    assert do(shelf.change_goods, rice, "大米", "斤", cast.manager) == ["unit"]


def test_what_still_lies_there_is_not_archived(cast, clock):
    salt, lot = cast.salt, cast.lot_of(cast.salt)
    clock.turn_to(date(2027, 8, 1))  # all of it has expired; it lies there still
    assert (offer_of(salt).usable_units, offer_of(salt).on_hand) == (0, 10)
    refused("still_in_stock", shelf.archive, salt, cast.manager)
    do(moves.write_off, "w" * 16, lot, 10, "过期", cast.manager, cast.chair)
    assert do(shelf.archive, salt, cast.manager) == ["archived_on"]
    assert do(shelf.archive, salt, cast.manager) == []
    assert [offer.goods.name for offer in shelf.offers(cast.shop)] == ["肥皂"]
    assert [goods.name for goods in db.session.scalars(shelf.search_goods(cast.shop, archived=True))] == [
        "食盐"
    ]
    refused("archived", moves.receive, "r" * 16, salt, 5, "purchase", cast.manager)
    cast.earn(cast.worker, 100)
    refused("unknown_goods", redemptions.redeem, "k", cast.shop, cast.card, {salt.id: 1}, cast.volunteer)
    assert do(shelf.bring_back, salt, cast.manager) == ["archived_on"]
    assert [offer.goods.name for offer in shelf.offers(cast.shop)] == ["肥皂", "食盐"]


def test_a_shelf_runs_low(cast):
    assert not offer_of(cast.goods).is_low
    do(shelf.change_goods, cast.goods, "肥皂", "块", cast.manager, low_at=20)
    assert offer_of(cast.goods).is_low
    empty = do(shelf.add_goods, cast.shop, "雨伞", "把", 250)
    assert offer_of(empty).is_low


# Pictures


def photo(width, height, kind="JPEG", colour="red"):
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (width, height), colour).save(file, kind, exif=exif)
    return file.getvalue()


def test_a_picture_is_kept_small_and_says_nothing_else(cast):
    picture = do(pictures.set_picture, cast.goods, pictures.make(photo(1600, 1200)), cast.manager)
    with Image.open(io.BytesIO(picture.content)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (320, 240))
    assert b"taken at home" not in picture.content
    assert cast.goods.picture.digest == picture.digest
    do(pictures.set_picture, cast.goods, pictures.make(photo(1600, 1200)), cast.manager)
    assert len(events("goods.picture")) == 1
    first, other = picture.digest, pictures.make(photo(50, 60, "PNG", "blue"))
    assert do(pictures.set_picture, cast.goods, other, cast.manager).digest != first
    for _again in range(2):
        do(pictures.remove_picture, cast.goods, cast.manager)
    assert (cast.goods.picture, len(events("goods.picture_off"))) == (None, 1)
    with refusal("not_an_image"):
        pictures.make(b"GIF89a")
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 0
    assert db.session.scalar(select(func.count()).select_from(Barcode)) == 2
