"""Growth (双培工程): who comes how far, in which order, and who may see it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ground import clock
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import AuditEvent, GrowthStep, Person, PoliticalStatus, Stage
from people.roster import growth, persons
from tests.cast import COUNTY, NEXT_VILLAGE, TODAY, VILLAGE

PAGE = f"/v/{VILLAGE}/growth"
APPLICANT, MEMBER, CADRE = Stage


def reach(person, stage, on, actor=None, note=""):
    with transaction():
        return growth.reach_stage(person, stage, on, note, actor)


def give_standing(person, standing):
    with transaction():
        db.session.get(Person, person.id).standing = standing
        db.session.flush()


def test_from_worker_to_reserve_cadre(cast):
    worker, clerk = cast.worker, cast.clerk
    reach(worker, APPLICANT, date(2025, 3, 1), clerk)
    reach(worker, MEMBER, date(2025, 12, 1), clerk, "支部大会")
    reach(worker, CADRE, date(2026, 6, 1), clerk)
    (found,) = [each for each in growth.of_village(cast.village) if each.stage]
    assert found.person.id == worker.id
    assert found.stage == CADRE
    assert list(found.days.values()) == [date(2026, 6, 1), date(2025, 12, 1), date(2025, 3, 1)]


@pytest.mark.parametrize(
    ("admitted", "standing"),
    [
        (TODAY - timedelta(days=364), PoliticalStatus.PROBATIONARY),
        (TODAY - timedelta(days=365), PoliticalStatus.PARTY),
    ],
)
def test_a_new_member_is_in_the_party_by_the_roster_too(cast, admitted, standing):
    """For a year on probation."""
    reach(cast.worker, APPLICANT, date(2025, 2, 1))
    reach(cast.worker, MEMBER, admitted, cast.clerk)
    assert cast.worker.standing == standing
    changed = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "person.correct")).one()
    assert (changed.before, changed.detail) == ({"standing": None}, {"standing": standing})


def test_a_member_of_long_standing_stays_one(cast):
    give_standing(cast.worker, PoliticalStatus.PARTY)
    reach(cast.worker, MEMBER, TODAY)
    assert cast.worker.standing == PoliticalStatus.PARTY


def test_days_follow_the_stages(cast):
    worker = cast.worker
    reach(worker, APPLICANT, date(2025, 6, 1))
    with pytest.raises(Refused, match="out_of_order"):
        reach(worker, MEMBER, date(2025, 5, 31))
    reach(worker, MEMBER, date(2025, 6, 1))
    with pytest.raises(Refused, match="out_of_order"):
        reach(worker, CADRE, date(2025, 5, 31))


def test_an_application_may_be_entered_later_with_its_own_day(cast):
    give_standing(cast.worker, PoliticalStatus.PARTY)
    reach(cast.worker, MEMBER, date(2026, 1, 1))
    with pytest.raises(Refused, match="out_of_order"):
        reach(cast.worker, APPLICANT, date(2026, 1, 2))
    reach(cast.worker, APPLICANT, date(2024, 1, 1))


@pytest.mark.parametrize(
    "standing", [None, PoliticalStatus.MASSES, PoliticalStatus.LEAGUE, PoliticalStatus.OTHER_PARTY]
)
@pytest.mark.parametrize("stage", [MEMBER, CADRE])
def test_no_stage_is_left_out(cast, standing, stage):
    give_standing(cast.worker, standing)
    with pytest.raises(Refused, match="out_of_order"):
        reach(cast.worker, stage, TODAY)
    assert growth.of_village(cast.village)[0].stage is None


@pytest.mark.parametrize("standing", [PoliticalStatus.PARTY, PoliticalStatus.PROBATIONARY])
@pytest.mark.parametrize("stage", [MEMBER, CADRE])
def test_who_was_in_the_party_before_need_not_have_applied_here(cast, standing, stage):
    give_standing(cast.worker, standing)
    reach(cast.worker, stage, TODAY)


def test_each_stage_once_and_never_tomorrow(cast):
    reach(cast.worker, APPLICANT, TODAY)
    with pytest.raises(Refused, match="stage_reached"):
        reach(cast.worker, APPLICANT, TODAY)
    with pytest.raises(Refused, match="in_future"):
        reach(cast.neighbour, APPLICANT, TODAY + timedelta(days=1))


def test_only_who_serves_or_served(cast):
    with transaction():
        nobody = persons.add_person(cast.village, "无职人", cast.clerk)
    with pytest.raises(Refused, match="not_a_worker"):
        reach(nobody, APPLICANT, TODAY)


def test_a_merged_entry_s_stages_belong_to_the_one_kept(cast):
    duplicate, kept = cast.worker, cast.neighbour
    reach(duplicate, APPLICANT, date(2026, 3, 1))
    merge(kept, duplicate)
    with pytest.raises(Refused, match="stage_reached"):
        reach(kept, APPLICANT, TODAY)
    step = reach(duplicate, MEMBER, date(2026, 4, 1))
    assert step.person_id == kept.id
    found = {each.person.id: each for each in growth.of_village(cast.village)}
    assert duplicate.id not in found
    assert found[kept.id].days == {APPLICANT: date(2026, 3, 1), MEMBER: date(2026, 4, 1)}
    assert sum(each.is_serving for each in found.values()) == 7  # two entries, one person


def merge(kept, duplicate):
    from people.models import Merge

    with transaction():
        db.session.add(
            Merge(kept_id=kept.id, duplicate_id=duplicate.id, reason="同一人", actor_id=None, at=clock.now())
        )
        db.session.flush()
    db.session.rollback()


def take_back(step, reason="选错了人", actor=None):
    with transaction():
        return growth.take_back(step, reason, actor)


def test_a_stage_entered_by_mistake_is_taken_back_and_both_lines_stay(cast):
    wrong = reach(cast.worker, APPLICANT, date(2026, 3, 1))
    back = take_back(wrong, actor=cast.clerk)
    assert take_back(wrong).id == back.id
    assert all(each.stage is None for each in growth.of_village(cast.village))
    right = reach(cast.worker, APPLICANT, date(2026, 4, 1))
    assert {APPLICANT: right.on} in [each.days for each in growth.of_village(cast.village)]
    assert len(db.session.scalars(select(GrowthStep)).all()) == 3
    said = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "growth.take_back")).one()
    assert (said.before, said.detail) == (
        {"stage": "applicant", "on": "2026-03-01"},
        {"reason": "选错了人"},
    )


def test_what_others_stand_on_is_not_taken_back(cast):
    first = reach(cast.worker, APPLICANT, date(2026, 3, 1))
    second = reach(cast.worker, MEMBER, date(2026, 4, 1))
    with pytest.raises(Refused, match="out_of_order"):
        take_back(first)
    with pytest.raises(Refused, match="reason_missing"):
        take_back(second, " ")
    back = take_back(second)
    with pytest.raises(Refused, match="not_a_step"):
        take_back(back)
    take_back(first)


def test_the_committee_takes_back_on_the_page(cast, client_of):
    step = reach(cast.worker, APPLICANT, date(2026, 3, 1))
    theirs = reach(cast.stranger, APPLICANT, date(2026, 3, 1))
    clerk = client_of(cast.clerk)
    address = f"{PAGE}/{step.id}/take-back"
    assert f'action="{address}"' in clerk.get(PAGE).text
    refused = clerk.post(address, data={"reason": ""})
    assert refused.status_code == 422
    assert "note-refused" in refused.text
    assert clerk.post(f"{PAGE}/{theirs.id}/take-back", data={"reason": "错了"}).status_code == 404
    assert client_of(cast.supervisor).post(address, data={"reason": "错了"}).status_code == 403
    assert clerk.post(address, data={"reason": "错了"}).status_code == 302
    assert [each.stage for each in growth.of_village(cast.village) if each.stage] == []
    assert [each.stage for each in growth.of_village(cast.next_village)] == [APPLICANT]


def test_what_is_written_stays(cast):
    step = reach(cast.worker, APPLICANT, TODAY)
    for statement in ("UPDATE growth_step SET note = 'x'", "DELETE FROM growth_step"):
        with pytest.raises(Exception, match=r"append-only"), transaction() as session:
            session.connection().exec_driver_sql(statement)
    assert db.session.get(GrowthStep, step.id).on == TODAY


def test_figures_count_each_once_by_village(cast):
    reach(cast.worker, APPLICANT, date(2026, 3, 1))
    reach(cast.worker, MEMBER, date(2026, 4, 1))
    reach(cast.neighbour, APPLICANT, date(2026, 3, 1))
    reach(cast.stranger, APPLICANT, date(2026, 3, 1))
    figures = {each.village.code: each for each in growth.figures(cast.county)}
    assert (figures[VILLAGE].serving, dict(figures[VILLAGE].stages)) == (8, {MEMBER: 1, APPLICANT: 1})
    assert (figures[NEXT_VILLAGE].serving, dict(figures[NEXT_VILLAGE].stages)) == (1, {APPLICANT: 1})
    assert len(figures) == 3
    assert [each.village.code for each in growth.figures(cast.village)] == [VILLAGE]


def test_who_stopped_serving_still_counts_with_what_they_reached(cast, clock):
    reach(cast.worker, APPLICANT, TODAY)
    clock.turn_to(date(2028, 6, 1))  # every term is over
    (found,) = growth.of_village(cast.village)
    assert not found.is_serving
    figures = growth.figures(cast.village)[0]
    assert (figures.serving, dict(figures.stages)) == (0, {APPLICANT: 1})


def form(who, **changes):
    return {"person": who.id, "stage": "applicant", "on": "2026-12-01", "note": "支部接收"} | changes


def test_the_clerk_writes_a_stage_down_and_everyone_entitled_sees_it(cast, client_of):
    clerk = client_of(cast.clerk)
    assert "还没有人" in clerk.get(PAGE).text or "Nobody" in clerk.get(PAGE).text
    assert clerk.post(PAGE, data=form(cast.worker)).status_code == 302
    for user in (cast.clerk, cast.chair, cast.supervisor):
        page = client_of(user).get(PAGE).text
        assert cast.worker.name in page
        assert "2026年12月1日" in page
    for user in (cast.township_user, cast.county_user):
        page = client_of(user).get(PAGE).text
        assert cast.worker.masked in page
        assert not any(worker.name in page for worker in cast.workers)
        assert 'name="stage"' not in page


def test_a_refusal_keeps_what_was_typed(cast, client_of):
    clerk = client_of(cast.clerk)
    answer = clerk.post(PAGE, data=form(cast.worker, stage="reserve_cadre"))
    assert answer.status_code == 422
    assert "支部接收" in answer.text
    for wrong in ({"person": cast.stranger.id}, {"stage": "president"}, {"on": ""}, {"on": "2026-12-29"}):
        assert clerk.post(PAGE, data=form(cast.worker, **wrong)).status_code == 422
    assert db.session.scalars(select(GrowthStep)).all() == []


def test_only_the_committee_writes(cast, client_of):
    for user in (cast.supervisor, cast.township_user, cast.county_user, cast.instructor, cast.worker_user):
        assert client_of(user).post(PAGE, data=form(cast.worker)).status_code == 403
    assert client_of(cast.instructor).get(PAGE).status_code == 403


def test_the_county_sees_figures_and_no_names(cast, client_of):
    reach(cast.worker, APPLICANT, TODAY)
    page = client_of(cast.county_user).get(f"/a/{COUNTY}/growth").text
    assert cast.village.name in page
    assert cast.worker.name not in page
    assert client_of(cast.clerk).get(f"/a/{VILLAGE}/growth").status_code == 403
