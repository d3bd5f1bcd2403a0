"""The roster's columns, and its rows as clean values; a bad cell comes with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _

from ground import days, tables
from people import filing
from people.models import Area, GridKind, PoliticalStatus, Sex
from people.roster import grids, persons

NAME, SEX, BIRTH_YEAR, PHONE, STANDING = "姓名", "性别", "出生年份", "电话", "政治面貌"
VILLAGE, GROUP = "村(社区)代码", "村民小组"
CODE, GRID, KIND, HOUSEHOLDS, SINCE = "网格编码", "网格名称", "网格类型", "户数", "聘任日期"
INSTRUCTOR, AGENCY = "指导员姓名", "指导员单位"

COLUMNS = (
    tables.Column(NAME, aliases=("网格员", "网格员姓名")),
    tables.Column(SEX, owner_column=NAME),
    tables.Column(BIRTH_YEAR, aliases=("出生年", "出生年月"), owner_column=NAME),
    tables.Column(PHONE, aliases=("联系电话", "手机", "手机号", "电话号码", "联系方式"), owner_column=NAME),
    tables.Column(STANDING, owner_column=NAME),
    tables.Column(
        VILLAGE, required=True, aliases=("村代码", "社区代码", "村社区代码", "行政区划代码"), fills_down=True
    ),
    tables.Column(GROUP, aliases=("小组", "组别", "居民小组"), fills_down=True),
    tables.Column(
        CODE, required=True, aliases=("网格代码", "网格编号", "微网格编码"), alternative=GRID, fills_down=True
    ),
    tables.Column(
        GRID, aliases=("微网格名称", "所在网格", "所属网格", "所在微网格", "所属微网格"), fills_down=True
    ),
    tables.Column(KIND, aliases=("类型", "网格类别"), fills_down=True),
    tables.Column(HOUSEHOLDS, aliases=("户数(户)",)),
    tables.Column(SINCE, aliases=("聘用日期", "聘任时间", "任职日期"), owner_column=NAME, fills_down=True),
    tables.Column(INSTRUCTOR, aliases=("指导员", "网格指导员"), fills_down=True),
    tables.Column(AGENCY, aliases=("指导员所在单位", "单位"), owner_column=INSTRUCTOR, fills_down=True),
)
NAMES = tuple(column.name for column in COLUMNS)

SEX_WORDS = {"男": Sex.MALE, "女": Sex.FEMALE, "男性": Sex.MALE, "女性": Sex.FEMALE}
STANDING_WORDS = {
    "中共党员": PoliticalStatus.PARTY,
    "中共预备党员": PoliticalStatus.PROBATIONARY,
    "共青团员": PoliticalStatus.LEAGUE,
    "民主党派": PoliticalStatus.OTHER_PARTY,
    "群众": PoliticalStatus.MASSES,
    "党员": PoliticalStatus.PARTY,
    "预备党员": PoliticalStatus.PROBATIONARY,
    "团员": PoliticalStatus.LEAGUE,
    "无党派人士": PoliticalStatus.MASSES,
    "普通群众": PoliticalStatus.MASSES,
}
KIND_WORDS = {
    "农村": GridKind.RURAL,
    "城镇": GridKind.URBAN,
    "专属": GridKind.DEDICATED,
    "农村网格": GridKind.RURAL,
    "城镇网格": GridKind.URBAN,
    "城市": GridKind.URBAN,
    "城市网格": GridKind.URBAN,
    "专属网格": GridKind.DEDICATED,
}


CHOICES: dict[str, Mapping[str, Any]] = {SEX: SEX_WORDS, STANDING: STANDING_WORDS, KIND: KIND_WORDS}

LAYOUT = tables.Layout(
    "网格员花名册",
    COLUMNS,
    text_columns=(PHONE, VILLAGE, CODE),
    choices={column: list(tables.first_words(words).values()) for column, words in CHOICES.items()},
)


def choice_words(column: str) -> dict[Any, str]:
    """The word that is written for each value of a column with a choice."""
    return tables.first_words(CHOICES[column])


@dataclass(frozen=True)
class RosterRow:
    """One row of the roster: a grid with its worker and instructor; None where the file is empty.

    A village's own file may have no codes: then `grid`, or else `name`, says which grid it is.
    """

    row: tables.Row
    village: Area
    code: str | None
    bare_code: bool
    """Whether Excel held the code as a number, so that zeros in front may be lost."""
    grid: str | None
    kind: GridKind | None
    group: str | None
    households: int | None
    name: str | None
    sex: Sex | None
    birth_year: int | None
    phone: str | None
    standing: PoliticalStatus | None
    since: date | None
    instructor: str | None
    agency: str | None


def given(area: Area) -> tuple[str, ...]:
    """The columns that a file for an area may lack: a village's own file need not name it."""
    return (VILLAGE,) if area.is_village else ()


def clean(table: tables.Table, villages: Mapping[str, Area]) -> tuple[list[RosterRow], list[tables.BadCell]]:
    """The rows without a bad cell, and every bad cell; `villages` are those in reach, by code."""
    return tables.clean(table, lambda reader: _entry(reader, villages))


def _entry(reader: tables.RowReader, villages: Mapping[str, Area]) -> RosterRow:
    row = reader.row
    has_village, has_code = (column in reader.table.letters for column in (VILLAGE, CODE))
    entry = RosterRow(
        row=row,
        village=reader.get(VILLAGE, lambda cell: _village(cell, villages))
        if has_village
        else next(iter(villages.values())),
        code=reader.get(CODE, lambda cell: tables.required_text(tables.code(cell, 40))) if has_code else None,
        bare_code=tables.was_number(row.cells.get(CODE)),
        grid=reader.get(GRID, lambda cell: tables.text(cell, 100)),
        kind=reader.get(KIND, lambda cell: tables.choice(cell, KIND_WORDS)),
        group=reader.get(GROUP, lambda cell: tables.text(cell, 100)),
        households=reader.get(HOUSEHOLDS, lambda cell: tables.whole(cell, 0, grids.MOST_HOUSEHOLDS)),
        name=reader.get(NAME, filing.whole_name),
        sex=reader.get(SEX, lambda cell: tables.choice(cell, SEX_WORDS)),
        birth_year=reader.get(BIRTH_YEAR, lambda cell: _birth_year(cell, reader.table.epoch)),
        phone=reader.get(PHONE, tables.phone),
        standing=reader.get(STANDING, lambda cell: tables.choice(cell, STANDING_WORDS)),
        since=reader.get(SINCE, lambda cell: tables.day(cell, reader.table.epoch, days.SERVICE_BEGINS)),
        instructor=reader.get(INSTRUCTOR, filing.whole_name),
        agency=reader.get(AGENCY, lambda cell: tables.text(cell, 100)),
    )
    if not reader.bad and entry.name is None and reader.filled((SEX, BIRTH_YEAR, PHONE, STANDING, SINCE)):
        reader.refuse(NAME, _("The name is missing."))
    if not reader.bad and entry.instructor is None and entry.agency:
        reader.refuse(INSTRUCTOR, _("The name is missing."))
    return entry


def _village(cell: tables.Cell, villages: Mapping[str, Area]) -> Area:
    code = tables.required_text(tables.digits(cell, 12))
    if code not in villages:
        raise tables.bad_cell(_("No village or community of yours has the code %(code)s.", code=code))
    return villages[code]


def _birth_year(cell: tables.Cell, epoch: date) -> int | None:
    year = tables.year(cell, epoch)
    persons.check_birth_year(year)
    return year
