"""The quarter on pages: who sees what, what a refusal keeps, and that nothing happens twice."""

import re
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from ground.clock import Quarter
from ground.db import db, transaction
from people import audit
from people.models import AuditEvent, Role
from people.signin import accounts
from points import ledger
from points.assessment import meeting, opening
from points.models import Adjustment, Assessment, Service, ServiceState
from points.services import recording
from points.wall import posting
from tests.cast import NEXT_VILLAGE, PASSWORD, PRESENT, VILLAGE

HERE = f"/v/{VILLAGE}"
QUARTER = f"{HERE}/quarters/2026Q4"


def a_service(cast, **changes):
    """What the form for a service sends."""
    return {
        "key": uuid4().hex,
        "worker": cast.worker.id,
        "item": cast.item("走访").id,
        "done_on": "2026-12-27",
        "count": "3",
        "note": "看望独居老人",
    } | changes


def recorded():
    db.session.rollback()
    return db.session.scalars(select(Service).order_by(Service.id)).all()


@pytest.fixture
def open_sheet(cast):
    """A quarter in its meeting, with one confirmed service of the worker's."""
    with transaction():
        cast.serve(cast.worker, "走访", date(2026, 12, 27), cast.clerk, cast.chair, 3)
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        meeting.deliberate(assessment, date(2026, 12, 28), PRESENT, (), "", cast.clerk)
    return assessment


def test_the_journey_from_record_to_booking(cast, client_of, clock):
    clerk, chair, supervisor = (client_of(user) for user in (cast.clerk, cast.chair, cast.supervisor))

    def everyone_sees(words):
        for client in (clerk, chair, supervisor):
            assert words in client.get(QUARTER).text
            assert client.get(f"{HERE}/").status_code == 200

    assert clerk.post(f"{HERE}/services/new", data=a_service(cast)).status_code == 302
    (service,) = recorded()
    assert chair.post(f"{HERE}/services/{service.id}/confirm").status_code == 302
    assert clerk.post(f"{HERE}/quarters", data={"quarter": "2026Q4"}).status_code == 302
    everyone_sees("正在收集")
    held = {"met_on": "2026-12-28", "present": "\n".join(PRESENT), "absent": ""}
    assert clerk.post(f"{QUARTER}/deliberate", data=held).status_code == 302
    everyone_sees("正在评议")
    more = {"key": uuid4().hex, "seen": "0", "amount": "1.5", "reason": "汛期转移群众"}
    assert clerk.post(f"{QUARTER}/workers/{cast.worker.id}/adjust", data=more).status_code == 302
    assert clerk.post(f"{QUARTER}/post").status_code == 302
    everyone_sees("正在公示")
    assert clerk.get(f"{QUARTER}/notice.pdf").data.startswith(b"%PDF")
    clock.days_on(4)
    everyone_sees("公示期已满")
    assert chair.post(f"{QUARTER}/book").status_code == 302
    assert ledger.balance_of(cast.worker) == 3 * 2 + 15
    everyone_sees("积分已经入账")
    line = chair.get(f"{QUARTER}/workers/{cast.worker.id}").text
    assert "汛期转移群众" in line
    assert "看望独居老人" in line


def test_the_public_notice_shows_the_sheet_with_masked_names_and_no_more(cast, client_of, open_sheet):
    public = client_of(None)
    address = f"/n/{VILLAGE}/2026Q4"
    assert public.get(address).status_code == 404
    with transaction():
        posting.post_notice(open_sheet, cast.clerk)
    page = public.get(address).text
    assert cast.worker.masked in page
    assert cast.worker.name not in page
    assert "村民代表" not in page


def test_a_form_sent_twice_records_once(cast, client_of):
    clerk, form = client_of(cast.clerk), a_service(cast)
    assert [clerk.post(f"{HERE}/services/new", data=form).status_code for _ in range(3)] == [302] * 3
    assert len(recorded()) == 1


def test_a_form_with_the_same_key_and_other_contents_is_refused(cast, client_of):
    clerk, form = client_of(cast.clerk), a_service(cast)
    clerk.post(f"{HERE}/services/new", data=form)
    assert clerk.post(f"{HERE}/services/new", data=form | {"count": "4"}).status_code == 409
    assert [service.count for service in recorded()] == [3]


def test_nobody_and_nothing_is_chosen_beforehand(cast, client_of):
    """Whoever stands first would be given what others did, by a slip that nobody sees."""
    clerk = client_of(cast.clerk)
    page = clerk.get(f"{HERE}/services/new").text
    for name, words in (("worker", "请选择是谁。"), ("item", "请选择做了什么。")):
        select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)[0]
        assert re.findall(r'value="(\d+)"', select)[0] == "0"
        answer = clerk.post(f"{HERE}/services/new", data=a_service(cast, **{name: "0"}))
        assert answer.status_code == 422
        assert f'class="error" id="{name}-error">{words}' in answer.text
    assert recorded() == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("count", "0"),
        ("count", "1000000000"),
        ("count", "三"),
        ("done_on", "2027-02-30"),
        ("done_on", "2026-12-29"),
        ("done_on", ""),
        ("item", "999999"),
        ("worker", "999999"),
        ("note", "长" * 501),
        ("key", ""),
        ("key", "x' OR 1=1"),
        ("done_on", "\0"),
    ],
)
def test_bad_input_says_so_and_keeps_what_was_typed(cast, client_of, field, typed):
    answer = client_of(cast.clerk).post(f"{HERE}/services/new", data=a_service(cast, **{field: typed}))
    assert answer.status_code == 422
    assert recorded() == []
    if field != "note":
        assert "看望独居老人" in answer.text
    assert 'class="error"' in answer.text or 'role="alert"' in answer.text or field == "key"


def test_rare_characters_in_a_note_survive(cast, client_of):
    client_of(cast.clerk).post(f"{HERE}/services/new", data=a_service(cast, note="看望𬱖\0㛃𡋾"))
    assert recorded()[0].note == "看望𬱖㛃𡋾"


def test_who_recorded_does_not_confirm_and_is_told_at_the_record(cast, client_of):
    clerk = client_of(cast.clerk)
    clerk.post(f"{HERE}/services/new", data=a_service(cast))
    (service,) = recorded()
    answer = clerk.post(f"{HERE}/services/{service.id}/confirm")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert recorded()[0].state == ServiceState.RECORDED


def test_a_rejection_needs_a_reason(cast, client_of):
    client_of(cast.clerk).post(f"{HERE}/services/new", data=a_service(cast))
    (service,) = recorded()
    chair = client_of(cast.chair)
    assert chair.post(f"{HERE}/services/{service.id}/reject", data={"reason": ""}).status_code == 422
    assert chair.post(f"{HERE}/services/{service.id}/reject", data={"reason": "重复"}).status_code == 302
    assert recorded()[0].decision == "重复"


def test_a_worker_claims_for_themselves_only(cast, client_of):
    worker = client_of(cast.worker_user)
    mine = a_service(cast)
    assert worker.post(f"{HERE}/services/new", data=mine).status_code == 302
    theirs = a_service(cast, worker=cast.neighbour.id)
    assert worker.post(f"{HERE}/services/new", data=theirs).status_code == 422
    assert [service.worker_id for service in recorded()] == [cast.worker.id]
    assert "看望独居老人" in worker.get(f"{HERE}/mine").text


@pytest.mark.parametrize("amount", ["0", "1e9", "99999999999", "1.55", "abc", "100000.1", "-"])
def test_an_impossible_adjustment_is_refused_and_kept(cast, client_of, open_sheet, amount):
    form = {"key": uuid4().hex, "seen": "0", "amount": amount, "reason": "评议"}
    answer = client_of(cast.clerk).post(f"{QUARTER}/workers/{cast.worker.id}/adjust", data=form)
    assert answer.status_code == 422
    assert re.search(rf'value="{re.escape(amount)}"', answer.text)
    assert db.session.scalar(select(func.count()).select_from(Adjustment)) == 0


def test_a_meeting_begun_by_mistake_is_one_press_back(cast, client_of, open_sheet):
    clerk = client_of(cast.clerk)
    assert "回到收集" in clerk.get(QUARTER).text
    assert clerk.post(f"{QUARTER}/reopen").status_code == 302
    assert clerk.post(f"{QUARTER}/reopen").status_code == 422
    assert "正在收集" in clerk.get(QUARTER).text


def test_booking_too_early_or_by_the_wrong_hand_changes_nothing(cast, client_of, clock, open_sheet):
    clerk, chair = client_of(cast.clerk), client_of(cast.chair)
    clerk.post(f"{QUARTER}/post")
    assert chair.post(f"{QUARTER}/book").status_code == 422
    clock.days_on(4)
    assert clerk.post(f"{QUARTER}/book").status_code == 403
    assert ledger.balance_of(cast.worker) == 0
    assert [chair.post(f"{QUARTER}/book").status_code for _ in range(2)] == [302, 302]
    assert ledger.balance_of(cast.worker) == 6


@pytest.mark.parametrize("path", ["/services", "/quarters", "/quarters/2026Q4", "/accounts", "/rubric"])
def test_another_village_does_not_exist_and_a_shop_role_has_no_business_here(
    cast, client_of, open_sheet, path
):
    assert client_of(cast.clerk).get(HERE + path).status_code == 200
    assert client_of(cast.outsider).get(HERE + path).status_code == 404
    assert client_of(cast.far_township_user).get(HERE + path).status_code == 404
    assert client_of(cast.volunteer).get(HERE + path).status_code == 403
    assert client_of(cast.county_user).get(HERE + path).status_code == 200
    assert client_of(None).get(HERE + path).status_code == 302


def test_a_record_of_another_village_is_not_found_under_ones_own(cast, client_of):
    with transaction():
        service = recording.record(
            uuid4().hex, cast.worker, cast.item("走访"), date(2026, 12, 27), 1, "", cast.clerk
        )
    address = f"/v/{NEXT_VILLAGE}/services/{service.id}/confirm"
    assert client_of(cast.outsider).post(address).status_code == 404


def test_onlookers_from_above_see_masked_names(cast, client_of, open_sheet):
    assert cast.worker.name in client_of(cast.supervisor).get(QUARTER).text
    for onlooker in (cast.county_user, cast.township_user):
        page = client_of(onlooker).get(QUARTER).text
        assert cast.worker.masked in page
        assert cast.worker.name not in page


def test_the_sheet_as_a_file(cast, client_of, open_sheet):
    """With names inside the village, masked above it; each time is written down."""
    address = f"{QUARTER}?as=xlsx"
    for user, name in ((cast.clerk, cast.worker.name), (cast.township_user, cast.worker.masked)):
        sheet = load_workbook(BytesIO(client_of(user).get(address).data))["评定表"]
        header, line, *others = sheet.iter_rows(values_only=True)
        assert header[:3] == ("序号", "网格", "网格员")
        assert line[2] == name
        assert line[header.index("扣分") :] == (0, 0, 0, 0.6, None)
        assert len(others) == 7
    assert client_of(cast.outsider).get(address).status_code == 404
    assert client_of(cast.volunteer).get(address).status_code == 403
    db.session.rollback()
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "list.export"))
    assert [(event.actor_id, event.subject) for event in events] == [
        (user.id, audit.name_of(open_sheet)) for user in (cast.clerk, cast.township_user)
    ]


def test_a_quarter_that_does_not_exist_is_not_found(cast, client_of):
    clerk = client_of(cast.clerk)
    for quarter in ("2026Q5", "2026Q4", "x", "٢٠٢٦Q4"):
        assert clerk.get(f"{HERE}/quarters/{quarter}").status_code == 404
    assert client_of(None).get(f"/n/{VILLAGE}/2026Q9").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Assessment)) == 0


@pytest.mark.parametrize(
    "address",
    [
        f"{HERE}/accounts/{10**30}",
        f"{HERE}/redemptions?page={10**30}",
        f"{HERE}/services?state=%00",
        f"{HERE}/redemptions?page=-1",
        f"{HERE}/services?worker={10**30}",
        f"{HERE}/services?record={10**30}",
        f"{HERE}/quarters/2026Q4%00",
        "/v/53990010120%00/",
        "/C/0123456789ABCDEFGH%00K",
        f"/n/{VILLAGE}/%00",
    ],
)
def test_an_impossible_address_is_not_found(cast, client_of, address):
    assert client_of(cast.clerk).get(address).status_code == 404


def test_a_village_without_a_rubric_is_told_how_to_begin(cast, client_of, app):
    with transaction():
        accounts.grant(cast.chair, Role.CHAIR, cast.far_village, None)
    chair, there = client_of(cast.chair), f"/v/{cast.far_village.code}/rubric"
    assert chair.get(there).status_code == 200
    form = {"in_force_from": "2026-10-01", "approved_by": "村民代表会议"}
    assert chair.post(f"{there}/adopt", data=form).status_code == 302
    assert "村民代表会议" in chair.get(there).text


def test_signing_in_goes_where_one_was_headed_and_never_off_the_site(cast, client_of):
    visitor = client_of(None)
    asked = visitor.get(f"{HERE}/services")
    assert asked.headers["Location"].startswith("/sign-in?next=")
    right = {"username": "clerk", "password": PASSWORD}
    assert visitor.post("/sign-in", data=right | {"password": "wrong-one"}).status_code == 422
    assert visitor.post("/sign-in?next=//evil.example/", data=right).headers["Location"] == "/"
    assert visitor.post(asked.headers["Location"], data=right).headers["Location"] == f"{HERE}/services"


def test_home_is_the_first_place_of_ones_role(cast, client_of):
    def home(user):
        return client_of(user).get("/", follow_redirects=True).request.path

    assert home(cast.clerk) == f"{HERE}/"
    assert home(cast.worker_user) == f"{HERE}/due"
    assert home(cast.instructor) == f"{HERE}/"
    assert home(cast.township_user) == "/a/539900101000/"
    assert home(cast.volunteer) == f"{HERE}/desk"


def test_english_is_one_press_away(cast, client_of):
    clerk = client_of(cast.clerk)
    assert "服务记录" in clerk.get(f"{HERE}/services").text
    clerk.post("/language", data={"language": "en"})
    assert "Service records" in clerk.get(f"{HERE}/services").text
