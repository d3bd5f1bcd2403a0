"""Sums that villagers check: a line adds up, a column adds up, and what an answer promised is booked."""

from collections import defaultdict
from datetime import timedelta
from uuid import uuid4

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ground import clock as calendar
from ground.db import db, transaction
from ground.refusal import Refused
from points import ledger, verify
from points.assessment import assessments, meeting, opening, sheet
from points.services import deciding, recording
from points.wall import booking, objections, posting
from points.wall import wall_state as wall
from points.wall.noticesheet import notice_pdf
from points.wall.wording import sheet as printed_sheet
from tests.cast import PRESENT, TODAY, VILLAGE, WORKERS, Cast, new_app
from tests.points.hung import Q4, object_to, on_wall
from tests.printed import texts
from tests.story import do, refused

HERE = f"/v/{VILLAGE}/quarters/2026Q4"
LI = WORKERS[0]
PROMISED = 113  # tenths


@pytest.fixture
def deducted(cast):
    """Of who earned 8.3 this quarter 50 were deducted."""
    with transaction():
        record = recording.record(uuid4().hex, cast.worker, cast.item("走访"), TODAY, 41, "", cast.clerk)
        deciding.confirm(record, cast.chair)
    return do(cast.deduct, cast.worker, TODAY)


def printed(app, assessment):
    with app.test_request_context(), force_locale("zh"):
        return [printed_sheet(each, "URL", "OBJECT", "PROOF") for each in wall.posted_notices(assessment)]


def adds_up(notice):
    """Whether each row of a printed notice comes to its total, and each column to its foot."""
    columns = defaultdict(int)
    for row in (*notice.rows, notice.sum_row):
        parts = [*row.cells, row.deductions, row.adjustments, row.waived]
        if sum(parts) != row.total:
            return False
        for place, part in enumerate((*parts, row.total)):
            columns[place] += part if row.number else -part
    return not any(columns.values())


def test_a_line_below_0_says_so_and_every_column_adds_up(app, cast, deducted):
    notice = printed(app, on_wall(cast, {WORKERS[1]: 205}))[0]
    row = notice.rows[0]
    assert (sum(row.cells), row.deductions, row.waived, row.total) == (82, -500, 418, 0)
    assert adds_up(notice)
    assert [line for notes in notice.notes for line in notes.lines] == [
        "第1号 李*明：-50分，虚报一次服务：这一天没有去过",
        "第1号 李*明：不足0分按0分计，少计41.8分",
        "第2号 王*：+20.5分，雪天送药",
    ]
    words = "".join(texts(notice_pdf(notice)))
    for shown in ("补至0分", "+41.8", "少计41.8分", "这一天没有去过"):
        assert shown in words, shown
    nothing = sum(
        not part for each in (*notice.rows, notice.sum_row) for part in (*each.cells, each.deductions)
    )
    nothing += sum(not part for each in notice.rows for part in (each.adjustments, each.waived))
    assert words.count("–") == nothing


def test_without_such_a_line_there_is_no_column_for_it(app, cast):
    notice = printed(app, on_wall(cast, {LI: 300}))[0]
    assert not notice.has_waived
    assert "补至0分" not in "".join(texts(notice_pdf(notice)))


def test_an_adjustment_without_effect_says_what_it_would_take(cast, client_of, deducted):
    with transaction():
        assessment = opening.open_quarter(cast.village, Q4, cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
    clerk = client_of(cast.clerk)
    line = f"{HERE}/workers/{cast.worker.id}"
    page = clerk.get(line).text
    for shown in (
        "扣分：虚报一次服务：这一天没有去过",
        ">扣 50<",
        "不足0分按0分计",
        "+41.8",
        'data-subtotal="-418"',
    ):
        assert shown in page, shown
    told = refused(
        "no_effect", meeting.adjust, assessment, cast.worker, 30, "雪天送药", uuid4().hex, cast.clerk
    )
    assert "41.8" in str(told.message)
    refused("no_effect", meeting.adjust, assessment, cast.worker, -5, "迟到", uuid4().hex, cast.clerk)
    do(meeting.adjust, assessment, cast.worker, 419, "雪天送药", uuid4().hex, cast.clerk)
    assert sheet.find_row(assessment, cast.worker).total == 1


def test_an_upheld_objection_pays_what_the_reply_promised(app, cast, client_of, clock, deducted):
    assessment = on_wall(cast, {})
    objection = object_to(assessment, cast.worker, cast.clerk)
    page = client_of(cast.clerk).get(f"{HERE}/objections/1").text
    assert 'data-subtotal="0" data-changes="0"' in page
    refused("below_zero", objections.answer, objection, True, -1, "核对过", "村委会", cast.clerk)
    do(objections.answer, objection, True, PROMISED, "核对过", "村委会", cast.clerk)
    do(posting.post_changes, assessment, cast.clerk)
    _whole, changes = printed(app, assessment)
    assert [(row.total_before, row.total) for row in changes.rows] == [(0, PROMISED)]
    assert adds_up(changes)
    clock.days_on(10)
    do(booking.book, assessment, cast.chair)
    assert ledger.balance_of(cast.worker) == PROMISED
    assert list(verify.problems()) == []


# Whatever happens in a quarter.

ITEMS = ("走访", "化解", "虚报")
tenths = st.integers(-600, 600).filter(bool)
workers = st.integers(0, 2)
records = st.lists(st.tuples(workers, st.sampled_from(ITEMS), st.integers(1, 70)), max_size=6)
steps = st.lists(st.tuples(workers, tenths), max_size=4)


class Quarter:
    """A quarter as it was lived: what was written down, and what each upheld objection promised."""

    def __init__(self, cast, recorded):
        self.cast, self.promised = cast, {}
        self.people = cast.workers[:3]
        for who, item, count in recorded:
            if item == "虚报":
                do(cast.deduct, self.people[who], TODAY)
            else:
                self.serve(self.people[who], item, count)
        with transaction():
            self.assessment = opening.open_quarter(cast.village, Q4, cast.clerk)
            meeting.deliberate(self.assessment, TODAY, PRESENT, (), "", cast.clerk)

    def serve(self, worker, item, count):
        with transaction():
            record = recording.record(
                uuid4().hex, worker, self.cast.item(item), TODAY, count, "", self.cast.clerk
            )
            deciding.confirm(record, self.cast.chair)

    def adjust(self, who, amount):
        """One that changes nothing is refused; all others show in the total."""
        worker = self.people[who]
        before = sheet.find_row(self.assessment, worker).total
        code = refusal_of(
            meeting.adjust, self.assessment, worker, amount, "评议", uuid4().hex, self.cast.clerk
        )
        assert code in (None, "no_effect")
        assert (sheet.find_row(self.assessment, worker).total == before) == (code == "no_effect")

    def uphold(self, who, amount):
        """An objection is right; what the reply says is what the line changes by."""
        worker = self.people[who]
        before = sheet.find_row(self.assessment, worker).total
        objection = object_to(self.assessment, worker, self.cast.clerk)
        said = ("核对过", "村委会", self.cast.clerk)
        code = refusal_of(objections.answer, objection, True, amount, *said)
        assert code == ("below_zero" if before + amount < 0 else None)
        if code:
            do(objections.answer, objection, False, 0, *said)
        else:
            self.promised[worker.id] = before + amount


def refusal_of(verb, *arguments):
    """The code with which a verb is refused, or None when it is done."""
    try:
        do(verb, *arguments)
    except Refused as refusal:
        return refusal.code
    return None


@pytest.fixture
def lives(database, template):
    """The application on a copy of the village for each quarter that is lived."""
    app = new_app(database.uri("quarters"))

    def live(recorded, adjusted, upheld):
        database.copy(template, "quarters")
        with app.app_context(), calendar.at(TODAY):
            try:
                _live(app, recorded, adjusted, upheld)
            finally:
                db.session.remove()
                db.engine.dispose()
                database.drop("quarters")

    return live


def _live(app, recorded, adjusted, upheld):
    quarter = Quarter(Cast(), recorded)
    for step in adjusted:
        quarter.adjust(*step)
    do(posting.post_notice, quarter.assessment, quarter.cast.clerk)
    hung = {line.worker_id: line.total for line in wall.posted_notices(quarter.assessment)[0].lines}
    for step in upheld:
        quarter.uphold(*step)
    if quarter.promised:
        do(posting.post_changes, quarter.assessment, quarter.cast.clerk)
    assert all(adds_up(notice) for notice in printed(app, quarter.assessment))
    last = assessments.latest_lines(quarter.assessment)
    expected = hung | quarter.promised
    assert {worker: line.total for worker, line in last.items()} == expected
    with calendar.at(TODAY + timedelta(days=30)):
        do(booking.book, quarter.assessment, quarter.cast.chair)
        assert {worker.id: ledger.balance_of(worker) for worker in quarter.cast.workers} == expected
        assert list(verify.problems()) == []


def test_what_is_printed_is_promised_and_booked(lives, long):
    # First the line as it was found: 8.2 earned, 50 deducted, and an objection that brings 11.3.
    found = example([(0, "走访", 41), (0, "虚报", 1)], [], [(0, PROMISED)])
    lived = found(given(records, steps, steps)(lives))
    settings(max_examples=60 if long else 12, deadline=None, suppress_health_check=list(HealthCheck))(lived)()
