"""One cell of an office table: what a clerk meant, or why it is not known."""

from datetime import date, datetime, time
from functools import partial

import pytest

from ground import tables
from ground.figures import NO_IDENTITY_NUMBER
from ground.refusal import Refused
from ground.tables.cells import EPOCH

moment = datetime.fromisoformat
BAD = "bad_cell"


def converted(converter, value, *limits):
    """What a converter makes of a cell; for a refusal, its name."""
    try:
        return converter(value, *limits)
    except Refused as refused:
        return refused.code if str(refused.message) else None


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (None, None),
        ("", None),
        (" \u3000\u200b\ufeff\xa0", None),
        ("\ufeff 司法局\u3000", "司法局"),
        ("a \u3000\n b", "a b"),
        ("a\0\x07b", "ab"),
        ("'=1+1", "=1+1"),
        ("'＝1", "＝1"),
        ("'t Hooft", "'t Hooft"),
        ("=1+1", "=1+1"),
        (12.0, "12"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (10**15, BAD),
        (float("inf"), BAD),
        (date(2026, 1, 2), BAD),
        (time(0, 0), BAD),
        ("#N/A", BAD),
        ("#DIV/0!", BAD),
        (" #NAME? ", BAD),
        ("#1楼", "#1楼"),
        ("一" * 20, "一" * 20),
        ("一" * 21, BAD),
        ("𡋾" * 20, "𡋾" * 20),
    ],
)
def test_text(value, clean):
    assert converted(tables.text, value, 20) == clean


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("张　三", "张三"),
        (" 欧阳 明 ", "欧阳明"),
        ("𡋾 三", "𡋾三"),
        ("阿依 • 木", "阿依·木"),
        ("Li  Si", "Li Si"),
        ("\u200b", None),
        ("张" * 11, BAD),
    ],
)
def test_name(value, clean):
    assert converted(tables.name, value, 10) == clean


@pytest.mark.parametrize(
    ("value", "code", "digits"),
    [
        (None, None, None),
        ("  ", None, None),
        (532323101001.0, "532323101001", "532323101001"),
        (532323101001, "532323101001", "532323101001"),
        ("５３２３２３ １０１００１", "532323101001", "532323101001"),
        ("'00123", "00123", "00123"),
        ("ＷＧ—０１", "WG-01", BAD),
        ("1E5", "1E5", BAD),
        ("٣٤", "٣٤", BAD),
        ("5.32323E+11", BAD, BAD),
        ("5e+11", BAD, BAD),
        (5.32323101001e17, BAD, BAD),
        (moment("2026-01-02"), BAD, BAD),
        ("#REF!", BAD, BAD),
        ("1" * 13, BAD, BAD),
    ],
)
def test_codes(value, code, digits):
    assert converted(tables.code, value, 12) == code
    assert converted(tables.digits, value, 12) == digits


def test_a_code_that_was_a_number_may_have_lost_zeros():
    assert [tables.was_number(value) for value in (1, 1.0, "1", True, None)] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (None, None),
        (" - ", None),
        (13900000000, "13900000000"),
        (13900000000.0, "13900000000"),
        ("１３９ ００００－００００", "13900000000"),
        ("+86 139-0000-0000", "13900000000"),
        ("008613900000000", "13900000000"),
        ("8613900000000", "13900000000"),
        ("（0878）5211234", "08785211234"),
        ("+86 0878 5211234", "08785211234"),
        ("86123456", "86123456"),
        ("12345", "12345"),
        ("400—800—1234", "4008001234"),
        ("1390000000", BAD),
        ("139000000000", BAD),
        ("1234", BAD),
        ("1234567890123", BAD),
        ("13900000000/13900000001", BAD),
        ("无", BAD),
        ("1.39E+10", BAD),
    ],
)
def test_phone(value, clean):
    assert converted(tables.phone, value) == clean


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (None, None),
        (8, 8),
        (8.0, 8),
        ("８", 8),
        ("8户", 8),
        ("3口", 3),
        ("3 人", 3),
        (" 8 年 ", 8),
        ("8.00", 8),
        ("1,000", 1000),
        (0, 0),
        ("1000", 1000),
        (1001, BAD),
        (-1, BAD),
        (8.5, BAD),
        ("8半", BAD),
        ("8万", BAD),
        ("约8", BAD),
        ("八", BAD),
        ("5-10", BAD),
        ("9" * 5000, BAD),
        (True, BAD),
        (date(1900, 1, 8), BAD),
        ("#VALUE!", BAD),
    ],
)
def test_whole(value, clean):
    assert converted(tables.whole, value, 0, 1000) == clean


FIFTH = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (None, None),
        (FIFTH, FIFTH),
        (moment("2026-01-05T23:59"), FIFTH),
        (46027, FIFTH),
        (46027.75, FIFTH),
        ("46027", FIFTH),
        (20260105, FIFTH),
        (20260105.0, FIFTH),
        ("2026-01-05", FIFTH),
        ("2026/1/5", FIFTH),
        ("2026.1.5", FIFTH),
        ("2026年1月5日", FIFTH),
        ("２０２６ 年 １ 月 ５ 号", FIFTH),
        ("2026—01—05", FIFTH),
        ("20260105", FIFTH),
        ("2026-01-05 00:00:00", FIFTH),
        ("2026-01-05T08:30:00", FIFTH),
        ("1950-01-01", date(1950, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
        ("1949-12-31", BAD),
        ("2101-01-01", BAD),
        (18263, BAD),
        ("2026-02-30", BAD),
        ("2026年1月", BAD),
        ("202601", BAD),
        (2026.1, BAD),
        (2026, BAD),
        ("26.1.5", BAD),
        ("26年1月5日", BAD),
        ("1/5/2026", BAD),
        ("明天", BAD),
        (-5, BAD),
        (1e300, BAD),
        (float("inf"), BAD),
        (True, BAD),
        (time(8, 30), BAD),
        ("#VALUE!", BAD),
    ],
)
def test_day(value, clean):
    assert converted(partial(tables.day, epoch=EPOCH), value) == clean


def test_a_day_that_is_refused_says_what_it_lacks():
    def reason(value):
        with pytest.raises(Refused) as caught:
            tables.day(value, EPOCH)
        return str(caught.value.message)

    assert len({reason(value) for value in ("2026年1月", "26.1.5", "2026-02-30", "1900-01-01", "x")}) == 5
    assert reason("2026") == reason("2026年1月") == reason("202601")


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (None, None),
        (1961, 1961),
        (1961.0, 1961),
        (1961.05, 1961),
        ("１９６１", 1961),
        ("1961年", 1961),
        ("1961 年出生", 1961),
        ("1961年5月", 1961),
        ("1961.05", 1961),
        ("1961-05-12", 1961),
        (196105, 1961),
        ("19610512", 1961),
        (date(1961, 5, 12), 1961),
        (22413, 1961),
        (date(1905, 5, 14), BAD),
        (1899, BAD),
        (2101, BAD),
        (61, BAD),
        ("61年", BAD),
        ("196113", BAD),
        ("532323196105121234", BAD),
        ("不详", BAD),
        (time(0, 0), BAD),
        (True, BAD),
    ],
)
def test_year(value, clean):
    assert converted(partial(tables.year, epoch=EPOCH), value) == clean


def test_choice():
    words = {"男": 1, "女": 2, "男性": 1, "党员(正式)": 3, "1": 1}
    cells = [None, " 男\u3000", "男 性", "党员（正式）", 1.0]
    assert [tables.choice(cell, words) for cell in cells] == [None, 1, 1, 3, 1]
    with pytest.raises(Refused) as caught:
        tables.choice("公", words)
    assert "男、女、党员(正式)" in str(caught.value.message)


@pytest.mark.parametrize(
    "convert", [tables.text, tables.name, tables.code, tables.digits], ids=lambda each: each.__name__
)
def test_no_cell_with_the_number_of_an_identity_card_is_taken(convert):
    for written in ("532323196807041211", " 53232319680704106x", "李四 532323 19680704 1211"):
        with pytest.raises(Refused, match="bad_cell") as caught:
            convert(written, 200)
        assert caught.value.message == NO_IDENTITY_NUMBER
