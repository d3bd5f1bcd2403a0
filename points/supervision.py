"""What supervision may look into about points: what was taken or corrected, and who confirms whom."""

from collections.abc import Iterator

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import db
from people.models import Area, Person, User
from people.supervision.entries import DaySpan, Entry, EntryKind, EntryPage
from points.labels import points_in_words
from points.models import (
    Adjustment,
    Assessment,
    ConfirmationUndone,
    Correction,
    Deduction,
    OpeningBooking,
    OpeningLine,
    OpeningSheet,
    RubricItem,
    Service,
    ServiceState,
    Transfer,
)

# So often somebody has confirmed one worker's records in a period before the pair is named.
OFTEN = 5
MOST_PAIRS = 10


def deductions(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Points that were taken, and deductions that were dropped."""
    query = (
        select(Deduction)
        .join(Deduction.service)
        .options(
            joinedload(Deduction.service).joinedload(Service.item),
            joinedload(Deduction.service).joinedload(Service.worker),
            joinedload(Deduction.service).joinedload(Service.decided_by),
        )
        .where(Service.village_id == village.id, period.holds(Service.decided_at))
        .order_by(Service.decided_at.desc(), Service.id.desc())
        .limit(period.most)
    )
    for deduction in db.session.scalars(query):
        service = deduction.service
        is_taken = service.state == ServiceState.CONFIRMED
        yield Entry(
            row_id=service.id,
            at=service.decided_at,  # type: ignore[arg-type]
            done_by=service.decided_by,
            action=gettext("took points") if is_taken else gettext("dropped a deduction"),
            subject=service.worker,
            figure=points_in_words(deduction.tenths) if is_taken else "",
            reason=service.note if is_taken else service.decision,
            page=EntryPage("services.deduction", {"ident": service.id}),
        )


def large_adjustments(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Points given or taken beside the rubric that are more than one service brings at most."""
    dearest = (
        select(func.max(RubricItem.points))
        .where(RubricItem.rubric_id == Assessment.rubric_id)
        .correlate(Assessment)
        .scalar_subquery()
    )
    query = (
        select(Adjustment, Assessment)
        .join(Assessment, Adjustment.assessment_id == Assessment.id)
        .options(joinedload(Adjustment.worker), joinedload(Adjustment.actor))
        .where(
            Assessment.village_id == village.id,
            func.abs(Adjustment.amount) > dearest,
            period.holds(Adjustment.at),
        )
        .order_by(Adjustment.id.desc())
        .limit(period.most)
    )
    for adjustment, assessment in db.session.execute(query):
        where = {"quarter": assessment.quarter_name, "ident": adjustment.worker_id}
        yield Entry(
            row_id=adjustment.id,
            at=adjustment.at,
            done_by=adjustment.actor,
            action=gettext("adjusted points by a lot"),
            subject=adjustment.worker,
            figure=points_in_words(adjustment.amount),
            reason=adjustment.reason,
            page=EntryPage("meeting.line", where),
        )


def corrections(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Points that were booked, and corrected later."""
    query = (
        select(Correction, Transfer, Person)
        .join(Correction.assessment)
        .join(Transfer, Correction.award_id == Transfer.id)
        .join(Transfer.account)
        .join(Person)
        .options(joinedload(Correction.actor))
        .where(Assessment.village_id == village.id, period.holds(Correction.at))
        .order_by(Correction.id.desc())
        .limit(period.most)
    )
    for correction, award, worker in db.session.execute(query):
        yield Entry(
            row_id=correction.id,
            at=correction.at,
            done_by=correction.actor,
            action=gettext("corrected points that were booked"),
            subject=worker,
            figure=points_in_words(correction.right_tenths - award.amount),
            reason=correction.reason,
            page=EntryPage("ledger.account", {"ident": worker.id}),
        )


def opening_balances(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Opening balances that were booked, each with the paper it stands on."""
    query = (
        select(OpeningLine, Transfer, User)
        .select_from(OpeningBooking)
        .join(OpeningBooking.line)
        .join(OpeningLine.sheet)
        .join(OpeningBooking.transfer)
        .outerjoin(User, Transfer.actor_id == User.id)
        .options(contains_eager(OpeningLine.sheet), joinedload(OpeningLine.worker))
        .where(OpeningSheet.village_id == village.id, period.holds(Transfer.at))
        .order_by(Transfer.id.desc())
        .limit(period.most)
    )
    for line, transfer, chair in db.session.execute(query):
        yield Entry(
            row_id=transfer.id,
            at=transfer.at,
            done_by=chair,
            action=gettext("booked an opening balance"),
            subject=line.worker,
            figure=points_in_words(transfer.amount),
            reason=line.basis,
            page=EntryPage("openings.sheet", {"sheet": line.sheet.number}),
        )


def confirmations_taken_back(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Confirmations that were taken back."""
    query = (
        select(ConfirmationUndone, Service)
        .join(Service, ConfirmationUndone.service_id == Service.id)
        .options(joinedload(ConfirmationUndone.actor), joinedload(Service.worker))
        .where(Service.village_id == village.id, period.holds(ConfirmationUndone.at))
        .order_by(ConfirmationUndone.id.desc())
        .limit(period.most)
    )
    for undone, service in db.session.execute(query):
        yield Entry(
            row_id=undone.id,
            at=undone.at,
            done_by=undone.actor,
            action=gettext("took back that a record was confirmed"),
            subject=service.worker,
            reason=undone.reason,
            page=EntryPage("services.services", {"record": service.id}),
        )


def frequent_confirmers(village: Area, period: DaySpan) -> Iterator[Entry]:
    """Who confirmed the records of one worker how often, from five times on; the most frequent pairs.

    A pair stands at the last of these records: after another one it is to be looked into anew.
    """
    often = func.count(Service.id)
    query = (
        select(User, Person, often, func.max(Service.id), func.max(Service.decided_at))
        .select_from(Service)
        .join(User, Service.decided_by_id == User.id)
        .join(Person, Service.worker_id == Person.id)
        .where(
            Service.village_id == village.id,
            Service.state == ServiceState.CONFIRMED,
            period.holds(Service.decided_at),
        )
        .group_by(User.id, Person.id)
        .having(often >= OFTEN)
        .order_by(often.desc(), User.id, Person.id)
        .limit(MOST_PAIRS)
    )
    for user, worker, times, last_id, last_at in db.session.execute(query):
        yield Entry(
            row_id=last_id,
            at=last_at,  # type: ignore[arg-type]
            done_by=user,
            action=gettext("confirmed records of one worker"),
            subject=worker,
            figure=ngettext("%(num)s time", "%(num)s times", times),
            page=EntryPage("services.services", {"state": str(ServiceState.CONFIRMED), "worker": worker.id}),
        )


SUPERVISED = (
    EntryKind(40, "deductions", _("Deductions"), deductions),
    EntryKind(50, "adjustments", _("Large adjustments"), large_adjustments),
    EntryKind(60, "corrections", _("Corrections of booked points"), corrections),
    EntryKind(65, "openings", _("Opening balances that were booked"), opening_balances),
    EntryKind(70, "taken-back", _("Confirmations taken back"), confirmations_taken_back),
    EntryKind(80, "confirmers", _("Who confirmed whom"), frequent_confirmers),
)
