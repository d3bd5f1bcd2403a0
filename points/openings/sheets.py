"""Sheets of opening balances and where their lines stand: to be posted, hung up, contested, booked.

No state is kept: it is what notices, objections, answers and bookings say together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db, lock
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Area, User
from people.roster import persons
from points.models import (
    OpeningAnswer,
    OpeningBooking,
    OpeningLine,
    OpeningNotice,
    OpeningNoticeLine,
    OpeningObjection,
    OpeningReversal,
    OpeningSheet,
    Transfer,
)
from points.wall.booking import WaitReason


@dataclass(frozen=True)
class LineState:
    """A line and where it stands.

    `tenths` is what it has by the file and the answers to objections, `posted` how it hung last, `booking`
    how it was booked; `is_contested` while an objection to it waits for its answer.
    """

    line: OpeningLine
    tenths: int
    posted: OpeningNoticeLine | None
    booking: OpeningBooking | None
    is_contested: bool

    @property
    def wait_reason(self) -> WaitReason | None:
        """The reason why it cannot be booked yet; None if nothing stands in the way, or it is booked."""
        if self.booking is not None:
            return None
        if self.is_contested:
            return WaitReason.OBJECTION
        if self.posted is None or self.posted.tenths != self.tenths:
            return WaitReason.TO_POST
        return WaitReason.NOTICE_RUNS if clock.today() <= self.posted.notice.ends_on else None

    @property
    def is_ready(self) -> bool:
        """Whether it can be booked now. One of 0 points has nothing to book."""
        return self.booking is None and self.wait_reason is None and self.tenths > 0


@dataclass(frozen=True)
class SheetState:
    """A sheet with its notices and its lines, by number."""

    sheet: OpeningSheet
    notices: Sequence[OpeningNotice]
    lines: Sequence[LineState]

    @property
    def ready_lines(self) -> list[LineState]:
        """The lines that can be booked now."""
        return [line for line in self.lines if line.is_ready]

    @property
    def is_booked(self) -> bool:
        """Whether a line was booked: from then on the sheet cannot be taken back."""
        return any(line.booking for line in self.lines)

    @property
    def is_done(self) -> bool:
        """Whether nothing more happens to it: taken back, or every line booked or at 0."""
        is_through = all(line.wait_reason is None and not line.is_ready for line in self.lines)
        return self.sheet.withdrawn_at is not None or is_through

    @property
    def total_tenths(self) -> int:
        """The tenths of all its lines as they are now."""
        return sum(line.tenths for line in self.lines)

    @property
    def ready_tenths(self) -> int:
        """The tenths that can be booked now."""
        return sum(line.tenths for line in self.ready_lines)

    def count(self, reason: WaitReason) -> int:
        """How many lines wait for this reason."""
        return sum(line.wait_reason == reason for line in self.lines)


def sheets_of(village: Area) -> Sequence[OpeningSheet]:
    """A village's sheets, the latest first, also those taken back."""
    return db.session.scalars(
        select(OpeningSheet)
        .where(OpeningSheet.village_id == village.id)
        .options(joinedload(OpeningSheet.brought_by), joinedload(OpeningSheet.withdrawn_by))
        .order_by(OpeningSheet.number.desc())
    ).all()


def unfinished_sheets(village: Area) -> Sequence[OpeningSheet]:
    """The village's sheets of which a line is not booked, the first one first; not those taken back."""
    booked = exists().where(OpeningBooking.line_id == OpeningLine.id)
    open_line = exists().where(OpeningLine.sheet_id == OpeningSheet.id, ~booked)
    return db.session.scalars(
        select(OpeningSheet)
        .where(OpeningSheet.village_id == village.id, OpeningSheet.withdrawn_at.is_(None), open_line)
        .order_by(OpeningSheet.number)
    ).all()


def unbooked_lines(village: Area) -> dict[int, LineState]:
    """The opening balances of a village that are still to be booked, by the worker's current entry's id."""
    current_ids = persons.current_entry_ids()
    lines = [each for state in states_of(unfinished_sheets(village)) for each in state.lines]
    open_lines = [each for each in lines if each.booking is None and each.tenths]
    return {current_ids.get(each.line.worker_id, each.line.worker_id): each for each in open_lines}


def hung_states(village: Area) -> list[SheetState]:
    """The village's sheets that hang or hung, the latest first; not those taken back."""
    standing = [sheet for sheet in sheets_of(village) if sheet.withdrawn_at is None]
    return [state for state in states_of(standing) if state.notices]


def find(village: Area, number: int) -> OpeningSheet | None:
    """The village's sheet of this number, or None."""
    return next((sheet for sheet in sheets_of(village) if sheet.number == number), None)


def state_of(sheet: OpeningSheet) -> SheetState:
    """A sheet with all that happened to it."""
    return states_of([sheet])[0]


def states_of(sheets: Sequence[OpeningSheet]) -> list[SheetState]:
    """Sheets with all that happened to them, by as many statements as for one."""
    if not sheets:
        return []
    ids = [sheet.id for sheet in sheets]
    lines_by_sheet: dict[int, list[LineState]] = defaultdict(list)
    right, posted = _right_tenths(ids), _posted_lines(ids)
    contested, bookings = _contested_line_ids(ids), _bookings(ids)
    for line in _lines(ids):
        lines_by_sheet[line.sheet_id].append(
            LineState(
                line=line,
                tenths=right.get(line.id, line.tenths),
                posted=posted.get(line.id),
                booking=bookings.get(line.id),
                is_contested=line.id in contested,
            )
        )
    notices_by_sheet: dict[int, list[OpeningNotice]] = defaultdict(list)
    for notice in _notices(ids):
        notices_by_sheet[notice.sheet_id].append(notice)
    return [SheetState(sheet, notices_by_sheet[sheet.id], lines_by_sheet[sheet.id]) for sheet in sheets]


def _lines(sheet_ids: Collection[int]) -> Iterable[OpeningLine]:
    return db.session.scalars(
        select(OpeningLine)
        .where(OpeningLine.sheet_id.in_(sheet_ids))
        .options(joinedload(OpeningLine.worker))
        .order_by(OpeningLine.sheet_id, OpeningLine.number)
    )


def _notices(sheet_ids: Collection[int]) -> Iterable[OpeningNotice]:
    return db.session.scalars(
        select(OpeningNotice)
        .where(OpeningNotice.sheet_id.in_(sheet_ids))
        .options(joinedload(OpeningNotice.sheet), joinedload(OpeningNotice.posted_by))
        .order_by(OpeningNotice.sheet_id, OpeningNotice.number)
    )


def _right_tenths(sheet_ids: Collection[int]) -> dict[int, int]:
    """What the last accepted objection to a line made of it, by the line's id."""
    answered = (
        select(OpeningObjection.line_id, OpeningAnswer.right_tenths)
        .join(OpeningAnswer.objection)
        .where(OpeningObjection.sheet_id.in_(sheet_ids), OpeningAnswer.right_tenths.is_not(None))
        .order_by(OpeningAnswer.id)  # of several the last stays
    )
    return {line_id: tenths for line_id, tenths in db.session.execute(answered) if tenths is not None}


def _posted_lines(sheet_ids: Collection[int]) -> dict[int, OpeningNoticeLine]:
    """Each line as it hung last, by the line's id."""
    posted = db.session.scalars(
        select(OpeningNoticeLine)
        .join(OpeningNoticeLine.notice)
        .options(contains_eager(OpeningNoticeLine.notice))
        .where(OpeningNotice.sheet_id.in_(sheet_ids))
        .order_by(OpeningNotice.number)
    )
    return {line.line_id: line for line in posted}


def _contested_line_ids(sheet_ids: Collection[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(OpeningObjection.line_id)
            .outerjoin(OpeningObjection.answer)
            .where(OpeningObjection.sheet_id.in_(sheet_ids), OpeningAnswer.id.is_(None))
        )
    )


def _bookings(sheet_ids: Collection[int]) -> dict[int, OpeningBooking]:
    booked = db.session.scalars(
        select(OpeningBooking)
        .join(OpeningBooking.line)
        .where(OpeningLine.sheet_id.in_(sheet_ids))
        .options(
            joinedload(OpeningBooking.transfer).joinedload(Transfer.account),
            joinedload(OpeningBooking.reversal),
        )
    )
    return {booking.line_id: booking for booking in booked}


def sheets_of_workers(village: Area) -> dict[int, int]:
    """Who has an opening balance in a village: the number of its sheet, by the worker's current entry's id.

    A sheet that was taken back gives none, nor does a line that was booked and then taken back.
    """
    current_ids = persons.current_entry_ids()
    rows = db.session.execute(
        select(OpeningLine.worker_id, OpeningSheet.number)
        .join(OpeningLine.sheet)
        .outerjoin(OpeningBooking, OpeningBooking.line_id == OpeningLine.id)
        .outerjoin(OpeningReversal, OpeningReversal.booking_id == OpeningBooking.transfer_id)
        .where(
            OpeningSheet.village_id == village.id,
            OpeningSheet.withdrawn_at.is_(None),
            OpeningReversal.transfer_id.is_(None),
        )
        .order_by(OpeningSheet.number)
    )
    return {current_ids.get(worker_id, worker_id): number for worker_id, number in rows}


def workers_taken_back(village: Area) -> set[int]:
    """Those of whom a booked opening balance was taken back in a village; by the current entry's id."""
    current_ids = persons.current_entry_ids()
    ids = db.session.scalars(
        select(OpeningLine.worker_id)
        .join(OpeningLine.sheet)
        .join(OpeningBooking, OpeningBooking.line_id == OpeningLine.id)
        .join(OpeningReversal, OpeningReversal.booking_id == OpeningBooking.transfer_id)
        .where(OpeningSheet.village_id == village.id)
    )
    return {current_ids.get(ident, ident) for ident in ids}


def hanging_notices(area: Area) -> Sequence[OpeningNotice]:
    """The notices of opening balances that hang today in an area, by village; not of sheets taken back."""
    return db.session.scalars(
        select(OpeningNotice)
        .join(OpeningNotice.sheet)
        .join(OpeningSheet.village)
        .options(contains_eager(OpeningNotice.sheet).contains_eager(OpeningSheet.village))
        .where(
            Area.code.startswith(area.stem),
            OpeningSheet.withdrawn_at.is_(None),
            OpeningNotice.ends_on >= clock.today(),
        )
        .order_by(Area.code, OpeningNotice.id)
    ).all()


def lock_standing(sheet: OpeningSheet) -> None:
    """Lock a sheet and check that it was not taken back. Refused `withdrawn`."""
    lock(sheet)
    if sheet.withdrawn_at is not None:
        raise Refused("withdrawn", _("This sheet of opening balances was taken back."))


def withdraw(sheet: OpeningSheet, reason: str, actor: User) -> None:
    """Take a sheet back as a whole; its workers are free for another one.

    Again it changes nothing. Refused `reason_missing`, `already_booked` once a line of it is booked.
    """
    lock(sheet)
    if sheet.withdrawn_at is not None:
        return
    reason = required_reason(reason)
    if state_of(sheet).is_booked:
        raise Refused(
            "already_booked", _("Lines of this sheet are booked. The chair takes back a single line.")
        )
    sheet.withdrawn_by_id, sheet.withdrawn_at, sheet.withdrawn_reason = actor.id, clock.now(), reason
    audit.note(actor, "openings.withdraw", sheet, sheet.village, reason=reason)
    db.session.flush()
