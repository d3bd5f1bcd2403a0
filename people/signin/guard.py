"""The lock on the door: how often a password may be tried, and by whom.

A lock-out must not be a way to lock others out. So tries are counted where they come from (after OWASP's
"device cookies"): a device on which somebody has signed in before has a count of its own, which nobody
else can fill; everyone else is counted by name and network address. Two wider counts stop those who
change the name or the address at each try; known devices are exempt from both.

A try is counted before the password is looked at and given back when it was right: eight tries at once
are eight tries.
"""

import hashlib
import ipaddress
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_ngettext as ngettext
from sqlalchemy import delete, select

from ground import clock
from ground.db import db
from ground.refusal import Refused
from people.models import SignInFailure, User


@dataclass(frozen=True)
class Limit:
    """So many wrong tries within a time; then one more each time the wait is over."""

    tries: int
    within: timedelta
    wait: timedelta


QUARTER_HOUR, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

# Five: enough for shaking fingers and a second keyboard layout; at 480 a day a six-digit PIN lasts years.
OWN = Limit(5, QUARTER_HOUR, QUARTER_HOUR)
# A township office goes out through one address: fifty wrong tries in a quarter hour are no Monday morning.
ADDRESS = Limit(50, QUARTER_HOUR, QUARTER_HOUR)
# Guessing from many addresses: fifty a day for one name, then one an hour, so that its owner still gets in.
NAME = Limit(50, DAY, HOUR)

LONGEST = max(limit.within + limit.wait for limit in (OWN, ADDRESS, NAME))

Counts = dict[str, Limit]


@dataclass(frozen=True)
class Try:
    """A try that was counted: its rows, and the count that a success clears."""

    rows: list[int]
    own: str


def at_the_door(name: str, address: str | None, device: str | None) -> Counts:
    """Where a try to sign in is counted, the narrowest first.

    `name` is what was typed, `device` the mark of a device that this very sign-in was used on before.
    """
    if device:
        return {f"device:{device}": OWN}
    who, where = _digest(name), network(address)
    return {f"name:{who}|{where}": OWN, f"address:{where}": ADDRESS, f"name:{who}": NAME}


def at_the_change(user: User) -> Counts:
    """Where a try at the old password is counted, by somebody who sits at an open session."""
    return {f"change:{user.id}": OWN}


def take(counts: Counts, user: User | None) -> Try:
    """Count one try, before the password is looked at; `user` is whose it would be, if there is one.

    Refused `too_many_tries` while one of the counts waits, whatever would have been typed and whether or
    not there is such a name; such a try is not counted, so that knocking does not prolong the wait.
    """
    if user is not None:  # one at a time for a sign-in; where nobody is, there is nothing to guess
        db.session.get(User, user.id, with_for_update={"key_share": True})
    now = clock.now()
    open_again = [moment for moment in (_open_again(*count) for count in counts.items()) if moment > now]
    if open_again:
        minutes = -(-int((max(open_again) - now).total_seconds()) // 60)
        words = ngettext(
            "Too many wrong tries. Wait %(num)s minute, then try again.",
            "Too many wrong tries. Wait %(num)s minutes, then try again.",
            minutes,
        )
        raise Refused("too_many_tries", words, "password")
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < now - LONGEST))
    rows = [SignInFailure(bucket=bucket, at=now) for bucket in counts]
    db.session.add_all(rows)
    db.session.flush()
    return Try([row.id for row in rows], next(iter(counts)))


def give_back(tried: Try) -> None:
    """The password was right: the try was none, and its own count begins anew; the wider ones stay."""
    db.session.execute(
        delete(SignInFailure).where(SignInFailure.id.in_(tried.rows) | (SignInFailure.bucket == tried.own))
    )


def _open_again(bucket: str, limit: Limit) -> datetime:
    """When a count takes its next try: after its latest full series, or long since."""
    latest = db.session.scalars(
        select(SignInFailure.at)
        .where(SignInFailure.bucket == bucket)
        .order_by(SignInFailure.at.desc(), SignInFailure.id.desc())
        .limit(limit.tries)
    ).all()
    is_full = len(latest) == limit.tries and latest[0] - latest[-1] < limit.within
    return latest[0] + limit.wait if is_full else datetime.min.replace(tzinfo=clock.SHANGHAI)


def _digest(name: str) -> str:
    """A name as it is counted, however it is written; not the name, as people type passwords there."""
    plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


def network(address: str | None) -> str:
    """The address; of IPv6 the network, as each customer has 2**64 addresses to choose from."""
    try:
        given = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if given.version == 4:
        return str(given)
    return str(ipaddress.ip_network((given, 64), strict=False))
