"""Disputes (矛盾纠纷): opened for a worker, mediated rung by rung, settled or withdrawn.

A dispute stands on one rung of the ladder: grid, group, village, township, county. Each attempt to mediate
is a row. Two failed attempts on a rung move the dispute to the next; an attempt that settles it or that the
parties withdraw ends it. A severe one is reported upward and stays on its rung.

Nothing of a dispute is in the audit trail, which others read: its own lines are never changed and say who
did what and when. The service that comes of a settled one carries no word of it.
"""

from collections.abc import Callable, Collection
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload

from duties.disputes import ladder, levels
from duties.models import Attempt, AttemptResult, AttemptUndone, Dispute, DisputeKind, DisputeReport, Rung
from ground import clock, days
from ground.db import db, get_locked, lock
from ground.refusal import Refused, check_repeated, required_reason
from people.models import Appointment, Area, Contact, Duty, Grid, Person, Role, User
from people.roster import holders, persons, reach
from points.models import Evidence, EvidenceKind, FedBy, ServiceState
from points.services import deciding, recording

# What a settled dispute counts as, by the rung that settled it; above the group nothing counts by itself.
FED_BY_RUNG = {Rung.GRID: FedBy.DISPUTE, Rung.GROUP: FedBy.DISPUTE_GROUP}

# To whom a severe one can be reported at once.
REPORTABLE_RUNGS = (Rung.VILLAGE, Rung.TOWNSHIP, Rung.COUNTY)


def open_dispute(
    key: str,
    grid: Grid,
    worker: Person,
    opened_on: date,
    kind: DisputeKind,
    parties: str,
    matter: str,
    actor: User,
) -> Dispute:
    """Open a dispute in a grid, for the worker who serves there that day (Asia/Shanghai).

    The worker themselves does it, an instructor of the grid, or the clerk for who has no phone. Sent twice
    with one key it is opened once. Refused `key_reused`, `not_yours`, `bad_day`, `in_future`, `not_of_grid`,
    `parties_missing`, `matter_missing`.
    """
    lock(grid)  # one at a time in a grid, so a double click finds the first
    worker = persons.current_entry(worker)
    existing = db.session.scalar(select(Dispute).where(Dispute.key == key))
    if existing is not None:
        check_repeated(
            (existing.grid_id, existing.worker_id, existing.opened_on, existing.kind),
            (grid.id, worker.id, opened_on, kind),
        )
        return existing
    if not may_open(actor, grid, worker):
        raise Refused("not_yours", _("A dispute is opened by the grid's own worker or instructor."), "grid")
    days.HAPPENED.check(opened_on, "opened_on")
    if not _serves(worker, grid, opened_on):
        text = _("%(name)s does not serve in this grid on that day.", name=worker.name)
        raise Refused("not_of_grid", text, "opened_on")
    dispute = Dispute(
        evidence=Evidence(kind=EvidenceKind.DISPUTE),
        key=key,
        village_id=grid.village_id,
        grid_id=grid.id,
        worker_id=worker.id,
        opened_on=opened_on,
        kind=kind,
        parties=_required_text(
            parties, "parties_missing", _("Write down who falls out with whom."), "parties"
        ),
        matter=_required_text(matter, "matter_missing", _("Write down what it is about."), "matter"),
        opened_by_id=actor.id,
        at=clock.now(),
    )
    db.session.add(dispute)
    db.session.flush()
    return dispute


def may_open(actor: User, grid: Grid, worker: Person) -> bool:
    """Whether a sign-in may open disputes in a grid for this worker, who serves there."""
    return may_open_in(actor, grid.village)(grid, worker)


def may_open_in(actor: User, village: Area) -> Callable[[Grid, Person], bool]:
    """The same for all the grids and workers of a village; what is asked of the database is asked once.

    No worker opens a dispute for another.
    """
    roles = actor.roles_in(village)
    if Role.CLERK in roles:
        return lambda _grid, _worker: True
    grids = set(reach.served_grid_ids(actor, village))
    own = set(persons.entry_ids(persons.current_entry(actor.person))) if actor.person else set()
    return lambda grid, worker: grid.id in grids and (Role.INSTRUCTOR in roles or worker.id in own)


def record_attempt(
    key: str,
    dispute: Dispute,
    rung: Rung,
    on: date,
    mediators: str,
    result: AttemptResult,
    note: str,
    contacts: Collection[Contact],
    actor: User,
) -> Attempt:
    """Write down an attempt on the rung where the dispute stands: its day, who mediated, how it ended.

    `contacts` are the village's officer, judge or mediator who took part. Settled by the grid or the group it
    counts as a service of its worker. Sent twice with one key it is written once. Refused `key_reused`,
    `ended`, `moved_on` when it stands on another rung by now, `not_yours`, `bad_day`, `in_future`,
    `out_of_order`, `mediators_missing`, `not_a_contact`.
    """
    lock(dispute)
    attempt = db.session.scalar(select(Attempt).where(Attempt.key == key))
    if attempt is not None:
        check_repeated(
            (attempt.dispute_id, attempt.rung, attempt.on, attempt.result), (dispute.id, rung, on, result)
        )
        return attempt
    _check_open(dispute)
    if rung != ladder.current_rung(dispute.attempts):
        raise Refused("moved_on", _("Meanwhile somebody wrote down an attempt. Look at the page again."))
    _check_mediates(dispute, {rung}, actor)
    _check_day(dispute, on)
    if any(contact.village_id != dispute.village_id or contact.since > on for contact in contacts):
        raise Refused("not_a_contact", _("This is none of the village's contacts on that day."), "contacts")
    attempt = Attempt(
        key=key,
        dispute_id=dispute.id,
        number=len(dispute.attempts) + 1,
        rung=rung,
        on=on,
        mediators=_required_text(mediators, "mediators_missing", _("Write down who mediated."), "mediators"),
        result=result,
        note=note.strip(),
        actor_id=actor.id,
        at=clock.now(),
        contacts=list(contacts),
    )
    db.session.add(attempt)
    db.session.flush()
    db.session.expire(dispute, ["attempts"])
    if result == AttemptResult.SETTLED and rung in FED_BY_RUNG:
        recording.record_from_evidence(
            FED_BY_RUNG[rung], dispute.evidence, dispute.worker, dispute.grid, on, "", actor
        )
    return attempt


def undo_attempt(attempt: Attempt, reason: str, actor: User) -> AttemptUndone:
    """Take back the last attempt, which was written down by mistake; both lines stay.

    A service that came of it is rejected, without the reason: its readers may not know of the dispute.
    Refused `reason_missing`, `not_the_last`, `not_yours` for who does not mediate on its rung,
    `service_confirmed`.
    """
    reason = required_reason(reason)
    dispute = get_locked(Dispute, attempt.dispute_id)
    attempts = ladder.valid_attempts(dispute.attempts)
    if not attempts or attempts[-1].id != attempt.id:
        raise Refused("not_the_last", _("Only the last attempt can be taken back."))
    _check_mediates(dispute, {attempt.rung}, actor)
    service = recording.service_of_evidence(dispute.evidence)
    if service is not None and service.state == ServiceState.CONFIRMED:
        raise Refused("service_confirmed", _("The service that came of it is confirmed already."))
    if service is not None:
        deciding.reject(service, str(_("Its record was taken back.")), actor)
    undone = AttemptUndone(attempt_id=attempt.id, reason=reason, actor_id=actor.id, at=clock.now())
    db.session.add(undone)
    db.session.flush()
    db.session.expire(attempts[-1], ["undone"])
    return undone


def report_dispute(dispute: Dispute, to: Rung, measures: str, actor: User) -> DisputeReport:
    """Report a severe dispute upward at once, with how it is kept stable meanwhile (稳控).

    Who mediates where it stands does so, or somebody it was reported to. They may know of it then; it stays
    on its rung. Refused `ended`, `not_above`, `not_yours`, `measures_missing`, `already_reported`.
    """
    lock(dispute)
    _check_open(dispute)
    rung = ladder.current_rung(dispute.attempts)
    if to not in REPORTABLE_RUNGS or to not in ladder.rungs_above(rung):
        raise Refused("not_above", _("It can only be reported to a level above."), "to")
    _check_mediates(dispute, _informed_rungs(dispute, rung, to), actor)
    if any(earlier.to == to for earlier in dispute.reports):
        raise Refused("already_reported", _("It was reported there already."), "to")
    report = DisputeReport(
        dispute_id=dispute.id,
        to=to,
        measures=_required_text(
            measures, "measures_missing", _("Write down how it is kept stable."), "measures"
        ),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    db.session.expire(dispute, ["reports"])
    return report


def reportable_rungs(dispute: Dispute, actor: User) -> list[Rung]:
    """The levels to which a sign-in can report a dispute now."""
    if ladder.ending(dispute.attempts):
        return []
    rung, own_rungs = ladder.current_rung(dispute.attempts), levels.rungs_held(actor, dispute)
    informed = {report.to for report in dispute.reports}
    return [
        to
        for to in ladder.rungs_above(rung)
        if to in REPORTABLE_RUNGS and to not in informed and own_rungs & _informed_rungs(dispute, rung, to)
    ]


def undoable_attempt(dispute: Dispute, actor: User) -> Attempt | None:
    """The attempt that a sign-in can take back now: the last one, made on a rung of theirs."""
    attempts = ladder.valid_attempts(dispute.attempts)
    if attempts and attempts[-1].rung in levels.rungs_held(actor, dispute):
        return attempts[-1]
    return None


def find_dispute(user: User, area: Area, ident: int) -> Dispute | None:
    """The dispute of an area with this id, if a sign-in may know of it; otherwise None."""
    return db.session.scalar(search_disputes(user, area).where(Dispute.id == ident))


def search_disputes(user: User, area: Area) -> Select[Dispute]:
    """The disputes of an area that a sign-in may know of: those that go on first, then the latest."""
    return (
        select(Dispute)
        .join(Dispute.village)
        .options(joinedload(Dispute.village), joinedload(Dispute.grid), joinedload(Dispute.worker))
        .where(Area.code.startswith(area.stem), levels.visible_to(user, area))
        .order_by(is_ended(), Dispute.opened_on.desc(), Dispute.id.desc())
    )


def is_ended() -> ColumnElement[bool]:
    """SQL condition: a dispute has ended.

    It has a settled or withdrawn attempt that was not taken back.
    """
    return exists(
        select(Attempt.id)
        .where(Attempt.dispute_id == Dispute.id, Attempt.result != AttemptResult.FAILED, ~ladder.is_undone())
        .correlate(Dispute)
    )


def _informed_rungs(dispute: Dispute, rung: Rung, to: Rung) -> set[Rung]:
    """The rungs that can report a dispute to a level.

    These are the rung where it stands, and those below the level that it was reported to.
    """
    return {rung} | {report.to for report in dispute.reports if to in ladder.rungs_above(report.to)}


def _check_open(dispute: Dispute) -> None:
    if ladder.ending(dispute.attempts):
        raise Refused("ended", _("This dispute has ended."))


def _check_mediates(dispute: Dispute, rungs: set[Rung], actor: User) -> None:
    """Check that the actor mediates on one of these rungs. Refused `not_yours`."""
    if not rungs & levels.rungs_held(actor, dispute):
        raise Refused("not_yours", _("This is for others to do: it stands on another level."))


def _check_day(dispute: Dispute, on: date) -> None:
    """Check that a day has come and is not before the last one written down.

    Refused `bad_day`, `in_future`, `out_of_order`.
    """
    days.HAPPENED.check(on, "on")
    attempts = ladder.valid_attempts(dispute.attempts)
    if on < (attempts[-1].on if attempts else dispute.opened_on):
        raise Refused("out_of_order", _("The day lies before the last one written down."), "on")


def _serves(worker: Person, grid: Grid, day: date) -> bool:
    """Whether a person serves as a worker in a grid on a day, by any of their entries."""
    return (
        db.session.scalar(
            select(
                exists().where(
                    Appointment.grid_id == grid.id,
                    Appointment.person_id.in_(persons.entry_ids(worker)),
                    Appointment.duty == Duty.WORKER,
                    *holders.terms_touching(day, day),
                )
            )
        )
        is True
    )


def _required_text(text: str, code: str, message: object, field: str) -> str:
    """A text without the space around it. Refused with this code when nothing is left."""
    if not text.strip():
        raise Refused(code, message, field)
    return text.strip()
