"""Disputes (矛盾纠纷): opened for a worker, mediated rung by rung, settled, withdrawn, or reported upward.

Nothing of a dispute is in the audit trail, which others read: its own lines are never changed and say who
did what and when. The service that comes of a settled one carries no word of it.
"""

from collections.abc import Collection
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload

from duties.disputes import ladder, levels
from duties.models import Attempt, AttemptUndone, Dispute, DisputeKind, DisputeReport, Result, Rung
from ground import clock
from ground.db import db, get_locked
from ground.refusal import Refused, check_repeated, stated
from people.models import Appointment, Area, Contact, Duty, Grid, Person, Role, User
from people.roster import holders, persons, reach
from points.models import Evidence, EvidenceKind, FedBy, ServiceState
from points.services import deciding, recording

# What a settled dispute counts as, by the rung that settled it; above the group nothing counts by itself.
FEEDS = {Rung.GRID: FedBy.DISPUTE, Rung.GROUP: FedBy.DISPUTE_GROUP}

# To whom a severe one can be reported at once.
UPWARD = (Rung.VILLAGE, Rung.TOWNSHIP, Rung.COUNTY)


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
    with one key it is opened once. Refused `key_reused`, `not_yours`, `in_future`, `not_of_grid`,
    `parties_missing`, `matter_missing`.
    """
    get_locked(Grid, grid.id)  # one at a time in a grid, so a double click finds the first
    worker = persons.kept(worker)
    made = db.session.scalar(select(Dispute).where(Dispute.key == key))
    if made is not None:
        check_repeated(
            (made.grid_id, made.worker_id, made.opened_on, made.kind), (grid.id, worker.id, opened_on, kind)
        )
        return made
    if not may_open(actor, grid, worker):
        raise Refused("not_yours", _("A dispute is opened by the grid's own worker or instructor."), "grid")
    if opened_on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "opened_on")
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
        parties=_said(parties, "parties_missing", _("Write down who falls out with whom."), "parties"),
        matter=_said(matter, "matter_missing", _("Write down what it is about."), "matter"),
        opened_by_id=actor.id,
        at=clock.now(),
    )
    db.session.add(dispute)
    db.session.flush()
    return dispute


def may_open(actor: User, grid: Grid, worker: Person | None = None) -> bool:
    """Whether a sign-in opens disputes in a grid; with a worker, for this one: no worker does for another."""
    roles = actor.roles_in(grid.village)
    if Role.CLERK in roles:
        return True
    if grid.id not in reach.grids_served(actor, grid.village):
        return False
    return worker is None or persons.is_own(actor, worker) or Role.INSTRUCTOR in roles


def attempt(
    key: str,
    dispute: Dispute,
    rung: Rung,
    on: date,
    mediators: str,
    result: Result,
    note: str,
    contacts: Collection[Contact],
    actor: User,
) -> Attempt:
    """Write down an attempt on the rung where the dispute stands: its day, who mediated, how it ended.

    `contacts` are the village's officer, judge or mediator who took part. Settled by the grid or the group it
    counts as a service of its worker. Sent twice with one key it is written once. Refused `key_reused`,
    `ended`, `moved_on` when it stands on another rung by now, `not_yours`, `in_future`, `out_of_order`,
    `mediators_missing`, `not_a_contact`.
    """
    dispute = get_locked(Dispute, dispute.id)
    made = db.session.scalar(select(Attempt).where(Attempt.key == key))
    if made is not None:
        check_repeated((made.dispute_id, made.rung, made.on, made.result), (dispute.id, rung, on, result))
        return made
    _check_goes_on(dispute)
    if rung != ladder.rung_of(dispute.attempts):
        raise Refused("moved_on", _("Meanwhile somebody wrote down an attempt. Look at the page again."))
    _check_holds(dispute, {rung}, actor)
    _check_day(dispute, on)
    if any(contact.village_id != dispute.village_id or contact.since > on for contact in contacts):
        raise Refused("not_a_contact", _("This is none of the village's contacts on that day."), "contacts")
    made = Attempt(
        key=key,
        dispute_id=dispute.id,
        number=len(dispute.attempts) + 1,
        rung=rung,
        on=on,
        mediators=_said(mediators, "mediators_missing", _("Write down who mediated."), "mediators"),
        result=result,
        note=note.strip(),
        actor_id=actor.id,
        at=clock.now(),
        contacts=list(contacts),
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(dispute, ["attempts"])
    if result == Result.SETTLED and rung in FEEDS:
        recording.of_record(FEEDS[rung], dispute.evidence, dispute.worker, dispute.grid, on, "", actor)
    return made


def undo(made: Attempt, reason: str, actor: User) -> AttemptUndone:
    """Take back the last attempt, which was written down by mistake; both lines stay.

    A service that came of it is rejected, without the reason: its readers may not know of the dispute.
    Refused `reason_missing`, `not_the_last`, `not_yours` for who does not mediate on its rung,
    `service_confirmed`.
    """
    reason = stated(reason)
    dispute = get_locked(Dispute, made.dispute_id)
    counted = ladder.standing(dispute.attempts)
    if not counted or counted[-1].id != made.id:
        raise Refused("not_the_last", _("Only the last attempt can be taken back."))
    _check_holds(dispute, {made.rung}, actor)
    service = recording.counted(dispute.evidence)
    if service is not None and service.state == ServiceState.CONFIRMED:
        raise Refused("service_confirmed", _("The service that came of it is confirmed already."))
    if service is not None:
        deciding.reject(service, str(_("Its record was taken back.")), actor)
    undone = AttemptUndone(attempt_id=made.id, reason=reason, actor_id=actor.id, at=clock.now())
    db.session.add(undone)
    db.session.flush()
    db.session.expire(counted[-1], ["undone"])
    return undone


def report(dispute: Dispute, to: Rung, measures: str, actor: User) -> DisputeReport:
    """Report a severe dispute upward at once, with how it is kept stable meanwhile (稳控).

    Who mediates where it stands does so, or somebody it was reported to. They may know of it then; it stays
    on its rung. Refused `ended`, `not_above`, `not_yours`, `measures_missing`, `already_reported`.
    """
    dispute = get_locked(Dispute, dispute.id)
    _check_goes_on(dispute)
    rung = ladder.rung_of(dispute.attempts)
    if to not in UPWARD or to not in ladder.above(rung):
        raise Refused("not_above", _("It can only be reported to a level above."), "to")
    _check_holds(dispute, _informed(dispute, rung, to), actor)
    if any(earlier.to == to for earlier in dispute.reports):
        raise Refused("already_reported", _("It was reported there already."), "to")
    made = DisputeReport(
        dispute_id=dispute.id,
        to=to,
        measures=_said(measures, "measures_missing", _("Write down how it is kept stable."), "measures"),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(dispute, ["reports"])
    return made


def reportable(dispute: Dispute, actor: User) -> list[Rung]:
    """To which levels a sign-in can report a dispute now."""
    if ladder.ending(dispute.attempts):
        return []
    rung, held = ladder.rung_of(dispute.attempts), levels.rungs_held(actor, dispute)
    told = {report.to for report in dispute.reports}
    return [
        to
        for to in ladder.above(rung)
        if to in UPWARD and to not in told and held & _informed(dispute, rung, to)
    ]


def undoable(dispute: Dispute, actor: User) -> Attempt | None:
    """The attempt that a sign-in can take back now: the last one, made on a rung of theirs."""
    counted = ladder.standing(dispute.attempts)
    if counted and counted[-1].rung in levels.rungs_held(actor, dispute):
        return counted[-1]
    return None


def seen(user: User, area: Area, ident: int) -> Dispute | None:
    """The dispute of an area with this id, if a sign-in may know of it; otherwise None."""
    return db.session.scalar(found(user, area).where(Dispute.id == ident))


def found(user: User, area: Area) -> Select[Dispute]:
    """The disputes of an area that a sign-in may know of: those that go on first, then the latest."""
    return (
        select(Dispute)
        .join(Dispute.village)
        .options(joinedload(Dispute.village), joinedload(Dispute.grid), joinedload(Dispute.worker))
        .where(Area.code.startswith(area.stem), levels.seen_by(user, area))
        .order_by(is_ended(), Dispute.opened_on.desc(), Dispute.id.desc())
    )


def is_ended() -> ColumnElement[bool]:
    """What a query asks of disputes that ended: a settled or withdrawn attempt that was not taken back."""
    return exists(
        select(Attempt.id)
        .where(Attempt.dispute_id == Dispute.id, Attempt.result != Result.FAILED, ~ladder.is_undone())
        .correlate(Dispute)
    )


def _informed(dispute: Dispute, rung: Rung, to: Rung) -> set[Rung]:
    """Who can report it to a level: the rung where it stands, and those it was reported to below that."""
    return {rung} | {report.to for report in dispute.reports if to in ladder.above(report.to)}


def _check_goes_on(dispute: Dispute) -> None:
    if ladder.ending(dispute.attempts):
        raise Refused("ended", _("This dispute has ended."))


def _check_holds(dispute: Dispute, rungs: set[Rung], actor: User) -> None:
    """Let only those act who mediate on one of these rungs. Refused `not_yours`."""
    if not rungs & levels.rungs_held(actor, dispute):
        raise Refused("not_yours", _("This is for others to do: it stands on another level."))


def _check_day(dispute: Dispute, on: date) -> None:
    """A day that has come and lies in order. Refused `in_future`, `out_of_order`."""
    if on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "on")
    counted = ladder.standing(dispute.attempts)
    if on < (counted[-1].on if counted else dispute.opened_on):
        raise Refused("out_of_order", _("The day lies before the last one written down."), "on")


def _serves(worker: Person, grid: Grid, day: date) -> bool:
    """Whether somebody serves as a worker in a grid on a day, through whichever of their entries."""
    return (
        db.session.scalar(
            select(
                exists().where(
                    Appointment.grid_id == grid.id,
                    Appointment.person_id.in_(persons.selves(worker)),
                    Appointment.duty == Duty.WORKER,
                    *holders.covers(day, day),
                )
            )
        )
        is True
    )


def _said(text: str, code: str, message: object, field: str) -> str:
    """A text that has to be there, without the space around it."""
    if not text.strip():
        raise Refused(code, message, field)
    return text.strip()
