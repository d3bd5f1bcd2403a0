"""Everything held about a person: that it is everything, that it is theirs alone, and who may be shown it."""

import re
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select

from ground import clock
from ground.db import Base, db, transaction
from ground.pictures import Jpeg
from people import held
from people.conduct import trainings
from people.held import Reader
from people.models import (
    Attendance,
    AuditEvent,
    Departure,
    DepartureKind,
    Duty,
    Evaluation,
    EvaluationSide,
    GrowthStep,
    Merge,
    Outcome,
    Person,
    Role,
    Stage,
    Training,
)
from people.roster import persons, portraits
from people.signin import accounts, passwords
from points.models import Slip
from points.services import deciding
from shop.desk import redemptions, voids
from tests.cast import HASHED, NEXT_VILLAGE, TOWNSHIP, VILLAGE, a_picture


def page_of(person):
    return f"/v/{VILLAGE}/people/{person.id}/held"


def told(app, person, reader=Reader.VILLAGE):
    """The sections about a person: their titles, and all their text."""
    sections = held.all_sections(person, reader)
    return {str(section.title): "\n".join(" | ".join(row) for row in section.rows) for section in sections}


@pytest.fixture
def full_life(cast):
    """A worker with whom everything that can happen has happened, and a duplicate of theirs."""
    worker, clerk = cast.worker, cast.clerk
    cast.earn(worker, 1000)
    cast.earn(cast.neighbour, 500)
    with transaction():
        for person, goods in ((worker, cast.goods), (cast.neighbour, cast.salt)):
            card = cast.card_of(person)
            done = redemptions.redeem(
                f"key-of-{person.id}-0123", cast.shop, card, {goods.id: 2}, cast.volunteer
            )
        voids.void(done, "王芳拿错了", cast.volunteer)
    with transaction() as session:
        now = {"actor_id": clerk.id, "at": clock.now()}
        duplicate = persons.add_person(cast.village, "李秀明(重)", clerk, "12900000000")
        training = Training(
            key="t" * 32,
            area_id=cast.township.id,
            duty=Duty.WORKER,
            topic="民法典",
            place="镇政府",
            held_on=date(2026, 3, 1),
            **now,
        )
        session.add(training)
        session.flush()
        leaving = {"reason": "搬到县城", "decision": "村委会决定", "outcome": Outcome.EXPIRE}
        grades = {"diligence": 4, "skill": 2, "manner": 3, "author_id": clerk.id, "at": clock.now()}
        session.add_all(
            [
                Attendance(training_id=training.id, person_id=worker.id, by_card=True, **now),
                Slip(
                    village_id=cast.village.id,
                    number="00000018",
                    worker_id=worker.id,
                    printed_by_id=clerk.id,
                    printed_at=clock.now(),
                ),
                GrowthStep(
                    person_id=worker.id, stage=Stage.APPLICANT, on=date(2026, 2, 3), note="支部接收", **now
                ),
                Departure(
                    person_id=worker.id, kind=DepartureKind.EXIT, on=date(2026, 12, 1), **leaving, **now
                ),
                Evaluation(
                    year=2026,
                    side=EvaluationSide.OF_WORKER,
                    person_id=worker.id,
                    village_id=cast.village.id,
                    voice=f"person:{cast.neighbour.id}",
                    remark="热心肯干",
                    **grades,
                ),
                Evaluation(
                    year=2025,
                    side=EvaluationSide.BY_WORKER,
                    person_id=cast.neighbour.id,
                    village_id=cast.village.id,
                    voice=f"person:{worker.id}",
                    remark="常来看望",
                    **grades,
                ),
                Merge(kept_id=worker.id, duplicate_id=duplicate.id, reason="同一个人", **now),
            ]
        )
        session.flush()
        deciding.take_back(cast.deduct(worker, date(2026, 12, 20)), "按错了人", cast.chair)
        portraits.set_portrait(worker, Jpeg(a_picture()), clerk)
    return cast.worker


@contextmanager
def tables_read():
    """Which tables the statements inside read."""
    found = set()

    def look(_connection, _cursor, statement, *_rest):
        found.update(re.findall(r'\b(?:FROM|JOIN) "?(\w+)', statement))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


def speaking_of(*owners):
    """The tables with a foreign key to one of these."""
    return {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in owners
    }


def test_no_table_that_speaks_of_a_person_is_forgotten(app, full_life):
    """A new table with a foreign key to a person, a card or an account has to be told of too."""
    of_a_person = speaking_of("person")
    assert {"card", "account", "user_account"} <= of_a_person
    of_what_is_theirs = speaking_of("card", "account", "redemption") - {"stock_move"}  # that is the shelf's
    with tables_read() as read:
        told(app, full_life)
    wanted = of_a_person | of_what_is_theirs | {"person", "role_grant", "audit_event"}
    assert wanted - read == set()
    assert len(wanted) > 15


def test_every_kind_of_thing_is_told(app, cast, full_life):
    sections = told(app, full_life)
    everything = "\n".join(sections.values())
    for words in (
        "李秀明",
        "12000005678",
        "第01网格",
        "2027年12月31日",  # the term
        cast.card.grouped,
        "worker",
        "民法典",
        "热心肯干",
        "支部接收",
        "搬到县城",
        "村委会决定",
        "同一个人",
        "肥皂 × 2 块",
        "评议加分",
        "2026年2月3日",
    ):
        assert words in everything, words
    assert all(rows for title, rows in sections.items()), [t for t, rows in sections.items() if not rows]


def test_trainings_stand_in_the_order_of_their_days(app, cast):
    with transaction():
        for key, topic, day in (("a", "防火", date(2026, 9, 16)), ("b", "调解", date(2026, 3, 18))):
            training = trainings.hold(key * 16, cast.village, Duty.WORKER, topic, "村委会", day, cast.clerk)
            trainings.tick(training, [cast.worker.id], (), cast.clerk)
    rows = told(app, cast.worker)["参加的培训"]
    assert rows.index("调解") < rows.index("防火")


def test_nothing_of_anybody_else(app, full_life):
    everything = "\n".join(told(app, full_life).values())
    for words in ("食盐", "王芳拿错了", "第02网格"):
        assert words not in everything


def test_no_secret_of_a_card_or_sign_in(app, cast, full_life):
    everything = "\n".join(told(app, full_life).values())
    assert cast.card.token not in everything
    assert passwords.HASH_METHOD not in everything
    assert cast.worker_user.password_hash not in everything


def test_both_entries_of_a_merged_person_tell_the_same(app, cast, full_life):
    duplicate = cast.person("李秀明(重)")
    assert told(app, duplicate) == told(app, full_life)
    assert "12900000000" in "\n".join(told(app, full_life).values())


def test_results_of_an_evaluation_only_for_whom_they_go_to(app, cast, full_life):
    """An instructor's on a worker to the village; what one worker said on an instructor to nobody else."""

    def remarks(person, reader):
        text = "\n".join(told(app, person, reader).values())
        return [words in text for words in ("热心肯干", "4, 2, 3", "常来看望")]

    assert remarks(full_life, Reader.VILLAGE) == [True, True, False]
    assert remarks(full_life, Reader.THEMSELF) == [False, True, True]  # their own words, not those on them
    assert remarks(cast.neighbour, Reader.VILLAGE) == [False, False, False]
    assert remarks(cast.neighbour, Reader.ABOVE) == [False, False, False]
    assert remarks(cast.neighbour, Reader.THEMSELF) == [True, True, False]
    evaluated = told(app, full_life, Reader.THEMSELF)
    assert any("2026" in rows and "热心肯干" not in rows for rows in evaluated.values())


def shown():
    db.session.rollback()
    return db.session.scalars(select(AuditEvent).where(AuditEvent.action == "person.show")).all()


def test_the_committee_shows_it_and_that_is_written_down(cast, client_of, full_life):
    for user in (cast.clerk, cast.chair):
        page = client_of(user).get(page_of(full_life))
        assert page.status_code == 200
        assert "肥皂" in page.text
        assert "data-print" in page.text
    events = shown()
    assert [event.actor_id for event in events] == [cast.clerk.id, cast.chair.id]
    assert {(event.subject, event.area_id) for event in events} == {
        (f"person:{full_life.id}", cast.village.id)
    }


def test_nobody_else_is_shown_it(cast, client_of):
    above = f"/a/{VILLAGE}/people/{cast.worker.id}/held"
    for user in (cast.supervisor, cast.instructor, cast.manager, cast.volunteer, cast.worker_user):
        assert client_of(user).get(page_of(cast.worker)).status_code == 403
        assert client_of(user).get(above).status_code == 403
    for user in (cast.township_user, cast.county_user):
        assert client_of(user).get(page_of(cast.worker)).status_code == 403
        assert client_of(user).get(above).status_code == 404
        assert client_of(user).get(f"/a/{TOWNSHIP}/people/{cast.worker.id}/held").status_code == 404
    assert client_of(cast.outsider).get(page_of(cast.worker)).status_code == 404
    assert client_of(cast.clerk).get(page_of(cast.stranger)).status_code == 404
    foreign = f"/v/{NEXT_VILLAGE}/people/{cast.worker.id}/held"
    assert client_of(cast.outsider).get(foreign).status_code == 404
    assert shown() == []


def test_an_entry_merged_into_another_village_s_is_theirs_to_show(cast, client_of):
    with transaction() as session:
        session.add(
            Merge(
                kept_id=cast.stranger.id,
                duplicate_id=cast.worker.id,
                reason="搬家",
                actor_id=None,
                at=clock.now(),
            )
        )
        session.flush()
    assert client_of(cast.clerk).get(page_of(cast.worker)).status_code == 404
    theirs = f"/v/{NEXT_VILLAGE}/people/{cast.stranger.id}/held"
    assert client_of(cast.county_user).get(theirs).status_code == 403
    with transaction():
        accounts.grant(cast.outsider, Role.CHAIR, cast.next_village, None)
    assert cast.worker.name in client_of(cast.outsider).get(theirs).text


def test_a_worker_reads_it_of_themselves(cast, client_of, full_life):
    page = client_of(cast.worker_user).get(f"/v/{VILLAGE}/me/held").text
    assert "肥皂" in page
    assert "热心肯干" not in page
    assert shown() == []  # nobody else learnt anything
    assert f'href="/v/{VILLAGE}/me/held"' in client_of(cast.worker_user).get(f"/v/{VILLAGE}/mine").text


def test_an_instructor_reads_it_too_and_who_is_nobody_on_the_roster_does_not(cast, client_of):
    address = f"/v/{VILLAGE}/me/held"
    assert client_of(cast.instructor).get(address).status_code == 404
    assert client_of(cast.clerk).get(address).status_code == 403
    with transaction():
        person = persons.add_person(cast.township, "何指导", None, "12100000000", "司法所")
        user = accounts.add_user("guide", "何指导", HASHED, None, person, temporary=False)
        accounts.grant(user, Role.INSTRUCTOR, cast.village, None)
    assert "司法所" in client_of(user).get(address).text
    above = f"/a/{TOWNSHIP}/people/{person.id}/held"
    assert "司法所" in client_of(cast.township_user).get(above).text
    assert client_of(cast.far_township_user).get(above).status_code == 404
    assert [event.area_id for event in shown()] == [cast.township.id]


def test_no_identity_card_number_anywhere():
    """There is no column that could hold one."""
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    assert not [name for name in columns if re.search(r"identity|id_card|id_number|sfz|citizen", name)]
    lengths = [
        column.type.length for column in sa.inspect(Person).columns if column.name in ("phone", "agency")
    ]
    assert lengths == [20, 100]
