"""A rubric out of an office's Excel file: its items fill the form of the decision; bad cells are named."""

import re
from functools import partial
from html import unescape
from io import BytesIO

import pytest

from points.models import Category, FedBy, Rubric
from points.rubrics import rubricfile, versions
from points.rubrics.template import MOST_ITEMS
from tests.cast import COUNTY, TODAY, VILLAGE
from tests.people.test_rosterfile import workbook as roster_workbook
from tests.points.test_rubrics import NOISE, SWEEP, adopt, publish
from tests.story import count

pytestmark = pytest.mark.one_database

HEADERS = tuple(column.name for column in rubricfile.LAYOUT.columns)
workbook = partial(roster_workbook, headers=HEADERS)
HERE, ABOVE = f"/v/{VILLAGE}/rubric", f"/a/{COUNTY}/rubric"
A_ROW = {"类别": "民生服务", "项目": "清扫村道", "单位": "次", "分值": 1.5, "季度上限": 6}
A_ROW |= {"证明材料": "证明人"}


def row(**other):
    return A_ROW | other


def read(rows, **how):
    return rubricfile.read_template(rubricfile.LAYOUT.read(workbook(rows, **how), "细则.xlsx"))


def additions(cast, rows):
    table = rubricfile.LAYOUT.read(workbook(rows), "细则.xlsx")
    return rubricfile.read_additions(table, versions.items_of(versions.template_for(cast.village, TODAY)))


def where(made):
    return [(cell.where, cell.column) for cell in made.bad_cells]


def test_a_row_is_an_item():
    made = read([row(), row(项目="无故缺席村民会议", 分值=-2, 季度上限=None, 证明材料=None)])
    assert made.items == [SWEEP, NOISE]
    fed = read([row(类别="矛盾纠纷化解", 来源="小组化解的纠纷")]).items
    assert [(item.category, item.source) for item in fed] == [(Category.DISPUTE, FedBy.DISPUTE_GROUP)]


@pytest.mark.parametrize(
    ("written", "tenths"),
    [
        *(
            (2, 20),
            (0.1, 1),
            ("2,5", 25),
            ("２．５", 25),
            ("二", 20),
            ("两分", 20),
            ("十五", 150),
            ("一点五分", 15),
        ),
        *(("半分", 5), ("2分/次", 20), ("每次2分", 20), ("+3", 30), ("3分每户", 30), ("加1分", 10)),
        *(("−3", -30), ("－3分", -30), ("扣3分", -30), ("扣三分", -30), ("减 2", -20)),
    ],
)
def test_points_are_read_as_offices_write_them(written, tenths):
    (item,) = read([row(分值=written, 季度上限=None)]).items
    assert item.points == tenths


def test_what_takes_points_takes_them_however_it_is_written():
    for word in ("扣分", "扣分项", "负面清单"):
        (item,) = read([row(类别=word, 分值=3, 季度上限="不限")]).items
        assert (item.points, item.cap) == (-30, None)


def test_every_bad_cell_is_named():
    bad = row(类别="其他", 单位=None, 分值="1-3", 季度上限="很多", 来源="别处")
    made = read([bad, row(分值="二三"), row(分值=0), row(分值=-2), row(项目="x" * 101)])
    assert where(made) == [
        *(("A2", "类别"), ("C2", "单位"), ("D2", "分值"), ("E2", "季度上限"), ("G2", "来源")),
        *(("D3", "分值"), ("D4", "分值"), ("E5", "季度上限"), ("B6", "项目")),
    ]
    assert where(read([row(分值=-2, 季度上限=None, 来源="走访")])) == [("G2", "来源")]


def test_an_item_stands_once_and_is_fed_once():
    twice = [row(), row(项目="清扫 村道"), row(项目="甲", 来源="走访"), row(项目="乙", 来源="走访")]
    made = read(twice)
    assert where(made) == [("B3", "项目"), ("G5", "来源")]
    assert "2" in str(made.bad_cells[0].reason)
    many = read([row(项目=f"事项{n}") for n in range(MOST_ITEMS + 1)])
    assert where(many) == [(f"B{MOST_ITEMS + 2}", "项目")]


def test_a_village_adds_what_the_county_has_not(cast):
    county = cast.item("走访一户")
    same = row(项目=county.name, 单位="户", 分值=county.points / 10)
    made = additions(cast, [row(), same])
    assert (made.items, made.left_count, made.bad_cells) == ([SWEEP], 1, [])
    assert where(additions(cast, [same | {"分值": 9}])) == [("D2", "分值")]
    assert where(additions(cast, [row(来源="走访")])) == [("G2", "来源")]
    assert additions(cast, [row(本村自定="否")]).items == []  # the county had it then


def lines(page):
    """The items in the form, by name: points, unit, most a quarter."""
    given = dict(re.findall(r'name="(lines-\d+-(?:name|points|unit|cap))"[^>]*value="([^"]*)"', page))
    numbers = {key.split("-")[1] for key in given}
    parts = ("name", "points", "unit", "cap")
    found = [[unescape(given.get(f"lines-{n}-{part}", "")) for part in parts] for n in numbers]
    return {name: (points, unit, cap) for name, points, unit, cap in found if name}


def send(client, page, content):
    return client.post(f"{page}/file", data={"file": (BytesIO(content), "细则.xlsx")})


def test_the_file_fills_the_form_and_the_chair_decides(cast, client_of):
    adopt(cast, [NOISE])
    chair = client_of(cast.chair)
    assert set(lines(chair.get(f"{HERE}/adopt").text)) == {NOISE.name}  # it begins with the version before
    before = count(Rubric)
    answer = send(chair, f"{HERE}/adopt", workbook([row(), row(项目=cast.item("走访一户").name, 分值=0.2)]))
    assert answer.status_code == 200
    assert lines(answer.text) == {"清扫村道": ("1.5", "次", "6")}
    assert f'action="{HERE}/adopt"' in answer.text
    assert "从文件里读到 1 项" in answer.text
    assert count(Rubric) == before  # nothing is adopted yet
    bad = send(chair, f"{HERE}/adopt", workbook([row(分值="很多")]))
    assert bad.status_code == 422
    assert "D2" in bad.text
    assert set(lines(bad.text)) == {NOISE.name}
    assert send(chair, f"{HERE}/adopt", b"no table").status_code == 422
    assert send(client_of(cast.clerk), f"{HERE}/adopt", workbook([row()])).status_code == 403


def test_the_list_that_was_taken_out_comes_in_again(cast, client_of):
    county = client_of(cast.county_user)
    template = publish(cast)
    out = county.get(f"{ABOVE}/{template.version}?as=xlsx").data
    answer = send(county, f"{ABOVE}/publish", out)
    assert answer.status_code == 200
    table = rubricfile.LAYOUT.read(out, "积分细则.xlsx")
    assert rubricfile.read_template(table).items == versions.items_of(template)
    rubric = adopt(cast, [SWEEP, NOISE])
    out = client_of(cast.chair).get(f"{HERE}/{rubric.version}?as=xlsx").data
    answer = send(client_of(cast.chair), f"{HERE}/adopt", out)
    assert answer.status_code == 200, answer.text
    assert set(lines(answer.text)) == {SWEEP.name, NOISE.name}
