"""Terms: begun, renewed, handed over, ended; and where somebody is missing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from ground import clock as calendar
from ground.db import db, transaction
from people.models import Appointment, AuditEvent, ChosenBy, Duty, GridKind, Merge
from people.roster import grids, holders, persons, staffing, terms
from people.roster.holders import TermState
from tests.cast import BEGAN_ON, TODAY, WORKERS
from tests.story import do, refused

LAST_DAY = date(2027, 12, 31)  # of the terms the cast serves under
ONE_DAY = timedelta(days=1)


@pytest.fixture
def term(cast):
    """The worker's term."""
    return cast.term_of(cast.worker)


@pytest.fixture
def newcomer(cast):
    return do(persons.add_person, cast.village, "新来的", cast.clerk, "13800001234")


@pytest.fixture
def instructor(cast):
    return do(persons.add_person, cast.township, "何指导", cast.clerk, "13800005678", "镇司法所")


def days(term):
    return (term.starts_on, term.ends_on, term.ended_on)


def serving(person, day):
    return holders.term_on_day(person.id, day) is not None


def ended(action="term.end"):
    return db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)).all()


# --- Appointing ---


def test_a_term_runs_for_three_years_whatever_the_day(cast, newcomer):
    grid = do(grids.add_grid, cast.village, "90", "空", GridKind.RURAL, 8, cast.clerk)
    term = do(
        terms.appoint,
        newcomer,
        grid,
        Duty.WORKER,
        date(2024, 2, 29),
        cast.clerk,
        chosen_by=ChosenBy.HOUSEHOLDS,
    )
    assert days(term) == (date(2024, 2, 29), date(2027, 2, 28), None)
    assert terms.last_day(date(2027, 1, 1)) == date(2029, 12, 31)
    event = ended("term.begin")[-1]
    assert (event.subject, event.detail["chosen_by"]) == (f"person:{newcomer.id}", "households")


def test_an_instructor_of_the_township_serves_in_any_of_its_villages(cast, instructor):
    for worker in (cast.worker, cast.neighbour, cast.stranger):
        do(terms.appoint, instructor, cast.term_of(worker).grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    assert len(holders.serving_terms(cast.village, TODAY, TODAY, Duty.INSTRUCTOR)) == 2
    grid = do(grids.add_grid, cast.far_village, "1", "远", GridKind.RURAL, 8, cast.clerk)
    refused("other_village", terms.appoint, instructor, grid, Duty.INSTRUCTOR, TODAY, cast.clerk)


def test_a_worker_serves_in_several_grids_of_their_village(cast, term):
    grid = do(grids.add_grid, cast.village, "90", "空", GridKind.RURAL, 8, cast.clerk)
    do(terms.appoint, cast.worker, grid, Duty.WORKER, TODAY, cast.clerk)
    assert {one.grid_id for one in cast_terms(cast.worker)} == {grid.id, term.grid_id}
    refused("other_village", terms.appoint, cast.stranger, grid, Duty.WORKER, TODAY, cast.clerk)


def cast_terms(person):
    return db.session.scalars(sa.select(Appointment).where(Appointment.person_id == person.id)).all()


def test_one_worker_and_one_instructor_for_a_grid(cast, term, newcomer, instructor):
    refused("grid_taken", terms.appoint, newcomer, term.grid, Duty.WORKER, TODAY, cast.clerk)
    later = LAST_DAY + ONE_DAY
    refused("grid_taken", terms.appoint, newcomer, term.grid, Duty.WORKER, later, cast.clerk)
    do(terms.appoint, instructor, term.grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    refused("grid_taken", terms.appoint, instructor, term.grid, Duty.INSTRUCTOR, TODAY, cast.clerk)


def test_a_term_that_ran_out_unnoticed_makes_room(cast, term, newcomer, clock):
    clock.turn_to(LAST_DAY)
    refused("grid_taken", terms.appoint, newcomer, term.grid, Duty.WORKER, LAST_DAY + ONE_DAY, cast.clerk)
    clock.days_on(30)
    refused("overlaps", terms.appoint, newcomer, term.grid, Duty.WORKER, LAST_DAY, cast.clerk)
    assert term.ended_on is None
    new = do(terms.appoint, newcomer, term.grid, Duty.WORKER, date(2028, 1, 20), cast.clerk)
    assert days(term) == (BEGAN_ON, LAST_DAY, LAST_DAY + ONE_DAY)
    assert new.starts_on == date(2028, 1, 20)
    assert ended()[0].detail["ended_on"] == "2028-01-01"


def test_nobody_is_appointed_over_who_has_served(cast, term, newcomer):
    do(terms.end_term, term, "搬走", cast.clerk, date(2026, 12, 20))
    problem = refused(
        "overlaps", terms.appoint, newcomer, term.grid, Duty.WORKER, date(2026, 12, 19), cast.clerk
    )
    assert problem.field == "starts_on"
    assert "2026年12月19日" in str(problem.message)
    before = (date(2024, 1, 1), cast.clerk, date(2024, 12, 31))
    do(terms.appoint, newcomer, term.grid, Duty.WORKER, *before)
    refused("overlaps", terms.appoint, newcomer, term.grid, Duty.WORKER, date(2023, 6, 1), cast.clerk)


@pytest.mark.parametrize(
    ("code", "starts_on", "ends_on"),
    [
        ("bad_day", date(206, 12, 1), None),
        ("bad_day", date(9999, 1, 1), None),
        ("bad_day", date(2062, 12, 1), None),
        ("bad_period", date(2026, 12, 28), date(2026, 12, 27)),
    ],
)
def test_days_that_cannot_be_meant(cast, term, newcomer, code, starts_on, ends_on):
    do(terms.end_term, term, "搬走", cast.clerk)
    refused(code, terms.appoint, newcomer, term.grid, Duty.WORKER, starts_on, cast.clerk, ends_on)


# --- Renewing ---


def test_a_renewal_begins_where_the_term_ends(cast, term, clock):
    new = do(terms.renew, term, cast.clerk, chosen_by=ChosenBy.GROUP)
    assert days(term) == (BEGAN_ON, LAST_DAY, LAST_DAY + ONE_DAY)
    assert days(new) == (date(2028, 1, 1), date(2030, 12, 31), None)
    assert (new.follows, new.person, new.chosen_by) == (term, cast.worker, ChosenBy.GROUP)
    assert [serving(cast.worker, day) for day in (TODAY, LAST_DAY, date(2028, 1, 1))] == [True] * 3
    assert [holders.state_of(one, TODAY) for one in (term, new)] == [TermState.RUNNING, TermState.COMING]
    refused("already_renewed", terms.renew, term, cast.clerk)
    refused("not_current", terms.renew, new, cast.clerk)


def test_a_term_that_ran_out_is_renewed_afterwards(cast, term, clock):
    clock.turn_to(date(2028, 3, 1))
    assert not serving(cast.worker, date(2028, 3, 1))
    new = do(terms.renew, term, cast.clerk)
    assert new.starts_on == LAST_DAY + ONE_DAY
    assert serving(cast.worker, date(2028, 3, 1))


def test_what_was_ended_is_not_renewed(cast, term, newcomer):
    do(terms.end_term, term, "搬走", cast.clerk)
    refused("not_current", terms.renew, term, cast.clerk)
    theirs = cast.term_of(cast.neighbour)
    do(terms.hand_over, theirs, newcomer, TODAY, cast.clerk)
    refused("not_current", terms.renew, theirs, cast.clerk)


def test_a_joined_entry_is_renewed_as_the_one_that_counts(cast, term, newcomer):
    with transaction():
        merge = Merge(kept_id=newcomer.id, duplicate_id=cast.worker.id, reason="同一人", at=calendar.now())
        db.session.add(merge)
        db.session.flush()
    new = do(terms.renew, term, cast.clerk)
    assert new.person_id == newcomer.id
    refused("already_renewed", terms.renew, term, cast.clerk)


# --- Handing over ---


def test_a_successor_begins_the_day_the_old_term_ends(cast, term, newcomer):
    new = do(terms.hand_over, term, newcomer, date(2026, 12, 1), cast.clerk, chosen_by=ChosenBy.VILLAGE)
    assert days(term) == (BEGAN_ON, LAST_DAY, date(2026, 12, 1))
    assert days(new) == (date(2026, 12, 1), date(2029, 11, 30), None)
    assert new.follows == term
    assert serving(cast.worker, date(2026, 11, 30))
    assert not serving(cast.worker, date(2026, 12, 1))
    assert serving(newcomer, date(2026, 12, 1))
    assert ended()[0].detail["successor"] == "新来的"


def test_a_hand_over_in_advance(cast, term, newcomer):
    new = do(terms.hand_over, term, newcomer, date(2027, 3, 1), cast.clerk)
    assert [holders.state_of(one, TODAY) for one in (term, new)] == [TermState.RUNNING, TermState.COMING]
    assert serving(cast.worker, date(2027, 2, 28))
    refused("not_current", terms.hand_over, term, cast.neighbour, date(2027, 1, 1), cast.clerk)
    refused("not_current", terms.hand_over, new, cast.neighbour, date(2027, 3, 2), cast.clerk)


def test_a_renewal_is_called_off_by_handing_over(cast, term, newcomer):
    renewal = do(terms.renew, term, cast.clerk)
    new = do(terms.hand_over, term, newcomer, TODAY, cast.clerk)
    assert holders.state_of(renewal, date(2029, 1, 1)) == TermState.CALLED_OFF
    assert not serving(cast.worker, date(2029, 1, 1))
    assert new.follows == term


@pytest.mark.parametrize("day", [BEGAN_ON, LAST_DAY + 2 * ONE_DAY])
def test_a_hand_over_lies_within_the_term(cast, term, newcomer, day):
    refused("bad_day", terms.hand_over, term, newcomer, day, cast.clerk)
    assert term.ended_on is None


def test_nobody_takes_over_from_themselves_nor_what_is_ended(cast, term, newcomer):
    refused("same_person", terms.hand_over, term, cast.worker, TODAY, cast.clerk)
    refused("other_village", terms.hand_over, term, cast.stranger, TODAY, cast.clerk)
    assert term.ended_on is None
    do(terms.end_term, term, "搬走", cast.clerk)
    refused("not_current", terms.hand_over, term, newcomer, TODAY, cast.clerk)


# --- Ending ---


def test_a_term_ends_today_or_on_a_day_that_has_been(cast, term):
    do(terms.end_term, term, "搬走", cast.clerk)
    assert term.ended_on == TODAY
    other = cast.term_of(cast.neighbour)
    do(terms.end_term, other, "生病", cast.clerk, date(2026, 12, 1))
    assert other.ended_on == date(2026, 12, 1)
    event = ended()[-1]
    assert (event.detail["reason"], event.detail["ended_on"]) == ("生病", "2026-12-01")
    refused("already_ended", terms.end_term, other, "再来", cast.clerk)


@pytest.mark.parametrize(
    ("code", "reason", "on"),
    [
        ("reason_missing", " ", None),
        ("in_future", "搬走", date(2026, 12, 29)),
        ("bad_day", "搬走", date(2024, 12, 31)),
    ],
)
def test_an_end_that_cannot_be(cast, term, code, reason, on):
    refused(code, terms.end_term, term, reason, cast.clerk, on)
    assert term.ended_on is None


def test_a_term_that_ran_out_ends_with_its_last_day(cast, term, clock):
    clock.turn_to(date(2028, 3, 1))
    do(terms.end_term, term, "没有续聘", cast.clerk)
    assert term.ended_on == LAST_DAY + ONE_DAY


def test_who_ends_early_does_not_come_back_by_a_renewal(cast, term):
    renewal = do(terms.renew, term, cast.clerk)
    do(terms.end_term, term, "搬走", cast.clerk)
    assert term.ended_on == TODAY
    assert holders.state_of(renewal, TODAY) == TermState.CALLED_OFF
    assert not serving(cast.worker, date(2028, 6, 1))
    refused("already_ended", terms.end_term, renewal, "搬走", cast.clerk)


def test_a_renewal_called_off_can_be_made_again(cast, term, newcomer):
    first = do(terms.renew, term, cast.clerk)
    do(terms.end_term, first, "按错了", cast.clerk)
    assert days(first) == (date(2028, 1, 1), date(2030, 12, 31), date(2028, 1, 1))
    assert term.ended_on is None
    again = do(terms.renew, term, cast.clerk)
    assert again.starts_on == date(2028, 1, 1)
    do(terms.end_term, again, "换人", cast.clerk)
    assert do(terms.hand_over, term, newcomer, TODAY, cast.clerk).follows == term


def test_calling_a_successor_off_leaves_the_end_that_was_decided(cast, term, newcomer):
    coming = do(terms.hand_over, term, newcomer, date(2027, 3, 1), cast.clerk)
    do(terms.end_term, coming, "不来了", cast.clerk)
    assert term.ended_on == date(2027, 3, 1)
    third = do(persons.add_person, cast.village, "第三人", cast.clerk)
    assert do(terms.appoint, third, term.grid, Duty.WORKER, date(2027, 3, 1), cast.clerk)


def test_a_term_called_off_touches_no_quarter(cast, term):
    renewal = do(terms.renew, term, cast.clerk)
    do(terms.end_term, renewal, "按错了", cast.clerk)
    found = holders.serving_terms(cast.village, date(2027, 12, 1), date(2028, 3, 31))
    assert term in found
    assert renewal not in found


# --- Who served, and where somebody is missing ---


def test_a_persons_terms_with_who_came_before_and_after(cast, term, newcomer):
    renewal = do(terms.renew, term, cast.clerk)
    assert [(one, after) for one, after in holders.terms_of_person(cast.worker, cast.village)] == [
        (term, renewal),
        (renewal, None),
    ]
    new = do(terms.hand_over, term, newcomer, TODAY, cast.clerk)
    assert holders.terms_of_person(newcomer, cast.village) == [(new, None)]
    assert holders.terms_of_person(cast.worker, cast.village)[0] == (term, new)
    assert holders.terms_of_person(cast.worker, cast.next_village) == []
    assert list(holders.terms_of_grid(term.grid)) == [renewal, new, term]


def test_what_ends_within_ninety_days_and_nobody_follows(cast, clock, newcomer):
    clock.turn_to(LAST_DAY - timedelta(days=91))
    assert staffing.ending_terms(cast.village) == []
    clock.days_on(1)
    assert [one.person.name for one in staffing.ending_terms(cast.village)] == list(WORKERS)
    do(terms.renew, cast.term_of(cast.worker), cast.clerk)
    do(terms.hand_over, cast.term_of(cast.neighbour), newcomer, calendar.today(), cast.clerk)
    assert [one.person.name for one in staffing.ending_terms(cast.village)] == list(WORKERS[2:])
    clock.turn_to(LAST_DAY)
    assert len(staffing.ending_terms(cast.village)) == 6
    clock.days_on(1)
    assert staffing.ending_terms(cast.village) == []


def test_where_nobody_serves(cast, term, newcomer, instructor, clock):
    missing = staffing.vacancies(cast.village)
    assert {one.duty for one in missing} == {Duty.INSTRUCTOR}
    assert len(missing) == 8
    do(terms.appoint, instructor, term.grid, Duty.INSTRUCTOR, TODAY + ONE_DAY, cast.clerk)
    assert staffing.vacancies(cast.village)[0].next_term.person == instructor
    do(terms.end_term, term, "搬走", cast.clerk)
    worker, _coming, *_others = staffing.vacancies(cast.village)
    assert (worker.duty, worker.last_term, worker.next_term) == (Duty.WORKER, None, None)
    clock.turn_to(LAST_DAY + ONE_DAY)
    ran_out = [one for one in staffing.vacancies(cast.village) if one.last_term]
    assert [one.last_term.person.name for one in ran_out] == list(WORKERS[1:])
    assert all(one.last_term.ends_on == LAST_DAY for one in ran_out)


def test_figures_of_every_village(cast, term, instructor, clock):
    do(terms.appoint, instructor, term.grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    do(terms.end_term, cast.term_of(cast.neighbour), "搬走", cast.clerk)
    here, there, far = staffing.figures(cast.county)
    assert (here.village, here.grids) == (cast.village, 8)
    assert here.vacancies == {Duty.WORKER: 1, Duty.INSTRUCTOR: 7}
    assert (there.vacancies[Duty.WORKER], there.vacancies[Duty.INSTRUCTOR]) == (0, 1)
    assert (far.grids, far.vacancies) == (0, {Duty.WORKER: 0, Duty.INSTRUCTOR: 0})
    assert [line.village for line in staffing.figures(cast.township)] == [cast.village, cast.next_village]
    clock.turn_to(date(2027, 11, 1))
    here, *_others = staffing.figures(cast.village)
    assert (here.ending_terms, here.terms_run_out) == (7, 0)
    clock.turn_to(date(2028, 1, 1))
    here, *_others = staffing.figures(cast.village)
    assert (here.ending_terms, here.terms_run_out, here.vacancies[Duty.WORKER]) == (0, 7, 8)


def names(query):
    return {person.name for person in db.session.scalars(query)}


def test_who_is_listed_as_serving_or_not(cast, term, newcomer, instructor):
    do(terms.appoint, instructor, term.grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    do(terms.end_term, cast.term_of(cast.neighbour), "搬走", cast.clerk)
    assert names(staffing.people_query(cast.village, serving=True)) == {*WORKERS, "何指导"} - {"王芳"}
    assert names(staffing.people_query(cast.village, serving=False)) == {"王芳", "新来的"}
    assert names(staffing.people_query(cast.village, serving=True, name="秀")) == {"李秀明"}
    assert names(staffing.people_query(cast.village, serving=True, name="%")) == set()
    assert names(staffing.people_query(cast.next_village, serving=True)) == {"邻村人"}
    with transaction():
        db.session.add(
            Merge(kept_id=cast.worker.id, duplicate_id=newcomer.id, reason="同一人", at=calendar.now())
        )
        db.session.flush()
    assert names(staffing.people_query(cast.village, serving=False)) == {"王芳"}


def test_who_can_be_chosen(cast, term, newcomer, instructor):
    workers = {person.name for person in staffing.candidates(cast.village, Duty.WORKER)}
    assert workers == {*WORKERS, "新来的"}
    assert staffing.candidates(cast.village, Duty.INSTRUCTOR) == []
    do(terms.appoint, instructor, term.grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    assert staffing.candidates(cast.village, Duty.INSTRUCTOR) == [instructor]
    assert staffing.candidates(cast.next_village, Duty.INSTRUCTOR) == []
    with transaction():
        db.session.add(
            Merge(kept_id=cast.worker.id, duplicate_id=newcomer.id, reason="同一人", at=calendar.now())
        )
        db.session.flush()
    assert {person.name for person in staffing.candidates(cast.village, Duty.WORKER)} == set(WORKERS)
