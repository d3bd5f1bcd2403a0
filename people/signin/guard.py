"""Limits on tries: how often a password may be tried, and by whom.

A lock-out must not be a way to lock others out. So tries are counted by whose sign-in it is and on which
device (after OWASP's "device cookies"). A device on which somebody has signed in before has a count of its
own, which nobody else can fill. On any other, three wider counts stop those who come as a new device, with
another name or from another address at each try.

Whose sign-in it is, is found as for the sign-in itself: whatever was typed to find it, it is one count.

A try is counted before the password is looked at and given back when it was right: eight tries at once
are eight tries.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_ngettext as ngettext
from sqlalchemy import delete, select

from ground import clock
from ground.db import db
from ground.refusal import Refused
from people.models import SignInFailure, User


@dataclass(frozen=True)
class TryLimit:
    """A limit: so many wrong tries within a time, then one more after each wait."""

    tries: int
    window: timedelta
    wait: timedelta


QUARTER_HOUR, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

# Five: enough for shaking fingers and a second keyboard layout; at 480 a day a six-digit PIN lasts years.
OWN_LIMIT = TryLimit(5, QUARTER_HOUR, QUARTER_HOUR)
# An office goes out through one address, and so does half a town on the phone. So one who guesses there as
# ever new devices does not lock out whoever comes there for the first time,
PERSON_AT_ADDRESS_LIMIT = TryLimit(20, QUARTER_HOUR, QUARTER_HOUR)
# and nobody locks out all the others: three hundred wrong tries in a quarter hour are no Monday morning.
ADDRESS_LIMIT = TryLimit(300, QUARTER_HOUR, QUARTER_HOUR)
# Guessing from many addresses: fifty a day for one person, then one an hour. A new password ends it.
PERSON_LIMIT = TryLimit(50, DAY, HOUR)

LIMITS = (OWN_LIMIT, PERSON_AT_ADDRESS_LIMIT, ADDRESS_LIMIT, PERSON_LIMIT)
LONGEST_COUNTED = max(limit.window + limit.wait for limit in LIMITS)

Counts = dict[str, TryLimit]


@dataclass(frozen=True)
class Try:
    """A try that was counted: its rows, and the bucket that is cleared when it was right."""

    rows: list[int]
    own_bucket: str


@dataclass(frozen=True)
class DeviceMarks:
    """The marks that a device brings: its own, if it was here before, and that of a person who was."""

    mark: str = ""
    person_mark: str = ""


def sign_in_counts(owner: User | None, name: str, address: str | None, device: DeviceMarks) -> Counts:
    """The counts for a try to sign in, the narrowest first.

    `owner` is whose sign-in was meant; where there is none the name counts, as `accounts.sign_in_name`
    reads it, so that nobody sees which of the two it was.
    """
    if device.person_mark:
        return {f"device:{device.person_mark}": OWN_LIMIT}
    person, origin = _bucket_of(owner) if owner else f"name:{_digest(name)}", network(address)
    own = f"new:{device.mark}" if device.mark else f"unmarked:{origin}"
    return {
        f"{person}|{own}": OWN_LIMIT,
        f"{person}|{origin}": PERSON_AT_ADDRESS_LIMIT,
        f"address:{origin}": ADDRESS_LIMIT,
        person: PERSON_LIMIT,
    }


def _bucket_of(user: User) -> str:
    return f"user:{user.id}"


def forget_tries(user: User) -> None:
    """Forget what was tried at a sign-in: its password is another one now."""
    bucket, column = _bucket_of(user), SignInFailure.bucket
    db.session.execute(delete(SignInFailure).where((column == bucket) | column.startswith(f"{bucket}|")))


def password_change_counts(user: User) -> Counts:
    """The counts for a try at the old password, by somebody at an open session."""
    return {f"{_bucket_of(user)}|change": OWN_LIMIT}


def code_counts(user: User, device: DeviceMarks) -> Counts:
    """The counts for a try at the code that is asked after the password, the narrowest first.

    A right password clears none of them, so that whoever knows it does not begin anew with it. A device on
    which the owner was before has its own: nobody who knows the password locks the owner out there.
    """
    place = f"device:{device.person_mark}" if device.person_mark else _bucket_of(user)
    return {f"{place}|code": OWN_LIMIT, f"{place}|codes": PERSON_LIMIT}


def count_try(counts: Counts, user: User | None) -> Try:
    """Count one try, before the password is looked at; `user` is whose sign-in it is, or None.

    Refused `too_many_tries` while one of the counts waits, whatever was typed and whether or not there is
    such a name; such a try is not counted, so that more tries do not prolong the wait.
    """
    if user is not None:  # one at a time for a sign-in; where nobody is, there is nothing to guess
        db.session.get(User, user.id, with_for_update={"key_share": True})
    now = clock.now()
    open_again = [moment for moment in (_next_try_at(*count) for count in counts.items()) if moment > now]
    if open_again:
        minutes = -(-int((max(open_again) - now).total_seconds()) // 60)
        words = ngettext(
            "Too many wrong tries. Wait %(num)s minute, then try again.",
            "Too many wrong tries. Wait %(num)s minutes, then try again.",
            minutes,
        )
        raise Refused("too_many_tries", words, "password")
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < now - LONGEST_COUNTED))
    rows = [SignInFailure(bucket=bucket, at=now) for bucket in counts]
    db.session.add_all(rows)
    db.session.flush()
    return Try([row.id for row in rows], next(iter(counts)))


def give_back_try(counted_try: Try) -> None:
    """Take back a try whose password was right, and clear its own count; the wider ones stay."""
    db.session.execute(
        delete(SignInFailure).where(
            SignInFailure.id.in_(counted_try.rows) | (SignInFailure.bucket == counted_try.own_bucket)
        )
    )


def _next_try_at(bucket: str, limit: TryLimit) -> datetime:
    """The moment when a count takes its next try; long past if it is not full."""
    latest = db.session.scalars(
        select(SignInFailure.at)
        .where(SignInFailure.bucket == bucket)
        .order_by(SignInFailure.at.desc(), SignInFailure.id.desc())
        .limit(limit.tries)
    ).all()
    is_full = len(latest) == limit.tries and latest[0] - latest[-1] < limit.window
    return latest[0] + limit.wait if is_full else datetime.min.replace(tzinfo=clock.SHANGHAI)


def _digest(name: str) -> str:
    """A digest of a name; not the name, as people type passwords there."""
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def network(address: str | None) -> str:
    """The network of an address: for IPv6 the /64, as each customer has all of it; for IPv4 itself."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, 64), strict=False))
