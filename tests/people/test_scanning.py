"""What a scanner sends is understood, whatever stands between it and the page: tests/scanned.json."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, gs1_128

from people.scanning.elements import SEPARATOR, read_elements
from people.scanning.reading import Kind, read_scan
from tests.product import PACKAGES

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests" / "scanned.json").read_text())
FIELD = re.compile(r'id="scan"|data.scannable')


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_what_is_sent_is_understood(case):
    scan = read_scan(case["sent"])
    assert (scan.kind, scan.value) == (case["kind"], case["value"])
    assert scan.quantity == case.get("quantity", "")
    assert scan.last_good_day == (date.fromisoformat(case["good"]) if "good" in case else None)
    assert scan.is_mended == case.get("mended", False)


def test_the_table_has_every_kind():
    assert {case["kind"] for case in CASES} == {*Kind}


@given(st.integers(0, 10**12 - 1))
def test_a_barcode_that_lost_its_first_digit_is_itself(number):
    """It is never another article's, and it says so, but for a zero, which UPC-A leaves out."""
    code = f"{number:012d}"
    code += ean.calc_check_digit(code)
    cut = read_scan(code[1:])
    assert (cut.kind, cut.value) == (Kind.ARTICLE, code)
    assert cut.is_mended == (code[0] != "0")


BATCH = st.text("ABC123-/.", min_size=1, max_size=20)
DAYS = st.dates(date(2000, 1, 1), date(2049, 12, 31))


@given(st.integers(0, 10**13 - 1), DAYS, BATCH, st.integers(0, 999_999))
def test_element_strings_are_read_as_the_library_writes_them(number, day, batch, grams):
    """python-stdnum knows every identifier; what it writes falls apart into the same pieces here."""
    gtin = f"{number:013d}"
    gtin += ean.calc_check_digit(gtin)
    facts = {"01": gtin, "17": day, "10": batch, "21": batch, "3103": f"{grams / 1000:.3f}"}
    elements = read_elements(gs1_128.encode(facts, SEPARATOR))
    assert elements == read_elements(
        gs1_128.encode(facts, SEPARATOR, parentheses=True).replace(SEPARATOR, "")
    )
    assert (elements["01"], elements["17"], elements["10"], elements["21"]) == (
        gtin,
        f"{day:%y%m%d}",
        batch,
        batch,
    )


def test_codes_are_told_apart_in_one_place():
    """Whatever else asks what a code is would know other prefixes, widths and lengths."""
    elsewhere = [
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if re.search(r"(ean|damm|gs1_128)\.(is_valid|validate)\(", file.read_text())
        and file.parent.name != "scanning"
    ]
    assert elsewhere == []


def test_each_field_for_a_scanner_hears_it_wherever_the_focus_is():
    """The page of a scan field loads a script that wakes the one listener."""
    scripts = {file.name for file in (ROOT / "static").glob("*.js") if "gun.js" in bundle(file)}
    assert scripts == {"count.js", "delivery.js", "desk.js", "scanned.js", "training.js"}
    texts = {file: file.read_text() for file in (ROOT / "templates").rglob("*.html")}
    shared = re.compile(r"(scan_field|next_card)\(")
    pages = [file for file, text in texts.items() if FIELD.search(text) or shared.search(text)]
    assert len(pages) >= 6
    for page in pages:
        assert page.name.endswith("_parts.html") or any(
            f"filename='{script}'" in texts[page] for script in scripts
        ), page


def bundle(script, seen=()):
    """A script with all that it imports."""
    text = script.read_text()
    inner = [(script.parent / name).resolve() for name in re.findall(r'from "(\./[^"]+|\.\./[^"]+)"', text)]
    return text + "".join(bundle(each, (*seen, script)) for each in inner if each not in (*seen, script))
