"""Grids: added, corrected, renamed, split, merged, closed; and what is told of them afterwards."""

from datetime import date

import pytest
import sqlalchemy as sa

from ground import clock as calendar
from ground.db import db, transaction
from people.models import AuditEvent, Duty, Grid, GridChange, GridChangeKind, GridKind
from people.roster import changes, grids, holders, persons, terms
from tests.cast import BEGAN_ON, TODAY
from tests.story import do, refused

REASON = "住户搬迁"


@pytest.fixture
def grid(cast):
    """A grid of the village in which nobody serves, opened with the others."""
    with calendar.at(BEGAN_ON):
        return do(grids.add_grid, cast.village, "90", "河边网格", GridKind.RURAL, 12, cast.clerk)


@pytest.fixture
def held(cast):
    """The grid of the worker."""
    return cast.term_of(cast.worker).grid


def trail(action):
    return db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)).all()


def test_a_grid_is_added_with_all_that_is_known(cast):
    with transaction():
        group = grids.find_or_add_group(cast.village, " 第一村民小组 ", cast.clerk)
        assert grids.find_or_add_group(cast.village, "第一村民小组", cast.clerk) is group
        grid = grids.add_grid(
            cast.village,
            " 0053-01 ",
            "小学网格",
            GridKind.DEDICATED,
            None,
            cast.clerk,
            group=group,
            place="中心小学",
            agency="县教育局",
        )
    assert (grid.code, grid.group.name, grid.place, grid.agency) == (
        "0053-01",
        "第一村民小组",
        "中心小学",
        "县教育局",
    )
    assert [(line.change.kind, line.name) for line in changes.history(grid)] == [
        (GridChangeKind.OPENED, "小学网格")
    ]
    assert len(trail("group.add")) == 1
    assert trail("grid.add")[-1].detail["agency"] == "县教育局"
    assert [group.name for group in grids.groups(cast.village)] == ["第一村民小组"]


def test_the_same_code_is_good_in_another_village_only(cast, grid):
    again = ("90", "再来一个", GridKind.RURAL, 8, cast.clerk)
    assert refused("grid_exists", grids.add_grid, cast.village, *again).field == "code"
    assert do(grids.add_grid, cast.next_village, *again).id


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("bad_code", {"code": "  "}),
        ("bad_code", {"code": "9" * 41}),
        ("bad_name", {"name": " "}),
        ("bad_name", {"name": "长" * 101}),
        ("bad_households", {"households": -1}),
        ("bad_households", {"households": 10_000}),
    ],
)
def test_a_grid_that_cannot_be(cast, code, given):
    told = {"code": "91", "name": "新网格", "kind": GridKind.RURAL, "households": 8} | given
    refused(code, grids.add_grid, cast.village, actor=cast.clerk, **told)


def test_grids_are_in_villages_and_their_groups_too(cast):
    refused("not_a_village", grids.add_grid, cast.township, "1", "镇", GridKind.RURAL, 8, cast.clerk)
    theirs = do(grids.find_or_add_group, cast.next_village, "别的组", cast.clerk)
    refused(
        "other_village", grids.add_grid, cast.village, "91", "x", GridKind.RURAL, 8, cast.clerk, group=theirs
    )
    refused("bad_name", grids.find_or_add_group, cast.village, " ", cast.clerk)


def test_a_correction_says_what_was_and_what_is(cast, grid):
    changed = do(grids.correct, grid, GridKind.URBAN, 9, cast.clerk, place="3幢")
    assert set(changed) == {"kind", "households", "place"}
    (event,) = trail("grid.correct")
    assert event.before == {"kind": "rural", "households": 12, "place": None}
    assert event.detail == {"kind": "urban", "households": 9, "place": "3幢"}
    assert do(grids.correct, grid, GridKind.URBAN, 9, cast.clerk, place="3幢") == []
    assert len(trail("grid.correct")) == 1
    refused("bad_households", grids.correct, grid, GridKind.URBAN, -3, cast.clerk)


@pytest.mark.parametrize(
    ("kind", "households", "usual"),
    [
        (GridKind.RURAL, 5, True),
        (GridKind.RURAL, 10, True),
        (GridKind.RURAL, 4, False),
        (GridKind.URBAN, 11, False),
        (GridKind.RURAL, None, False),
        (GridKind.DEDICATED, None, True),
        (GridKind.DEDICATED, 30, False),
    ],
)
def test_outside_five_to_ten_households_is_warned_of_and_taken(cast, kind, households, usual):
    grid = do(grids.add_grid, cast.village, "91", "试", kind, households, cast.clerk)
    assert grids.is_usual(grid) is usual


def test_a_new_name_leaves_the_old_one_in_the_history(cast, grid):
    do(changes.rename, grid, "河东网格", date(2026, 3, 1), "村里改名", cast.clerk)
    do(changes.rename, grid, "东岸网格", TODAY, "又改名", cast.clerk)
    lines = changes.history(grid)
    assert [(line.change.was, line.name) for line in lines] == [
        ("河东网格", "东岸网格"),
        ("河边网格", "河东网格"),
        (None, "河边网格"),
    ]
    assert [line.change.reason for line in lines] == ["又改名", "村里改名", ""]
    assert trail("grid.rename")[0].before == {"name": "河边网格"}
    assert trail("grid.rename")[0].detail == {"name": "河东网格", "on": "2026-03-01", "reason": "村里改名"}
    refused("same_name", changes.rename, grid, " 东岸网格 ", TODAY, REASON, cast.clerk)
    refused("bad_name", changes.rename, grid, "", TODAY, REASON, cast.clerk)


def test_verbs_compose_in_one_transaction(cast, grid):
    """What the first one changed is in the database when the next one locks the row and reads it anew."""
    with transaction():
        changes.rename(grid, "河东网格", TODAY, "改名", cast.clerk)
        changes.close(grid, TODAY, "拆迁", cast.clerk)
    with transaction():
        found = db.session.get_one(Grid, grid.id)
        assert (found.name, found.closed_on) == ("河东网格", TODAY)


def test_a_split_takes_households_along_and_leaves_the_people(cast, held):
    new = do(changes.split, held, "01-2", "第01网格二", 3, TODAY, "户数多", cast.clerk, place="后街")
    assert (held.households, new.households, new.place, new.kind) == (5, 3, "后街", GridKind.RURAL)
    assert cast.term_of(cast.worker).grid_id == held.id
    assert holders.terms_of_grid(new) == []
    (split, opened) = changes.history(held)
    assert (split.change.kind, split.other_name) == (GridChangeKind.SPLIT, "第01网格二")
    assert opened.change.kind == GridChangeKind.OPENED
    (born,) = changes.history(new)
    assert (born.change.kind, born.other_name, born.change.on) == (GridChangeKind.OPENED, "第01网格", TODAY)
    assert trail("grid.split")[0].before == {"households": 8}


@pytest.mark.parametrize("households", [0, 12, 13])
def test_a_split_leaves_something_on_both_sides(cast, grid, households):
    refused("too_many_households", changes.split, grid, "91", "新", households, TODAY, REASON, cast.clerk)
    assert grid.households == 12


def test_a_split_needs_a_free_code(cast, grid):
    refused("grid_exists", changes.split, grid, "01", "新", 3, TODAY, REASON, cast.clerk)
    assert grid.households == 12
    assert len(changes.history(grid)) == 1


def test_a_split_of_what_is_not_counted(cast, grid):
    new = do(changes.split, grid, "91", "新", None, TODAY, REASON, cast.clerk)
    assert (grid.households, new.households) == (12, None)


def test_a_merged_grid_is_closed_and_both_pages_tell_it(cast, grid, held):
    do(changes.merge, grid, held, TODAY, REASON, cast.clerk)
    assert grid.closed_on == TODAY
    assert held.households == 20
    do(changes.rename, held, "大网格", TODAY, "合并后改名", cast.clerk)
    gone = changes.history(grid)[0]
    assert (gone.change.kind, gone.other_name, gone.name) == (GridChangeKind.MERGED, "第01网格", "河边网格")
    renamed, joined, _opened = changes.history(held)
    assert renamed.name == "大网格"
    assert (joined.change.kind, joined.other, joined.name) == (GridChangeKind.MERGED, grid, "第01网格")
    assert {event.subject for event in trail("grid.merge")} == {f"grid:{grid.id}", f"grid:{held.id}"}
    assert grid not in grids.of_village(cast.village)
    assert grids.of_village(cast.village, closed=True) == [grid]


def test_a_merge_into_nowhere(cast, grid):
    theirs = do(grids.add_grid, cast.next_village, "90", "邻", GridKind.RURAL, 8, cast.clerk)
    refused("same_grid", changes.merge, grid, grid, TODAY, REASON, cast.clerk)
    refused("other_village", changes.merge, grid, theirs, TODAY, REASON, cast.clerk)
    do(changes.close, theirs, TODAY, REASON, cast.clerk)
    refused("grid_closed", changes.merge, grid, theirs, TODAY, REASON, cast.clerk)
    assert grid.closed_on is None


def test_a_merge_is_not_older_than_the_grid_it_goes_into(cast, grid):
    young = do(grids.add_grid, cast.village, "91", "新", GridKind.RURAL, 8, cast.clerk)
    refused("before_last_change", changes.merge, grid, young, date(2026, 6, 1), REASON, cast.clerk)


def test_what_was_merged_into_a_grid_is_a_change_of_it_too(cast, grid, held):
    do(changes.merge, grid, held, TODAY, REASON, cast.clerk)
    refused("before_last_change", changes.rename, held, "大网格", date(2026, 12, 27), REASON, cast.clerk)


def test_nothing_is_closed_while_somebody_serves(cast, grid, held):
    for verb, more in ((changes.close, ()), (changes.merge, (grid,))):
        refused("still_serves", verb, held, *more, TODAY, REASON, cast.clerk)
    assert [term.person for term in changes.blocking_terms(held, TODAY)] == [cast.worker]
    do(terms.end_term, cast.term_of(cast.worker), "搬走", cast.clerk)
    refused("still_serves", changes.close, held, date(2026, 12, 27), REASON, cast.clerk)
    do(changes.close, held, TODAY, REASON, cast.clerk)
    assert held.closed_on == TODAY
    assert trail("grid.close")[0].detail["reason"] == REASON


def test_an_instructor_too_is_in_the_way_and_so_is_who_is_to_come(cast, grid):
    instructor = do(persons.add_person, cast.township, "指导", cast.clerk, None, "司法所")
    coming = do(terms.appoint, instructor, grid, Duty.INSTRUCTOR, date(2027, 2, 1), cast.clerk)
    refused("still_serves", changes.close, grid, TODAY, REASON, cast.clerk)
    do(terms.end_term, coming, "不来了", cast.clerk)
    do(changes.close, grid, TODAY, REASON, cast.clerk)


def test_a_term_that_ran_out_unnoticed_is_not_in_the_way(cast, held, clock):
    clock.turn_to(date(2028, 1, 5))
    refused("still_serves", changes.close, held, date(2027, 12, 31), REASON, cast.clerk)
    do(changes.close, held, date(2028, 1, 1), REASON, cast.clerk)


@pytest.mark.parametrize(
    ("code", "on", "reason"),
    [
        ("in_future", date(2026, 12, 29), REASON),
        ("before_last_change", date(2024, 12, 31), REASON),
        ("reason_missing", TODAY, "  "),
    ],
)
def test_every_change_has_a_possible_day_and_a_reason(cast, grid, held, code, on, reason):
    for verb, given in (
        (changes.rename, ("新名",)),
        (changes.split, ("91", "新", 3)),
        (changes.merge, (held,)),
        (changes.close, ()),
    ):
        refused(code, verb, grid, *given, on, reason, cast.clerk)
    assert len(changes.history(grid)) == 1
    assert (grid.name, grid.closed_on, grid.households) == ("河边网格", None, 12)


def test_what_is_closed_is_history(cast, grid, held):
    do(changes.close, grid, TODAY, REASON, cast.clerk)
    for verb, given in (
        (changes.rename, ("新名", TODAY, REASON)),
        (changes.split, ("91", "新", 3, TODAY, REASON)),
        (changes.merge, (held, TODAY, REASON)),
        (changes.close, (TODAY, REASON)),
        (grids.correct, (GridKind.RURAL, 8)),
    ):
        refused("grid_closed", verb, grid, *given, cast.clerk)
    refused("grid_closed", terms.appoint, cast.neighbour, grid, Duty.WORKER, TODAY, cast.clerk)


def test_the_history_cannot_be_rewritten(cast, grid):
    for statement in (
        sa.update(GridChange).values(reason="别的"),
        sa.delete(GridChange).where(GridChange.grid_id == grid.id),
    ):
        with pytest.raises(sa.exc.DBAPIError), transaction():
            db.session.execute(statement)
    assert db.session.get(Grid, grid.id).name == "河边网格"
