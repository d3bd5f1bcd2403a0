"""The supervisor's page: what was done that deserves a second pair of eyes, and what was looked into."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ground.clock import Quarter, now, today
from ground.db import db, transaction
from people import cards
from people.models import Inquiry, Role
from people.roster import persons
from people.signin import accounts, keeping
from people.supervision import inquiries
from people.supervision.entries import ENTRY_KINDS, MOST_OF_A_KIND, DaySpan
from points import merging
from points.assessment import meeting, opening
from points.openings import booking as opening_booking
from points.services import deciding, recording
from shop.desk import redemptions, voids
from shop.models import Source
from shop.shelf import prices
from shop.stock import counts, deliveries, moves
from shop.stock.deliveries import DeliveryLine, Origin
from tests.cast import HASHED, PRESENT, VILLAGE, counted
from tests.points import openings
from tests.shop.offlinedesk import brought_late
from tests.story import do, new_pin, own_password, refused

PAGE = f"/v/{VILLAGE}/supervision"


@pytest.fixture
def busy_days(cast, clock):
    """A village in which everything happened that the page tells of, at the end of the year."""
    clock.days_on(-9)
    openings_sheet = openings.hung(cast, 5)
    clock.days_on(8)
    cast.earn(cast.worker, 1000)
    do(opening_booking.book, openings_sheet, cast.chair)
    clock.days_on(1)
    day = today()
    with transaction():
        user = accounts.add_user("cousin", "表弟", HASHED, cast.chair, temporary=False, area=cast.village)
        accounts.grant(user, Role.VOLUNTEER, cast.village, cast.chair)
        keeping.give_password(cast.volunteer, cast.chair, HASHED)
    new_pin(cast.worker, cast.chair)
    clock.turn_to(now() + timedelta(minutes=12))
    own_password(keeping.user_of_card(cast.worker), "739146")
    with transaction():
        first, second = (persons.add_person(cast.village, "李重名", cast.clerk) for _entry in range(2))
        merging.merge(first, second, "同一个人", cast.chair)
        cast.deduct(cast.worker, day)
        for number in range(6):
            service = recording.record(
                f"{number}" * 32, cast.neighbour, cast.item("入户发放"), day, 1, "", cast.clerk
            )
            deciding.confirm(service, cast.chair)
        deciding.take_back(service, "按错了", cast.chair)
        quarter = opening.open_quarter(cast.village, Quarter.of(day), cast.clerk)
        meeting.deliberate(quarter, day, PRESENT, (), "", cast.clerk)
        meeting.adjust(quarter, cast.neighbour, 900, "雪天送药", "j" * 32, cast.clerk)
        card = cards.issue(cast.worker, cast.chair)
        done = redemptions.redeem("k" * 16, cast.shop, card, {cast.goods.id: 2}, cast.volunteer)
        voids.void(done, "李秀明拿错了，电话13812345678", cast.manager)
        brought_late(cast)
        prices.set_price(cast.goods, 10, cast.manager, day)
        moves.write_off("o" * 16, cast.lot_of(cast.salt), 2, "破损", cast.manager)
        lying = [DeliveryLine(cast.salt, 4)]
        deliveries.take_in("l" * 16, cast.shop, Origin(Source.OPENING), lying, cast.manager)
        take = counts.open_stock_take(cast.shop) or counts.begin_stock_take(cast.shop, cast.manager)
        counts.record_count("s" * 16, take, cast.goods, 17, cast.volunteer)
        counts.book(take, cast.manager, "没有放回来", cast.chair)
    db.session.rollback()
    return done.id


def entries(cast):
    """The entries of the usual days, by kind."""
    found = {}
    for each in inquiries.entries_of(cast.village, DaySpan.usual()):
        found.setdefault(each.kind.code, []).append(each.entry)
    return found


def test_each_kind_tells_who_did_what_to_whom(cast, client_of, busy_days):
    reprinted = client_of(cast.manager).get(f"/v/{VILLAGE}/redemptions/{busy_days}/receipt.pdf?reprint=1")
    assert reprinted.status_code == 200
    found = entries(cast)
    assert found.keys() == {kind.code for kind in ENTRY_KINDS.items()} - {"corrections"}
    said = {
        (kind, entry.done_by.name, getattr(entry.subject, "name", None), entry.figure, entry.reason)
        for kind, those in found.items()
        for entry in those
    }
    assert {
        ("sign-ins", "陈主任", "表弟", "店内志愿者", None),
        ("passwords", "陈主任", "李秀明", "12分钟后", None),
        ("merges", "陈主任", "李重名", found["merges"][0].figure, "同一个人"),
        ("deductions", "陈主任", "李秀明", "减 50 分", "这一天没有去过"),
        ("adjustments", "刘文书", "王芳", "+90 分", "雪天送药"),
        ("openings", "陈主任", "李秀明", "+0.5 分", "2025年积分存折"),
        ("taken-back", "陈主任", "王芳", "", "按错了"),
        ("confirmers", "陈主任", "王芳", "5次", None),
        ("voids", "孙店长", "李秀明", "+6 分", "李秀明拿错了，电话13812345678"),
        ("reprints", "孙店长", "李秀明", "", None),
        ("prices", "孙店长", None, "3 → 1", None),
        ("stock", "孙店长", None, "−2 袋", "破损"),
        ("stock", "孙店长", None, "−3 块", None),
        ("opening", "孙店长", None, "", None),
        ("cards", "陈主任", "李秀明", "减 6 分", None),
        ("leases", "孙店长", None, "", "手机丢了"),
        ("set_aside", "陈主任", None, "+2997 分", "货已发出，村里承担"),
    } <= said
    assert "肥皂 2 块" in found["cards"][0].action
    times = [each.entry.at for each in inquiries.entries_of(cast.village, DaySpan.usual())]
    assert times == sorted(times, reverse=True)
    assert entries_of_next_village(cast) == []


def entries_of_next_village(cast):
    return inquiries.entries_of(cast.next_village, DaySpan.usual())


def test_every_password_that_was_given_is_told_and_one_used_at_once_is_looked_into(cast, client_of, clock):
    do(keeping.give_password, cast.volunteer, cast.chair, HASHED)
    new_pin(cast.worker, cast.clerk)
    clock.turn_to(now() + timedelta(minutes=61))
    own_password(cast.volunteer, "drei-kleine-fische")
    assert [(each.action, each.subject.name, each.figure) for each in entries(cast)["passwords"]] == [
        ("给了卡密码", "李秀明", "还没有用过"),
        ("给了密码", "马志愿", "2026年12月28日 10:01 用了"),
    ]
    supervisor = client_of(cast.supervisor)
    assert "尚未核查" not in read(supervisor, "show=passwords")
    do(keeping.give_password, cast.manager, cast.chair, HASHED)
    own_password(cast.manager, "drei-kleine-fische")
    assert "给了密码，一小时内就被使用" in read(supervisor, "show=passwords")
    assert "1条未核查" in read(supervisor)


def test_a_price_of_tomorrow_is_told_and_one_of_today_is_looked_into(cast, client_of):
    with transaction():
        prices.set_price(cast.goods, 35, cast.manager, today() + timedelta(days=1))
        prices.set_price(cast.salt, 30, cast.manager, today())
    page = read(client_of(cast.supervisor), "show=prices")
    assert ["食盐" in page, "2026年12月29日起" in page, page.count("尚未核查")] == [True, True, 1]


def test_who_holds_roles_in_two_villages_is_told_of_in_both(cast):
    """Also after one of the roles was taken back; where a role is held, its giving stands there alone."""
    with transaction():
        accounts.grant(cast.outside_volunteer, Role.VOLUNTEER, cast.village, cast.chair)
        keeping.link(cast.outside_volunteer, None, cast.county_user, unit="供销社")
        keeping.give_password(cast.outside_volunteer, cast.county_user, HASHED)
        (held,) = (held for held in cast.outside_volunteer.grants if held.area == cast.village)
        accounts.revoke(held, cast.chair)
    told = [
        sorted(
            (each.kind.code, each.entry.page is not None)
            for each in inquiries.entries_of(village, DaySpan.usual())
            if each.entry.subject == cast.outside_volunteer and each.entry.done_by
        )
        for village in (cast.village, cast.next_village)
    ]
    # The password; given, who it is, and revoked. They lead to the trail where they stand in it.
    assert told == [
        [("passwords", True), ("sign-ins", True), ("sign-ins", True), ("sign-ins", True)],
        [("passwords", False), ("sign-ins", False)],
    ]


def test_the_days_that_are_shown_stand_in_the_form(cast, client_of):
    client = client_of(cast.supervisor)
    for query, first, last in (
        ("", "2026-11-29", "2026-12-28"),
        ("until=2026-06-30", "2026-06-30", "2026-06-30"),
        ("since=2026-06-30", "2026-06-30", "2026-12-28"),
    ):
        page = client.get(f"{PAGE}?{query}").text
        assert re.findall(r'name="(?:since|until)"[^>]*value="([^"]*)"', page) == [first, last], query
    assert "最多看一年" in client.get(f"{PAGE}?since=2024-01-05").text


def test_the_page_asks_once_for_each_kind(cast, busy_days):
    """However much happened: a statement each, one more for what was handed out, and the inquiries."""
    village, period = cast.village, DaySpan.usual()
    assert village.id
    with counted() as sent:
        assert len(inquiries.entries_of(village, period)) > 12
    assert len(sent) <= len(ENTRY_KINDS.items()) + 2


def read(client, query=""):
    """The page, without tags."""
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return unescape(re.sub(r"<[^>]+>", "", answer.text))


def voided(cast):
    return entries(cast)["voids"][0]


def look(client, entry, note="看了凭证和监控", kind="voids", query=""):
    return client.post(f"{PAGE}/{kind}/{entry.row_id}?{query}", data={"note": note})


def test_what_was_looked_into_stays_with_its_note(cast, client_of, busy_days):
    """The supervisor writes, the township reads it masked and may look once more; both lines stay."""
    supervisor, township = client_of(cast.supervisor), client_of(cast.township_user)
    entry = voided(cast)
    assert "尚未核查" in read(supervisor, "show=voids")
    assert look(supervisor, entry, "李秀明本人在场，没有问题").status_code == 302
    page = read(supervisor, "show=voids")
    assert "李秀明本人在场，没有问题" in page
    assert "尚未核查" not in page
    above = read(township, "show=voids")
    assert "李*明本人在场，没有问题 郭监督" in above
    assert "李*明拿错了，电话138****5678" in above
    assert not re.search("李秀明|13812345678", read(township))
    assert look(township, entry, "镇上也看了").status_code == 302
    written = db.session.scalars(select(Inquiry).order_by(Inquiry.id)).all()
    assert [(one.entry_kind, one.entry_row, one.actor_id) for one in written] == [
        ("voids", entry.row_id, cast.supervisor.id),
        ("voids", entry.row_id, cast.township_user.id),
    ]


def test_a_note_is_asked_for_and_what_was_typed_is_kept(cast, client_of, busy_days):
    supervisor, entry = client_of(cast.supervisor), voided(cast)
    answer = look(supervisor, entry, " ")
    assert answer.status_code == 422
    assert "<details open>" in answer.text
    long_note = "长" * 501
    assert long_note in look(supervisor, entry, long_note).text
    assert db.session.scalars(select(Inquiry)).all() == []
    assert look(supervisor, entry, kind="merges").status_code in (404, 302)
    assert look(supervisor, entry, kind="nothing").status_code == 404
    assert look(supervisor, entry, query="since=2025-01-01&until=2025-01-31").status_code == 404


def test_nobody_looks_into_what_is_their_own(cast, busy_days):
    """Not who did it, and not whom it was done to, by whichever sign-in."""
    with transaction():
        accounts.grant(cast.worker_user, Role.SUPERVISOR, cast.village, None)
    entry, note = voided(cast), "没有问题"
    for actor in (cast.manager, cast.worker_user):
        refused("own_entry", inquiries.look_into, cast.village, "voids", entry, note, actor)
    refused("reason_missing", inquiries.look_into, cast.village, "voids", entry, " ", cast.supervisor)
    first = do(inquiries.look_into, cast.village, "voids", entry, note, cast.supervisor)
    again = do(inquiries.look_into, cast.village, "voids", entry, note, cast.supervisor)
    assert first.id == again.id


def test_the_supervisor_and_those_above_read_it_and_nobody_else(cast, client_of, busy_days):
    entry = voided(cast)
    for user in (cast.clerk, cast.chair, cast.manager, cast.worker_user, cast.instructor):
        assert client_of(user).get(PAGE).status_code == 403
        assert look(client_of(user), entry).status_code == 403
    for user in (cast.outsider, cast.far_township_user):
        assert client_of(user).get(PAGE).status_code == 404
    assert client_of(cast.county_user).get(PAGE).status_code == 200


def test_the_days_narrow_it_and_the_file_holds_what_the_page_shows(cast, client_of, busy_days):
    supervisor = client_of(cast.supervisor)
    assert "这些天没有这类事" in read(supervisor, "since=2026-01-05&until=2026-01-10")
    assert "最多看一年" in unescape(supervisor.get(f"{PAGE}?since=2024-01-05&until=2026-01-10").text)
    assert supervisor.get(f"{PAGE}?show=nothing").status_code == 404
    look(supervisor, voided(cast))
    book = load_workbook(BytesIO(supervisor.get(f"{PAGE}?show=voids&as=xlsx").data))
    headings, row = book.active.values
    cells = dict(zip(headings, row, strict=True))
    assert (cells["操作人"], cells["关于"], cells["已核查"]) == ("孙店长", "李秀明", "是")
    assert cells["核查结果"] == "看了凭证和监控（郭监督）"


def test_a_pair_is_new_again_after_another_confirmation(cast, busy_days):
    (pair,) = entries(cast)["confirmers"]
    do(inquiries.look_into, cast.village, "confirmers", pair, "抽查了三户", cast.supervisor)
    with transaction():
        service = recording.record(
            "z" * 32, cast.neighbour, cast.item("入户发放"), today(), 1, "", cast.clerk
        )
        deciding.confirm(service, cast.chair)
    (again,) = (
        each for each in inquiries.entries_of(cast.village, DaySpan.usual()) if each.kind.code == "confirmers"
    )
    assert (again.entry.figure, again.inquiries) == ("6次", [])


def test_nothing_is_pushed_out_by_what_came_after_it(cast, client_of, clock):
    """A price for an hour, and then a hundred others: all of them stand where the kind is looked at alone."""
    with transaction():
        for points in [10, *[20 + number % 2 for number in range(MOST_OF_A_KIND)]]:
            prices.set_price(cast.goods, points, cast.manager, today())
    client = client_of(cast.supervisor)
    first = "肥皂"
    everything, alone = (
        client.get(f"/v/{VILLAGE}/supervision{shown}").text for shown in ("", "?show=prices")
    )
    assert everything.count(first) < alone.count(first)
    found = inquiries.entries_of(cast.village, DaySpan.usual(), "prices")
    oldest = [each.entry for each in found if each.kind.code == "prices"][-1]
    assert inquiries.find_entry(cast.village, DaySpan.usual(), "prices", oldest.row_id) == oldest
