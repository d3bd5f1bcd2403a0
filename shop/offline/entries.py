"""An entry of a desk's journal: the text that its browser signed, read and checked.

The text is a JSON object. It names the hash of the entry before it, so that none can be left out or changed
afterwards; the browser's key, which does not leave it, signs it.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask_babel import lazy_gettext as _

from ground.db import LARGEST_ID
from ground.refusal import Refused
from people.scanning.reading import CARD_DIGITS
from shop.desk.proxies import Collector, read_collector
from shop.models import Lease
from shop.shelf import leases

LARGEST_ENTRY = 60_000  # characters: a signature of 4,000 points is about 40,000
HALF_SIGNATURE = 32  # bytes of each of its two numbers
LATEST_SECOND = 2**32
_CARD_NUMBER = re.compile(f"[0-9]{{{CARD_DIGITS}}}")


@dataclass(frozen=True)
class GoodsOut:
    """Goods that were handed out: to which card, with which receipt, and who collected them.

    `lines` is units and tenths for one, by article; `total` in tenths; `came` is who collected them, as the
    desk wrote it.
    """

    card: str
    serial: int
    code: str
    lines: Mapping[int, tuple[int, int]]
    total: int
    came: Any

    @property
    def basket(self) -> dict[int, int]:
        """Units by article."""
        return {goods_id: units for goods_id, (units, _price) in self.lines.items()}

    @property
    def prices(self) -> dict[int, int]:
        """Tenths for one unit, by article."""
        return {goods_id: price for goods_id, (_units, price) in self.lines.items()}

    @property
    def collector(self) -> Collector | None:
        """Who came for the worker, or None. Refused `bad_proxy`, `bad_signature`."""
        return _collector(self.came)


@dataclass(frozen=True)
class JournalEntry:
    """An entry: goods that were handed out, the step back from those at an earlier position, or the end.

    At the end the desk gives the shop back. `at` is what the desk's clock said, `previous` the journal's head
    before it.
    """

    text: str
    signature: str
    position: int
    previous: str
    at: datetime
    what: GoodsOut | int | None

    @property
    def goods(self) -> GoodsOut | None:
        """The goods that were handed out, if any were."""
        return self.what if isinstance(self.what, GoodsOut) else None

    @property
    def undoes(self) -> int | None:
        """The position of the entry that it takes back, if it does."""
        return self.what if isinstance(self.what, int) else None

    @property
    def hash(self) -> str:
        """The journal's head after it: SHA-256 of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_entry(lease: Lease, text: str, signature: str) -> JournalEntry:
    """An entry of a lease's journal, signed by its browser.

    Refused `bad_entry` for a text that is none, of another lease, or not signed with the lease's key.
    """
    if len(text) > LARGEST_ENTRY or not is_signed(lease, text, signature):
        raise bad_entry()
    try:
        fields = json.loads(text)
        return _entry(lease, fields, text, signature)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise bad_entry() from error


def is_signed(lease: Lease, text: str, signature: str) -> bool:
    """Whether a text was signed with a lease's key; `signature` is base64 of both numbers, 32 bytes each."""
    try:
        numbers = base64.b64decode(signature, validate=True)
        if len(numbers) != 2 * HALF_SIGNATURE:
            return False
        halves = numbers[:HALF_SIGNATURE], numbers[HALF_SIGNATURE:]
        point = base64.b64decode(lease.public_key)
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point).verify(
            encode_dss_signature(*(int.from_bytes(half) for half in halves)), text.encode(), ECDSA(SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def bad_entry() -> Refused:
    """The refusal of an entry that is not what a desk of ours writes."""
    return Refused("bad_entry", _("What this desk wrote down does not fit its lease. Tell the county."))


def _entry(lease: Lease, fields: dict[str, Any], text: str, signature: str) -> JournalEntry:
    if fields["lease"] != lease.id:
        raise ValueError("of another lease")
    return JournalEntry(
        text=text,
        signature=signature,
        position=_number(fields["position"], 1),
        previous=str(fields["previous"]),
        at=datetime.fromtimestamp(_number(fields["at"], most=LATEST_SECOND), UTC),
        what=_what(lease, fields),
    )


def _what(lease: Lease, fields: dict[str, Any]) -> GoodsOut | int | None:
    match fields["kind"]:
        case "redemption":
            return _goods_out(lease, fields)
        case "undo":
            return _number(fields["of"], 1, fields["position"] - 1)
        case "end":
            return None
    raise ValueError("another kind")


def _goods_out(lease: Lease, fields: dict[str, Any]) -> GoodsOut:
    lines = {
        _number(goods_id): (_number(units, 1), _number(price, 1))
        for goods_id, units, price in fields["lines"]
    }
    total, serial = _number(fields["total"]), _number(fields["serial"])
    if len(lines) < len(fields["lines"]) or total != sum(units * price for units, price in lines.values()):
        raise ValueError("another total")
    if fields["code"] != leases.code_of(lease, serial):
        raise ValueError("another code")
    if not _CARD_NUMBER.fullmatch(fields["card"]):
        raise ValueError("no card's number")
    return GoodsOut(fields["card"], serial, fields["code"], lines, total, fields["collector"])


def _number(value: Any, least: int = 0, most: int = LARGEST_ID) -> int:
    """A whole number within these bounds. ValueError for anything else."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError("no such number")
    return value


def _collector(came: Any) -> Collector | None:
    """The collector that a desk wrote down; what no desk of ours writes is Refused as well."""
    if came is None:
        return None
    fields = came if isinstance(came, dict) else {}
    name, relation = str(fields.get("name", "")), str(fields.get("relation", ""))
    collector = read_collector(name, relation, fields.get("signature"))
    if collector is None or not (name + relation).isprintable():
        raise Refused("bad_proxy", _("Write down who came."), "proxy_name")
    return collector
