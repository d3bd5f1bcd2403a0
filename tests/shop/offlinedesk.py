"""A desk without a network, as its page is one: it holds the shop, and signs what it hands out."""

import base64
import hashlib
import json
from copy import deepcopy

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ground import clock
from ground.refusal import Refused
from shop.desk import shelf
from shop.offline import journal
from shop.offline.entries import read_entry
from shop.shelf import leases


class Browser:
    """One browser with its key; `journal` is what it wrote down and the server did not answer for yet."""

    def __init__(self):
        self.key = generate_private_key(SECP256R1())
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = base64.b64encode(point).decode()
        self.journal = []
        self.receipts = []
        self.held = None

    def take(self, shop, holder):
        """Hold a shop, by the verbs and not by the page; inside a transaction."""
        self.lease = leases.take(shop, holder, self.public_key)
        receipts = range(self.lease.first_serial, self.lease.granted_to + 1)
        self.hold(
            {
                "id": self.lease.id,
                "position": 0,
                "head": self.lease.seed,
                "receipts": [[serial, leases.code_of(self.lease, serial), ""] for serial in receipts],
                "shelf": shelf.figures(shop),
            }
        )

    def hold(self, lease):
        """Hold what the server gave, from the journal's end on."""
        self.held = deepcopy(lease)
        self.receipts += lease["receipts"]
        if not self.journal:
            self.position, self.head = lease["position"], lease["head"]

    @property
    def receipts_until(self):
        return self.receipts[-1][0] if self.receipts else 0

    def hand_out(self, card, basket, at, collector=None, prices=None):
        """Write down goods by the prices held; returns the entry."""
        prices = prices or {goods: price for goods, price, _left in self.held["shelf"]}
        serial, code, _qr = self.receipts.pop(0)
        lines = [[goods, units, prices[goods]] for goods, units in basket.items()]
        return self.write(
            kind="redemption",
            card=card,
            serial=serial,
            code=code,
            lines=lines,
            total=sum(units * price for _goods, units, price in lines),
            at=at,
            collector=collector,
        )

    def take_back(self, entry, at):
        """Write down the step back from an entry."""
        return self.write(kind="undo", of=json.loads(entry["text"])["position"], at=at)

    def end(self, at):
        """Write down that the shop is given back."""
        return self.write(kind="end", at=at)

    def write(self, **fields):
        """Write an entry: chained, signed."""
        self.position += 1
        entry = self.sign(
            {"lease": self.held["id"], "position": self.position, "previous": self.head, **fields}
        )
        self.head = hashlib.sha256(entry["text"].encode()).hexdigest()
        self.journal.append(entry)
        return entry

    def sign(self, fields):
        """The entry that says so, signed."""
        text = json.dumps(fields, ensure_ascii=False)
        if not text.isprintable():
            text = json.dumps(fields)  # half a character has no bytes of its own
        numbers = decode_dss_signature(self.key.sign(text.encode(), ECDSA(SHA256())))
        signature = b"".join(number.to_bytes(32) for number in numbers)
        return {"text": text, "signature": base64.b64encode(signature).decode()}


def brought_late(cast):
    """A desk handed more out than somebody has, was lost, and came back; inside a transaction.

    One entry is set aside then, another waits: it is returned.
    """
    browser, at = Browser(), int(clock.now().timestamp())
    browser.take(cast.shop, cast.volunteer)
    leases.break_off(browser.lease, "手机丢了", cast.manager)
    refusal = Refused("insufficient_points", "还差 9000 分。")
    for _entry in range(2):
        entry = browser.hand_out(cast.card.number, {cast.goods.id: 999}, at)
        read = read_entry(browser.lease, entry["text"], entry["signature"])
        journal.keep(browser.lease, read, cast.volunteer, refusal)
    first, second = journal.waiting(cast.shop)
    journal.set_aside(first, "货已发出，村里承担", cast.chair)
    return second
