"""The minutes of a quarter's meeting on paper: who was there, what was decided and why, places to sign."""

from flask_babel import gettext as _

from ground import clock
from ground.paper import words
from ground.paper.draw import Strip, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from people.sight import Sight
from points.amounts import signed
from points.assessment import line_notes, members
from points.models import Assessment
from shop.paper.parts import BODY, CELL, ROOM_MM, facts, heading, note_on_missing, sheet_pdf


def minutes_pdf(assessment: Assessment, sight: Sight) -> bytes:
    """The minutes, in the language in use, on A4."""
    quarter = words.quarter(assessment.quarter)
    title = _("Minutes of the meeting on the points of the %(quarter)s", quarter=quarter)
    return sheet_pdf(title, _strips(assessment, sight, title))


def _strips(assessment: Assessment, sight: Sight, title: str) -> list[Strip]:
    village = assessment.village
    present = [sight.name(member) for member in assessment.members if member.present]
    away = [sight.name(member) for member in assessment.members if not member.present]
    pairs = [
        (_("Day of the meeting"), words.day(assessment.met_on) if assessment.met_on else "–"),
        (
            _("Attendance"),
            _(
                "%(invited)d invited, %(present)d came",
                invited=len(assessment.members),
                present=len(present),
            ),
        ),
        *([(_("Who was invited and did not come"), "、".join(away))] if away else []),
    ]
    minutes = sight.text(assessment.minutes, village)
    adjusted, recused = _adjusted(assessment, sight), _recused(assessment, sight)
    return [
        *heading(village.name, title),
        *facts(pairs, ROOM_MM, pairs_in_row=1),
        gap(3),
        *paragraph(_("Minutes"), ROOM_MM, BODY, bold=True),
        *paragraph(minutes or _("Nothing was written down."), ROOM_MM, BODY),
        *_adjustments(adjusted),
        *_recusals(recused),
        *_present(present),
        *note_on_missing([present, away, minutes, adjusted, recused]),
    ]


def _adjusted(assessment: Assessment, sight: Sight) -> list[list[str]]:
    """A row for what was given or taken beside the rubric, also what was taken back."""
    return [
        [
            words.day(clock.local(adjustment.at).date()),
            sight.name(adjustment.worker),
            signed(adjustment.amount),
            (_("taken back") + "：" if adjustment.takes_back_id else "")
            + sight.text(adjustment.reason, assessment.village),
            sight.name(adjustment.actor),
        ]
        for adjustment in line_notes.adjustments(assessment)
    ]


def _adjustments(rows: list[list[str]]) -> list[Strip]:
    columns = [
        PrintedColumn(_("Day"), 32, "center"),
        PrintedColumn(_("Name"), 24),
        PrintedColumn(_("Points"), 18, "right"),
        PrintedColumn(_("Reason"), 78),
        PrintedColumn(_("By"), 26),
    ]
    return table_of(_("Adjustments"), columns, rows)


def _recused(assessment: Assessment, sight: Sight) -> list[list[str]]:
    """A row for who was left out of which line."""
    return [
        [
            sight.name(recusal.member),
            sight.name(recusal.worker),
            sight.text(recusal.relation, assessment.village),
        ]
        for recusal in members.recusals(assessment)
    ]


def _recusals(rows: list[list[str]]) -> list[Strip]:
    columns = [
        PrintedColumn(_("Who is left out"), 50),
        PrintedColumn(_("Of the line of"), 50),
        PrintedColumn(_("Relation"), 78),
    ]
    return table_of(_("Left out of lines"), columns, rows)


def _present(names: list[str]) -> list[Strip]:
    """Who was there, each with a place to sign, two in a row."""
    pairs = [names[start : start + 2] for start in range(0, len(names), 2)]
    columns = [PrintedColumn(_("Name"), 35), PrintedColumn(_("Signed by hand"), 54)] * 2
    rows = [[cell for name in [*pair, ""][:2] for cell in (name, "")] for pair in pairs]
    return table_of(_("Who is at the meeting"), columns, rows)


def table_of(title: str, columns: list[PrintedColumn], rows: list[list[str]]) -> list[Strip]:
    """A table under its title, repeated on each page; nothing without rows."""
    if not rows:
        return []
    above = [gap(4), *paragraph(title, ROOM_MM, BODY, bold=True), gap(1)]
    return PrintedTable(columns, size=CELL, padding=1.4, lines_above=above).rows(rows)
