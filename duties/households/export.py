"""The household ledger as a file, in the columns that village offices use; audited."""

from typing import Any

from duties.households.ledger import GridSection, HouseholdRow, Ledger
from ground import tables
from people import audit
from people.models import Area, Attention, Grid, User

CODE, GRID, WORKER, INSTRUCTOR = "网格编码", "网格名称", "网格员", "指导员"
NUMBER, HEAD, HOUSE, PHONE, RESIDENTS = "户号", "户主", "住址", "联系电话", "人口数"
COMPOSITION, STANDING, SITUATION, NEEDS = "家庭成员", "政治面貌", "家庭情况", "问题和需求"
CLASS, SINCE, REASON = "类别", "定类日期", "定类原因"

CLASSES = {
    Attention.PRIORITY: "重点户",
    Attention.WATCHED: "监测户",
    Attention.ORDINARY: "一般户",
}
LAYOUT = tables.Layout(
    "住户台账",
    tuple(
        map(
            tables.Column,
            (
                *(CODE, GRID, NUMBER, HEAD, HOUSE, PHONE, RESIDENTS),
                *(COMPOSITION, STANDING, SITUATION, NEEDS),
                *(CLASS, SINCE, REASON, WORKER, INSTRUCTOR),
            ),
        )
    ),
    text_columns=(CODE, PHONE),
    choices={CLASS: list(CLASSES.values())},
)


def export_households(
    ledger: Ledger, whose: Area | Grid, kind: str, actor: User | None
) -> list[dict[str, Any]]:
    """The rows of a ledger, everything in full. The export, as `xlsx` or `csv`, is audited."""
    rows = [_cells(section, row) for section in ledger.sections for row in section.rows]
    village = whose.village if isinstance(whose, Grid) else whose
    audit.note(actor, "households.export", whose, village, kind=kind, rows=len(rows))
    return rows


def _cells(section: GridSection, row: HouseholdRow) -> dict[str, Any]:
    return {
        CODE: section.code,
        GRID: section.name,
        NUMBER: row.number,
        HEAD: row.head,
        HOUSE: row.house,
        PHONE: row.phone,
        RESIDENTS: row.residents,
        COMPOSITION: row.composition,
        STANDING: row.standing,
        SITUATION: row.situation,
        NEEDS: row.needs,
        CLASS: CLASSES[row.attention],
        SINCE: row.since,
        REASON: row.reason,
        WORKER: section.worker,
        INSTRUCTOR: section.instructor,
    }
