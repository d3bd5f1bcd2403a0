"""A worker's own quarter: why each of its points came, to its worker alone."""

from datetime import date
from uuid import uuid4

import pytest

from ground.clock import Quarter
from ground.db import transaction
from people.models import Role
from people.roster import persons
from people.signin import accounts
from points import ledger, merging
from points.assessment import assessments, meeting, opening
from points.services import deciding, recording
from points.wall import booking, correcting, posting
from tests.cast import HASHED, PRESENT, VILLAGE

HERE = f"/v/{VILLAGE}"
PAGE = f"{HERE}/mine/2026Q4"
DAY = date(2026, 12, 27)


@pytest.fixture
def quarter(cast):
    """A quarter in which something of everything counts for the worker; still being collected."""
    with transaction():
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        for item, count, note in (("走访一户", 70, "看望独居老人"), ("化解一起", 1, "")):
            service = recording.record(
                uuid4().hex, cast.worker, cast.item(item), DAY, count, note, cast.clerk
            )
            deciding.confirm(service, cast.chair)
        cast.serve(cast.neighbour, "走访一户", DAY, cast.clerk, cast.chair, 3)
    return assessment


@pytest.fixture
def booked(cast, clock, quarter):
    """The same with the meeting's adjustments, of which one was taken back; booked."""
    with transaction():
        meeting.deliberate(quarter, date(2026, 12, 28), PRESENT, (), "", cast.clerk)
        meeting.adjust(quarter, cast.worker, 15, "汛期转移群众", uuid4().hex, cast.clerk)
        slip = meeting.adjust(quarter, cast.worker, 900, "手滑", uuid4().hex, cast.clerk)
        meeting.take_back(quarter, slip, uuid4().hex, cast.clerk)
        posting.post_notice(quarter, cast.clerk)
    clock.days_on(4)
    with transaction():
        booking.book(quarter, cast.chair)
    return quarter


def bare(page):
    return " ".join(page.partition("<main")[2].replace("\n", " ").split())


def test_so_far_it_is_what_was_confirmed(cast, client_of, quarter):
    worker = client_of(cast.worker_user)
    assert f'href="{PAGE}"' in worker.get(f"{HERE}/mine").text
    page = bare(worker.get(PAGE).text)
    assert "到目前为止" in page
    for words in ("看望独居老人", "2026年12月27日", "70 户 × 0.2", "1 件 × 3", "陈主任 确认"):
        assert words in page, words
    assert "按上限计分" in page  # 70 times 0.2 are 14, of which 12 count
    assert '<p class="balance"><span class="figure">15<small>' in page


def test_booked_it_says_each_point_and_the_entry_leads_there(cast, client_of, booked):
    worker = client_of(cast.worker_user)
    assert f'<a href="{PAGE}">' in worker.get(f"{HERE}/mine").text
    page = bare(worker.get(PAGE).text)
    award = assessments.award_of(booked, cast.worker)
    assert award.amount == 120 + 30 + 15
    for words in ("16.5<small>", "2027年1月1日入账", "汛期转移群众", "+1.5", "看望独居老人"):
        assert words in page, words
    assert "手滑" not in page
    assert "3 户" not in page  # the neighbour's


def test_a_correction_says_what_is_right_and_by_whom(cast, client_of, booked):
    award = assessments.award_of(booked, cast.worker)
    with transaction():
        opening.open_quarter(cast.village, Quarter(2027, 1), cast.clerk)
        correcting.correct(award, 135, "有一起没有化解", "k" * 32, cast.chair)
    page = bare(client_of(cast.worker_user).get(PAGE).text)
    assert '<p class="balance"><span class="figure">13.5<small>' in page
    assert "由陈主任更正：有一起没有化解" in page
    assert "原来入账 16.5 分，应为 13.5 分" in page


def test_what_stood_under_the_other_entry_is_there_too(cast, client_of, booked):
    with transaction():
        kept = persons.add_person(cast.village, "李秀明(新)", cast.clerk)
        merging.merge(kept, cast.worker, "同一人", cast.chair, cast.second_chair)
    page = client_of(cast.worker_user).get(PAGE)
    assert cast.worker_user.person_id == kept.id
    assert ledger.balance_of(kept) == 165
    assert "看望独居老人" in page.text


def test_it_is_the_worker_s_own_alone(cast, client_of, booked):
    for user in (cast.clerk, cast.chair, cast.township_user):
        assert client_of(user).get(PAGE).status_code == 403
    assert client_of(cast.stranger_user).get(PAGE).status_code == 404
    with transaction():
        other = accounts.add_user("other", cast.neighbour.name, HASHED, None, cast.neighbour, temporary=False)
        accounts.grant(other, Role.WORKER, cast.village, None)
    page = client_of(other).get(PAGE).text
    assert "看望独居老人" not in page
    assert "3 户 × 0.2" in bare(page)
    worker = client_of(cast.worker_user)
    for path in ("2026Q1", "2026Q5", "2026-4"):
        assert worker.get(f"{HERE}/mine/{path}").status_code == 404


def test_who_is_not_on_the_sheet_is_told_so(cast, client_of, booked):
    with transaction():
        late = persons.add_person(cast.village, "后来人", cast.clerk)
        user = accounts.add_user("late", late.name, HASHED, None, late, temporary=False)
        accounts.grant(user, Role.WORKER, cast.village, None)
    assert "评定表上没有您" in client_of(user).get(PAGE).text
