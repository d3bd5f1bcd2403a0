"""The printed matter, read back from the rendered page."""

from dataclasses import replace
from datetime import date

import pytest
import zxingcpp
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageOps
from pypdfium2 import PdfDocument

from ground.clock import Quarter
from ground.paper import fonts, words
from ground.paper.draw import Pen, Strip, fit, fit_lines, gap, paginate, runs, width, wrap
from ground.paper.volume import BoundVolume
from people.cardsheet import CARD_HIGH_MM, CARD_WIDE_MM, LEFT_MM, MODULE_MM, TOP_MM, CardFace, cards_pdf
from points.wall.noticesheet import Notes, NoticeRow, NoticeSheet, heading, notice_pdf
from tests.printed import DPI, RARE, codes, cut, ink, read, texts, type_sizes

SHEET = "https://aixin.example/n/532323101201/2026Q4"
COLUMNS = ["巡查走访", "矛盾调解", "政策宣传", "环境卫生", "帮扶服务", "应急值守"]


@pytest.fixture(autouse=True)
def context(plain_app):
    with plain_app.test_request_context():
        yield


def notice(people=3, **changed):
    rows = [
        NoticeRow(number, "李*明", "上村第1微网格", [55, 0, 120, 10, 30, 25], 20, 15, 235)
        for number in range(1, people + 1)
    ]
    return NoticeSheet(
        **{
            "village": "天台村民委员会",
            "township": "共和镇",
            "quarter": Quarter(2026, 4),
            "number": 1,
            "whole": True,
            "rubric_version": 3,
            "rubric_from": date(2026, 7, 1),
            "met_on": date(2027, 1, 5),
            "invited": 20,
            "present": 17,
            "posted_on": date(2027, 1, 6),
            "ends_on": date(2027, 1, 10),
            "columns": COLUMNS,
            "rows": rows,
            "notes": [Notes("加减分说明：", ["第1号李*明：代邻近网格值守两日。"])],
            "digest": "0123456789abcdef" * 4,
            "url": SHEET,
            "object_url": f"{SHEET}/object",
            "proof_url": "https://aixin.example/proof",
            "how_to_object": "当面、书面或扫码提出。",
            **changed,
        }
    )


def card(number, **changed):
    face = {
        "village": "天台村民委员会",
        "name": "起家荣",
        "grid": "上村第1微网格",
        "number": f"{402177309 + number}",
        "url": f"HTTPS://AIXIN.EXAMPLE/C/{number:09d}",
    }
    return CardFace(**{**face, **changed})


# Faces and lines.


def test_names_print_from_noto_in_both_weights():
    assert fonts.face_of("𬱖") == fonts.face_of("㛃") == fonts.REGULAR
    assert fonts.face_of("𬱖", bold=True) == fonts.BOLD
    assert words.footnote(["𬱖㛃 李*明"]) is None


def test_a_rare_character_prints_from_the_fallback_face(monkeypatch):
    monkeypatch.setattr(fonts, "rare_faces", lambda: (fonts.Face("HanaMinB", {ord(RARE)}),))
    assert runs(f"起{RARE}明") == [(fonts.REGULAR, "起"), ("HanaMinB", RARE), (fonts.REGULAR, "明")]
    assert words.footnote([RARE]) is None


@pytest.mark.usefixtures("without_hanazono")
def test_a_character_in_no_face_is_marked_and_noted():
    assert runs(f"起{RARE}\t明") == [(fonts.REGULAR, "起〓 明")]
    assert "U+212FE" in words.footnote(notice(how_to_object=RARE))
    assert "U+212FE" in words.footnote([card(1), card(2, name=RARE)])


@settings(max_examples=60, deadline=None)
@given(st.text("天台村（）《》，。、abc,.019 W-\n", max_size=80), st.integers(4, 40))
def test_wrapped_lines_fit_and_lose_nothing(text, room):
    lines = wrap(text, room, 10)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, 10) <= room for line in lines if len(line) > 1)


def test_lines_break_by_the_rules_of_chinese():
    room = width("一二三四五", 10)
    assert wrap("一二三四五，六", room, 10) == ["一二三四", "五，六"]
    assert wrap("一二三四（五）", room, 10) == ["一二三四", "（五）"]
    assert wrap("一二三 2026Q4 年", room, 10) == ["一二三", "2026Q4 年"]


def test_fit_shrinks_before_it_cuts():
    room = width("一二三四五", 10)
    assert fit("一二三四五", room, 10, 6) == ("一二三四五", 10)
    text, size = fit("一二三四五六", room, 10, 6)
    assert text == "一二三四五六"
    assert 6 <= size < 10
    text, size = fit("长" * 200, room, 10, 6)
    assert text.endswith("…")
    assert size == 6
    assert width(text, size) <= room


def test_two_lines_shrink_before_they_are_cut():
    room = width("一二三四五", 10)
    assert fit_lines("一二三四五\n六", room, 2, 10, 6) == (["一二三四五", "六"], 10)
    lines, size = fit_lines("一二三四五" * 2 + "六七", room, 2, 10, 6)
    assert "".join(lines) == "一二三四五" * 2 + "六七"
    assert 6 <= size < 10
    lines, size = fit_lines("长" * 200, room, 2, 10, 6)
    assert (len(lines), size) == (2, 6)
    assert lines[1].endswith("…")
    assert all(width(line, size) <= room for line in lines)


def test_a_heading_is_repeated_on_each_page_and_never_left_alone():
    head = Strip(10, lambda pen, x, y: None)
    rows = [Strip(20, lambda pen, x, y: None, heading=head) for _row in range(5)]
    pages = paginate([gap(25), *rows, gap(5)], 50)
    assert [[strip.height for strip in page] for page in pages] == [
        [25],
        [10, 20, 20],
        [10, 20, 20],
        [10, 20, 5],
    ]


def test_the_same_record_prints_the_same_bytes():
    assert notice_pdf(notice()) == notice_pdf(notice())


def test_a_pen_draws_on_a_page_of_the_size_given():
    [picture], _text = read(Pen("x", 100, 50).pdf())
    assert picture.size == pytest.approx((100 * DPI / 25.4, 50 * DPI / 25.4), abs=1.5)


# The cards.


def both_codes(*cards):
    """What can be scanned on these cards: each one's secret and its number."""
    return {text for face in cards for text in (face.url, face.number)}


def test_every_card_of_a_sheet_can_be_scanned():
    cards = [card(number) for number in range(11)]
    told = []
    pictures, text = read(cards_pdf(cards, told.append, backs=False))
    assert [codes(picture) for picture in pictures] == [both_codes(*cards[:10]), both_codes(cards[10])]
    assert told == [10, 11]
    assert text.count("起家荣") == 11


def places(mirrored=False):
    """The upper left corners of a sheet's cards in their order; mirrored as the backs lie."""
    for place in range(10):
        row, column = divmod(place, 2)
        yield LEFT_MM + (1 - column if mirrored else column) * CARD_WIDE_MM, TOP_MM + row * CARD_HIGH_MM


def test_each_back_lies_behind_its_card():
    """Eleven cards: the last sheet has one card at the left, so one back at the right, and nothing else."""
    cards = [card(number) for number in range(11)]
    pictures, text = read(cards_pdf(cards))
    assert [codes(picture) for picture in pictures] == [
        both_codes(*cards[:10]),
        set(),
        both_codes(cards[10]),
        set(),
    ]
    assert text.count("积分不是钱") == 11
    first, *others = (cut(pictures[1], x, y, CARD_WIDE_MM, CARD_HIGH_MM) for x, y in places())
    assert min(ink(first)) >= 3
    assert all(min(ink(other)) >= 3 for other in others)
    shown = [cut(pictures[3], x, y, CARD_WIDE_MM, CARD_HIGH_MM) for x, y in places(mirrored=True)]
    assert [bool(ImageOps.invert(picture).getbbox()) for picture in shown] == [True] + [False] * 9


def test_both_sides_have_the_same_marks_to_cut_along():
    """Flipped on its long edge, a back shows its marks where the front has them; nothing leaves the page."""
    front, back = read(cards_pdf([card(0)]))[0]
    flipped = ImageOps.mirror(back)
    assert min(ink(front)) > 5
    assert min(ink(back)) > 5
    for margin in ((0, 0, LEFT_MM - 0.5, 280), (0, 0, 210, TOP_MM - 0.5)):
        assert ink(cut(flipped, *margin)) == pytest.approx(ink(cut(front, *margin)), abs=0.2)


def test_nothing_crosses_the_edge_of_a_card():
    wild = card(0, village="村" * 200, name="长" * 200, grid="W" * 200)
    [picture], text = read(cards_pdf([wild] * 10, backs=False))
    assert codes(picture) == both_codes(wild)
    assert "长…" in text
    assert all(min(ink(cut(picture, x, y, CARD_WIDE_MM, CARD_HIGH_MM))) >= 3 for x, y in places())


@pytest.mark.parametrize("number", ["000000000", "304279453", "999999999"])
def test_the_number_is_a_code_of_digits_with_white_beside_it(number):
    face = replace(card(0, grid="长" * 200), number=number)
    [picture], _text = read(cards_pdf([face], backs=False))
    [found] = zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.Code128)
    assert found.text == number
    corners = found.position
    left, right = corners.top_left.x * 25.4 / DPI, corners.top_right.x * 25.4 / DPI
    middle = (corners.top_left.y + corners.bottom_left.y) / 2 * 25.4 / DPI
    quiet = 10 * MODULE_MM - 0.3
    assert right - left == pytest.approx(101 * MODULE_MM, abs=0.6)
    for start in (left - quiet - 0.2, right + 0.2):
        assert cut(picture, start, middle - 2, quiet, 4).getextrema()[0] > 200


def test_the_qr_is_large_and_has_its_quiet_zone():
    [picture], _text = read(cards_pdf([card(0, name="长" * 200)], backs=False))
    [found] = zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)
    corners = found.position
    left, right = corners.top_left.x * 25.4 / DPI, corners.top_right.x * 25.4 / DPI
    top = corners.top_left.y * 25.4 / DPI
    side = right - left
    assert side >= 22
    quiet = 4 * side / 25 - 0.3
    assert cut(picture, left - quiet, top, quiet - 0.5, side).getextrema()[0] > 200
    assert right + quiet <= LEFT_MM + CARD_WIDE_MM


@pytest.mark.usefixtures("without_hanazono")
def test_a_sheet_of_cards_prints_the_footnote_off_the_cards():
    [[noted], text], [[plain], _text] = (
        read(cards_pdf([card(0, name=name)], backs=False)) for name in (f"起{RARE}", "起")
    )
    assert "U+212FE" in text
    above = [cut(picture, LEFT_MM + 1, 0, 60, TOP_MM).getextrema()[0] for picture in (noted, plain)]
    assert above[0] < 160 < above[1]
    assert ink(cut(noted, LEFT_MM + 1, 0, 60, TOP_MM))[3] > 1


# The notice.


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_a_notice_can_be_scanned_and_holds_all_it_must(paper):
    [picture], text = read(notice_pdf(notice(), paper))
    assert codes(picture) == {SHEET, f"{SHEET}/object"}
    wide = {"A4": 210, "A3": 297}[paper]
    assert picture.width * 25.4 / DPI == pytest.approx(wide, abs=0.5)
    assert min(ink(picture)) > 8
    with force_locale("zh"):
        days = [words.day(date(2026, 7, 1)), words.day(date(2027, 1, 6)), words.day(date(2027, 1, 10))]
    for shown in ("共和镇天台村民委员会", *days, "代邻近网格值守两日", "当面、书面或扫码提出"):
        assert shown in text
    for shown in ("cdef" + "0123", "-2", "+1.5", "23.5", "70.5"):
        assert shown in text


def test_seventy_people_fit_three_sheets_with_the_head_on_each():
    pictures, text = read(notice_pdf(notice(70)))
    assert 2 <= len(pictures) <= 3
    assert text.count("李*明") == 70 + 1
    assert text.count("政策宣传") == text.count("应急值守") == len(pictures)
    with force_locale("zh"):
        for number in range(1, len(pictures) + 1):
            assert "".join(words.page_number(number, len(pictures)).split()) in text
    assert [bool(codes(picture)) for picture in pictures] == [False] * (len(pictures) - 1) + [True]


READ_FROM_AFAR_POINTS = 14


def far_off(pdf):
    """Of each sheet what is printed too small to be read from a metre and a half away."""
    least = READ_FROM_AFAR_POINTS - 0.01
    return ["".join(char for char, size in page if size < least) for page in type_sizes(pdf)]


DEDUCTED = Notes("扣分说明：", [f"第{number}号 李*明：-10分，户主说没有来过" for number in range(12)])


@pytest.mark.parametrize(
    ("people", "changed", "sheets"),
    [
        (8, {}, 1),
        (30, {}, 1),
        (70, {}, 2),
        (70, {"notes": [DEDUCTED]}, 2),
        (70, {"whole": False}, 2),
    ],
)
def test_a_large_notice_is_read_from_a_step_away(people, changed, sheets):
    rows = [
        NoticeRow(n, "李*明", "大河村第12微网格", [105, 1200, 655, 0, 100, 0], 1000, 255, 0, 830, 235)
        for n in range(1, people + 1)
    ]
    pdf = notice_pdf(notice(rows=rows, **changed), "A3")
    small = far_off(pdf)
    assert len(small) == sheets
    # Only the foot, and after it on the last sheet what is read with a telephone in the hand.
    with force_locale("zh"):
        feet = [heading(notice(**changed)) + words.page_number(n, sheets) for n in range(1, sheets + 1)]
    feet = ["".join(foot.split()) for foot in feet]
    assert small[:-1] == feet[:-1]
    assert small[-1].startswith(feet[-1])
    assert len(small[-1]) < len(feet[-1]) + 200
    assert all(far_off(notice_pdf(notice(rows=rows), "A4")))


def test_the_type_is_as_large_as_the_number_of_sheets_allows():
    sizes = [
        max(size for char, size in type_sizes(notice_pdf(each, "A3"))[0] if char == "*")
        for each in (notice(8), notice(70, notes=[DEDUCTED] * 2))
    ]
    assert sizes[0] > sizes[1] >= READ_FROM_AFAR_POINTS


def test_wild_words_and_many_columns_stay_on_the_sheet():
    row = NoticeRow(1, "长" * 200, "W" * 200, [1_000_000] * 10, 1_000_000, -1_000_000, 9_999_999)
    wild = notice(columns=["很长的类别名称" * 9] * 10, rows=[row] * 3, notes=[Notes("注", ["因" * 900])])
    for paper in ("A4", "A3"):
        pictures, _text = read(notice_pdf(wild, paper))
        for picture in pictures:
            left, _top, right, bottom = ink(picture)
            assert min(left, right) >= 13.5
            assert bottom > 8


@pytest.mark.usefixtures("without_hanazono")
def test_a_notice_prints_the_footnote():
    _pictures, text = read(notice_pdf(notice(how_to_object=f"找{RARE}主任")))
    assert "找〓主任" in text
    assert "U+212FE" in text


# Papers bound into a volume.


def test_papers_are_bound_into_one_volume_as_they_are():
    """All on A4, numbered through, with contents and bookmarks; by itself each is what it was."""

    def draw(wide, high, *pages):
        pen = Pen("单张", wide, high)
        for place, text in enumerate(pages):
            if place:
                pen.next_page()
            pen.text(20, 30, text, 12)
        return pen.pdf()

    alone = draw(148, 210, "答复书")
    volume = BoundVolume("档案")
    with force_locale("zh"):
        with volume.cover():
            assert draw(210, 297, "封面") == b""
        volume.contents(["一、横表", "二、答复"])
        with volume.part("一、横表"):
            draw(297, 210, "横表一", "横表二")
        with volume.part("二、答复"):
            draw(148, 210, "答复书")
        bound = volume.content()
    assert draw(148, 210, "答复书") == alone
    assert texts(bound) == [
        "封面档案第1页共5页",
        "目录一、横表二、答复35档案第2页共5页",
        "横表一档案第3页共5页",
        "横表二档案第4页共5页",
        "答复书档案第5页共5页",
    ]
    with PdfDocument(bound) as document:
        assert [tuple(map(round, page.get_size())) for page in document] == [
            *[(595, 842)] * 2,
            *[(842, 595)] * 2,
            (595, 845),  # A5 is a little longer
        ]
        marks = [(mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]
    assert marks == [("一、横表", 2), ("二、答复", 4)]
    ((_char, size), *_rest) = type_sizes(bound)[4]
    assert size == pytest.approx(12 * 210 / 148, abs=0.1)
