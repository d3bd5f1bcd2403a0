"""Hazards (安全隐患) and emergencies (突发事件): reported once, followed until they are closed.

An emergency shows at once to those who answer for the village; nobody has to confirm it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from duties.models import Incident, IncidentKind, IncidentStep, IncidentStepKind, Severity
from ground import clock, days
from ground.db import db, lock
from ground.refusal import Refused, check_repeated
from people.models import Area, Grid, Person, Role, User
from people.roster import grids, persons, reach
from points.models import Evidence, EvidenceKind, FedBy
from points.services import recording

# A hazard is 一般 or 重大 (安全生产法第一百一十八条); an emergency has all four (突发事件应对法第三条).
SEVERITIES_OF_KIND = {
    IncidentKind.HAZARD: (Severity.ORDINARY, Severity.SEVERE),
    IncidentKind.EMERGENCY: tuple(Severity),
}
FED_BY_KIND = {IncidentKind.HAZARD: FedBy.HAZARD, IncidentKind.EMERGENCY: FedBy.EMERGENCY}

# After these steps an emergency stands no more above every page; until it is closed it stays on the lists.
ENDING_THE_ALARM = (IncidentStepKind.CLOSED, IncidentStepKind.HANDED_OVER)

REPORTERS = frozenset({Role.WORKER, Role.INSTRUCTOR, Role.CLERK, Role.CHAIR})
READERS = frozenset({Role.INSTRUCTOR, Role.CLERK, Role.CHAIR, Role.SUPERVISOR, Role.TOWNSHIP, Role.COUNTY})


@dataclass(frozen=True)
class IncidentSearch:
    """A search for hazards and emergencies; what is left out does not narrow it."""

    kind: IncidentKind | None = None
    closed: bool | None = None
    severity: Severity | None = None


def report_incident(
    key: str,
    grid: Grid,
    worker: Person | None,
    kind: IncidentKind,
    severity: Severity,
    found_on: date,
    place: str,
    what: str,
    done: str,
    actor: User,
) -> Incident:
    """Report a hazard or an emergency: what, where, and what was done at once.

    With the worker who found it, it counts as a service of theirs. A worker reports for themselves,
    anywhere
    in the village. Sent twice with one key it is reported once. Refused `key_reused`, `not_yours`,
    `grid_closed`, `bad_day`, `in_future`, `bad_severity`, `place_missing`, `what_missing`.
    """
    grid = grids.lock_open_grid(grid)
    worker = persons.current_entry(worker) if worker else None
    worker_id = worker.id if worker else None
    incident = db.session.scalar(select(Incident).where(Incident.key == key))
    if incident is not None:
        expected = (grid.id, worker_id, kind, severity, found_on)
        check_repeated(
            (incident.grid_id, incident.worker_id, incident.kind, incident.severity, incident.found_on),
            expected,
        )
        return incident
    _check_reporter(grid.village, worker, actor)
    days.HAPPENED.check(found_on, "found_on")
    if severity not in SEVERITIES_OF_KIND[kind]:
        raise Refused("bad_severity", _("A hazard is ordinary or severe."), "severity")
    if not place.strip():
        raise Refused("place_missing", _("Write down where it is."), "place")
    if not what.strip():
        raise Refused("what_missing", _("Write down what it is."), "what")
    incident = Incident(
        evidence=Evidence(kind=EvidenceKind.INCIDENT),
        key=key,
        village_id=grid.village_id,
        grid_id=grid.id,
        worker_id=worker_id,
        kind=kind,
        severity=severity,
        found_on=found_on,
        place=place.strip(),
        what=what.strip(),
        done=done.strip(),
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
    )
    db.session.add(incident)
    db.session.flush()
    if worker:
        text = f"{incident.place}{incident.what}"
        recording.record_from_evidence(
            FED_BY_KIND[kind], incident.evidence, worker, grid, found_on, text, actor
        )
    return incident


def record_step(
    incident: Incident, kind: IncidentStepKind, to: str, note: str, on: date, actor: User
) -> IncidentStep:
    """Write down a step of an incident: handed over to whom, what was done, or closed.

    The same again adds nothing. Refused `not_yours` for who neither works in the grid nor answers for the
    village at the township, `closed` once it is, `to_missing`, `note_missing`, `bad_day`, `in_future`,
    `out_of_order`.
    """
    lock(incident)
    to, note = to.strip() if kind == IncidentStepKind.HANDED_OVER else "", note.strip()
    last = incident.steps[-1] if incident.steps else None
    if last and (last.kind, last.to, last.note, last.on, last.actor_id) == (kind, to, note, on, actor.id):
        return last
    if not may_act(actor, incident):
        raise Refused("not_yours", _("This is for the grid's worker, the committee or the township."))
    if incident.closed_on:
        raise Refused("closed", _("This is closed."))
    if kind == IncidentStepKind.HANDED_OVER and not to:
        raise Refused("to_missing", _("Write down to whom."), "to")
    if kind != IncidentStepKind.HANDED_OVER and not note:
        raise Refused("note_missing", _("Write down what was done."), "note")
    days.HAPPENED.check(on, "on")
    if on < (last.on if last else incident.found_on):
        raise Refused("out_of_order", _("The day lies before the last one written down."), "on")
    step = IncidentStep(
        incident_id=incident.id, kind=kind, to=to, note=note, on=on, actor_id=actor.id, at=clock.now()
    )
    db.session.add(step)
    db.session.flush()
    db.session.expire(incident, ["steps"])
    return step


def may_act(actor: User, incident: Incident) -> bool:
    """Whether a sign-in may follow an incident up.

    Who works in its grid may, the committee, and the township.
    """
    return Role.TOWNSHIP in actor.roles_in(incident.village) or reach.works_in(actor, incident.grid)


def search_incidents(user: User, area: Area, search: IncidentSearch) -> Select[Incident]:
    """An area's hazards and emergencies that a sign-in reads: open ones first, then the latest.

    Village, township and county and every instructor read all; a worker their own grid's, and what they
    reported themselves.
    """
    query = (
        select(Incident)
        .join(Incident.village)
        .options(
            *(joinedload(relation) for relation in (Incident.village, Incident.grid, Incident.worker)),
            joinedload(Incident.recorded_by),
        )
        .where(Area.code.startswith(area.stem))
        .order_by(is_closed(), Incident.found_on.desc(), Incident.id.desc())
    )
    if not user.roles_in(area) & READERS:
        grid_ids = reach.served_grid_ids(user, area) if area.is_village else []
        query = query.where(or_(Incident.grid_id.in_(grid_ids), Incident.recorded_by_id == user.id))
    if search.kind:
        query = query.where(Incident.kind == search.kind)
    if search.severity:
        query = query.where(Incident.severity == search.severity)
    if search.closed is not None:
        query = query.where(is_closed() if search.closed else ~is_closed())
    return query


def find_incident(user: User, village: Area, ident: int) -> Incident | None:
    """The incident of a village with this id, if a sign-in reads it; otherwise None."""
    return db.session.scalar(search_incidents(user, village, IncidentSearch()).where(Incident.id == ident))


def emergencies_at_hand(area: Area, limit: int) -> Sequence[Incident]:
    """The latest emergencies of an area that nobody has taken over, at most so many.

    One query, for every page. One that was closed or handed over to others has found who sees to it.
    """
    place = Area.id == area.id if area.is_village else Area.code.startswith(area.stem)
    return db.session.scalars(
        select(Incident)
        .join(Incident.village)
        .options(joinedload(Incident.village), lazyload(Incident.steps))
        .where(place, Incident.kind == IncidentKind.EMERGENCY, ~_has_step(*ENDING_THE_ALARM))
        .order_by(Incident.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class IncidentCount:
    """How many hazards, or emergencies, were found, and how many of them were not closed by a day."""

    found: int
    still_open: int


def count_found(village: Area, kind: IncidentKind, first: date, last: date, closed_by: date) -> IncidentCount:
    """The hazards or the emergencies of a village that were found on these days; still open after a day."""
    row = db.session.execute(
        select(func.count(), func.count().filter(~is_closed(closed_by))).where(
            Incident.village_id == village.id, Incident.kind == kind, Incident.found_on.between(first, last)
        )
    ).one()
    return IncidentCount(*row)


def is_closed(by: date | None = None) -> ColumnElement[bool]:
    """SQL condition: an incident was closed; with a day, on that day or before."""
    return _has_step(IncidentStepKind.CLOSED, by=by)


def _has_step(*kinds: IncidentStepKind, by: date | None = None) -> ColumnElement[bool]:
    """SQL condition: one of these steps was taken in an incident, by a day if one is given."""
    return exists(
        select(IncidentStep.id)
        .where(
            IncidentStep.incident_id == Incident.id,
            IncidentStep.kind.in_(kinds),
            *([IncidentStep.on <= by] if by else []),
        )
        .correlate(Incident)
    )


def _check_reporter(village: Area, worker: Person | None, actor: User) -> None:
    """Check who reports for whom: no worker reports for another. Refused `not_yours`."""
    roles = actor.roles_in(village) & REPORTERS
    own = worker is not None and persons.is_sign_in_of(actor, worker)
    of_village = worker is None or worker.area_id == village.id
    if not roles or not of_village or (roles == {Role.WORKER} and not own):
        raise Refused("not_yours", _("A worker reports for themselves; others for the village."), "worker")
