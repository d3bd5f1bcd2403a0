"""Ids after a county was moved: none that a row had, which is gone, is another row's in the new database."""

import pytest

from ground import clock
from ground.db import draw_ids, transaction
from ground.tenants import moving
from people.models import Person
from people.models.files import ImportFile, ImportTrace
from tests.cast import writing_connection


@pytest.mark.only_on("sqlite")
def test_the_rows_that_are_gone_are_counted_too(app, cast):
    """An import that was taken back: its trace names rows by ids that nobody else may get."""
    with transaction() as session:
        file = ImportFile(
            area_id=cast.village.id, name="花名册.xlsx", digest="", actor=cast.clerk, at=clock.now()
        )
        session.add(ImportTrace(file=file, table_name="person", row_id=9_000))
    ids = {table.name: moving.largest_id(table) for table in moving._tables_that_give_ids()}
    assert (ids["person"], ids["import_trace"] > 0) == (9_000, True)


@pytest.mark.only_on("postgresql")
def test_the_new_database_goes_on_behind_them(app, cast):
    last_ids = dict.fromkeys(moving._tables_that_give_ids(), 0) | {Person.__table__: 9_000}
    with writing_connection() as connection:
        moving._count_on(last_ids, connection)
    with transaction():
        assert [*draw_ids(Person, 2)] == [9_001, 9_002]
