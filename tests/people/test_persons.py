"""People: entered, corrected, found; the one person behind two entries."""

from datetime import date

import pytest
import sqlalchemy as sa

from ground import clock as calendar
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import AuditEvent, Background, Duty, Merge, PoliticalStatus, Sex
from people.roster import persons, terms
from tests.cast import TODAY
from tests.story import do


def what_is_known(person, **changed):
    names = ("phone", "agency", "sex", "birth_year", "standing", "background", "law_mark_on")
    return {name: getattr(person, name) for name in names} | changed


def correct(person, actor, name=None, **changed):
    return do(persons.correct, person, name or person.name, actor, **what_is_known(person, **changed))


@pytest.fixture
def twin(cast):
    """A second entry of the worker, joined with the first."""
    kept = cast.worker
    with transaction():
        twin = persons.add_person(cast.village, "李秀明", cast.clerk, "12000005678")
        merge = Merge(kept_id=kept.id, duplicate_id=twin.id, reason="重复登记", at=calendar.now())
        db.session.add(merge)
        db.session.flush()
    return twin


def test_somebody_is_entered_with_all_that_is_known(cast):
    person = do(
        persons.add_person,
        cast.village,
        " 张三 ",
        cast.clerk,
        "13800001234",
        sex=Sex.FEMALE,
        birth_year=1961,
        standing=PoliticalStatus.PARTY,
        background=Background.RETIRED_OFFICIAL,
    )
    assert (person.name, person.masked, person.sex, person.birth_year) == ("张三", "张*", Sex.FEMALE, 1961)


def test_a_correction_says_what_was_and_what_is(cast):
    person = cast.worker
    changed = correct(person, cast.clerk, "李秀敏", phone="13900001111", law_mark_on=date(2026, 5, 1))
    assert set(changed) == {"name", "phone", "law_mark_on"}
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "person.correct")).one()
    assert event.before == {"name": "李秀明", "phone": "12000005678", "law_mark_on": None}
    assert event.detail == {"name": "李秀敏", "phone": "13900001111", "law_mark_on": "2026-05-01"}
    assert (event.subject, event.actor_id) == (f"person:{person.id}", cast.clerk.id)
    assert correct(person, cast.clerk) == []


@pytest.mark.parametrize("year", [1926, 2010])
def test_a_year_of_birth_that_can_be(cast, year):
    assert correct(cast.worker, cast.clerk, birth_year=year) == ["birth_year"]


@pytest.mark.parametrize(
    ("code", "field", "changed"),
    [
        ("bad_birth_year", "birth_year", {"birth_year": 1925}),
        ("bad_birth_year", "birth_year", {"birth_year": 2011}),
        ("bad_birth_year", "birth_year", {"birth_year": 61}),
        ("in_future", "law_mark_on", {"law_mark_on": date(2026, 12, 29)}),
        ("bad_name", "name", {"name": "  "}),
        ("bad_name", "name", {"name": "长" * 201}),
    ],
)
def test_what_cannot_be_is_refused(cast, code, field, changed):
    with pytest.raises(Refused) as caught:
        correct(cast.worker, cast.clerk, **changed)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert (cast.worker.birth_year, cast.worker.law_mark_on) == (None, None)


def test_nobody_is_entered_with_an_impossible_year_of_birth(cast):
    with pytest.raises(Refused, match="bad_birth_year"):
        do(persons.add_person, cast.village, "张三", cast.clerk, birth_year=2011)


def test_who_is_found_where(cast):
    instructor = do(persons.add_person, cast.township, "指导", cast.clerk, None, "司法所")
    assert persons.find(cast.village, instructor.id) is None
    assert persons.find(cast.township, instructor.id) == instructor
    grid = cast.term_of(cast.worker).grid
    term = do(terms.appoint, instructor, grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    do(terms.end_term, term, "调走", cast.clerk)
    assert persons.find(cast.village, instructor.id) == instructor
    assert persons.find(cast.next_village, instructor.id) is None
    assert persons.find(cast.next_village, cast.worker.id) is None


def test_who_is_entered_already(cast):
    assert persons.find_by_name_and_phone(cast.village, " 李秀明", "12000005678") == cast.worker
    assert persons.find_by_name_and_phone(cast.village, "李秀明", "13800001234") is None
    assert persons.find_by_name_and_phone(cast.village, "李秀明", None) is None
    assert persons.find_by_name_and_phone(cast.next_village, "李秀明", "12000005678") is None


def test_a_joined_entry_stands_for_nobody(cast, twin):
    worker = persons.current_entry(twin)
    assert worker.id != twin.id
    assert persons.entry_ids(worker) == [worker.id, twin.id]
    assert [merge.duplicate for merge in persons.direct_merges(worker)] == [twin]
    assert persons.find_by_name_and_phone(cast.village, "李秀明", "12000005678") == worker
    with pytest.raises(Refused, match="was_merged"):
        correct(twin, cast.clerk, birth_year=1960)
    grid = cast.term_of(cast.neighbour).grid
    with pytest.raises(Refused, match="was_merged"):
        do(terms.appoint, twin, grid, Duty.WORKER, TODAY, cast.clerk)
