"""The villages' figures of a quarter as a file, in the columns of the page."""

from collections.abc import Sequence
from typing import Any

from ground import tables
from points import amounts, labels
from points.assessment.review import Figures

CODE, VILLAGE, STATE, LATE = "区划代码", "村（社区）", "进度", "逾期"
WORKERS, TOTAL, LAST, CHANGE = "网格员人数", "总积分", "上季度总积分", "增减%"
CATEGORY, SHARE, ADJUSTED = "最多的类别", "占比%", "调整占比%"
CONFIRMER, CONFIRMED = "确认最多的人", "确认占比%"
OPEN, OVERDUE, LOOK = "待答复异议", "逾期未答复", "请看一看"

LAYOUT = tables.Layout(
    "季度评定一览",
    tuple(
        map(
            tables.Column,
            (
                *(CODE, VILLAGE, STATE, LATE, WORKERS, TOTAL, LAST, CHANGE, CATEGORY, SHARE, ADJUSTED),
                *(CONFIRMER, CONFIRMED, OPEN, OVERDUE, LOOK),
            ),
        )
    ),
    texts=(CODE,),
)


def rows(found: Sequence[Figures]) -> list[dict[str, Any]]:
    """A row for each village, by code; points with their decimal."""
    return [_row(each) for each in found]


def _row(each: Figures) -> dict[str, Any]:
    standing = each.standing
    return {
        CODE: standing.village.code,
        VILLAGE: standing.village.name,
        STATE: labels.state_of(standing.assessment),
        LATE: "是" if standing.late else "",
        WORKERS: each.workers,
        TOTAL: "" if each.total is None else amounts.show(each.total),
        LAST: "" if each.last is None else amounts.show(each.last),
        CHANGE: "" if each.change is None else each.change,
        CATEGORY: str(labels.CATEGORIES[each.category]) if each.category else "",
        SHARE: each.category_share,
        ADJUSTED: each.adjusted_share,
        CONFIRMER: each.confirmer or "",
        CONFIRMED: each.confirmer_share,
        OPEN: standing.open_objections,
        OVERDUE: standing.overdue,
        LOOK: "；".join(str(labels.LOOKS[look]) for look in each.looks),
    }
