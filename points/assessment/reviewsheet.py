"""The villages' figures of a quarter as a file, in the columns of the page."""

from collections.abc import Sequence
from typing import Any

from ground import tables
from points import amounts, labels
from points.assessment.review import ReviewFigures

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


def rows(all_figures: Sequence[ReviewFigures]) -> list[dict[str, Any]]:
    """A row for each village, by code; points with their decimal."""
    return [_row(sheet_figures) for sheet_figures in all_figures]


def _row(figures: ReviewFigures) -> dict[str, Any]:
    progress = figures.progress
    return {
        CODE: progress.village.code,
        VILLAGE: progress.village.name,
        STATE: labels.state_of(progress.assessment),
        LATE: "是" if progress.late else "",
        WORKERS: figures.workers,
        TOTAL: "" if figures.total is None else amounts.show(figures.total),
        LAST: "" if figures.last_total is None else amounts.show(figures.last_total),
        CHANGE: "" if figures.change_percent is None else figures.change_percent,
        CATEGORY: str(labels.CATEGORIES[figures.category]) if figures.category else "",
        SHARE: figures.category_share,
        ADJUSTED: figures.adjusted_share,
        CONFIRMER: figures.confirmer or "",
        CONFIRMED: figures.confirmer_share,
        OPEN: progress.open_objections,
        OVERDUE: progress.overdue_objections,
        LOOK: "；".join(str(labels.REVIEW_SIGNS[look]) for look in figures.signs),
    }
