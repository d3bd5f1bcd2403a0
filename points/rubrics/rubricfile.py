"""A rubric as an office keeps it in Excel: its items are read for the form of the decision.

Nothing is written. The list of a rubric that was taken out comes in again as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext

from ground import names, tables
from ground.figures import narrow
from ground.tables import BadCell, RowReader, Table
from points import amounts
from points.models import Category, FedBy
from points.rubrics.template import MOST_ITEMS, NewItem

CATEGORY, NAME, UNIT, POINTS, CAP = "类别", "项目", "单位", "分值", "季度上限"
EVIDENCE, SOURCE, OWN = "证明材料", "来源", "本村自定"

LAYOUT = tables.Layout(
    "积分细则",
    (
        tables.Column(
            CATEGORY, aliases=("服务类别", "项目类别", "积分类别", "职责", "分类"), fills_down=True
        ),
        tables.Column(
            NAME,
            required=True,
            aliases=("服务事项", "事项", "项目名称", "积分项目", "积分事项", "服务项目", "服务内容", "内容"),
        ),
        tables.Column(UNIT, aliases=("计分单位", "计量单位", "计分单元"), fills_down=True),
        tables.Column(
            POINTS,
            required=True,
            aliases=("积分", "分数", "得分", "积分分值", "积分值", "每次分值"),
        ),
        tables.Column(
            CAP,
            aliases=(
                "每季封顶",
                "每季上限",
                "每季度上限",
                "季度封顶",
                "每季度封顶",
                "上限",
                "封顶",
                "封顶分",
            ),
        ),
        tables.Column(
            EVIDENCE,
            aliases=("依据", "凭据", "佐证材料", "证明", "证明依据", "依据/证明材料"),
            fills_down=True,
        ),
        tables.Column(
            SOURCE, aliases=("计分来源", "按记录自动计分", "数据来源", "记录来源"), fills_down=True
        ),
        tables.Column(OWN, aliases=("本村增加", "自定"), fills_down=True),
    ),
)

# In place of a duty: the item takes points, whether or not they are written with a minus.
TAKEN = "taken"
CATEGORY_WORDS: dict[str, Category | str] = {
    "社情民意": Category.OPINION,
    "政策宣传": Category.PUBLICITY,
    "民生服务": Category.SERVICE,
    "隐患排查": Category.HAZARD,
    "突发报告": Category.EMERGENCY,
    "矛盾化解": Category.DISPUTE,
    "扣分": TAKEN,
    "社情民意收集": Category.OPINION,
    "政策法规宣传": Category.PUBLICITY,
    "法律政策宣传": Category.PUBLICITY,
    "民生事项服务": Category.SERVICE,
    "服务民生": Category.SERVICE,
    "安全隐患排查": Category.HAZARD,
    "突发事件报告": Category.EMERGENCY,
    "矛盾纠纷排查化解": Category.DISPUTE,
    "矛盾纠纷化解": Category.DISPUTE,
    "矛盾纠纷": Category.DISPUTE,
    "扣分项": TAKEN,
    "减分": TAKEN,
    "减分项": TAKEN,
    "负面清单": TAKEN,
}
SOURCE_WORDS = {
    "直接申报": FedBy.CLAIM,
    "走访": FedBy.VISIT,
    "集中活动": FedBy.GATHERING,
    "排查的隐患": FedBy.HAZARD,
    "报告的突发事件": FedBy.EMERGENCY,
    "网格员和指导员化解的纠纷": FedBy.DISPUTE,
    "小组化解的纠纷": FedBy.DISPUTE_GROUP,
    "参加的培训": FedBy.TRAINING,
    "三项均为最高的评价": FedBy.EVALUATION,
    "申报": FedBy.CLAIM,
    "培训": FedBy.TRAINING,
    "评价": FedBy.EVALUATION,
}
YES_OR_NO = {"是": True, "否": False, "√": True, "×": False}

_NO_CAP = {"不限", "无", "不设", "不封顶", "不设上限", "/", "-"}
# "2分/次", "每次2分", "+2", "扣3分": the figure, and the sign before it.
_POINTS = re.compile(r"(?:每\S{1,2}?)?(扣减?|减|加|奖|[+-])?(.+?)(?:个?积?分)?(?:[/每]\S{1,4})?")
_TAKING = {"扣", "扣减", "减", "-"}
_DIGITS = {"两": 2} | dict(zip("零一二三四五六七八九", range(10), strict=True))
_DIGIT = "([零一二两三四五六七八九])?"
_IN_CHINESE = re.compile(f"{_DIGIT}(十)?{_DIGIT}(?:点{_DIGIT})?")


@dataclass(frozen=True)
class ReadRubric:
    """The items of a file, its bad cells, and the number of rows about the county's items, left out."""

    items: list[NewItem]
    bad_cells: list[BadCell]
    left_count: int = 0


@dataclass(frozen=True)
class _Line:
    """One row of the file, and whether it says that the item is the village's own; None: nothing."""

    row: tables.Row
    item: NewItem
    is_own: bool | None


def read_template(table: Table) -> ReadRubric:
    """The items of a county's template, as a file has them."""
    lines, bad = tables.clean(table, _line)
    return _checked(table, lines, bad, 0)


def read_additions(table: Table, taken_over: Sequence[NewItem]) -> ReadRubric:
    """What a village adds to the items it takes over, out of a file of its additions or of its whole rubric.

    A row about an item that is taken over is left out; one that says other points of it is bad.
    """
    lines, bad = tables.clean(table, _line)
    taken_by_name = {names.folded(item.name): item for item in taken_over}
    own = []
    for line in lines:
        taken = taken_by_name.get(names.folded(line.item.name))
        if taken is None and line.is_own is not False:
            own.append(line)
        if taken is not None and taken.points != line.item.points:
            text = _("This is the county's item, of %(points)s points.", points=amounts.show(taken.points))
            bad.append(BadCell.at(table, line.row, POINTS, text))
        elif line in own and line.item.source != FedBy.CLAIM:
            text = _("Only the county's items are fed by records.")
            bad.append(BadCell.at(table, line.row, SOURCE, text))
    return _checked(table, own, bad, len(lines) - len(own))


def _checked(table: Table, lines: Sequence[_Line], bad: list[BadCell], left_count: int) -> ReadRubric:
    """The items of these rows, each there once, and each fed by records of its own."""
    first_rows: dict[str, int] = {}
    for line in lines:
        number, item = line.row.number, line.item
        first = first_rows.setdefault(names.folded(item.name), number)
        if first != number:
            text = _("“%(name)s” is on row %(row)s already.", name=item.name, row=first)
            bad.append(BadCell.at(table, line.row, NAME, text))
        fed = number if item.source == FedBy.CLAIM else first_rows.setdefault(f"by {item.source}", number)
        if fed != number:
            text = _("Row %(row)s is fed by the same records.", row=fed)
            bad.append(BadCell.at(table, line.row, SOURCE, text))
    for line in lines[MOST_ITEMS:]:
        text = lazy_ngettext(
            "A rubric has at most %(num)s item.", "A rubric has at most %(num)s items.", MOST_ITEMS
        )
        bad.append(BadCell.at(table, line.row, NAME, text))
    bad.sort(key=lambda cell: (cell.row.number, cell.where))
    return ReadRubric([line.item for line in lines], bad, left_count)


def _line(reader: RowReader) -> _Line:
    category = reader.get(CATEGORY, lambda cell: tables.choice(cell, CATEGORY_WORDS)) or Category.SERVICE
    points = reader.get(POINTS, lambda cell: tables.required_text(_points(cell)))
    cap = reader.get(CAP, _cap)
    source = reader.get(SOURCE, lambda cell: tables.choice(cell, SOURCE_WORDS)) or FedBy.CLAIM
    if category == TAKEN:
        category, points = Category.SERVICE, -abs(points or 0)
    item = NewItem(
        category=category,
        name=reader.get(NAME, lambda cell: tables.required_text(tables.text(cell, 100))) or "",
        unit=reader.get(UNIT, lambda cell: tables.required_text(tables.text(cell, 20))) or "",
        points=points or 0,
        cap=cap,
        evidence=reader.get(EVIDENCE, lambda cell: tables.text(cell, 200)) or "",
        source=source,
    )
    if not reader.bad and points == 0:
        reader.refuse(POINTS, _("An item of no points is none."))
    if not reader.bad and item.points < 0 and cap is not None:
        reader.refuse(CAP, _("What takes points has no most a quarter."))
    if not reader.bad and item.points < 0 and source != FedBy.CLAIM:
        reader.refuse(SOURCE, _("What takes points is fed by no records."))
    return _Line(reader.row, item, reader.get(OWN, lambda cell: tables.choice(cell, YES_OR_NO)))


def _points(cell: tables.Cell) -> int | None:
    """The tenths in a cell: 2.5, "2,5", "二分", "−3", "扣3分". Refused as `amounts.parse` is."""
    written = narrow(tables.text(cell, 40) or "").replace(" ", "")
    if not written:
        return None
    match = _POINTS.fullmatch(written)
    sign, figure = match.groups() if match else (None, written)
    tenths = amounts.parse(_figure(figure))
    return -abs(tenths) if sign in _TAKING else tenths


def _figure(written: str) -> str:
    """A figure as `amounts.parse` reads it: a comma before one digit is a point, 二 is 2, 一点五 is 1.5."""
    if re.fullmatch(r"\d+,\d", written):
        return written.replace(",", ".")
    if written in ("半", "半个"):
        return "0.5"
    match = _IN_CHINESE.fullmatch(written)
    if match is None:
        return written
    tens, ten, ones, tenth = match.groups()
    if ten is None and tens and ones:  # 二三 is no figure
        return written
    whole = (
        (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0) if ten else _DIGITS[tens or "零"]
    )
    return f"{whole}.{_DIGITS[tenth or '零']}"


def _cap(cell: tables.Cell) -> int | None:
    """The most a quarter, in tenths; None where there is none, also in a word."""
    if isinstance(cell, str) and narrow(cell) in _NO_CAP:
        return None
    tenths = _points(cell)
    if tenths is not None and tenths <= 0:
        raise tables.bad_cell(_("The most a quarter is above 0, or nothing."))
    return tenths
