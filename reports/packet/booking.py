"""What of a quarter was booked (入账单): line by line with its entry in the ledger, later corrections."""

from collections.abc import Sequence

from flask_babel import gettext as _

from ground import clock
from ground.paper import words
from ground.paper.draw import Strip, gap
from ground.paper.table import PrintedColumn, PrintedTable
from people.sight import Sight
from points.amounts import show
from points.assessment import assessments
from points.models import Assessment, Award, Correction
from points.wall import booking, correcting
from reports.packet.minutes import table_of
from shop.paper.parts import BODY, CELL, ROOM_MM, facts, heading, note_on_missing, sheet_pdf, signatures


def booking_pdf(assessment: Assessment, sight: Sight) -> bytes:
    """The sheet, in the language in use, on A4."""
    title = _("Points booked, %(quarter)s", quarter=words.quarter(assessment.quarter))
    return sheet_pdf(title, _strips(assessment, sight, title))


def _strips(assessment: Assessment, sight: Sight, title: str) -> list[Strip]:
    awards = booking.awards(assessment)
    corrections = correcting.corrections_of_assessment(assessment)
    rows, corrected = _rows(assessment, awards, sight), _corrected(corrections, sight, assessment)
    booked = show(sum(award.transfer.amount for award in awards))
    pairs = [
        (_("Booked on"), words.moment(assessment.booked_at) if assessment.booked_at else "–"),
        (_("Booked by"), sight.name(assessment.booked_by)),
        (_("Lines booked"), str(len(awards))),
        (_("Points booked together"), booked),
    ]
    if corrections:
        right = show(booking.booked_points(assessment).tenths)
        pairs.append((_("Points together after the corrections"), right))
    table = PrintedTable(
        [
            PrintedColumn(_("Row"), 14, "center"),
            PrintedColumn(_("Name"), 26),
            PrintedColumn(_("Grid"), 52),
            PrintedColumn(_("Posted"), 20, "right"),
            PrintedColumn(_("Booked"), 20, "right"),
            PrintedColumn(_("Day"), 28, "center"),
            PrintedColumn(_("Ledger entry"), 18, "right"),
        ],
        size=CELL,
    )
    posted = sum(line.total for line in assessments.latest_lines(assessment).values())
    total = ["", _("Sum"), "", show(posted), booked, "", ""]
    return [
        *heading(assessment.village.name, title),
        *facts(pairs, ROOM_MM),
        gap(3),
        *table.rows(rows),
        table.row(total, bold=True),
        *_corrections(corrected),
        gap(5),
        signatures([_("Booked by"), _("Reviewed by")], ROOM_MM, BODY),
        *note_on_missing([rows, corrected]),
    ]


def _rows(assessment: Assessment, awards: Sequence[Award], sight: Sight) -> list[list[str]]:
    """A row for each line as it hung last; a dash for what is not in the ledger."""
    by_worker = {award.worker_id: award.transfer for award in awards}
    rows = []
    lines = assessments.latest_lines(assessment).values()
    for line in sorted(lines, key=lambda line: line.number):
        transfer = by_worker.get(line.worker_id)
        rows.append(
            [
                str(line.number),
                sight.name(line.worker),
                line.grid,
                show(line.total),
                show(transfer.amount) if transfer else "–",
                words.day(clock.local(transfer.at).date()) if transfer else "–",
                str(transfer.id) if transfer else "–",
            ]
        )
    return rows


def _corrected(corrections: Sequence[Correction], sight: Sight, assessment: Assessment) -> list[list[str]]:
    """A row for each correction: what was booked, what is right, and why."""
    return [
        [
            words.day(clock.local(correction.at).date()),
            sight.name(correction.line.worker),
            show(correction.award.amount),
            show(correction.right_tenths),
            sight.text(correction.reason, assessment.village),
        ]
        for correction in corrections
    ]


def _corrections(rows: list[list[str]]) -> list[Strip]:
    columns = [
        PrintedColumn(_("Day"), 32, "center"),
        PrintedColumn(_("Name"), 26),
        PrintedColumn(_("Was"), 20, "right"),
        PrintedColumn(_("Is right"), 20, "right"),
        PrintedColumn(_("Reason"), 80),
    ]
    return table_of(_("Corrected later"), columns, rows)
