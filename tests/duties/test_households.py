"""Households (六清): their files, the history of their class, and where they go when grids change."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from duties.households import files, listing
from duties.households.files import Particulars
from duties.households.listing import HouseholdSearch
from ground.db import db
from ground.refusal import Refused
from people import trail
from people.models import Attention, AuditEvent, GridKind, Household
from people.roster import changes, grids
from people.sight import Sight
from tests.cast import TODAY
from tests.story import do, refused

PRIORITY, WATCHED, ORDINARY = Attention
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)

# A file in which every text is one that must not be found anywhere else.
SECRET = Particulars(
    head="密户主",
    house="密住址",
    phone="13711112222",
    residents=4,
    composition="密成员",
    standing="密面貌",
    situation="密情况",
    needs="密需求",
)


@pytest.fixture
def grid(cast):
    """A grid in which nobody serves."""
    return do(grids.add_grid, cast.village, "90", "河边网格", GridKind.RURAL, 8, cast.clerk)


@pytest.fixture
def other(cast):
    """A second one."""
    return do(grids.add_grid, cast.village, "91", "山脚网格", GridKind.RURAL, 7, cast.clerk)


@pytest.fixture
def add(cast):
    def add(grid, head, attention=ORDINARY, reason="", on=YESTERDAY, **more):
        return do(files.add_household, grid, Particulars(head, **more), attention, reason, on, cast.clerk)

    return add


def living(grid):
    return [(household.number, household.head) for household in listing.households_of_grid(grid)]


def test_a_file_gets_the_grid_s_next_number_and_its_first_class(grid, other, add):
    first = add(grid, " 张大山 ", house="上村\n3号", phone="13800001111", residents=4)
    second = add(grid, "李秀英", WATCHED, " 独居老人 ")
    assert (first.number, first.head, first.house, first.attention) == (1, "张大山", "上村 3号", ORDINARY)
    assert (second.number, second.attention) == (2, WATCHED)
    assert [(line.on, line.reason) for line in second.classes] == [(YESTERDAY, "独居老人")]
    assert add(other, "李秀英").number == 1


@pytest.mark.parametrize(
    ("code", "told", "more"),
    [
        ("bad_head", {"head": " \u200b "}, {}),
        ("too_long", {"head": "户" * 201}, {}),
        ("too_long", {"situation": "情" * 501}, {}),
        ("too_long", {"phone": "1" * 21}, {}),
        ("bad_residents", {"residents": 100}, {}),
        ("bad_residents", {"residents": -1}, {}),
        ("reason_missing", {}, {"attention": PRIORITY, "reason": " "}),
        ("in_future", {}, {"on": TOMORROW}),
    ],
)
def test_what_no_file_says(grid, add, code, told, more):
    with pytest.raises(Refused, match=code):
        add(grid, **{"head": "张大山"} | told | more)
    assert living(grid) == []


def test_a_household_has_one_file_in_its_grid(cast, grid, add):
    first = add(grid, "张大山", house="3号")
    with pytest.raises(Refused, match="household_exists"):
        add(grid, "张大山", house="3号", residents=2)
    son = add(grid, "张大山", house="4号")
    refused("household_exists", files.correct, son, Particulars("张大山", "3号"), cast.clerk)
    do(files.leave, first, TODAY, "搬到县城", cast.clerk)
    add(grid, "张大山", house="3号")
    refused("household_exists", files.come_back, first, cast.clerk)
    assert living(grid) == [(2, "张大山"), (3, "张大山")]


def test_what_differs_is_corrected_and_the_rest_left(cast, grid, add):
    household = add(grid, "张大山", residents=4)
    told = Particulars("张大山", residents=5, needs="想装扶手")
    assert do(files.correct, household, told, cast.clerk) == ["residents", "needs"]
    assert do(files.correct, household, told, cast.clerk) == []
    assert (household.residents, household.needs) == (5, "想装扶手")
    refused("bad_head", files.correct, household, Particulars(""), cast.clerk)


def test_every_class_stays_in_the_history_with_its_day_and_reason(cast, grid, add):
    household = add(grid, "张大山", on=date(2026, 3, 1))
    change = (files.reclassify, household)
    refused("same_class", *change, ORDINARY, TODAY, "复核", cast.clerk)
    refused("reason_missing", *change, PRIORITY, TODAY, " ", cast.clerk)
    refused("in_future", *change, PRIORITY, TOMORROW, "大病", cast.clerk)
    refused("before_last_class", *change, PRIORITY, date(2026, 2, 28), "大病", cast.clerk)
    do(*change, PRIORITY, date(2026, 6, 1), "大病", cast.clerk)
    refused("before_last_class", *change, WATCHED, date(2026, 5, 31), "好转", cast.clerk)
    do(*change, WATCHED, date(2026, 6, 1), "好转", cast.chair)
    db.session.rollback()
    assert household.attention == WATCHED
    assert [(line.attention, line.on, line.reason) for line in household.classes] == [
        (ORDINARY, date(2026, 3, 1), ""),
        (PRIORITY, date(2026, 6, 1), "大病"),
        (WATCHED, date(2026, 6, 1), "好转"),
    ]


def test_who_moved_away_can_come_back(cast, grid, add):
    household, staying = add(grid, "张大山"), add(grid, "李秀英")
    leave = (files.leave, household)
    refused("reason_missing", *leave, TODAY, "", cast.clerk)
    refused("in_future", *leave, TOMORROW, "搬走", cast.clerk)
    refused("before_last_class", *leave, YESTERDAY - timedelta(days=1), "搬走", cast.clerk)
    do(*leave, TODAY, "搬到县城", cast.clerk)
    assert living(grid) == [(2, staying.head)]
    assert [(each.left_on, each.left_for) for each in listing.households_of_grid(grid, moved_away=True)] == [
        (TODAY, "搬到县城")
    ]
    refused("moved_away", *leave, TODAY, "再搬", cast.clerk)
    refused("moved_away", files.correct, household, Particulars("张"), cast.clerk)
    refused("moved_away", files.reclassify, household, PRIORITY, TODAY, "大病", cast.clerk)
    refused("moved_away", files.move, [household], cast.term_of(cast.worker).grid, cast.clerk)
    for _twice in range(2):
        do(files.come_back, household, cast.clerk)
    assert living(grid) == [(1, "张大山"), (2, "李秀英")]
    assert (household.left_on, household.left_for) == (None, None)


def test_households_move_to_another_grid_under_its_next_numbers(cast, grid, other, add):
    first, stays, third = (add(grid, head) for head in ("甲", "乙", "丙"))
    add(other, "丁")
    do(files.move, [third, first], other, cast.clerk)
    assert living(grid) == [(2, "乙")]
    assert living(other) == [(1, "丁"), (2, "甲"), (3, "丙")]
    assert add(grid, "戊").number == 3
    refused("same_grid", files.move, [first], other, cast.clerk)
    refused("other_village", files.move, [stays], cast.term_of(cast.stranger).grid, cast.clerk)
    add(other, "乙")
    refused("household_exists", files.move, [stays], other, cast.clerk)


def test_files_go_along_when_their_grid_is_merged(cast, grid, other, add):
    heads = ["甲", "乙", "丙"]
    merged = [add(grid, head, WATCHED, "新建") for head in heads]
    do(files.leave, merged[1], TODAY, "搬走", cast.clerk)
    add(other, "甲")  # two heads of one name: each keeps their file
    do(changes.merge, grid, other, TODAY, "户数少", cast.clerk)
    assert living(other) == [(1, "甲"), (2, "甲"), (4, "丙")]
    assert [each.number for each in listing.households_of_grid(other, moved_away=True)] == [3]
    assert db.session.scalars(select(Household).where(Household.grid_id == grid.id)).all() == []
    assert {each.attention for each in merged} == {WATCHED}
    assert other.households == 15  # the roster's own figure, as ever


def test_a_grid_closes_once_nobody_lives_in_it(cast, grid, other, add):
    household, gone = add(grid, "甲"), add(grid, "乙")
    do(files.leave, gone, TODAY, "搬走", cast.clerk)
    refused("households_live", changes.close, grid, TODAY, "撤并", cast.clerk)
    do(files.move, [household], other, cast.clerk)
    do(changes.close, grid, TODAY, "撤并", cast.clerk)
    refused("grid_closed", files.come_back, gone, cast.clerk)
    refused("grid_closed", files.move, [household], grid, cast.clerk)
    with pytest.raises(Refused, match="grid_closed"):
        add(grid, "丙")


def test_households_are_found_and_counted(cast, grid, other, add):
    add(grid, "张大山", PRIORITY, "大病", house="上村3号", residents=3)
    add(grid, "李秀英", house="上村5号", residents=1)
    left = add(grid, "张小山", PRIORITY, "残疾", residents=9)
    do(files.leave, left, TODAY, "搬走", cast.clerk)
    changed = add(other, "王小二", PRIORITY, "大病", house="下村", residents=2)
    do(files.reclassify, changed, ORDINARY, TODAY, "好转", cast.clerk)
    both = [grid.id, other.id]

    def heads(**sought):
        return [
            each.head
            for each in db.session.scalars(listing.search_households(both, HouseholdSearch(**sought)))
        ]

    assert heads() == ["张大山", "李秀英", "王小二"]
    assert heads(attention=PRIORITY) == ["张大山"]
    assert heads(text="上村") == ["张大山", "李秀英"]
    assert heads(text="山") == ["张大山"]
    assert heads(text="%") == []
    assert heads(text="山", moved_away=True) == ["张小山"]
    figures = listing.figures(both)
    assert (figures.households, figures.residents) == (3, 6)
    assert figures.classes == {PRIORITY: 1, ORDINARY: 2}
    assert listing.figures([]).residents == 0


def test_the_trail_says_which_file_and_which_fields_and_nothing_of_what_they_hold(cast, grid, other):
    """It is read by people who may not see a file: township, county, village supervision."""
    household = do(files.add_household, grid, SECRET, PRIORITY, "密原因一", YESTERDAY, cast.clerk)
    told = Particulars("密新户主", "密新住址", "13733334444", 5, "密新", "密新", "密新", "密新")
    do(files.correct, household, told, cast.clerk)
    do(files.reclassify, household, WATCHED, YESTERDAY, "密原因二", cast.clerk)
    do(files.leave, household, TODAY, "密去处", cast.clerk)
    do(files.come_back, household, cast.clerk)
    do(files.move, [household], other, cast.clerk)
    lines = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action.startswith("household.")).order_by(AuditEvent.id)
    ).all()
    assert [(line.action.partition(".")[2], line.before, line.detail) for line in lines] == [
        ("add", None, {"grid": "90", "number": 1}),
        (
            "correct",
            None,
            {
                "fields": [
                    *("head", "house", "phone", "residents"),
                    *("composition", "standing", "situation", "needs"),
                ]
            },
        ),
        ("reclassify", None, {}),
        ("leave", None, {}),
        ("come_back", None, {}),
        ("move", {"grid": "90", "number": 1}, {"grid": "91", "number": 1}),
    ]
    assert {(line.subject, line.area_id) for line in lines} == {
        (f"household:{household.id}", cast.village.id)
    }
    said = trail.trail_lines(lines, Sight(masked=False))
    assert {line.about for line in said} == {"山脚网格 91 · 1"}
    (corrected,) = said[1].changes
    assert corrected.after.startswith("户主、住址、电话、人口、")
    everything = repr([(event.subject, event.before, event.detail) for event in _all_events()])
    assert "密" not in everything + repr(said)
    assert "137" not in everything + repr([line.changes for line in said])


def _all_events():
    return db.session.scalars(select(AuditEvent)).all()
