"""A long import lets everybody else write: it is rehearsed, then written at once, all of it or nothing."""

import sqlite3
from contextlib import closing
from itertools import islice

import pytest
import sqlalchemy as sa

from ground.db import db
from people import filing
from people.models import AuditEvent, Grid, GridChange, Person
from people.roster import grids, persons
from people.rosterfile import columns, intake
from tests.cast import counted
from tests.people.test_rosterfile import planned, row, take_in, workbook
from tests.story import do, refusal


def rows(number):
    return [
        row(网格编码=f"H-{place}", 姓名=f"长名{place}", 电话=f"1390000{place:04}") for place in range(number)
    ]


def importing(cast, number=3):
    """An import that goes on as it is asked for its steps."""
    table = planned(cast.county, rows(number)).table
    for _plan, done in filing.import_table(intake.ROSTER, table, cast.county):
        yield done


def there(model):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def other_connection():
    """Somebody else on SQLite, who waits for nothing."""
    connection = sqlite3.connect(db.engine.url.database, isolation_level=None, timeout=0)
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


@pytest.mark.only_on("sqlite")
def test_others_write_while_it_goes_on(cast, monkeypatch):
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    before = there(Grid)
    other = other_connection()
    with closing(importing(cast)) as steps:
        for _step in islice(steps, 2):
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE lot SET on_hand = on_hand")
            other.execute("COMMIT")
            assert other.execute("SELECT count(*) FROM grid").fetchone() == (before,)  # nothing is seen
        assert list(steps)[-1] == 3
    assert other.execute("SELECT count(*) FROM grid").fetchone() == (before + 3,)
    other.close()


@pytest.mark.only_on("sqlite")
def test_what_others_changed_meanwhile_is_kept(cast, monkeypatch):
    """Somebody whom the file does not name: it is rehearsed anew, and taken in."""
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    worker, other = cast.worker.id, other_connection()
    with closing(importing(cast)) as steps:
        next(steps)
        other.execute("UPDATE person SET phone = '13911112222' WHERE id = ?", (worker,))
        assert list(steps) == [2, 3, 3, 1, 2, 3, 3]
    assert other.execute("SELECT phone FROM person WHERE id = ?", (worker,)).fetchone() == ("13911112222",)
    other.close()
    assert planned(cast.county, rows(3)).counts == {"left": 3}


@pytest.mark.only_on("sqlite")
def test_what_makes_another_plan_stops_all_of_it(cast):
    take_in(cast.county, rows(3))
    changed, other = [*rows(4)], other_connection()
    changed[0] |= {"电话": "13955556666"}
    brought = filing.bring(intake.ROSTER, cast.county, "a.xlsx", workbook(changed))
    file = do(filing.keep_file, brought, cast.county, cast.county_user)
    table, seen = filing.read_file(intake.ROSTER, file), planned(cast.county, changed).fingerprint
    before = [there(model) for model in (Grid, Person, AuditEvent)]
    with closing(filing.import_file(intake.ROSTER, file, table, seen, cast.county_user)) as steps:
        next(steps)
        other.execute("UPDATE person SET phone = '13911112222' WHERE name = '长名0'")
        other.close()
        with refusal("plan_changed"):
            list(steps)
    assert [there(model) for model in (Grid, Person, AuditEvent)] == before


@pytest.mark.only_on("sqlite")
def test_a_command_does_what_its_file_says_of_the_roster_as_it_is_by_then(cast):
    """Nobody looked at a dry run: another plan than the first is as good."""
    take_in(cast.county, rows(3))
    other = other_connection()
    with closing(
        filing.import_table(intake.ROSTER, planned(cast.county, rows(4)).table, cast.county)
    ) as steps:
        first, _done = next(steps)
        other.execute("UPDATE person SET phone = '13911112222' WHERE name = '长名0'")
        other.close()
        *_, (last, done) = steps
    assert (dict(first.counts), dict(last.counts), done) == (
        {"added": 1, "left": 3},
        {"added": 1, "changed": 1, "left": 2},
        4,
    )
    assert planned(cast.county, rows(4)).counts == {"left": 4}


@pytest.mark.only_on("sqlite")
def test_where_somebody_always_writes_it_is_given_up(cast):
    before, other = [there(model) for model in (Grid, Person, AuditEvent)], other_connection()
    with closing(importing(cast)) as steps, refusal("plan_changed"):
        for number, _step in enumerate(steps):
            other.execute("UPDATE person SET phone = ?", (f"139{number:08}",))
    other.close()
    assert [there(model) for model in (Grid, Person, AuditEvent)] == before


def test_who_goes_away_leaves_nothing(cast, monkeypatch):
    monkeypatch.setattr(filing, "ROWS_AT_ONCE", 1)
    before = [there(model) for model in (Grid, Person, AuditEvent)]
    steps = importing(cast)
    next(steps)
    steps.close()
    assert [there(model) for model in (Grid, Person, AuditEvent)] == before
    do(grids.add_grid, cast.village, "H-0", "别的", "rural", 8, cast.clerk)
    if db.engine.dialect.name == "sqlite":  # the tables are everybody's again
        assert db.session.scalar(sa.text("SELECT count(*) FROM sqlite_temp_master")) == 0


def test_it_writes_what_the_verbs_write(cast):
    """New rows, corrections and a renaming, with their lines in the trail, by their ids."""
    assert take_in(cast.county, rows(3)) == {"added": 3}
    do(persons.add_person, cast.village, "还有一人", cast.clerk)
    changed = rows(4)
    changed[0] |= {"网格名称": "新名字", "户数": 6}
    changed[1] |= {"电话": "13955556666"}
    list(filing.import_table(intake.ROSTER, planned(cast.county, changed).table, cast.county))
    assert planned(cast.county, changed).counts == {"left": 4}
    found = db.session.scalars(sa.select(Grid).where(Grid.code.startswith("H-")).order_by(Grid.code)).all()
    assert found[0].households == 6
    lines = db.session.scalars(
        sa.select(AuditEvent.subject).where(AuditEvent.action == "grid.add").order_by(AuditEvent.id.desc())
    ).all()
    assert lines[0] == f"grid:{found[3].id}"
    opened = sa.select(GridChange.kind).where(GridChange.grid_id == found[3].id)
    assert db.session.scalars(opened).all() == ["opened"]


@pytest.mark.only_on("sqlite")
def test_a_table_that_was_forgotten_is_a_mistake_of_the_program(cast):
    kind = filing.FileType(
        intake.ROSTER.name,
        columns.LAYOUT,
        intake.ROSTER.make_plan,
        intake.import_rows,
        (Grid,),
        columns.given,
    )

    def work():
        persons.add_person(cast.village, "某人", None)
        yield 1

    with pytest.raises(RuntimeError, match="person is written in a rehearsal without it"):
        list(kind.write(cast.county, work))


def sent_under_the_lock(cast, number):
    with counted() as sent:
        list(importing(cast, number))
    begun = max(place for place, statement in enumerate(sent) if "BEGIN" in statement)
    return [statement for statement in sent[begun:] if not statement.startswith("BEGIN")]


@pytest.mark.only_on("sqlite")
def test_the_lock_is_held_for_few_statements(cast):
    """Whatever the rows: what is read, planned and checked was so before the lock."""
    sent = sent_under_the_lock(cast, 40)
    assert len([statement for statement in sent if statement.startswith("SELECT")]) < 5
    cast.county  # noqa: B018 -- read again before it is counted
    assert len(sent_under_the_lock(cast, 80)) <= len(sent)
