"""The shop's printed matter, read back from the rendered page."""

from datetime import UTC, date, datetime, timedelta

import pytest
import zxingcpp
from flask_babel import force_locale, gettext
from PIL import ImageChops

from ground.paper import words
from shop.paper import labels
from shop.paper.closing import ClosingSheet, OutflowRow, ReceiptRow, VoidRow, closing_pdf
from shop.paper.consignment import ConsignmentItem, ConsignmentNote, consignment_pdf
from shop.paper.donation import DonationItem, DonationReceipt, donation_pdf
from shop.paper.labels import LABEL_HIGH_MM, LABEL_WIDE_MM, LABELS_ACROSS, Label, labels_pdf
from shop.paper.receipt import PAPERS, Receipt, ReceiptLine, ReceiptProxy, receipt_pdf
from shop.paper.voucher import VoucherItem, VoucherSheet, vouchers_pdf
from tests.printed import DPI, RARE, codes, cut, ink, longest_run, read, texts

AT = datetime(2026, 12, 28, 1, 30, tzinfo=UTC)
DAY = date(2026, 12, 28)
CHECK = "https://aixin.example/r/20261228-0001-K7QX"
DONOR_PAGE = "https://aixin.example/d/K7QX2M4PLNE3S5TA"
# A hand that goes once round its field, from edge to edge.
ROUND = [[0, 0, 1000, 0, 1000, 400, 0, 400, 0, 0]]
MM = DPI / 25.4


@pytest.fixture(autouse=True)
def context(plain_app):
    with plain_app.test_request_context():
        yield


def said(message):
    """A message as it is read back: without spaces."""
    return "".join(gettext(message).split())


def receipt(**changed):
    lines = [
        ReceiptLine("大米", "袋", 1, 250, 250, "长粒香 5kg"),
        ReceiptLine("抽纸", "提", 3, 35, 105),
    ]
    return Receipt(
        **{
            "shop": "天台村爱心超市",
            "village": "天台村民委员会",
            "number": "20261228-0001",
            "at": AT,
            "worker": "李*明",
            "card_number": "402177309",
            "lines": lines,
            "total": 355,
            "before": 1230,
            "after": 875,
            "clerk": "普文珍",
            "check_url": CHECK,
            **changed,
        }
    )


def wild_receipt(lines=60):
    """Everything at its longest, void, printed again, and collected by somebody else."""
    return receipt(
        shop="店" * 200,
        village="村" * 200,
        worker="宽" * 200,
        clerk="倪" * 200,
        void_reason="错" * 200,
        reprint=True,
        proxy=ReceiptProxy("代" * 200, "W" * 200, [*ROUND, [500, 200], [], [-9000, 9000, 99999, -9000], [7]]),
        lines=[ReceiptLine("长" * 200, "u" * 40, 99999, 1_000_000, 1_000_000, "格" * 200)] * lines,
        total=1_000_000_000,
        before=1_000_000_000,
        after=1_000_000_000,
    )


def sheet(made=3, **changed):
    rows = [
        ReceiptRow(
            f"20261228-{number:04}", AT + timedelta(minutes=number), "李*明", 105, "普文珍", number == 2
        )
        for number in range(1, made + 1)
    ]
    return ClosingSheet(
        **{
            "shop": "天台村爱心超市",
            "village": "天台村民委员会",
            "day": DAY,
            "receipts": rows,
            "voids": [
                VoidRow("20261228-0002", AT + timedelta(hours=3), 105, "商品拿错", "起家荣"),
                VoidRow("20261117-0044", AT + timedelta(hours=4), 20, "别人拿卡来换的", "起家荣"),
            ],
            "goods": [OutflowRow("抽纸", "提", 9, 3, 190), OutflowRow("食盐", "袋", 0, 1, -20)],
            "first_receipt": rows[0].number if rows else None,
            "last_receipt": rows[-1].number if rows else None,
            "total_out": 105 * made,
            "total_back": 125,
            "printed_at": AT + timedelta(hours=9),
            **changed,
        }
    )


def wild_sheet(count=60):
    long = "长" * 200
    return sheet(
        shop=long,
        village=long,
        receipts=[ReceiptRow("9" * 60, AT, long, 10**9, long, True)] * count,
        voids=[VoidRow("9" * 60, AT, 10**9, long, "W" * 200)] * (count // 10),
        goods=[OutflowRow(long, long, 10**9, 10**9, -(10**9))] * (count // 10),
        total_out=10**10,
        total_back=10**10,
    )


def label(number, **changed):
    return Label(
        **{
            "name": "大米",
            "spec": "长粒香 5kg",
            "unit": "袋",
            "price": 250,
            "code": f"{number:05}",
            **changed,
        }
    )


def wild_label(number):
    long = "长" * 200
    return label(number, name=long, spec=long, unit=long, price=1_000_000, code=f"69010280758{number:02}")


ITEMS = [("大米", "长粒香 5kg", "袋", 40, date(2027, 6, 30)), ("棉被", "", "床", 12, None)]
WILD_ITEM = ("长" * 200, "格" * 200, "位" * 200, 10**9, DAY)


def donated(items=ITEMS, **changed):
    return DonationReceipt(
        **{
            "shop": "天台村爱心超市",
            "village": "天台村民委员会",
            "donor": "牟定县供销社",
            "number": "JZ20261228-01",
            "day": DAY,
            "items": [DonationItem(*item) for item in items],
            "received_by": "普文珍",
            "check_url": DONOR_PAGE,
            **changed,
        }
    )


def consigned(items=ITEMS, **changed):
    return ConsignmentNote(
        **{
            "from_shop": "天台村爱心超市",
            "to_shop": "庄头村爱心超市",
            "number": "DB20261228-01",
            "sent_at": AT,
            "sent_by": "起家荣",
            "items": [ConsignmentItem(*item) for item in items],
            "note": "临期的先兑换。",
            **changed,
        }
    )


def voucher(items=ITEMS, cost=1250, facts=("供货方", "牟定县供销社"), **changed):
    lines = [VoucherItem(*item[:4], cost, None, "") for item in items]
    return VoucherSheet(
        **{
            "shop": "天台村爱心超市",
            "village": "天台村民委员会",
            "title": "入库单",
            "number": "2026-0017",
            "day": DAY,
            "is_red": False,
            "facts": [facts, ("发票号", "04531202")],
            "items": lines,
            "units": sum(line.quantity for line in lines),
            "value": None if cost is None else sum(line.value for line in lines),
            "points": None,
            "uncosted": 0,
            "signers": ["经办人", "验收人", "审批人"],
            "written": "起家荣",
            **changed,
        }
    )


def voucher_pdf(*sheets):
    return vouchers_pdf("入库单", sheets)


# What holds for every document.

LONG = dict.fromkeys(("shop", "village", "donor", "number", "received_by"), "长" * 200)
LONG_NOTE = dict.fromkeys(("from_shop", "to_shop", "number", "sent_by", "note"), "长" * 200)
LONG_VOUCHER = dict.fromkeys(("shop", "village", "title", "number", "written"), "长" * 200)
WILD = {
    **{f"receipt {paper}": lambda paper=paper: receipt_pdf(wild_receipt(), paper) for paper in PAPERS},
    **{f"no lines {paper}": lambda paper=paper: receipt_pdf(wild_receipt(0), paper) for paper in PAPERS},
    "closing": lambda: closing_pdf(wild_sheet()),
    "closing, nothing": lambda: closing_pdf(wild_sheet(0)),
    "labels": lambda: labels_pdf([wild_label(number) for number in range(25)]),
    "labels, none": lambda: labels_pdf([]),
    "donation": lambda: donation_pdf(donated([WILD_ITEM] * 60, **LONG)),
    "donation, nothing": lambda: donation_pdf(donated([], **LONG)),
    "voucher": lambda: voucher_pdf(voucher([WILD_ITEM] * 60, 10**7, ("供货方", "长" * 200), **LONG_VOUCHER)),
    "voucher, nothing": lambda: voucher_pdf(voucher([], **LONG_VOUCHER)),
    "consignment": lambda: consignment_pdf(consigned([WILD_ITEM] * 60, **LONG_NOTE)),
    "consignment, nothing": lambda: consignment_pdf(consigned([], **LONG_NOTE)),
}


@pytest.mark.parametrize("name", WILD)
def test_whatever_is_said_stays_on_the_paper(name):
    """No ink in the outermost millimetres, where printers print nothing."""
    pictures, _text = read(WILD[name]())
    for picture in pictures:
        if picture.getextrema()[0] < 190:
            assert min(ink(picture)) >= 3.5
        if picture.height == round(297 * MM) and not name.startswith("labels"):
            above_the_foot = cut(picture, 0, 279.5, 210, 2)
            assert above_the_foot.getextrema()[0] == 255


def test_the_same_record_prints_the_same_bytes():
    signed = receipt(proxy=ReceiptProxy("李小红", "女儿", ROUND))
    for paper in PAPERS:
        assert receipt_pdf(signed, paper) == receipt_pdf(signed, paper)
    assert closing_pdf(sheet()) == closing_pdf(sheet())
    assert labels_pdf([label(1)]) == labels_pdf([label(1)])
    assert donation_pdf(donated()) == donation_pdf(donated())
    assert consignment_pdf(consigned()) == consignment_pdf(consigned())
    assert voucher_pdf(voucher()) == voucher_pdf(voucher())


@pytest.mark.usefixtures("without_hanazono")
@pytest.mark.parametrize(
    "pdf",
    [
        *[lambda paper=paper: receipt_pdf(receipt(worker=f"起{RARE}明"), paper) for paper in PAPERS],
        lambda: closing_pdf(sheet(shop=f"起{RARE}明")),
        lambda: labels_pdf([label(number, name=f"起{RARE}明") for number in range(24)]),
        lambda: donation_pdf(donated(donor=f"起{RARE}明")),
        lambda: consignment_pdf(consigned(sent_by=f"起{RARE}明")),
        lambda: voucher_pdf(voucher(facts=("供货方", f"起{RARE}明"))),
    ],
)
def test_a_missing_character_is_noted(pdf):
    _pictures, text = read(pdf())
    assert "起〓明" in text
    assert "U+212FE" in text


# The receipt.


@pytest.mark.parametrize("paper", PAPERS)
def test_a_receipt_can_be_read_and_checked(paper):
    [picture], text = read(receipt_pdf(receipt(), paper))
    assert codes(picture) == {CHECK}
    copies = 2 if paper == "A4x2" else 1
    for shown in (
        "20261228-0001",
        "09:30",
        "李*明",
        "402177309",
        "35.5",
        "123",
        "87.5",
        "普文珍",
        "长粒香5kg",
    ):
        assert text.count(shown) == copies, shown
    assert said("Signature") in text


@pytest.mark.parametrize("paper", PAPERS)
def test_the_longest_names_are_not_cut(paper):
    long = receipt(
        lines=[
            ReceiptLine("长" * 200, "袋", 1, 10, 10, "型" * 60),
            ReceiptLine("Q" * 200, "u" * 40, 99999, 10, 1_000_000),
        ],
        worker="宽" * 200,
        clerk="倪" * 200,
        void_reason="错" * 200,
        proxy=ReceiptProxy("代" * 200, "眷" * 60, []),
    )
    pictures, text = read(receipt_pdf(long, paper))
    copies = 2 if paper == "A4x2" else 1
    assert [text.count(char) for char in "长Q宽倪错"] == [200 * copies] * 5
    assert text.count("型") == text.count("眷") == 60 * copies
    assert text.count("代") >= 200 * copies
    for picture in pictures:
        left, _top, right, _bottom = ink(picture)
        assert min(left, right) >= min(PAPERS[paper].margin, 16) - 0.4


def test_two_copies_stand_on_one_sheet():
    pdf = receipt_pdf(receipt(lines=receipt().lines * 3, proxy=ReceiptProxy("李小红", "女儿", ROUND)), "A4x2")
    [picture], [text] = read(pdf)[0], texts(pdf)
    halves = [cut(picture, 0, top, 210, 148) for top in (0, 149)]
    assert [codes(half) for half in halves] == [{CHECK}, {CHECK}]
    assert text.count("20261228-0001") == 2
    assert text.index(said("Shop's copy")) < text.index(said("Worker's copy"))
    assert ImageChops.difference(cut(halves[0], 0, 40, 210, 100), cut(halves[1], 0, 39.5, 210, 100))
    dashes = [y for y in range(picture.height) if 140 < y / MM < 157 and dashed(picture, y)]
    assert dashes
    assert all(abs(y / MM - 148.5) < 1 for y in dashes)


def dashed(picture, y):
    """Whether a row of a picture is a long line with gaps."""
    row = picture.crop((0, y, picture.width, y + 1)).point(lambda grey: 1 if grey < 200 else 0).tobytes()
    return row.count(b"\1\0") > 40


def test_a_long_receipt_takes_pages_of_its_own_for_each_copy():
    lines = [ReceiptLine(f"商品{number}", "袋", 1, 10, 10) for number in range(60)]
    pages = texts(receipt_pdf(receipt(lines=lines), "A4x2"))
    each = len(pages) // 2
    assert each > 1
    for copy, its_pages in (("Shop's copy", pages[:each]), ("Worker's copy", pages[each:])):
        for number, text in enumerate(its_pages, 1):
            assert said(copy) in text
            assert "20261228-0001" in text
            assert "".join(words.page_number(number, each).split()) in text
            assert said("Goods") in text or "商品" not in text
    assert len(texts(receipt_pdf(receipt(lines=lines), "A4"))) == each


@pytest.mark.parametrize("paper", PAPERS)
def test_there_is_room_to_sign_and_the_hand_is_drawn_there(paper):
    """A hand that goes round its field ends on the line; the line is 40 mm at least, with white above it."""
    signed, unsigned = (
        read(receipt_pdf(receipt(proxy=ReceiptProxy("李小红", "女儿", strokes)), paper))[0][0]
        for strokes in (ROUND, [])
    )
    if paper == "A4x2":
        signed, unsigned = (cut(picture, 0, 0, 210, 148) for picture in (signed, unsigned))
    left, top, right, bottom = ImageChops.difference(signed, unsigned).getbbox()
    assert (right - left) / (bottom - top) == pytest.approx(2.5, abs=0.2)
    assert (right - left) / MM >= 38
    line = max(range(bottom - 8, bottom + 2), key=lambda y: longest_run(unsigned, y))
    assert longest_run(unsigned, line) / MM >= 39.5
    assert abs(bottom - line) / MM < 0.8
    assert unsigned.crop((left, line - round(12 * MM), right, line - 3)).getextrema()[0] > 200


def test_a_dot_of_the_hand_is_drawn_too():
    dotted, empty = (
        read(receipt_pdf(receipt(proxy=ReceiptProxy("李小红", "女儿", strokes)), "58"))[0][0]
        for strokes in ([[500, 200]], [])
    )
    left, _top, right, _bottom = ImageChops.difference(dotted, empty).getbbox()
    assert 0.2 <= (right - left) / MM <= 1


@pytest.mark.parametrize("paper", PAPERS)
def test_who_came_for_the_worker_is_named_and_signs(paper):
    _pictures, text = read(receipt_pdf(receipt(proxy=ReceiptProxy("李小红", "女儿", [])), paper))
    assert said("Proxy's signature") in text
    assert said("Signature") not in text.replace(said("Proxy's signature"), "")
    assert "李小红" in text
    assert "女儿" in text
    _pictures, alone = read(receipt_pdf(receipt(), paper))
    assert said("Proxy's signature") not in alone
    assert said("Collected by") not in alone


@pytest.mark.parametrize("paper", PAPERS)
def test_a_void_receipt_and_a_reprint_say_so(paper):
    _pictures, valid = read(receipt_pdf(receipt(), paper))
    _pictures, void = read(receipt_pdf(receipt(void_reason="商品拿错", reprint=True), paper))
    assert said("VOID") not in valid
    assert said("VOID") in void
    assert "商品拿错" in void
    assert said("Redemption receipt (reprint)") in void


# The closing sheet.


def test_a_closing_sheet_lists_the_day_and_what_was_undone_on_it():
    [picture], text = read(closing_pdf(sheet()))
    assert min(ink(picture)) > 8
    for shown in ("20261228-0001", "20261228-0003", "20261117-0044", "别人拿卡来换的", "09:31", "13:30"):
        assert shown in text
    for shown in ("31.5", "12.5", "19", "-2", words.day(DAY), said("Manager's signature")):
        assert "".join(shown.split()) in text
    assert "已作废1" in text
    assert "普文珍已作废3" in text  # the second receipt, and then the row of the third
    assert text.count(said("Volunteer's signature")) == 2


def test_a_long_day_repeats_its_head_and_numbers_its_pages():
    pages = texts(closing_pdf(sheet(70)))
    assert len(pages) >= 3
    for number, text in enumerate(pages, 1):
        assert "".join(words.page_number(number, len(pages)).split()) in text
        assert "天台村爱心超市" in text
    with_rows = [text for text in pages if "20261228-00" in text]
    assert len(with_rows) >= 2
    assert all(said("Served by") in text for text in with_rows)


def test_an_empty_day_says_so_and_a_day_of_voids_is_none():
    nothing = {"total_out": 0, "total_back": 0, "goods": []}
    _pictures, empty = read(closing_pdf(sheet(0, voids=[], **nothing)))
    assert said("Nothing was redeemed and nothing voided on this day.") in empty
    assert said("Reason") not in empty
    _pictures, voided = read(closing_pdf(sheet(0)))
    assert said("Nothing was redeemed and nothing voided on this day.") not in voided
    assert "20261117-0044" in voided


# The labels.


def test_every_label_of_a_sheet_can_be_scanned_where_it_stands():
    given = [label(number) for number in range(161, 184)]
    told = []
    given.append(label(0, code="6901028075831"))
    pictures, text = read(labels_pdf([*given, label(184)], told.append))
    assert [len(codes(picture)) for picture in pictures] == [24, 1]
    assert told == [24, 25]
    for place, one in enumerate(given):
        picture = place_of(pictures[0], place)
        assert codes(picture) == {one.code}
        assert one.code in text
        [found] = zxingcpp.read_barcodes(picture)
        corners = found.position
        assert (corners.top_right.x - corners.top_left.x) / MM >= 15
        quiet = 4 * 15 * MM / 21
        around = (
            corners.top_left.x - quiet,
            corners.top_left.y - 1,
            corners.top_left.x - 3,
            corners.bottom_left.y,
        )
        assert picture.crop(tuple(map(round, around))).getextrema()[0] > 200


def place_of(picture, place):
    row, column = divmod(place, LABELS_ACROSS)
    return cut(
        picture, column * LABEL_WIDE_MM, labels.TOP_MM + row * LABEL_HIGH_MM, LABEL_WIDE_MM, LABEL_HIGH_MM
    )


def test_nothing_crosses_the_edge_of_a_label():
    given = [wild_label(number) for number in range(24)]
    [picture], text = read(labels_pdf(given))
    assert "长…" in text
    for place, one in enumerate(given):
        assert codes(place_of(picture, place)) == {one.code}
        assert min(ink(place_of(picture, place))) >= 3


def test_a_label_reads_name_price_and_unit_in_chinese():
    with force_locale("en"):
        _pictures, text = read(labels_pdf([label(174, price=285)]))
    for shown in ("大米", "长粒香5kg", "28.5", "分/袋", "00174"):
        assert shown in text


# The donation receipt and the consignment note.


def test_a_donation_receipt_thanks_in_chinese_and_leads_to_the_donor_s_page():
    with force_locale("en"):
        [picture], text = read(donation_pdf(donated()))
    assert codes(picture) == {DONOR_PAGE}
    for shown in (
        "捐赠收据",
        "感谢牟定县供销社",
        "长粒香5kg",
        "40",
        "2027年6月30日",
        "盖章处",
        "普文珍",
        "以下空白",
    ):
        assert shown in text
    assert "元" not in text
    assert ink(picture)[3] > 8
    assert cut(picture, 0, 160, 210, 100).getextrema()[0] == 255  # half a page is enough


def test_a_consignment_note_has_a_line_for_each_side():
    [_picture], text = read(consignment_pdf(consigned()))
    for shown in ("天台村爱心超市", "庄头村爱心超市", "DB20261228-01", "09:30", "临期的先兑换", "长粒香5kg"):
        assert shown in text
    for label in ("Sender's signature", "Receiver's signature", "(nothing below this line)"):
        assert text.count(said(label)) == 1


def test_a_voucher_adds_up_and_has_three_lines_to_sign():
    [_picture], text = read(voucher_pdf(voucher()))
    for shown in (
        "2026-0017",
        "牟定县供销社",
        "04531202",
        "长粒香5kg",
        "12.50",
        "500.00",
        "650.00",
        "起家荣",
    ):
        assert shown in text
    assert "人民币陆佰伍拾元整" in text
    for words_once in ("经办人", "验收人", "审批人", said("(nothing below this line)")):
        assert text.count(words_once) == 1
    _pictures, text = read(voucher_pdf(voucher(cost=None, uncosted=52)))
    assert "0.00" not in text  # what nobody knows costs not nothing
    assert "52" in text


def test_short_vouchers_share_a_sheet_and_a_long_one_has_its_own():
    long = [(f"货品{number}", "", "袋", number, None) for number in range(20)]
    pages = texts(
        voucher_pdf(*(voucher(number=f"BS-{n}", items=long if n == 3 else ITEMS) for n in range(1, 7)))
    )
    assert [[f"BS-{n}" for n in range(1, 7) if f"BS-{n}" in page] for page in pages] == [
        ["BS-1", "BS-2"],
        ["BS-3"],
        ["BS-4", "BS-5"],
        ["BS-6"],
    ]


def test_a_long_list_of_goods_keeps_its_head():
    items = [(f"货品{number}", "", "袋", number, None) for number in range(60)]
    for pdf in (
        donation_pdf(donated(items)),
        consignment_pdf(consigned(items)),
        voucher_pdf(voucher(items)),
    ):
        pages = texts(pdf)
        assert len(pages) > 1
        with force_locale("zh"):
            assert all("规格" in text for text in pages if "货品5" in text)
