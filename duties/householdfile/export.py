"""The household ledger as a file, in the columns of its own file; audited."""

from typing import Any

from duties.householdfile import columns
from duties.households.ledger import GridSection, HouseholdRow, Ledger
from people import audit
from people.models import Area, Grid, User


def export_households(
    ledger: Ledger, whose: Area | Grid, kind: str, actor: User | None
) -> list[dict[str, Any]]:
    """The rows of a ledger, everything in full. The export, as `xlsx` or `csv`, is audited.

    The rows come in again without changing anything.
    """
    rows = [_cells(section, row) for section in ledger.sections for row in section.rows]
    village = whose.village if isinstance(whose, Grid) else whose
    audit.note(actor, "households.export", whose, village, kind=kind, rows=len(rows))
    return rows


def _cells(section: GridSection, row: HouseholdRow) -> dict[str, Any]:
    particulars = {column: getattr(row, field) for field, column in columns.COLUMN_OF_FIELD.items()}
    return {
        columns.CODE: section.code,
        columns.GRID: section.name,
        columns.NUMBER: row.number,
        **particulars,
        columns.CLASS: columns.WORDS_OF_CLASS[row.attention],
        columns.SINCE: row.since,
        columns.REASON: row.reason,
        columns.WORKER: section.worker,
        columns.INSTRUCTOR: section.instructor,
    }
