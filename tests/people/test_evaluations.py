"""The two-way evaluation: who says what of whom, once, and who gets to read it."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from ground import clock
from ground.db import db, transaction
from people.conduct import evaluations
from people.conduct.evaluations import Grades
from people.models import AuditEvent, Duty, Evaluation, EvaluationSide, Merge, Person, Role
from people.roster import grids, persons, terms
from people.signin import accounts
from tests.cast import HASHED, TOWNSHIP, VILLAGE
from tests.story import refusal

HERE = f"/v/{VILLAGE}/evaluations"
ABOVE = f"/a/{TOWNSHIP}/evaluations"
FINE = Grades(4, 3, 4)
SENT = {"diligence": "4", "skill": "3", "manner": "4", "remark": "常来走访"}


@pytest.fixture
def helper(cast):
    """The person behind the instructor's sign-in: of the township, in the first four grids since January."""
    with transaction():
        person = persons.add_person(cast.township, "何指导", None, agency="镇司法所")
        for code in ("01", "02", "03", "04"):
            terms.appoint(person, grids.by_code(cast.village, code), Duty.INSTRUCTOR, date(2026, 1, 1), None)
        cast.instructor.person_id = person.id
        for number, worker in enumerate(cast.workers[1:4], 1):
            user = accounts.add_user(f"worker{number}", worker.name, HASHED, None, worker, temporary=False)
            accounts.grant(user, Role.WORKER, cast.village, None)
    return Helper(person.id)


class Helper:
    """The instructor, read anew whenever asked for."""

    def __init__(self, ident):
        self.id = ident

    @property
    def person(self):
        return db.session.get_one(Person, self.id)


def say(cast, actor, side, person, year=2026, grades=FINE, remark=""):
    with transaction():
        return evaluations.evaluate(side, person, cast.village, year, grades, remark, actor)


def names(cast, user, year=2026):
    return [partner.person.name for partner in evaluations.partners_to_evaluate(user, cast.village, year)]


# --- Who is asked about whom ---


def test_each_side_is_asked_about_the_other(cast, helper):
    first_four = [worker.name for worker in cast.workers[:4]]
    assert names(cast, cast.instructor) == first_four
    assert names(cast, cast.worker_user) == ["何指导"]
    assert names(cast, cast.chair) == ["何指导"]
    assert names(cast, cast.clerk) == []
    say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker)
    assert names(cast, cast.instructor) == first_four[1:]
    assert names(cast, cast.worker_user) == ["何指导"]
    assert [
        grid.code for grid in evaluations.partners_to_evaluate(cast.chair, cast.village, 2026)[0].grids
    ] == [
        "01",
        "02",
        "03",
        "04",
    ]


def test_a_worker_without_an_instructor_and_a_sign_in_without_a_person_are_asked_nothing(cast, helper):
    with transaction():
        user = accounts.add_user("fifth", "杨建华", HASHED, None, cast.workers[4], temporary=False)
        accounts.grant(user, Role.WORKER, cast.village, None)
        nobody = accounts.add_user("nobody", "无名", HASHED, None, temporary=False)
        accounts.grant(nobody, Role.INSTRUCTOR, cast.village, None)
    assert names(cast, cast.user("fifth")) == []
    assert names(cast, cast.user("nobody")) == []
    with refusal("no_person"):
        say(cast, cast.user("nobody"), EvaluationSide.OF_WORKER, cast.worker)


@pytest.mark.parametrize(("since", "asked"), [(date(2026, 11, 29), True), (date(2026, 11, 30), False)])
def test_thirty_days_together_in_the_year_up_to_today(cast, since, asked):
    """From the 29th of November to the 28th of December: thirty days, the first and today counted."""
    with transaction():
        person = persons.add_person(cast.township, "新指导", None)
        terms.appoint(person, grids.by_code(cast.village, "01"), Duty.INSTRUCTOR, since, None)
    assert (names(cast, cast.worker_user) == ["新指导"]) is asked
    if not asked:
        with refusal("not_together"):
            say(cast, cast.worker_user, EvaluationSide.BY_WORKER, person)
        with refusal("not_together"):
            say(cast, cast.chair, EvaluationSide.BY_VILLAGE, person)


def test_only_a_common_grid_counts_and_only_days_in_common(cast, helper):
    with refusal("not_together"):
        say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.workers[4])
    with refusal("not_together"):
        say(cast, cast.worker_user, EvaluationSide.BY_WORKER, cast.neighbour)
    with refusal("not_together"), clock.at(date(2026, 3, 31)):  # the year before the instructor came
        say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, year=2025)
    with transaction():  # the first worker left on the 20th of January, 19 days after the instructor came
        cast.term_of(cast.worker).ended_on = date(2026, 1, 20)
        db.session.flush()
    assert cast.worker.name not in names(cast, cast.instructor)


# --- The rules ---


def test_once_and_for_all(cast, helper):
    say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, remark=" 踏实 ")
    for grades in (FINE, Grades(1, 1, 1)):
        with refusal("already_said"):
            say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, grades=grades)
    said = db.session.scalars(select(Evaluation)).one()
    assert (said.diligence, said.skill, said.manner, said.remark) == (4, 3, 4, "踏实")
    with pytest.raises(sa.exc.DatabaseError), transaction():
        db.session.execute(sa.update(Evaluation).values(diligence=1))


def test_the_village_speaks_with_one_voice(cast, helper):
    say(cast, cast.chair, EvaluationSide.BY_VILLAGE, helper.person)
    with refusal("already_said"):
        say(cast, cast.second_chair, EvaluationSide.BY_VILLAGE, helper.person)
    assert names(cast, cast.second_chair) == []


def test_nobody_evaluates_themselves_under_any_entry(cast, helper):
    """A chair who is the instructor, and an instructor who entered twice serves as the worker too."""
    with transaction():
        cast.chair.person_id = helper.id
        db.session.flush()
    assert names(cast, cast.chair) == []
    with refusal("own_evaluation"):
        say(cast, cast.chair, EvaluationSide.BY_VILLAGE, helper.person)
    with transaction():
        db.session.add(Merge(kept_id=helper.id, duplicate_id=cast.worker.id, reason="同一人", at=clock.now()))
        db.session.flush()
    for person in (cast.worker, helper.person):
        with refusal("own_evaluation"):
            say(cast, cast.instructor, EvaluationSide.OF_WORKER, person)
        with refusal("own_evaluation"):
            say(cast, cast.worker_user, EvaluationSide.BY_WORKER, person)
    assert cast.worker.name not in names(cast, cast.instructor)
    assert names(cast, cast.worker_user) == []


def test_what_was_said_of_a_merged_entry_is_not_said_again(cast, helper):
    say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker)
    with transaction():
        kept = persons.add_person(cast.village, "李秀明二", None)
        db.session.add(Merge(kept_id=kept.id, duplicate_id=cast.worker.id, reason="同一人", at=clock.now()))
        db.session.flush()
    for person in (cast.worker, db.session.get_one(Person, kept.id)):
        with refusal("already_said"):
            say(cast, cast.instructor, EvaluationSide.OF_WORKER, person)
    (result,) = evaluations.results(cast.village, EvaluationSide.OF_WORKER, 2026)
    assert (result.person.name, result.voice_count) == ("李秀明二", 1)


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 12, 28), [2026]),
        (date(2027, 3, 31), [2026, 2027]),
        (date(2027, 4, 1), [2027]),
    ],
)
def test_a_year_is_open_until_the_end_of_the_next_march(cast, helper, clock, today, years):
    clock.turn_to(today)
    assert evaluations.open_years() == years
    for year in (2025, 2028):
        with refusal("wrong_year"):
            say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, year=year)
    if 2026 in years:
        assert say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker).year == 2026
    else:
        with refusal("wrong_year"):
            say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker)


def test_each_side_has_its_role(cast, helper):
    for actor, side, person in (
        (cast.clerk, EvaluationSide.BY_VILLAGE, helper.person),
        (cast.supervisor, EvaluationSide.OF_WORKER, cast.worker),
        (cast.worker_user, EvaluationSide.OF_WORKER, cast.worker),
        (cast.instructor, EvaluationSide.BY_WORKER, helper.person),
        (cast.outsider, EvaluationSide.BY_VILLAGE, helper.person),
        (cast.township_user, EvaluationSide.BY_VILLAGE, helper.person),
    ):
        with refusal("not_yours"):
            say(cast, actor, side, person)


@pytest.mark.parametrize("grade", [0, 5, -1])
def test_a_grade_is_one_of_four(cast, helper, grade):
    with refusal("bad_grade"):
        say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, grades=Grades(4, grade, 4))


# --- What came of it ---


def workers_say(cast, helper, *grades, remark="{}号网格"):
    users = ("worker", "worker1", "worker2", "worker3")
    for number, grade in enumerate(grades):
        actor = cast.user(users[number])
        say(
            cast,
            actor,
            EvaluationSide.BY_WORKER,
            helper.person,
            grades=Grades(grade, 4, 4),
            remark=remark.format(9 - number),
        )


def test_what_workers_say_is_shown_from_three_voices_on_and_never_who_said_it(cast, helper):
    workers_say(cast, helper, 4, 4)
    (few,) = evaluations.results(cast.township, EvaluationSide.BY_WORKER, 2026)
    assert (few.voice_count, few.mean_grades, few.remarks) == (2, None, [])
    say(
        cast,
        cast.user("worker2"),
        EvaluationSide.BY_WORKER,
        helper.person,
        grades=Grades(3, 3, 4),
        remark="1号网格",
    )
    for area in (cast.township, cast.county):
        (result,) = evaluations.results(area, EvaluationSide.BY_WORKER, 2026)
        assert (result.person.id, result.place.code, result.voice_count) == (helper.id, TOWNSHIP, 3)
        assert result.mean_grades == {"diligence": 37, "skill": 37, "manner": 40}
        assert result.remarks == ["1号网格", "8号网格", "9号网格"]  # in the order of their words
    assert evaluations.results(cast.township, EvaluationSide.BY_WORKER, 2025) == []


def test_the_village_s_word_is_shown_at_once(cast, helper):
    say(cast, cast.chair, EvaluationSide.BY_VILLAGE, helper.person, remark="每月都来")
    (result,) = evaluations.results(cast.county, EvaluationSide.BY_VILLAGE, 2026)
    assert (result.place.code, result.voice_count, result.remarks) == (VILLAGE, 1, ["每月都来"])
    assert result.mean_grades == {"diligence": 40, "skill": 30, "manner": 40}


@pytest.mark.parametrize(
    ("grades", "tenths"), [([4, 4, 3], 37), ([4, 3, 3], 33), ([1, 2, 2, 4], 23), ([4], 40), ([2, 1], 15)]
)
def test_means_are_whole_tenths_a_half_rounded_up(grades, tenths):
    assert evaluations._mean(grades) == tenths


def test_nothing_of_it_is_in_the_audit_trail(cast, helper):
    """Its readers are not those to whom a voice goes."""
    count = select(sa.func.count()).select_from(AuditEvent)
    before = db.session.scalar(count)
    workers_say(cast, helper, 4, 4, 3)
    assert db.session.scalar(count) == before


# --- On pages ---


def test_a_worker_speaks_on_a_phone(cast, helper, client_of):
    worker = client_of(cast.worker_user)
    page = worker.get(HERE).text
    link = re.search(rf'href="({HERE}/{helper.id}\?[^"]+)"', page)[1].replace("&amp;", "&")
    form = worker.get(link).text
    assert form.count('type="radio"') == 12
    assert worker.post(link, data=SENT | {"skill": ""}).status_code == 422
    assert "常来走访" in worker.post(link, data=SENT | {"skill": "5"}).text
    assert worker.post(link, data=SENT | {"remark": "长" * 501}).status_code == 422
    assert db.session.scalars(select(Evaluation)).all() == []
    assert worker.post(link, data=SENT).status_code == 302
    twice = worker.post(link, data=SENT | {"skill": "1"})
    assert twice.status_code == 422
    assert "您已经评价过了" in twice.text
    mine = worker.get(link).text
    assert "常来走访" in mine
    assert 'type="radio"' not in mine
    assert "您都评价过了" in worker.get(HERE).text


def test_results_are_seen_only_by_those_they_go_to(cast, helper, client_of):
    say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, remark="指导员的话")
    workers_say(cast, helper, 4, 4, 3, remark="网格员的话")
    say(cast, cast.chair, EvaluationSide.BY_VILLAGE, helper.person, remark="村里的话")
    seen = {
        "clerk": "指导员的话",
        "chair": "指导员的话",
        "supervisor": "指导员的话",
        "instructor": "",
        "worker": "",
    }
    for username, words in seen.items():
        page = client_of(cast.user(username)).get(HERE).text
        for each in ("指导员的话", "网格员的话", "村里的话"):
            assert (each in page) == (each == words), (username, each)
        assert client_of(cast.user(username)).get(f"/a/{VILLAGE}/evaluations").status_code == 403
        assert client_of(cast.user(username)).get(ABOVE).status_code == 404
    for user in (cast.township_user, cast.county_user):
        page = client_of(user).get(ABOVE).text
        assert "网格员的话" in page
        assert "村里的话" in page
        assert "指导员的话" not in page
        assert "3.7" in page
        assert not any(worker.name in page or worker.masked in page for worker in cast.workers)
        assert client_of(user).get(HERE).status_code == 403
        village = client_of(user).get(f"/a/{VILLAGE}/evaluations").text
        assert "村里的话" in village
        assert "网格员的话" not in village  # of one village's workers alone: they could be told apart
    assert helper.person.name in client_of(cast.township_user).get(ABOVE).text  # of its own agency
    for user, status in ((cast.far_township_user, 404), (cast.outsider, 404)):
        assert client_of(user).get(ABOVE).status_code == status
    assert client_of(cast.outsider).get(HERE).status_code == 404
    assert client_of(cast.volunteer).get(HERE).status_code == 403


def test_what_another_said_is_not_there(cast, helper, client_of):
    """The address of a person one is not asked about, or on a side that is not one's own."""
    say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker, remark="指导员的话")
    for user, ident, side in (
        (cast.worker_user, cast.worker.id, "of_worker"),
        (cast.chair, cast.worker.id, "of_worker"),
        (cast.instructor, cast.workers[4].id, "of_worker"),
        (cast.worker_user, helper.id, "by_village"),
        (cast.user("worker1"), cast.worker.id, "by_worker"),
    ):
        for method in ("get", "post"):
            answer = getattr(client_of(user), method)(f"{HERE}/{ident}?side={side}", data=SENT)
            assert answer.status_code == 404
    assert client_of(cast.clerk).get(f"{HERE}/{cast.worker.id}").status_code == 403
    assert "指导员的话" in client_of(cast.instructor).get(f"{HERE}/{cast.worker.id}").text


@pytest.mark.parametrize("year", ["2029", "1", "99999", "2023", "x%00"])
def test_a_year_that_is_not_offered_is_not_there(cast, helper, client_of, year):
    for user, path in (
        (cast.worker_user, HERE),
        (cast.worker_user, f"{HERE}/{helper.id}"),
        (cast.county_user, ABOVE),
    ):
        status = client_of(user).get(f"{path}?year={year}").status_code
        assert status == (200 if year.startswith("x") else 404)


def test_a_closed_year_can_be_read_and_not_written(cast, helper, client_of, clock):
    clock.turn_to(date(2027, 4, 1))
    chair = client_of(cast.chair)
    page = chair.get(f"{HERE}/{helper.id}?year=2026").text
    assert 'type="radio"' not in page
    assert chair.post(f"{HERE}/{helper.id}?year=2026", data=SENT).status_code == 422
    assert db.session.scalars(select(Evaluation)).all() == []


def test_an_instructor_s_sign_in_that_is_tied_to_nobody_is_told_so(cast, client_of):
    assert "没有关联到花名册" in client_of(cast.instructor).get(HERE).text


def test_the_pages_take_as_many_questions_for_many_as_for_few(cast, helper, client_of):
    def asked(user, path):
        count = 0

        def look(*_args):
            nonlocal count
            count += 1

        sa.event.listen(db.engine, "before_cursor_execute", look)
        assert client_of(user).get(path).status_code == 200
        sa.event.remove(db.engine, "before_cursor_execute", look)
        return count

    visits = (("instructor", HERE), ("chair", HERE), ("worker", HERE), ("township_user", ABOVE))
    say(cast, cast.instructor, EvaluationSide.OF_WORKER, cast.worker)
    workers_say(cast, helper, 4, 3, 4)
    few = [asked(cast.user(username), path) for username, path in visits]
    for worker in cast.workers[1:4]:
        say(cast, cast.instructor, EvaluationSide.OF_WORKER, worker)
    say(cast, cast.user("worker3"), EvaluationSide.BY_WORKER, helper.person, remark="常来")
    assert [asked(cast.user(username), path) for username, path in visits] == few
