"""Visits: written down once, who is due for one, what was promised, and who never gets to see any of it."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select

from duties import visits
from duties.households import files
from duties.households.files import Particulars
from duties.models import Visit, VisitStep
from duties.visits import DueWhen
from ground.db import db, transaction
from ground.pictures import Jpeg
from ground.refusal import Refused
from people.models import Attention, AuditEvent, Duty, GridKind
from people.roster import changes, grids, terms
from points.models import FedBy, Photo, Service, ServiceState
from points.services import deciding, evidence, photos, recording
from tests.cast import NEXT_VILLAGE, TODAY, VILLAGE, a_picture
from tests.story import do, refused

PRIORITY, WATCHED, ORDINARY = Attention
HERE = f"/v/{VILLAGE}"
SUNDAY = date(2027, 1, 3)  # TODAY is a Monday


def ago(days):
    return TODAY - timedelta(days)


@pytest.fixture
def household(cast, grid):
    return live(cast, grid, "张大山", ORDINARY)


def live(cast, grid, head, attention, since=100):
    return do(files.add_household, grid, Particulars(head), attention, "走访发现", ago(since), cast.clerk)


def visit(
    cast, household, on=TODAY, actor=None, key=None, steps=(VisitStep.MEET,), seen="", needs="", later=""
):
    return do(
        visits.record_visit,
        key or uuid4().hex,
        household,
        cast.worker,
        on,
        steps,
        seen,
        needs,
        later,
        actor or cast.worker_user,
    )


def came_of(visit):
    return db.session.scalars(select(Service).where(Service.evidence_id == visit.id)).all()


def heads(found):
    return [each.household.head for each in found]


# --- Written down once ---


def test_a_visit_is_written_down_and_counts_by_the_rubric(cast, household):
    made = visit(
        cast,
        household,
        ago(2),
        steps=[VisitStep.CHECK, VisitStep.WALK, VisitStep.CHECK],
        seen=" 灶房线路老化 ",
        later="换线",
    )
    assert (made.steps, made.seen, made.follow_up) == (["walk", "check"], "灶房线路老化", "换线")
    assert (made.grid_id, made.village_id) == (household.grid_id, cast.village.id)
    (service,) = came_of(made)
    assert (service.item.source, service.done_on, service.count) == (FedBy.VISIT, ago(2), 1)
    assert (service.worker_id, service.household_id) == (cast.worker.id, household.id)
    assert (service.note, service.likeness) == ("", None)
    long = visit(cast, household, seen="老人一个人在家，灶房线路老化")
    assert came_of(long)[0].likeness == recording.likeness(long.seen)


def test_a_double_click_is_one_visit_and_other_words_under_its_key_are_refused(cast, household):
    first = visit(cast, household, key="k" * 16, seen="一切都好")
    assert visit(cast, household, key="k" * 16, seen="一切都好").id == first.id
    with pytest.raises(Refused, match="key_reused"):
        visit(cast, household, key="k" * 16, seen="不好")
    assert db.session.scalar(select(func.count()).select_from(Visit)) == 1
    assert len(came_of(first)) == 1


def test_what_is_no_visit(cast, household):
    for code, more in (
        ("in_future", {"on": TODAY + timedelta(1)}),
        ("nothing_said", {"steps": (), "seen": " ", "later": " "}),
    ):
        with pytest.raises(Refused, match=code):
            visit(cast, household, **more)
    do(files.leave, household, ago(1), "搬到县城", cast.clerk)
    visit(cast, household, ago(2))  # from a slip that came late
    with pytest.raises(Refused, match="moved_away"):
        visit(cast, household, ago(1))


def test_whose_visit_it_is(cast, grid):
    """A worker's is their own; what an office keys in is of who served on that day."""
    before = cast.term_of(cast.neighbour)
    into = before.grid

    def whose(day, actor, where=into):
        return evidence.worker_for(where, day, actor, "visited_on").name

    assert whose(TODAY, cast.clerk) == cast.neighbour.name
    assert whose(TODAY, cast.worker_user, grid) == whose(TODAY, cast.clerk, grid) == cast.worker.name
    do(terms.end_term, before, "交接", cast.chair, ago(20))
    do(terms.end_term, cast.term_of(cast.worker), "交接", cast.chair, ago(10))
    do(terms.appoint, cast.worker, into, Duty.WORKER, ago(10), cast.clerk)
    assert whose(ago(21), cast.clerk) == cast.neighbour.name
    assert whose(ago(10), cast.clerk) == whose(ago(21), cast.worker_user) == cast.worker.name
    with pytest.raises(Refused, match="no_worker"):
        whose(ago(20), cast.clerk)


# --- Who is due ---


def test_who_is_due_when(cast, grid):
    late = live(cast, grid, "久未走访的", PRIORITY)
    soon = live(cast, grid, "周五到期的", PRIORITY)
    monthly = live(cast, grid, "监测的", WATCHED)
    never = live(cast, grid, "没走访过的", WATCHED, 2)
    live(cast, grid, "一般的", ORDINARY)
    visit(cast, late, ago(17))
    visit(cast, soon, ago(3))
    visit(cast, soon, ago(40))
    visit(cast, monthly, ago(1))
    found = visits.visits_due([grid.id], TODAY)
    assert [(each.household.head, each.last_on, each.due_on, each.due_when) for each in found] == [
        (late.head, ago(17), ago(10), DueWhen.OVERDUE),
        (never.head, None, ago(2), DueWhen.OVERDUE),
        (soon.head, ago(3), TODAY + timedelta(4), DueWhen.THIS_WEEK),
        (monthly.head, ago(1), TODAY + timedelta(29), DueWhen.LATER),
        ("一般的", None, None, DueWhen.AS_NEEDED),
    ]
    assert visits.pressing_days([grid.id], TODAY) == [ago(10), ago(2), TODAY + timedelta(4)]


def test_a_week_later_they_are_due_again(cast, grid, clock):
    """Visited on the Sunday before, a priority household is due this Sunday; overdue on the Monday."""
    visit(cast, live(cast, grid, "张大山", PRIORITY), ago(1))
    for day, when in (
        (TODAY, DueWhen.THIS_WEEK),
        (SUNDAY, DueWhen.THIS_WEEK),
        (SUNDAY + timedelta(1), DueWhen.OVERDUE),
    ):
        clock.turn_to(day)
        (only,) = visits.visits_due([grid.id], day)
        assert (only.due_on, only.due_when) == (SUNDAY, when)
        assert visits.pressing_days([grid.id], day) == [SUNDAY]
    visit(cast, only.household, SUNDAY + timedelta(1))
    assert visits.visits_due([grid.id], SUNDAY + timedelta(1))[0].due_when == DueWhen.LATER


def test_nobody_is_overdue_from_before_their_class(cast, grid, household):
    visit(cast, household, ago(80))
    do(files.reclassify, household, PRIORITY, ago(1), "大病", cast.clerk)
    assert [each.due_on for each in visits.visits_due([grid.id], TODAY)] == [ago(1)]
    assert visits.pressing_days([grid.id], TODAY) == [ago(1)]
    do(files.reclassify, household, ORDINARY, TODAY, "好转", cast.clerk)
    assert visits.pressing_days([grid.id], TODAY) == []


def test_a_rejected_visit_does_not_count_until_it_is_handed_in_again(cast, grid):
    household = live(cast, grid, "张大山", PRIORITY)
    visit(cast, household, ago(9))
    made = visit(cast, household, ago(1), later="送药")

    def last_on():
        return visits.visits_due([grid.id], TODAY)[0].last_on

    assert last_on() == ago(1)
    (service,) = came_of(made)
    do(deciding.reject, service, "当天不在村里", cast.clerk)
    assert last_on() == ago(9)
    assert visits.open_follow_ups(cast.village, [grid.id]) == []
    again = do(recording.resubmit, uuid4().hex, service, ago(1), 1, "有人作证", cast.worker_user)
    assert last_on() == ago(1)
    do(deciding.confirm, again, cast.chair)
    assert last_on() == ago(1)


def test_the_list_asks_the_same_of_a_village_and_looks_into_indexes(cast, grid):
    for number in range(4):
        visit(cast, live(cast, grid, f"户主{number}", PRIORITY), ago(number))
    asked = []

    def hear(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    db.session.rollback()
    ident = grid.id
    sa.event.listen(db.engine, "before_cursor_execute", hear)
    visits.visits_due([ident], TODAY)
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    assert len(asked) == 1  # the households with their classes and last visits
    if db.engine.dialect.name == "sqlite":  # PostgreSQL reads tables as small as these from end to end
        statement, parameters = asked[0]
        explained = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = " ".join(row[-1] for row in explained)
        assert "ix_visit_household_id_visited_on" in plan
        assert "ix_service_evidence_id" in plan
        assert "SCAN visit" not in plan
        assert "SCAN service" not in plan


# --- What was promised ---


def test_a_promise_stays_open_until_it_is_done_once(cast, grid, household):
    later = visit(cast, household, ago(1), later="送药")
    older = visit(cast, household, ago(8), later="修灯")
    plain = visit(cast, household)
    assert [each.id for each in visits.open_follow_ups(cast.village, [grid.id])] == [older.id, later.id]
    for code, on in (("in_future", TODAY + timedelta(1)), ("before_visit", ago(9))):
        refused(code, visits.complete_follow_up, older, on, "", cast.clerk)
    refused("no_follow_up", visits.complete_follow_up, plain, TODAY, "", cast.clerk)
    for _twice in range(2):
        do(visits.complete_follow_up, older, ago(2), " 换了灯泡 ", cast.worker_user)
    refused("already_done", visits.complete_follow_up, older, TODAY, "再修", cast.clerk)
    assert (older.done_on, older.done_note, older.done_by) == (ago(2), "换了灯泡", cast.worker_user)
    assert [each.id for each in visits.open_follow_ups(cast.village, [grid.id])] == [later.id]


def test_a_promise_goes_with_its_household(cast, household):
    into = do(grids.add_grid, cast.village, "90", "河边网格", GridKind.RURAL, 8, cast.clerk)
    made, old = visit(cast, household, later="送药"), household.grid
    do(terms.end_term, cast.term_of(cast.worker), "并网格", cast.chair)
    do(changes.merge, old, into, TODAY, "户数少", cast.clerk)
    assert [each.id for each in visits.open_follow_ups(cast.village, [into.id])] == [made.id]
    assert visits.visits_due([into.id], TODAY)[0].last_on == TODAY


# --- On the pages ---


def test_a_worker_s_first_place_says_who_is_due_and_a_visit_takes_one_form(cast, client_of, grid):
    household = live(cast, grid, "张大山", PRIORITY)
    client = client_of(cast.worker_user)
    assert client.get(f"/a/{VILLAGE}/enter").location == f"{HERE}/due"
    page = client.get(f"{HERE}/due").text
    assert "逾期 100 天" in page
    form = f"{HERE}/due/{household.id}/visit"
    assert form in page
    sent = {
        "key": "k" * 16,
        "visited_on": "2026-12-28",
        "steps": ["walk", "check"],
        "seen": "灶房线路老化",
        "follow_up": "请电工换线",
        "photo": (BytesIO(a_picture()), "a.jpg"),
    }
    for _double_click in range(2):
        answer = client.post(form, data=sent | {"photo": (BytesIO(a_picture()), "a.jpg")})
        assert answer.location == f"{HERE}/due"
    (made,) = db.session.scalars(select(Visit))
    assert (made.worker, made.steps) == (cast.worker, ["walk", "check"])
    page = client.get(f"{HERE}/due").text
    assert "请电工换线" in page
    assert "逾期" not in page
    shown = client.get(f"{HERE}/households/{household.id}/visits").text
    assert "灶房线路老化" in shown
    assert f"{HERE}/visits/{made.id}/photo" in shown
    photo = client.get(f"{HERE}/visits/{made.id}/photo")
    assert (photo.mimetype, photo.data) == ("image/jpeg", photos.photo_of(made).content)
    refusal = client.post(f"{HERE}/visits/{made.id}/done", data={"on": "2026-12-01", "note": "换好了"})
    assert refusal.status_code == 422
    assert 'value="换好了"' in refusal.text
    client.post(f"{HERE}/visits/{made.id}/done", data={"on": "2026-12-28", "note": "换好了"})
    assert "请电工换线" not in client.get(f"{HERE}/due").text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"photo": (b"not a picture", "a.jpg")}, "读不出来"),
        ({"visited_on": "2026-12-29"}, "还没到"),
        ({"visited_on": ""}, ""),
        ({"steps": "dance"}, ""),
    ],
)
def test_what_is_refused_loses_nothing_that_was_typed(cast, client_of, household, wrong, told):
    sent = {
        "key": "k" * 16,
        "visited_on": "2026-12-27",
        "steps": "ask",
        "seen": "灶房\n线路",
        "follow_up": "换线",
    }
    if "photo" in wrong:
        wrong = {"photo": (BytesIO(wrong["photo"][0]), "a.jpg")}
    answer = client_of(cast.worker_user).post(f"{HERE}/due/{household.id}/visit", data=sent | wrong)
    assert answer.status_code == 422
    assert "灶房\n线路" in answer.text
    assert 'value="换线"' in answer.text
    assert 'value="ask" checked' in answer.text or "steps" in wrong
    assert 'aria-invalid="true"' in answer.text or "steps-error" in answer.text
    assert db.session.scalars(select(Visit)).all() == db.session.scalars(select(Photo)).all() == []


def test_the_clerk_keys_in_for_the_worker_and_the_chair_only_looks(cast, client_of, household):
    form = f"{HERE}/due/{household.id}/visit"
    sent = {"key": "k" * 16, "visited_on": "2026-12-20", "steps": "ask"}
    assert client_of(cast.clerk).post(form, data=sent).status_code == 302
    (made,) = db.session.scalars(select(Visit))
    assert (made.worker, made.recorded_by) == (cast.worker, cast.clerk)
    assert client_of(cast.chair).get(form).status_code == 403
    assert client_of(cast.chair).get(f"{HERE}/households/{household.id}/visits").status_code == 200
    assert form not in client_of(cast.chair).get(f"{HERE}/due?grid={household.grid_id}").text


SECRETS = ("密所见", "密所需", "密待办", "密户主")


def test_nobody_else_reads_a_word_of_it(cast, client_of):
    """Another grid's worker, village supervision, township, county and the next village; nor the trail."""
    grid = cast.term_of(cast.neighbour).grid
    household = live(cast, grid, SECRETS[3], PRIORITY)
    with transaction():
        made = visits.record_visit(
            "k" * 16, household, cast.neighbour, TODAY, [VisitStep.ASK], *SECRETS[:3], cast.clerk
        )
        photos.keep(made, Jpeg(a_picture()), cast.clerk)
    ident, house = made.id, household.id
    own = [f"{HERE}/households/{house}/visits", f"{HERE}/visits/{ident}", f"{HERE}/visits/{ident}/photo"]
    assert [client_of(cast.clerk).get(path).status_code for path in own] == [200] * 3
    worker = client_of(cast.worker_user)
    assert [worker.get(path).status_code for path in [*own, f"{HERE}/due/{house}/visit"]] == [404] * 4
    assert worker.post(f"{HERE}/visits/{ident}/done", data={"on": "2026-12-28"}).status_code == 404
    assert worker.get(f"{HERE}/due?grid={grid.id}").status_code == 404
    elsewhere = [path.replace(VILLAGE, NEXT_VILLAGE) for path in own]
    assert {client_of(cast.outsider).get(path).status_code for path in elsewhere} == {404}
    for user in (cast.supervisor, cast.township_user, cast.county_user, cast.manager):
        assert {client_of(user).get(path).status_code for path in own} == {403}
    everywhere = [f"{HERE}/services", f"{HERE}/services?state=", f"/a/{VILLAGE}/audit", f"{HERE}/quarters"]
    for user in (cast.supervisor, cast.township_user, cast.worker_user, cast.chair):
        for path in (*everywhere, f"{HERE}/due", f"{HERE}/mine", f"{HERE}/people/{cast.neighbour.id}/held"):
            if user.username == "chair" and path not in (f"/a/{VILLAGE}/audit", f"{HERE}/quarters"):
                continue  # the committee works in every grid
            text = client_of(user).get(path).text
            assert not any(word in text for word in SECRETS), (user.username, path)
    trail = db.session.scalars(select(AuditEvent)).all()
    assert not any(word in repr((line.before, line.detail)) for line in trail for word in SECRETS)


def test_a_visit_that_no_item_counts_is_a_visit_all_the_same(cast, grid, monkeypatch):
    monkeypatch.setattr(recording.versions, "in_force", lambda _area, _quarter: None)
    household = live(cast, grid, "张大山", PRIORITY)
    made = visit(cast, household)
    assert came_of(made) == []
    assert visits.visits_due([grid.id], TODAY)[0].last_on == TODAY
    assert ServiceState.REJECTED not in {each.state for each in evidence.services([made.id]).values()}
