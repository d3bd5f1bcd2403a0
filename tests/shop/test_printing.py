"""Receipts without a dialogue: dot by dot to the shop's printer or a file, and in the way of nothing."""

import re
from dataclasses import replace
from threading import Lock
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app import check_printers
from ground.db import db
from ground.paper import printer
from people.models import AuditEvent
from shop.desk import redemptions
from shop.models import ReceiptPrinter as Kind
from shop.models import Redemption
from shop.paper.dots import DOTS_WIDE, receipt_commands
from shop.paper.receipt import PAPERS, ROLL_END_MM, receipt_pdf
from shop.shelf.printing import Printing, set_printing
from tests import printed
from tests.cast import VILLAGE
from tests.shop.receiptprinter import ReceiptPrinter, drawn
from tests.shop.test_printed import CHECK, receipt
from tests.story import count, do, refusal, refused

HERE = f"/v/{VILLAGE}"
NETWORK = Printing("58", Kind.NETWORK, "192.168.8.20", by_itself=True)


@pytest.fixture
def roll(monkeypatch):
    """A printer that is on; this machine counts as its network."""
    printer_here = ReceiptPrinter()
    monkeypatch.setenv("AIXIN_PRINTERS", "127.0.0.0/8 192.168.8.0/24")
    monkeypatch.setattr(printer, "PORT", printer_here.port)
    yield printer_here
    printer_here.close()


@pytest.fixture
def handed_out(cast, desk):
    """Two pieces of soap, handed out just now."""
    return do(redemptions.redeem, uuid4().hex, cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)


def print_of(redemption):
    return f"{HERE}/redemptions/{redemption.id}/print"


def reprints():
    """How many reprints the trail tells."""
    db.session.rollback()
    written = select(func.count()).where(AuditEvent.action == "receipt.reprint")
    return db.session.scalar(written)


BY_SCRIPT = {"Accept": "application/json"}


# --- What is printed ---


@pytest.mark.parametrize(("paper", "dots"), [("58", 384), ("80", 576)])
def test_a_receipt_is_drawn_as_wide_as_the_printer_and_its_code_is_read(plain_app, paper, dots):
    with plain_app.test_request_context():
        signed = receipt(worker="𬱖*㛃", proxy=None)
        sheet = drawn(receipt_commands(signed, paper))
        other = drawn(receipt_commands(replace(signed, total=365), paper))
    assert sheet.width == dots == DOTS_WIDE[paper]
    assert printed.codes(sheet) == {CHECK}
    assert sheet.getextrema() == (0, 255)
    assert sheet.tobytes() != other.tobytes()  # a figure is in the picture
    assert sheet.crop((0, 0, dots, 16)).getextrema()[0] == 0  # no roll is spent on margins


@pytest.mark.parametrize("paper", DOTS_WIDE)
def test_the_roll_shows_what_the_pdf_shows(plain_app, paper):
    """One layout: the same ink at the same place, within a dot."""
    with plain_app.test_request_context():
        made = receipt(void_reason="商品拿错")
        sheet = drawn(receipt_commands(made, paper))
        [page], _text = printed.read(receipt_pdf(made, paper))
    room = PAPERS[paper].room
    part = printed.cut(page, PAPERS[paper].margin, ROLL_END_MM, room, sheet.height / 8)
    rough = (60, round(60 * sheet.height / sheet.width))
    difference = [
        abs(one - other)
        for one, other in zip(sheet.resize(rough).tobytes(), part.resize(rough).tobytes(), strict=True)
    ]
    assert sum(difference) / len(difference) < 12


# --- How the shop decides ---


def test_the_manager_decides_and_the_trail_tells(cast, client_of, roll):
    manager, volunteer = client_of(cast.manager), client_of(cast.volunteer)
    form = {"paper": "80", "printer": "network", "address": "１９２.168.8.20 ", "by_itself": "y"}
    assert volunteer.get(f"{HERE}/printing").status_code == 403
    assert volunteer.post(f"{HERE}/printing", data=form).status_code == 403
    assert manager.post(f"{HERE}/printing", data=form).status_code == 302
    shop = cast.shop
    assert (shop.paper, shop.printer, shop.printer_address, shop.prints_itself) == (
        "80",
        Kind.NETWORK,
        "192.168.8.20",
        True,
    )
    page = manager.get(f"{HERE}/printing").text
    assert 'value="192.168.8.20"' in page
    told = client_of(cast.chair).get(f"/a/{VILLAGE}/audit").text
    for words in ("改了凭证怎么打", "80 毫米", "网络小票打印机", "192.168.8.20"):
        assert words in told
    browser = {"paper": "A4", "printer": ""}
    typed = manager.post(f"{HERE}/printing", data=browser | {"address": "192.168.8.21"})
    assert (typed.status_code, 'id="address-error"' in typed.text) == (422, True)  # it would be dropped
    assert manager.post(f"{HERE}/printing", data=browser | {"address": "192.168.8.20"}).status_code == 302
    assert (cast.shop.printer, cast.shop.printer_address, cast.shop.prints_itself) == (None, None, False)


ELSEWHERE = (
    *("127.0.0.1", "8.8.8.8", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1", "172.32.0.1"),
    *("::1", "fd00:ec2::254", "::ffff:192.168.1.5", "localhost", "printer.lan", "192.168.1", "3232235777"),
    *("192.168.1.5:80", "http://192.168.1.5", "192.168.1.05", "0xC0.168.1.5", "", "192.168.1.5/24"),
)


def test_a_printer_stands_in_the_own_network_and_nowhere_else(cast, client_of):
    """Neither on this machine nor in the internet, nor at what tells clouds' secrets, nor by a name."""
    for address in ("192.168.1.50", "10.0.0.9", "172.16.0.1", "172.31.255.254"):
        assert printer.checked_address(f" {address} ") == address
    for address in ELSEWHERE:
        told = refused(
            "bad_printer", set_printing, cast.shop, replace(NETWORK, address=address), cast.manager
        )
        assert told.field == "address"
    form = {"paper": "58", "printer": "network", "address": "8.8.8.8"}
    answer = client_of(cast.manager).post(f"{HERE}/printing", data=form)
    assert answer.status_code == 422
    assert 'id="address-error"' in answer.text
    assert 'value="8.8.8.8"' in answer.text
    assert cast.shop.printer is None


def test_the_operator_narrows_it_and_what_was_kept_prints_no_more(
    cast, client_of, handed_out, roll, monkeypatch
):
    do(set_printing, cast.shop, NETWORK, cast.manager)
    monkeypatch.setenv("AIXIN_PRINTERS", "10.9.0.0/16")
    refused("bad_printer", set_printing, cast.shop, NETWORK, cast.manager)
    answer = client_of(cast.volunteer).post(print_of(handed_out), headers=BY_SCRIPT)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_printer")
    monkeypatch.setenv("AIXIN_PRINTERS", "")
    refused("bad_printer", set_printing, cast.shop, NETWORK, cast.manager)
    assert roll.sheets == []


def test_networks_that_are_none_stop_the_start(monkeypatch):
    monkeypatch.setenv("AIXIN_PRINTERS", "192.168.8.20/24")
    with pytest.raises(SystemExit, match="AIXIN_PRINTERS"):
        check_printers()


def test_what_does_not_go_together_is_refused(cast):
    for code, wrong in (
        ("bad_paper", replace(NETWORK, paper="A4")),
        ("bad_paper", replace(NETWORK, paper=None)),
        ("bad_paper", Printing("A5")),
        ("bad_paper", Printing("A4", Kind.PHONE)),
        ("not_by_itself", Printing("58", Kind.PHONE, by_itself=True)),
        ("bad_paper", Printing(by_itself=True)),
    ):
        refused(code, set_printing, cast.shop, wrong, cast.manager)
    assert cast.shop.paper is None


def test_a_trial_sheet_shows_whether_it_prints(cast, client_of, roll):
    manager, trial = client_of(cast.manager), f"{HERE}/printing/trial"
    assert manager.post(trial).status_code == 404
    do(set_printing, cast.shop, replace(NETWORK, paper="80", address="127.0.0.1"), cast.manager)
    assert client_of(cast.volunteer).post(trial).status_code == 403
    assert "打印机收下了" in manager.post(trial, follow_redirects=True).text
    assert roll.sheet().width == 576
    roll.close()
    assert "打印机没有应答" in manager.post(trial, follow_redirects=True).text


# --- The desk ---


@pytest.fixture
def with_printer(cast, roll):
    """The shop has that printer."""
    do(set_printing, cast.shop, replace(NETWORK, address="127.0.0.1"), cast.manager)
    return roll


def test_the_printer_prints_and_the_second_time_it_is_a_reprint(cast, desk, handed_out, with_printer):
    answer = desk.post(print_of(handed_out), headers=BY_SCRIPT)
    assert answer.json == {"said": f"{handed_out.number} 的凭证已送到打印机。"}
    first = with_printer.sheet()
    assert printed.codes(first) == {f"HTTP://LOCALHOST/R/{handed_out.code}"}
    assert reprints() == 0
    assert desk.post(print_of(handed_out), data={"reprint": "1"}).status_code == 302
    again = with_printer.sheet()
    assert printed.codes(again) == printed.codes(first)
    assert again.tobytes() != first.tobytes()
    assert reprints() == 1


def test_while_the_printer_is_waited_for_nothing_is_read_or_written(
    cast, desk, handed_out, with_printer, monkeypatch
):
    open_meanwhile = []
    monkeypatch.setattr(
        printer, "hand_over", lambda *_sent: open_meanwhile.append(db.session().in_transaction())
    )
    desk.post(print_of(handed_out), data={"reprint": "1"})
    assert open_meanwhile == [False]


def test_a_printer_that_is_off_undoes_nothing(cast, desk, handed_out, with_printer):
    with_printer.close()
    for headers, status in ((BY_SCRIPT, 422), ({}, 302)):
        answer = desk.post(print_of(handed_out), headers=headers)
        assert answer.status_code == status
    page = desk.get(answer.headers["Location"]).text
    assert f"打印机没有应答。{handed_out.number} 已经兑换记好了，凭证可以再打一次。" in page
    assert count(Redemption) == 1
    assert handed_out.void is None


def test_a_printer_prints_one_sheet_after_the_other(roll, monkeypatch):
    monkeypatch.setattr(printer, "FOUND_SECONDS", 0.05)
    busy = printer._turns.setdefault("127.0.0.1", Lock())
    with busy, refusal("printer_silent"):
        printer.hand_over("127.0.0.1", b"")
    printer.hand_over("127.0.0.1", b"\x1b@\x1dv0\0\1\0\1\0\xff\x1dVB\0")
    assert roll.sheet().tobytes() == b"\0" * 8


def test_only_who_serves_here_prints_and_only_on_a_printer_that_was_set_up(cast, client_of, handed_out, roll):
    print_here = print_of(handed_out)
    assert client_of(cast.volunteer).post(print_here).status_code == 404
    do(set_printing, cast.shop, replace(NETWORK, address="127.0.0.1"), cast.manager)
    assert client_of(cast.clerk).post(print_here).status_code == 403
    assert client_of(cast.outside_volunteer).post(print_here).status_code == 404
    assert roll.sheets == []


def test_the_file_is_what_the_printer_would_be_sent(cast, desk, handed_out):
    answer = desk.get(f"{HERE}/redemptions/{handed_out.id}/receipt.bin?paper=80")
    assert printed.codes(drawn(answer.data)) == {f"HTTP://LOCALHOST/R/{handed_out.code}"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].endswith(f'receipt-{handed_out.number}.bin"')
    assert desk.get(f"{HERE}/redemptions/{handed_out.id}/receipt.bin?paper=A4").status_code == 404


def test_only_our_own_pages_put_a_receipt_into_a_frame(desk, handed_out):
    framed = desk.get(f"{HERE}/redemptions/{handed_out.id}/receipt.pdf").headers
    assert framed["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    sheet = desk.get(f"{HERE}/desk/codes.pdf").headers
    assert sheet["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert sheet["X-Frame-Options"] == "DENY"


# --- The page ---


def test_the_page_shows_what_the_shop_has_and_nothing_else(cast, desk, handed_out):
    done = f"{HERE}/desk?done={handed_out.id}"

    def shown():
        page = re.sub(r"(?s)<template.*?</template>", "", desk.get(done).text)
        words = ("58 毫米", "80 毫米", "两联", ">打印凭证", ">手机打印助手", "下载", "data-by-itself")
        return [word for word in words if word in page]

    everything = shown()
    assert everything[:3] == ["58 毫米", "80 毫米", "两联"]
    ways = {
        Printing("80"): [">打印凭证"],
        Printing("58", Kind.PHONE): [">手机打印助手", "下载"],
        replace(NETWORK, address="192.168.8.20"): [">打印凭证"],
    }
    for printing, words in ways.items():
        do(set_printing, cast.shop, printing, cast.manager)
        assert shown() == words


def test_the_desk_prints_by_itself_once(cast, desk, with_printer):
    """On the page that comes right after, and not where somebody looks at it again."""
    form = {"key": uuid4().hex, f"goods-{cast.goods.id}": "1"}
    done = desk.post(f"{HERE}/desk/{cast.card.number}", data=form).headers["Location"]
    assert ["data-by-itself" in desk.get(done).text for _look in range(2)] == [True, False]
    do(set_printing, cast.shop, replace(NETWORK, by_itself=False, address="127.0.0.1"), cast.manager)
    form = {"key": uuid4().hex, f"goods-{cast.goods.id}": "1"}
    done = desk.post(f"{HERE}/desk/{cast.card.number}", data=form).headers["Location"]
    assert "data-by-itself" not in desk.get(done).text
