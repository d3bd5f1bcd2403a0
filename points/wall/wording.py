"""The text of a notice, from what was posted to the sheet that is printed. Names are masked."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flask_babel import gettext as _

from ground.paper import words
from people.roster import persons
from people.sight import outside
from points import labels
from points.amounts import show, signed
from points.models import Adjustment, Category, Correction, NoticeLine, Recusal, Service
from points.wall.noticesheet import Notes, NoticeRow, NoticeSheet
from points.wall.wall_state import PostedNotice

NameMask = Callable[[str], str]


def sheet(
    posted: PostedNotice, url: str, object_url: str, proof_url: str, announcements: Sequence[str] = ()
) -> NoticeSheet:
    """The sheet of a notice, in the language in use.

    `url` is its public page, `object_url` the page to object on, `proof_url` that which computes the digest
    again.
    """
    assessment, notice = posted.assessment, posted.notice
    village, rubric, members = assessment.village, assessment.rubric, assessment.members
    return NoticeSheet(
        village=village.name,
        township=village.parent.name if village.parent else "",
        quarter=assessment.quarter,
        number=notice.number,
        whole=notice.whole,
        rubric_version=rubric.version,
        rubric_from=rubric.in_force_from,
        met_on=assessment.met_on,
        invited=len(members),
        present=sum(member.present for member in members),
        posted_on=notice.posted_on,
        ends_on=notice.ends_on,
        columns=[str(labels.SHORT_DUTIES[category]) for category in Category],
        rows=[_row(posted, line) for line in posted.lines],
        notes=list(_notes(posted)),
        digest=notice.digest,
        url=url,
        object_url=object_url,
        proof_url=proof_url,
        how_to_object=str(
            _(
                "Until the last day, tell the committee or its supervisors by word or in writing, or scan "
                "the code and write online; you get a number, and an answer within 7 working days."
            )
        ),
        announcements=list(announcements),
    )


def _row(posted: PostedNotice, line: NoticeLine) -> NoticeRow:
    return NoticeRow(
        number=line.number,
        name=line.name,
        grid=line.grid,
        cells=[line.cells[category][2] for category in Category],
        deductions=line.deductions,
        adjustments=line.adjustments,
        total=line.total,
        waived=line.waived,
        total_before=posted.totals_before.get(line.worker_id, 0),
    )


def _notes(posted: PostedNotice) -> Iterator[Notes]:
    """The notes under the table: changes, adjustments, who was left out, corrections; what there is."""
    assessment, lines = posted.assessment, {line.worker_id: line for line in posted.lines}
    masked = partial(outside().text, place=assessment.village)
    changed = [entry for entry in posted.adjustments if entry.answer_id in posted.answers]
    decided = [entry for entry in posted.adjustments if entry.answer_id not in posted.answers]
    below = [line for line in posted.lines if line.waived]
    for title, note_lines in (
        (_("Why points were deducted:"), [_deducted(lines, entry, masked) for entry in posted.deductions]),
        (_("Lines that would be below 0:"), [_waived(line) for line in below]),
        (_("Changed after objections:"), [_changed(posted, lines, entry, masked) for entry in changed]),
        (_("Why points were adjusted:"), [_adjusted(lines, entry, masked) for entry in decided]),
        (_("Members of the meeting left out of a line:"), [_recused(lines, r) for r in posted.recusals]),
        (_("Earlier quarters put right:"), [_corrected(entry, masked) for entry in posted.corrections]),
    ):
        if note_lines:
            yield Notes(str(title), note_lines)


def _deducted(lines: dict[int, NoticeLine], record: Service, masked: NameMask) -> str:
    line, reason = lines[record.worker_id], record.note and masked(record.note)
    what = _("%(what)s: %(reason)s", what=record.item.name, reason=reason) if reason else record.item.name
    return str(
        _(
            "No. %(number)s %(name)s: %(points)s, %(reason)s",
            number=line.number,
            name=line.name,
            points=signed(record.item.points * record.count),
            reason=what,
        )
    )


def _waived(line: NoticeLine) -> str:
    return str(
        _(
            "No. %(number)s %(name)s: less than 0 points count as 0; %(points)s points were not taken.",
            number=line.number,
            name=line.name,
            points=show(line.waived),
        )
    )


def _adjusted(lines: dict[int, NoticeLine], adjustment: Adjustment, masked: NameMask) -> str:
    line = lines[adjustment.worker_id]
    return str(
        _(
            "No. %(number)s %(name)s: %(points)s, %(reason)s",
            number=line.number,
            name=line.name,
            points=signed(adjustment.amount),
            reason=masked(adjustment.reason),
        )
    )


def _changed(
    posted: PostedNotice, lines: dict[int, NoticeLine], adjustment: Adjustment, masked: NameMask
) -> str:
    line, answer = lines[adjustment.worker_id], posted.answers[adjustment.answer_id or 0]
    return str(
        _(
            "No. %(number)s %(name)s: %(points)s, as objection %(code)s was right: %(reason)s",
            number=line.number,
            name=line.name,
            points=signed(adjustment.amount),
            code=answer.objection.code,
            reason=masked(answer.reason),
        )
    )


def _recused(lines: dict[int, NoticeLine], recusal: Recusal) -> str:
    """The sentence on a recusal: only that they were left out.

    What they are to each other is nobody's business on a wall.
    """
    line = lines.get(recusal.worker_id) or lines.get(persons.current_entry(recusal.worker).id)
    return str(
        _(
            "No. %(number)s %(name)s: decided without %(member)s",
            number=line.number if line else "–",
            name=line.name if line else outside().name(recusal.worker),
            member=outside().name(recusal.member),
        )
    )


def _corrected(correction: Correction, masked: NameMask) -> str:
    award = correction.award
    worker = award.account.person
    return str(
        _(
            "%(quarter)s, %(name)s: %(points)s booked, %(right)s is right: %(reason)s",
            quarter=words.quarter(correction.line.assessment.quarter),
            name=outside().name(worker),
            points=show(award.amount),
            right=show(correction.right_tenths),
            reason=masked(correction.reason),
        )
    )
