"""The sheet of a quarter as a file, in the columns of its page; each export is audited."""

from typing import Any

from ground import tables
from people import audit
from people.models import User
from points import labels
from points.assessment import sheet
from points.models import Assessment, Category

NUMBER, GRID, WORKER = "序号", "网格", "网格员"
DEDUCTIONS, ADJUSTMENTS, WAIVED, TOTAL = "扣分", "调整", "补至0分", "合计"


def layout() -> tables.Layout:
    """The columns of the file, under the words of the page; a category's points are after the caps."""
    categories = [str(labels.CATEGORIES[category]) for category in Category]
    names = (NUMBER, GRID, WORKER, *categories, DEDUCTIONS, ADJUSTMENTS, WAIVED, TOTAL)
    return tables.Layout("季度评定表", tuple(map(tables.Column, names)))


def export_sheet(assessment: Assessment, masked: bool, kind: str, actor: User) -> list[dict[str, Any]]:
    """The rows of the file, one for each worker; the export is audited.

    Points are numbers with at most one decimal. `kind` is `xlsx` or `csv`. `masked` is for who is not of
    the village.
    """
    rows = sheet.sheet_rows(assessment)
    audit.note(
        actor, "assessment.export", assessment, assessment.village, quarter=assessment.quarter_name, kind=kind
    )
    return [_row(number, row, masked) for number, row in enumerate(rows, 1)]


def _row(number: int, row: sheet.SheetRow, masked: bool) -> dict[str, Any]:
    return {
        NUMBER: number,
        GRID: row.grid.name,
        WORKER: row.worker.masked if masked else row.worker.name,
        **{str(labels.CATEGORIES[category]): _points(row.cells[category].capped) for category in Category},
        DEDUCTIONS: _points(row.deductions),
        ADJUSTMENTS: _points(row.adjustments),
        WAIVED: _points(row.waived),
        TOTAL: _points(row.total),
    }


def _points(tenths: int) -> int | float:
    """Points as a number that Excel adds up; only for the file, nothing is computed with it here."""
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
