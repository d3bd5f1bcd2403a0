"""The shop on pages: whatever comes to the desk gets a clear answer, and nothing is booked twice."""

import io
from uuid import uuid4

import pytest
import qrcode
from PIL import Image
from sqlalchemy import select

from ground import clock
from ground.db import db, transaction
from people import cards
from people.roster import grids, persons, terms
from points import ledger
from shop.desk import redemptions
from shop.models import Goods, Lot, Redemption
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.story import count

HERE = f"/v/{VILLAGE}"


def picture(text=None):
    """A photo: of a QR code, or of a wall."""
    image = qrcode.make(text).convert("RGB") if text else Image.new("RGB", (300, 200), "white")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def basket(cast, **units):
    return {"key": uuid4().hex, f"goods-{cast.goods.id}": units.get("soap", ""), f"goods-{cast.salt.id}": ""}


def test_a_card_is_found_by_address_token_and_number(cast, desk):
    card = cast.card
    for given in (
        f"HTTP://127.0.0.1:8000/C/{card.token}",
        f"https://aixin.example/c/{card.token.lower()}",
        card.token,
        card.number,
        card.grouped,
        f"  {card.number}  ",
    ):
        answer = desk.post(f"{HERE}/desk", data={"scan": given})
        assert answer.headers["Location"] == f"{HERE}/desk/{card.number}", given
    page = desk.get(f"{HERE}/desk/{card.number}").text
    assert cast.worker.name in page
    assert card.token not in page


@pytest.mark.parametrize(
    "given",
    [
        "",
        "000000000",
        "123456789",
        "https://pay.example/qr/1",
        "WIFI:S:village;;",
        "𬱖㛃𡋾",
        "x" * 200,
        "x" * 5000,
    ],
)
def test_whatever_else_is_scanned_is_refused_in_words_and_kept(cast, desk, given):
    answer = desk.post(f"{HERE}/desk", data={"scan": given})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'value="{given}"' in answer.text


def test_the_card_of_another_village_is_told_so(cast, desk):
    answer = desk.post(f"{HERE}/desk", data={"scan": cast.card_of(cast.stranger).token})
    assert answer.status_code == 422
    assert "别的村" in answer.text
    assert desk.get(f"{HERE}/desk/{cast.card_of(cast.stranger).number}").status_code == 404


def test_a_photo_of_a_card_opens_its_page_live_or_uploaded(cast, desk):
    photo = picture(f"HTTP://127.0.0.1:8000/C/{cast.card.token}")
    page = f"{HERE}/desk/{cast.card.number}"
    frame = {"photo": (io.BytesIO(photo), "frame.png")}
    [text] = desk.post(f"{HERE}/desk/read", data=frame).json["texts"]
    assert desk.post(f"{HERE}/desk", data={"scan": text}).headers["Location"] == page
    sent = {"photo": (io.BytesIO(photo), "card.png")}
    assert desk.post(f"{HERE}/desk/photo", data=sent).headers["Location"] == page


@pytest.mark.parametrize(
    ("photo", "read", "said"),
    [
        (picture(), [], "没有看到码"),
        (picture("https://pay.example/qr/1"), ["https://pay.example/qr/1"], "不是爱心卡"),
        (picture("0123456789ABCDEFGHJK"), ["0123456789ABCDEFGHJK"], "没有这个码"),
        (b"", None, "读不了"),
        (b"%PDF-1.7 no picture", None, "读不了"),
        (picture("x")[:80], None, "读不了"),
    ],
)
def test_a_picture_without_a_card_is_refused_in_words(cast, desk, photo, read, said):
    """A frame is merely read, if it is a picture; what its code is good for says the desk."""
    frame = desk.post(f"{HERE}/desk/read", data={"photo": (io.BytesIO(photo), "frame.png")})
    if read is None:
        assert (frame.status_code, frame.json["code"]) == (422, "not_an_image")
        assert frame.mimetype == "application/problem+json"
    else:
        assert frame.json == {"texts": read}
    uploaded = desk.post(f"{HERE}/desk/photo", data={"photo": (io.BytesIO(photo), "photo.png")})
    assert uploaded.status_code == 422
    assert said in uploaded.text


def test_a_file_of_many_megabytes_is_told_so(cast, desk):
    answer = desk.post(f"{HERE}/desk/photo", data={"photo": (io.BytesIO(b"x" * 9_000_000), "photo.png")})
    assert answer.status_code == 413
    assert "8 MB" in answer.text


def test_a_double_tap_hands_out_once_and_shows_the_same_receipt(cast, desk):
    page, form = f"{HERE}/desk/{cast.card.number}", basket(cast, soap="2")
    places = {desk.post(page, data=form).headers["Location"] for _tap in range(3)}
    assert len(places) == 1
    assert "20261228-0001" in desk.get(places.pop()).text
    assert ledger.balance_of(cast.worker) == 100 - 60
    assert count(Redemption) == 1


def test_the_same_key_with_another_basket_is_refused(cast, desk):
    page, form = f"{HERE}/desk/{cast.card.number}", basket(cast, soap="1")
    desk.post(page, data=form)
    assert desk.post(page, data=form | {f"goods-{cast.goods.id}": "2"}).status_code == 409
    assert count(Redemption) == 1


def test_too_few_points_says_how_many_are_missing_and_keeps_the_basket(cast, desk):
    form = basket(cast, soap="4")
    answer = desk.post(f"{HERE}/desk/{cast.card.number}", data=form)
    assert answer.status_code == 422
    assert "还差 2 分" in answer.text
    assert form["key"] in answer.text
    assert ledger.balance_of(cast.worker) == 100


@pytest.mark.parametrize("units", ["", "0", "1000000000", "-1", "1.5", "一", "٣٣٣٣", "21"])
def test_an_impossible_basket_changes_nothing(cast, desk, units):
    answer = desk.post(f"{HERE}/desk/{cast.card.number}", data=basket(cast, soap=units))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text or 'class="error"' in answer.text
    assert count(Redemption) == 0


def test_goods_of_another_shop_are_not_handed_out(cast, desk):
    other = db.session.scalars(select(Goods).where(Goods.shop_id == cast.next_shop.id)).first()
    form = {"key": uuid4().hex, f"goods-{other.id}": "1"}
    assert desk.post(f"{HERE}/desk/{cast.card.number}", data=form).status_code == 422
    assert count(Redemption) == 0


def test_a_lost_card_is_told_at_once_and_offers_no_basket(cast, desk, client_of):
    number = cast.card.number
    assert client_of(cast.clerk).post(f"{HERE}/cards/{number}/lost").status_code == 302
    page = desk.get(f"{HERE}/desk/{number}").text
    assert "挂失" in page
    assert "data-basket hidden" in page
    assert desk.post(f"{HERE}/desk/{number}", data=basket(cast, soap="1")).status_code == 422


def test_who_has_no_good_card_gets_one_and_the_old_one_stops(cast, client_of):
    clerk, old = client_of(cast.clerk), cast.card.token
    assert clerk.post(f"{HERE}/cards/people/{cast.worker.id}/issue").status_code == 302
    assert (
        "换成新卡" in client_of(None).get(f"/C/{old}").text or "新卡" in client_of(None).get(f"/C/{old}").text
    )
    clerk.post(f"{HERE}/cards/{cast.card.number}/lost")
    assert clerk.post(f"{HERE}/cards/issue").status_code == 302
    assert cast.card.token != old
    assert clerk.get(f"{HERE}/cards.pdf").data.startswith(b"%PDF")
    assert clerk.get(f"{HERE}/cards.pdf?number={cast.card.number}").data.startswith(b"%PDF")
    assert clerk.get(f"{HERE}/cards.pdf?number=000000000").status_code == 404


@pytest.fixture
def handed_out(cast, desk):
    """Two pieces of soap, handed out."""
    with transaction():
        made = redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
    return made


def test_the_manager_voids_with_a_reason_and_nobody_else(cast, client_of, handed_out):
    address = f"{HERE}/redemptions/{handed_out.id}"
    assert client_of(cast.volunteer).post(f"{address}/void", data={"reason": "拿错"}).status_code == 403
    manager = client_of(cast.manager)
    assert manager.post(f"{address}/void", data={"reason": ""}).status_code == 422
    assert [manager.post(f"{address}/void", data={"reason": "拿错"}).status_code for _ in range(2)] == [
        302,
        302,
    ]
    assert ledger.balance_of(cast.worker) == 100
    assert cast.lot_of(cast.goods).on_hand == 20
    assert "拿错" in manager.get(address).text


@pytest.mark.parametrize("paper", ["58", "80", "A4"])
def test_a_receipt_prints_on_each_paper(cast, desk, handed_out, paper):
    address = f"{HERE}/redemptions/{handed_out.id}/receipt.pdf"
    assert desk.get(f"{address}?paper={paper}").data.startswith(b"%PDF")
    assert desk.get(f"{address}?paper=A5").status_code == 404


def test_anyone_can_check_a_receipt_and_learns_nothing_else(cast, client_of, handed_out):
    page = client_of(None).get(f"/R/{handed_out.code}").text
    assert handed_out.number in page
    assert "6" in page
    for secret in (
        cast.worker.name,
        cast.worker.masked,
        cast.goods.name,
        cast.card.number,
        cast.volunteer.name,
    ):
        assert secret not in page
    assert client_of(None).get("/R/0000000000000000").status_code == 404


def test_the_cards_address_shows_balance_and_entries_without_sign_in(cast, client_of, handed_out):
    answer = client_of(None).get(f"/c/{cast.card.token.lower()}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert cast.worker.masked in answer.text
    assert cast.worker.name not in answer.text
    assert ">4<" in answer.text
    assert handed_out.number in answer.text
    assert client_of(None).get("/C/0123456789ABCDEFGHJK").status_code == 404


@pytest.mark.parametrize("path", ["/desk", "/redemptions", "/goods"])
def test_another_villages_shop_does_not_exist(cast, client_of, path):
    assert client_of(cast.volunteer).get(HERE + path).status_code == 200
    assert client_of(cast.outside_volunteer).get(HERE + path).status_code == 404


def test_who_scores_does_not_hand_out_and_a_volunteer_does_not_stock(cast, client_of):
    for scorer in (cast.clerk, cast.chair, cast.supervisor, cast.worker_user):
        assert client_of(scorer).get(f"{HERE}/desk").status_code == 403
    volunteer = client_of(cast.volunteer)
    assert volunteer.get(f"{HERE}/goods/new").status_code == 403
    assert volunteer.get(f"{HERE}/goods/{cast.goods.id}/receive").status_code == 403
    assert volunteer.get(f"{HERE}/cards").status_code == 403


def test_a_redemption_of_another_shop_is_not_found_under_ones_own(cast, client_of, handed_out):
    address = f"/v/{NEXT_VILLAGE}/redemptions/{handed_out.id}"
    assert client_of(cast.outside_volunteer).get(address).status_code == 404
    assert client_of(cast.outside_volunteer).get(f"{address}/receipt.pdf").status_code == 404


def test_the_manager_fills_a_shelf(cast, client_of):
    manager = client_of(cast.manager)
    form = {"name": "雨伞𬱖", "unit": "把", "price": "25.5", "barcode": ""}
    there = manager.post(f"{HERE}/goods/new", data=form).headers["Location"]
    lot = {"key": uuid4().hex, "quantity": "12", "source": "donation", "donor": "供销社", "best_before": ""}
    assert [manager.post(there, data=lot).status_code for _tap in range(2)] == [302, 302]
    page = manager.get(f"{HERE}/goods").text
    assert "雨伞𬱖" in page
    assert "25.5" in page
    lots = db.session.scalars(select(Lot).join(Lot.goods).where(Goods.name == "雨伞𬱖")).all()
    assert [found.on_hand for found in lots] == [12]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "长" * 201},
        {"name": "肥皂"},
        {"price": "0"},
        {"price": "1000000000"},
        {"price": "2.55"},
        {"barcode": "6901028075832"},
        {"barcode": "6901028075831"},
        {"unit": ""},
    ],
)
def test_an_impossible_article_is_refused_and_the_rest_is_kept(cast, client_of, wrong):
    form = {"name": "雨伞", "unit": "把", "price": "25", "barcode": ""} | wrong
    before = count(Goods)
    answer = client_of(cast.manager).post(f"{HERE}/goods/new", data=form)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    for typed in form.values():
        assert f'value="{typed}"' in answer.text
    assert count(Goods) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "0"},
        {"quantity": "1000000000"},
        {"quantity": "-3"},
        {"source": "stolen"},
        {"source": "donation"},
        {"best_before": "2026-12-27"},
        {"best_before": "2026-02-30"},
    ],
)
def test_an_impossible_lot_is_refused(cast, client_of, wrong):
    form = {"key": uuid4().hex, "quantity": "5", "source": "purchase", "donor": "", "best_before": ""} | wrong
    before = count(Lot)
    answer = client_of(cast.manager).post(f"{HERE}/goods/{cast.goods.id}/receive", data=form)
    assert answer.status_code == 422
    assert count(Lot) == before


def test_a_name_of_200_rare_characters_goes_all_the_way(cast, client_of):
    with transaction():
        village, clerk = cast.village, cast.clerk
        grid = grids.add_grid(village, "99", "远" * 100, "rural", 5, clerk)
        person = persons.add_person(village, "𬱖㛃𡋾欧" * 50, clerk)
        terms.appoint(person, grid, "worker", clock.today(), clerk)
        card = cards.issue(person, clerk)
    assert client_of(cast.clerk).get(f"{HERE}/cards.pdf?number={card.number}").data.startswith(b"%PDF")
    assert client_of(cast.volunteer).get(f"{HERE}/desk/{card.number}").status_code == 200
    assert "𬱖*欧" in client_of(None).get(f"/C/{card.token}").text
