"""Paper slips (服务单) for workers without a phone: printed under numbers, each keyed in once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from stdnum import damm

from ground import clock
from ground.db import add_rows, db, lock
from ground.refusal import Refused
from people import audit
from people.models import Area, Person, User
from people.roster import holders, persons
from people.scanning.reading import Kind, read_scan
from points.models import Evidence, Service, Slip

# As many as a printer's tray takes without being filled again.
MOST_SLIPS = 200


@dataclass(frozen=True)
class Batch:
    """Slips that were printed together, for one worker or for anyone (None).

    There are `slip_count` of them, from `first_number` to `last_number`; `used_count` came back.
    """

    at: datetime
    worker: Person | None
    first_number: str
    last_number: str
    slip_count: int
    used_count: int


def print_slips(village: Area, worker: Person | None, count: int, actor: User) -> list[Slip]:
    """Give out so many new numbers, for one worker or for anyone in the village.

    Refused `bad_count` (1 to 200), `not_serving` for somebody who never served as a worker.
    """
    lock(village)  # one after the other, so that the numbers of a batch follow each other
    if not 1 <= count <= MOST_SLIPS:
        raise Refused("bad_count", _("How many must be a number from 1 to %(n)s.", n=MOST_SLIPS), "count")
    if worker is not None:
        worker = persons.current_entry(worker)
        if holders.latest_worker_term(persons.entry_ids(worker), clock.today()) is None:
            raise Refused("not_serving", _("%(name)s never served as a worker.", name=worker.name), "worker")
    last_number = db.session.scalar(select(func.max(Slip.number))) or "0"
    slips = [
        Slip(
            village_id=village.id,
            number=_nth_number(int(last_number[:-1] or 0) + place),
            worker_id=worker.id if worker else None,
            printed_by_id=actor.id,
            printed_at=clock.now(),
        )
        for place in range(1, count + 1)
    ]
    add_rows(slips)
    audit.note(
        actor,
        "slip.print",
        worker or village,
        village,
        number=f"{slips[0].number}–{slips[-1].number}",
        slips=count,
    )
    return slips


def slip_number(typed: str) -> str:
    """Read a slip's number as it was scanned or typed: "S 0000 0123" or its digits.

    Refused `bad_slip_number`.
    """
    for text in (typed, f"S{typed}"):
        scan = read_scan(text)
        if scan.kind == Kind.SLIP:
            return scan.value
    wrong = _("This is no slip's number: eight digits behind an S, as on the paper.")
    raise Refused("bad_slip_number", wrong, "number")


def find(typed: str, village: Area) -> Slip:
    """Find a village's slip by its number as it was scanned or typed.

    Refused `bad_slip_number`, `slip_unknown`, also for a slip of another village.
    """
    number = slip_number(typed)
    slip = db.session.scalar(
        select(Slip)
        .options(joinedload(Slip.worker), joinedload(Slip.used_by))
        .where(Slip.number == number, Slip.village_id == village.id)
    )
    if slip is None:
        raise Refused("slip_unknown", _("No slip of this village has this number."), "number")
    return slip


def use(typed: str, village: Area, record: Service | Evidence, worker: Person, actor: User) -> Slip:
    """Use a slip for what was made of it for a worker.

    That is a service that was claimed, or a record as evidence of one. Again for the same one, nothing
    changes. Belongs into the transaction that makes the record. Refused `bad_slip_number`, `slip_unknown`,
    `slip_used`, `other_worker` when it was printed for somebody else.
    """
    slip = find(typed, village)
    lock(slip)
    if slip.worker is not None and persons.current_entry(slip.worker).id != persons.current_entry(worker).id:
        text = _("This slip was printed for %(name)s.", name=slip.worker.name)
        raise Refused("other_worker", text, "slip")
    ids = (record.id, None) if isinstance(record, Service) else (None, record.id)
    if (slip.service_id, slip.evidence_id) == ids:
        return slip
    if slip.used_at is not None:
        raise Refused("slip_used", _("This slip was keyed in already."))
    slip.service_id, slip.evidence_id = ids
    slip.used_by_id, slip.used_at = actor.id, clock.now()
    db.session.flush()
    return slip


def batches(village: Area, limit: int = 20) -> list[Batch]:
    """The batches of slips printed in a village, the latest first."""
    rows = db.session.execute(
        select(
            Slip.printed_at,
            Slip.worker_id,
            func.min(Slip.number),
            func.max(Slip.number),
            func.count(),
            func.count(Slip.used_at),
        )
        .where(Slip.village_id == village.id)
        .group_by(Slip.printed_at, Slip.worker_id)
        .order_by(func.max(Slip.number).desc())
        .limit(limit)
    ).all()
    ids = {worker for _at, worker, *_rest in rows if worker is not None}
    workers = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [
        Batch(at, workers[worker] if worker else None, first, last, count, used)
        for at, worker, first, last, count, used in rows
    ]


def unused_of_batch(slip: Slip) -> Sequence[Slip]:
    """The slips that were printed together with one and not keyed in yet, by number.

    They can be printed again.
    """
    return db.session.scalars(
        select(Slip)
        .options(joinedload(Slip.worker))
        .where(
            Slip.village_id == slip.village_id,
            Slip.printed_at == slip.printed_at,
            Slip.worker_id.is_(None) if slip.worker_id is None else Slip.worker_id == slip.worker_id,
            Slip.used_at.is_(None),
        )
        .order_by(Slip.number)
    ).all()


def _nth_number(count: int) -> str:
    """The number of the n-th slip: seven digits and a Damm check digit, which finds every mistyped one."""
    digits = f"{count:07d}"
    return digits + damm.calc_check_digit(digits)
