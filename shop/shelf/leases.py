"""Leases (离线授权): one browser holds a whole shop, and goes on without a network.

A village's points are spent at its own shop only, so whoever holds the shop can hand out goods alone: while a
lease runs, everybody else's debits on the village's accounts and the shop's lots are Refused `leased`.
Credits go on. It is given until the shop closes, at the latest until the day is over, and ends sooner when
its desk gives it back or somebody breaks it.

The shop's row is what decides, and is the last that is locked: after accounts, after lots.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import db, get_locked, lock
from ground.paper import words
from ground.refusal import Refused, required_reason
from people import audit
from people.models import User
from people.scanning.reading import ALPHABET
from shop.models import Ending, Lease, Redemption, Shop
from shop.shelf import shops

RECEIPTS_AHEAD = 60  # receipts that a desk has in hand, numbered and with their codes
CODE_CHARACTERS = 16
LAST_MINUTE = time(23, 59)
PROMISED_DAYS = 10  # so long a receipt that did not come in is not called forged


def running(shop: Shop) -> Lease | None:
    """The lease that somebody has on a shop now, or None."""
    lease = _open_lease(shop.id) if shop.leased_until else None
    return lease if lease and is_running(lease) else None


def is_running(lease: Lease) -> bool:
    """Whether a lease runs now: it did not end, and its time is not over."""
    return lease.ended_at is None and clock.now() < lease.until


def leases_of(shop: Shop, limit: int) -> Sequence[Lease]:
    """A shop's latest leases, the newest first."""
    query = select(Lease).where(Lease.shop_id == shop.id).order_by(Lease.id.desc()).limit(limit)
    return db.session.scalars(query.options(joinedload(Lease.holder), joinedload(Lease.ended_by))).all()


def take(shop: Shop, holder: User, public_key: str) -> Lease:
    """Give the shop to the browser that has a key, until the shop closes; its own running lease again.

    `public_key` is the P-256 point, uncompressed, in base64. Refused `bad_browser_key`, `shop_closed`, and
    `leased` while somebody else holds it. Locks: the shop.
    """
    _check_key(public_key)
    lock(shop)
    earlier = _open_lease(shop.id)
    if earlier is not None and is_running(earlier):
        if (earlier.public_key, earlier.holder_id) == (public_key, holder.id):
            return earlier
        raise leased(earlier)
    if earlier is not None:
        _end(earlier, shop, Ending.OVER, None)
    shops.check_open(shop)
    seed, serial = secrets.token_hex(32), _last_serial(shop)
    lease = Lease(
        shop_id=shop.id,
        holder_id=holder.id,
        public_key=public_key,
        seed=seed,
        day=clock.today(),
        taken_at=clock.now(),
        until=_closing(shop),
        first_serial=serial + 1,
        last_serial=serial,
        granted_to=serial + RECEIPTS_AHEAD,
        position=0,
        head=seed,
    )
    db.session.add(lease)
    shop.leased_until = lease.until
    db.session.flush()
    audit.note(holder, "lease.take", lease, shop.village, until=words.moment(lease.until))
    return lease


def grant_receipts(lease: Lease) -> None:
    """Give a desk that holds the shop more receipts, so that it always has some in hand. Locks: the lease."""
    lock(lease)
    lease.granted_to = max(lease.granted_to, lease.last_serial + RECEIPTS_AHEAD)
    db.session.flush()


def give_back(lease: Lease, by: User) -> None:
    """End a lease that its desk gives back, with its whole journal; ended already, it stays as it is.

    Locks: the shop, then the lease.
    """
    shop = get_locked(Shop, lease.shop_id)
    lock(lease)
    if lease.ended_at is None:
        _end(lease, shop, Ending.RETURNED, by)
        audit.note(by, "lease.return", lease, shop.village, entries=lease.position)


def break_off(lease: Lease, reason: str, by: User) -> None:
    """Take a shop from a browser that does not come back: it is lost, or broken.

    What it handed out and did not bring is kept when it comes, and decided by a person if the points are gone
    by then. Ended already, it stays as it is. Refused `reason_missing`. Locks: the shop, then the lease.
    """
    reason = required_reason(reason)
    shop = get_locked(Shop, lease.shop_id)
    lock(lease)
    if lease.ended_at is None:
        _end(lease, shop, Ending.BROKEN, by, reason)
        audit.note(by, "lease.break", lease, shop.village, reason=reason)


def check_free(shop_id: int, own: Lease | None = None) -> None:
    """Check that nobody else holds a shop, before points or goods go out. Refused `leased`.

    Locks the shop, after accounts and lots: whoever takes a lease at this moment sees what was booked.
    """
    row = select(Shop.leased_until).where(Shop.id == shop_id).with_for_update(key_share=True)
    if db.session.execute(row).scalar_one() is not None:
        check_lease(shop_id, own)


def check_free_in(village_id: int) -> None:
    """`check_free` for the shop of a village, if it has one."""
    shop_id = db.session.scalar(select(Shop.id).where(Shop.village_id == village_id))
    if shop_id is not None:
        check_free(shop_id)


def check_lease(shop_id: int, own: Lease | None) -> None:
    """Check who has the lease of a locked shop that has one; one that is over ends. Refused `leased`."""
    lease = _open_lease(shop_id)
    if lease is None or lease is own:
        return
    if is_running(lease):
        raise leased(lease)
    shop = get_locked(Shop, shop_id)
    lock(lease)
    if lease.ended_at is None:
        _end(lease, shop, Ending.OVER, None)


def last_serial(shop_id: int) -> int | None:
    """The last receipt number of a locked shop's day, drawn or in a desk's hand."""
    return db.session.scalar(select(Shop.last_serial).where(Shop.id == shop_id))


def code_of(lease: Lease, serial: int) -> str:
    """The public code of a receipt of a lease: nobody without its seed can make one."""
    digest = hmac.new(lease.seed.encode(), str(serial).encode(), hashlib.sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_CHARACTERS])


class Promise(StrEnum):
    """What is known of a receipt that is not booked: its desk has it still, or it waits for a decision."""

    WITH_DESK = "with_desk"
    KEPT = "kept"


def promise_of(code: str) -> Promise | None:
    """What is known of a receipt with this code, if a desk of the last days was given it; else None."""
    code = code.upper()
    if len(code) != CODE_CHARACTERS or not set(code) <= set(ALPHABET):
        return None
    since = clock.now() - timedelta(days=PROMISED_DAYS)
    for lease in db.session.scalars(select(Lease).where(Lease.taken_at >= since)):
        for serial in range(lease.first_serial, lease.granted_to + 1):
            if code_of(lease, serial) == code:
                return Promise.KEPT if serial <= lease.last_serial else Promise.WITH_DESK
    return None


def _open_lease(shop_id: int) -> Lease | None:
    query = select(Lease).where(Lease.shop_id == shop_id, Lease.ended_at.is_(None))
    return db.session.scalar(query.execution_options(populate_existing=True))


def _end(lease: Lease, shop: Shop, ending: Ending, by: User | None, reason: str | None = None) -> None:
    """End a lease of a locked shop; the receipts that it still has in hand are not given to anybody else."""
    lease.ended_at, lease.ended_by_id = clock.now(), by.id if by else None
    lease.ending, lease.reason = ending, reason
    shop.leased_until = None
    if ending != Ending.RETURNED and (shop.numbered_on is None or shop.numbered_on <= lease.day):
        last = shop.last_serial if shop.numbered_on == lease.day else None
        shop.numbered_on, shop.last_serial = lease.day, max(last or 0, lease.granted_to)
    db.session.flush()


def leased(lease: Lease) -> Refused:
    """The refusal of whatever only the desk does that has a lease."""
    return Refused(
        "leased",
        _(
            "%(name)s holds the shop for serving without a network until %(moment)s. Until then it is "
            "handed out there only.",
            name=lease.holder.name,
            moment=words.moment(lease.until),
        ),
    )


def _check_key(public_key: str) -> None:
    try:
        point = base64.b64decode(public_key, validate=True)
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError as error:
        raise Refused("bad_browser_key", _("This browser's key could not be read.")) from error


def _closing(shop: Shop) -> datetime:
    """The moment until which a shop that is open now can be held."""
    local, hours = clock.local(clock.now()), shops.hours_of(shop)
    closes = hours.closing_time(local) if hours else None
    return datetime.combine(local.date(), closes or LAST_MINUTE, clock.SHANGHAI).astimezone(UTC)


def _last_serial(shop: Shop) -> int:
    """The last receipt number of today, of a locked shop."""
    if shop.numbered_on == clock.today():
        return shop.last_serial or 0
    drawn = select(func.max(Redemption.serial)).where(
        Redemption.shop_id == shop.id, Redemption.day == clock.today()
    )
    return int(db.session.scalar(drawn) or 0)
