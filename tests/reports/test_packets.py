"""The packet of a quarter: all its papers in one file, made after the booking, kept and checked as made."""

from hashlib import sha256
from time import monotonic

import pytest
import sqlalchemy as sa
from pypdfium2 import PdfDocument

from demo.making import DEMO_VILLAGES
from ground.clock import Quarter, now
from ground.db import db, transaction
from people import areas
from people.models import AuditEvent, User
from points.assessment import assessments, opening
from points.models import AssessmentState
from points.wall import correcting
from points.wall.packet import PACKET_PARTS
from reports.models import Packet
from reports.packet import packets
from shop.offline import journal
from shop.offline.entries import read_entry
from tests.cast import VILLAGE, counted
from tests.printed import RARE, texts
from tests.reports.kept import keep_packet
from tests.shop.offlinedesk import Browser
from tests.story import do, refusal
from tests.tampering import tamper

HERE = f"/v/{VILLAGE}/quarters/2025Q1/packets"
PARTS = [
    *("积分细则", "会议记录", "公示", "异议与答复", "积分入账单", "兑换登记簿", "出入库单"),
    *("进销存台账（按货品）", "五公开", "账本校验码"),
]


@pytest.fixture
def booked(cast):
    """A quarter with 12.5 points of a worker, booked."""
    return cast.earn(cast.worker, 125)


def made(app, assessment, actor, key="p" * 16):
    """A packet of the quarter, made as by the button."""
    with app.test_request_context():
        steps = list(packets.make(key, assessment.id, actor.id))
        assert steps == list(range(1, len(PACKET_PARTS.items()) + 1))
    db.session.rollback()
    return packets.packets_of(assessment)[0]


def test_a_packet_holds_every_paper_with_contents_and_page_numbers(app, cast, booked):
    """What the parts say by themselves stands in it, each page has its number, each part its bookmark."""
    packet = made(app, booked, cast.clerk)
    pages = texts(packet.content)
    assert packet.pages == len(pages)
    for number, page in enumerate(pages, 1):
        assert f"档案第{number}页共{len(pages)}页" in page
    with PdfDocument(packet.content) as document:
        marks = [(mark.get_title(), mark.get_dest().get_index() + 1) for mark in document.get_toc()]
        assert {round(min(page.get_size())) for page in document} == {595}
    assert [title for title, _page in marks] == [f"{place}. {part}" for place, part in enumerate(PARTS, 1)]
    assert "".join(str(page) for _title, page in marks) in pages[1]
    text = "".join(pages)
    notice = assessments.whole_notice(booked)
    assert text.count(notice.digest) == 2  # on the notice, and computed again
    assert "档案2025Q1-1" in pages[0]
    assert cast.worker.name in text
    assert "评议加分" in text
    assert "本季度没有此项内容。" in text
    assert packet.digest == sha256(packet.content).hexdigest()
    assert packet.size == len(packet.content) < 300_000
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "packet.make")).one()
    assert (event.actor_id, event.detail["pages"]) == (cast.clerk.id, packet.pages)


def test_a_later_packet_stands_beside_the_first(app, cast, booked):
    """After a correction the last one is old; a new one has the next number, the first stays as it was."""
    first = made(app, booked, cast.clerk)
    kept = first.content
    assert not packets.is_outdated(first)
    with app.test_request_context():
        assert list(packets.make("p" * 16, booked.id, cast.clerk.id)) == []  # the same key again
    with transaction():
        opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        award = assessments.award_of(booked, cast.worker)
        correcting.correct(award, 100, f"同一件事记了两次{RARE}", "c" * 32, cast.chair)
    assert packets.is_outdated(first)
    second = made(app, booked, cast.chair, "q" * 16)
    assert (first.number, second.number) == (1, 2)
    assert not packets.is_outdated(second)
    assert db.session.get_one(Packet, first.id).content == kept
    before, after = ("".join(texts(packet.content)) for packet in (first, second))
    assert "同一件事记了两次" in after
    assert "入账积分合计12.5" in before
    assert ("U+212FE" in before, "U+212FE" in after) == (False, True)
    assert ("更正后合计" in before, "更正后合计10" in after) == (False, True)


def test_a_redemption_that_a_desk_brings_in_late_makes_the_packet_old(cast, clock, client_of):
    """It stands under the day of the hand-out, in the register of a quarter whose packet is made already."""
    cast.earn(cast.worker, 1000)
    browser = Browser()
    clock.turn_to(Quarter(2025, 2).last_day)
    with transaction():
        browser.take(cast.shop, cast.volunteer)
    entry = browser.hand_out(cast.card.number, {cast.goods.id: 1}, int(now().timestamp()))
    second = cast.earn(cast.worker, 10)
    clock.turn_to(second.booked_at)
    keep_packet(second, cast.clerk)
    packet = packets.packets_of(second)[0]
    assert not packets.is_outdated(packet)
    do(journal.book, browser.lease, read_entry(browser.lease, entry["text"], entry["signature"]), cast.clerk)
    assert packets.is_outdated(packet)
    page = client_of(cast.clerk).get(HERE.replace("2025Q1", "2025Q2")).text
    assert "又有入账、更正，或者补传了本季度的兑换" in page


def test_a_packet_is_made_of_a_booked_quarter_alone(app, cast):
    """Before that there is nothing to keep."""
    with transaction():
        quarter = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
    assert quarter.state == AssessmentState.COLLECTING
    with app.test_request_context(), refusal("not_booked"):
        list(packets.make("p" * 16, quarter.id, cast.clerk.id))


def test_verify_names_a_packet_whose_bytes_were_changed(app, cast, booked):
    """Whoever changes one behind the program's back is found; the program itself cannot."""
    keep_packet(booked, cast.clerk)
    packet = packets.packets_of(booked)[0]
    assert list(packets.problems()) == []
    with pytest.raises(sa.exc.DatabaseError), transaction() as session:
        session.execute(sa.update(Packet).values(pages=2))
    tamper(f"UPDATE packet SET size = size + 1 WHERE id = {packet.id}")
    assert list(packets.problems()) == [
        f"packet 2025Q1-1 of {cast.village.name}: its bytes have another SHA-256"
    ]
    result = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert result.exit_code == 1
    assert "packet 2025Q1-1" in result.output


def test_clerk_and_chair_make_it_and_others_do_not_read_it(client_of, cast, booked):
    """From the quarter's page, at one button; its slip bears the digest."""
    clerk = client_of(cast.clerk)
    assert HERE in clerk.get(f"/v/{VILLAGE}/quarters/2025Q1").text
    assert "还没有档案" in clerk.get(HERE).text
    answer = clerk.post(HERE, data={"key": "b" * 32})
    assert (answer.status_code, answer.location) == (302, HERE)
    packet = packets.packets_of(booked)[0]
    page = client_of(cast.chair).get(HERE).text
    assert packet.digest[:4] in page
    assert clerk.get(f"{HERE}/1.pdf").data == packet.content
    slip = "".join(texts(clerk.get(f"{HERE}/1/slip.pdf").data))
    assert packet.digest in slip
    assert clerk.get(f"{HERE}/2.pdf").status_code == 404
    for other in (cast.supervisor, cast.township_user, cast.manager):
        assert client_of(other).get(f"{HERE}/1.pdf").status_code == 403
        assert HERE not in client_of(other).get(f"/v/{VILLAGE}/quarters/2025Q1").text


def test_the_list_reads_no_packet_and_opening_one_computes_its_digest(client_of, cast, booked):
    keep_packet(booked, cast.clerk)
    clerk, (packet,) = client_of(cast.clerk), packets.packets_of(booked)
    with counted() as sent:
        page = clerk.get(HERE).text
    assert packet.code in page
    assert not [statement for statement in sent if "packet.content" in statement]
    tamper("UPDATE packet SET digest = 'f' || substr(digest, 2), size = size + 1")
    answer = clerk.get(f"{HERE}/1.pdf", follow_redirects=True)
    assert (answer.mimetype, answer.request.path) == ("text/html", HERE)
    assert "档案2025Q1-1的内容与保存时不一致" in answer.text


@pytest.mark.at_length
def test_a_demo_village_s_packet_is_small_and_soon_made(demo):
    """Seventy workers, a quarter of redemptions: within seconds, far below what a telephone is sent."""
    assessment = assessments.find_assessment(areas.by_code(DEMO_VILLAGES[0]), Quarter(2026, 3))
    actor = db.session.scalars(sa.select(User)).first()
    began = monotonic()
    packet = made(demo, assessment, actor)
    assert monotonic() - began < 15
    assert packet.size < 3_000_000
    assert packet.pages >= 14
