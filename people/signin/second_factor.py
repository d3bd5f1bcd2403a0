"""The second factor: after the password, a code that a telephone shows for half a minute (TOTP, RFC 6238).

It is for those who answer for others' points, and their own choice. The secret that the telephone knows is
kept nowhere: it is computed from the program's secret and a number of chance in the database. So a copy of
the database alone shows no code, and neither does the secret alone. A code is good once, also in the step
before and after its own, as clocks differ. For a lost telephone there are recovery codes on paper.

Half minutes go by the machine's clock, whatever a calendar says.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

import pyotp
from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select, update

from ground import clock
from ground.db import db, lock
from ground.refusal import Refused
from people import audit, cards
from people.models import AuditEvent, RecoveryCode, Role, SecondFactor, User
from people.signin import accounts

# Who may have one: whose sign-in gives out others, or books a village's points.
FOR_ROLES = frozenset({Role.COUNTY, Role.TOWNSHIP, Role.CHAIR})

STEP_SECONDS = 30
STEPS_ASTRAY = 1  # so many steps the telephone's clock may be before ours or behind
SECRET_BYTES = 20
NONCE_LENGTH = 32  # hexadecimal figures
RECOVERY_CODES = 8
RECOVERY_DIGITS = 12  # 40 bits, behind a password and fifty tries a day
TOLD_FOR = timedelta(days=30)  # so long somebody is told that another one took it off

ISSUER = "爱心"  # as the telephone shows it


def may_have(user: User) -> bool:
    """Whether this sign-in may set one up: of a county, a township or a chair."""
    return any(held.role in FOR_ROLES for held in user.grants)


def find(user: User) -> SecondFactor | None:
    """The second factor of a sign-in, or None."""
    return db.session.get(SecondFactor, user.id)


def new_nonce() -> str:
    """The number of chance that a new secret is made from; no secret itself."""
    return secrets.token_hex(NONCE_LENGTH // 2)


def secret_of(user: User, nonce: str, key: bytes) -> str:
    """The secret for the telephone, as it is typed (base32); `key` is the program's for this."""
    return base64.b32encode(_derived(user, nonce, key, "secret")[:SECRET_BYTES]).decode()


def _derived(user: User, nonce: str, key: bytes, what: str) -> bytes:
    return hmac.new(key, f"{what}:{user.id}:{nonce}".encode(), sha256).digest()


def address_of(user: User, secret: str) -> str:
    """The address (otpauth) that the telephone reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def set_up(user: User, nonce: str, typed: str, key: bytes) -> list[str]:
    """Set up a second factor, proved by its first code; return the recovery codes, to be shown once.

    They are not kept. All other sessions end. Refused `not_for_this_role`, `second_factor_held`,
    `wrong_code`.
    """
    lock(user)
    if not may_have(user):
        raise Refused("not_for_this_role", _("This is for the county, townships and chairs."))
    if find(user) is not None:
        raise Refused("second_factor_held", _("It is set up already. Take it off first."))
    step = _step_of_code(secret_of(user, nonce, key), typed, after=0)
    if step is None:
        raise _wrong_code()
    db.session.add(SecondFactor(user_id=user.id, nonce=nonce, used_step=step, since=clock.now()))
    codes = [
        f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}d}" for _each in range(RECOVERY_CODES)
    ]
    db.session.flush()
    db.session.add_all(
        RecoveryCode(user_id=user.id, digest=_digest(user, nonce, key, code)) for code in codes
    )
    audit.change(user, "user.second_factor_on", user, accounts.widest_area(user), session=user.session + 1)
    return codes


def use_code(user: User, typed: str, key: bytes) -> User:
    """Use up a code of the telephone, or a recovery code; return the user. Refused `wrong_code`.

    Two who send the same code at once meet at the user's row: the second one is refused.
    """
    lock(user)
    factor = find(user)
    if factor is None:
        return user  # taken off a moment ago: the password was right, and no more is asked
    step = _step_of_code(secret_of(user, factor.nonce, key), typed, factor.used_step)
    if step is not None:
        factor.used_step = step
        db.session.flush()
    elif not _use_recovery_code(user, factor, typed, key):
        raise _wrong_code()
    return user


def _wrong_code() -> Refused:
    return Refused(
        "wrong_code",
        _("This code is not right. Take the one that the telephone shows now; each is good only once."),
        "code",
    )


def _step_of_code(secret: str, typed: str, after: int) -> int | None:
    """The step of the telephone's code that was typed, if it comes after one; None for a wrong one."""
    digits, codes = cards.card_digits(typed) or "", pyotp.HOTP(secret)
    now = int(clock.machine_now().timestamp()) // STEP_SECONDS
    steps = range(max(now - STEPS_ASTRAY, after + 1), now + STEPS_ASTRAY + 1)
    return next((step for step in steps if hmac.compare_digest(codes.at(step), digits)), None)


def _use_recovery_code(user: User, factor: SecondFactor, typed: str, key: bytes) -> bool:
    digest = _digest(user, factor.nonce, key, cards.card_digits(typed) or "")
    statement = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.digest == digest, RecoveryCode.used_at.is_(None)
    )
    used = db.session.connection().execute(statement.values(used_at=clock.machine_now())).rowcount == 1
    if used:
        audit.note(user, "user.recovery_code", user, accounts.widest_area(user), number=codes_left(user))
    return used


def _digest(user: User, nonce: str, key: bytes, code: str) -> str:
    return hmac.new(_derived(user, nonce, key, "recovery"), code.encode(), sha256).hexdigest()


def codes_left(user: User) -> int:
    """The number of recovery codes that were not used yet."""
    query = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def take_off(user: User, actor: User | None) -> None:
    """Take a second factor off, with its recovery codes; where there is none nothing happens."""
    lock(user)
    if find(user) is None:
        return
    for table in (RecoveryCode, SecondFactor):
        db.session.execute(delete(table).where(table.user_id == user.id))
    audit.note(actor, "user.second_factor_off", user, accounts.widest_area(user))


def taken_off_by_another(user: User) -> AuditEvent | None:
    """That somebody else took one's own off, of late and since it was set up last; None if nobody did."""
    actions: Sequence[str] = ("user.second_factor_off", "user.second_factor_on")
    event = db.session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject == audit.name_of(user), AuditEvent.action.in_(actions))
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    is_told = event is not None and event.action == actions[0] and event.actor_id != user.id
    return event if event is not None and is_told and clock.now() - event.at < TOLD_FOR else None
